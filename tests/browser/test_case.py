"""One warning through the hands of five people, each in a browser of their own: each finds it among what is theirs to do
exactly when it is, and does it there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from data_access.store import schema
from data_access.store.engine import writing
from rules.alerts.casework import Group
from rules.department import Department
from tests.browser.conftest import Seat, Served
from tests.demonstration_store import PROVINCE, SCHEME, digest
from workflows.cases.register import case_list
from workflows.people.accounts import Role, create_account

CHANGCHUN = "220100"
PEOPLE = (
    ("c-changchun", Role.CITY, CHANGCHUN, Department.SOCIAL),
    ("t-changchun", Role.TAX, CHANGCHUN, None),
    ("p-monitor-2", Role.MONITOR, PROVINCE, None),
)


def to_do(seat: Seat) -> int:
    """What the badge says: asked as the page itself asks."""
    return int(seat.context.request.get(f"{seat.base}/api/v1/version").json()["unread"])


def form(page: Page, name: str) -> Locator:
    """The form of an act in the panel beside the list."""
    return page.locator(f'.inbox .turn form[data-act="{name}"]')


def gone(page: Page, number: str) -> None:
    """The matter of that number is looked at no more."""
    expect(page.locator(".inbox .work .top .muted", has_text=number)).to_have_count(0)


def looked_at(page: Page) -> str:
    return page.locator(".inbox .work .top .muted").inner_text().split()[1]


def send(page: Page, name: str) -> None:
    """Send the form; what is done leaves the list, and the next is looked at."""
    number = looked_at(page)
    form(page, name).locator("button[type=submit]").first.click()
    gone(page, number)


def test_five_people_work_one_warning_and_each_is_told_when_it_is_theirs(
    serve: Callable[[], Served], sit: Callable[..., Seat], tmp_path: Path
) -> None:
    own = serve()
    with writing(own.engine) as connection:
        for login, role, region, department in PEOPLE:
            create_account(
                connection,
                login=login,
                name=login,
                role=role,
                region=region,
                department=department,
                digest=digest(),
            )
        case = next(
            one for one in case_list(connection, SCHEME) if one.place == CHANGCHUN and one.group is Group.PAYMENT
        )
    seats = [sit(login, at=own) for login in ("c-changchun", "t-changchun", "p-monitor", "p-monitor-2", "p-leader")]
    city, tax, monitor, second, leader = seats
    known = [to_do(seat) for seat in seats]

    def moved(*expected: int) -> None:
        """By how much everybody's badge went up or down: city, tax, monitor, second monitor, leader."""
        now = [to_do(seat) for seat in seats]
        assert tuple(after - before for before, after in zip(known, now, strict=True)) == expected
        known[:] = now

    def at(seat: Seat, matter: str = f"case.{case.number}") -> Page:
        page = seat.go(f"/messages?scheme={SCHEME}&id={matter}")
        expect(page.locator(".inbox .turn")).to_be_visible()
        return page

    # 长春 signs; the monitors, who had to urge it, now have to give it on.
    send(at(city), "case_sign")
    moved(-1, 0, 0, 0, 0)

    page = at(monitor)
    assigning = form(page, "case_assign")
    assigning.locator("[name=to]").select_option(f"{CHANGCHUN}/tax")
    assigning.locator("[name=due]").fill("2026-11-25")
    send(page, "case_assign")
    moved(0, 1, -1, -1, 0)

    # The case is yellow, so that no leader has to say anything; this one does, on the case's own page.
    page = leader.go(f"/warnings/{case.number}?scheme={SCHEME}")
    instruction = page.locator('form[data-act="instruct"]')
    assert instruction.locator("[name=due]").input_value() == "2026-11-27", "five working days, unless said otherwise"
    instruction.locator("[name=text]").fill("月底前报结果")
    instruction.locator("button[type=submit]").click()
    expect(page.locator(".work")).to_contain_text("月底前报结果")
    moved(0, 1, 0, 0, 0)

    page = at(tax)
    answer = form(page, "case_submit")
    answer.locator("[name=text]").fill("已约谈")
    answer.locator("button[type=submit]").click()
    expect(answer.locator(".answer")).to_contain_text("附")
    assert all("422" in said for said in tax.complaints)
    tax.complaints.clear()  # the browser's own word on the refusal
    evidence = tmp_path / "ledger.csv"
    evidence.write_text("who,owes\n", encoding="utf-8")
    answer.locator("[type=file]").set_input_files(evidence)
    assert answer.locator("[name=text]").input_value() == "已约谈", "what was written is lost with the refusal"
    send(page, "case_submit")
    moved(0, -1, 1, 1, 0)

    # The next row is looked at by itself: the instruction, which the tax office leads.
    report = form(page, "report_instruction")
    if not report.is_visible():
        page.locator(".inbox .turn summary").first.click()
    report.locator("[name=result], [name=text]").first.fill("已清欠")
    send(page, "report_instruction")
    moved(0, -1, 0, 0, 1)

    # Sent back by the keyboard, with a reason; answered again.
    page = at(monitor)
    form(page, "case_close").locator("[name=text]").fill("请补充明细")
    page.locator(".inbox .turn h3").first.click()
    page.keyboard.press("r")
    gone(page, case.number)
    moved(0, 1, -1, -1, 0)
    page = at(tax)
    form(page, "case_submit").locator("[name=text]").fill("明细附后")
    form(page, "case_submit").locator("[type=file]").set_input_files(evidence)
    send(page, "case_submit")
    moved(0, -1, 1, 1, 0)

    # The value has not recovered: one monitor asks that the risk be accepted, only the other may say yes.
    page = at(monitor)
    page.get_by_text("经批准暂不处置", exact=True).click()
    asking = form(page, "case_except")
    asking.locator("[name=text]").fill("政策因素")
    asking.locator("[name=until]").fill("2026-12-31")
    send(page, "case_except")
    moved(0, 0, -1, 0, 0)
    page = at(second)
    form(page, "case_decide").locator("[name=text]").fill("同意")
    send(page, "case_decide")
    moved(0, 0, 0, -1, 0)

    page = at(leader, f"instruction.{case_instruction(own)}")
    send(page, "finish_instruction")
    moved(0, 0, 0, 0, -1)


def case_instruction(own: Served) -> str:
    """The number of the instruction that was given last."""
    with own.engine.connect() as connection:
        table = schema.instruction
        return str(connection.execute(select(table.c.number).order_by(table.c.id.desc()).limit(1)).scalar_one())
