"""What departments report of a fund beside what the ledger has: figures of their forms by place, item and months, and
subjects of their accountants' trial balances that are accounts of the fund, at a month's end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from data_access.books.facts import Facts
from data_access.books.standing import standing
from data_access.store import schema
from rules.movements import Account


@dataclass(frozen=True, slots=True)
class Reported:
    """One figure of a department's form, of a region with all below it, from a month yyyymm to another. ``batch`` and
    ``cell`` lead to where it was read: in no file, there is no cell."""

    department: str
    form: str
    region: str
    item: str
    since: int
    until: int
    amount_fen: int
    batch: int
    cell: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A reported figure beside the ledger's own. ``ledger_fen`` None: the ledger does not have the place, or all the
    months."""

    reported: Reported
    ledger_fen: int | None

    @property
    def difference_fen(self) -> int | None:
        """What was reported more than the ledger has."""
        return None if self.ledger_fen is None else self.reported.amount_fen - self.ledger_fen


def load_reported(connection: Connection, scheme: str, year: int, version: int) -> tuple[Reported, ...]:
    """What stands of a year at a version, the newest months first, each form in the order of places and items."""
    table = schema.reported_total
    wanted = (
        select(*(table.c[name] for name in Reported.__slots__))
        .where(table.c.scheme == scheme, table.c.until // 100 == year, standing(table, version))
        .order_by(table.c.until.desc(), table.c.form, table.c.department, table.c.region, table.c.since.desc())
        .order_by(table.c.item)
    )
    return tuple(Reported(**row) for row in connection.execute(wanted).mappings())


def compared(reported: Iterable[Reported], facts: Facts) -> tuple[Compared, ...]:
    """Each figure beside the ledger's of the same place, item and months; those that differ first, the largest
    difference before the others."""
    found = [Compared(one, _of_ledger(one, facts)) for one in reported]
    return tuple(sorted(found, key=lambda one: -abs(one.difference_fen or 0)))


def _of_ledger(one: Reported, facts: Facts) -> int | None:
    known = {item.code for item in facts.scheme.items}
    if one.region not in facts.tree or one.item not in known or not {one.since, one.until} <= set(facts.months):
        return None
    series = facts.item(one.region, one.item)
    return int(series[facts.index(one.since) : facts.index(one.until) + 1].sum())


# --- trial balances

# The fund's accounts as subjects are called; 财政专户 is the province's or a city's, as the region is.
SUBJECTS: dict[str, Account | None] = {
    "国库存款": Account.TREASURY,
    "财政专户存款": None,
    "支出户存款": Account.EXPENDITURE,
    "定期存款": Account.DEPOSIT,
    "债券投资": Account.DEPOSIT,
    "委托投资": Account.ENTRUSTED,
}
BALANCE = ("基金结余", "累计结余", "滚存结余")


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject that is an account, or the balance of all (``account`` ""), as the accountants and as the ledger have it
    at the month's end; ``ledger_fen`` None where the ledger has no openings, or not the month."""

    region: str
    subject: str
    name: str
    account: str
    closing_fen: int
    ledger_fen: int | None
    batch: int
    cell: str | None

    @property
    def difference_fen(self) -> int | None:
        """What the accountants have more than the ledger."""
        return None if self.ledger_fen is None else self.closing_fen - self.ledger_fen


def load_subjects(connection: Connection, facts: Facts, month: int) -> tuple[Subject, ...]:
    """The subjects of a month that the ledger knows, those that differ first."""
    table = schema.trial_balance
    wanted = (
        select(table)
        .where(table.c.scheme == facts.scheme.code, table.c.month == month, standing(table, facts.version))
        .order_by(table.c.region, table.c.subject)
    )
    found: list[Subject] = []
    seen: set[tuple[str, str]] = set()
    for row in connection.execute(wanted):
        account = _account(row.name, row.region)
        # A part of a subject begins with its whole's code, and is counted there.
        part = any((row.region, row.subject[:end]) in seen for end in range(3, len(row.subject)))
        if account is None or part or row.region not in facts.tree:
            continue
        seen.add((row.region, row.subject))
        net = row.closing_debit_fen - row.closing_credit_fen
        ledger = _of_account(facts, row.region, account, month)
        closing = net if account else -net
        found.append(Subject(row.region, row.subject, row.name, account, closing, ledger, row.batch, row.cell))
    return tuple(sorted(found, key=lambda one: -abs(one.difference_fen or 0)))


def _account(name: str, region: str) -> str | None:
    """The account that a subject's name speaks of, "" of all together, None of no account."""
    if any(word in name for word in BALANCE):
        return ""
    word = next((one for one in SUBJECTS if one in name), None)
    if word is None:
        return None
    whole = Account.PROVINCIAL if region.endswith("0000") else Account.LOCAL_FISCAL
    return str(SUBJECTS[word] or whole)


def _of_account(facts: Facts, region: str, account: str, month: int) -> int | None:
    if not facts.opened or month not in facts.months:
        return None
    series = facts.account(region, account) if account else facts.result_balance(region)
    return int(series[facts.index(month)])
