"""A fund year by year from totals and their growth, where nothing is known by age (按总量与增速测算)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rules.calculators.records import Fen, FromProfile, Items, NonNegative, Ratio
from rules.projection.flows import (
    BaseYear,
    Flow,
    GrowthByYear,
    Horizon,
    Other,
    RateByYear,
    RatioByYear,
    Result,
    grown,
    of_year,
    settled,
)

TITLE = "Projection of totals 按总量与增速测算"
ARTICLE = "吉政发〔2020〕20号 三（三）2, 三（四）; 苏政发〔2020〕45号 三（二）"
ASSUMED = "every growth and rate of years to come; without ages nothing is said of who retires when, nor of the reform"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """``collection``: premium that comes in, as a share of what is due."""

    wage_growth: Annotated[GrowthByYear, FromProfile("outlook_wage_growth")]
    adjustment: Annotated[GrowthByYear, FromProfile("outlook_adjustment")]
    collection: RatioByYear
    contributors_growth: GrowthByYear
    retirees_growth: GrowthByYear
    interest: Annotated[RateByYear, FromProfile("outlook_interest")]


@dataclass(frozen=True, slots=True)
class Case:
    """Persons at the end of the base year; ``base_wage_yuan``: mean contribution base, ``pension_yuan``: mean benefit of a
    head and year; ``rate`` of premium on the base."""

    base_year: BaseYear
    horizon: Horizon
    opening_fen: Fen
    base_wage_yuan: NonNegative
    contributors: NonNegative
    retirees: NonNegative
    rate: Ratio
    pension_yuan: NonNegative
    assumptions: Assumptions
    others: Annotated[tuple[Other, ...], Items(minimum=0, unique="code")] = ()


def calculate(case: Case) -> Result:
    """Persons and money of each year of the horizon, under the case's assumptions. 吉政发〔2020〕20号 三（三）2, 三（四）."""
    return settled(case, projected(case))


def projected(case: Case) -> tuple[Flow, ...]:
    """Persons and money of each year, without the balance: heads and means grow, money is of the year's mean heads."""
    given, flows = case.assumptions, []
    wage, pension = float(case.base_wage_yuan), float(case.pension_yuan)
    paying, drawing = float(case.contributors), float(case.retirees)
    for number, (income, expenditure) in enumerate(grown(case.others, case.horizon)):
        wage *= 1 + float(of_year(given.wage_growth, number))
        pension *= 1 + float(of_year(given.adjustment, number))
        before = paying, drawing
        paying *= 1 + float(of_year(given.contributors_growth, number))
        drawing *= 1 + float(of_year(given.retirees_growth, number))
        collected = float(case.rate) * float(of_year(given.collection, number))
        premium, pensions = (before[0] + paying) / 2 * wage * collected, (before[1] + drawing) / 2 * pension
        year = case.base_year + 1 + number
        flows.append(Flow(year, paying, drawing, None, premium, pensions, premium + income, pensions + expenditure))
    return tuple(flows)
