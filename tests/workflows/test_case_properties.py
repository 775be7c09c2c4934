"""A command on a case is the same command on each member that it fits, and nothing on the others."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from data_access.store.engine import writing
from rules.alerts.casework import policy_of
from rules.alerts.episode import Acknowledge, Action, Assign, Close, Result, Return, Submit, Work, WorkflowState
from rules.alerts.workflow import advance
from rules.errors import WorkRefused
from tests.case_store import TO_CITY, evidence, open_case, the_case, who
from tests.stores import open_store
from tests.warning_store import NOW
from tests.workflows.test_cases import DUE
from workflows.cases.commands import assign, close, send_back, sign, submit
from workflows.cases.register import Case
from workflows.warnings.episodes import last_episode
from workflows.warnings.working_clock import WorkingClock, working_clock

from workflows.cases.commands import end_of  # isort: skip

FITS: dict[str, Callable[[WorkflowState], bool]] = {
    "sign": lambda state: not state.episode.acked,
    "assign": lambda state: state.episode.work in (Work.OPEN, Work.HANDLING),
    "submit": lambda state: state.episode.work is Work.HANDLING,
    "return": lambda state: state.episode.work is Work.SUBMITTED,
    "close": lambda state: state.episode.work is Work.SUBMITTED,
}


def action_of(step: str, clock: WorkingClock) -> Action:
    actions: dict[str, Action] = {
        "sign": Acknowledge("nanjing"),
        "assign": Assign("monitor", TO_CITY, clock(end_of(DUE))),
        "submit": Submit(TO_CITY, 1),
        "return": Return("monitor"),
        "close": Close("monitor"),
    }
    return actions[step]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cases")


@given(st.lists(st.sampled_from(["sign", "assign", "assign", "submit", "return", "close"]), min_size=3, max_size=7))
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_command_on_a_case_is_the_command_on_its_members(
    sqlite_template: Path, folder: Path, steps: list[str]
) -> None:
    path = shutil.copy(sqlite_template, folder / f"{len(list(folder.iterdir()))}.db")
    engine = open_store(f"sqlite:///{path}")
    case = open_case(engine)
    for place, step in enumerate(steps, start=1):
        now = NOW + timedelta(minutes=place)
        case = the_case(engine)
        with engine.connect() as connection:
            clock = working_clock(connection)
            before = _states(connection, case, clock)
        fitting = {episode for episode, state in before.items() if FITS[step](state)} or set(before)
        turns = {
            episode: advance(state, policy_of(state.episode.level), clock(now), action_of(step, clock))
            for episode, state in before.items()
            if episode in fitting
        }
        refused = any(turn.result is not Result.OK for turn in turns.values())
        expected = before if refused else before | {episode: turn.state for episode, turn in turns.items()}
        try:
            with writing(engine) as connection:
                _command(connection, step, case, now)
            assert not refused
        except WorkRefused:
            assert refused
        with engine.connect() as connection:
            assert _states(connection, the_case(engine), clock) == expected
    engine.dispose()


def _states(connection: object, case: Case, clock: WorkingClock) -> dict[int, WorkflowState]:
    found = {}
    for member in case.live:
        row = last_episode(connection, member.standing.subject, clock)  # type: ignore[arg-type]
        assert row is not None
        episode = row.work.episode
        found[row.id] = replace(row.work, episode=replace(episode, acked_at=episode.acked_at if episode.acked else 0))
    return found


def _command(connection: object, step: str, case: Case, now: object) -> None:
    city, monitor = who(connection, "nanjing"), who(connection, "monitor")  # type: ignore[arg-type]
    if step == "sign":
        sign(connection, city, now, case, case.versions)  # type: ignore[arg-type]
    elif step == "assign":
        assign(connection, monitor, now, case, case.versions, to=TO_CITY, due=DUE)  # type: ignore[arg-type]
    elif step == "submit":
        # Who was given nothing is refused before the workflow is asked; here the workflow is what is compared.
        if not case.chain:
            raise WorkRefused("not given yet", "conflict")
        files = [evidence(connection, case, city)]  # type: ignore[arg-type]
        submit(connection, city, now, case, case.versions, cause="欠费", text="-", attachments=files)  # type: ignore[arg-type]
    elif step == "return":
        send_back(connection, monitor, now, case, case.versions, text="-")  # type: ignore[arg-type]
    else:
        close(connection, monitor, now, case, case.versions)  # type: ignore[arg-type]
