"""What readers do on 考核评估: enter values with evidence, take them back, sign a year for their department."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, forms
from dashboard.components.parts import Child
from dashboard.pages.assessment.reading import Assessed, assessed, by_hand, unit_of
from dashboard.pages.assessment.words import aim, reached
from dashboard.site import access, attaching
from dashboard.site.acting import Deed, Done, FieldMissing, FieldNotChoice, act_form
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _, name_of
from rules.assessment import Deduct, Indicator, Linear
from rules.errors import NotAllowed
from workflows.assessment.register import SIGNERS, Confirmation, Entry, record_entry, sign_year
from workflows.attachments import attachment
from workflows.gap.items import By
from workflows.people.accounts import Role

ENTER, SIGN = "assessment_enter", "assessment_sign"
# Each department signs only for itself; who is of no other signs for 人社, which leads.
SIGNS_FOR = {Role.MONITOR: SIGNERS[0], Role.ASSESSOR: SIGNERS[0], Role.FINANCE: SIGNERS[1], Role.TAX: SIGNERS[2]}
HIGHEST = Decimal(100_000)


def may_enter(reading: Reading) -> bool:
    return access.may_do(reading.scope, ENTER) and reading.sees_siblings


def department_of(reading: Reading) -> str | None:
    """The department the reader may sign for; None where it is none of the three."""
    if not access.may_do(reading.scope, SIGN) or not reading.sees_siblings:
        return None
    department = reading.scope.department or SIGNS_FOR.get(reading.scope.role)
    return department if department in SIGNERS else None


def indicator_of(found: Assessed, code: str) -> Indicator | None:
    """The indicator of a code that is entered by hand; None for any other."""
    known = (indicator for area in found.areas for indicator in area.indicators)
    return next((one for one in known if one.code == code and by_hand(one)), None)


def entry_drawer(reading: Reading, found: Assessed, unit: str, indicator: Indicator) -> Component:
    """What was entered, newest first, and the form to enter it again."""
    given = found.entries.get((unit, indicator.code), ())
    blocks = [docked.block(_("目标"), aim(indicator))]
    if given:
        files = {one.id: reading.ask(attachment, one.attachment) for one in given if one.attachment}
        lines = [
            html.Li(_entry_line(one, indicator, attaching.links([f] if (f := files.get(one.id)) else [])))
            for one in reversed(given)
        ]
        blocks.append(
            docked.block(_("录入记录"), html.Ul(lines, className="journal"), note=_("更正另记一行，原记录保留"))
        )
    else:
        blocks.append(docked.block(_("录入记录"), _("还没有录入。")))
    if may_enter(reading):
        blocks.append(_entry_form(reading, found, unit, indicator))
    name = name_of(reading.tree.region(unit))
    crumb = _("{name} · {year}年", name=name, year=found.year)
    return docked.drawer(reading, crumb=crumb, title=name_of(indicator), leading=[], blocks=blocks)


def _entry_line(one: Entry, indicator: Indicator, files: list[Component]) -> list[Child]:
    value = _("已撤回") if one.value is None else reached(indicator, one.value)
    who = f"{display.moment(one.at)} {one.name}"
    return [html.B(value), html.Small(who), html.P(one.evidence), *files]


def _entry_form(reading: Reading, found: Assessed, unit: str, indicator: Indicator) -> Component:
    label = _("件数") if isinstance(indicator, Deduct) else _("完成值") if isinstance(indicator, Linear) else _("评分")
    fields = [
        forms.hidden("indicator", indicator.code), forms.hidden("region", unit), forms.hidden("year", str(found.year)),
        forms.write("value", label, note=_("撤回时留空")),
        forms.area("evidence", _("依据"), rows=3, required=True),
        attaching.field(),
        forms.tick("withdraw", _("撤回原录入，不计分")),
    ]  # fmt: skip
    said = (
        [html.P(_("该年度已确认：新录入只影响重算结果，确认得分不变。"), className="muted")] if found.confirmed else []
    )
    return docked.block(_("录入"), [*said, act_form(reading.view, ENTER, fields, button=_("保存"))])


def enter(deed: Deed) -> Done:
    """One value by hand, or the taking back of one, with its evidence."""
    reading, form = deed.reading, deed.form
    if not reading.sees_siblings:
        raise NotAllowed("values are entered by the province", region=reading.scope.region)
    found = assessed(reading)
    unit = None if found is None else unit_of(reading, found)
    region = form.text("region", _("地区"), most=12)
    if found is None or unit is None or region != unit or form.whole("year", _("年度")) != found.year:
        raise NotAllowed("no such sheet", region=region)
    code = form.text("indicator", _("指标"), most=64)
    indicator = indicator_of(found, code)
    if indicator is None:
        raise FieldNotChoice(f"{code} is not entered by hand", label=_("指标"), got=code)
    value = _value(deed, indicator)
    evidence = form.text("evidence", _("依据"))
    file = attaching.sent(deed, "assessment", unit, f"{found.year} {code}")
    record_entry(
        deed.connection, reading.scheme.code, found.year, unit, code, value, evidence, file, _by(deed, SIGNERS[0])
    )
    name = name_of(reading.tree.region(unit))
    message = _("{name}“{indicator}”已保存，得分在刷新后更新。", name=name, indicator=name_of(indicator))
    details = {"year": found.year, "value": None if value is None else str(value), "evidence": evidence}
    return Done(message, f"{reading.scheme.code} {unit} {code}", details, refresh=True)


def _value(deed: Deed, indicator: Indicator) -> Decimal | None:
    label = name_of(indicator)
    if deed.form.ticked("withdraw"):
        return None
    if not deed.form.text("value", label, required=False):
        raise FieldMissing("value is empty", label=label)
    if isinstance(indicator, Deduct):
        return Decimal(deed.form.whole("value", label, high=int(HIGHEST)))
    if isinstance(indicator, Linear):
        return deed.form.decimal("value", label, low=-HIGHEST, high=HIGHEST)
    return deed.form.decimal("value", label, low=Decimal(0), high=indicator.points)


def _by(deed: Deed, department: str) -> By:
    return By(deed.account.login, deed.account.name, department, deed.now)


def sign(deed: Deed) -> Done:
    """One department signs the year's scores as they stand."""
    reading = deed.reading
    department = department_of(reading)
    found = assessed(reading)
    if department is None or found is None or not found.year_over:
        raise NotAllowed("nothing to sign", region=reading.scope.region)
    if deed.form.whole("standing", _("版本")) != max(one.version for one in found.now.values()):
        raise FieldNotChoice("other scores were shown", label=_("所见得分"), got=_("已更新"))
    document = deed.form.text("document", _("确认文号"), most=80)
    sign_year(deed.connection, reading.scheme.code, found.year, document, _by(deed, department))
    message = _("{department}已确认{year}年度得分。", department=_(department), year=found.year)
    subject = f"{reading.scheme.code} {found.year}"
    return Done(message, subject, {"department": department, "document": document})


def confirmation(reading: Reading, found: Assessed) -> Component:
    """The three signatures under a year, and the form of the department that has not signed."""
    if not found.year_over:
        text = _("{year}年12月定稿后，由人社、财政、税务三部门分别确认；确认前为预评。", year=found.year)
        return html.P(text, className="muted")
    version = max(one.version for one in found.now.values())
    counted = {one.department: one for one in found.confirmations if found.confirmed or one.version == version}
    lines = [html.Li([html.B(_(name)), html.Span(_signature(counted.get(name)))]) for name in SIGNERS]
    made: list[Component] = [html.Ul(lines, className="journal")]
    department = department_of(reading)
    if not found.confirmed and department is not None and department not in counted:
        fields = [forms.hidden("standing", str(version)), forms.write("document", _("确认文号"), required=True)]
        button = _("代表{department}部门确认", department=_(department))
        made.append(act_form(reading.view, SIGN, fields, button=button))
    return html.Div(made)


def _signature(one: Confirmation | None) -> str:
    if one is None:
        return _("待确认")
    return f"{one.name} · {display.day_name(display.local(one.at).date())} · {one.document}"


ACTS: Mapping[str, Callable[[Deed], Done]] = {ENTER: enter, SIGN: sign}
