"""The acts on cases: who may, with which fields; then the command, and what it refuses is said in the form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboard.pages.warnings import words
from dashboard.pages.warnings.work import visible
from dashboard.site import attaching
from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.attaching import ATTACHMENT, EVIDENCE
from dashboard.site.fields import Answer, Area, Choice, Day, Fen, Field, Sent, Text, Ticks, Whole, blank
from dashboard.words.wording import N_, _
from rules.alerts.threshold import Level
from rules.errors import NotAllowed, StaleRow
from workflows.cases import commands, requests
from workflows.cases.instructions import finish_instruction, load_instruction, report_instruction
from workflows.cases.register import Case, load_case
from workflows.people.rights import ANSWERING, LEADERS, MONITORS, SUPERVISING, WORKING

CAUSES = {
    "arrears": N_("欠费"),
    "deferred": N_("缓缴"),
    "policy": N_("政策因素"),
    "data": N_("数据问题"),
    "other": N_("其他"),
}
ASKED = {"extension": N_("申请延期"), "data": N_("提出数据异议"), "force_majeure": N_("申请剔除不可抗力")}
LETTERS = {"notice": N_("预警提示函"), "rectification": N_("整改通知"), "talk": N_("约谈建议（待审定）")}


@dataclass(frozen=True, eq=False)
class VersionsField(Field[Mapping[int, int]]):
    """The row versions that the form was made from, by episode. Raises StaleRow for what is none."""

    def _read(self, sent: Sent) -> Mapping[int, int]:
        try:
            return {int(key): int(value) for key, value in json.loads(sent.text(self.name)).items()}
        except (ValueError, AttributeError, TypeError):
            raise StaleRow("the form carries no versions") from None

    def written(self, value: Mapping[int, int]) -> str:
        return json.dumps({str(key): version for key, version in value.items()})


VERSIONS = VersionsField("versions", N_("版本"), hidden=True, kept=False)
DEMAND = Area("text", N_("要求"), rows=2, required=False)
REASON = Area("text", N_("理由"), rows=2)
DUE = Day("due", N_("限期"))


def _case(deed: Deed, number: str = "") -> Case:
    """The case of the address. Raises NotAllowed where there is none or it is not the reader's to see."""
    found = load_case(deed.connection, number or deed.reading.view.subject)
    tree = deed.reading.tree
    if found is None or found.scheme != deed.reading.scheme.code or found.place not in tree:
        raise NotAllowed("there is no such case here", action="work")
    if visible(deed.reading, found) is None:
        raise NotAllowed(f"{found.number} is outside the scope", region=found.place)
    return found


def _done(message: str, made: commands.CaseStep) -> Done:
    return Done(message, made.number, {"step": made.step, **made.details})


@act("case_sign", N_("签收"), WORKING, (VERSIONS,))
def sign(deed: Deed) -> Done:
    made = commands.sign(deed.connection, deed.account, deed.now, _case(deed), deed[VERSIONS])
    return _done(_("已签收。"), made)


TO = Choice("to", N_("转办给"), free=True)


@act("case_assign", N_("转办"), MONITORS, (VERSIONS, TO, DUE, DEMAND))
def assign(deed: Deed) -> Done:
    made = commands.assign(
        deed.connection,
        deed.account,
        deed.now,
        _case(deed),
        deed[VERSIONS],
        to=deed[TO],
        due=deed[DUE],
        text=deed[DEMAND],
    )
    return _done(_("已转办。"), made)


BELOW = Choice("to", N_("下转给"), free=True)


@act("case_hand_down", N_("下转"), ANSWERING, (VERSIONS, BELOW, DEMAND))
def hand_down(deed: Deed) -> Done:
    made = commands.hand_down(
        deed.connection, deed.account, deed.now, _case(deed), deed[VERSIONS], to=deed[BELOW], text=deed[DEMAND]
    )
    return _done(_("已下转。"), made)


CAUSE = Choice("cause", N_("原因分类"), CAUSES)
MEASURES = Area("text", N_("采取措施"))
EXPECTED = blank(Fen("amount", N_("预计补回（元）")))
EXPECTED_BY = blank(Day("by", N_("补回时间")))


@act("case_submit", N_("提交反馈"), ANSWERING, (VERSIONS, CAUSE, MEASURES, (EXPECTED, EXPECTED_BY), EVIDENCE))
def submit(deed: Deed) -> Done:
    case = _case(deed)
    cause, text, amount, by = deed[CAUSE], deed[MEASURES], deed[EXPECTED], deed[EXPECTED_BY]
    file = attaching.sent(deed, "warning", case.place, case.number)
    made = commands.submit(
        deed.connection,
        deed.account,
        deed.now,
        case,
        deed[VERSIONS],
        cause=cause,
        text=text,
        attachments=() if file is None else (file,),
        amount_fen=amount,
        by=by,
    )
    return _done(_("已提交反馈，待省级核实。"), made)


FINDING = Area("text", N_("核实情况"), placeholder=N_("请填写核实情况"), rows=2)


@act("case_return", N_("退回补充"), MONITORS, (VERSIONS, FINDING))
def send_back(deed: Deed) -> Done:
    made = commands.send_back(deed.connection, deed.account, deed.now, _case(deed), deed[VERSIONS], text=deed[FINDING])
    return _done(_("已退回补充。"), made)


@act("case_close", N_("核实销号"), MONITORS, (VERSIONS, FINDING))
def close(deed: Deed) -> Done:
    made = commands.close(deed.connection, deed.account, deed.now, _case(deed), deed[VERSIONS], text=deed[FINDING])
    return _done(_("已销号。"), made)


EXCEPTED_UNTIL = Day("until", N_("有效期至"), note=N_("须第二人批准后生效"))


@act("case_except", N_("提请批准"), MONITORS, (VERSIONS, REASON, EXCEPTED_UNTIL))
def except_from_work(deed: Deed) -> Done:
    made = requests.except_from_work(
        deed.connection,
        deed.account,
        deed.now,
        _case(deed),
        deed[VERSIONS],
        text=deed[REASON],
        until=deed[EXCEPTED_UNTIL],
    )
    return _done(_("已提请，待第二人批准。"), made)


ASKING = Choice("kind", N_("申请"), ASKED, hidden=True)
EXTENDED_UNTIL = Day("until", N_("延至"))


@act("case_ask", N_("申请"), ANSWERING, (VERSIONS, ASKING, REASON, EXTENDED_UNTIL, ATTACHMENT))
def ask(deed: Deed) -> Done:
    case, versions, kind, text = _case(deed), deed[VERSIONS], deed[ASKING], deed[REASON]
    who = (deed.connection, deed.account, deed.now, case, versions)
    if kind == "extension":
        made = requests.ask_extension(*who, text=text, until=deed[EXTENDED_UNTIL])
    else:
        file = attaching.sent(deed, "warning", case.place, case.number)
        made = (requests.object_to_data if kind == "data" else requests.ask_force_majeure)(
            *who, text=text, attachments=() if file is None else (file,)
        )
    return _done(_("已提出，待省级答复。"), made)


REQUEST = Whole("request", N_("申请"), hidden=True)
OPINION = Area("text", N_("答复"), rows=2)
GRANTED = Answer("granted", N_("答复"), {"yes": N_("同意"), "no": N_("不同意")})


@act("case_decide", N_("答复"), MONITORS, (VERSIONS, REQUEST, OPINION, GRANTED))
def decide(deed: Deed) -> Done:
    granted = deed[GRANTED] == "yes"
    made = requests.decide(
        deed.connection,
        deed.account,
        deed.now,
        _case(deed),
        deed[VERSIONS],
        request=deed[REQUEST],
        granted=granted,
        text=deed[OPINION],
    )
    return _done(_("已答复。"), made)


CASES = Ticks("case", N_("事项"))
REMINDER = Text("text", N_("催办内容"), required=False)


@act("case_remind", N_("催办"), MONITORS, (VERSIONS, REMINDER))
def remind(deed: Deed) -> Done:
    """One case by its page, several by their ticks: all or none."""
    text = deed[REMINDER]
    cases = [
        _case(deed, number) for number in ([deed.reading.view.subject] if deed.reading.view.subject else deed[CASES])
    ]
    commands.remind_all(deed.connection, deed.account, deed.now, cases, text=text)
    numbers = [case.number for case in cases]
    return Done(_("已催办{count}项。", count=len(cases)), _("、").join(numbers), {"step": "remind", "cases": numbers})


QUIET_UNTIL = Day("until", N_("暂缓至"))


@act("case_silence", N_("暂缓提醒"), MONITORS, (VERSIONS, QUIET_UNTIL, REASON))
def silence(deed: Deed) -> Done:
    case = _case(deed)
    made = requests.silence(
        deed.connection,
        deed.account,
        deed.now,
        scheme=case.scheme,
        region=case.place,
        indicator=None,
        max_level=Level.RED,
        until=deed[QUIET_UNTIL],
        text=deed[REASON],
    )
    return _done(_("已暂缓提醒。"), made.deed)


SILENCE = Whole("silence", N_("暂缓提醒"), hidden=True)


@act("case_unsilence", N_("恢复提醒"), MONITORS, (VERSIONS, SILENCE))
def unsilence(deed: Deed) -> Done:
    made = requests.unsilence(
        deed.connection, deed.account, deed.now, scheme=deed.reading.scheme.code, number=deed[SILENCE]
    )
    return _done(_("已恢复提醒。"), made)


LETTER = Choice("letter", N_("文书"), LETTERS, hidden=True)
LETTER_NUMBER = Text("number", N_("文号"), most=60, placeholder=N_("如 苏人社函〔2026〕12号"))


@act("case_letter", N_("登记为已发"), MONITORS, (LETTER, LETTER_NUMBER))
def note_letter(deed: Deed) -> Done:
    case, kind = _case(deed), deed[LETTER]
    found = words.find(deed.reading, case.lead.standing)
    figures = {
        "value": "" if found.value is None or found.value.value is None else str(found.value.value),
        "period": found.standing.period,
        "to_limit_fen": "" if found.to_limit is None else str(found.to_limit),
    }
    made = commands.note_letter(
        deed.connection, deed.account, deed.now, case, kind=kind, text="", figures=figures, number=deed[LETTER_NUMBER]
    )
    return replace(_done(_("已登记。"), made), href=deed.reading.view.href(item=""))


# --- instructions

INSTRUCTED = Area(
    "text",
    N_("批示"),
    placeholder=N_("请填写批示内容"),
    note=N_("送出即转督办，到期报您，列入下次联席会议。"),
    phrases=(N_("请限期办结，结果报我"), N_("请核实原因后报告"), N_("请逐人逐笔核对")),
)
LEADING = Choice("given_to", N_("由谁牵头"), free=True)


@act("instruct", N_("批示，转为督办"), LEADERS, (VERSIONS, INSTRUCTED, (LEADING, DUE)))
def instruct(deed: Deed) -> Done:
    case = _case(deed)
    given = commands.instruct(
        deed.connection, deed.account, deed.now, case, text=deed[INSTRUCTED], given_to=deed[LEADING], due_on=deed[DUE]
    )
    message = _("已批示，转为督办事项{number}。", number=given.number)
    return Done(message, case.number, {"step": "instruct", "number": given.number})


INSTRUCTION = Text("instruction", N_("督办事项"), most=20, hidden=True)
VERSION = Whole("version", N_("版本"), hidden=True, kept=False)
RESULT = Area("text", N_("办理结果"), rows=2)


def _on_instruction(deed: Deed) -> tuple[str, int]:
    """The instruction of the form, within the reader's scope, and the version shown."""
    number = deed[INSTRUCTION]
    found = load_instruction(deed.connection, number)
    if found is None or found.scheme != deed.reading.scheme.code:
        raise NotAllowed("there is no such instruction here", action="instruct")
    if not deed.reading.scope.covers(deed.reading.tree, found.region):
        raise NotAllowed(f"{number} is outside the scope", region=found.region)
    return number, deed[VERSION]


@act("report_instruction", N_("报告结果"), WORKING, (INSTRUCTION, VERSION, RESULT))
def report(deed: Deed) -> Done:
    number, version = _on_instruction(deed)
    report_instruction(deed.connection, deed.account, deed.now, number, version, deed[RESULT])
    return Done(_("已报告结果，待办结。"), number, {"step": "report_instruction"})


@act("finish_instruction", N_("办结"), SUPERVISING, (INSTRUCTION, VERSION))
def finish(deed: Deed) -> Done:
    number, version = _on_instruction(deed)
    finish_instruction(deed.connection, deed.account, deed.now, number, version)
    return Done(_("已办结。"), number, {"step": "finish_instruction"})


ACTS: tuple[Act, ...] = (
    sign,
    assign,
    hand_down,
    submit,
    send_back,
    close,
    except_from_work,
    ask,
    decide,
    remind,
    silence,
    unsilence,
    note_letter,
    instruct,
    report,
    finish,
)
