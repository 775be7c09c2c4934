"""What is judged of suspicions 疑点: 属实, 排除 with its cause, or a judgement taken back; and what a problem takes from them.

Judgements are open as long as the problem is. What is to be recovered 应追回 is of those upheld, all or none undecided;
the recovery itself stands with the problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from rules.errors import PoolwatchError, StaleRow
from rules.persons.comparisons import COMPARISONS
from workflows.comparisons.register import STEP, Raised, Tally, suspicions, tally
from workflows.issues import steps as issue_steps
from workflows.issues.register import PROBLEM, Issue, violation
from workflows.issues.steps import StepDetails
from workflows.people.accounts import By

OPEN_TO = {"uphold": ("open",), "clear": ("open",), "withdraw": ("upheld", "cleared")}
# A cause that the rule does not name: it is told in words.
OTHER = "other"
# Of a suspicion: its run, its number in it, and the row version that was seen.
Seen = tuple[int, int, int]


class SuspicionStepNotOpen(PoolwatchError):
    """The suspicion is not in a state from which this step can be made, or its problem is closed."""

    code = "suspicion_step_not_open"


class SuspicionCause(PoolwatchError):
    """A clearing needs a cause that the rule names, or another one in words."""

    code = "suspicion_cause"


class SuspicionsUndecided(PoolwatchError):
    """The problem has suspicions of which nobody has judged."""

    code = "suspicions_undecided"


class SuspicionsCleared(PoolwatchError):
    """Every suspicion was cleared: nothing is there to be verified."""

    code = "suspicions_cleared"


class SuspicionsUpheld(PoolwatchError):
    """A suspicion was upheld: the problem cannot be dismissed."""

    code = "suspicions_upheld"


class SuspicionsExceeded(PoolwatchError):
    """More persons or a larger amount than were upheld."""

    code = "suspicions_exceeded"


class SuspicionsReason(PoolwatchError):
    """Fewer persons or a smaller amount than were upheld, without a reason."""

    code = "suspicions_reason"


def uphold(connection: Connection, problem: Issue, seen: Sequence[Seen], text: str, by: By) -> tuple[Raised, ...]:
    """属实: it is so. All that are named or none."""
    return _judge(connection, problem, seen, "uphold", None, text, by)


def clear(
    connection: Connection, problem: Issue, seen: Sequence[Seen], cause: str, text: str, by: By
) -> tuple[Raised, ...]:
    """排除, with one of the causes that the rule names, or ``other`` in words. All that are named or none."""
    return _judge(connection, problem, seen, "clear", cause, text, by)


def withdraw(connection: Connection, problem: Issue, seen: Sequence[Seen], text: str, by: By) -> tuple[Raised, ...]:
    """撤回判定: they wait again, with the reason."""
    return _judge(connection, problem, seen, "withdraw", None, text, by)


def _judge(
    connection: Connection, problem: Issue, seen: Sequence[Seen], step: str, cause: str | None, text: str, by: By
) -> tuple[Raised, ...]:
    """Raises SuspicionStepNotOpen, SuspicionCause, StaleRow."""
    found = {(one.run, one.number): one for one in _held(connection, problem)}
    rows = []
    for run, number, row_version in dict.fromkeys(seen):
        one = found.get((run, number))
        if one is None or one.row_version != row_version:
            raise StaleRow(f"suspicion {run}.{number} of {problem.ref} was changed", ref=problem.ref)
        if one.state not in OPEN_TO[step]:
            raise SuspicionStepNotOpen(f"{step} of suspicion {run}.{number}, which is {one.state}", code=one.code)
        if step == "clear" and not _named(one, cause, text):
            raise SuspicionCause(f"{cause} is no cause of {one.rule}, or needs words")
        who = {"happened_at": by.at, "login": by.login, "name": by.name, "department": by.department}
        told = {"place": row_version + 1, "step": step, "cause": cause, "text": text}
        rows.append({"run": run, "number": number, **told, **who})
    try:
        connection.execute(insert(STEP), rows)
    except IntegrityError as taken:
        raise StaleRow(f"a suspicion of {problem.ref} was judged meanwhile", ref=problem.ref) from taken
    judged = {(run, number) for run, number, _version in seen}
    again = suspicions(connection, problem.scheme, ref=problem.ref)
    return tuple(one for one in again if (one.run, one.number) in judged)


def _named(one: Raised, cause: str | None, text: str) -> bool:
    if cause == OTHER:
        return bool(text)
    rule = COMPARISONS.get(one.rule)
    return rule is not None and cause in {named.code for named in rule.causes}


def _held(connection: Connection, problem: Issue) -> tuple[Raised, ...]:
    """The suspicions of a problem that is open; it cannot be verified and judged at once. Raises SuspicionStepNotOpen."""
    same = PROBLEM.c.scheme == problem.scheme, PROBLEM.c.ref == problem.ref
    connection.execute(select(PROBLEM.c.ref).where(*same).with_for_update())
    now = violation(connection, problem.scheme, problem.ref)
    if now is None or not now.open:
        raise SuspicionStepNotOpen(f"{problem.ref} is closed", code=problem.ref)
    return suspicions(connection, problem.scheme, ref=problem.ref)


# --- the problem they belong to


def verify(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """核实 a problem; one with suspicions takes persons and amount from those upheld. Raises SuspicionsUndecided,
    SuspicionsCleared, SuspicionsExceeded, SuspicionsReason."""
    of = _decided(connection, problem)
    if of.count and not of.upheld:
        raise SuspicionsCleared(f"every suspicion of {problem.ref} was cleared", ref=problem.ref)
    return issue_steps.verify(connection, problem, _within(problem, said, of), by)


def set_amounts(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """更正金额, within what is upheld by now."""
    return issue_steps.set_amounts(connection, problem, _within(problem, said, _decided(connection, problem)), by)


def dismiss(connection: Connection, problem: Issue, said: StepDetails, by: By) -> Issue:
    """查否; of a problem with suspicions once all are cleared. Raises SuspicionsUndecided, SuspicionsUpheld."""
    if _decided(connection, problem).upheld:
        raise SuspicionsUpheld(f"suspicions of {problem.ref} were upheld", ref=problem.ref)
    return issue_steps.dismiss(connection, problem, said, by)


def _decided(connection: Connection, problem: Issue) -> Tally:
    """The suspicions of a problem, of which none waits; of one without, none at all."""
    of = tally(_held(connection, problem) if problem.open else ())
    if of.open:
        raise SuspicionsUndecided(f"{of.open} suspicions of {problem.ref} wait", ref=problem.ref, count=of.open)
    return of


def _within(problem: Issue, said: StepDetails, of: Tally) -> StepDetails:
    """What was said of persons and amount, no more than were upheld; less only with a reason. Each person of a problem
    has one suspicion."""
    if not of.count:
        return said
    persons = of.upheld if said.persons is None else said.persons
    amount = of.upheld_fen if said.amount_fen is None else said.amount_fen
    if persons > of.upheld or amount > of.upheld_fen:
        raise SuspicionsExceeded(
            f"{persons} persons and {amount} fen of {problem.ref}", count=of.upheld, amount_fen=of.upheld_fen
        )
    if (persons < of.upheld or amount < of.upheld_fen) and not said.text:
        raise SuspicionsReason(f"less than was upheld of {problem.ref}", count=of.upheld, amount_fen=of.upheld_fen)
    return replace(said, persons=persons, amount_fen=amount)
