"""The forms of the gap registers: what may be entered, by whom, in which state. Doing it is in gap_acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, forms
from dashboard.components.attributes import attributes
from dashboard.pages.gap.reading import WhoPays
from dashboard.pages.gap.words import KIND_NAMES, region_name
from dashboard.site import access
from dashboard.site.acting import act_form
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.gap.general import planned_units
from workflows.gap.items import OPEN_TO, kinds
from workflows.gap.register import SIGNERS, GapItem, Settlement
from workflows.people.accounts import Role

DRAWERS = ("new", "issue", "credits")
# Who signs for which department: 苏政发〔2020〕45号 附件3 三（一）.
_SOCIAL, _FISCAL, _TAX = SIGNERS
SIGNS_FOR = {Role.MONITOR: _SOCIAL, Role.ASSESSOR: _SOCIAL, Role.FINANCE: _FISCAL, Role.TAX: _TAX}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an item's inputs. ``how``: whole, number, ratio, yuan (kept in fen), day, people or tick."""

    name: str
    label: str
    how: str


_INSIDE = Field("in_shortfall", N_("已含在未完成计划数内"), "tick")
_HEADCOUNT = Field("headcount", N_("涉及人数"), "whole")
_MONTHS = Field("months", N_("月数"), "whole")
_PAID = (Field("paid_fen", N_("支付额（元）"), "yuan"),)
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "plan_shortfall": (
        Field("plan_fen", N_("收入计划（元）"), "yuan"), Field("actual_fen", N_("实际收入（元）"), "yuan"),
        Field("force_majeure_fen", N_("不可抗力（元）"), "yuan"),
    ),
    "rate_cut": (
        _HEADCOUNT, Field("monthly_base_yuan", N_("人均月缴费基数（元）"), "number"), _MONTHS,
        Field("cut", N_("下调比例（如0.01）"), "ratio"), _INSIDE,
    ),
    "base_floor": (_HEADCOUNT, Field("monthly_difference_yuan", N_("人均月基数差额（元）"), "number"), _MONTHS, _INSIDE),
    "under_declared": (_HEADCOUNT, Field("monthly_difference_yuan", N_("人均月基数差额（元）"), "number"), _MONTHS, _INSIDE),
    "less_other": (Field("amount_fen", N_("影响数额（元）"), "yuan"), _INSIDE),
    "special_work_early": _PAID,
    "disability_early": _PAID,
    "added_items": _PAID,
    "lump_sum_backpay": (Field("people", N_("每行一人：前补年限,总缴费年限,月养老金"), "people"),),
    "pension_raise": (
        _HEADCOUNT, Field("avg_monthly_pension_yuan", N_("人均月养老金（元）"), "number"),
        Field("raise_rate", N_("违规调整水平（如0.05）"), "ratio"),
    ),
    "early_female_flexible": (*_PAID, Field("since", N_("首次领取日期"), "day")),
    "over_other": (Field("amount_fen", N_("多支额（元）"), "yuan"),),
}  # fmt: skip


def form_drawer(reading: Reading, found: WhoPays, wanted: str) -> Component | None:
    """The drawer of a form that belongs to no row yet; None where the reader may not use it."""
    made = {"new": _new, "issue": _issue, "credits": _credits}[wanted]
    act = {"new": "gap_register", "issue": "gap_issue", "credits": "gap_credits"}[wanted]
    if not access.may_do(reading.scope, act) or not reading.sees_siblings:
        return None
    return made(reading, found)


def _new(reading: Reading, found: WhoPays) -> Component:
    """Kind first, then its own fields."""
    offered = kinds(reading.scheme)
    kind = reading.view.show if reading.view.show in offered else ""
    links = [
        html.A(
            _(KIND_NAMES[code]),
            href=reading.view.href(show=code),
            **attributes(aria_current="true" if code == kind else None),
        )
        for code in offered
    ]
    blocks = [docked.block(_("类别（附件3第三条）"), html.Div(links, className="kinds"))]
    if kind:
        units = planned_units(reading.snapshot.plans, found.year) or reading.tree.codes
        options = [(code, region_name(reading.tree, code)) for code in units]
        fields = [
            forms.hidden("kind", kind),
            forms.choose("region", _("责任政府"), options),
            *_inputs(FIELDS[kind], {}),
            forms.area("facts", _("事由"), required=True),
            forms.area("evidence", _("证据"), rows=2, required=True),
        ]
        if kind == "plan_shortfall":
            fields.append(forms.tick("expected", _("年度未终了，按预计数登记")))
        blocks.append(
            docked.block(_(KIND_NAMES[kind]), act_form(reading.view, "gap_register", fields, button=_("登记线索")))
        )
    return docked.drawer(reading, crumb=_("管理性缺口台账"), title=_("新增"), leading=[], blocks=blocks)


def _inputs(fields: Sequence[Field], given: Mapping[str, object]) -> list[Component]:
    """The inputs' own fields, with what stands there already."""
    made: list[Component] = []
    for field in fields:
        value = given.get(field.name)
        if field.how == "tick":
            made.append(forms.tick(field.name, _(field.label), on=bool(value)))
        elif field.how == "people":
            made.append(forms.area(field.name, _(field.label), _people(value), required=True))
        elif field.how == "day":
            made.append(forms.day(field.name, _(field.label), str(value or ""), required=True))
        else:
            required = field.name != "force_majeure_fen"
            made.append(forms.write(field.name, _(field.label), _shown(field, value), required=required))
    return made


def _shown(field: Field, value: object) -> str:
    if value is None:
        return ""
    return f"{int(str(value)) // 100}.{int(str(value)) % 100:02d}" if field.how == "yuan" else str(value)


def _people(value: object) -> str:
    if not isinstance(value, list):
        return ""
    return "\n".join(f"{p['backpaid_years']},{p['total_years']},{p['monthly_pension_yuan']}" for p in value)


def _issue(reading: Reading, found: WhoPays) -> Component:
    assert found.general is not None
    count = sum(1 for share in found.general.shares if share.payable_fen)
    text = _("按现行参数，{count}个市县应分担一般性缺口{amount}亿元。下达后计入应缴，并冲减上年超收额度；每年只下达一次。",
             count=count, amount=display.money(found.general.local_fen))  # fmt: skip
    fields = [
        html.P(text),
        forms.write("document", _("下达文号"), required=True),
        forms.day("due_on", _("限期"), f"{found.year}-12-31", required=True),
    ]
    body = act_form(reading.view, "gap_issue", fields, button=_("下达地方分担"))
    return docked.drawer(
        reading, crumb=_("应缴与扣缴"), title=_("下达地方分担"), leading=[], blocks=[docked.block(_("下达"), body)]
    )


def _credits(reading: Reading, found: WhoPays) -> Component:
    text = _(
        "按{year}年收入计划和实收（市县负责的项目）逐地核定，超过计划的登记入账；每年只登记一次。", year=found.year - 1
    )
    body = act_form(reading.view, "gap_credits", [html.P(text)], button=_("登记超收"))
    return docked.drawer(
        reading, crumb=_("超收台账"), title=_("登记超收"), leading=[], blocks=[docked.block(_("登记"), body)]
    )


# --- an item


def item_forms(reading: Reading, item: GapItem) -> list[Component]:
    """What the reader may do with an item now; the act itself checks everything again."""
    if item.corrects is not None or item.state in ("settled", "withdrawn"):
        return []
    made = [
        _step(reading, item, step, name, title)
        for step, name, title in (
            ("assess", "gap_assess", _("核定")), ("exclude", "gap_exclude", _("剔除不可抗力")), ("sign", "gap_sign", _("会签")),
            ("tell", "gap_tell", _("告知")), ("object", "gap_object", _("提出申辩")), ("answer", "gap_answer", _("答复申辩")),
            ("withdraw", "gap_withdraw", _("撤销（红字冲回）")),
        )
        if item.state in OPEN_TO[step] and access.may_do(reading.scope, name) and _open(reading, item, step)
    ]  # fmt: skip
    return [docked.block(_("办理"), made)] if made else []


def _open(reading: Reading, item: GapItem, step: str) -> bool:
    """What depends on more than state and role: whose act it is, and whether it is due."""
    if step == "object":
        return reading.scope.covers(reading.tree, item.region)
    if not reading.sees_siblings:
        return False
    if step == "answer":
        return item.objection_open
    if step == "sign":
        department = SIGNS_FOR.get(reading.scope.role)
        return not item.objection_open and department not in {one.department for one in item.signed}
    if step == "tell":
        return not item.objection_open
    if step == "assess":
        return item.kind != "plan_shortfall" or reading.today.year > item.year
    return True


def _step(reading: Reading, item: GapItem, step: str, name: str, title: str) -> Component:
    fields = [forms.hidden("number", item.number), forms.hidden("row_version", str(item.row_version))]
    fields += _step_fields(reading, item, step)
    form = act_form(reading.view, name, fields, button=title, main=step not in ("withdraw", "exclude"))
    return html.Details(
        [html.Summary(title), form], className="paper", open=step in ("sign", "object", "answer", "tell")
    )


def _step_fields(reading: Reading, item: GapItem, step: str) -> list[Component]:
    document = forms.write("document", _("文号"), required=step not in ("object", "answer"))
    text = forms.area("text", _("内容"), required=True)
    if step == "assess":
        return _inputs(FIELDS[item.kind], item.inputs)
    if step == "exclude":
        return [
            forms.write("amount", _("剔除金额（元）"), required=True),
            forms.area("text", _("理由"), required=True),
            document,
        ]
    if step == "sign":
        said = _(
            "代表{department}签署；同一人不得核定又会签，也不得签两次。", department=_(SIGNS_FOR[reading.scope.role])
        )
        return [html.P(said, className="muted"), document]
    if step == "tell":
        return [document, forms.day("due_on", _("限期"), f"{item.year}-12-31", required=True)]
    if step == "withdraw":
        return [forms.area("text", _("理由"), required=True), document]
    return [text, document]


# --- an amount owed


def owed_forms(reading: Reading, owed: Settlement) -> list[Component]:
    """Recording a payment or a deduction, and reporting whether it stands in the local budget."""
    keys = [forms.hidden("settlement", str(owed.id)), forms.hidden("row_version", str(owed.row_version))]
    made = []
    if access.may_do(reading.scope, "gap_payment") and reading.sees_siblings:
        fields = [
            *keys,
            forms.choose("kind", _("方式"), [("paid", _("缴款")), ("deducted", _("财政结算扣缴"))]),
            forms.write("amount", _("金额（元，更正用负数）"), required=True),
            forms.day("day", _("日期"), reading.today.isoformat(), required=True),
            forms.write("ledger_ref", _("账目单号（直接入户·地方补助，可空）")),
            forms.write("document", _("缴款书或文号"), required=True),
        ]
        made.append(act_form(reading.view, "gap_payment", fields, button=_("登记缴款")))
    if access.may_do(reading.scope, "gap_budget") and reading.scope.covers(reading.tree, owed.region):
        fields = [
            *keys,
            forms.choose("budgeted", _("列入同级预算"), [("yes", _("是")), ("no", _("否"))]),
            forms.write("document", _("预算文号")),
        ]
        made.append(act_form(reading.view, "gap_budget", fields, button=_("报告"), main=False))
    return [docked.block(_("办理"), made)] if made else []
