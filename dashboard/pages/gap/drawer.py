"""What the drawer of 缺口分担 shows: an item, an amount owed, a credit, the general gap, the assumed parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.components.drawer import Trio
from dashboard.components.parts import Child, Children, sentence
from dashboard.pages.gap import forms as gap_forms, letters as gap_letters, parameters as gap_parameters
from dashboard.pages.gap.money import credit_rate
from dashboard.pages.gap.reading import PATH, WhoPays
from dashboard.pages.gap.words import (
    STATE_NAMES,
    STEP_NAMES,
    article,
    basis_words,
    budget_words,
    duty_word,
    kind_name,
    parameter_name,
    region_name,
)
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.departments import department_name
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, bracketed
from rules import general_gap, management_gap, over_collection
from rules.calculators.reading import read
from rules.scheme import ParameterValue
from workflows.gap import items as gap_items
from workflows.gap.register import Credit, GapItem, Settlement
from workflows.gap.settlements import credit_case

Calculation = tuple[str, object]  # a rule's name and its case


def calculations(reading: Reading, found: WhoPays) -> Mapping[str, Calculation]:
    """Every figure of the page that a rule gives, by the code of its download, with the rule's name and its case."""
    made: dict[str, Calculation] = {}
    if reading.is_province and found.general is not None:
        made["general"] = ("general_gap", found.general.whole)
        if found.general.split is not None:
            made["general-split"] = ("general_gap", found.general.split)
        without = found.without_surplus
        if without is not None and without.split is not None:
            made |= {
                "without-surplus": ("general_gap", without.whole),
                "without-surplus-split": ("general_gap", without.split),
            }
    for item in found.items:
        if item.corrects is None:
            made[f"item-{item.number}"] = ("management_gap", read(management_gap.Case, {"items": [dict(item.inputs)]}))
    for credit in found.credits:
        made[f"credit-{credit.region}"] = ("over_collection", credit_case(reading.scheme, credit))
    return made


def download(reading: Reading, code: str, text: str = "") -> Component:
    query = reading.view.href().partition("?")[2]
    label = text or _("下载计算依据（可用命令行复算）")
    return html.A(label, href=f"/export{PATH}/{code}.json?{query}", download="")


def drawer(reading: Reading, found: WhoPays) -> Component | None:
    """The drawer of what the view names; None where there is no such thing or the reader may not see it."""
    wanted = reading.view.item
    if wanted == "parameters":
        return gap_parameters.drawer(reading, found)
    if wanted in gap_forms.DRAWERS:
        return gap_forms.form_drawer(reading, found, wanted)
    if wanted == "general":
        return _general(reading, found)
    if wanted == "deduction" and reading.sees_siblings:
        return _deduction(reading, found)
    item = next((one for one in found.items if one.number == wanted), None)
    if item is not None:
        return _item(reading, found, item)
    owed = next((one for one in found.owed if f"owed-{one.id}" == wanted), None)
    if owed is not None:
        return _owed(reading, found, owed)
    credit = next((one for one in found.credits if f"credit-{one.region}" == wanted), None)
    return None if credit is None else _credit(reading, found, credit)


# --- an item


def _item(reading: Reading, found: WhoPays, item: GapItem) -> Component:
    owed = found.owed_for(item)

    def of_item(what: str, fen: int) -> Printed:
        return found.registered(what, fen, item.number, item.region)

    amount = of_item("item", item.recognised_fen)
    leading = [Trio(_("预计金额") if item.expected else _("认定金额"), amount, _("亿元"))]
    if owed is not None:
        paid = of_item("item.paid", owed.paid_fen + owed.deducted_fen)
        leading.append(Trio(_("已{duty}", duty=duty_word(item)), paid, _("亿元")))
        late = of_item("item.days", owed.overdue_days(reading.today))
        leading.append(Trio(as_of.noted(reading, _("逾期")), late, _("天")))
    blocks = [
        *_working(found, item),
        *gap_forms.item_forms(reading, item),
        _about(reading, item),
        _journal(found, item),
        *_documents(reading, found, item, owed),
    ]
    crumb = f"{_('管理性缺口台账')} › {item.number} · {_(STATE_NAMES[item.state])}"
    title = f"{region_name(reading.tree, item.region)} · {kind_name(item)}"
    foot: list[Child] = [download(reading, f"item-{item.number}")] if item.corrects is None else []
    return docked.drawer(reading, crumb=crumb, title=title, leading=leading, blocks=blocks, foot=foot)


def _steps(item: GapItem) -> list[str]:
    return [step.text for step in gap_items.determine(item.inputs).steps]


def _working(found: WhoPays, item: GapItem) -> list[Component]:
    """计算过程: the rule's own steps, then what the register takes off."""
    if item.corrects is not None:
        return []
    lines = [html.Li(text, className="worded") for text in _steps(item)[:1]]
    if item.excluded_fen:
        text = sentence(
            N_("− 不可抗力剔除 {amount} = {rest} 亿元"),
            amount=found.registered("item.excluded", item.excluded_fen, item.number, item.region),
            rest=found.registered("item", item.recognised_fen, item.number, item.region),
        )
        lines.append(html.Li([*text, html.Small(bracketed(item.excluded_why or ""), className="quoted")]))
    yuan = sentence(
        N_("{yuan}元"), yuan=found.registered("item", item.recognised_fen, item.number, item.region, "yuan")
    )
    return [docked.block(_("计算过程"), html.Ul(lines, className="steps"), note=yuan)]


def _about(reading: Reading, item: GapItem) -> Component:
    counted = _("另计入管理性缺口") if item.counted else _("已含在未完成计划数内，不重复计")
    entries: list[tuple[str, Child]] = [
        (_("事由"), html.Span(item.facts, className="quoted")),
        (_("证据"), html.Span(item.evidence, className="quoted")),
        (_("条文"), article(reading, item)),
        (_("处理"), _("由当地{duty}，年末未缴的财政结算扣缴", duty=duty_word(item))),
        (_("计数"), counted),
    ]
    return docked.basis(entries)


def _journal(found: WhoPays, item: GapItem) -> Component:
    """经过: every step with who, when and by which document."""
    lines = []
    for place, step in enumerate(item.steps):
        who = f"{display.moment(step.happened_at)}  {department_name(step.department)} {step.name}"
        said = [step.document or "", step.text or ""]
        quoted = " · ".join(part for part in said if part)
        text: list[Child] = [html.Span(quoted, className="quoted")] if quoted else []
        if step.amount_fen is not None:
            amount = found.registered("item.step", step.amount_fen, f"{item.number}.{place}", item.region)
            text += [" · " if text else "", amount, _("亿元")]
        lines.append(html.Li([html.B(_(STEP_NAMES[step.step])), html.Span(who, className="muted"), html.P(text)]))
    return docked.block(_("经过"), html.Ul(lines, className="journal"), note=_("只增不改"))


def _documents(reading: Reading, found: WhoPays, item: GapItem, owed: Settlement | None) -> list[Component]:
    if item.corrects is not None or item.state in ("lead", "withdrawn"):
        return []
    papers = [(_("认定书"), gap_letters.determination(reading, found, item, _steps(item)[0]))]
    if owed is not None:
        papers.append((_("告知函"), gap_letters.notice(reading, found, item, owed)))
    return [docked.block(_("文书"), [paper(name, lines) for name, lines in papers], note=_("系统生成，供核签"))]


def paper(name: str, lines: Sequence[Children], *, opened: bool = False) -> Component:
    text = html.Div([html.P(line) for line in lines], className="letter")
    return html.Details([html.Summary(name), text], className="paper", open=opened)


# --- what is owed


def _owed(reading: Reading, found: WhoPays, owed: Settlement) -> Component:
    late = found.registered("due.one.days", owed.overdue_days(reading.today), str(owed.id), owed.region)
    leading = [
        Trio(_("应缴"), found.registered("due.one", owed.due_fen, str(owed.id), owed.region), _("亿元")),
        Trio(_("未缴"), found.registered("due.one.unpaid", owed.unpaid_fen, str(owed.id), owed.region), _("亿元")),
        Trio(as_of.noted(reading, _("逾期")), late, _("天")),
    ]
    entries: list[tuple[str, Child]] = [
        (_("事项"), basis_words(owed)),
        (_("依据文号"), owed.document),
        (_("限期"), display.day_name(owed.due_on)),
        (_("列入同级预算"), budget_words(owed) + (f" · {owed.budget_document}" if owed.budget_document else "")),
    ]
    blocks = [docked.basis(entries), _payments(found, owed), *gap_forms.owed_forms(reading, owed)]
    title = f"{region_name(reading.tree, owed.region)} · {basis_words(owed)}"
    foot = []
    if owed.item_number:
        foot.append(
            html.A(
                _("查看认定 {number}", number=owed.item_number), href=reading.view.href(item=owed.item_number, show="")
            )
        )
    return docked.drawer(reading, crumb=_("应缴与扣缴"), title=title, leading=leading, blocks=blocks, foot=foot)


def _payments(found: WhoPays, owed: Settlement) -> Component:
    if not owed.payments:
        return docked.block(_("缴款记录"), html.P(_("还没有缴款。"), className="muted"))
    kinds = {"paid": _("缴款"), "deducted": _("财政结算扣缴")}
    lines = []
    for place, one in enumerate(owed.payments):
        ref = _("账目单号 {ref}", ref=one.ledger_ref) if one.ledger_ref else ""
        amount = found.registered("payment", one.amount_fen, f"{owed.id}.{place}", owed.region)
        text = [amount, _("亿元"), *(f" · {part}" for part in (one.document, ref) if part)]
        lines.append(
            html.Li([html.B(kinds[one.kind]), html.Span(display.day_name(one.day), className="muted"), html.P(text)])
        )
    return docked.block(_("缴款记录"), html.Ul(lines, className="journal"), note=_("更正用红字"))


def _deduction(reading: Reading, found: WhoPays) -> Component:
    letter = gap_letters.deduction(reading, found)
    block = docked.block(_("文书"), paper(_("扣缴建议函"), letter, opened=True), note=_("系统生成，供核签"))
    return docked.drawer(reading, crumb=_("应缴与扣缴"), title=_("扣缴建议函"), leading=[], blocks=[block])


# --- a credit, the general gap


def _credit(reading: Reading, who: WhoPays, credit: Credit) -> Component:
    def shown(what: str, value: display.Number) -> Printed:
        return display.printed(who.last_year.figure(what, value, place=credit.region))

    found = over_collection.calculate(credit_case(reading.scheme, credit))
    leading = [
        Trio(_("超收%"), shown("credit.rate", credit_rate(credit)), "%"),
        Trio(_("可冲减额度"), shown("credit", credit.credit_fen), _("亿元")),
        Trio(_("已用"), shown("credit.used", credit.used_fen), _("亿元")),
    ]
    steps = docked.block(
        _("计算过程"), html.Ul([html.Li(step.text, className="worded") for step in found.steps], className="steps")
    )
    basis = docked.basis(
        [(_("条文"), _("苏政发〔2020〕45号 附件3 四")), (_("有效期至"), display.day_name(credit.expires_on))]
    )
    foot = [download(reading, f"credit-{credit.region}")]
    title = f"{region_name(reading.tree, credit.region)} · {_('{year}年', year=credit.year)}"
    return docked.drawer(reading, crumb=_("超收台账"), title=title, leading=leading, blocks=[steps, basis], foot=foot)


def _general(reading: Reading, found: WhoPays) -> Component | None:
    general = found.general
    if general is None or not reading.is_province:
        return None
    leading = [
        Trio(_("缺口"), found.planned("gap.general", general.gap_fen), _("亿元")),
        Trio(_("省级财政"), found.planned("gap.province", general.province_fen), _("亿元")),
        Trio(_("地方分担"), found.planned("gap.local", general.local_fen), _("亿元")),
    ]
    said = [step.text for step in general_gap.calculate(general.whole).steps[:3]]
    blocks = [
        docked.block(_("计算过程"), html.Ul([html.Li(text, className="worded") for text in said], className="steps"))
    ]
    links = [html.Li(download(reading, "general", _("全省一步（缺口与弥补）")))]
    if general.split is not None:
        links.append(html.Li(download(reading, "general-split", _("分地区一步（地方分担）"))))
    if "without-surplus" in calculations(reading, found):
        links += [
            html.Li(download(reading, "without-surplus", _("假如不动用结余：全省一步"))),
            html.Li(download(reading, "without-surplus-split", _("假如不动用结余：分地区一步"))),
        ]
    blocks.append(docked.block(_("下载计算依据（可用命令行复算）"), html.Ul(links, className="steps")))
    entries: list[tuple[str, Child]] = [
        (parameter_name(reading.scheme, value), html.Span(_parameter(value), className="quoted"))
        for value in general.rests_on
    ]
    entries += [(_("公式"), _formula()), (_("数据"), docked.data_words(reading))]
    blocks.append(docked.basis(entries))
    return docked.drawer(reading, crumb=_("总账"), title=_("一般性收支缺口"), leading=leading, blocks=blocks)


def _formula() -> str:
    return _(
        "全省计划支出减计划收入为缺口；先动用累计结余，余下按省级比例分担，地方部分按各地缺口乘分担系数分摊，再以上年超收冲减"
    )


def _parameter(value: ParameterValue) -> str:
    source = _("暂定：{reason}", reason=value.reason) if value.assumed else str(value.source)
    return gap_parameters.value_words(value.value) + bracketed(source)
