"""会议材料: who enters, corrects and withdraws a meeting, and what its refusals say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from dashboard import create_site
from data_access.books.published import Published
from data_access.store import schema
from tests import demonstration_store
from tests.dashboard.conftest import Reader, sign_in
from tests.demonstration_store import SCHEME
from workflows.meetings.register import Meeting, load_meetings

PAGE = f"/briefings?scheme={SCHEME}&tab=meetings"


@pytest.fixture
def people(own_engine: Engine, tmp_path: Path) -> Iterator[Callable[[str], Reader]]:
    server = create_site(demonstration_store.site_on(own_engine, tmp_path)).server
    yield lambda login: sign_in(server, login)


def act(person: Reader, name: str, **data: object) -> tuple[int, str]:
    answer = person.client.post(
        f"/act/briefings/{name}?scheme={SCHEME}&tab=meetings", data=data, headers={"Accept": "application/json"}
    )
    said = json.loads(answer.data)
    return answer.status_code, said.get("message") or said.get("problem")


def meetings(engine: Engine) -> dict[int, Meeting]:
    with engine.connect() as connection:
        return {one.number: one for one in load_meetings(connection, SCHEME)}


def test_the_demonstrations_meetings_stand_with_their_months(reader: Callable[[str], Reader]) -> None:
    said = reader("p-auditor").text(PAGE).replace(" ", "")
    for one in (
        "第4次会议2026年6月24日2026年5月已开",
        "第5次会议2026年8月26日2026年7月已开",
        "第6次会议2026年11月25日2026年10月拟开",
    ):
        assert one in said
    asks = "晚于今天的记为拟开"
    assert [asks in reader(login).text(PAGE) for login in ("p-writer", "p-auditor", "monitor-of-jilin")] == [
        True,
        False,
        False,
    ]


def test_a_writer_enters_corrects_and_withdraws_a_meeting_and_each_is_on_record(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    writer = people("p-writer")
    assert act(writer, "meeting_register", number=7, held_on="2026-12-20") == (200, "已登记第7次会议。")
    assert meetings(own_engine)[7].state == "planned"
    one = meetings(own_engine)[6]
    known = {"meeting": one.id, "row_version": one.row_version}
    # It was held today, sooner than planned, with the last final month.
    assert act(writer, "meeting_correct", **known, number=6, held_on="2026-11-20")[0] == 200
    held = meetings(own_engine)[6]
    assert (held.state, held.month) == ("held", 202610) and held.data_version
    since = people("p-leader").text(f"/?scheme={SCHEME}&period=live&compare=meeting")
    assert "对比：第6次会议（11月20日，10月末数据）" in since
    assert act(people("p-monitor"), "meeting_withdraw", **known, reason="重复")[0] == 409  # seen before it changed
    known["row_version"] = held.row_version
    assert act(people("p-monitor"), "meeting_withdraw", **known, reason="重复")[0] == 200
    assert 6 not in meetings(own_engine)
    with own_engine.connect() as connection:
        rows = connection.execute(select(schema.audit_event).where(schema.audit_event.c.action.like("meeting_%")))
        record = [(row.actor, row.action, json.loads(row.details)) for row in rows]
    assert [(who, what) for who, what, _details in record] == [
        ("p-writer", "meeting_register"),
        ("p-writer", "meeting_correct"),
        ("p-monitor", "meeting_withdraw"),
    ]
    assert record[1][2]["month"] == 202610 and record[2][2]["reason"] == "重复"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"number": 5, "held_on": "2026-11-19"}, "已经登记过第5次会议"),
        ({"number": 7, "held_on": "2026-08-26"}, "这一天已经登记了第5次会议"),
        ({"number": 7, "held_on": "2026-11-19", "month": "2026-11"}, "所填数据月份没有定稿"),
        ({"number": 7, "held_on": "2026-02-30"}, "不是日期"),
        ({"number": "", "held_on": "2026-12-20"}, "“第几次”必填"),
        ({"number": 0, "held_on": "2026-12-20"}, "应在 1 至"),
    ],
)
def test_what_cannot_be_entered_is_refused_in_words(
    reader: Callable[[str], Reader], sent: dict[str, object], said: str
) -> None:
    status, problem = act(reader("p-writer"), "meeting_register", **sent)
    assert status == 422 and said in problem


@pytest.mark.parametrize("login", ["p-leader", "p-auditor", "p-finance", "monitor-of-jilin", "c-jilin"])
def test_others_enter_nothing(reader: Callable[[str], Reader], shared_engine: Engine, login: str) -> None:
    def on_record() -> tuple[tuple[int, ...], list[str]]:
        attempts = select(schema.audit_event.c.action).where(schema.audit_event.c.actor == login)
        with shared_engine.connect() as connection:
            return Published(connection).stamp, list(connection.execute(attempts).scalars())

    stamp, before = on_record()
    assert act(reader(login), "meeting_register", number=7, held_on="2026-12-20")[0] == 403
    # On record, and nobody's page is another for it; other workers' tests are refused in the same store.
    still, after = on_record()
    assert still == stamp and "refused:meeting_register" in after[len(before) :]
