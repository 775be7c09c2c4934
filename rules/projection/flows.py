"""What every projection shares: values by year, income and expenditure that follow from no person, and what flows come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal, Protocol

from rules.calculators.records import Items, NonNegative, Ratio, Step, Within
from rules.money import FEN_PER_YUAN, round_half_up, yuan_text
from rules.projection import fund_path
from rules.projection.fund_path import Exhausted, Rate

Growth = Annotated[Decimal, Within(minimum=-1, maximum=1)]
# One value for every year, or a list by year whose last goes on.
ByYear = Decimal | tuple[Decimal, ...]
GrowthByYear = Growth | Annotated[tuple[Growth, ...], Items()]
RatioByYear = Ratio | Annotated[tuple[Ratio, ...], Items()]
FactorByYear = NonNegative | Annotated[tuple[NonNegative, ...], Items()]
RateByYear = Rate | Annotated[tuple[Rate, ...], Items()]

Horizon = Annotated[int, Within(minimum=1, maximum=100)]
BaseYear = Annotated[int, Within(minimum=1990, maximum=2100)]


@dataclass(frozen=True, slots=True)
class Other:
    """Income or expenditure that does not follow from persons, in the base year. ``scale``: factor on what it has grown to
    by a year, for that year alone."""

    code: str
    side: Literal["income", "expenditure"]
    amount_yuan: NonNegative
    growth: GrowthByYear
    scale: FactorByYear = Decimal(1)


@dataclass(frozen=True, slots=True)
class Flow:
    """A year of persons and money in binary fractions: persons are expectations. ``entrants``, ``deaths`` (of contributors
    and of retirees) and ``withdrawals`` lead from the persons of one year's end to those of the next; None where persons
    are carried on by growth alone."""

    year: int
    contributors: float
    retirees: float
    new_retirees: float | None
    premium_yuan: float
    pension_yuan: float
    income_yuan: float
    expenditure_yuan: float
    entrants: float | None = None
    deaths: float | None = None
    withdrawals: float | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """Persons at the year's end; money of the year; the balance and what follows from it as in ``fund_path``."""

    year: int
    contributors: float
    retirees: float
    new_retirees: float | None
    premium_yuan: float
    pension_yuan: float
    income_yuan: float
    expenditure_yuan: float
    closing_fen: int
    fund_ratio: Decimal | None
    months_payable: Decimal | None


@dataclass(frozen=True, slots=True)
class Result:
    """``balanced_scale``: the factor on every year's premium that ends the horizon with a balance of zero (平衡费率 over
    present rate); None without premium."""

    years: tuple[Year, ...]
    exhausted: Exhausted | None
    balanced_scale: float | None
    steps: tuple[Step, ...]


class Interest(Protocol):
    """Assumptions that name the rates of interest."""

    @property
    def interest(self) -> ByYear: ...


class Projection(Protocol):
    """What a case needs to hold for its flows to become balances."""

    @property
    def base_year(self) -> int: ...
    @property
    def horizon(self) -> int: ...
    @property
    def opening_fen(self) -> int: ...
    @property
    def assumptions(self) -> Interest: ...


def of_year(value: ByYear, number: int) -> Decimal:
    """An assumption's value in the year of that number, from 0; the last given goes on."""
    return value[min(number, len(value) - 1)] if isinstance(value, tuple) else value


def grown(others: Sequence[Other], horizon: int) -> list[tuple[float, float]]:
    """Income and expenditure in yuan of each year that follow from no person."""
    amounts, years = [float(other.amount_yuan) for other in others], []
    for number in range(horizon):
        amounts = [
            amount * (1 + float(of_year(other.growth, number))) for amount, other in zip(amounts, others, strict=True)
        ]
        by_side = {"income": 0.0, "expenditure": 0.0}
        for amount, other in zip(amounts, others, strict=True):
            by_side[other.side] += amount * float(of_year(other.scale, number))
        years.append((by_side["income"], by_side["expenditure"]))
    return years


def settled(case: Projection, flows: Sequence[Flow]) -> Result:
    """Balances, ratios, the month of exhaustion and the balanced scale of a projection's flows."""
    path = fund_path.calculate(path_of(case, flows))
    years = tuple(
        Year(
            flow.year,
            flow.contributors,
            flow.retirees,
            flow.new_retirees,
            flow.premium_yuan,
            flow.pension_yuan,
            flow.income_yuan,
            flow.expenditure_yuan,
            end.closing_fen,
            end.fund_ratio,
            end.months_payable,
        )
        for flow, end in zip(flows, path.years, strict=True)
    )
    scale = balanced_scale(case, flows)
    steps = [step for flow in flows for step in (_told(flow), *(s for s in path.steps if s.code == str(flow.year)))]
    steps += [step for step in path.steps if step.code is None]
    if scale is not None:
        steps.append(Step(None, f"期末结余为零的平衡费率 = 现行费率 × {scale:.6f}"))
    return Result(years, path.exhausted, scale, tuple(steps))


def path_of(case: Projection, flows: Sequence[Flow | Year]) -> fund_path.Case:
    """What the balance is reckoned from: the amounts of each year to the fen."""
    rates = case.assumptions.interest
    return fund_path.Case(
        case.opening_fen,
        tuple(
            fund_path.YearIn(flow.year, _fen(flow.income_yuan), _fen(flow.expenditure_yuan), of_year(rates, number))
            for number, flow in enumerate(flows)
        ),
    )


def balanced_scale(case: Projection, flows: Sequence[Flow]) -> float | None:
    """The factor on premium with which the present value of everything is zero at the years' own rates; what flows in a
    year does so at its middle."""
    premium, rest, worth = 0.0, case.opening_fen / FEN_PER_YUAN, 1.0
    for number, flow in enumerate(flows):
        rate = float(of_year(case.assumptions.interest, number))
        middle = worth * (1 + rate / 2) / (1 + rate)
        premium += flow.premium_yuan * middle
        rest += (flow.income_yuan - flow.premium_yuan - flow.expenditure_yuan) * middle
        worth /= 1 + rate
    return (0.0 - rest) / premium if premium > 0 else None


def _fen(yuan: float) -> int:
    return round_half_up(Fraction(yuan) * FEN_PER_YUAN)


def _told(flow: Flow) -> Step:
    persons = f"年末缴费{flow.contributors:,.0f}人、领取{flow.retirees:,.0f}人"
    new = "" if flow.new_retirees is None else f"，当年新退休{flow.new_retirees:,.0f}人"
    money = f"缴费收入 {yuan_text(_fen(flow.premium_yuan))}，养老金支出 {yuan_text(_fen(flow.pension_yuan))}"
    return Step(str(flow.year), f"{persons}{new}；{money}")
