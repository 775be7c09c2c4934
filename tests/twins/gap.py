"""Twins of who pays: the general gap and its split, the registers of the management gap, of credits and of what is owed.

2-rules general_gap, over_collection, management_gap; 苏政发〔2020〕45号 附件3 二、三、四; 晋政发〔2019〕4号 二（三）;
吉政发〔2020〕2号政策解读 二（三）四是; 吉政发〔2020〕20号 三（四）. Registers are as they stand now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from tests.twins.key import BELOW, Key, rounded

if TYPE_CHECKING:
    from tests.twins.every import Twins

# docs/parameters.md: how much of the gap surplus may cover, what the province bears of the rest, what a county of its
# own, the factors with their weights (a burden counts the other way round), how far one may move a share.
SURPLUS_SHARE = {
    "jiangsu-pension": Fraction(1),
    "shanxi-pension": Fraction(0),
    "jilin-pension": Fraction(6, 10),
    "jilin-work-injury": Fraction(1),
}
PROVINCE_SHARE = Fraction(1, 2)
COUNTY_SHARE = {"shanxi-pension": Fraction(1, 2)}
FACTORS: dict[str, dict[str, Fraction]] = {
    "jiangsu-pension": {
        **dict.fromkeys(("population", "employment", "enrolment", "economy"), Fraction(15, 100)),
        **dict.fromkeys(("dependency", "fiscal"), Fraction(2, 10)),
    },
    "shanxi-pension": dict.fromkeys(("economy", "population", "employment", "dependency"), Fraction(1, 4)),
    "jilin-pension": dict.fromkeys(("dependency", "fiscal"), Fraction(1, 2)),
    "jilin-work-injury": dict.fromkeys(("insured", "fiscal"), Fraction(1, 2)),
}
BURDENS = frozenset({"population"})
BANDS = (
    (Fraction(5, 100), Fraction(10, 100), Fraction(5, 10)),
    (Fraction(10, 100), Fraction(15, 100), Fraction(6, 10)),
    (Fraction(15, 100), None, Fraction(7, 10)),
)
DETERMINED = "i.state IN ('determined', 'told', 'settled') AND i.counted"


def whole_fen(value: Fraction) -> int:
    return int(rounded(value, 0))


def split(total: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """By weight, the fen left over one each to the largest remainders, ties by code."""
    whole = sum(weights.values(), Fraction(0))
    if not total or not whole:
        return dict.fromkeys(weights, 0)
    exact = {code: total * weight / whole for code, weight in weights.items()}
    parts = {code: int(fen) for code, fen in exact.items()}
    order = sorted(exact, key=lambda code: (parts[code] - exact[code], code))
    for code in order[: total - sum(parts.values())]:
        parts[code] += 1
    return parts


@dataclass
class Gap:
    """The general gap of a plan year, as known at a version."""

    income: int
    spent: int
    pool: int
    units: dict[str, tuple[int, int]]
    multipliers: dict[str, Fraction]
    credits: dict[str, int]
    share: Fraction

    @property
    def gap(self) -> int:
        return max(0, self.spent - self.income)

    @property
    def managed(self) -> int:
        return self.income - self.spent - sum(income - spent for income, spent in self.units.values())

    @property
    def gaps(self) -> dict[str, int]:
        return {code: max(0, spent - income) for code, (income, spent) in self.units.items()}

    @property
    def surpluses(self) -> int:
        return sum(max(0, income - spent) for income, spent in self.units.values())

    @property
    def covered(self) -> int:
        return min(self.gap, self.pool, whole_fen(self.gap * self.share))

    @property
    def of_units(self) -> dict[str, int]:
        """What surplus, the regions' and what the province manages itself cover of each unit's gap."""
        if not self.gap:
            return dict.fromkeys(self.units, 0)
        weights = {code: Fraction(fen) for code, fen in self.gaps.items()}
        whole = sum(self.gaps.values())
        return split(min(whole, max(0, self.covered + self.managed + self.surpluses)), weights)

    @property
    def locals(self) -> dict[str, int]:
        rest = sum(self.gaps.values()) - sum(self.of_units.values()) if self.gap else 0
        weights = {code: fen * self.multipliers[code] for code, fen in self.gaps.items()}
        return split(rest - whole_fen(rest * PROVINCE_SHARE), weights)

    @property
    def used(self) -> dict[str, int]:
        return {code: min(fen, self.credits.get(code, 0)) for code, fen in self.locals.items()}

    @property
    def payable(self) -> dict[str, int]:
        used = self.used
        return {code: fen - used[code] for code, fen in self.locals.items()}


def gap_of(twins: Twins, key: Key, share: Fraction | None = None) -> Gap | None:
    root = twins.schemes[key.scheme][1]
    at = replace(key, period=f"{key.on:%Y-%m}", place=root)
    kept = f"{key.scheme} {at.period} {key.known} {share}"
    if kept not in GAPS:
        income, spent = (twins.plan(at, line) for line in ("income_total", "expenditure_total"))
        if income is None or spent is None:
            return None
        about = {"scheme": key.scheme, "year": at.last // 100, "version": twins.version(key), "root": root}
        units = {code: _planned(twins, replace(at, place=code)) for code in _units(twins, about)}
        opening = max(0, twins.total(at, at.first - 1) + max(0, income - spent))
        shared = SURPLUS_SHARE[key.scheme] if share is None else share
        factors = _multipliers(twins, key.scheme, root, at.last // 100, list(units))
        GAPS[kept] = Gap(income, spent, opening, units, factors, _left(twins, key, at.last // 100), shared)
    return GAPS[kept]


GAPS: dict[str, Gap] = {}


def _units(twins: Twins, about: Mapping[str, Any]) -> list[str]:
    """市、县（市）: who has a plan, without the province and its own level 省本级; the highest where one lies in another."""
    statement = """WITH planned AS (SELECT DISTINCT p.region FROM plan AS p JOIN import_batch AS b ON b.id = p.batch
            WHERE p.scheme = :scheme AND p.year = :year AND b.data_version IS NOT NULL
            AND p.region <> :root AND p.region <> :own)
        SELECT planned.region FROM planned JOIN region AS r ON r.code = planned.region
        WHERE r.parent NOT IN (SELECT region FROM planned) ORDER BY planned.region"""
    rows = twins.connection.execute(text(statement), {**about, "own": f"{about['root']}-0"})
    return [row.region for row in rows]


def _planned(twins: Twins, at: Key) -> tuple[int, int]:
    return twins.plan(at, "income_total") or 0, twins.plan(at, "expenditure_total") or 0


def _multipliers(twins: Twins, scheme: str, root: str, year: int, units: list[str]) -> dict[str, Fraction]:
    statement = "SELECT region, name, value FROM gap_factor WHERE scheme = :scheme AND year = :year"
    given: dict[str, dict[str, Fraction]] = {}
    for row in twins.connection.execute(text(statement), {"scheme": scheme, "year": year}):
        given.setdefault(row.region, {})[row.name] = Fraction(row.value)
    weights = FACTORS[scheme]
    if any(not weights.keys() <= given.get(code, {}).keys() for code in (root, *units)):
        return dict.fromkeys(units, Fraction(1))

    def multiplier(code: str) -> Fraction:
        own, whole = given[code], given[root]
        shares = {n: whole[n] / own[n] if n in BURDENS else own[n] / whole[n] for n in weights}
        return sum((weights[n] * min(Fraction(2), max(Fraction(1, 2), x)) for n, x in shares.items()), Fraction(0))

    return {code: multiplier(code) for code in units}


def _left(twins: Twins, key: Key, year: int) -> dict[str, int]:
    """What is left of last year's credits at the year's end."""
    statement = """SELECT region, credit_fen - used_fen AS fen FROM credit
        WHERE scheme = :scheme AND year = :year AND expires_on >= :day"""
    about = {"scheme": key.scheme, "year": year - 1, "day": twins.day(date(year, 12, 31))}
    return {row.region: int(row.fen) for row in twins.connection.execute(text(statement), about)}


def below(twins: Twins, key: Key) -> set[str]:
    return set(
        twins.connection.execute(
            text(f"{BELOW} SELECT code FROM below"), {"place": key.place, "scheme": key.scheme}
        ).scalars()
    )


# --- 一般性缺口


def general(twins: Twins, key: Key) -> Fraction | None:
    """The province's, or of a place below what its units have to do with it."""
    code = key.what.partition(".")[2]
    without = code.endswith(".without_surplus")
    found = gap_of(twins, key, Fraction(0) if without else None)
    if found is None:
        return None
    if key.place != twins.schemes[key.scheme][1]:
        inside = below(twins, key)
        net = sum(spent - income for unit, (income, spent) in found.units.items() if unit in inside)
        paid = sum(fen for unit, fen in found.payable.items() if unit in inside)
        return Fraction({"net": net, "surplus": -net, "local": paid}[code])
    local = sum(found.payable.values())
    of = {
        "general": found.gap,
        "net": found.spent - found.income,
        "surplus": found.income - found.spent,
        "pool": found.pool,
        "covered": found.covered,
        "local": local,
        "province": found.gap - found.covered - local,
        "deficits": sum(found.gaps.values()),
        "surpluses": found.surpluses,
        "managed": found.managed,
        "from_income": min(found.income, found.spent),
    }
    if code == "share":
        return Fraction(of[key.part.partition(".")[2]] * 100, found.spent)
    return Fraction(of[code.removesuffix(".without_surplus")])


def of_unit(twins: Twins, key: Key) -> Fraction | None:
    found = gap_of(twins, key)
    if found is None or key.place not in found.units:
        return None
    code, unit, root = key.what.removeprefix("gap.unit").lstrip("."), key.place, twins.schemes[key.scheme][1]
    if code == "multiplier":
        return rounded(found.multipliers[unit], 6) if found.gap else None
    payable = found.payable[unit]
    above = twins.connection.execute(text("SELECT parent FROM region WHERE code = :code"), {"code": unit}).scalar()
    of_county = whole_fen(payable * COUNTY_SHARE.get(key.scheme, Fraction(0)))
    if above == root or unit.endswith("-0"):
        of_county = 0
    of = {
        "": found.gaps[unit],
        "income": found.units[unit][0],
        "expenditure": found.units[unit][1],
        "covered": found.of_units[unit],
        "local": found.locals[unit],
        "credit": found.used[unit],
        "payable": payable,
        "city": payable - of_county,
        "county": of_county,
    }
    return Fraction(of[code])


def indicator(twins: Twins, key: Key) -> Fraction | None:
    """general_gap: the province's net; below it what each unit lacks, summed; and its share of planned expenditure."""
    if len(key.period) != 7 or key.running:
        return None
    found = gap_of(twins, replace(key, known=key.known if len(key.known) == 7 else key.period))
    spent = twins.plan(key, "expenditure_total")
    if found is None or spent is None:
        return None
    whole = key.place == twins.schemes[key.scheme][1]
    inside = below(twins, key)
    gap = found.gap if whole else sum(fen for unit, fen in found.gaps.items() if unit in inside)
    if key.what == "general_gap_share":
        return rounded(Fraction(gap * 100, spent), 2) if spent else None
    return Fraction(gap)


# --- 管理性缺口


def _register(twins: Twins, key: Key, what: str, where: str, **given: Any) -> int:
    statement = f"""{BELOW} SELECT COALESCE(SUM({what}), 0) FROM gap_item AS i
        WHERE i.scheme = :scheme AND i.region IN (SELECT code FROM below) AND {where}"""
    return twins._one(statement, place=key.place, scheme=key.scheme, **given)


def items(twins: Twins, key: Key) -> Fraction:
    """Determined by the three departments, nothing twice that the plan's shortfall holds already."""
    side = {"items.less": "AND i.side = 'less'", "items.over": "AND i.side = 'over'"}.get(key.what, "")
    where = f"{DETERMINED} {side} AND i.year = :year"
    return Fraction(_register(twins, key, "i.amount_fen - i.excluded_fen", where, year=int(key.period[:4])))


def item(twins: Twins, key: Key) -> Fraction:
    statement = """SELECT i.amount_fen - i.excluded_fen AS fen, i.excluded_fen, s.due_fen, s.due_on,
            (SELECT COALESCE(SUM(p.amount_fen), 0) FROM settlement_payment AS p WHERE p.settlement = s.id) AS paid
        FROM gap_item AS i LEFT JOIN settlement AS s ON s.item = i.id WHERE i.scheme = :scheme AND i.number = :number"""
    row = twins.connection.execute(text(statement), {"scheme": key.scheme, "number": key.part}).one()
    paid, days = int(row.paid or 0), 0
    if row.due_on is not None and (row.due_fen or 0) > paid:
        days = max(0, (key.on - date.fromisoformat(str(row.due_on))).days)
    of = {"": row.fen, "excluded": row.excluded_fen, "due": row.due_fen or 0, "paid": paid, "days": days}
    return Fraction(of[key.what.partition(".")[2]])


def expected(twins: Twins, key: Key) -> Fraction | None:
    """管理性缺口 as forecast: what a plan unit's income falls short of its plan with what is expected of the months to come,
    unit by unit, so that no surplus fills another's gap, and then summed. None of a month that is not the last forecast."""
    if len(key.period) != 7:
        return None
    about = {"scheme": key.scheme, "year": key.last // 100, "root": twins.schemes[key.scheme][1]}
    inside, found = below(twins, key), []
    for unit in _units(twins, about):
        of = replace(key, place=unit)
        rest = _rest_of_year(twins, of) if unit in inside else None
        plan = None if rest is None else twins.plan(of, "local_income")
        if rest is not None and plan is not None:
            found.append(max(0, plan - twins.flow(of, "local_income", key.first, key.last) - rest))
    return Fraction(sum(found)) if found else None


def _rest_of_year(twins: Twins, key: Key) -> int | None:
    """What is expected of the months after a month, from the forecast that begins with the next one."""
    if key.last % 100 == 12:
        return None
    statement = """SELECT f.total_fen, (SELECT MIN(g.month) FROM forecast AS g WHERE g.scheme = f.scheme
            AND g.region = f.region AND g.item = f.item AND g.data_version = f.data_version) AS first
        FROM forecast AS f WHERE f.scheme = :scheme AND f.region = :region AND f.item = 'local_income'
        AND f.month = :december AND f.data_version <= :version ORDER BY f.data_version DESC LIMIT 1"""
    given = {"scheme": key.scheme, "region": key.place, "version": twins.version(key), "december": key.first + 11}
    row = twins.connection.execute(text(statement), given).one_or_none()
    return None if row is None or row.first != key.last + 1 else int(row.total_fen)


# --- 应缴与扣缴


def due(twins: Twins, key: Key) -> Fraction:
    """Of the year, and of earlier years what is not paid yet; not what was taken back with its item."""
    statement = f"""{BELOW}, owed AS (
        SELECT s.id, s.year, s.region, s.due_fen, s.due_on,
            (SELECT COALESCE(SUM(p.amount_fen), 0) FROM settlement_payment AS p
                WHERE p.settlement = s.id AND p.kind = 'paid') AS paid,
            (SELECT COALESCE(SUM(p.amount_fen), 0) FROM settlement_payment AS p
                WHERE p.settlement = s.id AND p.kind = 'deducted') AS deducted
        FROM settlement AS s LEFT JOIN gap_item AS i ON i.id = s.item
        WHERE s.scheme = :scheme AND s.region IN (SELECT code FROM below) AND COALESCE(i.state, '') <> 'withdrawn')
        SELECT id, due_fen, due_on, paid, deducted FROM owed
        WHERE (year = :year OR (year < :year AND due_fen > paid + deducted)) AND (:one = 0 OR id = :one)"""
    one = int(key.part) if key.what.startswith("due.one") else 0
    about = {"place": key.place, "scheme": key.scheme, "year": int(key.period[:4]), "one": one}
    found = dict.fromkeys(("due", "paid", "deducted", "unpaid", "overdue", "days"), 0)
    for row in twins.connection.execute(text(statement), about):
        left = int(row.due_fen) - int(row.paid) - int(row.deducted)
        late = max(0, (key.on - date.fromisoformat(str(row.due_on))).days) if left > 0 else 0
        amounts = (int(row.due_fen), int(row.paid), int(row.deducted), left, left if late else 0, late)
        found = {name: fen + more for (name, fen), more in zip(found.items(), amounts, strict=True)}
    both = found["paid"] + found["deducted"]
    of = {
        "due": found["due"],
        "due.one": found["due"],
        "due.paid": both,
        "due.paid_only": found["paid"],
        "due.one.proposed": found["overdue"],
        "due.proposed": found["overdue"],
    }
    named = key.what.rpartition(".")[2]
    return Fraction(of[key.what] if key.what in of else found[named])


# --- 超收


def credit(twins: Twins, key: Key) -> Fraction | None:
    """By the plan and the ledger of the year: what its items brought beyond the plan, band by band."""
    year = int(key.period[:4])
    at = replace(key, period=f"{year}-12", known=key.known)
    plan, actual = twins.plan(at, "local_income"), twins.flow(at, "local_income", at.first, at.last)
    if not plan:
        return None
    earned = Fraction(0)
    for lower, upper, share in BANDS:
        top = Fraction(actual) if upper is None else min(Fraction(actual), plan * (1 + upper))
        earned += max(Fraction(0), top - plan * (1 + lower)) * share
    statement = """SELECT used_fen, expires_on FROM credit
        WHERE scheme = :scheme AND year = :year AND region = :place"""
    about = {"scheme": key.scheme, "year": year, "place": key.place}
    row = twins.connection.execute(text(statement), about).one()
    left = whole_fen(earned) - int(row.used_fen) if key.on <= date.fromisoformat(str(row.expires_on)) else 0
    of: dict[str, int | Fraction] = {
        "plan": plan,
        "actual": actual,
        "rate": Fraction((actual - plan) * 100, plan),
        "": whole_fen(earned),
        "used": int(row.used_fen),
        "left": left,
    }
    return Fraction(of[key.what.partition(".")[2]])


def credits(twins: Twins, key: Key) -> Fraction:
    statement = f"""{BELOW} SELECT c.region FROM credit AS c
        WHERE c.scheme = :scheme AND c.year = :year AND c.region IN (SELECT code FROM below)"""
    about = {"scheme": key.scheme, "year": int(key.period[:4]), "place": key.place}
    what = key.what.replace("credits", "credit")
    rows = list(twins.connection.execute(text(statement), about).scalars())
    return sum((credit(twins, replace(key, what=what, place=region)) or Fraction(0) for region in rows), Fraction(0))


SUMS = ("general", "net", "surplus", "pool", "covered", "province", "local", "deficits", "surpluses", "managed")
UNIT = ("income", "expenditure", "covered", "multiplier", "local", "credit", "payable")
# Where a province's document splits a county's part between it and its city; where it knows credits.
COUNTY_ONLY: Mapping[str, Callable[[Twins, Key], Fraction | None]] = {
    "gap.unit.city": of_unit,
    "gap.unit.county": of_unit,
}
CREDITS_ONLY: Mapping[str, Callable[[Twins, Key], Fraction | None]] = {
    **dict.fromkeys(("credit", "credit.plan", "credit.actual", "credit.rate", "credit.used", "credit.left"), credit),
    **dict.fromkeys(("credits", "credits.left"), credits),
}
TWINS: Mapping[str, Callable[[Twins, Key], Fraction | None]] = {
    **{f"gap.{name}": general for name in (*SUMS, "from_income", "share")},
    **{f"gap.{name}.without_surplus": general for name in ("province", "local")},
    "gap.unit": of_unit,
    **{f"gap.unit.{name}": of_unit for name in UNIT},
    **dict.fromkeys(
        ("general_gap", "general_gap.gap_fen", "general_gap_share", "general_gap_share.gap_fen"), indicator
    ),
    "management_gap_forecast": expected,
    **dict.fromkeys(("items.determined", "items.less", "items.over"), items),
    **dict.fromkeys(("item", "item.excluded", "item.due", "item.paid", "item.days"), item),
    **{f"due{name}": due for name in ("", ".paid", ".paid_only", ".deducted", ".unpaid", ".overdue", ".proposed")},
    **{f"due.one{name}": due for name in ("", ".paid", ".deducted", ".unpaid", ".proposed", ".days")},
    **COUNTY_ONLY,
    **CREDITS_ONLY,
}
