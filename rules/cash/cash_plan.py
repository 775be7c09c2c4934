"""Cash plan 资金计划: what is liquid at each month's end beside the next month's use, and what may lie in deposits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from rules.calculators.records import (
    Amount,
    Count,
    Fen,
    FromProfile,
    Items,
    NonNegative,
    PositiveAmount,
    Ratio,
    Step,
)
from rules.calendar import WorkingCalendar
from rules.errors import refused
from rules.money import product, round_half_up, split_largest_remainder, yuan_text
from rules.month import Month

TITLE = "Cash plan 资金计划"
ARTICLE = "苏政发〔2020〕45号 二（二）2; 晋政发〔2019〕4号 二（一）; 吉政发〔2020〕20号 三（二）"
ASSUMED = (
    "the floor; how much of a month is still in the treasury at its end; the proposed terms, what lies longest in equal"
    " parts of each; the documents ask for payment in full and in time only"
)
TERMS = (3, 6, 12, 24, 36)  # months


@dataclass(frozen=True, slots=True)
class Flow:
    """One month ahead, ``code`` as 2026-11. ``collected``: into the treasury; ``quarterly``: into local fiscal accounts;
    ``direct``: 直接入户; ``difference``: what the whole income expected is more than its items, each expected by itself;
    ``disbursed``: 拨付 that leaves in the month; ``paid``: 发放 out of the expenditure accounts; ``remitted``: 上解上级."""

    code: str
    collected_fen: Fen
    quarterly_fen: Fen
    direct_fen: Fen
    difference_fen: Fen
    disbursed_fen: Amount
    paid_fen: Fen
    remitted_fen: Fen


@dataclass(frozen=True, slots=True)
class Held:
    """A deposit or bond of the province and the month in which it matures."""

    code: str
    matures: str
    amount_fen: PositiveAmount


@dataclass(frozen=True, slots=True)
class Redeposit:
    """What is put into a new deposit in a month, and the month in which that matures: decided on when the deposit of
    ``code`` matures, or ``made`` already since the opening."""

    code: str
    month: str
    matures: str
    amount_fen: PositiveAmount
    made: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """The balances at the opening, and the months after it without gaps. ``use_after_fen``: the use of the month after
    the last; ``transit_share``: of a month's collection, what is still in the treasury at its end; ``placed_in``: the
    month in which new deposits could be made, the first where it is left out; proposals are whole multiples of ``unit_fen``."""

    liquid_fen: Fen
    treasury_fen: Fen
    local_fen: Fen
    expenditure_fen: Fen
    deposits_fen: Fen
    other_fen: Fen
    months: Annotated[tuple[Flow, ...], Items(unique="code")]
    use_after_fen: Fen
    transit_share: Ratio
    floor_months: Annotated[NonNegative, FromProfile("cash_floor_months")]
    held: Annotated[tuple[Held, ...], Items(minimum=0, unique="code")] = ()
    redeposits: Annotated[tuple[Redeposit, ...], Items(minimum=0, unique="code")] = ()
    quarterly_days: Annotated[Count, FromProfile("quarterly_pooling_days", optional=True)] = 15
    placed_in: str | None = None
    unit_fen: PositiveAmount = 10**9


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """A month of the plan: opening + pooled + local_pooled + direct + difference + matured − disbursed − remitted −
    redeposited = closing; ``next_use``: what the next month disburses and remits; the last five: the other accounts."""

    code: str
    opening_fen: Fen
    pooled_fen: Fen
    local_pooled_fen: Fen
    direct_fen: Fen
    difference_fen: Fen
    matured_fen: Amount
    disbursed_fen: Amount
    remitted_fen: Fen
    redeposited_fen: Amount
    closing_fen: Fen
    next_use_fen: Fen
    margin_fen: Fen
    treasury_fen: Fen
    local_fen: Fen
    expenditure_fen: Fen
    deposits_fen: Fen
    total_fen: Fen


@dataclass(frozen=True, slots=True)
class Mend:
    """What is left undone (``redeposit``) or taken back early (``redeem``) of a deposit, and the month that it mends."""

    kind: Literal["redeposit", "redeem"]
    code: str
    month: str
    amount_fen: PositiveAmount


@dataclass(frozen=True, slots=True)
class Rung:
    term_months: int
    amount_fen: Amount


@dataclass(frozen=True, slots=True)
class Result:
    """``short_month``: the first that does not hold, by ``short_fen``; ``uncovered_fen``: what no deposit mends.
    ``available_fen``: what the month of placing has above the floor and the next month's use, ``kept_fen`` of it later
    months need."""

    months: tuple[MonthEnd, ...]
    floor_fen: Amount
    mends: tuple[Mend, ...]
    uncovered_fen: Amount
    available_fen: Amount
    ladder: tuple[Rung, ...]
    kept_fen: Amount
    steps: tuple[Step, ...]
    short_month: str | None = None
    short_fen: Amount | None = None


def disbursed_in(month: Month, by: date, days_ahead: int, calendar: WorkingCalendar) -> Month:
    """The month in which a month's money leaves the provincial account: so many working days before the day by which it
    is due, which before a holiday may be the month before."""
    day = calendar.last_working(by)
    for _ in range(days_ahead):
        day = calendar.last_working(day - timedelta(days=1))
    return min(Month.of(day), month)


def calculate(case: Case) -> Result:
    """The plan of the months given with what is decided; its first month that does not hold and the least that mends it;
    and a ladder of further deposits that leaves every month the floor and the next month's use.

    苏政发〔2020〕45号 二（二）2; 晋政发〔2019〕4号 二（一）; 吉政发〔2020〕20号 三（二）: the money is paid in full and in time.
    """
    months = _months(case)
    ends = month_ends(case, months)
    out = sum(end.disbursed_fen + end.remitted_fen for end in ends)
    floor = max(0, round_half_up(product(case.floor_months, out) / len(ends)))
    mends, uncovered = _mended(case, months, [end.margin_fen for end in ends])
    at = _index(months, case.placed_in, "placed_in") if case.placed_in else 0
    spare = [end.closing_fen - max(floor, end.next_use_fen) for end in ends]
    available = max(0, spare[at])
    ladder = _ladder(spare[at:], case.unit_fen)
    kept = available - sum(rung.amount_fen for rung in ladder)
    short = next((end for end in ends if end.margin_fen < 0), None)
    return Result(
        ends,
        floor,
        mends,
        uncovered,
        available,
        ladder,
        kept,
        tuple(_steps(case, ends, floor)),
        None if short is None else short.code,
        None if short is None else -short.margin_fen,
    )


def _months(case: Case) -> list[Month]:
    """The months of the plan. Raises InputError where one does not follow on the one before."""
    found: list[Month] = []
    for at, flow in enumerate(case.months):
        month = _month(flow.code, f"months[{at}].code")
        if found and month != found[-1].plus(1):
            raise refused(f"months[{at}].code", flow.code, f"the month after {found[-1].iso}")
        found.append(month)
    return found


def _month(text: str, path: str) -> Month:
    month = Month.parse(text)
    if month is None:
        raise refused(path, text, "a month such as 2026-11")
    return month


def _index(months: Sequence[Month], text: str, path: str) -> int:
    month = _month(text, path)
    if month not in months:
        raise refused(path, text, f"a month from {months[0].iso} to {months[-1].iso}")
    return months.index(month)


def month_ends(case: Case, months: Sequence[Month]) -> tuple[MonthEnd, ...]:
    """Each month's flows and the balances at its end, with the redeposits as they are decided."""
    matured, placed = _deposits(case, months)
    handed = _quarterly(case, months)
    ends: list[MonthEnd] = []
    closing, treasury, local = case.liquid_fen, case.treasury_fen, case.local_fen
    expenditure, deposits = case.expenditure_fen, case.deposits_fen
    uses = [flow.disbursed_fen + flow.remitted_fen for flow in case.months[1:]] + [case.use_after_fen]
    for at, flow in enumerate(case.months):
        opening, left = closing, round_half_up(product(case.transit_share, flow.collected_fen))
        pooled, treasury = treasury + flow.collected_fen - left, left
        local += flow.quarterly_fen - handed[at]
        came = pooled + handed[at] + flow.direct_fen + flow.difference_fen + matured[at]
        closing = opening + came - flow.disbursed_fen - flow.remitted_fen - placed[at]
        expenditure += flow.disbursed_fen - flow.paid_fen
        deposits += placed[at] - matured[at]
        ends.append(
            MonthEnd(
                flow.code,
                opening,
                pooled,
                handed[at],
                flow.direct_fen,
                flow.difference_fen,
                matured[at],
                flow.disbursed_fen,
                flow.remitted_fen,
                placed[at],
                closing,
                uses[at],
                closing - uses[at],
                treasury,
                local,
                expenditure,
                deposits,
                closing + treasury + local + expenditure + deposits + case.other_fen,
            )
        )
    return tuple(ends)


def _deposits(case: Case, months: Sequence[Month]) -> tuple[list[int], list[int]]:
    """By month: what matures, new deposits that mature within the plan among it, and what is put into new ones."""
    matured, placed = [0] * len(months), [0] * len(months)
    for number, held in enumerate(case.held):
        month = _month(held.matures, f"held[{number}].matures")
        if month in months:
            matured[months.index(month)] += held.amount_fen
    for number, one in enumerate(case.redeposits):
        at = _index(months, one.month, f"redeposits[{number}].month")
        placed[at] += one.amount_fen
        until = _month(one.matures, f"redeposits[{number}].matures")
        if until <= months[at]:
            raise refused(f"redeposits[{number}].matures", one.matures, f"a month after {one.month}")
        if until in months:
            matured[months.index(until)] += one.amount_fen
    return matured, placed


def _quarterly(case: Case, months: Sequence[Month]) -> list[int]:
    """By month: what local fiscal accounts hand up, each quarter's receipts within the days after it."""
    handed = [0] * len(months)
    received = [(months[0].plus(-1), case.local_fen)]
    received += [(month, flow.quarterly_fen) for month, flow in zip(months, case.months, strict=True)]
    for month, fen in received:
        quarter = Month.at(month.year, -(-month.number // 3) * 3)
        due = Month.of(quarter.last + timedelta(days=case.quarterly_days))
        if due in months:
            handed[months.index(due)] += fen
    return handed


@dataclass(slots=True)
class _Reserve:
    """A deposit that could mend months from ``since`` up to the one before ``until``, and what is left of it."""

    kind: Literal["redeposit", "redeem"]
    code: str
    month: str
    since: int
    until: int
    left_fen: int


def _mended(case: Case, months: Sequence[Month], margins: list[int]) -> tuple[tuple[Mend, ...], int]:
    """The least that makes every month hold, month by month: new deposits are left undone first, the one that would
    have lain longest before others; then deposits are taken back early; the rest is uncovered."""
    reserves = _reserves(case, months)
    found: dict[tuple[str, str], Mend] = {}
    uncovered = 0
    for at, month in enumerate(months):
        while margins[at] < 0:
            fit = [one for one in reserves if one.left_fen > 0 and one.since <= at < one.until]
            if not fit:
                uncovered -= margins[at]
                margins = [*margins[:at], *(fen - margins[at] for fen in margins[at:])]
                break
            best = max(fit, key=lambda one: (one.kind == "redeposit", one.until, one.since))
            taken = min(best.left_fen, -margins[at])
            best.left_fen -= taken
            margins = [fen + taken * (at <= n < best.until) for n, fen in enumerate(margins)]
            before = found.get((best.kind, best.code))
            amount = taken + (before.amount_fen if before else 0)
            undone = best.month if best.kind == "redeposit" else month.iso
            found[best.kind, best.code] = Mend(best.kind, best.code, before.month if before else undone, amount)
    return tuple(found.values()), uncovered


def _reserves(case: Case, months: Sequence[Month]) -> list[_Reserve]:
    """What is to be deposited and could be left undone, and what lies in deposits and could be taken back."""

    def place(text: str) -> int:
        month = _month(text, "matures")
        return months.index(month) if month in months else len(months) + (month > months[-1]) * (month - months[-1])

    found = [
        _Reserve(
            "redeem" if one.made else "redeposit",
            one.code,
            one.month,
            place(one.month),
            place(one.matures),
            one.amount_fen,
        )
        for one in case.redeposits
    ]
    later = [held for held in case.held if _month(held.matures, "matures") >= months[0]]
    return found + [_Reserve("redeem", one.code, one.matures, 0, place(one.matures), one.amount_fen) for one in later]


def _ladder(spare: Sequence[int], unit_fen: int) -> tuple[Rung, ...]:
    """Amounts by term, all made in the first month of ``spare``: as much as no month before each one's end lacks."""

    def free(months: int) -> int:
        return max(0, min(spare[:months])) // unit_fen

    short = [term for term in TERMS if term < len(spare)]
    long = [term for term in TERMS if term >= len(spare)]
    least = free(len(spare))
    parts = split_largest_remainder(least, {f"{term:03d}": 1 for term in long})
    amounts = {term: parts[f"{term:03d}"] for term in long}
    for term in sorted(short, reverse=True):
        amounts[term] = free(term) - least
        least = free(term)
    return tuple(Rung(term, amounts[term] * unit_fen) for term in TERMS)


def _steps(case: Case, ends: Sequence[MonthEnd], floor: int) -> list[Step]:
    """The working of each month, and of the floor."""
    steps = [
        Step(
            end.code,
            f"月初 {yuan_text(end.opening_fen)} + 归集 {yuan_text(end.pooled_fen)} + 地方上划 {yuan_text(end.local_pooled_fen)}"
            f" + 直接入户 {yuan_text(end.direct_fen)} + 推算差额 {yuan_text(end.difference_fen)}"
            f" + 到期 {yuan_text(end.matured_fen)} − 拨付 {yuan_text(end.disbursed_fen)}"
            f" − 上解 {yuan_text(end.remitted_fen)} − 转存 {yuan_text(end.redeposited_fen)}"
            f" = 月末 {yuan_text(end.closing_fen)}；下月用款 {yuan_text(end.next_use_fen)}，余缺 {yuan_text(end.margin_fen)}",
        )
        for end in ends
    ]
    text = f"留底 {case.floor_months}个月 × 月均用款 = {yuan_text(floor)}"
    return [*steps, Step(None, text)]
