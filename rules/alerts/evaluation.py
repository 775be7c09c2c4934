"""The auditor's calculators for warnings (预警): JSON in, JSON out, over the very functions the live system runs.

Each takes parsed JSON (numbers as int or Decimal, or as text) and returns an object ready for JSON; what it cannot use
raises InputError naming the field. The live evaluation, the preview and the tests import the functions from the modules
below instead: thresholds and their resolution from ``alert_threshold``, their validation from ``alert_validation``, the
fold, backtest and due state from ``alert_condition``, repeated runs from ``alert_runs``, the work from
``alert_workflow``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from rules.alerts.condition import PeriodResult, backtest, due_state, fold
from rules.alerts.episode import (
    Acknowledge,
    Action,
    Assign,
    Close,
    Condition,
    DisableRule,
    EndInhibition,
    EndSilence,
    Policy,
    Return,
    Silence,
    StartInhibition,
    StartSilence,
    Submit,
    Tick,
    WorkflowState,
)
from rules.alerts.input import SPEC_FIELDS, Field, read_level, read_scope, read_series, read_threshold, read_versions
from rules.alerts.runs import Committed, RunOutcome, answer_without_folding, evaluate_run
from rules.alerts.threshold import LEVELS, Level, Scope, ThresholdRecord, ThresholdVersion, always, resolve_threshold
from rules.alerts.validation import Dates, Draft, draft_limits, validate_threshold
from rules.alerts.workflow import advance
from rules.calculators.reading import joined

_MOST_STEPS = 1000
_MOST_GRACE_DAYS = 36500


def _versions(found: dict[str, Field], field: Field) -> tuple[ThresholdVersion, ...]:
    if ("threshold" in found) == ("versions" in found):
        raise field.refused("either threshold or versions")
    return always(read_threshold(found["threshold"])) if "threshold" in found else read_versions(found["versions"])


def _auto_close(found: dict[str, Field]) -> bool:
    return found["auto_close"].flag() if "auto_close" in found else True


def _rows(results: Sequence[PeriodResult]) -> list[dict[str, object]]:
    return [
        {
            "p": result.period,
            "phase": result.state.phase.value,
            "level": result.state.level.code,
            "pending": result.state.pending.code,
            "data": result.state.data.value,
            "events": [str(event) for event in result.events],
        }
        for result in results
    ]


def _replay(given: object) -> object:
    """A subject's history under a threshold or its versions: one row per period; with subjects, {name: rows}."""
    field = Field(given)
    found = field.members((), ("threshold", "versions", "series", "subjects", "auto_close"))
    if ("series" in found) == ("subjects" in found):
        raise field.refused("either series or subjects")
    versions, auto_close = _versions(found, field), _auto_close(found)
    if "series" in found:
        return _rows(fold(read_series(found["series"]), versions, auto_close=auto_close))
    return {
        name: _rows(fold(read_series(subject.members(("series",))["series"]), versions, auto_close=auto_close))
        for name, subject in found["subjects"].any_members().items()
    }


def _threshold_sets(field: Field) -> dict[int, tuple[ThresholdVersion, ...]]:
    sets = {}
    for number, versions in field.any_members().items():
        key = Field(number, versions.path)
        if str(whole := key.whole(0)) != number:
            raise key.refused("a number of a threshold set, such as 1")
        sets[whole] = read_versions(versions)
    return sets


def _run(
    committed: Committed | None, field: Field, sets: dict[int, tuple[ThresholdVersion, ...]], auto_close: bool
) -> RunOutcome:
    found = field.members((), ("data_version", "threshold_set", "series", "status"))
    status = found["status"].text() if "status" in found else "ok"
    if status not in ("ok", "failed"):
        raise found["status"].refused("ok or failed")
    failed = status == "failed"
    if not failed:
        # Only a failed refresh may come without a version or data of its own.
        field.members(("data_version", "series"), ("threshold_set", "status"))
    data_version = found["data_version"].whole(0) if "data_version" in found else 0
    threshold_set = found["threshold_set"].whole(0) if "threshold_set" in found else 1
    series = read_series(found["series"]) if "series" in found else ()
    settled = answer_without_folding(committed, data_version, threshold_set, failed=failed)
    if settled is not None:
        return settled
    if threshold_set not in sets:
        needs = f"one of the threshold sets given, {threshold_set} is not"
        raise found.get("threshold_set", field).refused(needs)
    return evaluate_run(committed, data_version, threshold_set, series, sets[threshold_set], auto_close=auto_close)


def _replay_runs(given: object) -> object:
    """One subject evaluated again and again: per run its result, event texts, and the level and phase it leaves."""
    found = Field(given).members(("threshold_sets", "runs"), ("auto_close",))
    sets, auto_close = _threshold_sets(found["threshold_sets"]), _auto_close(found)
    committed: Committed | None = None
    rows = []
    for field in found["runs"].elements():
        outcome = _run(committed, field, sets, auto_close)
        committed = outcome.committed
        rows.append(
            {
                "result": outcome.result.value,
                "events": list(outcome.texts),
                "level": outcome.state.level.code,
                "phase": outcome.state.phase.value,
            }
        )
    return rows


def _record(field: Field) -> ThresholdRecord:
    found = field.members(("id", "scope", "from"), ("to", "enabled"))
    scope = read_scope(found["scope"])
    if scope.indicator is None:
        raise found["scope"].refused("an indicator")
    return ThresholdRecord(
        id=found["id"].text(),
        scope=scope,
        starts=found["from"].period(),
        ends=found["to"].period() if "to" in found else None,
        enabled=found["enabled"].flag() if "enabled" in found else True,
    )


def _resolve_threshold(given: object) -> object:
    """Which record decides for a subject in a period: {"effective": its id, unmonitored:ID or none}."""
    found = Field(given).members(("records", "subject"))
    subject = found["subject"].members(("indicator", "period"), ("fund", "region_level", "region"))
    named = {key: member.text() for key, member in subject.items() if key != "period"}
    scope = Scope(named["indicator"], named.get("fund"), named.get("region_level"), named.get("region"))
    records = [_record(field) for field in found["records"].elements()]
    return {"effective": resolve_threshold(records, scope, subject["period"].period()).effective}


def _dates(found: dict[str, Field]) -> Dates:
    starts, ends = (found[key].period() if key in found else None for key in ("from", "to"))
    return starts, ends


def _draft(field: Field) -> Draft:
    found = field.members((), (*SPEC_FIELDS, "scope", "from", "to", "retroactive"))
    levels = found["levels"].any_members() if "levels" in found else {}
    for level in levels.values():
        if isinstance(level.value, dict):
            level.members((), ("at", "recover_at", "for_periods"))
    if "stale_after" in found:
        found["stale_after"].whole(1)
    entered = {key: found[key].value for key in SPEC_FIELDS if key in found}
    return Draft(
        operator=entered.get("operator"),
        limits=draft_limits({name: level.value for name, level in levels.items()}),
        for_periods=entered.get("for_periods"),
        recover_margin=entered.get("recover_margin"),
        recover_periods=entered.get("recover_periods"),
        no_data=entered.get("no_data"),
        scale=entered.get("scale"),
        scope=read_scope(found["scope"]) if "scope" in found else None,
        dates=_dates(found),
        retroactive=found["retroactive"].flag() if "retroactive" in found else False,
    )


def _existing(field: Field) -> tuple[Scope, Dates]:
    # A row of the register as it stands: of what it holds only its scope and dates matter here.
    found = field.members(("scope",), ("id", "from", "to", "enabled", "retroactive", *SPEC_FIELDS))
    return read_scope(found["scope"]), _dates(found)


def _validate_threshold(given: object) -> object:
    """Everything wrong with a drafted threshold: {"errors": [codes], "warnings": [codes]}, each in order."""
    found = Field(given).members(("threshold",), ("last_evaluated", "existing"))
    findings = validate_threshold(
        _draft(found["threshold"]),
        last_evaluated=found["last_evaluated"].period() if "last_evaluated" in found else None,
        existing=[_existing(field) for field in found["existing"].elements()] if "existing" in found else (),
    )
    return {"errors": list(findings.errors), "warnings": list(findings.warnings)}


def _backtest(given: object) -> object:
    """What a candidate threshold would have done from one period to another, both counted."""
    found = Field(given).members(("threshold", "series", "from", "to"))
    starts, ends = found["from"].period(), found["to"].period()
    if ends < starts:
        raise found["to"].refused(f"a period not before {starts}")
    outcome = backtest(read_series(found["series"]), read_threshold(found["threshold"]), starts, ends)
    return {
        "opens": outcome.opens,
        "escalations": outcome.escalations,
        "recoveries": outcome.recoveries,
        "periods_alerting": outcome.periods_alerting,
        "max_level": outcome.max_level.code,
        "carried_in": outcome.carried_in,
        "periods_missing": outcome.periods_missing,
    }


def _instant(field: Field) -> datetime:
    try:
        return datetime.fromisoformat(field.text())
    except ValueError:
        raise field.refused("a time such as 2026-04-15T00:00:00+08:00") from None


def _due(given: object) -> object:
    """Whether a period is observed, not_due or missing at a given time: {"state": …}."""
    found = Field(given).members(("due", "now"), ("grace_days", "value"))
    due, now = _instant(found["due"]), _instant(found["now"])
    if (due.utcoffset() is None) != (now.utcoffset() is None):
        raise found["now"].refused("an offset from UTC exactly when due has one")
    grace_days = found["grace_days"].whole(0, _MOST_GRACE_DAYS) if "grace_days" in found else 0
    if "value" in found:
        found["value"].decimal()
    try:
        return {"state": due_state(due, grace_days, now, has_value="value" in found).value}
    except OverflowError:
        raise found["due"].refused("a time whose grace ends before the year 10000") from None


def _policy(field: Field) -> Policy:
    found = field.members((), ("ack_sla", "max_steps", "repeat", "ack_timeout", "auto_close_max"))
    given: dict[str, object] = {}
    for key in ("ack_sla", "repeat", "ack_timeout"):
        if key in found:
            given[key] = hours = found[key].hours()
            if hours < 0:
                raise found[key].refused("hours, not negative")
    if "max_steps" in found:
        given["max_steps"] = found["max_steps"].whole(0, _MOST_STEPS)
    if "auto_close_max" in found:
        given["auto_close_max"] = read_level(found["auto_close_max"])
    return Policy(**given)  # type: ignore[arg-type]


_ACTION_FIELDS = ("by", "level", "to", "due", "evidence", "exception", "id", "start", "end", "max_level")


class _Step:
    """One entry of a timeline; a field is asked for only by the action that needs it."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.found = field.members(("t", "do"), _ACTION_FIELDS)
        self.t = self.found["t"].hours()

    def needed(self, key: str) -> Field:
        return self.found.get(key) or Field(None, joined(self.field.path, key))

    def name(self, key: str) -> str:
        """Who or which; a person or id that an action does not check may be left out."""
        return self.found[key].text() if key in self.found else ""

    def exception(self) -> bool:
        given = self.found.get("exception")
        if given is None:
            return False
        if isinstance(given.value, bool | str | dict):
            return bool(given.value)
        raise given.refused("true, false, or what the accepted risk rests on")

    def action(self) -> Action:
        do = self.found["do"].text()
        if do not in _ACTIONS:
            raise self.found["do"].refused(f"one of {', '.join(_ACTIONS)}")
        return _ACTIONS[do](self)


def _silence(step: _Step) -> Silence:
    max_level = step.found["max_level"].one_of(LEVELS) if "max_level" in step.found else Level.RED
    return Silence(step.name("id"), step.needed("start").hours(), step.needed("end").hours(), max_level)


def _assign(step: _Step) -> Assign:
    due = step.found["due"].hours() if "due" in step.found else None
    return Assign(step.name("by"), step.needed("to").text(), due)


def _submit(step: _Step) -> Submit:
    return Submit(step.needed("by").text(), step.found["evidence"].whole(0) if "evidence" in step.found else 0)


_ACTIONS: dict[str, Callable[[_Step], Action]] = {
    "cond": lambda step: Condition(read_level(step.needed("level"))),
    "tick": lambda step: Tick(),
    "ack": lambda step: Acknowledge(step.name("by")),
    "assign": _assign,
    "submit": _submit,
    "return": lambda step: Return(step.needed("by").text()),
    "close": lambda step: Close(step.needed("by").text(), step.exception()),
    "silence": lambda step: StartSilence(_silence(step)),
    "unsilence": lambda step: EndSilence(step.name("id")),
    "inhibit_on": lambda step: StartInhibition(step.name("id")),
    "inhibit_off": lambda step: EndInhibition(step.name("id")),
    "disable_rule": lambda step: DisableRule(),
}


def _replay_workflow(given: object) -> object:
    """A timeline of evaluations, people and clock: per step what is notified, and how the work then stands."""
    found = Field(given).members(("timeline",), ("policy",))
    policy = _policy(found["policy"]) if "policy" in found else Policy()
    state = WorkflowState()
    rows: list[dict[str, object]] = []
    last = None
    for field in found["timeline"].elements():
        step = _Step(field)
        if last is not None and step.t < last:
            raise step.found["t"].refused("an hour not before the step above")
        last = step.t
        turn = advance(state, policy, step.t, step.action())
        state = turn.state
        rows.append(
            {
                "notify": list(turn.notifications),
                "wf": state.episode.work.value,
                "acked": state.episode.acked,
                "result": turn.result.value,
                "level": state.episode.level.code,
                "episode": state.episode.number,
            }
        )
    return rows


CALCULATORS: dict[str, Callable[[object], object]] = {
    "replay": _replay,
    "replay_runs": _replay_runs,
    "resolve_threshold": _resolve_threshold,
    "validate_threshold": _validate_threshold,
    "backtest": _backtest,
    "due": _due,
    "replay_workflow": _replay_workflow,
}
"""Calculator by name; each raises InputError, and nothing else, for input it cannot use."""
