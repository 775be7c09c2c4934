"""What readers do on 考核评估: enter values with evidence, take them back, sign a year for their department."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.components.parts import Child, norm
from dashboard.pages.assessment.reading import Assessed, assessed, unit_of
from dashboard.pages.assessment.words import aim, counted
from dashboard.site import attaching
from dashboard.site.act import Deed, Done, Layout, act
from dashboard.site.fields import Area, Field, FieldNotChoice, Number, Text, Tick, Whole
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from rules.assessment import Deduct, Indicator, Linear
from rules.department import SIGNERS
from rules.errors import NotAllowed
from workflows.assessment.measures import by_hand
from workflows.assessment.register import AssessmentMeasured, Confirmation, Entry, record_entry, sign_year
from workflows.attachments import attachment
from workflows.people.rights import ASSESSING, SIGNING, signs_for

HIGHEST = Decimal(100_000)


def entry_drawer(reading: Reading, found: Assessed, unit: str, indicator: Indicator) -> Component:
    """What was entered, newest first, and the form to enter it again."""
    given = found.entries.get((unit, indicator.code), ())
    blocks = [docked.block(_("目标"), norm(aim(indicator)))]
    if given:
        files = {one.id: reading.ask(attachment, one.attachment) for one in given if one.attachment}
        lines = [
            html.Li(_entry_line(found, one, indicator, attaching.links([f] if (f := files.get(one.id)) else [])))
            for one in reversed(given)
        ]
        blocks.append(
            docked.block(_("录入记录"), html.Ul(lines, className="journal"), note=_("更正另记一行，原记录保留"))
        )
    else:
        blocks.append(docked.block(_("录入记录"), _("还没有录入。")))
    if unit in found.units and enter.open_to(reading):
        blocks.append(_entry_form(reading, found, unit, indicator))
    name = name_of(reading.tree.region(unit))
    crumb = _("{name} · {year}年", name=name, year=found.year)
    return docked.drawer(reading, crumb=crumb, title=name_of(indicator), leading=[], blocks=blocks)


def _entry_line(found: Assessed, one: Entry, indicator: Indicator, files: list[Component]) -> list[Child]:
    value: list[Child] = [_("已撤回")]
    if one.value is not None:
        # Each line of the journal is a figure by itself: the last one counts from the next scoring on.
        value = counted(replace(found.about, place=one.region), indicator, one.value, f"{indicator.code}.{one.id}")
    who = f"{display.moment(one.at)} {one.name}"
    return [html.B(value), html.Small(who), html.P(one.evidence, className="written"), *files]


INDICATOR = Text("indicator", N_("指标"), most=64, hidden=True)
REGION = Text("region", N_("地区"), most=12, hidden=True)
YEAR = Whole("year", N_("年度"), hidden=True)
EVIDENCE = Area("evidence", N_("依据"))
WITHDRAWN = Tick("withdraw", N_("撤回原录入，改为未评"))


def value_of(indicator: Indicator) -> Field[Any]:
    """The field in which an indicator's value is written; blank where the entry is taken back."""
    note = N_("撤回时留空")
    if isinstance(indicator, Deduct):
        return Whole("value", N_("件数"), high=int(HIGHEST), required=False, note=note)
    if isinstance(indicator, Linear):
        return Number("value", N_("完成值"), low=-HIGHEST, high=HIGHEST, required=False, note=note)
    return Number("value", N_("评分"), low=0, high=indicator.points, required=False, note=note)


def _entry_form(reading: Reading, found: Assessed, unit: str, indicator: Indicator) -> Component:
    shown: Layout = [INDICATOR, REGION, YEAR, value_of(indicator), EVIDENCE, attaching.ATTACHMENT, WITHDRAWN]
    form = enter.form(reading, {INDICATOR: indicator.code, REGION: unit, YEAR: found.year}, shown)
    said = (
        [html.P(_("该年度已确认：新录入只影响重算结果，确认得分不变。"), className="muted")] if found.confirmed else []
    )
    return docked.block(_("录入"), [*said, form])


@act(
    "assessment_enter",
    N_("保存"),
    ASSESSING,
    (INDICATOR, REGION, YEAR, EVIDENCE, attaching.ATTACHMENT, WITHDRAWN),
    whole=True,
)
def enter(deed: Deed) -> Done:
    """One value by hand, or the taking back of one, with its evidence."""
    reading = deed.reading
    found = assessed(reading)
    unit = None if found is None else unit_of(reading, found)
    region = deed[REGION]
    if found is None or unit not in found.units or region != unit or deed[YEAR] != found.year:
        raise NotAllowed("no such sheet", region=region)
    code = deed[INDICATOR]
    indicator = found.indicator(code)
    if indicator is None:
        raise INDICATOR.refusal(FieldNotChoice, got=code)
    if not by_hand(indicator):
        raise AssessmentMeasured(f"{code} is measured", indicator=name_of(indicator))
    value = None if deed[WITHDRAWN] else Decimal(deed[value_of(indicator)])
    evidence = deed[EVIDENCE]
    file = attaching.sent(deed, "assessment", unit, f"{found.year} {code}")
    record_entry(deed.connection, reading.scheme.code, found.year, unit, indicator, value, evidence, file, deed.by)
    name = name_of(reading.tree.region(unit))
    message = _("{name}“{indicator}”已保存，得分在刷新后更新。", name=name, indicator=name_of(indicator))
    return Done(message, f"{reading.scheme.code} {unit} {code}", refresh=True)


STANDING = Whole("standing", N_("所见得分"), hidden=True, kept=False)
DOCUMENT = Text("document", N_("确认文号"), most=80)


@act("assessment_sign", N_("三部门确认"), SIGNING, (STANDING, DOCUMENT), whole=True)
def sign(deed: Deed) -> Done:
    """One department signs the year's scores as they stand."""
    reading = deed.reading
    department = signs_for(reading.scope)
    found = assessed(reading)
    if department is None or found is None or not found.year_over:
        raise NotAllowed("nothing to sign", region=reading.scope.region)
    if deed[STANDING] != max(one.version for one in found.now.values()):
        raise STANDING.refusal(FieldNotChoice, got=_("已更新"))
    sign_year(deed.connection, reading.scheme.code, found.year, deed[DOCUMENT], deed.by)
    message = _("{department}已确认{year}年度得分。", department=department_name(department), year=found.year)
    subject = f"{reading.scheme.code} {found.year}"
    return Done(message, subject, {"department": department})


def confirmation(reading: Reading, found: Assessed) -> Component:
    """The three signatures under a year, and the form of the department that has not signed."""
    if not found.year_over:
        text = _("{year}年12月定稿后，由人社、财政、税务三部门分别确认；确认前为预评。", year=found.year)
        return html.P(text, className="muted")
    version = max(one.version for one in found.now.values())
    counted = {one.department: one for one in found.confirmations if found.confirmed or one.version == version}
    lines = [html.Li([html.B(department_name(one)), html.Span(_signature(counted.get(one)))]) for one in SIGNERS]
    made: list[Component] = [html.Ul(lines, className="journal")]
    department = signs_for(reading.scope) if sign.open_to(reading) else None
    if not found.confirmed and department is not None and department not in counted:
        button = _("代表{department}部门确认", department=department_name(department))
        made.append(sign.form(reading, {STANDING: version}, button=button))
    return html.Div(made)


def _signature(one: Confirmation | None) -> str:
    if one is None:
        return _("待确认")
    return f"{one.name} · {display.day_name(display.local(one.at).date())} · {one.document}"


ACTS = (enter, sign)
