"""The step of the refresh that judges 预警: limits against the values just published, subject by subject.

It runs right after a version is published, under the same lease, because each warning commits on its own while the
version is one transaction; evaluating one version and threshold set twice changes nothing, so a break-off at any point
is made good by the next run. Cost follows the changes: a subject is folded again only when its value, its limit or
the finality of its months changed, or when it is counting versions.

A warning of a confirmed limit that someone must act on opens an episode, at the place of its cause, in a transaction of
its own with its events, messages and audit row. What is on trial 试运行 or only watched 关注 is kept and shown, and told to nobody.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from data_access.books.regions import RegionTree, load_tree
from data_access.books.versions import Version, reading
from data_access.store.engine import writing
from monitoring.alerts.episodes import commit_alone
from monitoring.alerts.judgement import Judgement, judge, moved_place
from monitoring.scheme_books import ledger_books
from rules.alerts.place import worked_elsewhere
from rules.alerts.threshold import Level, Scope
from rules.indicators import INDICATORS
from rules.scheme import Scheme
from workflows.people.accounts import Account, usable_accounts
from workflows.thresholds.register import ACT, ELSEWHERE, load_register
from workflows.warnings.alerts import (
    EvaluationRun,
    Subject,
    SubjectState,
    add_events,
    last_run,
    lock_states,
    placed,
    record_error,
    save_run,
    save_states,
    states,
    unsettled,
)
from workflows.warnings.episodes import last_episode
from workflows.warnings.observations import Key, Series, changed_keys, keys_of, live_series, load_months, month_series
from workflows.warnings.telling import Audience
from workflows.warnings.working_clock import working_clock

TOGETHER = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What one evaluation did: subjects folded, how many of them changed their warning, how many failed."""

    subjects: int = 0
    told: int = 0
    failed: int = 0

    def __add__(self, other: Evaluated) -> Evaluated:
        return Evaluated(self.subjects + other.subjects, self.told + other.told, self.failed + other.failed)


def evaluate_alerts(engine: Engine, version: Version, now: datetime, *, channels: Sequence[str] = ()) -> Evaluated:
    """Judge every scheme's subjects at a published version. ``channels``: those a warning is told through.

    A subject that fails is recorded and tried again by the next run; it stops no other.
    """
    with reading(engine) as connection:
        schemes = [books.scheme for books in ledger_books(connection)]
    done = Evaluated()
    for scheme in schemes:
        done += _Evaluation(engine, scheme, version, now, tuple(channels)).run()
    return done


class _Evaluation:
    """One scheme at one version."""

    def __init__(
        self, engine: Engine, scheme: Scheme, version: Version, now: datetime, channels: Sequence[str]
    ) -> None:
        self.engine, self.scheme, self.version, self.now = engine, scheme, version, now
        self.channels = channels
        self.elsewhere: set[Subject] = set()

    def run(self) -> Evaluated:
        with reading(self.engine) as connection:
            self.register = load_register(connection)
            last = last_run(connection, self.scheme.code)
            if not self.register.number or (last is not None and not self._is_news(last)):
                return Evaluated()
            self.tree: RegionTree = load_tree(connection, self.scheme)
            self.accounts: tuple[Account, ...] = usable_accounts(connection, self.now)
            self.clock = working_clock(connection)
            self.months = load_months(connection, self.scheme, self.version.as_of)
            keys = {key for key in self._touched(connection, last) if self._applies(key)}
            series = self._series(connection, keys)
            subjects = [
                Subject(self.scheme.code, indicator, rule, region, part)
                for indicator, region, part in sorted(series)
                for rule in self.register.rules(indicator)
                # A rule made for other schemes or regions alone does not exist here.
                if self.register.matching(self._scope(indicator, region), rule)
            ]
            known = states(connection, self.scheme.code, subjects)
        done = self._evaluate(subjects, known, series)
        with writing(self.engine) as connection:
            run = EvaluationRun(
                self.scheme.code, self.version.id, self.register.number, self.months.text, done.subjects, done.failed
            )
            save_run(connection, run, self.now)
        return done

    def _is_news(self, last: EvaluationRun) -> bool:
        """Whether this pair of version and threshold set is later than the last one gone through, in both or either."""
        if self.version.id < last.data_version or self.register.number < last.threshold_set:
            log.info("version %s of %s is older than the one judged", self.version.id, self.scheme.code)
            return False
        return (self.version.id, self.register.number) != (last.data_version, last.threshold_set) or last.failed > 0

    # --- which subjects

    def _touched(self, connection: Connection, last: EvaluationRun | None) -> set[Key]:
        monitored = {code for code in INDICATORS if self.register.rules(code)}
        if last is None:
            return keys_of(connection, self.scheme.code, monitored, self.version)
        live = {code for code in monitored if INDICATORS[code].period == "live"}
        anew = self.register.changed_since(last.threshold_set)
        if last.months != self.months.text:
            anew |= monitored - live
        found = changed_keys(connection, self.scheme.code, last.data_version, self.version)
        found |= unsettled(connection, self.scheme.code, live)
        return found | (keys_of(connection, self.scheme.code, anew, self.version) if anew else set())

    def _applies(self, key: Key) -> bool:
        indicator, region, _ = key
        known = indicator in INDICATORS and region in self.tree and self.register.rules(indicator)
        return bool(known) and self.tree.region(region).level in INDICATORS[indicator].levels

    def _scope(self, indicator: str, region: str) -> Scope:
        return Scope(indicator, self.scheme.code, self.tree.region(region).level, region)

    def _series(self, connection: Connection, keys: set[Key]) -> dict[Key, Series]:
        live = {key for key in keys if INDICATORS[key[0]].period == "live"}
        found = month_series(connection, self.version, self.months, self.scheme.code, keys - live)
        return found | live_series(connection, self.version, self.scheme.code, live)

    # --- judging

    def _evaluate(
        self, subjects: Sequence[Subject], known: dict[Subject, SubjectState], series: dict[Key, Series]
    ) -> Evaluated:
        done, judged = Evaluated(), dict[Subject, Judgement]()
        for subject in subjects:
            try:
                if (judgement := self._judge(subject, known.get(subject), series)) is not None:
                    judged[subject] = judgement
            except Exception as problem:
                done += self._failed(subject, problem)
        moved = self._find_places(judged)
        quiet = []
        for subject, judgement in judged.items():
            if judgement.worked(elsewhere=subject in self.elsewhere).needs_work:
                done += self._tried(self._alone, subject, series)
            else:
                quiet.append((subject, judgement.worked(elsewhere=subject in self.elsewhere)))
        for start in range(0, len(quiet), TOGETHER):
            done += self._together(quiet[start : start + TOGETHER], known, series)
        for subject in moved:
            done += self._tried(self._moved, subject, series)
        return done

    def _find_places(self, judged: Mapping[Subject, Judgement]) -> list[Subject]:
        """Find which warnings are worked at another place; the subjects not judged anew that this changes."""
        with reading(self.engine) as connection:
            stand = placed(connection, self.scheme.code, {subject.indicator for subject in judged})
        alike: dict[tuple[str, str, str], dict[str, tuple[Level, str]]] = defaultdict(dict)
        for one in stand:
            alike[_kind(one.subject)][one.subject.region] = (one.level, one.standing)
        for subject, judgement in judged.items():
            alike[_kind(subject)][subject.region] = (judgement.level, judgement.standing)
        for (indicator, rule, part), regions in alike.items():
            working = {region: level for region, (level, standing) in regions.items() if standing in (ACT, ELSEWHERE)}
            for region in worked_elsewhere(self.tree.root, self.tree.children, working.keys(), working):
                self.elsewhere.add(Subject(self.scheme.code, indicator, rule, region, part))
        return [
            one.subject
            for one in stand
            if one.subject not in judged
            and one.subject.region in self.tree
            and one.standing == (ACT if one.subject in self.elsewhere else ELSEWHERE)
        ]

    def _tried(
        self, act: Callable[[Subject, dict[Key, Series]], Evaluated], subject: Subject, series: dict[Key, Series]
    ) -> Evaluated:
        """What one subject's act did; that it fails stops no other."""
        try:
            return act(subject, series)
        except Exception as problem:
            return self._failed(subject, problem)

    def _judge(
        self, subject: Subject, state: SubjectState | None, series: dict[Key, Series], *, episode_open: bool = False
    ) -> Judgement | None:
        scope, rule = self._scope(subject.indicator, subject.region), subject.rule
        own = series[subject.indicator, subject.region, subject.part]
        live = INDICATORS[subject.indicator].period == "live"
        return judge(scope, rule, state, self.version.id, self.register, own, live=live, episode_open=episode_open)

    def _together(
        self,
        quiet: Sequence[tuple[Subject, Judgement]],
        known: dict[Subject, SubjectState],
        series: dict[Key, Series],
    ) -> Evaluated:
        """Commit at once what opens, moves and closes nothing; what fails or someone else moved is judged alone."""
        try:
            done, left = self._commit(quiet, known)
        except Exception:
            log.exception("alerts of %s together; each is tried alone", self.scheme.code)
            done, left = Evaluated(), [subject for subject, _ in quiet]
        for subject in left:
            done += self._tried(self._alone, subject, series)
        return done

    def _commit(
        self, quiet: Sequence[tuple[Subject, Judgement]], known: dict[Subject, SubjectState]
    ) -> tuple[Evaluated, list[Subject]]:
        moved, saved = [], []
        with writing(self.engine) as connection:
            locked = lock_states(connection, [subject for subject, _ in quiet])
            for subject, judgement in quiet:
                before = known[subject].committed if subject in known else None
                if locked[subject].committed == before:
                    saved.append((judgement.after(locked[subject]), judgement.events))
                else:
                    moved.append(subject)
            save_states(connection, [state for state, _ in saved])
            add_events(connection, saved, self.now)
        return Evaluated(len(saved), sum(1 for _, events in saved if events)), moved

    def _alone(self, subject: Subject, series: dict[Key, Series]) -> Evaluated:
        """One subject, one transaction: lock, compare, fold, episode, events, messages, audit."""
        with writing(self.engine) as connection:
            state = lock_states(connection, [subject])[subject]
            episode = last_episode(connection, subject, self.clock)
            judgement = self._judge(subject, state, series, episode_open=episode is not None and episode.live)
            if judgement is None:
                return Evaluated()
            judgement = judgement.worked(elsewhere=subject in self.elsewhere)
            audience = Audience(self.tree, self.accounts, self.channels, self.now)
            told = commit_alone(connection, state, episode, judgement, audience, self.clock)
        return Evaluated(1, int(told))

    def _moved(self, subject: Subject, _series: dict[Key, Series]) -> Evaluated:
        """A subject that stands as it did, but whose matter is worked here from now on, or at another place."""
        with writing(self.engine) as connection:
            state = lock_states(connection, [subject])[subject]
            judgement = moved_place(state)
            if judgement is None or (judgement.standing == ELSEWHERE) != (subject in self.elsewhere):
                return Evaluated()
            episode = last_episode(connection, subject, self.clock)
            audience = Audience(self.tree, self.accounts, self.channels, self.now)
            return Evaluated(1, int(commit_alone(connection, state, episode, judgement, audience, self.clock)))

    def _failed(self, subject: Subject, problem: Exception) -> Evaluated:
        log.exception("alerts of %s", subject)
        with writing(self.engine) as connection:
            record_error(connection, subject, f"{type(problem).__name__}: {problem}")
        return Evaluated(1, 0, 1)


def _kind(subject: Subject) -> tuple[str, str, str]:
    """What subjects of several regions have in common: indicator, rule and part."""
    return subject.indicator, subject.rule, subject.part
