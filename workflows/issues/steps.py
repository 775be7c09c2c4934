"""Steps of the register of problems 问题台账: 线索—核实—整改—销号.

Every step is one row of the journal. Who may do what where is checked by the caller; the order of the steps, that nobody
closes what he himself asked to close, and that nobody else was faster are checked here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from data_access.store.numbering import next_number
from rules.errors import PoolwatchError, StaleRow
from rules.month import SHANGHAI
from workflows.issues.register import PROBLEM, STEP, Issue, violation
from workflows.people.accounts import By
from workflows.warnings.working_clock import working_day

OPEN_TO = {
    "verify": ("lead",),
    "dismiss": ("lead",),
    "amount": ("verified", "mending"),
    "assign": ("verified", "mending"),
    "answer": ("verified", "mending"),
    "recover": ("verified", "mending"),
    "exclude": ("verified", "mending"),
    "extend": ("verified", "mending"),
    "ask_close": ("verified", "mending"),
    "close": ("verified", "mending"),
    "decline": ("verified", "mending"),
    "study": ("verified", "mending"),
    "reopen": ("closed",),
}


class IssueStepNotOpen(PoolwatchError):
    """The problem is not in a state from which this step can be made."""

    code = "issue_step_not_open"


class IssueFourEyes(PoolwatchError):
    """Who asked to close a problem cannot agree to it himself."""

    code = "issue_four_eyes"


class IssueNotAsked(PoolwatchError):
    """Nobody has asked to close the problem."""

    code = "issue_not_asked"


class IssueAmount(PoolwatchError):
    """More than there is: an exclusion above what is to be recovered, a correction above what was."""

    code = "issue_amount"


class IssueExists(PoolwatchError):
    """The register has another problem of that reference."""

    code = "issue_exists"


@dataclass(frozen=True, slots=True)
class NewIssue:
    """What is entered about a problem when it is registered; ``related`` is ``warning:ID`` or ``gap:NUMBER``."""

    region: str
    department: str
    origin: str
    side: str
    category: str
    title: str
    found_on: date
    amount_fen: int
    evidence: str
    persons: int | None = None
    comparison: str | None = None
    suspects: int | None = None
    due_on: date | None = None
    related: str | None = None


@dataclass(frozen=True, slots=True)
class StepDetails:
    """What goes with a step: words, a document's number, an amount, persons, a new deadline, a file."""

    text: str = ""
    document: str | None = None
    amount_fen: int | None = None
    persons: int | None = None
    due_on: date | None = None
    attachment: int | None = None


def register(connection: Connection, scheme_code: str, found: NewIssue, by: By, *, ref: str = "") -> Issue:
    """Enter a problem as a lead; without ``ref`` it is given the year's next number. Raises IssueExists."""
    number = ref or _next_ref(connection, scheme_code, by.at.astimezone(SHANGHAI).year)
    values = {name: getattr(found, name) for name in NewIssue.__slots__}
    try:
        connection.execute(insert(PROBLEM).values(scheme=scheme_code, ref=number, **values))
    except IntegrityError as problem:
        raise IssueExists(f"{number} is known", ref=number) from problem
    _write(connection, scheme_code, number, 1, "register", StepDetails(found.evidence), by)
    return _again(connection, scheme_code, number)


def _next_ref(connection: Connection, scheme_code: str, year: int) -> str:
    """W26-001, W26-002, …: registered by hand."""
    prefix = f"W{year % 100:02d}-"
    return f"{prefix}{next_number(connection, PROBLEM.c.ref, prefix, PROBLEM.c.scheme == scheme_code):03d}"


def verify(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """核实: it is so. ``amount_fen`` is what is to be recovered 应追回, ``persons`` those concerned."""
    return _step(connection, problem, "verify", said, by)


def dismiss(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """查否: the lead does not hold; it is closed at once, with the reason."""
    return _step(connection, problem, "dismiss", said, by)


def set_amounts(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """Correct what is to be recovered and how many persons are concerned."""
    return _step(connection, problem, "amount", said, by)


def assign(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """交办整改: what is to be mended by when."""
    return _step(connection, problem, "assign", said, by)


def answer(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """反馈整改情况: what the place has done, with its evidence."""
    return _step(connection, problem, "answer", said, by)


def recover(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """记追回: an amount that came back; a correction is negative, never below nothing in all."""
    if problem.recovered_fen + (said.amount_fen or 0) < 0:
        raise IssueAmount("more taken back than was recovered", limit_fen=problem.recovered_fen)
    return _step(connection, problem, "recover", said, by)


def exclude(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """不可抗力剔除 (苏政发〔2020〕45号 附件3 三（一）): an amount that is not to be recovered, with document and reason."""
    if (said.amount_fen or 0) > problem.to_recover_fen:
        raise IssueAmount("more excluded than is to be recovered", limit_fen=problem.to_recover_fen)
    return _step(connection, problem, "exclude", said, by)


def extend(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """延期: a later deadline, with the reason."""
    return _step(connection, problem, "extend", said, by)


def propose_study(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """拟提请研究: proposes that the joint meeting study it; what follows is not decided here."""
    return _step(connection, problem, "study", said, by)


def ask_close(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """申请销号, with evidence; a second person has to agree."""
    return _step(connection, problem, "ask_close", said, by)


def close(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """同意销号. Raises IssueNotAsked, IssueFourEyes."""
    asked = problem.asked_to_close
    if asked is None:
        raise IssueNotAsked(f"nobody asked to close {problem.ref}", ref=problem.ref)
    if asked.login == by.login:
        raise IssueFourEyes(f"{by.login} asked to close {problem.ref}", ref=problem.ref)
    return _step(connection, problem, "close", said, by)


def decline(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """退回: the request to close is sent back, with the reason. Raises IssueNotAsked."""
    if problem.asked_to_close is None:
        raise IssueNotAsked(f"nobody asked to close {problem.ref}", ref=problem.ref)
    return _step(connection, problem, "decline", said, by)


def reopen(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """重新整改: what was closed is open again, with a new deadline."""
    return _step(connection, problem, "reopen", said, by)


def _step(connection: Connection, problem: Issue, step: str, said: StepDetails, by: By) -> Issue:
    """Add a step to what the caller saw; a deadline falls on a working day. Raises IssueStepNotOpen, StaleRow."""
    if said.due_on is not None:
        said = replace(said, due_on=working_day(connection, said.due_on))
    if problem.state not in OPEN_TO[step]:
        raise IssueStepNotOpen(f"{step} of {problem.ref}, which is {problem.state}", ref=problem.ref)
    _write(connection, problem.scheme, problem.ref, problem.row_version + 1, step, said, by)
    return _again(connection, problem.scheme, problem.ref)


def _write(
    connection: Connection, scheme_code: str, ref: str, place: int, step: str, said: StepDetails, by: By
) -> None:
    values = {name: getattr(said, name) for name in StepDetails.__slots__}
    try:
        connection.execute(
            insert(STEP).values(
                scheme=scheme_code,
                ref=ref,
                place=place,
                step=step,
                happened_at=by.at,
                login=by.login,
                name=by.name,
                department=by.department,
                **values,
            )
        )
    except IntegrityError as problem:
        raise StaleRow(f"step {place} of {ref} is taken", ref=ref) from problem


def _again(connection: Connection, scheme_code: str, ref: str) -> Issue:
    found = violation(connection, scheme_code, ref)
    assert found is not None
    return found
