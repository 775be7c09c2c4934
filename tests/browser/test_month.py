"""A month from the request to its close, as docs/guide tells it: each department before a browser of its own, by the route
on which a province pays: Jiangsu into the local fiscal accounts, Shanxi into the cities' expenditure accounts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.site.transaction import SESSION_COOKIE
from rules.scheme import load_scheme
from tests.browser.conftest import PHONE, WIDE, Seat, Served
from tests.demonstration_store import NOW
from workflows.fund_requests.register import load_month
from workflows.people.sign_in import sign_in_demo

SIDES = ("finance", "tax", "treasury", "agency")
NEXT, RUNNING, LAST = "2026-12", "2026-11", "2026-10"
CUT_YUAN = 10_000_000


@dataclass(frozen=True)
class Route:
    """A province's own: who reports for which city and county, through which accounts its money goes, who has to explain an
    item of the last month's books, what was said to be unpaid when the journey begins."""

    scheme: str
    unit: str
    city: str
    county: str
    through: str
    explains: str = ""
    unpaid_month: str = RUNNING


ROUTES = (
    Route("jiangsu-pension", "demo-unit-jiangsu", "321300", "321324", "经地方财政专户", "treasury", LAST),
    Route("shanxi-pension", "demo-unit-shanxi", "140400", "140426", "经市级支出户"),
)


@dataclass
class Walk:
    """The route, the site with its store, and who sits before which browser."""

    route: Route
    site: Served
    seats: dict[str, Seat] = field(default_factory=dict)

    def payments(self, who: str, month: str, item: str = "") -> Page:
        return self.go(who, f"/funds?tab=payments&show={month}" + (f"&item={item}" if item else ""))

    def go(self, who: str, address: str) -> Page:
        """Open an address; nobody else's page asks for news meanwhile."""
        for seat in self.seats.values():
            if seat is not self.seats[who] and seat.page.url != "about:blank":
                seat.page.goto("about:blank")
        return self.seats[who].go(self.of_scheme(address))

    def of_scheme(self, address: str) -> str:
        return f"{address}{'&' if '?' in address else '?'}scheme={self.route.scheme}"

    def to_do(self, who: str, act: str) -> int:
        """In how many rows of 需我办理 an act is the reader's next, as the site answers without a browser."""
        seat = self.seats[who]
        answer = seat.context.request.get(seat.base + self.of_scheme("/messages"))
        assert answer.status == 200
        listed = answer.text().partition('<caption class="vh">需我办理</caption>')[2].partition("</table>")[0]
        return listed.count(f"<td><b>{act}</b>")

    def follow(self, who: str, said: str) -> Page:
        """From the message to where it is worked."""
        page = self.go(who, "/messages")
        page.locator(".inbox .content table a", has_text=said).first.click()
        expect(page.locator(".inbox .work .subject")).to_contain_text(said)
        page.locator(".inbox .turn a.button").click()
        return self.seats[who].settled()

    def steps(self) -> dict[str, int]:
        """What the next month's application, its review and its order are of, in fen."""
        scheme = load_scheme(self.route.scheme)
        with self.site.engine.connect() as connection:
            found = load_month(connection, scheme.code, scheme.province, int(NEXT.replace("-", "")))
        return {one.step: one.amount_fen or 0 for one in found.steps}


def form(page: Page, name: str) -> Locator:
    found = page.locator(f'form[data-act="{name}"]').first
    expect(found).to_be_attached()
    if not found.is_visible():
        found.locator("xpath=ancestor::details[1]/summary").click()
    return found


def send(seat: Seat, asked: Locator, said: str) -> None:
    """Send a form; the site says what was done."""
    with seat.page.expect_response(re.compile("/act/")) as answer:
        asked.locator("button[type=submit]").first.click()
    assert said in answer.value.json().get("message", ""), answer.value.json()
    seat.settled()


@pytest.fixture
def walk(
    request: pytest.FixtureRequest,
    serve: Callable[..., Served],
    sit: Callable[..., Seat],
    pensions_file: Path,
) -> Walk:
    """Everybody is signed in as at the demonstration: the city's agency by one click on the sign-in page."""
    own = Walk(request.param, serve(pensions_file))
    for who in ("unit", *SIDES, "monitor"):
        seat = own.seats[who] = sit("", at=own.site)
        if who == "unit":
            seat.page.goto(f"{own.site.base}/sign-in?next=/funds?tab=payments")
            seat.page.locator(f"form:has(input[value={own.route.unit}]) button").click()
            seat.settled()
        else:
            token = sign_in_demo(own.site.engine, who, NOW).token
            seat.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": own.site.base}])
    return own


@pytest.mark.parametrize("walk", ROUTES, ids=lambda one: one.scheme, indirect=True)
def test_a_month_goes_through_every_departments_hands_from_the_request_to_its_close(walk: Walk) -> None:
    reported(walk)
    applied(walk)
    reviewed(walk)
    ordered(walk)
    paid(walk)
    made_up(walk)
    explained_and_signed(walk)
    closed(walk)


def reported(walk: Walk) -> None:
    """The city's agency reports from a telephone what its units need; then nothing of it is left to do."""
    seat = walk.seats["unit"]
    seat.size(PHONE)
    page = walk.payments("unit", NEXT, walk.route.city)
    needs = form(page, "fund_need")
    amounts = needs.locator("input[name^=fen_]")
    assert amounts.count() > 3
    for at in range(amounts.count()):
        amounts.nth(at).fill("50000000")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    send(seat, needs, "用款需求")
    seat.size(WIDE)
    assert not walk.to_do("unit", "报用款需求")


def applied(walk: Walk) -> None:
    assert walk.to_do("agency", "提交用款申请") == 1 and not walk.to_do("finance", "审核用款申请")
    page = walk.follow("agency", "12月用款计划")
    expect(page.locator("#drawer")).to_contain_text("编制中")
    send(walk.seats["agency"], form(page, "fund_apply"), "申请已提交")
    assert not walk.to_do("agency", "提交用款申请")


def reviewed(walk: Walk) -> None:
    """Finance cuts one county with a reason, then approves; who applied is offered neither."""
    page = walk.seats["agency"].page
    expect(page.locator("#drawer")).to_contain_text("待审核")
    assert page.locator('form[data-act="fund_review"]').count() == 0
    assert walk.to_do("finance", "审核用款申请") == 1
    page = walk.payments("finance", NEXT, walk.route.city)
    cutting = form(page, "fund_cut")
    amount = cutting.locator(f"input[name=fen_{walk.route.county}]")
    assert Decimal(amount.input_value().replace(",", "")) == 50_000_000
    amount.fill(str(50_000_000 - CUT_YUAN))
    cutting.locator("[name=text]").fill("停发人员重复申报")
    send(walk.seats["finance"], cutting, "已记核减")
    page = walk.payments("finance", NEXT, "step-asked")
    send(walk.seats["finance"], form(page, "fund_review"), "已审核")
    assert not walk.to_do("finance", "审核用款申请") and walk.to_do("finance", "登记拨付单") == 1


def ordered(walk: Walk) -> None:
    """What is asked less what is cut is approved, and ordered to the fen; the page's course says the same."""
    page = walk.seats["finance"].page
    ordering = form(page, "fund_order")
    ordering.locator("[name=document]").fill("拨字〔2026〕12号")
    send(walk.seats["finance"], ordering, "已登记拨付单")
    assert not walk.to_do("finance", "登记拨付单")
    done = walk.steps()
    assert done["apply"] - CUT_YUAN * 100 == done["review"] == done["order"]
    assert in_yi(done["order"]) in course(page)


def paid(walk: Walk) -> None:
    """The running month by the province's own route, as its books came in: nothing is lost between two stages."""
    shown = stages(walk.payments("unit", RUNNING))
    page = walk.seats["unit"].page
    expect(page.locator(".pipe")).to_contain_text(walk.route.through)
    off = sum(between(page.locator(".pipe .joint").nth(at)) for at in range(4))
    assert abs(shown["申请"] - off - shown["发放"]) <= Decimal("0.03")
    assert shown["审核"] == shown["拨付"] == shown["到账"] > 0


def made_up(walk: Walk) -> None:
    """What a county has not paid out is registered, waits for its agency, and is gone once it is made up."""
    seat, month, county = walk.seats["unit"], walk.route.unpaid_month, walk.route.county
    if not walk.to_do("unit", "登记补发"):
        missing = form(walk.payments("unit", month, county), "fund_unpaid")
        for name, value in (("persons", "3"), ("amount", "5000"), ("text", "银行账户异常")):
            missing.locator(f"[name={name}]").fill(value)
        send(seat, missing, "已登记")
    assert walk.to_do("unit", "登记补发") == 1
    page = walk.follow("unit", "未按时足额发放")
    send(seat, form(page, "fund_paid_up"), "已补发完")
    assert not walk.to_do("unit", "登记补发")


def explained_and_signed(walk: Walk) -> None:
    """An item waits for whose book it is; then the statement for each department, one after the other."""
    who = walk.route.explains
    if who:
        assert walk.to_do(who, "说明账项") == 1 and not walk.to_do("tax", "签署对账")
        page = walk.follow(who, "账项待说明")
        row = page.locator("tr", has=page.locator('form[data-act="reconcile_explain"]')).first
        row.locator("summary").click()
        saying = row.locator('form[data-act="reconcile_explain"]')
        saying.locator("[name=kind]").select_option("unreached")
        saying.locator("[name=text]").fill("入库凭证送达晚，次月补记")
        send(walk.seats[who], saying, "已说明")
        assert not walk.to_do(who, "说明账项")
    for side in SIDES:
        assert walk.to_do(side, "签署对账") == 1
        page = walk.go(side, f"/funds?tab=reconcile&number={LAST.replace('-', '')}")
        send(walk.seats[side], form(page, "reconcile_sign"), "已签署")
        assert not walk.to_do(side, "签署对账")
    expect(page.locator("#page")).to_contain_text("各方均已签署，对账完成")


def closed(walk: Walk) -> None:
    """The month was signed before its books agreed: the monitor asks, finance agrees, the monitor signs anew."""
    monitor, finance = walk.seats["monitor"], walk.seats["finance"]
    page = walk.go("monitor", "/data?tab=checks")
    page.get_by_text("申请重开2026年10月").click()
    asking = form(monitor.settled(), "ask_reopening")
    asking.locator("[name=why]").fill("对账已完成，按最新数据重新定稿")
    send(monitor, asking, "已申请")
    assert page.locator('form[data-act="reopen_month"]').count() == 0
    page = walk.follow("finance", "申请重开")
    agreeing = form(page, "reopen_month")
    agreeing.locator("[name=why]").fill("同意")
    send(finance, agreeing, "已重开")
    assert not walk.to_do("finance", "决定是否重开")
    assert walk.to_do("monitor", "签署定稿") == 1
    page = walk.go("monitor", "/data?tab=checks")
    for name in ("对账差异", "对账签署"):
        expect(page.locator("ul.points li.met", has_text=name)).to_be_visible()
    page.get_by_text("定稿2026年10月", exact=True).click()
    signing = form(monitor.settled(), "close_month")
    if signing.locator("[name=why]").count():
        signing.locator("[name=why]").fill("来源停报已函告")
    send(monitor, signing, "已定稿")
    assert not walk.to_do("monitor", "签署定稿")


def course(page: Page) -> list[Decimal]:
    """The amounts of the application's course, as shown in 亿元."""
    lines = page.locator("#drawer .journal").last.inner_text().replace(",", "")
    return [Decimal(one) for one in re.findall(r"\d+\.\d\d\b", lines)]


def stages(page: Page) -> dict[str, Decimal]:
    """The stages of the pipe that have an amount, as shown in 亿元."""
    found = {}
    for one in page.locator(".pipe .stage").all():
        amount = re.match(r"[\d,]+\.\d+", one.locator(".figure").inner_text())
        if amount:
            found[one.locator(".label").inner_text()] = Decimal(amount[0].replace(",", ""))
    return found


def between(joint: Locator) -> Decimal:
    """What a joint says was left out, below zero what came in besides."""
    said = joint.locator(".amount").inner_text().replace(",", "")
    amount = Decimal(re.findall(r"[\d.]+", said)[0])
    return -amount if re.search("多拨|上月拨付|动用结存", said) else amount


def in_yi(fen: int) -> Decimal:
    return Decimal(f"{Decimal(fen) / 10**10:.2f}")
