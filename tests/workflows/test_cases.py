"""The work on a case: its members move together, each side within its rights, and the clock urges in working time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from data_access.books.regions import load_tree
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.alerts.case_clock import Ticked, tick_cases
from monitoring.alerts.step import evaluate_alerts
from rules.alerts.casework import Group
from rules.alerts.episode import Work
from rules.alerts.threshold import Level
from rules.errors import NotAllowed, PoolwatchError, StaleRow, WorkRefused
from rules.month import SHANGHAI
from rules.scheme import load_scheme
from tests.case_store import TO_CITY, TO_COUNTY, TO_TAX, evidence, open_case, the_case, who
from tests.small_province import NANJING, SCHEME
from tests.warning_store import INDICATOR, NOW, QUIET, count, prepare, publish_values, told
from workflows.cases.commands import (
    assign,
    close,
    end_of,
    hand_down,
    instruct,
    note_letter,
    remind,
    send_back,
    sign,
    submit,
)
from workflows.cases.instructions import finish_instruction, report_instruction
from workflows.cases.register import Case, open_work, timeline
from workflows.cases.requests import ask_extension, decide, except_from_work, object_to_data, silence, unsilence
from workflows.people.channels import note_channels
from workflows.warnings.silences import muted_by

DUE = date(2026, 11, 25)
LATER = NOW + timedelta(minutes=10)


def do(engine: Engine, login: str, command: Callable[..., object], *, now: datetime = LATER, **given: object) -> object:
    """A command of the case as it stands, by a person."""
    case = the_case(engine)
    with writing(engine) as connection:
        return command(connection, who(connection, login), now, case, case.versions, **given)


def answer(engine: Engine, login: str = "nanjing", *, now: datetime = LATER) -> None:
    case = the_case(engine)
    with writing(engine) as connection:
        actor = who(connection, login)
        files = [evidence(connection, case, actor)]
        submit(connection, actor, now, case, case.versions, cause="欠费", text="清欠", attachments=files)


def recovered(engine: Engine) -> None:
    values = {(one, NANJING, "2026-10"): QUIET for one in (INDICATOR, "income_deviation", "enrolment_progress")}
    version = publish_values(engine, values, sign=(202610,), now=LATER)
    evaluate_alerts(engine, version, LATER)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def tick(engine: Engine, now: datetime) -> Ticked:
    return tick_cases(engine, clock=lambda: now)


def kinds(engine: Engine) -> list[str]:
    """What the clock and people told of the case's members, in order."""
    with engine.connect() as connection:
        return [kind for line in timeline(connection, the_case(engine)) for kind in line.told]


def test_a_citys_warnings_of_one_group_are_one_case_that_the_worst_leads(store: Engine) -> None:
    case = open_case(store)
    assert (case.place, case.group, case.level, case.work) == (NANJING, Group.COLLECTION, Level.RED, Work.OPEN)
    assert [member.level for member in case.members] == [Level.RED, Level.ORANGE, Level.YELLOW]
    assert case.number.startswith("2026-")


def test_a_case_goes_from_signature_to_closure_with_one_answer_for_all_members(store: Engine) -> None:
    open_case(store)
    do(store, "nanjing", sign)
    assert the_case(store).acked
    do(store, "monitor", assign, to=TO_CITY, due=DUE, text="请核实")
    case = the_case(store)
    assert (case.work, case.assignee, case.due) == (Work.HANDLING, TO_CITY, end_of(DUE))
    answer(store)
    assert the_case(store).work is Work.SUBMITTED
    do(store, "monitor", send_back, text="补充")
    assert the_case(store).work is Work.HANDLING
    answer(store)
    with pytest.raises(WorkRefused) as refused:
        do(store, "monitor", close)
    assert refused.value.code == "work_still_firing"
    recovered(store)
    closed_at = LATER + timedelta(hours=1)
    do(store, "monitor", close, text="已核实", now=closed_at)
    with store.connect() as connection:
        assert connection.execute(select(schema.work_case.c.closed_at)).scalar_one() == closed_at
        # Since when it is back is not when it was last worked on.
        assert set(connection.execute(select(schema.alert_episode.c.recovered_at)).scalars()) == {LATER}
    assert count(store, "alert_episode", work="closed") == 3


def test_a_silence_would_mute_open_warnings_and_no_closed_one(sqlite_store: Engine) -> None:
    def muted() -> int:
        with sqlite_store.connect() as connection:
            tree = load_tree(connection, load_scheme(SCHEME))
            return len(muted_by(connection, SCHEME, tree, NANJING, None, Level.RED))

    open_case(sqlite_store)
    do(sqlite_store, "monitor", assign, to=TO_CITY, due=DUE)
    answer(sqlite_store)
    assert muted() == 3
    recovered(sqlite_store)
    do(sqlite_store, "monitor", close, text="已核实")
    assert muted() == 0


@pytest.mark.parametrize(
    ("login", "command", "given"),
    [
        ("wuxi", sign, {}),
        ("leader", sign, {}),
        ("nanjing", assign, {"to": TO_TAX, "due": DUE}),
        ("nanjing", close, {}),
        ("tax", send_back, {"text": "-"}),
        ("nanjing", except_from_work, {"text": "-", "until": DUE}),
        ("xuanwu", submit, {"cause": "欠费", "text": "-", "attachments": [1]}),
    ],
)
def test_who_has_no_part_in_a_step_cannot_take_it(
    store: Engine, login: str, command: Callable[..., object], given: dict[str, Any]
) -> None:
    case = open_case(store)
    with pytest.raises(NotAllowed):
        do(store, login, command, **given)
    assert the_case(store) == case


def test_only_who_was_given_the_case_answers_and_a_county_it_was_handed_to_does_too(store: Engine) -> None:
    open_case(store)
    do(store, "monitor", assign, to=TO_CITY, due=DUE)
    with pytest.raises(NotAllowed):
        answer(store, "tax")
    with pytest.raises(NotAllowed):
        do(store, "nanjing", hand_down, to="320200/tax")
    do(store, "nanjing", hand_down, to=TO_COUNTY)
    assert the_case(store).chain == (TO_CITY, TO_COUNTY)
    assert the_case(store).due == end_of(DUE)
    answer(store, "xuanwu")
    assert the_case(store).work is Work.SUBMITTED


def test_nobody_hands_a_case_down_beyond_its_deadline(store: Engine) -> None:
    open_case(store)
    do(store, "monitor", assign, to=TO_CITY, due=DUE)
    with pytest.raises(WorkRefused) as refused:
        do(store, "nanjing", hand_down, to=TO_COUNTY, due=DUE + timedelta(days=1))
    assert refused.value.code == "work_invalid_due"


def test_a_command_on_a_case_that_moved_meanwhile_changes_nothing(store: Engine) -> None:
    case = open_case(store)
    do(store, "nanjing", sign)
    before = the_case(store)
    with pytest.raises(StaleRow), writing(store) as connection:
        assign(connection, who(connection, "monitor"), LATER, case, case.versions, to=TO_CITY, due=DUE)
    assert the_case(store) == before


def test_evidence_is_required(store: Engine) -> None:
    open_case(store)
    do(store, "monitor", assign, to=TO_CITY, due=DUE)
    with pytest.raises(WorkRefused) as refused:
        do(store, "nanjing", submit, cause="欠费", text="-", attachments=[])
    assert refused.value.code == "work_evidence_required"


def test_a_risk_is_accepted_by_two_people(store: Engine) -> None:
    open_case(store)
    do(store, "monitor", assign, to=TO_CITY, due=DUE)
    answer(store)
    do(store, "monitor", except_from_work, text="政策性缓缴", until=date(2026, 12, 31))
    (asked,) = the_case(store).pending
    with pytest.raises(WorkRefused) as refused:
        do(store, "monitor", decide, request=asked.id, granted=True, text="同意")
    assert refused.value.code == "work_four_eyes"
    do(store, "monitor-2", decide, request=asked.id, granted=True, text="同意")
    assert count(store, "alert_episode", work="closed", level=4) == 1
    assert count(store, "work_case", closed_at=None) == 0


def test_an_accepted_risk_comes_back_once_its_term_is_over(store: Engine) -> None:
    open_case(store)
    do(store, "monitor", assign, to=TO_CITY, due=DUE)
    answer(store)
    do(store, "monitor", except_from_work, text="政策性缓缴", until=date(2026, 11, 27))
    (asked,) = the_case(store).pending
    do(store, "monitor-2", decide, request=asked.id, granted=True, text="同意")
    closed = count(store, "alert_episode", work="closed")
    tick(store, local(27, 17))
    assert count(store, "alert_episode") == closed and count(store, "work_case", closed_at=None) == 0
    assert tick(store, local(28, 9)).moved == closed
    case = the_case(store)
    assert (case.work, case.level, len(case.live)) == (Work.OPEN, Level.RED, closed)
    assert tick(store, local(28, 10)).moved == 0


def test_an_extension_moves_the_deadline_of_all_members(store: Engine) -> None:
    open_case(store)
    do(store, "monitor", assign, to=TO_CITY, due=DUE)
    do(store, "nanjing", ask_extension, text="核对中", until=date(2026, 11, 30))
    (asked,) = the_case(store).pending
    do(store, "monitor", decide, request=asked.id, granted=True, text="同意")
    assert {member.due for member in the_case(store).live} == {end_of(date(2026, 11, 30))}


def test_the_ladder_counts_working_hours_and_tells_a_case_once(store: Engine) -> None:
    open_case(store)
    with writing(store) as connection:
        note_channels(connection, ["webhook"])
    assert tick(store, local(20, 15, 40)) == Ticked()
    assert tick(store, local(20, 15, 45)) == Ticked(1)
    assert tick(store, local(20, 15, 45)) == Ticked()
    # Nothing more over the weekend; the second step four working hours later, when orange has its first.
    assert tick(store, local(22, 12)) == Ticked()
    assert tick(store, local(23, 11, 15)) == Ticked(2)
    assert [kind for kind in kinds(store) if kind.startswith("ladder")] == ["ladder:1", "ladder:2", "ladder:1"]
    assert count(store, "outbox") == 3
    assert count(store, "audit_event", action="work_clock") == 3


def test_an_open_objection_stops_the_urging_and_its_time_is_not_counted(store: Engine) -> None:
    open_case(store)
    do(store, "nanjing", object_to_data, text="数据重复", now=local(20, 11, 15))
    assert the_case(store).paused
    assert tick(store, local(24, 17)) == Ticked()
    (asked,) = the_case(store).pending
    do(store, "monitor", decide, request=asked.id, granted=False, text="核对无误", now=local(24, 17))
    # One working hour was over when they objected; three more from now make the first step.
    assert tick(store, local(25, 11, 29)) == Ticked()
    assert tick(store, local(25, 11, 30)) == Ticked(1)
    assert kinds(store)[-1] == "ladder:1"


def test_an_overdue_answer_is_told_once(store: Engine) -> None:
    open_case(store)
    do(store, "monitor", assign, to=TO_CITY, due=DUE)
    # The deadline is the end of a day's working time: it is over when the next one begins.
    assert tick(store, local(25, 18)) == Ticked()
    assert tick(store, local(26, 9, 1)) == Ticked(3)
    assert tick(store, local(26, 10)) == Ticked()
    assert kinds(store).count("overdue") == 3
    assert the_case(store).overdue(local(26, 10))


def test_what_a_silence_held_back_is_caught_up_when_it_ends(store: Engine) -> None:
    prepare(store)
    with writing(store) as connection:
        made = silence(
            connection,
            who(connection, "monitor"),
            NOW,
            scheme=SCHEME,
            region=NANJING,
            indicator=None,
            max_level=Level.RED,
            until=date(2026, 11, 23),
            text="系统切换",
        )
    values = {(INDICATOR, NANJING, "2026-09"): "-9"}
    evaluate_alerts(store, publish_values(store, values, sign=(202609,)), NOW)
    assert told(store, NANJING) == [("2026-09", "open:red", "withheld:open")]
    with writing(store) as connection:
        note_channels(connection, ["webhook"])
    tick(store, local(23, 15))
    assert (kinds(store), count(store, "outbox")) == (["withheld:open"], 0)
    with writing(store) as connection:
        unsilence(connection, who(connection, "monitor"), local(23, 16), scheme=SCHEME, number=made.number)
    assert tick(store, local(23, 16, 1)) == Ticked(1)
    assert kinds(store) == ["withheld:open", "catch_up"]
    assert count(store, "outbox") == 1


def test_a_silence_says_beforehand_what_it_would_mute(store: Engine) -> None:
    open_case(store)
    with writing(store) as connection:
        from data_access.books.regions import load_tree

        tree = load_tree(connection, load_scheme(SCHEME))
        muted = muted_by(connection, SCHEME, tree, NANJING, None, Level.ORANGE)
    assert [one.level for one in muted] == [Level.ORANGE, Level.YELLOW]


def test_an_instruction_stays_in_sight_until_it_is_done(store: Engine) -> None:
    case = open_case(store)
    with writing(store) as connection:
        given = instruct(
            connection,
            who(connection, "leader"),
            LATER,
            case,
            text="月底前报结果",
            given_to=TO_CITY,
            due_on=date(2026, 11, 30),
        )
        report_instruction(connection, who(connection, "nanjing"), LATER, given.number, 1, "已清欠")
        with pytest.raises(WorkRefused):
            finish_instruction(connection, replace(who(connection, "leader"), login="nanjing"), LATER, given.number, 2)
        with pytest.raises(StaleRow):
            finish_instruction(connection, who(connection, "monitor"), LATER, given.number, 1)
        assert [one.number for one in open_work(connection, SCHEME, LATER).instructions] == [given.number]
        finish_instruction(connection, who(connection, "monitor"), LATER, given.number, 2)
        assert open_work(connection, SCHEME, LATER).instructions == ()


def test_letters_and_reminders_are_in_the_course_of_the_case(store: Engine) -> None:
    case = open_case(store)
    with writing(store) as connection:
        monitor = who(connection, "monitor")
        note_letter(
            connection, monitor, LATER, case, kind="notice", text="请于25日前反馈", figures={INDICATOR: "-9.00"}
        )
        remind(connection, monitor, LATER, case, text="请尽快签收")
    case = the_case(store)
    assert case.letters[0].details == {"number": f"{case.number}-1", "figures": {INDICATOR: "-9.00"}}
    with store.connect() as connection:
        steps = [line.step.step for line in timeline(connection, case) if line.step is not None]
    assert steps == ["letter:notice", "remind"]


def test_what_is_refused_leaves_no_trace_in_the_course(store: Engine) -> None:
    case: Case = open_case(store)
    with pytest.raises(PoolwatchError):
        do(store, "monitor", assign, to=f"{NANJING}/气象", due=DUE)
    assert the_case(store) == case
