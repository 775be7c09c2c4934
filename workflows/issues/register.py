"""The register of problems 问题台账 as others read it: audit, inspection, reports, comparisons and warnings in one list.

State, amounts and deadline follow from the journal of steps; a problem delivered in a file begins as a lead 线索.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from data_access.store import schema
from data_access.store.numbering import by_number
from rules.month import SHANGHAI
from rules.violations import PAID_OUT

PROBLEM, STEP = schema.violation, schema.violation_step
# What a step leads to; the others leave the state as it is.
LEADS_TO = {"verify": "verified", "assign": "mending", "reopen": "mending", "close": "closed", "dismiss": "closed"}


@dataclass(frozen=True, slots=True)
class IssueStep:
    """One line of a problem's journal. ``place`` counts from 1; amounts in fen, ``attachment`` the number of a file."""

    place: int
    step: str
    happened_at: datetime
    login: str
    name: str
    department: str
    text: str
    document: str | None
    amount_fen: int | None
    persons: int | None
    due_on: date | None
    attachment: int | None


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem. ``department`` is who is to mend it, ``comparison`` the batch of a data comparison 比对批次.

    ``amount_fen`` is what it concerns, ``to_recover_fen`` 应追回 (less what is excluded as force majeure),
    ``recovered_fen`` the sum of the recoveries in the journal. ``persons`` None: not counted. ``row_version`` is the
    number of its last step, 0 for a lead that nobody has touched. ``related``: ``warning:ID`` or ``gap:NUMBER``.
    """

    scheme: str
    ref: str
    region: str
    department: str
    origin: str
    side: str
    category: str
    title: str
    found_on: date
    amount_fen: int
    persons: int | None
    to_recover_fen: int
    recovered_fen: int
    excluded_fen: int
    due_on: date | None
    state: str
    closed_on: date | None
    row_version: int
    evidence: str
    comparison: str | None
    suspects: int | None
    related: str | None
    steps: tuple[IssueStep, ...]

    @property
    def open(self) -> bool:
        return self.state != "closed"

    @property
    def upheld(self) -> bool:
        """Whether it was found to be so: verified, and not dismissed 查否."""
        return self.state != "lead" and not (self.steps and self.last("dismiss") and self.state == "closed")

    @property
    def paid_out(self) -> bool:
        """Whether what it concerns is to be paid in addition 应补发 rather than recovered 应追回."""
        return self.category in PAID_OUT

    @property
    def determined(self) -> bool:
        """Whether it was said what is to come back: a lead that nobody has verified has no such amount."""
        return any(one.step in ("verify", "amount") for one in self.steps)

    @property
    def outstanding_fen(self) -> int:
        """尚未追回: what is still to be recovered."""
        return max(self.to_recover_fen - self.recovered_fen, 0)

    @property
    def asked_to_close(self) -> IssueStep | None:
        """The request to close that waits for a second person; None when none does."""
        for step in reversed(self.steps):
            if step.step in ("close", "decline", "reopen"):
                return None
            if step.step == "ask_close":
                return step
        return None

    def overdue_on(self, day: date) -> bool:
        """Whether it stands open past its deadline."""
        return self.open and self.due_on is not None and self.due_on < day

    def last(self, step: str) -> IssueStep | None:
        return next((one for one in reversed(self.steps) if one.step == step), None)


def load_violations(
    connection: Connection, scheme_code: str, *, until: datetime | None = None, ref: str | None = None
) -> tuple[Issue, ...]:
    """Every problem of a scheme, newest first and then by number: those registered by hand and those of published files.

    ``until`` shows the register as it stood at an instant, ``ref`` one problem only.
    """
    batch = schema.import_batch
    wanted = (
        select(PROBLEM)
        .outerjoin(batch, batch.c.id == PROBLEM.c.batch)
        .where(PROBLEM.c.scheme == scheme_code)
        .where(or_(PROBLEM.c.batch.is_(None), batch.c.data_version.is_not(None)))
    )
    steps = select(STEP).where(STEP.c.scheme == scheme_code).order_by(STEP.c.place)
    if ref is not None:
        wanted, steps = wanted.where(PROBLEM.c.ref == ref), steps.where(STEP.c.ref == ref)
    if until is not None:
        wanted = wanted.where(PROBLEM.c.found_on <= until.astimezone(SHANGHAI).date())
        steps = steps.where(STEP.c.happened_at <= until)
    journal: dict[str, list[IssueStep]] = defaultdict(list)
    for row in connection.execute(steps).mappings():
        journal[row["ref"]].append(IssueStep(**{name: row[name] for name in IssueStep.__slots__}))
    rows = sorted(connection.execute(wanted).mappings(), key=lambda row: by_number(row["ref"]))
    rows.sort(key=lambda row: row["found_on"], reverse=True)
    return tuple(_told(row, journal.get(row["ref"], [])) for row in rows)


def violation(connection: Connection, scheme_code: str, ref: str) -> Issue | None:
    """One problem; None when the register has none of that reference."""
    found = load_violations(connection, scheme_code, ref=ref)
    return found[0] if found else None


def _told(row: Mapping[Any, Any], steps: list[IssueStep]) -> Issue:
    """A problem as its journal leaves it."""
    given: dict[str, Any] = {column.name: row[column.name] for column in PROBLEM.c if column.name != "batch"}
    state, closed_on, to_recover, excluded = "lead", None, 0, 0
    for step in steps:
        if step.step in LEADS_TO:
            state = LEADS_TO[step.step]
            closed_on = step.happened_at.astimezone(SHANGHAI).date() if state == "closed" else None
        if step.step in ("verify", "amount"):
            to_recover = step.amount_fen or 0
            given["persons"] = step.persons
        if step.step == "exclude":
            excluded += step.amount_fen or 0
        if step.step in ("verify", "assign", "reopen", "extend") and step.due_on is not None:
            given["due_on"] = step.due_on
    return Issue(
        **given,
        to_recover_fen=max(to_recover - excluded, 0),
        recovered_fen=sum(step.amount_fen or 0 for step in steps if step.step == "recover"),
        excluded_fen=excluded,
        state=state,
        closed_on=closed_on,
        row_version=steps[-1].place if steps else 0,
        steps=tuple(steps),
    )
