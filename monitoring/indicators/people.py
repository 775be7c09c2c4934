"""Indicators that rest on what is reported beside the ledger: heads, wage bases, what was due, requests for money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection

from data_access.books.requests import Requests, load_requests
from data_access.books.statistics import Statistics, load_statistics
from monitoring.indicators.figures import MONTHS, ComputedValue, Figures, kept_share
from rules.break_even_rate import Case, calculate, reserve_addition
from rules.calendar import month_end, months_before, year_to_date
from rules.errors import NotInForce
from rules.in_force import case
from rules.indicators import INDICATORS, Value
from rules.month import Month
from rules.movements import Account
from rules.scheme import Scheme

BENEFIT = {"pension": "pension", "work_injury": "benefit"}
# What is collected for the current period: without arrears and what is paid for other years.
CURRENT = {"pension": "premium_current", "work_injury": "premium"}

# The fields of rule break_even_rate's case, kept as inputs so that the rate can be recomputed.
BREAK_EVEN = (
    "expected_expenditure_fen",
    "reserve_addition_fen",
    "other_income_fen",
    "wage_base_fen",
    "collection_rate",
)


@dataclass
class Reported:
    """A scheme's statistics and requests."""

    statistics: Statistics
    requests: Requests
    _at_rates: dict[tuple[str, int], Fraction | None] = field(default_factory=dict)

    def whole(self, region: str, month: int, measure: str) -> int | None:
        """A head-count or an amount of a month."""
        found = self.statistics.value(region, month, measure)
        return None if found is None else int(found)

    def sum(self, region: str, last: int, count: int, measure: str) -> int | None:
        """The sum of several months up to one; None unless every one was reported."""
        months = [months_before(last, back) for back in range(count)]
        found = self.statistics.sum(region, months, measure)
        return None if found is None else int(found)

    def at_rates(self, scheme: Scheme, region: str, month: int) -> Fraction | None:
        """Σ rate in force × base over the units of a region, in fen; None where no base was reported.

        A unit's own rate counts for its own base, so that a local transition stays inside its region.
        """
        key = (region, month)
        if key not in self._at_rates:
            self._at_rates[key] = self._sum_at_rates(scheme, region, month)
        return self._at_rates[key]

    def _sum_at_rates(self, scheme: Scheme, region: str, month: int) -> Fraction | None:
        employer = self.whole(region, month, "wage_base_employer")
        flexible = self.whole(region, month, "wage_base_flexible")
        if employer is None or flexible is None:
            return None
        total = Fraction(0)
        for child in self.statistics.tree.children(region):
            below = self.at_rates(scheme, child, month)
            if below is not None:
                total += below
                employer -= self.whole(child, month, "wage_base_employer") or 0
                flexible -= self.whole(child, month, "wage_base_flexible") or 0
        day = month_end(month).replace(day=1)
        rates = {
            code: Fraction(str(scheme.parameter(code, day, region).value))
            for code in ("employer_rate", "employee_rate", "flexible_rate")
        }
        return total + (rates["employer_rate"] + rates["employee_rate"]) * employer + rates["flexible_rate"] * flexible


def load_reported(connection: Connection, figures: Figures) -> Reported:
    """What was reported, as far back as the months to compute look: to the same month and the end of the year before."""
    scheme, tree = figures.scheme.code, figures.tree
    first = max(figures.recent, min(figures.first.values()))
    since = months_before(min(first, Month.of(figures.as_of)), MONTHS + 1)
    return Reported(load_statistics(connection, scheme, tree, since=since), load_requests(connection, scheme, tree))


def heads(figures: Figures, region: str, reported: Reported) -> Iterator[ComputedValue]:
    """缴费人数同比、参保扩面; 抚养比 and 提前退休 where the fund has retirees."""
    retirees_known = figures.scheme.fund == "pension"
    for _index, month in figures.lately(region):
        contributors, ago = reported.whole(region, month, "contributors"), months_before(month, MONTHS)
        value = INDICATORS["contributor_growth"].value(
            contributors=contributors, contributors_before=reported.whole(region, ago, "contributors")
        )
        yield "contributor_growth", "", month, value
        value = INDICATORS["enrolment_progress"].value(
            participants=reported.whole(region, month, "participants"),
            participants_before=reported.whole(region, months_before(month, Month(month).number), "participants"),
            participants_plan=reported.whole(region, month, "participants_plan"),
            schedule_share=figures.schedule(month),
        )
        yield "enrolment_progress", "", month, value
        if retirees_known:
            retirees = reported.whole(region, month, "retirees")
            value = INDICATORS["dependency_ratio"].value(contributors=contributors, retirees=retirees)
            yield "dependency_ratio", "", month, value
            value = INDICATORS["early_retirement_share"].value(
                early=reported.sum(region, month, MONTHS, "early_retirees"),
                newly=reported.sum(region, month, MONTHS, "new_retirees"),
            )
            yield "early_retirement_share", "", month, value


def pensions(figures: Figures, region: str, reported: Reported) -> Iterator[ComputedValue]:
    """人均养老金同比异常 of cities and counties; it moves with the province's growth as well."""
    root = figures.tree.root
    if region == root or figures.scheme.fund != "pension":
        return
    own, whole = figures.item(region, "pension"), figures.item(root, "pension")
    since = max(figures.recent, min(figures.first[region], figures.first[root]))
    for index, month in enumerate(figures.months):
        if month < since:
            continue
        province = _per_head(whole, reported, root, index, month)
        mine = _per_head(own, reported, region, index, month)
        grown = None
        if all(province):
            now, heads_now, before, heads_before = (Fraction(part or 0) for part in province)
            grown = Decimal(kept_share((now / heads_now) / (before / heads_before) - 1)) * 100
        value = INDICATORS["pension_per_head_growth"].value(
            pension_fen=mine[0],
            retirees=mine[1],
            pension_before_fen=mine[2],
            retirees_before=mine[3],
            province_growth=grown,
        )
        yield "pension_per_head_growth", "", month, value


def _per_head(
    amounts: list[int], reported: Reported, region: str, index: int, month: int
) -> tuple[int, int | None, int | None, int | None]:
    """Pensions and retirees of a month and of the same month a year ago."""
    before = amounts[index - MONTHS] if index >= MONTHS else None
    retirees_before = reported.whole(region, months_before(month, MONTHS), "retirees")
    return amounts[index], reported.whole(region, month, "retirees"), before, retirees_before


def collection(figures: Figures, region: str, reported: Reported) -> Iterator[ComputedValue]:
    """征缴率 of the year to date; 实际费率偏差 where the profile lays the rates down."""
    collected = year_to_date(figures.months, figures.item(region, CURRENT[figures.scheme.fund]))
    for index, month in figures.lately(region):
        value = INDICATORS["collection_rate"].value(
            collected_fen=collected[index], due_fen=reported.sum(region, month, Month(month).number, "premium_due")
        )
        yield "collection_rate", "", month, value
        if "employer_rate" in figures.scheme.parameters:
            try:
                yield "effective_rate", "", month, _effective_rate(figures.scheme, region, month, reported)
            except NotInForce:
                continue


def _effective_rate(scheme: Scheme, region: str, month: int, reported: Reported) -> Value:
    employer = reported.whole(region, month, "wage_base_employer")
    flexible = reported.whole(region, month, "wage_base_flexible")
    total = (employer or 0) + (flexible or 0)
    at_rates = reported.at_rates(scheme, region, month)
    return INDICATORS["effective_rate"].value(
        premium_due_fen=reported.whole(region, month, "premium_due"),
        base_employer_fen=employer,
        base_flexible_fen=flexible,
        rate_in_force=None if at_rates is None or total <= 0 else kept_share(at_rates / total),
    )


def payment(figures: Figures, region: str, reported: Reported) -> Iterator[ComputedValue]:
    """未按时足额发放 once the paying day has come, 用款计划偏差."""
    scheme = figures.scheme
    benefits = figures.paid(region, BENEFIT[scheme.fund])
    paid = figures.moved(region, "pay")
    for index, month in figures.lately(region):
        asked = reported.requests.asked(region, month)
        if asked is not None:
            value = INDICATORS["request_deviation"].value(paid_fen=paid[index], asked_fen=asked)
            yield "request_deviation", "", month, value
        if _paying_day(scheme, month) > figures.as_of:
            continue
        value = INDICATORS["unpaid_due"].value(
            due_fen=reported.whole(region, month, "pension_due"),
            paid_fen=benefits[index],
            held_fen=reported.whole(region, month, "pension_held"),
            unpaid_persons=reported.whole(region, month, "pension_unpaid_persons"),
        )
        yield "unpaid_due", "", month, value


def _paying_day(scheme: Scheme, month: int) -> date:
    first = month_end(month).replace(day=1)
    try:
        return first.replace(day=int(str(scheme.parameter("paying_day", first).value)))
    except NotInForce:
        return month_end(month)


def rates(figures: Figures, region: str, reported: Reported) -> Iterator[ComputedValue]:
    """费率差: the average rate against the rate at which the last twelve months would have broken even."""
    scheme, facts = figures.scheme, figures.facts
    if region != figures.tree.root or scheme.fund != "work_injury":
        return
    expenditure, income = figures.expenditure(region), facts.income(region).tolist()
    premium = [
        sum(pair) for pair in zip(figures.item(region, "premium"), figures.item(region, "lump_premium"), strict=True)
    ]
    reserve = facts.account(region, Account.RESERVE).tolist()
    for index, month in figures.lately(region):
        average = reported.statistics.value(region, month, "avg_rate")
        base = reported.sum(region, month, MONTHS, "wage_base_employer")
        spent, received = figures.last_12(expenditure, index), figures.last_12(income, index)
        from_premium = figures.last_12(premium, index)
        made = None
        if base and spent is not None and received is not None and from_premium is not None:
            share = scheme.parameter("reserve_ratio", figures.day(month)).value
            made, _rests_on = case(
                Case,
                scheme,
                figures.day(month),
                expected_expenditure_fen=max(0, spent),
                wage_base_fen=base,
                reserve_addition_fen=reserve_addition(max(0, spent), reserve[index], Decimal(str(share))),
                other_income_fen=max(0, received - from_premium),
            )
        value = INDICATORS["rate_gap"].value(
            average_rate=average,
            break_even_rate=None if made is None else calculate(made).rate,
            **{name: None if made is None else getattr(made, name) for name in BREAK_EVEN},
        )
        yield "rate_gap", "", month, value
