"""What readers do on 问题台账: who may, with which fields; region and row version are checked here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.pages.issues.words import PATH, STEP_NAMES, place
from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.attaching import ATTACHMENT, sent
from dashboard.site.fields import Area, Choice, Day, Fen, Field, FieldOutOfRange, Text, Whole, blank
from dashboard.site.reading import Reading
from dashboard.words.departments import NAMES
from dashboard.words.wording import N_, _, name_of
from rules.errors import NotAllowed, StaleRow
from rules.violations import CATEGORIES, DEPARTMENTS, ORIGINS, sides_of
from workflows.comparisons import steps as comparisons
from workflows.issues import steps
from workflows.issues.register import Issue, violation
from workflows.issues.steps import NewIssue, StepDetails
from workflows.people.accounts import Role
from workflows.people.rights import ASSESSING, SIGNING

# The province's departments find, verify and see to it that it is mended; the place answers for itself.
KEEPERS = SIGNING | {Role.AGENCY}
PLACE = frozenset({Role.CITY})

ROW_VERSION = Whole("row_version", N_("版本"), hidden=True, kept=False)
PERSONS = blank(Whole("persons", N_("涉及人数"), high=10**9))
DUE_ON = Day("due_on", N_("整改期限"))
DOCUMENT = Text("document", N_("文号"), most=80, required=False)


def of_address(deed: Deed) -> Issue:
    """The problem of the address. Raises NotAllowed outside the reader's region."""
    scope, tree = deed.reading.scope, deed.reading.tree
    one = violation(deed.connection, deed.reading.scheme.code, deed.reading.view.subject.upper())
    if one is None or not scope.covers(tree, one.region):
        raise NotAllowed(f"no problem {deed.reading.view.subject}", region=scope.region)
    return one


def _seen(deed: Deed) -> Issue:
    """The problem as the reader saw it. Raises StaleRow for a stale one."""
    one = of_address(deed)
    if deed[ROW_VERSION] != one.row_version:
        raise StaleRow(f"{one.ref} was changed", ref=one.ref)
    return one


def _step(
    step: str,
    make: Callable[..., Issue],
    text: Field[str],
    *,
    amount: Field[int] | None = None,
    asks: tuple[Field[Any], ...] = (),
    roles: frozenset[Role] = KEEPERS,
) -> Act:
    """The act of one step: the words, the amount it names, and what else it asks for."""
    more = asks if amount is None else (amount, *asks)
    first = [field for field in more if field is not ATTACHMENT]
    fields = (ROW_VERSION, *first, text, *(field for field in more if field is ATTACHMENT))

    def do(deed: Deed) -> Done:
        one = _seen(deed)
        said = StepDetails(
            text=deed[text],
            document=deed[DOCUMENT] or None if DOCUMENT in asks else None,
            amount_fen=None if amount is None else deed[amount],
            persons=deed[PERSONS] if PERSONS in asks else None,
            due_on=deed[DUE_ON] if DUE_ON in asks else None,
            attachment=sent(deed, "issue", one.region, one.ref) if ATTACHMENT in asks else None,
        )
        make(deed.connection, one, said, deed.by)
        message = _("{ref}：{step}，已记入台账。", ref=one.ref, step=_(STEP_NAMES[step]))
        return Done(message, f"{one.scheme} {one.ref}", {"step": step, "attachment": said.attachment})

    return Act(f"issue_{step}", STEP_NAMES[step], roles, fields, do, whole=roles is not PLACE)


def _why(label: str) -> Area:
    return Area("text", label, rows=2)


_NOTE = Area("text", N_("说明"), rows=2, required=False)
TO_RECOVER = Fen("amount", N_("应追回（元）"))
STEPS: Mapping[str, Act] = {
    "verify": _step(
        "verify",
        comparisons.verify,
        Area("text", N_("核实情况"), rows=2, required=False),
        amount=TO_RECOVER,
        asks=(PERSONS,),
    ),
    "dismiss": _step("dismiss", comparisons.dismiss, _why(N_("查否理由"))),
    "amount": _step("amount", comparisons.set_amounts, _NOTE, amount=TO_RECOVER, asks=(PERSONS,)),
    "assign": _step("assign", steps.assign, _why(N_("整改要求")), asks=(DUE_ON, DOCUMENT)),
    "answer": _step("answer", steps.answer, _why(N_("整改情况")), asks=(ATTACHMENT,), roles=PLACE),
    # A correction of what came back is negative.
    "recover": _step(
        "recover",
        steps.recover,
        _NOTE,
        amount=Fen("amount", N_("追回金额（元）"), low=-(10**15)),
        asks=(DOCUMENT, ATTACHMENT),
    ),
    "exclude": _step(
        "exclude",
        steps.exclude,
        _why(N_("剔除理由")),
        amount=Fen("amount", N_("剔除金额（元）")),
        asks=(DOCUMENT,),
        roles=ASSESSING,
    ),
    "extend": _step("extend", steps.extend, _why(N_("延期理由")), asks=(DUE_ON,)),
    "study": _step("study", steps.propose_study, _why(N_("提请研究的理由"))),
    "ask_close": _step("ask_close", steps.ask_close, _why(N_("销号依据")), asks=(ATTACHMENT,)),
    "close": _step("close", steps.close, _NOTE),
    "decline": _step("decline", steps.decline, _why(N_("需要补充什么"))),
    "reopen": _step("reopen", steps.reopen, _why(N_("重新整改的理由")), asks=(DUE_ON,), roles=ASSESSING),
}


# --- a new one


def _regions(reading: Reading) -> list[tuple[str, str]]:
    return [(code, place(reading, code)) for code in reading.tree.subtree(reading.region)]


REGION = Choice("region", N_("地区"), _regions)
ORIGIN = Choice("origin", N_("来源"), ORIGINS)
SIDE = Choice(
    "side",
    N_("四位一体"),
    lambda reading: [(code, name_of(side)) for code, side in sides_of(reading.scheme).items()],
)
CATEGORY = Choice("category", N_("类别"), CATEGORIES)
DEPARTMENT = Choice("department", N_("责任部门"), {code: NAMES[code] for code in DEPARTMENTS})
TITLE = Text("title", N_("问题"), most=200)
FOUND_ON = Day("found_on", N_("发现日期"))
MEND_BY = blank(DUE_ON)
AMOUNT = Fen("amount", N_("涉及金额（元）"))
EVIDENCE = Area("evidence", N_("依据"), rows=2)


@act(
    "issue_register",
    N_("登记线索"),
    KEEPERS,
    (
        REGION,
        (ORIGIN, SIDE),
        (CATEGORY, DEPARTMENT),
        TITLE,
        (FOUND_ON, MEND_BY),
        (AMOUNT, PERSONS),
        EVIDENCE,
        ATTACHMENT,
    ),
    whole=True,
)
def register(deed: Deed) -> Done:
    """Enter a problem as a lead; the province's departments do so for any region of theirs."""
    reading, today = deed.reading, deed.reading.today
    found = NewIssue(
        region=deed[REGION],
        department=deed[DEPARTMENT],
        origin=deed[ORIGIN],
        side=deed[SIDE],
        category=deed[CATEGORY],
        title=deed[TITLE],
        found_on=deed[FOUND_ON],
        amount_fen=deed[AMOUNT],
        evidence=deed[EVIDENCE],
        persons=deed[PERSONS],
        due_on=deed[MEND_BY],
    )
    if found.found_on > today:
        raise FOUND_ON.refusal(FieldOutOfRange, got=found.found_on.isoformat(), low="—", high=today.isoformat())
    one = steps.register(deed.connection, reading.scheme.code, found, deed.by)
    sent(deed, "issue", found.region, one.ref)
    href = reading.view.href(path=f"{PATH}/{one.ref.lower()}", item="")
    return Done(_("已登记线索{ref}。", ref=one.ref), f"{reading.scheme.code} {one.ref}", href=href)


ACTS = (register, *STEPS.values())
