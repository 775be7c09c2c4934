"""An episode of a warning (预警事件), the silences over it, and what can be done to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from rules.alerts.threshold import Level

# Fractions, because ten minutes are no finite decimal of an hour.
Hours = Fraction | int


class Work(StrEnum):
    """Work state of an episode: 无, 待签收, 处置中, 已反馈待核, 已销号."""

    NONE = "none"
    OPEN = "open"
    HANDLING = "handling"
    SUBMITTED = "submitted"
    CLOSED = "closed"


class Result(StrEnum):
    """How an action ended; anything but ``ok`` changed nothing."""

    OK = "ok"
    CONFLICT = "conflict"
    ALREADY_ACKED = "already_acked"
    INVALID_DUE = "invalid_due"
    FORBIDDEN = "forbidden"
    EVIDENCE_REQUIRED = "evidence_required"
    FOUR_EYES = "four_eyes"
    STILL_FIRING = "still_firing"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Policy:
    """Deadlines in hours: sign for it within ``ack_sla`` or the next of ``max_steps`` superiors is told (督办提醒), be
    reminded every ``repeat`` (催办), act within ``ack_timeout`` of signing. Episodes that never rose above
    ``auto_close_max`` and that nobody has taken up close by themselves when the value recovers.
    """

    ack_sla: Hours = 24
    max_steps: int = 2
    repeat: Hours = 72
    ack_timeout: Hours = 120
    auto_close_max: Level = Level.BLUE


@dataclass(frozen=True, slots=True)
class Silence:
    """Notifications withheld (暂缓提醒) from ``start`` up to, without, ``end``, for levels up to ``max_level``."""

    id: str
    start: Hours
    end: Hours
    max_level: Level = Level.RED


@dataclass(frozen=True, slots=True)
class Condition:
    """The level after an evaluation."""

    level: Level


@dataclass(frozen=True, slots=True)
class Tick:
    """Only the clock."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """签收."""

    by: str


@dataclass(frozen=True, slots=True)
class Assign:
    """转办 to a person, with a deadline or (None) without."""

    by: str
    to: str
    due: Hours | None


@dataclass(frozen=True, slots=True)
class Submit:
    """反馈办理结果 with a number of pieces of evidence."""

    by: str
    evidence: int


@dataclass(frozen=True, slots=True)
class Return:
    """退回补充."""

    by: str


@dataclass(frozen=True, slots=True)
class Close:
    """销号; ``exception`` accepts the risk of a level still reached (经批准暂不处置)."""

    by: str
    exception: bool = False


@dataclass(frozen=True, slots=True)
class StartSilence:
    silence: Silence


@dataclass(frozen=True, slots=True)
class EndSilence:
    id: str


@dataclass(frozen=True, slots=True)
class StartInhibition:
    """Another warning, the source, fires and makes this one redundant."""

    source: str


@dataclass(frozen=True, slots=True)
class EndInhibition:
    source: str


@dataclass(frozen=True, slots=True)
class DisableRule:
    """停用规则."""


PersonAction = Acknowledge | Assign | Submit | Return | Close
Action = PersonAction | Condition | Tick | StartSilence | EndSilence | StartInhibition | EndInhibition | DisableRule


@dataclass(frozen=True, slots=True)
class Episode:
    """One continuous problem and the work on it; ``number`` 0 stands for none yet.

    ``acked_level`` is None when not signed for. ``ladder_start`` and ``ladder_sent`` count the steps of the ladder;
    ``told_at`` is when people were last told of the level; ``overdue_for`` is the due date already called overdue.
    ``made_known``: at least one notification of this episode was really emitted.
    """

    number: int = 0
    work: Work = Work.NONE
    level: Level = Level.NONE
    highest: Level = Level.NONE
    made_known: bool = False
    acked_level: Level | None = None
    acked_at: Hours = 0
    assignee: str | None = None
    due: Hours | None = None
    overdue_for: Hours | None = None
    submitter: str | None = None
    ladder_start: Hours = 0
    ladder_sent: int = 0
    told_at: Hours = 0

    @property
    def acked(self) -> bool:
        return self.acked_level is not None

    @property
    def waiting(self) -> bool:
        """Still firing, not closed (a closed one is an accepted risk) and signed for by nobody."""
        return self.level is not Level.NONE and self.work is not Work.CLOSED and not self.acked


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """The episode with its silences.

    ``was_silenced``: silenced at an earlier step, and since then neither the clock found it otherwise nor an opening,
    refire or escalation was emitted. ``withheld``: one of these three was withheld meanwhile.
    """

    episode: Episode = Episode()
    silences: tuple[Silence, ...] = ()
    inhibited_by: frozenset[str] = frozenset()
    was_silenced: bool = False
    withheld: bool = False

    def silenced(self, t: Hours) -> bool:
        level = self.episode.level
        return bool(self.inhibited_by) or any(
            silence.start <= t < silence.end and level <= silence.max_level for silence in self.silences
        )
