"""One warning through the hands of five people, each in a browser of their own: each finds it among what is theirs to do
exactly when it is, and does it there; the city's answer, with a photo, from a telephone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from data_access.store import schema
from data_access.store.engine import writing
from rules.alerts.casework import Group
from rules.department import Department
from tests.browser.conftest import PHONE, WIDE, Seat, Served
from tests.demonstration_store import PROVINCE, SCHEME, digest
from workflows.cases.register import case_list
from workflows.people.accounts import Role, create_account

CHANGCHUN = "220100"
PEOPLE = (
    ("c-changchun", Role.CITY, CHANGCHUN, Department.SOCIAL),
    ("t-changchun", Role.TAX, CHANGCHUN, None),
    ("p-monitor-2", Role.MONITOR, PROVINCE, None),
)


@dataclass
class Work:
    """One case and the five who work on it; ``known``: what each one's badge said last."""

    site: Served
    number: str
    city: Seat
    tax: Seat
    monitor: Seat
    second: Seat
    leader: Seat
    known: tuple[int, ...] = ()

    def moved(self) -> tuple[int, ...]:
        """By how much everybody's badge went up or down since last asked: city, tax, monitor, second monitor, leader."""
        before, self.known = (
            self.known,
            tuple(map(to_do, (self.city, self.tax, self.monitor, self.second, self.leader))),
        )
        return tuple(now - then for then, now in zip(before, self.known, strict=True)) if before else self.known

    def at(self, seat: Seat, matter: str = "") -> Page:
        """The inbox of one of them, at the case or another matter."""
        page = seat.go(f"/messages?scheme={SCHEME}&id={matter or f'case.{self.number}'}")
        expect(page.locator(".inbox .turn")).to_be_visible()
        return page


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


def refused_without_file(seat: Seat, answer: Locator, written: str) -> None:
    """Send an answer without what must be attached: it is refused in words, and nothing written is lost."""
    answer.locator("[name=text]").fill(written)
    answer.locator("button[type=submit]").click()
    expect(answer.locator(".answer")).to_contain_text("附")
    assert all("422" in said for said in seat.complaints)
    seat.complaints.clear()  # the browser's own word on the refusal
    assert answer.locator("[name=text]").input_value() == written, "what was written is lost with the refusal"


def test_five_people_work_one_warning_and_each_is_told_when_it_is_theirs(
    serve: Callable[[], Served], sit: Callable[..., Seat], tmp_path: Path
) -> None:
    own = serve()
    number = prepared(own)
    city, tax = (sit(login, at=own) for login in ("c-changchun", "t-changchun"))
    monitor, second, leader = (sit(login, at=own) for login in ("p-monitor", "p-monitor-2", "p-leader"))
    work = Work(own, number, city, tax, monitor, second, leader)
    work.moved()
    signed_by_the_city_and_given_to_its_tax_office(work)
    instructed_by_the_leader(work)
    answered_and_reported_by_the_tax_office(work, tmp_path / "ledger.csv")
    sent_back_by_the_keyboard(work)
    answered_from_a_telephone_with_a_photo(work, tmp_path / "photo.jpg")
    accepted_by_two_monitors(work)
    send(work.at(work.leader, f"instruction.{last_instruction(own)}"), "finish_instruction")
    assert work.moved() == (0, 0, 0, 0, -1)


def prepared(own: Served) -> str:
    """The five have accounts; the number of the case that they work on."""
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
        return next(
            one.number for one in case_list(connection, SCHEME) if one.place == CHANGCHUN and one.group is Group.PAYMENT
        )


def signed_by_the_city_and_given_to_its_tax_office(work: Work) -> None:
    """长春 signs; the monitors, who had to urge it, now have to give it on."""
    send(work.at(work.city), "case_sign")
    assert work.moved() == (-1, 0, 0, 0, 0)
    page = work.at(work.monitor)
    assigning = form(page, "case_assign")
    assigning.locator("[name=to]").select_option(f"{CHANGCHUN}/tax")
    assigning.locator("[name=due]").fill("2026-11-25")
    send(page, "case_assign")
    assert work.moved() == (0, 1, -1, -1, 0)


def instructed_by_the_leader(work: Work) -> None:
    """The case is yellow, so that no leader has to say anything; this one does, on the case's own page."""
    page = work.leader.go(f"/warnings/{work.number}?scheme={SCHEME}")
    instruction = page.locator('form[data-act="instruct"]')
    assert instruction.locator("[name=due]").input_value() == "2026-11-27", "five working days, unless said otherwise"
    instruction.locator("[name=text]").fill("月底前报结果")
    instruction.locator("button[type=submit]").click()
    expect(page.locator(".work")).to_contain_text("月底前报结果")
    assert work.moved() == (0, 1, 0, 0, 0)


def answered_and_reported_by_the_tax_office(work: Work, evidence: Path) -> None:
    page = work.at(work.tax)
    answer = form(page, "case_submit")
    refused_without_file(work.tax, answer, "已约谈")
    evidence.write_text("who,owes\n", encoding="utf-8")
    answer.locator("[type=file]").set_input_files(evidence)
    send(page, "case_submit")
    assert work.moved() == (0, -1, 1, 1, 0)

    # The next row is looked at by itself: the instruction, which the tax office leads.
    report = form(page, "report_instruction")
    if not report.is_visible():
        page.locator(".inbox .turn summary").first.click()
    report.locator("[name=result], [name=text]").first.fill("已清欠")
    send(page, "report_instruction")
    assert work.moved() == (0, -1, 0, 0, 1)


def sent_back_by_the_keyboard(work: Work) -> None:
    page = work.at(work.monitor)
    form(page, "case_close").locator("[name=text]").fill("请补充明细")
    page.locator(".inbox .turn h3").first.click()
    page.keyboard.press("r")
    gone(page, work.number)
    assert work.moved() == (0, 1, -1, -1, 0)


def answered_from_a_telephone_with_a_photo(work: Work, photo: Path) -> None:
    """From the list on the telephone to the case's own page; the monitor sees the photo with the case, and it is that one."""
    Image.new("RGB", (64, 48), "teal").save(photo, "JPEG")
    work.tax.size(PHONE)
    page = work.tax.go(f"/messages?scheme={SCHEME}")
    page.locator(f'.inbox a.open[href*="/warnings/{work.number}"]').click()
    answer = page.locator('form[data-act="case_submit"]')
    refused_without_file(work.tax, answer, "明细附后")
    answer.locator("[type=file]").set_input_files(photo)
    answer.locator("button[type=submit]").click()
    expect(page.locator("a.file", has_text="photo.jpg")).to_be_visible()
    work.tax.size(WIDE)
    assert work.moved() == (0, -1, 1, 1, 0)
    file = work.at(work.monitor).locator(".inbox .work a.file", has_text="photo.jpg")
    expect(file).to_be_visible()
    fetched = work.monitor.context.request.get(work.monitor.base + str(file.get_attribute("href")))
    assert fetched.body() == photo.read_bytes()


def accepted_by_two_monitors(work: Work) -> None:
    """The value has not recovered: one monitor asks that the risk be accepted, only the other may say yes."""
    page = work.at(work.monitor)
    page.get_by_text("经批准暂不处置", exact=True).click()
    asking = form(page, "case_except")
    asking.locator("[name=text]").fill("政策因素")
    asking.locator("[name=until]").fill("2026-12-31")
    send(page, "case_except")
    assert work.moved() == (0, 0, -1, 0, 0)
    page = work.at(work.second)
    form(page, "case_decide").locator("[name=text]").fill("同意")
    send(page, "case_decide")
    assert work.moved() == (0, 0, 0, -1, 0)


def last_instruction(own: Served) -> str:
    """The number of the instruction that was given last."""
    with own.engine.connect() as connection:
        table = schema.instruction
        return str(connection.execute(select(table.c.number).order_by(table.c.id.desc()).limit(1)).scalar_one())
