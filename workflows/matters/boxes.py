"""Three boxes of one person 需我办理, 我关注的, 知会: computed from how the matters stand, so that nothing piles up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from data_access.books.published import LIVE, Published
from data_access.books.regions import NATION, RegionTree
from rules.alerts.threshold import Level
from rules.month import SHANGHAI, Month
from rules.scheme import Scheme
from workflows.cases.register import open_work
from workflows.matters import reconciling, registers, statutory
from workflows.matters.budgets import budgets
from workflows.matters.cases import case_matter, instruction_matter, told_of_cases
from workflows.matters.funds import fund_requests
from workflows.matters.income_reviews import income_reviews
from workflows.matters.reconciling import Statements
from workflows.matters.records import Matter, Waiting
from workflows.matters.table import Turn
from workflows.matters.turns import informed, turns_of
from workflows.people.accounts import Account, Role
from workflows.people.system_alerts import unread_alerts
from workflows.reconciling.months import Reconciled, reconciled
from workflows.warnings.working_clock import working_clock

# How long what time alone changes may stand as it was computed.
MINUTES = 5
NO_LEVEL, NEVER = Level.NONE, datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mine:
    """A matter that is a person's to act on: the turn, and what it waits for."""

    matter: Matter
    turn: Turn
    waiting: Waiting

    @property
    def due(self) -> datetime | None:
        return self.waiting.due


@dataclass(frozen=True, slots=True)
class Boxes:
    """``todo`` 需我办理, the worst first and then the first due; ``handed_on`` 我已办，等别人的 (the last step is one's
    own), which ``followed`` 我关注的 holds too; ``informed`` 知会."""

    todo: tuple[Mine, ...]
    handed_on: tuple[Matter, ...]
    followed: tuple[Matter, ...]
    informed: tuple[Matter, ...]


def matters(
    connection: Connection, ledgers: Sequence[Scheme], now: datetime, statements: Statements | None = None
) -> tuple[Matter, ...]:
    """Everything that waits for somebody in some schemes, and the cases closed in the running month. ``statements``: the
    months' statements 对账调节, if at hand."""
    here = now.astimezone(SHANGHAI)
    month = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    clock = working_clock(connection)
    found: list[Matter] = []
    for scheme in ledgers:
        code, work = scheme.code, open_work(connection, scheme.code, month)
        told = told_of_cases(connection, work.cases)
        levels = {case.id: case.level or case.highest for case in work.cases}
        found += [case_matter(case, scheme.province, told.get(case.id, ()), clock, now) for case in work.cases]
        found += [instruction_matter(one, levels.get(one.work_case or 0, NO_LEVEL), now) for one in work.instructions]
        found += registers.issues(connection, code)
        found += registers.gap_items(connection, code, here.date())
        found += registers.months(connection, scheme, here.date())
        found += fund_requests(connection, scheme, here.date())
        found += registers.deposits(connection, scheme, here.date())
        found += statutory.deadlines(connection, scheme, here.date())
        found += income_reviews(connection, scheme, here.date())
        found += reconciling.books(connection, scheme, here.date(), statements)
    found += budgets(connection, ledgers, here.date())
    found += registers.briefings(connection)
    found += registers.limits(connection, ledgers)
    found += registers.deliveries(connection, ledgers)
    return tuple(found)


def boxes(account: Account, every: Sequence[Matter], trees: Mapping[str, RegionTree]) -> Boxes:
    """One person's boxes. ``trees``: by scheme; what is of no scheme among them is not the person's."""
    todo: list[Mine] = []
    handed_on, followed, known = [], [], []
    for matter in every:
        tree = trees.get(matter.scheme)
        if tree is None or matter.region not in tree:
            continue
        turn = next(turns_of(account, matter, tree), None)
        if turn is not None:
            todo.append(Mine(matter, *turn))
        elif matter.touched_by(account.login):
            followed.append(matter)
            last = next((step.login for step in reversed(matter.steps) if step.login), "")
            if matter.waiting and last == account.login:
                handed_on.append(matter)
        elif matter.waiting and informed(account, matter, tree):
            known.append(matter)
    return Boxes(
        tuple(sorted(todo, key=_urgency)),
        tuple(sorted(handed_on, key=_moved)),
        tuple(sorted(followed, key=_moved)),
        tuple(sorted(known, key=_moved)),
    )


def _urgency(one: Mine) -> tuple[int, datetime, datetime]:
    return -one.matter.level, one.due or NEVER, one.matter.opened_at


def _moved(one: Matter) -> tuple[int, float]:
    return -one.level, -one.moved_at.timestamp()


# --- as the site asks


def own_ledgers(
    ledgers: Sequence[Scheme], tree_of: Callable[[Scheme], RegionTree], account: Account, looked_at: str = ""
) -> tuple[Scheme, ...]:
    """The ledgers of a person's own province; of the nation's accounts those of the province whose scheme is looked at,
    else of the first."""
    if account.region == NATION:
        at = next((one for one in ledgers if one.code == looked_at), ledgers[0] if ledgers else None)
        return tuple(one for one in ledgers if at is not None and one.province == at.province)
    return tuple(one for one in ledgers if account.region in tree_of(one))


def boxes_now(published: Published, account: Account, now: datetime, looked_at: str = "") -> Boxes:
    """A person's boxes as the store stands; ``looked_at``: the scheme, by which the nation's accounts see a province.
    What all people share of them is kept until something changes."""
    ledgers, about = _of_account(published, account, now, looked_at)
    # Everybody's page asks within seconds of a change: one reads for all.
    every = published.once(about, lambda: matters(published.connection, ledgers, now, _statements(published)))
    return boxes(account, every, {one.code: published.tree(one) for one in ledgers})


def _statements(published: Published) -> Statements:
    """Months' statements from what is at hand of the newest version."""

    def statement(scheme: str, month: int) -> Reconciled | None:
        version = published.version
        if version is None:
            return None
        facts = published.snapshot(scheme, LIVE).facts
        books = published.reconciliation(scheme, version.id, Month(month).year)
        return published.ask(reconciled, facts, books, month, Month(month).last)

    return statement


def _of_account(
    published: Published, account: Account, now: datetime, looked_at: str
) -> tuple[tuple[Scheme, ...], Hashable]:
    """The ledgers of a person's province, and under what the matters of these are kept."""
    known = [entry.scheme for entry in published.schemes if entry.scheme.kind == "ledger"]
    ledgers = own_ledgers(known, published.tree, account, looked_at)
    slot = int(now.timestamp()) // (60 * MINUTES)
    return ledgers, ("matters", tuple(one.code for one in ledgers), published.stamp, slot)


def count_at_hand(published: Published, account: Account, now: datetime, looked_at: str = "") -> int | None:
    """The same as :func:`to_do_count` where the matters are at hand; None where they would have to be read first."""
    about = _of_account(published, account, now, looked_at)[1]
    return None if published.kept(about) is None else to_do_count(published, account, now, looked_at)


def to_do_count(published: Published, account: Account, now: datetime, looked_at: str = "") -> int:
    """How many things are a person's to do 需我办理: matters, and unread alerts of the system for who looks after it."""
    alerts = published.ask(unread_alerts, account) if account.role is Role.SYSTEM_ADMIN else 0
    return len(boxes_now(published, account, now, looked_at).todo) + alerts
