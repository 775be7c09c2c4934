"""What single and combined shocks do to a projection, and how large one must be to use a fund up (压力测试)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Literal

from rules.calculators.records import FromProfile, Items, Number, Step
from rules.errors import refused
from rules.money import rounded, yuan_text
from rules.projection import cohort_projection, fund_path, totals_projection
from rules.projection.flows import ByYear, Flow, of_year, path_of
from rules.projection.fund_path import Exhausted

TITLE = "Stress test 压力测试"
ARTICLE = "吉政发〔2020〕20号 三（四）; 苏政发〔2020〕45号 三（二）"
ASSUMED = "the shocks, their sizes and years; several at once add up, in the order in which they are given"

AFTER_YEARS = (5, 10, 30)
# Places to which the size of a reverse test is found: ten-thousandths, as a share 0.01 of a percentage point.
SIZE_PLACES = 4
SUBSIDY = "subsidy"
On = Literal["wage", "entrants", "collection", "adjustment", "mortality", "interest", "retirement", "subsidies"]
# What a projection by totals does not know.
BY_AGE = ("entrants", "mortality", "retirement")
Projection = cohort_projection.Case | totals_projection.Case


@dataclass(frozen=True, slots=True)
class Shock:
    """``size``: on ``wage``, ``collection``, ``adjustment``, ``interest`` what is added to the yearly value (−0.01: a
    percentage point less); on ``entrants``, ``mortality``, ``subsidies`` by what share they change (−0.2: a fifth fewer);
    on ``retirement`` nothing: 1 puts the original ages in place of the statutory ones. From ``from_year`` to ``to_year``, the
    whole horizon where left out; a shock on ``retirement`` always is of the whole horizon."""

    code: str
    on: On
    size: Number
    from_year: int | None = None
    to_year: int | None = None


Shocks = Annotated[tuple[Shock, ...], Items(minimum=0, unique="code")]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a scheme puts on its base: the shocks that together make the low and the high variant, and those of the test."""

    low: Annotated[Shocks, FromProfile("outlook_low")] = ()
    high: Annotated[Shocks, FromProfile("outlook_high")] = ()
    shocks: Annotated[Shocks, FromProfile("outlook_shocks")] = ()


@dataclass(frozen=True, slots=True)
class Combined:
    """Several of the shocks at once, by their codes."""

    code: str
    shocks: Annotated[tuple[str, ...], Items(minimum=0)]


@dataclass(frozen=True, slots=True)
class Reverse:
    """How large must a shock be for the fund to be used up by the end of a year? Looked for between 0 and ``worst``."""

    code: str
    on: On
    worst: Number
    exhausted_by: int


@dataclass(frozen=True, slots=True)
class Case:
    """``base`` by age, or ``totals`` where nothing is known by age: one of the two."""

    base: cohort_projection.Case | None = None
    totals: totals_projection.Case | None = None
    shocks: Annotated[tuple[Shock, ...], Items(minimum=0, unique="code")] = ()
    combined: Annotated[tuple[Combined, ...], Items(minimum=0, unique="code")] = ()
    reverse: Annotated[tuple[Reverse, ...], Items(minimum=0, unique="code")] = ()


@dataclass(frozen=True, slots=True)
class Lowest:
    year: int
    months_payable: Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """``balance_N_fen``: at the end of the N-th year, None beyond the horizon; ``lowest``: the year with the fewest months
    payable, None without expenditure."""

    code: str
    balance_5_fen: int | None
    balance_10_fen: int | None
    balance_30_fen: int | None
    lowest: Lowest | None
    exhausted: Exhausted | None


@dataclass(frozen=True, slots=True)
class Found:
    """``size``: the smallest, to four places; 0 where the base is used up by then; None where ``worst`` is not enough."""

    code: str
    size: Decimal | None


@dataclass(frozen=True, slots=True)
class Result:
    base: Outcome
    shocks: tuple[Outcome, ...]
    combined: tuple[Outcome, ...]
    reverse: tuple[Found, ...]
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """The base beside each shock, each combination and the sizes asked for. 吉政发〔2020〕20号 三（四）.

    Raises InputError where a combination names a shock that is not there, or years do not fit.
    """
    projection, known = _checked(case), {shock.code: shock for shock in case.shocks}
    base = outcome("base", projection)
    shocks = tuple(outcome(shock.code, shocked(projection, shock)) for shock in case.shocks)
    combined = tuple(
        outcome(one.code, shocked(projection, *(known[code] for code in one.shocks))) for one in case.combined
    )
    reverse = tuple(found(projection, asked) for asked in case.reverse)
    return Result(base, shocks, combined, reverse, tuple(_told(base, (*shocks, *combined), reverse)))


def _checked(case: Case) -> Projection:
    """The projection to be tried. Raises InputError where there is none or are two, where a combination names a shock that is
    not there, where years do not fit, and where ages would be needed."""
    given = [one for one in (case.base, case.totals) if one is not None]
    if len(given) != 1:
        raise refused("base", "both" if given else "nothing", "a projection in base or in totals")
    known = {shock.code for shock in case.shocks}
    for number, shock in enumerate(case.shocks):
        if shock.from_year is not None and shock.to_year is not None and shock.to_year < shock.from_year:
            raise refused(f"shocks[{number}].to_year", str(shock.to_year), f"a year from {shock.from_year} on")
    asked = [(f"shocks[{number}].on", shock.on) for number, shock in enumerate(case.shocks)]
    asked += [(f"reverse[{number}].on", one.on) for number, one in enumerate(case.reverse)]
    for path, on in asked:
        if case.totals is not None and on in BY_AGE:
            raise refused(path, on, f"none of {', '.join(BY_AGE)}, without ages")
    for number, several in enumerate(case.combined):
        for code in several.shocks:
            if code not in known:
                raise refused(f"combined[{number}].shocks", code, f"one of {', '.join(sorted(known)) or 'no shock'}")
    return given[0]


def projected(case: Projection) -> tuple[Flow, ...]:
    """Persons and money of each year, by age or by totals."""
    if isinstance(case, totals_projection.Case):
        return totals_projection.projected(case)
    return cohort_projection.projected(case)


def outcome(code: str, case: Projection) -> Outcome:
    """What a projection comes to."""
    path = fund_path.calculate(path_of(case, projected(case)))
    balances = {year.year - case.base_year: year.closing_fen for year in path.years}
    payable = [Lowest(year.year, year.months_payable) for year in path.years if year.months_payable is not None]
    after5, after10, after30 = (balances.get(after) for after in AFTER_YEARS)
    lowest = min(payable, key=lambda one: one.months_payable, default=None)
    return Outcome(code, after5, after10, after30, lowest, path.exhausted)


def found(base: Projection, asked: Reverse) -> Found:
    """The smallest size that uses the fund up by the year asked for, by halving."""
    before = projected(base)

    def used_up(steps: int) -> bool:
        case = shocked(base, Shock(asked.code, asked.on, steps * toward))
        flows = _collected(before, base, case) if asked.on == "collection" else projected(case)
        exhausted = fund_path.calculate(path_of(case, flows)).exhausted
        return exhausted is not None and exhausted.year <= asked.exhausted_by

    step = Decimal(1).scaleb(-SIZE_PLACES)
    toward = step if asked.worst >= 0 else -step
    low, high = 0, int(abs(asked.worst) / step)
    if used_up(low):
        return Found(asked.code, rounded(Decimal(0), SIZE_PLACES))
    if not used_up(high):
        return Found(asked.code, None)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if used_up(middle) else (middle, high)
    return Found(asked.code, rounded(high * toward, SIZE_PLACES))


def _collected(flows: tuple[Flow, ...], base: Projection, case: Projection) -> tuple[Flow, ...]:
    """Flows at another collection: persons stay as they are, so that only premium changes, and in proportion."""
    collection = zip(
        _by_year(base.assumptions.collection, base), _by_year(case.assumptions.collection, case), strict=True
    )
    changed = []
    for flow, (before, after) in zip(flows, collection, strict=True):
        if not before:
            return projected(case)
        premium = flow.premium_yuan * float(after / before)
        changed.append(replace(flow, premium_yuan=premium, income_yuan=flow.income_yuan - flow.premium_yuan + premium))
    return tuple(changed)


def shocked(base: Projection, *shocks: Shock) -> Projection:
    """The case with shocks put on its assumptions, in order."""
    for shock in shocks:
        base = _APPLIED[shock.on](base, shock)
    return base


def _points(field: str, least: int, most: int) -> Callable[[Projection, Shock], Projection]:
    """A shock that adds to a yearly value and keeps it within bounds."""

    def applied(base: Projection, shock: Shock) -> Projection:
        values = _by_year(getattr(base.assumptions, field), base)
        within = _within(base, shock)
        changed = [
            max(Decimal(least), min(Decimal(most), value + shock.size)) if hit else value
            for value, hit in zip(values, within, strict=True)
        ]
        return _assuming(base, **{field: tuple(changed)})

    return applied


def _shares(field: str) -> Callable[[Projection, Shock], Projection]:
    """A shock that changes by a share; nothing is left where it takes all and more."""

    def applied(base: Projection, shock: Shock) -> Projection:
        return _assuming(base, **{field: _scaled(getattr(_by_age(base), field), base, shock)})

    return applied


def _subsidies(base: Projection, shock: Shock) -> Projection:
    others = tuple(
        replace(other, scale=_scaled(other.scale, base, shock)) if other.code == SUBSIDY else other
        for other in base.others
    )
    return replace(base, others=others)


def _scaled(scale: ByYear, base: Projection, shock: Shock) -> tuple[Decimal, ...]:
    factor, within = max(Decimal(0), 1 + shock.size), _within(base, shock)
    return tuple(value * factor if hit else value for value, hit in zip(_by_year(scale, base), within, strict=True))


def _retirement(base: Projection, shock: Shock) -> Projection:
    return _assuming(base, retirement="original") if shock.size else base


_APPLIED: Mapping[str, Callable[[Projection, Shock], Projection]] = {
    "wage": _points("wage_growth", -1, 1),
    "collection": _points("collection", 0, 1),
    "adjustment": _points("adjustment", -1, 1),
    "interest": _points("interest", 0, 1),
    "entrants": _shares("entrants_scale"),
    "mortality": _shares("mortality_scale"),
    "retirement": _retirement,
    "subsidies": _subsidies,
}


def _by_age(base: Projection) -> cohort_projection.Assumptions:
    if isinstance(base, totals_projection.Case):
        raise refused("on", "a projection of totals", "one by age")
    return base.assumptions


def _assuming(base: Projection, **changed: object) -> Projection:
    return replace(base, assumptions=replace(base.assumptions, **changed))  # type: ignore[arg-type]


def _by_year(value: ByYear, base: Projection) -> list[Decimal]:
    return [of_year(value, number) for number in range(base.horizon)]


def _within(base: Projection, shock: Shock) -> list[bool]:
    first = shock.from_year or base.base_year
    last = shock.to_year or base.base_year + base.horizon
    return [first <= base.base_year + 1 + number <= last for number in range(base.horizon)]


def _told(base: Outcome, others: tuple[Outcome, ...], reverse: tuple[Found, ...]) -> Iterator[Step]:
    for one in (base, *others):
        used = f"{one.exhausted.year}年{one.exhausted.month}月用尽" if one.exhausted else "测算期内未用尽"
        balances = zip(AFTER_YEARS, (one.balance_5_fen, one.balance_10_fen, one.balance_30_fen), strict=True)
        after = "；".join(f"{years}年后 {yuan_text(fen)}" for years, fen in balances if fen is not None)
        yield Step(one.code, "；".join(part for part in (after, used) if part))
    for found_size in reverse:
        said = "在给定范围内不致用尽" if found_size.size is None else f"变动到 {found_size.size} 即用尽"
        yield Step(found_size.code, said)
