"""What 编制与下达 and 调整 give to the page 预算执行."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dashboard.components.table import Table
from dashboard.pages.budget.drafting.acts import ACTS as ACTS
from dashboard.pages.budget.drafting.adjustments import adjusted_table, adjustment_table, adjustments_page
from dashboard.pages.budget.drafting.document import plan_document
from dashboard.pages.budget.drafting.drawer import below_table, budget_drawer as budget_drawer
from dashboard.pages.budget.drafting.page import ISSUE, TAB as TAB, drafting_page
from dashboard.pages.budget.drafting.reading import Budget, budgets, chosen
from dashboard.pages.budget.drafting.tables import item_table, step_table, unit_table
from dashboard.site.page import of_months
from dashboard.site.reading import Reading


def _of_round(
    build: Callable[[Budget], Table | None], *, adjustments: bool = False
) -> Callable[[Reading], Table | None]:
    """A table of the round chosen; None where there is none."""

    def made(reading: Reading) -> Table | None:
        adjusting = adjustments or reading.view.tab == "adjustments"
        found = chosen(reading, budgets(reading, adjustments=adjusting)) if reading.has_months else None
        return None if found is None else build(found)

    return made


PAGES = {TAB: drafting_page, "adjustments": adjustments_page}
TABLES: Mapping[str, Callable[[Reading], Table | None]] = {
    "budget-units": _of_round(lambda found: unit_table(found) if found.rows else None),
    "budget-items": _of_round(item_table),
    "budget-steps": _of_round(step_table),
    "budget-item-regions": _of_round(lambda found: below_table(found, found.reading.view.item)),
    "budget-adjustments": of_months(adjustment_table),
    "budget-adjusted": _of_round(adjusted_table, adjustments=True),
}
DOCUMENTS = {ISSUE: plan_document}
