"""Twins of the funds: what is pooled and overdue, local subsidies, legacy balances, deposits, reserve, prepayments.

3-indicators; 苏政发〔2020〕45号 二（二）, 附件2 第十条、第十四条; 晋政发〔2019〕4号 二（一）; 吉政发〔2020〕20号 三（二）.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, text

from tests.twins.key import BELOW, Key, last_day, rounded

if TYPE_CHECKING:
    from tests.twins.every import Twins

# docs/parameters.md: days after collection until it must be pooled; where it goes month by month, its month is not due.
POOLING_DAYS = 5
BY_MONTH = frozenset({"shanxi-pension"})
# The day by which legacy balances are handed over, or the years over which, evenly by month, from the day they are of.
LEGACY_BY = {"shanxi-pension": 202001, "jilin-pension": 202012, "jilin-work-injury": 202112}
LEGACY_EVEN = {"jiangsu-pension": (202012, 60)}
SOON = 60  # days


# --- 归集


def pooled(twins: Twins, key: Key) -> tuple[int, int] | None:
    """(应归集, 其中已归集), unit by unit and then summed; None for the running month."""
    if key.running:
        return None
    day = last_day(key.last)
    since = day.replace(day=1) if key.scheme in BY_MONTH else day - timedelta(days=POOLING_DAYS - 1)
    statement = f"""{BELOW}, unit AS (SELECT code AS region, COALESCE(
            (SELECT r.successor FROM region AS r WHERE r.code = below.code AND r.successor IS NOT NULL), code) AS unit
        FROM below),
    moved AS (
        SELECT e.region, SUM(CASE WHEN e.movement = 'collect' THEN e.amount_fen ELSE -e.amount_fen END) AS waiting,
            0 AS collected, 0 AS early, 0 AS pooled FROM ledger_entry AS e JOIN import_batch AS b ON b.id = e.batch
        WHERE e.scheme = :scheme AND b.data_version <= :version AND e.month < :first
            AND e.movement IN ('collect', 'pool') GROUP BY e.region
        UNION ALL
        SELECT e.region, 0, SUM(CASE WHEN e.movement = 'collect' THEN e.amount_fen ELSE 0 END),
            SUM(CASE WHEN e.movement = 'collect' AND e.business_date >= :since THEN e.amount_fen ELSE 0 END),
            SUM(CASE WHEN e.movement = 'pool' THEN e.amount_fen ELSE 0 END)
        FROM ledger_entry AS e JOIN import_batch AS b ON b.id = e.batch
        WHERE e.scheme = :scheme AND b.data_version <= :version AND e.month BETWEEN :first AND :last
            AND e.movement IN ('collect', 'pool') GROUP BY e.region
        UNION ALL
        SELECT o.region, o.amount_fen, 0, 0, 0 FROM opening_balance AS o JOIN import_batch AS b ON b.id = o.batch
        WHERE o.scheme = :scheme AND b.data_version <= :version AND o.account = 'treasury')
    SELECT unit.unit, SUM(moved.waiting) + SUM(moved.collected) - SUM(moved.early) AS due, SUM(moved.pooled) AS pooled
    FROM moved JOIN unit ON unit.region = moved.region GROUP BY unit.unit"""
    about = {"place": key.place, "scheme": key.scheme, "version": twins.version(key)}
    given = {"first": key.first, "last": key.last, "since": twins.day(since)}
    whole = of_due = 0
    for row in twins.connection.execute(text(statement), {**about, **given}):
        due = max(0, int(row.due))
        whole, of_due = whole + due, of_due + min(max(0, int(row.pooled)), due)
    return whole, of_due


def pooling(twins: Twins, key: Key) -> Fraction | None:
    found = pooled(twins, key)
    if found is None:
        return None
    due, of_due = found
    part = key.what.partition(".")[2]
    if not part:
        return rounded(Fraction(of_due * 100, due), 2) if due > 0 else None
    return Fraction({"due_fen": due, "of_due_fen": of_due, "overdue_fen": due - of_due}[part])


def waiting_at_new_year(twins: Twins, key: Key) -> Fraction:
    return Fraction(twins.balance(key, "treasury", key.first - 1))


# --- 地方补助


def usual(twins: Twins, key: Key, line: str, of: str = "") -> Fraction | None:
    """The mean of up to three closed years before, at least two: a line's share of its year, or of another line to date."""
    first = twins._one("SELECT MIN(month) FROM ledger_entry WHERE scheme = :scheme", scheme=key.scheme)
    shares = []
    for back in range(1, 4):
        january, until = key.first - 100 * back, key.last - 100 * back
        whole = twins.flow(key, of or line, january, until if of else january + 11)
        if january >= first and whole > 0:
            shares.append(Fraction(twins.flow(key, line, january, until), whole))
    return sum(shares, Fraction(0)) / len(shares) if len(shares) > 1 else None


def subsidy(twins: Twins, key: Key) -> Fraction | None:
    received = twins.flow(key, "subsidy_local", key.first, key.last)
    planned = twins.plan(key, "subsidy_local")
    part = key.what.partition(".")[2]
    if part:
        given = {"received_fen": received, "planned_fen": planned}
        return None if given[part] is None else Fraction(given[part] or 0)
    before = usual(twins, key, "subsidy_local")
    return rounded((Fraction(received, planned) - before) * 100, 2) if planned and before is not None else None


def prepaid(twins: Twins, key: Key) -> Fraction | None:
    parts = [twins.flow(key, line, key.first, key.last) for line in ("premium_prepaid", "premium")]
    if key.what.endswith("_fen"):
        return Fraction(parts[0])
    before = usual(twins, key, "premium_prepaid", "premium")
    return rounded((Fraction(*parts) - before) * 100, 2) if parts[1] > 0 and before is not None else None


# --- 历年结余


def advance(twins: Twins, key: Key) -> Fraction | None:
    """启动资金预调: the balance, what was advanced of it and what was left."""
    what = {"balance": "balance_fen", "paid": "amount_fen", "left": "balance_fen - a.amount_fen"}[
        key.what.partition(".")[2]
    ]
    statement = f"""{BELOW} SELECT SUM(a.{what}) AS fen FROM pre_transfer AS a JOIN import_batch AS b ON b.id = a.batch
        WHERE a.scheme = :scheme AND b.data_version <= :version AND a.region IN (SELECT code FROM below)"""
    about = {"place": key.place, "scheme": key.scheme, "version": twins.version(key)}
    (found,) = twins.connection.execute(text(statement), about).one()
    return None if found is None else Fraction(int(found))


def legacy(twins: Twins, key: Key) -> Fraction | None:
    statement = f"""{BELOW} SELECT COALESCE(SUM(l.owed_fen), 0) AS owed, COALESCE(SUM(l.handed_before_fen), 0) AS before
        FROM legacy_balance AS l JOIN import_batch AS b ON b.id = l.batch
        WHERE l.scheme = :scheme AND b.data_version <= :version AND l.region IN (SELECT code FROM below)"""
    about = {"place": key.place, "scheme": key.scheme, "version": twins.version(key)}
    owed, handed = map(int, twins.connection.execute(text(statement), about).one())
    also = "AND e.movement = 'legacy_transfer' AND e.month <= :last"
    handed += twins._sum(key, "e.amount_fen", also, last=key.last)
    locked = twins.balance(key, "legacy_deposit", key.last)
    if not owed:
        return None
    if key.what == "legacy_progress":
        return legacy_progress(key, owed, handed, locked)
    of: dict[str, int | Fraction] = {
        "owed": owed,
        "handed": handed,
        "left": owed - handed,
        "locked": locked,
        "rate": Fraction(handed * 100, owed),
        "handed_fen": handed,
        "owed_fen": owed,
        "unmatured_fen": locked,
    }
    return Fraction(of[key.what.partition(".")[2]])


def legacy_progress(key: Key, owed: int, handed: int, locked: int) -> Fraction:
    if key.scheme in LEGACY_EVEN:
        since, months = LEGACY_EVEN[key.scheme]
        passed = (key.last // 100 - since // 100) * 12 + key.last % 100 - since % 100
        share = min(Fraction(1), max(Fraction(0), Fraction(passed, months)))
    else:
        share = Fraction(key.last >= LEGACY_BY[key.scheme])
    due = min(share * owed, Fraction(owed - locked))
    return rounded((handed - due) * 100 / owed, 2)


# --- 定期存款


def deposit(twins: Twins, key: Key) -> Fraction | None:
    day = key.on if key.running else last_day(key.last)
    statement = f"""{BELOW} SELECT d.ref, d.amount_fen AS fen, d.rate, d.matures_on,
        d.bank, d.kind, d.account FROM deposit AS d
        JOIN import_batch AS b ON b.id = d.batch WHERE d.scheme = :scheme AND b.data_version <= :version
        AND d.region IN (SELECT code FROM below) AND d.starts_on <= :day AND d.matures_on > :day"""
    about = {"place": key.place, "scheme": key.scheme, "version": twins.version(key), "day": twins.day(day)}
    rows = twins.connection.execute(text(statement), about).all()
    held = {
        row.ref: (int(row.fen), Fraction(row.rate), (date.fromisoformat(str(row.matures_on)) - day).days)
        for row in rows
    }
    if key.what.startswith("deposit.bank"):
        return _of_group(key, rows)
    if key.what == "deposits.soon":
        return Fraction(sum(fen for fen, _rate, days in held.values() if days <= SOON))
    if key.part == "*":
        return Fraction(sum(fen for fen, _rate, _days in held.values()))
    fen, rate, days = held[key.part]
    return {"deposit": Fraction(fen), "deposit.rate": rate * 100, "deposit.days": Fraction(days)}[key.what]


def _of_group(key: Key, rows: Sequence[Row[Any]]) -> Fraction | None:
    """What lies at a bank, in bonds, or in deposits of a kind: sum, number, share of all, rate weighted by amount."""

    def belongs(row: Row[Any]) -> bool:
        legacy, bond = row.account == "legacy_deposit", row.kind == "bond"
        kind = "legacy_deposit" if legacy else "bond" if bond else "deposit"
        return key.part in ("*", f"kind.{kind}", "treasury" if bond else f"bank.{row.bank}")

    own = [row for row in rows if belongs(row)]
    fen, whole = sum(int(row.fen) for row in own), sum(int(row.fen) for row in rows)
    if key.what == "deposit.bank.count":
        return Fraction(len(own))
    if key.what == "deposit.bank":
        return Fraction(fen)
    if key.what == "deposit.bank.share":
        return Fraction(fen * 100, whole)
    return sum((Fraction(row.rate) * int(row.fen) * 100 for row in own), Fraction(0)) / fen


# --- 储备金


def reserve(twins: Twins, key: Key) -> Fraction | None:
    if key.running:
        return None
    since = key.last - 99 if key.last % 100 != 12 else key.last - 11
    spent, kept = twins.flow(key, "expenditure_total", since, key.last), twins.balance(key, "reserve", key.last)
    part = key.what.partition(".")[2]
    if part:
        return Fraction({"reserve_fen": kept, "expenditure_12_fen": spent}[part])
    return rounded(Fraction(kept * 100, spent), 2) if spent > 0 else None


def _each(
    twin: Callable[[Twins, Key], Fraction | None], code: str, *names: str
) -> dict[str, Callable[[Twins, Key], Fraction | None]]:
    return {code: twin, **{f"{code}.{name}": twin for name in names}}


SUBSIDIES = _each(subsidy, "subsidy_arrival", "received_fen", "planned_fen")
TWINS: Mapping[str, Callable[[Twins, Key], Fraction | None]] = {
    **_each(pooling, "pooling_rate", "due_fen", "of_due_fen", "overdue_fen"),
    "pooling_rate.waiting_at_new_year_fen": waiting_at_new_year,
    **SUBSIDIES,
    **_each(prepaid, "prepaid_share", "prepaid_fen"),
    **{f"advance.{name}": advance for name in ("balance", "paid", "left")},
    **{f"legacy.{name}": legacy for name in ("owed", "handed", "left", "locked", "rate")},
    **_each(legacy, "legacy_progress", "handed_fen", "owed_fen", "unmatured_fen"),
    **_each(deposit, "deposit", "rate", "days"),
    "deposits.soon": deposit,
    **_each(deposit, "deposit.bank", "count", "share", "rate"),
    **_each(reserve, "reserve_ratio", "reserve_fen", "expenditure_12_fen"),
}
