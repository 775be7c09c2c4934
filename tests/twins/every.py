"""Figures computed a second time, in plain SQL on the input tables: written from the definitions, never from the code.

``twin`` takes a figure's key and gives the exact value that it must have, or None where there is no twin for what it is.
The statements run on SQLite and PostgreSQL alike. What is summed below a place is found by the parents in ``region``;
merged regions count with their successors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, text

from tests.twins import books, cases, funds, gap, years
from tests.twins.key import BELOW, Key, rounded

# 1-domain: what is recognised, and between which accounts a movement goes ("*": where the scheme disburses to).
INCOME = ("collect", "receive", "local_receive")
SPENT = ("pay", "remit", "recover")
LEGS = {
    "collect": ("", "treasury"),
    "pool": ("treasury", "provincial"),
    "receive": ("", "provincial"),
    "local_receive": ("", "local_fiscal"),
    "local_pool": ("local_fiscal", "provincial"),
    "legacy_transfer": ("local_legacy", "provincial"),
    "disburse": ("provincial", "*"),
    "local_disburse": ("*", "expenditure"),
    "pay": ("expenditure", ""),
    "remit": ("provincial", ""),
    "recover": ("", "expenditure"),
    "return": ("expenditure", "provincial"),
    "reserve_in": ("provincial", "reserve"),
    "reserve_out": ("reserve", "provincial"),
    "deposit": ("provincial", "deposit"),
    "mature": ("deposit", "provincial"),
    "legacy_deposit": ("local_legacy", "legacy_deposit"),
    "legacy_mature": ("legacy_deposit", "local_legacy"),
    "entrust": ("provincial", "entrusted"),
    "redeem": ("entrusted", "provincial"),
}
# 苏政发〔2020〕45号 二（二）2; 吉政发〔2020〕20号 三（二）2: one expenditure account at 省社保局.
DISBURSED_TO = {"jiangsu-pension": "local_fiscal", "jilin-work-injury": "expenditure"}
CHILDREN = {
    "premium": ("premium", "premium_current", "premium_prepaid", "premium_backpaid", "premium_arrears"),
    "subsidy": ("subsidy", "subsidy_central", "subsidy_local"),
    "benefit": ("benefit", "benefit_medical", "benefit_disability", "benefit_death"),
}
SIDES = {
    "income": (
        "premium",
        "lump_premium",
        "interest",
        "subsidy",
        "transfer_in",
        "investment",
        "from_above",
        "from_below",
    ),
    "expenditure": (
        "pension",
        "benefit",
        "death_benefit",
        "assessment_cost",
        "prevention_cost",
        "transfer_out",
        "to_below",
        "to_above",
    ),
}
OTHER = {"income": "other_income", "expenditure": "other_expenditure"}
LOCAL = {
    "pension": ("premium", "interest", "transfer_in", "other_income"),
    "work_injury": ("premium", "lump_premium", "interest", "other_income"),
}

ENTRIES = """FROM ledger_entry AS e JOIN import_batch AS b ON b.id = e.batch
    WHERE e.scheme = :scheme AND b.data_version <= :version AND e.region IN (SELECT code FROM below)"""


class Twins:
    """The twins of one store."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.known: dict[object, int | None] = {}
        rows = connection.execute(text("SELECT code, fund, province FROM scheme"))
        self.schemes = {row.code: (row.fund, row.province) for row in rows}

    def twin(self, key: Key) -> Fraction | None:
        """The exact value of a figure by its definition; None where there is no twin."""
        if (of_year := years.twin(self.connection, key)) is not None:
            return of_year
        if key.what in books.KINDS or key.what in books.MORE:
            return None if key.place.endswith("~") else books.twin(self.connection, key, self.version(key))
        if key.what in cases.CASE_TWINS:
            return cases.twin(self, key)
        if key.scheme not in self.schemes or key.place.endswith("~"):
            return None
        if (made := gap.TWINS.get(key.what)) is not None:
            return made(self, key)
        if len(key.period) != 7:
            return None
        if (made := funds.TWINS.get(key.what)) is not None:
            return made(self, key)
        made = LEDGER.get(key.what)
        return None if made is None else made(self, key)

    def version(self, key: Key) -> int:
        """The version that a month was signed at, else the newest."""
        if len(key.known) == 7:
            month = int(key.known.replace("-", ""))
            wanted = "SELECT data_version FROM month_close WHERE scheme = :scheme AND month = :month"
            return self._one(wanted, scheme=key.scheme, month=month)
        return self._one("SELECT MAX(id) FROM data_version")

    def day(self, day: date) -> date | str:
        """A day as a parameter of a statement."""
        return day.isoformat() if self.connection.dialect.name == "sqlite" else day

    def _one(self, statement: str, **given: Any) -> int:
        return self._one_or_none(statement, **given) or 0

    def _one_or_none(self, statement: str, **given: Any) -> int | None:
        """One number; None where SQL has none. Asked once: most figures share what they rest on with others."""
        asked = statement, tuple(sorted(given.items()))
        if asked not in self.known:
            found = self.connection.execute(text(statement), given).scalar()
            self.known[asked] = None if found is None else int(found)
        return self.known[asked]

    def _sum(self, key: Key, what: str, also: str = "", **given: Any) -> int:
        statement = f"{BELOW} SELECT COALESCE(SUM({what}), 0) {ENTRIES} {also}"
        about = {"place": key.place, "scheme": key.scheme, "version": self.version(key)}
        return self._one(statement, **about, **given)

    # --- flows

    def flow(self, key: Key, line: str, first: int, last: int) -> int:
        """What came in or was spent on a line of the form in some months."""
        sign = (
            "CASE WHEN e.movement IN ('collect', 'receive', 'local_receive', 'pay', 'remit') THEN e.amount_fen"
            " WHEN e.movement = 'recover' THEN -e.amount_fen ELSE 0 END"
        )
        months = "AND e.month BETWEEN :first AND :last"
        if line == "income_total":
            months += f" AND e.movement IN ({_quoted(INCOME)})"
        elif line == "expenditure_total":
            months += f" AND e.movement IN ({_quoted(SPENT)})"
        elif line == "income_subtotal":
            months += f" AND e.movement IN ({_quoted(INCOME)}) AND e.item NOT IN ('from_above', 'from_below')"
        elif line == "expenditure_subtotal":
            months += f" AND e.movement IN ({_quoted(SPENT)}) AND e.item NOT IN ('to_above', 'to_below')"
        elif line == "result":
            return self.flow(key, "income_total", first, last) - self.flow(key, "expenditure_total", first, last)
        else:
            months += f" AND e.item IN ({_quoted(self.leaves(key.scheme, line))})"
        return self._sum(key, sign, months, first=first, last=last)

    def leaves(self, scheme: str, line: str) -> tuple[str, ...]:
        if line == "local_income":
            return tuple(one for item in LOCAL[self.schemes[scheme][0]] for one in CHILDREN.get(item, (item,)))
        return CHILDREN.get(line, (line,))

    def to_date(self, key: Key) -> Fraction:
        if key.part == "closing":
            return Fraction(self.total(key))
        return Fraction(self.flow(key, key.part, key.first, key.last))

    def to_date_last_year(self, key: Key) -> Fraction:
        if key.part == "closing":
            return Fraction(self.total(key, key.last - 100))
        return Fraction(self.flow(key, key.part, key.first - 100, key.last - 100))

    def month(self, key: Key) -> Fraction | None:
        if key.part == "closing":
            return None
        return Fraction(self.flow(key, key.part, key.last, key.last))

    def result_month(self, key: Key) -> Fraction:
        parts = [self.flow(key, line, key.last, key.last) for line in ("income_total", "expenditure_total")]
        return Fraction(parts[0] - parts[1])

    def result_to_date(self, key: Key) -> Fraction:
        parts = [self.flow(key, line, key.first, key.last) for line in ("income_total", "expenditure_total")]
        return Fraction(parts[0] - parts[1])

    # --- balances

    def account(self, key: Key) -> Fraction:
        if key.part == "*":
            return Fraction(self.total(key))
        return Fraction(sum(self.balance(key, one, key.last) for one in key.part.split("+")))

    def balance(self, key: Key, account: str, last: int) -> int:
        """One account: what stood in it, and what went in and out to a month's end."""
        to = DISBURSED_TO.get(key.scheme, "city_expenditure")
        cases = []
        for movement, legs in LEGS.items():
            source, target = (to if leg == "*" else leg for leg in legs)
            sign = (target == account) - (source == account)
            if sign:
                cases.append(f"WHEN e.movement = '{movement}' THEN {'' if sign > 0 else '-'}e.amount_fen")
        moved = self._sum(key, f"CASE {' '.join(cases)} ELSE 0 END", "AND e.month <= :last", last=last)
        return moved + self.opening(key, account)

    def opening(self, key: Key, account: str) -> int:
        statement = f"""{BELOW} SELECT COALESCE(SUM(o.amount_fen), 0) FROM opening_balance AS o
            JOIN import_batch AS b ON b.id = o.batch WHERE o.scheme = :scheme AND b.data_version <= :version
            AND o.region IN (SELECT code FROM below) AND (o.account = :account OR :account = '')"""
        about = {"place": key.place, "scheme": key.scheme, "version": self.version(key)}
        return self._one(statement, **about, account=account)

    def total(self, key: Key, last: int | None = None) -> int:
        """累计结余 from the result: opening + income − expenditure."""
        until = key.last if last is None else last
        income, spent = (self.flow(key, line, 0, until) for line in ("income_total", "expenditure_total"))
        return self.opening(key, "") + income - spent

    def months_payable(self, key: Key) -> Fraction:
        closed = key.last
        if key.known.startswith(f"{key.period}-"):
            # The running month is not closed: its twelve months end with the one before.
            closed = closed - 1 if closed % 100 != 1 else closed - 89
        year_before = closed - 100 + 1 if closed % 100 != 12 else closed - 11
        spent = self.flow(key, "expenditure_total", year_before, closed)
        return rounded(Fraction(self.total(key) * 12, spent), 1)

    # --- plans

    def plan(self, key: Key, line: str, *, original: bool = False) -> int | None:
        """The year's plan of a line: at each place the newest approval in force, of the highest places that have one."""
        fund = self.schemes[key.scheme][0]
        if line in ("income_total", "expenditure_total"):
            side = line.removesuffix("_total")
            items: tuple[str, ...] = (*SIDES[side], OTHER[side])
        else:
            items = LOCAL[fund] if line == "local_income" else (line,)
        given = [self._plan(key, item, original=original) for item in items]
        known = [fen for fen in given if fen is not None]
        return sum(known) if known else None

    def _plan(self, key: Key, item: str, *, original: bool) -> int | None:
        statement = f"""{BELOW}, given AS (
            SELECT p.region, p.item, p.version, p.amount_fen FROM plan AS p JOIN import_batch AS b ON b.id = p.batch
            WHERE p.scheme = :scheme AND p.year = :year AND b.data_version <= :version
            AND p.region IN (SELECT code FROM below) AND p.item IN ({_quoted(CHILDREN.get(item, (item,)))})
            AND (p.version = 0 OR (:original = 0 AND p.approved_on <= :day))
        ), newest AS (
            SELECT g.region, g.item, g.amount_fen FROM given AS g
            WHERE g.version = (SELECT MAX(h.version) FROM given AS h WHERE h.region = g.region AND h.item = g.item)
        )
        SELECT SUM(n.amount_fen) FROM newest AS n WHERE (n.item = :item OR NOT EXISTS (
            SELECT 1 FROM newest AS whole WHERE whole.region = n.region AND whole.item = :item))
        AND NOT EXISTS (SELECT 1 FROM newest AS above JOIN region AS r ON r.code = n.region
            WHERE above.region = r.parent OR above.region = (SELECT parent FROM region WHERE code = r.parent))"""
        year, month = divmod(key.last, 100)
        day = date(year + month // 12, month % 12 + 1, 1).toordinal() - 1
        return self._one_or_none(
            statement,
            place=key.place,
            scheme=key.scheme,
            version=self.version(key),
            year=year,
            item=item,
            original=int(original),
            day=self.day(date.fromordinal(day)),
        )

    def adjusted_plan(self, key: Key) -> Fraction | None:
        found = self.plan(key, key.part)
        return None if found is None else Fraction(found)

    def original_plan(self, key: Key) -> Fraction | None:
        found = self.plan(key, key.part, original=True)
        return None if found is None else Fraction(found)

    def progress(self, key: Key) -> Fraction | None:
        plan = self.plan(key, key.part)
        return rounded(Fraction(self.flow(key, key.part, key.first, key.last) * 100, plan), 2) if plan else None

    def deviation(self, key: Key) -> Fraction | None:
        """Progress less the mean share of up to three closed years before, of which there are at least two."""
        side = key.what.removesuffix("_deviation")
        whole = key.place == self.schemes[key.scheme][1]
        line = {"income": "income_total" if whole else "local_income", "expenditure": "expenditure_total"}.get(
            side, side
        )
        plan, year = self.plan(key, line), key.last // 100
        first = self._one("SELECT MIN(month) FROM ledger_entry WHERE scheme = :scheme", scheme=key.scheme)
        shares = []
        for back in range(1, 4):
            january = (year - back) * 100 + 1
            of_year = self.flow(key, line, january, january + 11)
            if january >= first and of_year > 0:
                shares.append(Fraction(self.flow(key, line, january, key.last - 100 * back), of_year))
        if not plan or len(shares) < 2:
            return None
        done = Fraction(self.flow(key, line, key.first, key.last), plan)
        return rounded((done - sum(shares, Fraction(0)) / len(shares)) * 100, 2)

    # --- pooling

    def moved(self, key: Key) -> Fraction:
        movement = {"pooling_rate.collected_fen": "collect", "pooling_rate.pooled_fen": "pool"}[key.what]
        also = "AND e.movement = :movement AND e.month BETWEEN :first AND :last"
        return Fraction(self._sum(key, "e.amount_fen", also, movement=movement, first=key.first, last=key.last))


def _quoted(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


LEDGER: Mapping[str, Callable[[Twins, Key], Fraction | None]] = {
    "to_date": Twins.to_date,
    "to_date.last_year": Twins.to_date_last_year,
    "month": Twins.month,
    "result.month": Twins.result_month,
    "result.to_date": Twins.result_to_date,
    "account": Twins.account,
    "accounts.total": lambda twins, key: Fraction(twins.total(key)),
    "balance_total": lambda twins, key: Fraction(twins.total(key)),
    "balance.opening": lambda twins, key: Fraction(twins.total(key, key.first - 1)),
    "months_payable": Twins.months_payable,
    "plan.adjusted": Twins.adjusted_plan,
    "plan.original": Twins.original_plan,
    "progress": Twins.progress,
    "income_deviation": Twins.deviation,
    "premium_deviation": Twins.deviation,
    "expenditure_deviation": Twins.deviation,
    "pooling_rate.collected_fen": Twins.moved,
    "pooling_rate.pooled_fen": Twins.moved,
}
# All twins there are.
TWINS = {**LEDGER, **funds.TWINS, **gap.TWINS}
