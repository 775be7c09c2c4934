"""Central adjustment fund between provinces (中央调剂基金): what a province hands up and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from rules.calculators.reading import shown
from rules.calculators.records import Amount, Count, Fen, FromProfile, Items, NonNegative, Ratio, Step
from rules.errors import refused
from rules.money import (
    FEN_PER_YUAN,
    decimal_string,
    product,
    round_half_up,
    rounded,
    split_largest_remainder,
    trimmed,
    yuan_text,
)

TITLE = "Central adjustment 中央调剂"
ARTICLE = "国发〔2018〕18号 二（一）（二）（三）"
ASSUMED = "the ratio after 2018; the document gives only the first (从3%起步，逐步提高)"

WAGE_FIELDS = ("nonprivate_wage_yuan", "nonprivate_employees", "private_wage_yuan", "private_employees")


@dataclass(frozen=True, slots=True)
class Province:
    """One province's base figures: the average wage as such, or the four figures it is weighted from."""

    code: str
    participants: Count
    enterprise_employees: Count
    retirees: Count
    avg_wage_yuan: NonNegative | None = None
    nonprivate_wage_yuan: NonNegative | None = None
    nonprivate_employees: Count | None = None
    private_wage_yuan: NonNegative | None = None
    private_employees: Count | None = None


@dataclass(frozen=True, slots=True)
class Prepaid:
    """What a province handed up and got in the year's quarterly payments."""

    code: str
    contribution_fen: Amount
    allocation_fen: Amount


@dataclass(frozen=True, slots=True)
class Case:
    provinces: Annotated[tuple[Province, ...], Items(unique="code")]
    ratio: Annotated[Ratio, FromProfile("central_ratio")]
    wage_factor: Annotated[Ratio, FromProfile("central_wage_factor")] = Decimal("0.9")
    prepaid: Annotated[tuple[Prepaid, ...], Items(minimum=0, unique="code")] | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """One province's 上解额, 拨付额 and net; the settlement 清算 where quarterly payments are given."""

    code: str
    insured: Decimal
    contribution_fen: Amount
    allocation_fen: Amount
    net_fen: Fen
    settle_contribution_fen: Fen | None = None
    settle_allocation_fen: Fen | None = None


@dataclass(frozen=True, slots=True)
class Result:
    provinces: tuple[Position, ...]
    pool_fen: Amount
    per_capita_yuan: Decimal
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """Each province's 上解额 and 拨付额, in input order; the nets sum to zero.

    国发〔2018〕18号 二（一）（二）（三）. Raises InputError where a province has no average wage or nobody is retired.
    """
    retirees = {province.code: province.retirees for province in case.provinces}
    if not any(retirees.values()):
        raise refused("provinces[0].retirees", "0 in every province", "retirees in at least one")
    prepaid = _prepaid(case)
    wages = [average_wage(province, f"provinces[{index}]") for index, province in enumerate(case.provinces)]
    contributions = [
        round_half_up(product(wage, case.wage_factor, _insured(province), case.ratio, FEN_PER_YUAN))
        for wage, province in zip(wages, case.provinces, strict=True)
    ]
    pool = sum(contributions)
    allocations = split_largest_remainder(pool, retirees)
    per_capita = rounded(Fraction(pool, sum(retirees.values()) * FEN_PER_YUAN), 2)
    positions = tuple(
        _position(province, contribution, allocations[province.code], prepaid)
        for province, contribution in zip(case.provinces, contributions, strict=True)
    )
    total = Step(
        None, f"上解合计 {yuan_text(pool)} ÷ 离退休人数 {sum(retirees.values())} = 全国人均拨付额 {per_capita}元"
    )
    steps = [
        _step(case, province, wage, position)
        for province, wage, position in zip(case.provinces, wages, positions, strict=True)
    ]
    return Result(positions, pool, per_capita, (total, *steps))


def _insured(province: Province) -> Fraction:
    """在职应参保人数: the mean of participants and the statistical office's enterprise employees."""
    return Fraction(province.participants + province.enterprise_employees, 2)


def average_wage(province: Province, path: str = "province") -> Fraction:
    """职工平均工资 in yuan a year: as given, or the mean of the two kinds of employers weighted by employees.

    国发〔2018〕18号 二（一）. Raises InputError where it is given neither way or both.
    """
    weighted: dict[str, Any] = {name: getattr(province, name) for name in WAGE_FIELDS}
    if province.avg_wage_yuan is not None:
        for name, value in weighted.items():
            if value is not None:
                raise refused(f"{path}.{name}", "it beside avg_wage_yuan", "one of the two only")
        return Fraction(province.avg_wage_yuan)
    for name, value in weighted.items():
        if value is None:
            needed = "avg_wage_yuan" if not any(v is not None for v in weighted.values()) else name
            raise refused(f"{path}.{needed}", "nothing", f"avg_wage_yuan, or all of {', '.join(WAGE_FIELDS)}")
    employees = weighted["nonprivate_employees"] + weighted["private_employees"]
    if employees == 0:
        raise refused(f"{path}.private_employees", "no employees at all", "employees to weight the wages by")
    nonprivate = product(weighted["nonprivate_wage_yuan"], weighted["nonprivate_employees"])
    private = product(weighted["private_wage_yuan"], weighted["private_employees"])
    return (nonprivate + private) / Fraction(employees)


def _prepaid(case: Case) -> dict[str, Prepaid] | None:
    """The payments of every province, nothing for one that is not listed; None where settlement is not asked for."""
    if case.prepaid is None:
        return None
    known = {province.code: Prepaid(province.code, 0, 0) for province in case.provinces}
    for index, payment in enumerate(case.prepaid):
        if payment.code not in known:
            raise refused(f"prepaid[{index}].code", shown(payment.code), "a province of the list")
        known[payment.code] = payment
    return known


def _position(province: Province, contribution: int, allocation: int, prepaid: dict[str, Prepaid] | None) -> Position:
    paid = prepaid[province.code] if prepaid is not None else None
    return Position(
        code=province.code,
        insured=trimmed(rounded(_insured(province), 1)),
        contribution_fen=contribution,
        allocation_fen=allocation,
        net_fen=allocation - contribution,
        settle_contribution_fen=contribution - paid.contribution_fen if paid else None,
        settle_allocation_fen=allocation - paid.allocation_fen if paid else None,
    )


def _step(case: Case, province: Province, wage: Fraction, position: Position) -> Step:
    text = (
        f"职工平均工资 {decimal_string(wage, 2)}元 × {case.wage_factor} × 在职应参保人数 {position.insured}"
        f" × 上解比例 {case.ratio} = 上解额 {yuan_text(position.contribution_fen)}；"
        f"按离退休人数 {province.retirees} 分得拨付额 {yuan_text(position.allocation_fen)}；"
        f"净额 {yuan_text(position.net_fen)}"
    )
    if position.settle_contribution_fen is not None and position.settle_allocation_fen is not None:
        text += (
            f"；清算应补上解 {yuan_text(position.settle_contribution_fen)}，"
            f"应补拨付 {yuan_text(position.settle_allocation_fen)}"
        )
    return Step(province.code, text)
