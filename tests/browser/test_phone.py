"""A leader with a phone: reads 总览, gives an instruction without leaving it, looks at the whole chart; nothing is cut."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Seat, until

# Names under an axis that stand over one another, by a pixel or more.
OVER = """() => Array.from(document.querySelectorAll('#page .chart')).flatMap(chart => {
  const boxes = Array.from(chart.querySelectorAll('.xtick text')).map(e => e.getBoundingClientRect()).sort((a, b) => a.left - b.left);
  return boxes.slice(1).filter((box, n) => box.left < boxes[n].right + 1).map(box => box.left);
})"""
SMALL = """() => Array.from(document.querySelectorAll('.matters .button')).filter(e => e.getBoundingClientRect().height < 44).length"""


def test_a_leader_reads_and_instructs_on_a_phone_and_a_lost_connection_loses_no_word(sit: Callable[..., Seat]) -> None:
    seat = sit("p-leader", size=PHONE)
    page = seat.go("/")
    assert until(page, f"({OVER})().length === 0 && document.querySelectorAll('#page .trend .xtick').length > 1", 5)
    expect(page.locator(".band .cell:visible")).to_have_count(3)
    assert page.locator("#header").bounding_box()["height"] <= 49  # type: ignore[index]
    expect(page.locator(".trend .events")).to_be_hidden()
    page.locator(".trend [data-enlarge]").click()
    expect(page.locator("dialog.enlarged .events")).to_be_visible()
    expect(page.locator("dialog.enlarged .annotation-text", has_text="1").first).to_be_visible()
    page.locator("dialog.enlarged .close").click()
    expect(page.locator("dialog.enlarged")).to_have_count(0)

    assert page.evaluate(SMALL) == 0
    page.locator("a[data-sheet]").first.click()
    sheet = page.locator("dialog.up")
    expect(sheet).to_be_visible()
    sheet.locator("[data-phrase]").first.click()
    sheet.locator("input[type=date]").fill("2026-12-01")
    seat.context.set_offline(True)
    sheet.locator("form > .button").click()
    expect(sheet.locator(".answer")).to_contain_text("草稿已存在本机")
    seat.context.set_offline(False)
    sheet.locator(".close").click()
    page.locator("a[data-sheet]").first.click()
    expect(sheet.locator("textarea")).to_have_value("请限期办结，结果报我")
    assert "/warnings/" not in seat.address()
    sheet.locator(".close").click()

    # On the page of the case itself the button stays under the finger that leaves the text.
    page = seat.go(str(page.locator("a[data-sheet]").first.get_attribute("href")))
    form = page.locator('form[data-act="instruct"]')
    form.locator("textarea").fill("请核实后报我")
    before = form.locator("> .button").bounding_box()
    form.locator("textarea").blur()
    assert form.locator("> .button").bounding_box() == before
    seat.complaints.clear()  # the browser complains of the lost connection
