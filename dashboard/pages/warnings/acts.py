"""The acts on cases: fields read and checked, then the command; what a command refuses is said in the form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from dashboard.pages.warnings import words as words
from dashboard.pages.warnings.deeds import CAUSES
from dashboard.pages.warnings.letters import LETTERS
from dashboard.pages.warnings.work import visible
from dashboard.site import attaching
from dashboard.site.acting import Deed, Done
from dashboard.words.wording import N_, _
from rules.alerts.threshold import Level
from rules.errors import NotAllowed, StaleRow
from workflows.cases import commands as commands, requests as requests
from workflows.cases.instructions import finish_instruction, load_instruction, report_instruction
from workflows.cases.register import Case, load_case

REQUESTS = {"data": N_("数据异议"), "force_majeure": N_("申请剔除不可抗力"), "extension": N_("申请延期")}


def _case(deed: Deed, number: str = "") -> Case:
    """The case of the address. Raises NotAllowed where there is none or it is not the reader's to see."""
    found = load_case(deed.connection, number or deed.reading.view.subject)
    tree = deed.reading.tree
    if found is None or found.scheme != deed.reading.scheme.code or found.place not in tree:
        raise NotAllowed("there is no such case here", action="work")
    if visible(deed.reading, found) is None:
        raise NotAllowed(f"{found.number} is outside the scope", region=found.place)
    return found


def _versions(deed: Deed) -> dict[int, int]:
    """The row versions that the form was made from. Raises StaleRow for what is none."""
    try:
        given = json.loads(deed.form.text("versions", "versions"))
        return {int(key): int(value) for key, value in given.items()}
    except (ValueError, AttributeError, TypeError):
        raise StaleRow("the form carries no versions") from None


def _done(message: str, made: commands.Deed) -> Done:
    return Done(message, made.number, {"step": made.step, **made.details})


def _sign(deed: Deed) -> Done:
    made = commands.sign(deed.connection, deed.account, deed.now, _case(deed), _versions(deed))
    return _done(_("已签收。"), made)


def _assign(deed: Deed) -> Done:
    to, due = deed.form.text("to", _("转办给"), most=80), deed.form.day("due", _("限期"))
    text = deed.form.text("text", _("要求"), required=False)
    made = commands.assign(
        deed.connection, deed.account, deed.now, _case(deed), _versions(deed), to=to, due=due, text=text
    )
    return _done(_("已转办。"), made)


def _hand_down(deed: Deed) -> Done:
    to, text = deed.form.text("to", _("下转给"), most=80), deed.form.text("text", _("要求"), required=False)
    made = commands.hand_down(deed.connection, deed.account, deed.now, _case(deed), _versions(deed), to=to, text=text)
    return _done(_("已下转。"), made)


def _submit(deed: Deed) -> Done:
    case, form = _case(deed), deed.form
    cause = form.choice("cause", _("原因分类"), tuple(CAUSES))
    text = form.text("text", _("采取措施"))
    amount = (
        form.fen("amount", _("预计补回（元）")) if form.text("amount", _("预计补回（元）"), required=False) else None
    )
    by = form.day("by", _("补回时间")) if form.text("by", _("补回时间"), required=False) else None
    file = attaching.sent(deed, "warning", case.place, case.number)
    made = commands.submit(
        deed.connection, deed.account, deed.now, case, _versions(deed), cause=cause, text=text,
        attachments=() if file is None else (file,), amount_fen=amount, by=by,
    )  # fmt: skip
    return _done(_("已提交反馈，待省级核实。"), made)


def _send_back(deed: Deed) -> Done:
    text = deed.form.text("text", _("核实情况"))
    made = commands.send_back(deed.connection, deed.account, deed.now, _case(deed), _versions(deed), text=text)
    return _done(_("已退回补充。"), made)


def _close(deed: Deed) -> Done:
    text = deed.form.text("text", _("核实情况"))
    made = commands.close(deed.connection, deed.account, deed.now, _case(deed), _versions(deed), text=text)
    return _done(_("已销号。"), made)


def _except(deed: Deed) -> Done:
    text, until = deed.form.text("text", _("理由")), deed.form.day("until", _("有效期至"))
    made = requests.except_from_work(
        deed.connection, deed.account, deed.now, _case(deed), _versions(deed), text=text, until=until
    )
    return _done(_("已提请，待第二人批准。"), made)


def _ask(deed: Deed) -> Done:
    case, versions = _case(deed), _versions(deed)
    kind = deed.form.choice("kind", _("申请"), tuple(REQUESTS))
    text = deed.form.text("text", _("理由"))
    if kind == "extension":
        until = deed.form.day("until", _("延至"))
        made = requests.ask_extension(deed.connection, deed.account, deed.now, case, versions, text=text, until=until)
    else:
        ask = requests.object_to_data if kind == "data" else requests.ask_force_majeure
        file = attaching.sent(deed, "warning", case.place, case.number)
        files = () if file is None else (file,)
        made = ask(deed.connection, deed.account, deed.now, case, versions, text=text, attachments=files)
    return _done(_("已提出，待省级答复。"), made)


def _decide(deed: Deed) -> Done:
    granted = deed.form.choice("granted", _("答复"), ("yes", "no")) == "yes"
    made = requests.decide(
        deed.connection, deed.account, deed.now, _case(deed), _versions(deed),
        request=deed.form.whole("request", _("申请")), granted=granted, text=deed.form.text("text", _("答复")),
    )  # fmt: skip
    return _done(_("已答复。"), made)


def _remind(deed: Deed) -> Done:
    """One case by its page, several by their ticks: all or none."""
    text = deed.form.text("text", _("催办内容"), required=False)
    ticked = [deed.reading.view.subject] if deed.reading.view.subject else deed.form.all("case")
    if not ticked:
        deed.form.text("case", _("事项"))
    cases = [_case(deed, number) for number in ticked]
    commands.remind_all(deed.connection, deed.account, deed.now, cases, text=text)
    numbers = [case.number for case in cases]
    return Done(_("已催办{count}项。", count=len(cases)), _("、").join(numbers), {"step": "remind", "cases": numbers})


def _silence(deed: Deed) -> Done:
    case = _case(deed)
    made = requests.silence(
        deed.connection, deed.account, deed.now, scheme=case.scheme, region=case.place, indicator=None,
        max_level=Level.RED, until=deed.form.day("until", _("暂缓至")), text=deed.form.text("text", _("理由")),
    )  # fmt: skip
    return _done(_("已暂缓提醒。"), made.deed)


def _unsilence(deed: Deed) -> Done:
    number = deed.form.whole("silence", _("暂缓提醒"))
    made = requests.unsilence(deed.connection, deed.account, deed.now, scheme=deed.reading.scheme.code, number=number)
    return _done(_("已恢复提醒。"), made)


def _letter(deed: Deed) -> Done:
    case = _case(deed)
    kind = deed.form.choice("letter", _("文书"), tuple(LETTERS))
    found = words.find(deed.reading, case.lead.standing)
    figures = {
        "value": "" if found.value is None or found.value.value is None else str(found.value.value),
        "period": found.standing.period,
        "to_limit_fen": "" if found.to_limit is None else str(found.to_limit),
    }
    number = deed.form.text("number", _("文号"), most=60)
    made = commands.note_letter(
        deed.connection, deed.account, deed.now, case, kind=kind, text="", figures=figures, number=number
    )
    return Done(_("已登记。"), made.number, {"step": made.step, **made.details}, deed.reading.view.href(item=""))


def _instruct(deed: Deed) -> Done:
    case = _case(deed)
    given = commands.instruct(
        deed.connection, deed.account, deed.now, case, text=deed.form.text("text", _("批示")),
        given_to=deed.form.text("given_to", _("由谁牵头"), most=80), due_on=deed.form.day("due", _("限期")),
    )  # fmt: skip
    message = _("已批示，转为督办事项{number}。", number=given.number)
    return Done(message, case.number, {"step": "instruct", "number": given.number, "due": given.due_on.isoformat()})


def _on_instruction(deed: Deed) -> tuple[str, int]:
    """The instruction of the form, within the reader's scope, and the version shown."""
    number = deed.form.text("instruction", _("督办事项"), most=20)
    found = load_instruction(deed.connection, number)
    if found is None or found.scheme != deed.reading.scheme.code:
        raise NotAllowed("there is no such instruction here", action="instruct")
    if not deed.reading.scope.covers(deed.reading.tree, found.region):
        raise NotAllowed(f"{number} is outside the scope", region=found.region)
    return number, deed.form.whole("version", _("版本"))


def _report(deed: Deed) -> Done:
    number, version = _on_instruction(deed)
    report_instruction(deed.connection, deed.account, deed.now, number, version, deed.form.text("text", _("办理结果")))
    return Done(_("已报告结果，待办结。"), number, {"step": "report_instruction"})


def _finish(deed: Deed) -> Done:
    number, version = _on_instruction(deed)
    finish_instruction(deed.connection, deed.account, deed.now, number, version)
    return Done(_("已办结。"), number, {"step": "finish_instruction"})


ACTS: Mapping[str, Callable[[Deed], Done]] = {
    "case_sign": _sign, "case_assign": _assign, "case_hand_down": _hand_down, "case_submit": _submit,
    "case_return": _send_back, "case_close": _close, "case_except": _except, "case_ask": _ask, "case_decide": _decide,
    "case_remind": _remind, "case_silence": _silence, "case_unsilence": _unsilence, "case_letter": _letter,
    "instruct": _instruct, "report_instruction": _report, "finish_instruction": _finish,
}  # fmt: skip
