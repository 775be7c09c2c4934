"""Three people work one warning in three browsers, and each finds what the others did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from data_access.store.engine import writing
from rules.alerts.casework import Group
from tests.browser.conftest import Seat, Served
from tests.demonstration_store import SCHEME, digest
from workflows.cases.register import case_list
from workflows.people.accounts import Role, create_account

CHANGCHUN = "220100"


def act(page: Page, name: str) -> None:
    """Send the form of an act."""
    page.locator(f'form[data-act="{name}"] button[type=submit]').click()


def state(page: Page, said: str) -> None:
    expect(page.locator(".work")).to_contain_text(said)


def test_a_city_a_monitor_and_a_leader_work_one_warning(
    serve: Callable[[], Served], sit: Callable[..., Seat], tmp_path: Path
) -> None:
    own = serve()
    with writing(own.engine) as connection:
        create_account(connection, login="c-changchun", name="长春", role=Role.CITY, region=CHANGCHUN, digest=digest())
        case = next(
            one for one in case_list(connection, SCHEME) if one.place == CHANGCHUN and one.group is Group.PAYMENT
        )
    there = f"/warnings/{case.number}?scheme={SCHEME}"
    seats = [sit(login, at=own) for login in ("c-changchun", "p-monitor", "p-leader")]
    city, monitor, leader = (seat.go(there) for seat in seats)

    state(city, "待签收")
    act(city, "case_sign")
    state(city, "已签收待转办")

    monitor.reload()
    assigning = monitor.locator('form[data-act="case_assign"]')
    assigning.locator("[name=due]").fill("2026-11-25")
    assigning.locator("[name=text]").fill("请核查")
    act(monitor, "case_assign")
    state(monitor, "处置中")

    city.reload()
    answer = city.locator('form[data-act="case_submit"]')
    answer.locator("[name=text]").fill("已约谈")
    act(city, "case_submit")
    expect(answer.locator(".answer")).to_contain_text("附")
    assert all("422" in said for said in seats[0].complaints)
    seats[0].complaints.clear()  # the browser's own word on the refusal
    evidence = tmp_path / "ledger.csv"
    evidence.write_text("who,owes\n", encoding="utf-8")
    answer.locator("[type=file]").set_input_files(evidence)
    assert answer.locator("[name=text]").input_value() == "已约谈", "what was written is lost with the refusal"
    act(city, "case_submit")
    state(city, "已反馈待核")

    monitor.reload()
    state(monitor, "ledger.csv")
    state(monitor, "销号条件未满足")
    verifying = monitor.locator('form[data-act="case_close"]')
    verifying.locator("[name=text]").fill("请补充明细")
    verifying.get_by_text("退回补充", exact=True).click()
    state(monitor, "处置中")

    leader.reload()
    instruction = leader.locator('form[data-act="instruct"]')
    instruction.locator("[name=text]").fill("月底前报结果")
    instruction.locator("[name=due]").fill("2026-11-30")
    act(leader, "instruct")
    state(leader, "月底前报结果")
    leader.goto(own.base + f"/?scheme={SCHEME}")
    expect(leader.locator("#page")).to_contain_text("批示督办事项")

    city.reload()
    course = city.locator("#page")
    for part in ("退回补充：请补充明细", "月底前报结果"):
        expect(course).to_contain_text(part)
