"""A writer's morning in the browser: put aside, carried over, edited, checked by another, signed, taken away."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from data_access.store.engine import writing
from tests.browser.conftest import Seat, Served, until
from tests.demonstration_store import SCHEME
from workflows.briefings import register

PAGE = f"/briefings?scheme={SCHEME}"


def act(page: Page, name: str) -> None:
    page.locator(f'form[data-act="{name}"] button[type=submit]').locator("visible=true").first.click()


def draft(page: Page, month: str) -> None:
    page.locator('form[data-act="briefing_open"] [name=month]').fill(month)
    act(page, "briefing_open")
    expect(page.locator(".paper h1")).to_contain_text(f"{int(month[-2:])}月")


def test_an_issue_from_the_basket_to_the_signed_file(
    serve: Callable[[], Served], sit: Callable[..., Seat], tmp_path: Path
) -> None:
    own = serve()
    seat = sit("p-writer", at=own)
    writer = seat.go(PAGE)
    draft(writer, "2026-09")
    seat.go(f"/?scheme={SCHEME}&period=2026-09")
    writer.locator(".section", has=writer.get_by_role("heading", name="累计结余")).get_by_text(
        "导出", exact=True
    ).click()
    act(writer, "keep")
    expect(writer.locator('form[data-act="keep"] .answer').filter(has_text="已加入简报材料（1）")).to_be_visible()

    seat.go(PAGE)
    placing = writer.locator('form[data-act="briefing_place"]')
    placing.locator("select").select_option(label="待遇发放")
    act(writer, "briefing_place")
    expect(writer.locator(".basket .placed")).to_contain_text("三、待遇发放")

    # 摘要 is written otherwise, in the drawer; the outline's second section goes first by the keyboard.
    act(writer, "briefing_take")
    text = writer.locator('#drawer [name="text"]')
    with writer.expect_response("**/briefing_take?**") as held:  # who writes keeps the section
        text.fill(text.input_value().replace("累计结余", "基金累计结余", 1))
    assert held.value.status == 200
    act(writer, "briefing_edit")
    expect(writer.locator(".paper")).to_contain_text("基金累计结余")
    expect(writer.locator("#drawer > *")).to_have_count(0)
    writer.locator(".outline li:nth-child(2) > a").focus()
    writer.keyboard.press("Alt+ArrowUp")
    expect(writer.locator(".outline li").first).to_contain_text("收支和结余")

    # The next issue has its words and the new month's figures, each change marked.
    writer.get_by_role("link", name="起草新一期").click()
    draft(writer, "2026-10")
    assert until(writer, "document.querySelectorAll('.paper .changed').length > 20", 10)
    expect(writer.locator(".paper .text").filter(has_text="基金累计结余")).to_contain_text("10月末")
    writer.keyboard.press("F8")
    expect(writer.locator(".paper .changed.at")).to_have_count(1)
    writer.get_by_role("button", name="显示改动").click()
    expect(writer.locator(".paper.unmarked")).to_have_count(1)
    for left in range(7, 0, -1):
        expect(writer.locator(".outline .state.generated")).to_have_count(left)
        act(writer, "briefing_confirm")
    act(writer, "briefing_send")
    expect(writer.locator(".say")).to_contain_text("等待核稿")

    there = seat.address()
    monitor = sit("p-monitor", at=own).go(there)
    act(monitor, "briefing_pass")
    expect(monitor.locator(".say")).to_contain_text("等待签发")
    leader = sit("p-leader", at=own, size=(390, 844)).go(there)
    act(leader, "briefing_sign")
    expect(leader.locator(".say")).to_contain_text("已于2026年11月20日签发")

    writer.reload()
    with writer.expect_download() as taken:
        writer.get_by_role("button", name="Word", exact=True).click()
    file = tmp_path / "issue.docx"
    taken.value.save_as(file)
    assert taken.value.suggested_filename.startswith("社会保险基金运行监测简报_2026年第2期_2026年11月20日")
    with zipfile.ZipFile(file) as book:
        said = book.read("word/document.xml").decode()
        assert "基金累计结余" in said and "送审稿" not in said
        assert sum(name.startswith("word/charts/chart") and name.endswith(".xml") for name in book.namelist()) == 2
    with writing(own.engine) as connection:
        issue = register.briefings(connection, SCHEME, "220000")[0]
        told = [step.step for step in register.steps(connection, issue.id)]
    assert told == ["open", *["carry"] * 2, *["confirm"] * 7, "send", "pass", "sign"]
    assert not seat.complaints
