"""法定日历: a year by month, what each department noted, what a city is told, and the files that are taken out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import Engine

from dashboard import create_site
from rules.calendar import WorkingCalendar
from rules.scheme import load_scheme
from rules.statutory.days import statutory_days
from tests.dashboard.conftest import Reader, hrefs, sign_in
from tests.demonstration_store import PROVINCE, SCHEME, SIPING, site_on
from workflows.statutory.register import load_marks

JSON = {"Accept": "application/json"}
# A year that the demonstration has noted nothing of yet: the report on its third quarter is due on 26 October.
REPORT, RECEIPT = "quarterly_report_days.2026-Q3", "plan_receipt_by.2026"


@pytest.fixture
def own_server(own_engine: Engine, tmp_path) -> Iterator[Flask]:
    yield create_site(site_on(own_engine, tmp_path)).server


def note(someone: Reader, name: str, deadline: str, place: str, seen: int, **fields: object):
    given = {"deadline": deadline, "place": place, "seen": seen, **fields}
    return someone.client.post(f"/act/calendar/deadline_{name}", data=given, headers=JSON)


def test_the_year_has_every_day_of_the_profile_with_whose_it_is(reader: Callable[[str], Reader]) -> None:
    text = reader("p-monitor").text("/calendar?span=2027")
    days = statutory_days(load_scheme(SCHEME), 2027, WorkingCalendar())
    assert f"2027年法定事项{len(days)}项" in text
    for one in days:
        assert one.duty.name in text and (one.rests_on.source or one.rests_on.reason or "?") in text
    assert "改革实施阶段" in text and "运行准备阶段完成" in text


def test_the_states_add_up_to_the_years_days(reader: Callable[[str], Reader]) -> None:
    for login in ("p-monitor", "c-jilin"):
        for year in (2025, 2026):
            whole, counted = re.findall(r"法定事项(\d+)项：(.*?)。", reader(login).text(f"/calendar?span={year}"))[0]
            assert sum(map(int, re.findall(r"(\d+)项", counted))) == int(whole), (login, year, counted)


def test_filters_show_a_state_and_a_department(reader: Callable[[str], Reader]) -> None:
    someone = reader("p-monitor")
    done, finance = someone.text("/calendar?state=done"), someone.text("/calendar?measure=agency")
    listed = done[done.index("截止日遇休息日") :]
    assert "月度定稿（2026年10月）" in listed and "月度定稿（2026年11月）" not in listed
    table = finance[finance.index("截止日遇休息日") :]
    assert "发放待遇" in table and "收支计划下达" not in table


def test_a_city_is_told_of_its_own_and_of_the_provinces_days_only_when(reader: Callable[[str], Reader]) -> None:
    city, province = reader("c-jilin").text("/calendar"), reader("p-monitor").text("/calendar")
    assert "省级办理" in city and "省级办理" not in province
    signed = "演示签发人"
    assert signed in province and signed not in city
    drawer = str(reader("c-jilin").drawer("/calendar?item=closing_day.2026-09"))
    assert "省级办理" in drawer and signed not in drawer


def test_a_day_is_noted_taken_back_and_seen_by_everyone(own_server: Flask, own_engine: Engine) -> None:
    finance, tax, city = (sign_in(own_server, login) for login in ("p-finance", "p-tax", "c-siping"))
    page = str(finance.drawer(f"/calendar?item={REPORT}"))
    given = {"done_on": "2026-11-02", "document": "吉财社〔2026〕61号", "note": ""}
    with own_engine.connect() as connection:
        seen = len(load_marks(connection, SCHEME).get((REPORT, PROVINCE), ()))
    assert "deadline_" in page
    if "deadline_reopen" in page:
        assert note(finance, "reopen", REPORT, PROVINCE, seen, note="重报").status_code == 200
        seen += 1
    assert note(tax, "done", REPORT, PROVINCE, seen, **given).status_code == 403
    assert note(city, "done", REPORT, PROVINCE, seen, **given).status_code == 403
    assert note(finance, "done", REPORT, PROVINCE, seen, **given).status_code == 200
    assert note(finance, "done", REPORT, PROVINCE, seen, **given).status_code == 422
    text = sign_in(own_server, "p-leader").text("/calendar")
    assert "逾期办结 2026年11月2日" in text and "吉财社〔2026〕61号" in text
    # The form says the same of the last quarter that had ended by its month, to a city only the day.
    due = "2026年第3季度季报应于2026年10月26日前报出："
    told = sign_in(own_server, "p-leader").text("/budget?tab=form&period=2026-10")
    assert f"{due}逾期办结 2026年11月2日 Name of p-finance 吉财社〔2026〕61号" in told
    assert f"{due}省级办理。" in sign_in(own_server, "c-siping").text("/budget?tab=form&period=2026-10")
    assert note(finance, "reopen", REPORT, PROVINCE, seen + 1, note="文号填错").status_code == 200
    assert "吉财社〔2026〕61号" not in sign_in(own_server, "p-leader").text("/calendar")
    assert "文号填错" in str(finance.drawer(f"/calendar?item={REPORT}"))


def test_what_the_books_show_nobody_notes(own_server: Flask) -> None:
    monitor = sign_in(own_server, "p-monitor")
    given = {"done_on": "2026-11-02", "document": "1"}
    refused = note(monitor, "done", "closing_day.2026-11", PROVINCE, 0, **given)
    assert refused.status_code == 422 and "由账目和登记判定" in refused.json["problem"]
    assert note(monitor, "done", "closing_day.1999-13", PROVINCE, 0, **given).status_code == 422
    assert note(sign_in(own_server, "c-jilin"), "done", RECEIPT, SIPING, 0, **given).status_code == 403


def test_the_calendar_file_has_a_day_an_entry_and_names_nobody(reader: Callable[[str], Reader]) -> None:
    someone = reader("p-monitor")
    links = [href for href in hrefs(someone.page("/calendar")) if ".ics" in href]
    assert len(links) == 1
    answer = someone.client.get(links[0])
    assert answer.mimetype == "text/calendar"
    entries = Calendar.from_ical(answer.data).walk("VEVENT")
    with_signatures = someone.client.get(links[0].replace(".ics", ".csv")).get_data(as_text=True)
    assert len(entries) == len(statutory_days(load_scheme(SCHEME), 2026, WorkingCalendar()))
    first = {str(one["uid"]): one for one in entries}[f"{SCHEME}.closing_day.2026-09@poolwatch"]
    assert first.decoded("dtstart").isoformat().startswith("2026-10-0") and "月度定稿" in str(first["summary"])
    assert "演示签发人" in with_signatures and "演示签发人" not in answer.get_data(as_text=True)
    assert someone.client.get("/export/issues/issues.ics").status_code == 404
