"""What the pages of 缺口分担 read: the general gap of the plan year and the registers, as far as the reader may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import About, Printed
from rules.alerts.threshold import Level
from rules.scheme import MANAGEMENT_GAP, Scheme
from workflows.gap.factors import load_factors
from workflows.gap.general import Changes, GeneralGap, PlanYear, plan_year, share_out
from workflows.gap.register import Credit, GapItem, Settlement, load_credits, load_gap_items, load_settlements
from workflows.people.accounts import Role
from workflows.warnings.standing import standing_subjects

PATH = "/gap"
# Changes that stand for 假如不动用结余.
WITHOUT_SURPLUS = Changes(surplus_share=Decimal(0))


@dataclass(frozen=True, slots=True)
class WhoPays:
    """A plan year: its general gap (None without a plan), and the registers' rows of the regions looked at.

    ``about`` is what the figures of the plan year have in common, ``now`` those of the registers as they stand.
    """

    about: About
    now: About
    year: int
    on: date
    scheme: Scheme
    plan: PlanYear | None
    general: GeneralGap | None
    items: tuple[GapItem, ...]
    settlements: tuple[Settlement, ...]
    credits: tuple[Credit, ...]

    @property
    def manages(self) -> bool:
        """Whether a 管理性缺口 exists here: laid down by the document, or adopted by the province."""
        return self.scheme.knows(MANAGEMENT_GAP, self.on)

    @property
    def without_surplus(self) -> GeneralGap | None:
        """假如不动用结余: the same rule with nothing taken from surplus; None where none is taken anyway."""
        if self.plan is None or self.general is None or not self.general.covered_fen:
            return None
        return share_out(self.plan, self.scheme, WITHOUT_SURPLUS)

    def planned(self, what: str, value: display.Number | None, part: str = "", place: str | None = None) -> Printed:
        """A figure of the plan year, printed; in the province's name unless a place is named."""
        place = (self.plan.root if self.plan else None) if place is None else place
        return display.printed(self.about.figure(what, value, part=part, place=place))

    def registered(
        self, what: str, value: display.Number | None, part: str = "", place: str | None = None, unit: str = "yi"
    ) -> Printed:
        """A figure of the registers as they stand, printed."""
        return display.printed(self.now.figure(what, value, part=part, place=place), unit)

    @property
    def last_year(self) -> About:
        """What the credits have in common: they are of the year before."""
        return replace(self.now, period=str(self.year - 1))

    @property
    def owed(self) -> tuple[Settlement, ...]:
        """What counts as due: not the rows of items taken back."""
        return tuple(one for one in self.settlements if not one.withdrawn)

    @property
    def listed(self) -> tuple[GapItem, ...]:
        """Items without counter-entries and what they take back."""
        return tuple(one for one in self.items if one.state != "withdrawn")

    def owed_for(self, item: GapItem) -> Settlement | None:
        return next((one for one in self.settlements if one.item == item.id), None)


def owing(reading: Reading) -> tuple[Settlement, ...]:
    """Every amount owed of the year looked at, and of earlier years what is not paid yet."""
    year = reading.snapshot.year
    known = reading.ask(load_settlements, reading.scheme.code)
    return tuple(one for one in known if one.year == year or (one.year < year and one.unpaid_fen > 0))


def of_registers(reading: Reading) -> About:
    """What the figures of a year's registers have in common: known now, and of the year looked at."""
    return replace(reading.about_now, period=str(reading.snapshot.year))


def who_pays(reading: Reading) -> WhoPays:
    """The registers as they stand now, the plan as of the day looked at."""
    snapshot, scheme = reading.snapshot, reading.scheme
    year, on = snapshot.year, snapshot.day
    inside = frozenset(reading.tree.subtree(reading.region))
    items = reading.ask(load_gap_items, scheme.code, year)
    settlements = owing(reading)
    credits = reading.ask(load_credits, scheme.code, year - 1)
    factors = reading.ask(load_factors, scheme.code, year)
    left = {one.region: one.left_fen(date(year, 12, 31)) for one in credits}
    plan = plan_year(snapshot.plans, year, on, opening(reading), left, factors)
    return WhoPays(
        replace(reading.about, period=str(year)),
        of_registers(reading),
        year,
        on,
        scheme,
        plan,
        None if plan is None else share_out(plan, scheme),
        tuple(one for one in items if one.region in inside and _shown(reading, one)),
        tuple(one for one in settlements if one.region in inside),
        tuple(one for one in credits if one.region in inside),
    )


def overdue_level(reading: Reading, region: str) -> Level:
    """The warning that stands in a region for overdue gap money."""
    found = reading.ask(standing_subjects, reading.scheme.code)
    of_region = (one.level for one in found if (one.subject.indicator, one.subject.region) == ("gap_overdue", region))
    return next(of_region, Level.NONE)


def _shown(reading: Reading, item: GapItem) -> bool:
    """A local government learns of an item when it is assessed; before, it is a lead under inquiry."""
    return reading.scope.role is not Role.CITY or item.last("assess") is not None or item.corrects is not None


def opening(reading: Reading) -> int:
    """The province's balance at the beginning of the year: what surplus there is; none that is known without openings."""
    snapshot = reading.snapshot
    if not snapshot.facts.opened:
        return 0
    first, root = snapshot.year_start, reading.tree.root
    return int(snapshot.facts.result_balance(root)[first - 1]) if first else snapshot.facts.opening(root)


def with_changes(found: WhoPays, changes: Changes) -> GeneralGap | None:
    """The general gap of a scenario, from the same plan."""
    return None if found.plan is None else share_out(found.plan, found.scheme, changes)
