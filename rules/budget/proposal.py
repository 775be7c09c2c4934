"""What a year's plan of one item would be by the factors that the document names for it (预算测算数)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from rules.calculators.reading import joined
from rules.calculators.records import Amount, FromProfile, Items, Number, Step
from rules.errors import refused
from rules.money import product, round_half_up, yuan_text

TITLE = "Budget proposal 预算测算数"
ARTICLE = "苏政发〔2020〕45号 附件2 第六条、第七条; 吉政发〔2020〕20号 三（三）2"
ASSUMED = (
    "how the factors are joined, the document only lists them: heads of the year are those at the end of the last one "
    "with half a year's growth; the standard of funeral and survivors' benefits in months of the average pension"
)

MEAN_YEARS = 3


@dataclass(frozen=True, slots=True)
class Factor:
    """How one item is worked out. ``managed``: 省统一管理, planned for the province as a whole and for no unit."""

    item: str
    method: str
    managed: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One item of one unit; ``drivers`` by name: amounts in fen, wages and pensions in yuan a month, growth as a share."""

    item: str
    factors: Annotated[tuple[Factor, ...], Items(unique="item"), FromProfile("budget_factors")]
    drivers: Mapping[str, Number] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """``proposed_fen`` is absent while a driver is ``missing``."""

    missing: tuple[str, ...]
    steps: tuple[Step, ...]
    proposed_fen: Amount | None = None


def _premium(of: Mapping[str, Fraction]) -> Fraction:
    heads = of["contributors"] * (1 + of["contributor_growth"] / 2)
    wage = of["wage_yuan"] * (1 + of["wage_growth"])
    return heads * wage * 12 * 100 * of["rate"] * of["collection_rate"]


def _pension(of: Mapping[str, Fraction]) -> Fraction:
    heads = of["retirees"] * (1 + of["retiree_growth"] / 2)
    return heads * of["pension_yuan"] * (1 + of["pension_adjustment"]) * 12 * 100


def _death_benefit(of: Mapping[str, Fraction]) -> Fraction:
    return of["retirees"] * of["mortality"] * of["death_months"] * of["pension_yuan"] * 100


def _interest(of: Mapping[str, Fraction]) -> Fraction:
    return of["demand_fen"] * of["demand_rate"] + of["deposit_fen"] * of["deposit_rate"]


def _gap(of: Mapping[str, Fraction]) -> Fraction:
    return of["expenditure_fen"] - of["income_fen"] - (of["balance_fen"] - of["floor_fen"])


@dataclass(frozen=True, slots=True)
class Method:
    """``drivers`` in the order of the document, ``words`` the working with their names as places, ``result`` in fen."""

    drivers: tuple[str, ...]
    words: str
    result: Callable[[Mapping[str, Fraction]], Fraction]


YEARS = tuple(f"year_{number}_fen" for number in range(1, MEAN_YEARS + 1))
METHODS: Mapping[str, Method] = {
    "premium": Method(
        ("contributors", "contributor_growth", "wage_yuan", "wage_growth", "rate", "collection_rate"),
        "缴费人数 {contributors} ×（1 + 增长率 {contributor_growth} ÷ 2）× 月人均缴费工资 {wage_yuan} ×"
        "（1 + 工资增长率 {wage_growth}）× 12 × 缴费比例 {rate} × 征缴率 {collection_rate}",
        _premium,
    ),
    "pension": Method(
        ("retirees", "retiree_growth", "pension_yuan", "pension_adjustment"),
        "上年末离退休人数 {retirees} ×（1 + 增长率 {retiree_growth} ÷ 2）× 月人均养老金 {pension_yuan} ×"
        "（1 + 待遇调整幅度 {pension_adjustment}）× 12",
        _pension,
    ),
    "death_benefit": Method(
        ("retirees", "mortality", "death_months", "pension_yuan"),
        "上年末离退休人数 {retirees} × 死亡率 {mortality} × 丧葬抚恤标准 {death_months} 个月 × 月人均养老金 {pension_yuan}",
        _death_benefit,
    ),
    "interest": Method(
        ("demand_fen", "demand_rate", "deposit_fen", "deposit_rate"),
        "活期余额 {demand_fen} × 利率 {demand_rate} + 定期余额 {deposit_fen} × 平均利率 {deposit_rate}",
        _interest,
    ),
    "gap": Method(
        ("expenditure_fen", "income_fen", "balance_fen", "floor_fen"),
        "全省支出 {expenditure_fen} − 其他收入 {income_fen} −（累计结余 {balance_fen} − 保底结余 {floor_fen}），不小于零",
        _gap,
    ),
    "mean": Method(
        YEARS,
        "（{year_1_fen} + {year_2_fen} + {year_3_fen}）÷ 3",
        lambda of: sum((of[name] for name in YEARS), Fraction(0)) / MEAN_YEARS,
    ),
    "last_year": Method(("last_year_fen",), "上年数 {last_year_fen}", lambda of: of["last_year_fen"]),
    "trend": Method(
        ("last_year_fen", "growth"),
        "上年数 {last_year_fen} ×（1 + 增长率 {growth}）",
        lambda of: of["last_year_fen"] * (1 + of["growth"]),
    ),
    "issued": Method(("issued_fen",), "中央下发数 {issued_fen}", lambda of: of["issued_fen"]),
}
# What grows may shrink, but by no more than there is; the rest is never negative.
SHRINKING = frozenset(
    name for method in METHODS.values() for name in method.drivers if "growth" in name or name == "pension_adjustment"
)
# A correction may leave a year's amount, and with it income or a balance, below nothing.
SIGNED = frozenset({*YEARS, "last_year_fen", "income_fen", "balance_fen"})


def method_of(case: Case) -> Method:
    """How the item is worked out. Raises InputError for an item or method that is not known."""
    chosen = next((factor for factor in case.factors if factor.item == case.item), None)
    if chosen is None:
        raise refused("item", case.item, "an item of factors")
    if chosen.method not in METHODS:
        raise refused("factors", chosen.method, f"one of {', '.join(METHODS)}")
    return METHODS[chosen.method]


def calculate(case: Case) -> Result:
    """The amount by the item's own factors, rounded once to a fen and never below zero. 苏政发〔2020〕45号 附件2
    第六条、第七条."""
    method = method_of(case)
    for name, value in case.drivers.items():
        path = joined("drivers", name)
        if name not in method.drivers:
            raise refused(path, "an unknown driver", f"one of {', '.join(method.drivers)}")
        if name not in SIGNED and value < (-1 if name in SHRINKING else 0):
            raise refused(path, value, f"at least {-1 if name in SHRINKING else 0}")
    missing = tuple(name for name in method.drivers if name not in case.drivers)
    if missing:
        return Result(missing, (Step(case.item, f"缺少 {'、'.join(missing)}，不测算"),))
    exact = method.result({name: product(value) for name, value in case.drivers.items()})
    proposed = max(0, round_half_up(exact))
    told = {name: _said(name, value) for name, value in case.drivers.items()}
    return Result((), (Step(case.item, f"{method.words.format(**told)} = {yuan_text(proposed)}"),), proposed)


def deviation(drafted_fen: int, proposed_fen: int) -> Fraction | None:
    """How far a draft is from its proposal, as a share of it; None where nothing is proposed to differ from."""
    return Fraction(drafted_fen - proposed_fen, proposed_fen) if proposed_fen else None


def needs_reason(drafted_fen: int, proposed_fen: int | None, share: Decimal) -> bool:
    """Whether a draft is to say why it differs: by more than a share of its proposal, or from one of nothing."""
    if proposed_fen is None:
        return False
    away = deviation(drafted_fen, proposed_fen)
    return drafted_fen != 0 if away is None else abs(away) > Fraction(share)


def _said(name: str, value: Decimal) -> str:
    return yuan_text(int(value)) if name.endswith("_fen") else f"{value:,f}"
