"""What 编制与下达 shows of the registers: the round chosen, its amounts by region, item and stage, and the books behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from dashboard.site.reading import Reading
from dashboard.words.passport import About, Figure
from dashboard.words.wording import N_, _
from data_access.books.funds import load_deposits
from data_access.books.plans import Plans
from data_access.books.statistics import load_statistics
from rules.budget.procedure import ProcedureStep, procedure
from rules.budget.proposal import deviation
from rules.errors import NotInForce, ProfileError
from rules.month import Month
from rules.scheme import Side
from workflows.budget.proposals import Books, planned_units
from workflows.budget.register import DONE, DRAFTING, BudgetFigure, BudgetRound, Reply, load_rounds, total

STAGES = {
    "before": N_("上年预算"),
    "proposed": N_("测算数"),
    "drafted": N_("一下数"),
    "wanted": N_("要求增减"),
    "second": N_("二下数"),
    "issued": N_("下达数"),
    "adjusted": N_("调整后"),
}
# From which step on the second figures stand beside the drafted ones.
AFTER_REPLIES = ("second", "review", "check", "government", "congress", "issue", "receive", DONE)


@dataclass(frozen=True)
class Budget:
    """One round as a reader looks at it. ``steps`` is its procedure, ``units`` those that answer and receive it."""

    reading: Reading
    one: BudgetRound
    steps: tuple[ProcedureStep, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(step.code for step in self.steps)

    @property
    def replies(self) -> bool:
        """Whether the procedure asks the units."""
        return "reply" in self.codes

    @property
    def due(self) -> date | None:
        """The last day for replies."""
        return next((step.due for step in self.steps if step.code == "reply"), None)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units in the region looked at that answer and receive it."""
        inside = frozenset(self.reading.tree.subtree(self.reading.region))
        return tuple(unit for unit in self.one.units(self.reading.tree.root) if unit in inside)

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """The regions below with figures, and the province itself for what it manages."""
        own = (self.reading.region,) if self.reading.region in self.one.regions else ()
        below = [code for code in self.reading.children() if self.within(code)]
        return (*below, *own) if below else ()

    def within(self, region: str) -> tuple[str, ...]:
        """The regions with figures at or below one."""
        return self._within(region) if region != self.reading.tree.root else self.one.regions

    def _within(self, region: str) -> tuple[str, ...]:
        inside = frozenset(self.reading.tree.subtree(region))
        return tuple(code for code in self.one.regions if code in inside)

    @cached_property
    def plans(self) -> Plans:
        return self.reading.running.snapshot.plans

    @property
    def put_out(self) -> bool:
        """Whether the draft was put to the units: a city sees nothing before."""
        return self.one.state in AFTER_REPLIES or self.one.state == "reply"

    @property
    def shown(self) -> bool:
        """Whether the reader may see it: the province from the first draft, a city what was put to it or issued."""
        if self.reading.sees_siblings:
            return True
        return self.put_out if self.replies else self.one.state in ("receive", DONE)

    # --- amounts

    def amount(self, regions: Collection[str], items: Collection[str], stage: str) -> int | None:
        """The sum of a stage over some regions and items; None where nothing is known."""
        chosen = (self.one.figures.get((region, item)) for region in regions for item in items)
        return total(self._amount(figure, stage) for figure in chosen if figure is not None)

    def deviation(self, regions: Collection[str], items: Collection[str]) -> Fraction | None:
        """偏离测算% of a draft; None where nothing is proposed to differ from, or something is drafted without a proposal."""
        pairs = ((region, item) for region in regions for item in items)
        figures = [self.one.figures[pair] for pair in pairs if pair in self.one.figures]
        drafted = total(one.drafted_fen for one in figures)
        if drafted is None or any(one.proposed_fen is None and one.drafted_fen for one in figures):
            return None
        share = deviation(drafted, total(one.proposed_fen for one in figures) or 0)
        return None if share is None else share * 100

    def _amount(self, figure: BudgetFigure, stage: str) -> int | None:
        match stage:
            case "before":
                year = self.one.year - 1
                return self.plans.adjusted(figure.region, figure.item, year, date(year, 12, 31))
            case "proposed":
                return figure.proposed_fen
            case "drafted":
                return figure.drafted_fen
            case "wanted":
                wanted = self._wanted(figure.region).get(figure.item)
                return None if wanted is None or figure.drafted_fen is None else wanted[0] - figure.drafted_fen
            case "second":
                return figure.final_fen if self.one.state in AFTER_REPLIES else None
            case "issued":
                rows = self.plans.rows.get((self.one.year, figure.region, figure.item), ())
                return next((row.amount_fen for row in rows if row.version == self.one.version), None)
            case "adjusted":
                return self.plans.adjusted(figure.region, figure.item, self.one.year, self.reading.today)
        raise ValueError(stage)

    def _wanted(self, region: str) -> Mapping[str, tuple[int, str]]:
        """What a unit wants otherwise, by item."""
        reply = self.answers.get(region)
        return {} if reply is None else reply.wanted

    @cached_property
    def answers(self) -> Mapping[str, Reply]:
        """The replies, by unit."""
        found = (
            ((unit, self.one.reply(unit)) for unit in self.one.units(self.reading.tree.root)) if self.replies else ()
        )
        return {unit: reply for unit, reply in found if reply is not None}

    def stage_name(self, stage: str) -> str:
        """What a stage is called; where nobody is asked the draft is no 一下."""
        return _("草案数") if stage == "drafted" and not self.replies else _(STAGES[stage])

    def items(self, side: Side | None = None) -> tuple[str, ...]:
        """The items of a side in the order of the form."""
        known = set(self.one.items)
        listed = self.reading.scheme.items
        return tuple(item.code for item in listed if item.code in known and side in (None, item.side))

    def planned(self, regions: Collection[str], side: Side) -> tuple[str, ...]:
        """Of the items those with an amount in some regions; while the draft is open also those that may get one."""
        drafting = self.one.state == DRAFTING
        return tuple(
            item
            for item in self.items(side)
            if any(
                figure.final_fen is not None or drafting
                for region in regions
                if (figure := self.one.figures.get((region, item))) is not None
            )
        )

    def stages(self) -> tuple[str, ...]:
        """The stages that the round has, in order."""
        left_out = set() if self.replies and self.put_out else {"wanted"}
        if not self.replies or self.one.state not in AFTER_REPLIES:
            left_out.add("second")
        if self.one.adjustment:
            left_out |= {"before", "proposed", "wanted"}
        if not self.one.taken_in:
            left_out.add("issued")
        if all(figure.proposed_fen is None for figure in self.one.figures.values()):
            left_out.add("proposed")
        rows = self.plans.rows.items()
        if self.one.adjustment or not any(key[0] == self.one.year and given[-1].version for key, given in rows):
            left_out.add("adjusted")
        return tuple(stage for stage in STAGES if stage not in left_out)

    @cached_property
    def about(self) -> About:
        """What its figures have in common: its year, as it stands now."""
        return replace(self.reading.about_now, period=str(self.one.year))

    def figure(self, what: str, value: object, part: str, place: str | None = None) -> Figure:
        """A figure of the round; those of an adjustment are told from those of the budget."""
        own = f"{part}.{self.one.version}" if self.one.adjustment else part
        return self.about.figure(f"budget.{what}", value, part=own, place=place)  # type: ignore[arg-type]


def budget_of(reading: Reading, one: BudgetRound) -> Budget | None:
    """A round with its procedure; None where the profile has none for its year, or it is not put to the reader yet."""
    try:
        steps = procedure(reading.scheme, one.year, adjustment=one.adjustment)
    except (NotInForce, ProfileError):
        return None
    found = Budget(reading, one, steps)
    return found if found.shown else None


def budgets(reading: Reading, *, adjustments: bool = False) -> tuple[Budget, ...]:
    """The rounds that the reader may see, the newest first."""
    every: Iterable[BudgetRound] = reading.ask(load_rounds, reading.scheme.code)
    made = (budget_of(reading, one) for one in every if one.adjustment == adjustments)
    shown = (one for one in made if one is not None)
    return tuple(sorted(shown, key=lambda one: (one.one.year, one.one.version), reverse=True))


def chosen(reading: Reading, found: tuple[Budget, ...]) -> Budget | None:
    """The one named by the view, else the newest."""
    named = next((one for one in found if one.one.number == reading.view.show), None)
    return named or (found[0] if found else None)


def books_of(reading: Reading, year: int) -> Books | None:
    """What a budget is worked out from: the last signed month, else the last there is; None without one."""
    snapshot = reading.running.snapshot
    month = snapshot.closes[-1].month if snapshot.closes else snapshot.month
    if month is None:
        return None
    code, version = reading.scheme.code, snapshot.version.id
    return Books(
        reading.scheme,
        snapshot.facts,
        snapshot.plans,
        reading.ask(load_statistics, code, reading.tree, version),
        reading.ask(load_deposits, code, version),
        planned_units(snapshot.plans, year),
        year,
        Month(month),
    )
