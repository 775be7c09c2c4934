"""Ways through the site: in, down, back, across, by mouse and by keyboard; the address always says where one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, READY, Seat
from tests.demonstration_store import JILIN_CITY, SCHEME, YONGJI


def query(seat: Seat) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(seat.page.url).query).items()}


def region_menu(page: Page):
    return page.locator('#header details.menu:has(summary[title="地区"])')


def choose(page: Page, title: str, text: str) -> None:
    """Open a header menu and choose an entry."""
    menu = page.locator(f'#header details.menu:has(summary[title="{title}"])')
    menu.locator("summary").click()
    menu.locator(".pop a", has_text=text).first.click()
    expect(menu).not_to_have_attribute("open", "")


@pytest.mark.parametrize(
    ("role", "lands", "menu"),
    [
        ("leader", "总览", ["总览", "预警督办", "资金运行", "缺口分担", "考核评估", "简报材料"]),
        (
            "monitor",
            "总览",
            ["总览", "预警督办", "预算执行", "资金运行", "缺口分担", "考核评估", "简报材料", "数据接入"],
        ),
    ],
)
def test_a_role_signs_in_from_the_demonstrations_door(
    sit: Callable[..., Seat], role: str, lands: str, menu: list[str]
) -> None:
    seat = sit("")
    seat.page.goto(seat.base + "/")
    assert urlsplit(seat.page.url).path == "/sign-in"
    seat.page.click(f'form:has(input[value="{role}"]) button')
    page = seat.settled()
    assert page.locator("#menu a .long").all_text_contents() == menu
    expect(page).to_have_title(re.compile(lands))
    assert "演示" in page.inner_text("#account-name") or "Demo" in page.inner_text("#account-name")
    choose_account(page, "退出登录")
    page.wait_for_url("**/sign-in")
    page.goto(seat.base + "/funds")
    assert urlsplit(page.url).path == "/sign-in"


def choose_account(page: Page, text: str) -> None:
    menu = page.locator("#header details.menu.right")
    menu.locator("summary").click()
    menu.locator(".pop a, .pop button", has_text=text).click()


def test_one_goes_down_to_a_county_and_back_up_by_menu_and_by_the_back_button(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go("/")
    page.locator(".rank a.row", has_text="吉林市").click()
    expect(region_menu(page).locator("summary")).to_contain_text("吉林市")
    assert query(seat)["region"] == JILIN_CITY
    expect(page.locator(".say .first")).to_contain_text("吉林市")
    page.locator(".path summary").click()
    page.locator(".path a", has_text="永吉县").click()
    expect(page.locator(".say .first")).to_contain_text("永吉县")
    assert query(seat)["region"] == YONGJI
    page.go_back()
    expect(page.locator(".say .first")).to_contain_text("吉林市")
    page.go_forward()
    expect(page.locator(".say .first")).to_contain_text("永吉县")
    choose(page, "地区", "全省")
    expect(page.locator(".say .first")).to_contain_text("吉林省")


def test_scheme_region_and_period_are_kept_from_page_to_page(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go(f"/?scheme={SCHEME}&region={JILIN_CITY}&period=2026-09")
    for path in ("/budget", "/funds", "/data", "/"):
        page.locator(f'#menu a[href^="{path}?"]').click()
        page.wait_for_url(f"**{path}?*")
        seat.settled()
        assert {key: query(seat).get(key) for key in ("scheme", "region", "period")} == {
            "scheme": SCHEME,
            "region": JILIN_CITY,
            "period": "2026-09",
        }


def test_a_link_shows_another_reader_with_the_same_rights_the_same(sit: Callable[..., Seat]) -> None:
    address = f"/?region={JILIN_CITY}&period=2026-09&compare=year&show=table&item=premium_deviation"
    seen = []
    for login in ("c-jilin", "c-jilin-2"):
        page = sit(login).go(address)
        page.wait_for_selector("#drawer > .in")
        seen.append((page.inner_text("#page"), page.inner_text("#drawer")))
    assert seen[0] == seen[1]


def test_a_city_lands_at_home_and_cannot_open_the_province_by_its_address(sit: Callable[..., Seat]) -> None:
    seat = sit("c-jilin")
    expect(seat.go("/").locator(".say .first")).to_contain_text("吉林市")
    for address in ("/?region=220000", "/funds?region=220300", "/budget?region=220000&item=premium"):
        page = seat.go(address)
        expect(page.locator("#page")).to_contain_text("无权查看")
        assert page.locator(".band, table.t, .rank").count() == 0
    page.locator("#page").get_by_text("回到首页").click()
    expect(seat.page.locator(".say .first")).to_contain_text("吉林市")


def test_the_drawer_opens_from_a_card_and_closes_by_escape_and_by_its_cross(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go("/")
    for close in (lambda: page.keyboard.press("Escape"), lambda: page.click("#drawer .close")):
        # The card has a link of its own to the projection below, so that only its figure opens the drawer.
        page.locator(".band .cell").nth(1).locator(".figure a").click()
        page.wait_for_selector("#drawer > .in")
        assert query(seat)["item"] == "months_payable"
        expect(page.locator("#drawer")).to_contain_text("计算依据")
        expect(page.locator("#drawer")).to_contain_text("版本")
        close()
        expect(page.locator("#drawer > .in")).to_have_count(0)
        assert "item" not in query(seat)


def test_a_card_of_the_band_changes_only_the_drawer_and_not_the_page(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go(f"/?scheme={SCHEME}&region=220000")
    page.evaluate("document.querySelector('.band').dataset.same = 'yes'")
    page.locator(".band a.cell").nth(0).click()
    page.wait_for_selector("#drawer > .in")
    assert page.locator('.band[data-same="yes"]').count() == 1


def test_the_ranking_is_seen_as_bars_tiles_and_table_with_the_same_regions(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go("/")
    names = sorted(name.strip() for name in page.locator(".rank a.row .name").all_inner_texts())
    page.locator(".segment a", has_text="表").last.click()
    page.wait_for_selector(".section table.t")
    assert query(seat)["show"] == "table"
    for name in names:
        assert page.locator("table.t td", has_text=name).count() >= 1, name
    page.locator(".segment a", has_text="方块图").click()
    page.wait_for_selector(".tiles .tile")
    assert sorted(page.locator(".tiles .tile b").all_inner_texts()) == names
    expect(page.locator("#page")).to_contain_text("示意排布，不代表行政区域界线")
    page.locator(".segment a", has_text="条形").click()
    page.wait_for_selector(".rank a.row")


def test_the_comparison_chosen_changes_the_line_of_the_cards(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go("/")
    line = page.locator(".band .cell", has_text="收入执行").locator(".line").last
    expect(line).to_contain_text("历史同期")
    choose(page, "对比", "同比")
    expect(line).to_contain_text("同比")
    choose(page, "对比", "环比")
    expect(line).to_contain_text("环比")
    assert query(seat)["compare"] == "month"


def test_the_period_changes_between_the_signed_month_and_now(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go("/")
    expect(page.locator(".say .first")).to_contain_text("截至10月末")
    expect(page.locator("#header .period")).to_contain_text("已定稿")
    page.locator("#header .period > a", has_text="实时").click()
    expect(page.locator(".say .first")).to_contain_text("截至11月20日")
    choose(page, "期间", "2026年9月")
    expect(page.locator(".say .first")).to_contain_text("截至9月末")


def test_language_and_theme_are_chosen_once_and_stay(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go(f"/funds?region={JILIN_CITY}")
    choose_account(page, "English")
    page.wait_for_selector("html[lang=en]")
    seat.settled()
    assert query(seat)["region"] == JILIN_CITY
    choose_account(page, "Dark")
    page.wait_for_selector('html[data-theme="dark"]')
    page = seat.go("/budget")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    said = (page.inner_text("#page") + page.inner_text("#menu")).replace("演示签发人", "")  # a person's name stays
    assert not re.search(r"[\u4e00-\u9fff]", said)


def test_the_keyboard_skips_to_the_page_and_every_stop_is_seen(sit: Callable[..., Seat]) -> None:
    page = sit("p-monitor").go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    outline = (
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    assert page.evaluate(outline) == "solid2px"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('page').contains(document.activeElement)")
    for _ in range(8):
        assert page.evaluate(outline) == "solid2px", page.evaluate("document.activeElement.outerHTML.slice(0, 100)")
        page.keyboard.press("Tab")


def test_a_region_is_found_by_ctrl_k_and_gone_to_without_the_mouse(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go("/")
    page.keyboard.press("Control+k")
    page.wait_for_selector("dialog.find[open]")
    page.keyboard.type("永吉")
    page.keyboard.press("Enter")
    expect(page.locator(".say .first")).to_contain_text("永吉县")
    assert query(seat)["region"] == YONGJI
    page.keyboard.press("Control+k")
    page.keyboard.type("qqqq")
    expect(page.locator("dialog.find .none")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.find[open]")).to_have_count(0)


def test_menus_open_and_close_by_keyboard_and_a_click_elsewhere(sit: Callable[..., Seat]) -> None:
    page = sit("p-monitor").go("/")
    menu = region_menu(page)
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.locator(".pop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.locator(".pop")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    menu.locator("summary").click()
    page.locator(".say").click()
    expect(menu.locator(".pop")).to_be_hidden()


def test_a_phone_reaches_every_page_and_closes_the_drawer(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor", size=PHONE)
    page = seat.go("/")
    for path in ("/budget", "/funds", "/data", "/"):
        page.locator(f'#menu a[href^="{path}"]').first.click()
        page.wait_for_url(re.compile(re.escape(seat.base + path) + r"(\?|$)"))
        seat.settled()
    page.locator(".band a.cell").first.click()
    page.locator("#drawer .close").click()
    expect(page.locator("#drawer > .in")).to_have_count(0)


def test_the_printed_page_has_no_frame_and_bears_the_mark_of_the_demonstration(sit: Callable[..., Seat]) -> None:
    page = sit("p-monitor").go("/budget")
    page.emulate_media(media="print")
    for part in ("#header", "#menu", ".toolbar .push"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.locator(".print-head")).to_be_visible()
    expect(page.locator("table.t").first).to_be_visible()
    cut = page.evaluate(
        "(() => { const s = document.querySelector('.sheet'); return s ? s.scrollHeight - s.clientHeight : 0; })()"
    )
    assert cut <= 1, "a printed table is not cut"


def test_an_unknown_page_says_so_and_leads_back(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go("/nowhere")
    expect(page.locator("#page")).to_contain_text("没有这个页面")
    page.locator("#page a").first.click()
    page.wait_for_selector(".band")


def test_a_session_that_ended_leads_to_the_sign_in_within_a_poll(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    seat.go("/")
    seat.context.clear_cookies()
    seat.page.wait_for_url("**/sign-in*", timeout=15_000)
    assert READY
