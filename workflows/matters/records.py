"""A matter 事项: one thing that people work on by turns, whatever register it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from rules.alerts.threshold import Level


class Kind(StrEnum):
    """What a matter is: a case of warnings, an instruction or what a meeting decided, a problem of 问题台账, an item of
    the management gap, an issue of a briefing, a change of limits, a delivery, a month to be signed, a step of
    用款计划 or what of it was not paid out, a deposit that matures, a day of the statutory calendar, a month's books to
    be signed or an item of them,
    a budget, a month of the income plan to be compared or a report on one."""

    CASE = "case"
    INSTRUCTION = "instruction"
    ISSUE = "issue"
    GAP = "gap"
    BRIEFING = "briefing"
    LIMITS = "limits"
    DELIVERY = "delivery"
    MONTH = "month"
    FUNDS = "funds"
    DEPOSIT = "deposit"
    DEADLINE = "deadline"
    RECONCILING = "reconciling"
    BUDGET = "budget"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a matter's course. Of the system (``login`` ""): ``step`` is ``told:KIND`` as the workflow names it."""

    at: datetime
    login: str
    name: str
    step: str
    text: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a matter waits for: a stage of the table, until when (None: no day is set), for whom by name or as
    ``REGION/DEPARTMENT`` where the matter names them, and who may not do it, having done the step before (four eyes)."""

    stage: str
    due: datetime | None = None
    to: str = ""
    but: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter as it stands. ``region`` is its place, ``level`` none outside warnings; ``waiting`` empty once it is
    done; ``steps`` oldest first. ``record``: the case, item … itself, ``departments`` those that can act on it."""

    kind: Kind
    scheme: str
    number: str
    region: str
    level: Level
    waiting: tuple[Waiting, ...]
    steps: tuple[Step, ...]
    opened_at: datetime
    record: Any
    departments: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name in marks and addresses: case.2026-0117, gap.jiangsu-pension.26-05."""
        several = (
            Kind.ISSUE,
            Kind.GAP,
            Kind.MONTH,
            Kind.FUNDS,
            Kind.DEPOSIT,
            Kind.DEADLINE,
            Kind.RECONCILING,
            Kind.BUDGET,
            Kind.REVIEW,
        )
        own = self.kind in several
        return f"{self.kind}.{self.scheme}.{self.number}" if own else f"{self.kind}.{self.number}"

    @property
    def latest(self) -> Step | None:
        return self.steps[-1] if self.steps else None

    @property
    def moved_at(self) -> datetime:
        """When the last thing happened to it."""
        return self.steps[-1].at if self.steps else self.opened_at

    @property
    def due(self) -> datetime | None:
        return min((one.due for one in self.waiting if one.due is not None), default=None)

    def touched_by(self, login: str) -> bool:
        """Whether a person did one of its steps: signed, gave on, instructed, noted it."""
        return any(step.login == login for step in self.steps)
