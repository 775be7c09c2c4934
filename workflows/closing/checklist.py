"""The checklist 定稿清单 of a month: what must hold before it is signed, and what is signed only with an explanation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import Connection, func, or_, select

from data_access.books.execution import execution_form
from data_access.books.facts import Facts, load_facts
from data_access.books.plans import Plans, load_plans
from data_access.books.reconciliation import Reconciliation, load_reconciliation
from data_access.intake.sources.status import SourceStatus, source_statuses
from data_access.store import schema
from rules.calendar import month_end
from rules.errors import InputError
from rules.month import SHANGHAI, Month
from workflows.reconciling.months import reconciled

BATCH = schema.import_batch


class State(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"  # nothing to judge it by: that is not health


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the list. ``of`` is how many things were looked at, ``open`` how many of them are not in order,
    ``named`` the first of these (codes of sources or regions, or origins of files). ``binding``: nothing is signed while
    it is not met; the others need an explanation."""

    code: str
    state: State
    binding: bool
    of: int = 0
    open: int = 0
    named: tuple[str, ...] = ()

    @property
    def to_explain(self) -> bool:
        return not self.binding and self.state is not State.MET


MOST_NAMED = 5
# For the log and the command line.
NAMES = {
    "opening": "opening balance",
    "balances": "accounts equal to the balance",
    "form": "cross-checks of the form",
    "sources": "sources have reported",
    "waiting": "nothing waits to be taken in",
    "refused": "rejected rows were sent again",
    "books": "differences between the books are explained",
    "signatures": "the departments signed the month's statement",
}


def checklist(
    connection: Connection, facts: Facts, plans: Plans, books: Reconciliation, month: int, now: datetime
) -> tuple[Point, ...]:
    """The points of a month that has ended, in the order in which they are gone through, as of a version's ``facts`` and
    an instant. ``plans`` and ``books`` are those of the same version.

    Binding: the ledger has an opening balance, both sides of the balance agree in every region, the execution form adds
    up for the province and each of its cities. To be explained: sources that owe something of the month, deliveries that
    wait, rows refused and not sent again, what differs between the books and nobody explains, and departments that have
    not signed the month's statement.
    """
    scheme, tree = facts.scheme, facts.tree
    found = [_counted("opening", True, 1, () if facts.opened else (tree.root,))]
    if facts.opened:
        at = facts.index(month)
        off = [code for code in tree.codes if int(facts.identity_difference(code)[at])]
        found.append(_counted("balances", True, len(tree.codes), off))
    found += [_form(facts, plans, month), _sources(connection, scheme.code, month, now)]
    found += [_waiting(connection, scheme.province), _refused(connection, scheme.province, month)]
    return (*found, *_reconciled(connection, books, facts, month))


def load_checklist(connection: Connection, scheme: str, month: int, version: int, now: datetime) -> tuple[Point, ...]:
    """The same from the store, for who has none of it at hand. Raises InputError for a month that the ledger has not."""
    facts = load_facts(connection, scheme, version)
    if month not in facts.months:
        raise InputError(f"the ledger of {scheme} has nothing of {month}", path="month", got=month)
    plans = load_plans(connection, scheme, tree=facts.tree).at(version)
    since = Month(month).first.replace(month=1)
    books = load_reconciliation(connection, scheme, facts.tree, since, version)
    return checklist(connection, facts, plans, books, month, now)


def _counted(code: str, binding: bool, of: int, off: tuple[str, ...] | list[str]) -> Point:
    state = State.UNKNOWN if not of else State.NOT_MET if off else State.MET
    return Point(code, state, binding, of, len(off), tuple(off[:MOST_NAMED]))


def _form(facts: Facts, plans: Plans, month: int) -> Point:
    """勾稽校验 of the form, of the province and of each city."""
    tree, last = facts.tree, month_end(month)
    checks, off = 0, []
    for code in (tree.root, *tree.children(tree.root)):
        whole = code == tree.root and facts.opened
        form = execution_form(facts, plans, code, month, last, balances=whole)
        checks += len(form.checks)
        off += [code for check in form.checks if not check.passed]
    return _counted("form", True, checks, off)


def _sources(connection: Connection, scheme: str, month: int, now: datetime) -> Point:
    known = source_statuses(connection, now, scheme)
    return _counted("sources", False, len(known), [one.code for one in known if _owes(one, month, now)])


def _owes(one: SourceStatus, month: int, now: datetime) -> bool:
    """Whether a source has not brought all of a month: nothing ever, or nothing since its end though it is late."""
    end = datetime.combine(month_end(month), time.max, SHANGHAI)
    if one.newest_booked_at is None:
        return True
    return one.late(now) and one.newest_booked_at <= end


def _waiting(connection: Connection, province: str) -> Point:
    """Deliveries that were given in and are in no version yet."""
    states = ("queued", "running", "pending", "confirmed")
    ours = or_(BATCH.c.province == province, BATCH.c.province.is_(None))
    origins = connection.execute(
        select(BATCH.c.origin).where(BATCH.c.state.in_(states), ours).order_by(BATCH.c.id)
    ).scalars()
    off = list(origins)
    return _counted("waiting", False, max(1, len(off)), off)


def _refused(connection: Connection, province: str, month: int) -> Point:
    """Deliveries since the month began of which rows were refused, and that were not followed by a whole one of the same
    table and name."""
    since = datetime.combine(Month(month).first, time.min, SHANGHAI)
    later = BATCH.alias()
    mended = (
        select(later.c.id)
        .where(later.c.id > BATCH.c.id, later.c.target == BATCH.c.target, later.c.origin == BATCH.c.origin)
        .where(later.c.state == "loaded", later.c.rows_rejected == 0)
    )
    ours = (or_(BATCH.c.province == province, BATCH.c.province.is_(None)), BATCH.c.started_at >= since)
    taken = (BATCH.c.state.in_(("loaded", "refused")), *ours)
    off = connection.execute(
        select(BATCH.c.origin).where(*taken, BATCH.c.rows_rejected > 0, ~mended.exists()).order_by(BATCH.c.id.desc())
    ).scalars()
    whole = connection.execute(select(func.count()).select_from(BATCH).where(*taken)).scalar_one()
    return _counted("refused", False, max(1, whole), list(off))


def _reconciled(connection: Connection, books: Reconciliation, facts: Facts, month: int) -> tuple[Point, Point]:
    """The month's statement 对账调节: what nobody explains, and the departments that have not signed what stands."""
    found = reconciled(connection, facts, books, month, month_end(month))
    if found is None:
        return _counted("books", False, 0, ()), _counted("signatures", False, 0, ())
    left = list(dict.fromkeys(item.region for item in found.open))
    items = _counted("books", False, max(1, len(found.statement.items)), left)
    return replace(items, open=len(found.open)), _counted("signatures", False, len(found.reporting), found.waiting)
