"""Warnings as people see and work them: by role, by address, through the door of acts, from the first sign to the answer."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from dashboard import create_site
from data_access.store import schema
from data_access.store.engine import writing
from rules.alerts.casework import Group
from rules.alerts.episode import Work
from tests.dashboard.conftest import Reader, nodes, sign_in, words
from tests.demonstration_store import SCHEME, SIPING, digest, site_on
from workflows.cases.register import Case, case_list
from workflows.people.accounts import Role, create_account

CHANGCHUN = "220100"

JSON = {"Accept": "application/json"}
QUEUE, LIST = f"/warnings?scheme={SCHEME}", f"/warnings?scheme={SCHEME}&tab=list"


def the_case(engine: Engine, place: str = SIPING) -> Case:
    """A city's case of spending; 四平's is answered in the demonstration, 长春's waits to be signed for."""
    with engine.connect() as connection:
        cases = case_list(connection, SCHEME)
    return next(case for case in cases if case.place == place and case.group is Group.PAYMENT)


def siping_case(engine: Engine) -> Case:
    return the_case(engine)


def address(engine: Engine) -> str:
    return f"/warnings/{siping_case(engine).number}?scheme={SCHEME}"


@pytest.fixture
def site(own_engine: Engine, tmp_path):
    return create_site(site_on(own_engine, tmp_path)).server


def act(reader: Reader, engine: Engine, name: str, case: Case | None = None, **fields: object) -> tuple[int, str]:
    """Do one act on 四平's case as it stands (or as ``case`` says it was seen); status and what was said."""
    seen = case or siping_case(engine)
    data = {"versions": json.dumps({str(key): value for key, value in seen.versions.items()}), **fields}
    answer = reader.client.post(
        f"/act/warnings/{seen.number}/{name}?scheme={SCHEME}",
        data=data,
        headers=JSON,
        content_type="multipart/form-data",
    )
    return answer.status_code, str(answer.get_json() or "")


def evidence() -> dict[str, object]:
    return {"file": (io.BytesIO(b"who owes what"), "ledger.csv")}


# --- what is shown


def test_the_queue_says_what_is_wrong_in_words_with_its_money(reader: Callable[[str], Reader]) -> None:
    said = reader("p-monitor").text(QUEUE)
    assert "四平市" in said and "支出快于历史同期5.24个百分点" in said and "待签收" in said


def test_what_has_recovered_but_is_not_closed_says_what_it_was_and_since_when_it_is_back(
    site, own_engine: Engine
) -> None:
    at = siping_case(own_engine).opened_at + timedelta(days=1)
    with writing(own_engine) as connection:
        connection.execute(update(schema.alert_episode).values(level=0, recovered_at=at))
    said = sign_in(site, "p-monitor").text(QUEUE)
    assert re.search(r"四平市 ?支出进度偏快曾达橙色预警，11月\d+日起恢复，现为\+5\.24百分点", said)
    draft = sign_in(site, "p-writer")
    answer = draft.client.post(
        f"/act/briefings/briefing_open?scheme={SCHEME}",
        data={"form": "briefing", "month": "2026-10", "carry": ""},
        headers=JSON,
    )
    assert "曾达橙色预警" in draft.text(answer.get_json()["href"])


def test_trial_and_watched_signals_stand_apart_from_work(reader: Callable[[str], Reader]) -> None:
    queue = reader("p-monitor").text(QUEUE)
    watched = reader("p-monitor").text(f"{LIST}&show=watch")
    assert "一般性收支缺口较大" in watched and "一般性收支缺口较大" not in queue
    assert "四平市支出进度偏快" not in watched.replace(" ", "")


def test_one_case_shows_why_and_what_is_to_be_done(reader: Callable[[str], Reader], shared_engine: Engine) -> None:
    said = reader("p-monitor").text(address(shared_engine))
    for part in ("橙色预警", "为什么预警", "近3年10月末", "同一事项的其他信号", "办理过程", "核实意见", "文书"):
        assert part in said, part


@pytest.mark.parametrize("login", ["c-jilin", "c-yongji", "monitor-of-jilin"])
def test_another_citys_case_is_seen_by_no_door(
    reader: Callable[[str], Reader], shared_engine: Engine, login: str
) -> None:
    other, number = reader(login), siping_case(shared_engine).number
    for page in (QUEUE, LIST):
        assert "四平" not in other.text(page)
    assert "四平" not in other.text(address(shared_engine))
    assert "没有这条预警" in other.text(address(shared_engine))
    for code in ("cases", "list"):
        tab = "&tab=list" if code == "list" else ""
        assert "四平" not in other.client.get(f"/export/warnings/{code}.csv?scheme={SCHEME}{tab}").get_data(
            as_text=True
        )
    assert other.client.get(f"/export/warnings/{number}/why.csv?scheme={SCHEME}").status_code == 404
    assert "四平" not in words(other.drawer(f"{address(shared_engine)}&item=letter.notice"))
    state = siping_case(shared_engine).lead.standing.id
    assert "5.24" not in other.text(f"/warnings/s{state}?scheme={SCHEME}")


def test_a_city_acts_on_no_other_citys_case(site, own_engine: Engine) -> None:
    other, before = sign_in(site, "c-jilin"), siping_case(own_engine).steps
    for name, fields in (
        ("case_sign", {}),
        ("case_submit", {"cause": "policy", "text": "no", **evidence()}),
        ("case_ask", {"kind": "data", "text": "wrong"}),
        ("case_hand_down", {"to": f"{SIPING}/fiscal"}),
    ):
        assert act(other, own_engine, name, **fields)[0] == 403, name
    assert siping_case(own_engine).steps == before


def test_the_letters_carry_the_figures_and_only_monitors_write_them(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    letter = words(reader("p-monitor").drawer(f"{address(shared_engine)}&item=letter.notice"))
    assert "预警提示函" in letter and "5.24" in letter and "四平市人民政府" in letter
    assert not words(reader("c-siping").drawer(f"{address(shared_engine)}&item=letter.notice"))


def test_every_state_is_said_in_english_too(reader: Callable[[str], Reader], shared_engine: Engine) -> None:
    monitor = reader("p-monitor")
    monitor.client.set_cookie("language", "en")
    try:
        for page in (QUEUE, LIST, f"/messages?scheme={SCHEME}"):
            answer = monitor.text(page)
            assert "待办" not in answer and "预警" not in answer and "消息" not in answer
    finally:
        monitor.client.delete_cookie("language")


# --- the work


@pytest.fixture
def city(site, own_engine: Engine) -> Reader:
    """A user of 长春."""
    with writing(own_engine) as connection:
        create_account(connection, login="c-changchun", name="长春", role=Role.CITY, region=CHANGCHUN, digest=digest())
    return sign_in(site, "c-changchun")


def test_a_case_is_signed_assigned_answered_sent_back_and_stays_open_while_it_fires(
    site,
    own_engine: Engine,
    city: Reader,
) -> None:
    monitor, leader = sign_in(site, "p-monitor"), sign_in(site, "p-leader")

    def do(reader: Reader, name: str, **fields: object) -> tuple[int, str]:
        return act(reader, own_engine, name, the_case(own_engine, CHANGCHUN), **fields)

    there = f"/warnings/{the_case(own_engine, CHANGCHUN).number}?scheme={SCHEME}"
    assert do(city, "case_sign") == (200, do_said("已签收。"))
    assert do(city, "case_sign")[0] == 422
    assert do(monitor, "case_assign", to=f"{CHANGCHUN}/fiscal", due="2026-11-25", text="请核查")[0] == 200
    said = city.text(there)
    assert "处置中" in said and "剩3个工作日" in said and "提交反馈" in said
    status, problem = do(city, "case_submit", cause="policy", text="已约谈", amount="1200.5")
    assert status == 422 and "附" in problem
    answer = {"cause": "policy", "text": "已约谈", "amount": "120000000", "by": "2026-12-10", **evidence()}
    assert do(city, "case_submit", **answer)[0] == 200
    seen = monitor.text(there)
    assert "已反馈待核" in seen and "已约谈" in seen and "1.20" in seen and "ledger.csv" in seen
    assert "销号条件未满足" in seen
    status, problem = do(monitor, "case_close", text="ok")
    assert status == 422 and "不能销号" in problem
    assert do(monitor, "case_return", text="请补充明细")[0] == 200
    assert do(leader, "instruct", text="月底前报结果", given_to=f"{CHANGCHUN}/", due="2026-11-30")[0] == 200
    assert "批示督办事项" in leader.text(f"/?scheme={SCHEME}")
    course = monitor.text(f"{there}&unit=all")
    for part in ("签收", "转办长春市 财政，限11月25日", "反馈办理结果", "退回补充：请补充明细", "月底前报结果"):
        assert part in course, part


def do_said(message: str) -> str:
    return str({"href": "", "message": message})


def test_an_act_on_a_case_that_has_changed_since_changes_nothing(
    site,
    own_engine: Engine,
) -> None:
    monitor, before = sign_in(site, "p-monitor"), the_case(own_engine, CHANGCHUN)
    given = {"to": f"{CHANGCHUN}/fiscal", "due": "2026-11-25"}
    assert act(monitor, own_engine, "case_assign", before, **given)[0] == 200
    after = the_case(own_engine, CHANGCHUN)
    status, problem = act(monitor, own_engine, "case_assign", before, **given | {"due": "2026-11-27"})
    assert status == 409 and "刚才有人" in problem
    assert the_case(own_engine, CHANGCHUN).versions == after.versions


def test_several_ticked_cases_are_urged_at_once_and_none_without_a_tick(
    site,
    own_engine: Engine,
) -> None:
    monitor = sign_in(site, "p-monitor")
    with own_engine.connect() as connection:
        numbers = [case.number for case in case_list(connection, SCHEME) if case.work is Work.OPEN][:2]
    data = {"case": numbers, "text": "请按期反馈"}
    there = f"/act/warnings/case_remind?scheme={SCHEME}"
    assert monitor.client.post(there, data=data, headers=JSON).status_code == 200
    assert monitor.client.post(there, data={"text": "请"}, headers=JSON).status_code == 422
    step = schema.case_step
    with own_engine.connect() as connection:
        urged = connection.execute(select(step.c.text).where(step.c.step == "remind")).scalars().all()
    assert urged.count("请按期反馈") == len(numbers) == 2


def test_a_request_waits_for_the_provinces_answer(
    site,
    own_engine: Engine,
    city: Reader,
) -> None:
    monitor = sign_in(site, "p-monitor")
    case = the_case(own_engine, CHANGCHUN)
    there = f"/warnings/{case.number}?scheme={SCHEME}"
    assert act(city, own_engine, "case_ask", case, kind="data", text="8月重复入账")[0] == 200
    assert "有异议待定" in monitor.text(there) and "8月重复入账" in monitor.text(there)
    case = the_case(own_engine, CHANGCHUN)
    asked = case.pending[0]
    assert act(city, own_engine, "case_decide", case, request=asked.id, granted="yes", text="ok")[0] == 403
    assert act(monitor, own_engine, "case_decide", case, request=asked.id, granted="no", text="数据无误")[0] == 200
    assert not the_case(own_engine, CHANGCHUN).pending


# --- messages


def test_the_badge_counts_what_is_ones_own_to_do_and_falls_when_it_is_done(
    site, own_engine: Engine, city: Reader
) -> None:
    """The city signs for its case, which the monitor only urges before; then it is the monitor's to give on."""
    case = the_case(own_engine, CHANGCHUN)
    monitor = sign_in(site, "p-monitor")

    def badge(reader: Reader) -> int:
        return int(reader.client.get("/api/v1/version").get_json()["unread"])

    def asked(reader: Reader) -> list[str]:
        """The acts that the inbox has for the case."""
        page = reader.page(f"/messages?scheme={SCHEME}&id=case.{case.number}")
        assert f"需我办理 {badge(reader)}" in words(page)
        actions = [str(node["props"].get("action") or "") for node in nodes(page)]
        return [one.partition("?")[0].rpartition("/")[2] for one in actions if f"/{case.number}/" in one]

    before = badge(city)
    assert before > 0 and (asked(city), asked(monitor)) == (["case_sign"], ["case_remind"])
    assert act(city, own_engine, "case_sign", case)[0] == 200
    assert badge(city) == before - 1 and (asked(city), asked(monitor)) == ([], ["case_assign"])
    assert city.client.post("/act/messages/messages_read", data={"all": "1"}, headers=JSON).status_code == 200
    assert badge(city) == before - 1
