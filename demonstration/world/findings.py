"""What audits and comparisons found: persons and amounts from the place's own figures, the same in every register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from demonstration.world.places import Place, place
from demonstration.world.spending import WAN_FEN
from demonstration.world.stories import EARLY_RAISE, EARLY_RAISE_COUNTY, RATE_CUT, RATE_CUT_COUNTY
from rules.calculators.reading import read
from rules.calendar import months_before
from rules.management_gap import Case, calculate
from rules.month import Month

SCHEME = "jiangsu-pension"
SEPTEMBER = 9
EXCLUDED = 0.22  # of the raise: relief after a flood by the province's document
RATE_CUT_PAID = 0.48  # handed over by the county so far


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: where, whom it concerns, and what rule management_gap is told of it."""

    region: str
    persons: int
    inputs: Mapping[str, object]

    @property
    def amount_fen(self) -> int:
        """What the rule makes of it."""
        return calculate(read(Case, {"items": [dict(self.inputs)]})).items[0].amount_fen

    def part(self, share: float) -> int:
        """A share of the amount, in whole 万元."""
        return int(self.amount_fen * share) // WAN_FEN * WAN_FEN


def found(today: date) -> dict[str, Found]:
    """Jiangsu's findings of the year, by what they are about."""
    year = today.year
    month = min(months_before(Month.of(today), 1), Month.at(year, SEPTEMBER))
    if month.year < year:  # in January there is no month of the year yet
        month = Month.at(year, 1)

    def at(region: str) -> Place:
        return place(SCHEME, region, month)

    raised, cut = at(EARLY_RAISE_COUNTY), at(RATE_CUT_COUNTY)
    floor, hidden = at("320831"), at("320923")
    return {
        "raise": Found(
            EARLY_RAISE_COUNTY,
            raised.retirees,
            {
                "kind": "pension_raise",
                "headcount": raised.retirees,
                "avg_monthly_pension_yuan": f"{raised.drawn_yuan / (1 + EARLY_RAISE):.2f}",
                "raise_rate": str(EARLY_RAISE),
            },
        ),
        "rate": Found(
            RATE_CUT_COUNTY,
            cut.employees,
            {
                "kind": "rate_cut",
                "headcount": cut.employees,
                "monthly_base_yuan": f"{cut.base_yuan:.2f}",
                "months": month.number,
                "cut": str(-RATE_CUT),
            },
        ),
        "twice": _paid("321281", "over_other", "amount_fen", 31, 27, month),
        "special": _paid("320681", "special_work_early", "paid_fen", 27, 38, month),
        "female": _paid("320722", "early_female_flexible", "paid_fen", 46, 12, month, since="2025-03-01"),
        "other_fund": _paid("321322", "over_other", "amount_fen", 33, 11, month),
        "items": Found("320685", 640, {"kind": "added_items", "paid_fen": 640 * 245 * 12 * 100}),
        "backpay": _backpaid("320500-0", 180, month),
        "floor": Found(
            "320831",
            floor.employees // 16,
            {
                "kind": "base_floor",
                "headcount": floor.employees // 16,
                "monthly_difference_yuan": f"{floor.base_yuan * 0.11:.2f}",
                "months": max(month.number - 1, 1),
                "in_shortfall": True,
            },
        ),
        "hidden": Found(
            "320923",
            hidden.employees // 28,
            {
                "kind": "under_declared",
                "headcount": hidden.employees // 28,
                "monthly_difference_yuan": f"{hidden.base_yuan * 0.14:.2f}",
                "months": max(month.number - 2, 1),
            },
        ),
    }


def paid_to(scheme: str, region: str, persons: int, months: int, month: Month) -> int:
    """What so many persons drew in so many months at the place's own benefit, in fen."""
    return round(persons * months * place(scheme, region, month).drawn_yuan) * 100


def _paid(region: str, kind: str, field: str, persons: int, months: int, month: Month, **more: object) -> Found:
    return Found(region, persons, {"kind": kind, field: paid_to(SCHEME, region, persons, months, month), **more})


def _backpaid(region: str, persons: int, month: Month) -> Found:
    """Pensions on years paid back in a lump sum: lower ones than the place's average."""
    drawn = place(SCHEME, region, month).drawn_yuan
    people = [
        {"backpaid_years": years, "total_years": total, "monthly_pension_yuan": f"{drawn * share:.2f}"}
        for years, total, share in (("6", "15", 0.56), ("9.5", "18", 0.64), ("5", "16", 0.52))
    ]
    return Found(region, persons, {"kind": "lump_sum_backpay", "people": people * (persons // len(people))})
