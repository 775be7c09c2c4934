"""The official budget-execution form 社会保险基金预算执行情况表 (社预执行表) as rows, with its cross-checks 勾稽校验.

Columns: item, 年初预算数, 调整后预算数, 当期(月/季)执行数, 累计执行数, 上年同期累计, 预算执行进度 %, 同比 %;
on screen also 历史同期 % and 快慢. Progress = cumulative ÷ adjusted plan, growth = cumulative ÷ last year − 1, both in
percent with two decimals, half up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from rules.money import decimal_string
from rules.scheme import Item, Scheme, Side

CheckCode = Literal["children", "total", "closing", "accounts"]
PLACES = 2
FULL = Decimal("100.00")
INCOME_TOTAL, EXPENDITURE_TOTAL = "income_total", "expenditure_total"
INCOME_SUBTOTAL, EXPENDITURE_SUBTOTAL = "income_subtotal", "expenditure_subtotal"
RESULT, CLOSING = "result", "closing"
# The form's own wording; items are named by the scheme's profile.
LABELS = {
    INCOME_TOTAL: ("一、收入合计", "I. Total income"),
    INCOME_SUBTOTAL: ("收入小计", "Income subtotal"),
    EXPENDITURE_TOTAL: ("二、支出合计", "II. Total expenditure"),
    EXPENDITURE_SUBTOTAL: ("支出小计", "Expenditure subtotal"),
    RESULT: ("三、本年收支结余", "III. Result of the year"),
    CLOSING: ("四、年末滚存结余", "IV. Closing balance"),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """One line's figures in fen; None is not known (no plan, no prior year), never 0.

    ``historical_share`` is 历史同期进度 as a share of the year's total, None with fewer than two closed years.
    """

    original_plan: int | None = None
    adjusted_plan: int | None = None
    period: int | None = None
    cumulative: int | None = None
    last_year: int | None = None
    historical_share: Fraction | Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form. ``item`` is the fund item, None on totals; ``first_child`` prints 其中: before the label.

    ``progress``, ``historical`` and ``growth`` are percent, ``ahead`` points (快慢: positive is faster), all with two
    decimals, None where the form has no figure (on screen "—").
    """

    key: str
    item: str | None
    label: str
    label_en: str
    indent: int
    is_total: bool
    first_child: bool
    figures: Figures
    progress: Decimal | None
    historical: Decimal | None
    ahead: Decimal | None
    growth: Decimal | None

    @property
    def printed_progress(self) -> Decimal | None:
        """The exported form's column: 100.00 where there is neither plan nor execution, blank without a plan."""
        if self.key in (RESULT, CLOSING):
            return None
        if not self.figures.adjusted_plan and not self.figures.cumulative:
            return FULL
        return self.progress


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """One check: both sides in fen and their difference. ``column`` names the column, ``key`` the row it is about."""

    code: CheckCode
    key: str
    column: str
    stated: int
    computed: int

    @property
    def difference(self) -> int:
        return self.stated - self.computed

    @property
    def passed(self) -> bool:
        return self.stated == self.computed


@dataclass(frozen=True, slots=True)
class Balances:
    """What stood in the fund, in fen: at the year's start, now, and at the same time last year, all from the results;
    and what stands in its accounts now. None where balances do not exist (below province level) or are not known."""

    opening: int | None = None
    closing: int | None = None
    last_year_closing: int | None = None
    accounts: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    rows: tuple[Row, ...]
    checks: tuple[CrossCheck, ...]

    def row(self, key: str) -> Row:
        return next(row for row in self.rows if row.key == key)


COLUMNS: dict[str, Callable[[Figures], int | None]] = {
    "original_plan": lambda figures: figures.original_plan,
    "adjusted_plan": lambda figures: figures.adjusted_plan,
    "period": lambda figures: figures.period,
    "cumulative": lambda figures: figures.cumulative,
    "last_year": lambda figures: figures.last_year,
}


def build_form(scheme: Scheme, figures: Mapping[str, Figures], balances: Balances) -> Form:
    """The form from plain figures: one entry per item code, and INCOME_TOTAL and EXPENDITURE_TOTAL taken independently.

    Items that are missing count as lines without figures. Totals and parents are shown as given; the cross-checks
    compare them with the sums of their parts. Subtotals are always the sum of their items; an entry for one gives only
    its historical share.
    """
    rows: list[Row] = []
    sides: tuple[tuple[Side, str, str], ...] = (
        ("income", INCOME_TOTAL, INCOME_SUBTOTAL),
        ("expenditure", EXPENDITURE_TOTAL, EXPENDITURE_SUBTOTAL),
    )
    for side, total, subtotal in sides:
        rows += _side(scheme, side, total, subtotal, figures)
    income, expenditure = figures[INCOME_TOTAL], figures[EXPENDITURE_TOTAL]
    result = _combine(income, expenditure)
    closing = _closing(result, balances)
    rows.append(_row(RESULT, None, LABELS[RESULT], 0, True, result))
    rows.append(_row(CLOSING, None, LABELS[CLOSING], 0, True, closing))
    return Form(tuple(rows), tuple(_checks(scheme, figures, balances)))


def _side(scheme: Scheme, side: Side, total: str, subtotal: str, figures: Mapping[str, Figures]) -> list[Row]:
    top = [item for item in scheme.items if item.side == side and item.parent is None]
    own = [item for item in top if not item.between_levels]
    rows = [_row(total, None, LABELS[total], 0, True, figures[total])]
    summed = _sum(figures.get(item.code) for item in own)
    share = figures.get(subtotal, Figures()).historical_share
    rows.append(_row(subtotal, None, LABELS[subtotal], 1, True, replace(summed, historical_share=share)))
    for number, item in enumerate(own, start=1):
        rows.append(_item_row(item, figures, f"{number}.", 1))
        for place, child in enumerate(scheme.children(item.code)):
            rows.append(_item_row(child, figures, "", 2, first_child=place == 0))
    rows += [_item_row(item, figures, "", 1) for item in top if item.between_levels]
    return rows


def _item_row(item: Item, figures: Mapping[str, Figures], number: str, indent: int, first_child: bool = False) -> Row:
    labels = (number + item.name, f"{number} {item.name_en}".strip())
    return _row(item.code, item.code, labels, indent, False, figures.get(item.code, Figures()), first_child)


def _row(
    key: str,
    item: str | None,
    labels: tuple[str, str],
    indent: int,
    is_total: bool,
    figures: Figures,
    first_child: bool = False,
) -> Row:
    progress, historical, ahead, growth = None, None, None, None
    if key not in (RESULT, CLOSING):
        exact = _quotient(figures.cumulative, figures.adjusted_plan)
        progress = None if exact is None else _percent(exact)
        share = figures.historical_share
        historical = None if share is None else _percent(Fraction(share))
        if exact is not None and share is not None:
            ahead = _percent(exact - Fraction(share))
        earlier = _quotient(figures.cumulative, figures.last_year)
        growth = None if earlier is None else _percent(earlier - 1)
    return Row(
        key, item, labels[0], labels[1], indent, is_total, first_child, figures, progress, historical, ahead, growth
    )


def _quotient(part: int | None, whole: int | None) -> Fraction | None:
    """None where either is not known or there is nothing positive to divide by."""
    return Fraction(part, whole) if part is not None and whole is not None and whole > 0 else None


def _percent(share: Fraction) -> Decimal:
    return Decimal(decimal_string(share * 100, PLACES))


def _figures(of: Callable[[Callable[[Figures], int | None]], int | None]) -> Figures:
    """Figures made column by column, without a historical share."""
    original, adjusted, period, cumulative, last_year = (of(column) for column in COLUMNS.values())
    return Figures(original, adjusted, period, cumulative, last_year)


def _sum(parts: Iterable[Figures | None]) -> Figures:
    given = [part for part in parts if part is not None]

    def total(column: Callable[[Figures], int | None]) -> int | None:
        known = [amount for part in given if (amount := column(part)) is not None]
        return sum(known) if known else None

    return _figures(total)


def _combine(income: Figures, expenditure: Figures) -> Figures:
    """Income less expenditure, column by column; None where either is not known."""

    def less(column: Callable[[Figures], int | None]) -> int | None:
        received, spent = column(income), column(expenditure)
        return None if received is None or spent is None else received - spent

    return _figures(less)


def _closing(result: Figures, balances: Balances) -> Figures:
    """年末滚存结余: planned, it is the opening balance and the planned result. The period alone has no such figure."""

    def planned(amount: int | None) -> int | None:
        return None if balances.opening is None or amount is None else balances.opening + amount

    return Figures(
        original_plan=planned(result.original_plan),
        adjusted_plan=planned(result.adjusted_plan),
        cumulative=balances.closing,
        last_year=balances.last_year_closing,
    )


def _checks(scheme: Scheme, figures: Mapping[str, Figures], balances: Balances) -> Iterable[CrossCheck]:
    """Every check whose two sides are both known."""
    for name, column in COLUMNS.items():
        for item in scheme.items:
            children = scheme.children(item.code)
            if children:
                parts = _sum(figures.get(child.code) for child in children)
                yield from _check("children", item.code, name, column(figures.get(item.code, Figures())), column(parts))
        for side, total in (("income", INCOME_TOTAL), ("expenditure", EXPENDITURE_TOTAL)):
            # 合计 = 小计 + 上级补助 + 下级上解 (支出: 小计 + 补助下级 + 上解上级)
            top = [item for item in scheme.items if item.side == side and item.parent is None]
            parts = _sum(figures.get(item.code) for item in top)
            yield from _check("total", total, name, column(figures[total]), column(parts))
    result = _combine(figures[INCOME_TOTAL], figures[EXPENDITURE_TOTAL]).cumulative
    if balances.opening is not None and result is not None:
        yield from _check("closing", CLOSING, "cumulative", balances.closing, balances.opening + result)
    yield from _check("accounts", CLOSING, "cumulative", balances.closing, balances.accounts)


def _check(
    code: CheckCode,
    key: str,
    column: str,
    stated: int | None,
    computed: int | None,
) -> Iterable[CrossCheck]:
    if stated is not None and computed is not None:
        yield CrossCheck(code, key, column, stated, computed)


# --- published tables


@dataclass(frozen=True, slots=True)
class ClosingIdentity:
    """Whether a published row closes: its own closing balance and what its other columns make it, in its own unit.

    ``computed`` and ``difference`` are None when an opening, income, expenditure or closing figure is missing.
    ``closed`` is None then, False for 未对平 with the amount in ``difference``.
    """

    closing: Decimal | None
    computed: Decimal | None
    difference: Decimal | None
    closed: bool | None


def closing_identity(
    *,
    opening: Decimal | None,
    income: Decimal | None,
    expenditure: Decimal | None,
    closing: Decimal | None,
    from_above: Decimal | None = None,
    from_below: Decimal | None = None,
    to_below: Decimal | None = None,
    to_above: Decimal | None = None,
    tolerance: Decimal = Decimal(0),
) -> ClosingIdentity:
    """opening + own income + from_above + from_below − own expenditure − to_below − to_above = closing, never forced.

    Transfers that the source does not publish count as nothing, so a source that lacks them may not close.
    ``tolerance`` is for rounded figures: half a last digit per figure summed.
    """
    if opening is None or income is None or expenditure is None or closing is None:
        return ClosingIdentity(closing, None, None, None)
    received = income + (from_above or Decimal(0)) + (from_below or Decimal(0))
    spent = expenditure + (to_below or Decimal(0)) + (to_above or Decimal(0))
    computed = opening + received - spent
    difference = closing - computed
    return ClosingIdentity(closing, computed, difference, abs(difference) <= tolerance)
