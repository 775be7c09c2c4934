"""Indicators that rest on the registers people keep: the management gap, problems not put right.

A register may change any month of its year, so every recent month of the regions that stand in it is computed at every
version; only what changed is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from data_access.books.regions import RegionTree
from monitoring.indicators.figures import MONTHS, ComputedValue, Figures
from rules.calendar import month_end
from rules.indicators import INDICATORS
from rules.month import SHANGHAI, Month
from rules.scheme import MANAGEMENT_GAP
from workflows.gap.register import GapItem, Settlement, load_gap_items, load_settlements
from workflows.issues.register import Issue, load_violations

# From the assessment on; a lead may come to nothing, and what was taken back counts no more.
RECOGNISED = ("assessed", "signing", "determined", "told", "settled")


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers of a scheme as they stand."""

    items: tuple[GapItem, ...]
    settlements: tuple[Settlement, ...]
    violations: tuple[Issue, ...]

    def regions(self, tree: RegionTree) -> frozenset[str]:
        """Regions that stand in a register, and those above them."""
        named = {item.region for item in self.items} | {one.region for one in self.violations}
        return frozenset(node for region in named if region in tree for node in tree.path(region))


def load_registers(connection: Connection, scheme: str) -> Registers:
    return Registers(
        load_gap_items(connection, scheme), load_settlements(connection, scheme), load_violations(connection, scheme)
    )


def management(figures: Figures, region: str, registers: Registers) -> Iterator[ComputedValue]:
    """管理性收支缺口 of the year, as far as assessed by each month's end."""
    inside = set(figures.tree.subtree(region))
    counted = [
        (item.year, _counts_from(item), item.recognised_fen)
        for item in registers.items
        if item.region in inside and item.state in RECOGNISED and item.counted and not item.expected
    ]
    for _index, month in figures.registering(region):
        if not figures.scheme.knows(MANAGEMENT_GAP, month_end(month)):
            continue
        year = Month(month).year
        total = sum(fen for of_year, since, fen in counted if of_year == year and since <= month)
        yield "management_gap", "", month, INDICATORS["management_gap"].value(total_fen=total)
        value = INDICATORS["management_gap_share"].value(
            total_fen=total, income_plan_fen=figures.plans.total(region, "income", year, month_end(month))
        )
        yield "management_gap_share", "", month, value


def _counts_from(item: GapItem) -> int:
    """The month of its year from which on an item counts; one assessed after the year counts in December."""
    assessed = next((step for step in item.steps if step.step == "assess"), None)
    day = (assessed or item.steps[0]).happened_at.astimezone(SHANGHAI).date() if item.steps else date(item.year, 1, 1)
    return min(max(Month.of(day), Month.at(item.year, 1)), Month.at(item.year, MONTHS))


def violations(figures: Figures, region: str, registers: Registers) -> Iterator[ComputedValue]:
    """违规支出追回率 and 未整改问题金额占比: of problems found to be so whose deadline has passed by a month's end.

    Where no problem was ever registered there is nothing to recover: said of the province, left out below it.
    """
    inside = set(figures.tree.subtree(region))
    registered = [one for one in registers.violations if one.region in inside]
    known = [one for one in registered if one.upheld and one.due_on is not None]
    expenditure = figures.expenditure(region)
    for index, month in figures.registering(region):
        day = figures.day(month)
        late = [one for one in known if one.due_on is not None and one.due_on < day]
        if registered or region == figures.tree.root:
            value = INDICATORS["recovery_rate"].value(
                recovered_fen=sum(_recovered(one, day) for one in late if not one.paid_out),
                to_recover_fen=sum(one.to_recover_fen for one in late if not one.paid_out),
            )
            yield "recovery_rate", "", month, value
        still = [one for one in late if one.closed_on is None or one.closed_on > day]
        value = INDICATORS["open_violations_share"].value(
            open_fen=sum(one.amount_fen for one in still), expenditure_12_fen=figures.last_12(expenditure, index)
        )
        yield "open_violations_share", "", month, value


def _recovered(one: Issue, day: date) -> int:
    """What had come back by a day."""
    steps = (step for step in one.steps if step.step == "recover")
    return sum(step.amount_fen or 0 for step in steps if step.happened_at.astimezone(SHANGHAI).date() <= day)
