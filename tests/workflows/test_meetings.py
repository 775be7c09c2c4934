"""The register of meetings: planned ahead, held with the month that was signed by then; no number and no day twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from data_access.store import schema
from data_access.store.engine import migrate, writing
from rules.errors import StaleRow
from tests.stores import open_store
from workflows.meetings.register import (
    MeetingRefused,
    NewMeeting,
    correct_meeting,
    load_meetings,
    register_meeting,
    withdraw_meeting,
)
from workflows.people.accounts import By

SCHEME = "jiangsu-pension"
BY = By("writer", "李某", "", datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
TODAY = date(2026, 11, 20)
# Month → the version it was signed with and the day.
SIGNED = {202607: (1, date(2026, 8, 10)), 202610: (2, date(2026, 11, 10))}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("meetings") / "store.db"
    engine = open_store(f"sqlite:///{path}")
    migrate(engine)
    with writing(engine) as connection:
        for month, (version, day) in SIGNED.items():
            at = datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC)
            connection.execute(
                insert(schema.refresh_run).values(id=version, started_at=at, state="published", full=False)
            )
            values = {"id": version, "published_at": at, "as_of": at, "refresh_run": version}
            connection.execute(insert(schema.data_version).values(values))
            signed = {"month": month, "data_version": version, "signed_by": "张某", "signed_at": at}
            connection.execute(insert(schema.month_close).values(scheme=SCHEME, **signed))
    engine.dispose()
    return path


@pytest.fixture
def store(prepared: Path) -> Iterator[Connection]:
    """One transaction, rolled back."""
    engine = open_store(f"sqlite:///{prepared}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_a_meeting_that_was_held_has_the_last_month_signed_by_then_unless_one_is_named(store: Connection) -> None:
    fifth = register_meeting(store, SCHEME, NewMeeting(5, date(2026, 8, 26)), BY)
    assert (fifth.state, fifth.month, fifth.data_version) == ("held", 202607, 1)
    today = register_meeting(store, SCHEME, NewMeeting(6, TODAY, "专题会", 202607), BY)
    assert (today.state, today.month, today.title) == ("held", 202607, "专题会")
    assert load_meetings(store, SCHEME) == (today, fifth) and load_meetings(store, "jilin-pension") == ()


def test_what_lies_ahead_is_planned_until_it_is_noted_as_held(store: Connection) -> None:
    ahead = register_meeting(store, SCHEME, NewMeeting(6, date(2026, 11, 25)), BY)
    assert (ahead.state, ahead.month, ahead.data_version) == ("planned", None, None)
    later = By(BY.login, BY.name, "", datetime(2026, 11, 26, 2, 0, tzinfo=UTC))
    held = correct_meeting(store, ahead, NewMeeting(6, date(2026, 11, 25)), later)
    assert (held.state, held.month, held.data_version, held.row_version) == ("held", 202610, 2, 2)
    with pytest.raises(StaleRow):
        withdraw_meeting(store, ahead, "重复", later)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (NewMeeting(5, date(2026, 10, 1)), "meeting_number"),
        (NewMeeting(7, date(2026, 8, 26)), "meeting_day"),
        (NewMeeting(4, date(2026, 6, 24)), "meeting_month"),  # nothing was signed by then
        (NewMeeting(7, date(2026, 9, 1), month=202608), "meeting_month"),  # not signed
        (NewMeeting(7, date(2026, 7, 30), month=202607), "meeting_month"),  # not over yet
        (NewMeeting(7, date(2026, 12, 3), month=202612), "meeting_month"),
    ],
)
def test_what_cannot_be_entered_is_refused_and_a_correction_as_well(
    store: Connection, asked: NewMeeting, code: str
) -> None:
    register_meeting(store, SCHEME, NewMeeting(5, date(2026, 8, 26)), BY)
    other = register_meeting(store, SCHEME, NewMeeting(9, date(2026, 11, 18)), BY)
    steps: tuple[Callable[[], object], ...] = (
        lambda: register_meeting(store, SCHEME, asked, BY),
        lambda: correct_meeting(store, other, asked, BY),
    )
    for step in steps:
        with pytest.raises(MeetingRefused) as refused:
            step()
        assert refused.value.code == code


def test_a_withdrawn_meeting_gives_its_number_and_day_back(store: Connection) -> None:
    asked = NewMeeting(5, date(2026, 8, 26))
    withdraw_meeting(store, register_meeting(store, SCHEME, asked, BY), "登记有误", BY)
    assert load_meetings(store, SCHEME) == ()
    assert register_meeting(store, SCHEME, asked, BY).number == 5
