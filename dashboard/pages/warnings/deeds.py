"""What the reader may do with a case: the forms of the 办理 panel, by role and state; blocked ones say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.pages.warnings import acts
from dashboard.pages.warnings.work import Matter, assignee_words
from dashboard.site.act import Act, Layout, Part, Values
from dashboard.site.attaching import ATTACHMENT
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from data_access.intake.sources.status import load_calendar
from rules.alerts.casework import GIVEN, INSTRUCTED_DAYS
from rules.alerts.episode import Work
from workflows.cases.register import CaseRequest
from workflows.people.rights import answers
from workflows.warnings.silences import SilenceRow, load_silences


@dataclass(frozen=True, slots=True)
class CaseReader:
    """Who looks at a case and what part they have in it."""

    reading: Reading
    matter: Matter

    def may(self, act: Act) -> bool:
        return act.open_to(self.reading)

    @property
    def given(self) -> bool:
        """Whether the case was given to the reader, at first or further down."""
        return answers(g.account, self.matter.case, self.reading.tree)

    @property
    def of_province(self) -> bool:
        return self.reading.sees_siblings

    def form(
        self,
        act: Act,
        values: Values | None = None,
        shown: Layout | None = None,
        *,
        button: str | None = None,
        main: bool = False,
    ) -> Component:
        """A form that carries the case as it was seen: an act on a later state changes nothing."""
        seen = {acts.VERSIONS: self.matter.case.versions, **(values or {})}
        return act.form(self.reading, seen, shown, button=button, main=main)


def deeds(reading: Reading, matter: Matter, still_firing: list[Child]) -> list[Component]:
    """The blocks of the panel in which something can be done, the likeliest first."""
    if matter.case.work is Work.CLOSED:
        return []
    reader = CaseReader(reading, matter)
    blocks = [*_decisions(reader), *_verification(reader, still_firing), *_answering(reader)]
    more = [
        one
        for one in (*_assigning(reader), *_asking(reader), *_instructing(reader), *_quiet(reader))
        if one is not None
    ]
    if more:
        blocks.append(html.Div(more, className="deeds"))
    return blocks


def next_deed(reader: CaseReader, act: str, still_firing: list[Child]) -> list[Component]:
    """The form of the one act that is next, as the panel has it; empty where it is done on the case's own page."""
    match act:
        case "case_close":
            return _verification(reader, still_firing)
        case "case_decide":
            return _decisions(reader)
        case "case_sign":
            return [reader.form(acts.sign, main=True)]
        case "case_assign":
            return [_assign_form(reader, main=True)]
        case "case_remind":
            return [reader.form(acts.remind, main=True)]
        case "case_submit":
            return [reader.form(acts.submit, {acts.CAUSE: "arrears"}, main=True)]
        case "instruct":
            return [_instruct_form(reader)]
    return []


def _assign_form(reader: CaseReader, *, main: bool) -> Component:
    case = reader.matter.case
    to = replace(acts.TO, options=dict(_targets(reader.reading, [case.place])))
    return reader.form(acts.assign, {to: case.office}, [acts.VERSIONS, to, acts.DUE, acts.DEMAND], main=main)


def _block(title: str, content: Sequence[Child]) -> Component:
    return html.Section([html.H3(title), *content], className="block")


def folded(label: str, form: Component, *, opened: bool = False) -> Component:
    """A form behind its button."""
    return html.Details([html.Summary(label), form], className="deed", open=opened)


# --- the province's monitor


def _verification(reader: CaseReader, still_firing: list[Child]) -> list[Component]:
    """核实: close or send back, with an opinion; closing is blocked while the value is beyond the limit."""
    if not reader.may(acts.close) or reader.matter.case.work is not Work.SUBMITTED or not reader.of_province:
        return []
    buttons = html.Div(
        [
            html.Button(_("核实销号"), type="submit", className="button", disabled=bool(still_firing)),
            html.Button(
                _("退回补充"),
                type="submit",
                className="button",
                **attributes(data_action=acts.send_back.address(reader.reading.view)),
            ),
        ],
        className="pair",
    )
    shown: list[Child] = [reader.form(acts.close, shown=[acts.VERSIONS, acts.FINDING, buttons], button="")]
    if still_firing:
        shown.append(html.P(still_firing, className="foot"))
    shown.append(folded(_("经批准暂不处置"), reader.form(acts.except_from_work)))
    return [_block(_("核实意见"), shown)]


def _decisions(reader: CaseReader) -> list[Component]:
    """Requests that wait for an answer."""
    blocks = []
    for request in reader.matter.case.pending:
        said = html.P(request_words(request), className="said")
        content: list[Child] = [said]
        may = reader.may(acts.decide) and reader.of_province
        if may and request.asked_by != g.account.login:
            content.append(reader.form(acts.decide, {acts.REQUEST: request.id}, button=""))
        elif may:
            content.append(html.P(_("由另一人批准。"), className="foot"))
        blocks.append(_block(_(WAITING[request.kind]), content))
    return blocks


WAITING = {
    "extension": N_("延期申请待答复"),
    "data": N_("数据异议待答复"),
    "force_majeure": N_("剔除不可抗力待答复"),
    "exception": N_("暂不处置待批准"),
}


def request_words(request: CaseRequest) -> str:
    until = "" if request.until is None else _("（至{day}）", day=display.short_day(request.until))
    return f"{request.text}{until}"


def _assigning(reader: CaseReader) -> list[Component | None]:
    """转办 with deadline; the city hands down to its own counties and departments."""
    matter, tree = reader.matter, reader.reading.tree
    if matter.case.work not in (Work.OPEN, Work.HANDLING):
        return []
    made: list[Component | None] = []
    if reader.may(acts.assign) and reader.of_province:
        opened = matter.case.work is Work.OPEN
        made.append(folded(_("转办"), _assign_form(reader, main=opened), opened=opened))
        made.append(folded(_("催办"), reader.form(acts.remind)))
    elif reader.may(acts.hand_down) and reader.given and matter.case.work is Work.HANDLING:
        below = [g.account.region, *tree.children(g.account.region, reader.reading.today)]
        below_options = _targets(reader.reading, below)
        to = replace(acts.BELOW, options=dict(below_options))
        form = reader.form(acts.hand_down, {to: below_options[0][0]}, [acts.VERSIONS, to, acts.DEMAND])
        made.append(folded(_("下转县区、部门"), form))
    return made


def _targets(reading: Reading, regions: Sequence[str]) -> list[tuple[str, str]]:
    """REGION/DEPARTMENT of some regions, as they are called."""
    tree = reading.tree
    return [
        (f"{region}/{department}", f"{name_of(tree.region(region))} {department_name(department)}")
        for region in regions
        for department in GIVEN
    ]


def _quiet(reader: CaseReader) -> list[Component | None]:
    """暂缓提醒: what it keeps quiet is said before it is set."""
    if not reader.may(acts.silence) or not reader.of_province:
        return []
    quiet = _silence_on(reader)
    if quiet is not None:
        said = html.P(
            _(
                "暂缓提醒至{day}：{reason}",
                day=display.short_day(display.local(quiet.ends_at).date()),
                reason=quiet.reason,
            )
        )
        form = reader.form(acts.unsilence, {acts.SILENCE: quiet.id}, [acts.VERSIONS, said, acts.SILENCE])
        return [folded(_("恢复提醒"), form)]
    count = len(reader.matter.case.live)
    what = html.P(_("将暂缓本地区{count}项预警的通知；判定和显示照常，期满补发。", count=count), className="foot")
    return [
        folded(_("暂缓提醒"), reader.form(acts.silence, shown=[acts.VERSIONS, what, acts.QUIET_UNTIL, acts.REASON]))
    ]


def _silence_on(reader: CaseReader) -> SilenceRow | None:
    """The silence that keeps the case quiet now; None where none does."""
    path = reader.reading.tree.path(reader.matter.case.place)
    known = reader.reading.ask(load_silences, reader.reading.scheme.code)
    return next((one for one in known if one.active(reader.reading.now) and one.region in path), None)


# --- who must answer


def _answering(reader: CaseReader) -> list[Component]:
    """签收, then 反馈办理结果 with evidence; what is not possible yet says why."""
    case = reader.matter.case
    made: list[Component] = []
    if reader.may(acts.sign) and not case.acked and case.work is Work.OPEN and not reader.of_province:
        made.append(_block(_("签收"), [reader.form(acts.sign, main=True)]))
    if (
        not reader.may(acts.submit)
        or case.work not in (Work.OPEN, Work.HANDLING)
        or (reader.of_province and not reader.given)
    ):
        return made
    if case.work is Work.OPEN or not reader.given:
        why = _("转办后由承办单位反馈。") if case.work is Work.OPEN else _("由承办单位{who}反馈。", who=_last(reader))
        button = html.Button(_("反馈办理结果"), className="button", disabled=True)
        return [*made, _block(_("反馈"), [button, html.P(why, className="foot")])]
    form = reader.form(acts.submit, {acts.CAUSE: "arrears"}, main=True)
    return [*made, _block(_("反馈办理结果"), [form])]


def _last(reader: CaseReader) -> str:
    return assignee_words(reader.reading, reader.matter.case.chain[-1]) if reader.matter.case.chain else ""


def _asking(reader: CaseReader) -> list[Component | None]:
    """申请延期, 数据异议, 申请剔除不可抗力."""
    case = reader.matter.case
    if not reader.may(acts.ask) or reader.of_province or case.work is Work.SUBMITTED:
        return []
    open_kinds = {request.kind for request in case.pending}
    made: list[Component | None] = []
    for kind, label in acts.ASKED.items():
        if kind in open_kinds or (kind == "extension" and case.due is None):
            continue
        until = [acts.EXTENDED_UNTIL] if kind == "extension" else []
        shown: list[Part] = [acts.VERSIONS, acts.ASKING, acts.REASON, *until, ATTACHMENT]
        made.append(folded(_(label), reader.form(acts.ask, {acts.ASKING: kind}, shown, button=_(label))))
    return made


# --- leaders


def _instructing(reader: CaseReader) -> list[Component | None]:
    """批示: becomes an instruction with a deadline."""
    if not reader.may(acts.instruct):
        return []
    title = _("补充批示") if reader.matter.case.instructions else _("批示")
    return [folded(title, _instruct_form(reader), opened=True)]


def _instruct_form(reader: CaseReader) -> Component:
    reading, case = reader.reading, reader.matter.case
    leading = replace(acts.LEADING, options=dict(leading_options(reading, case.place)))
    given: Values = {leading: case.chain[-1] if case.chain else case.office, acts.DUE: instructed_by(reading)}
    shown: list[Part] = [acts.VERSIONS, acts.INSTRUCTED, (leading, acts.DUE)]
    return reader.form(acts.instruct, given, shown, main=True)


def leading_options(reading: Reading, place: str) -> list[tuple[str, str]]:
    """Who may lead what is asked for 牵头: the place's government, its departments, those of the province."""
    root = reading.tree.root
    governed = [] if place == root else [f"{place}/"]
    offices = [code for region in dict.fromkeys([place, root]) for code, _text in _targets(reading, [region])]
    return [(code, assignee_words(reading, code)) for code in (*governed, *offices)]


def instructed_by(reading: Reading) -> date:
    """Until when what is asked for is to be done, unless said otherwise: five working days."""
    calendar, day = reading.ask(load_calendar), reading.today
    for _one in range(INSTRUCTED_DAYS):
        day = calendar.next_working(day)
    return day
