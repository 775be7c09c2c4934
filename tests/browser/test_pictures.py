"""What is taken away: pictures at print size that say where they come from, and sheets."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Seat

COLOURS = """async bytes => {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], {type: 'image/png'}));
  const image = new Image(); image.src = url; await image.decode();
  const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;
  const paint = canvas.getContext('2d'); paint.drawImage(image, 0, 0);
  const data = paint.getImageData(0, 0, image.width, image.height).data, counts = new Map();
  let opaque = true;
  for (let i = 0; i < data.length; i += 4) { const c = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2]; counts.set(c, (counts.get(c) || 0) + 1); if (data[i + 3] < 255) opaque = false; }
  const most = Array.from(counts.entries()).sort((a, b) => b[1] - a[1])[0];
  return {colours: counts.size, paper: most[0], share: most[1] * 4 / data.length, opaque};
}"""


def _take(page: Page, kind: str, folder: Path, nth: int = 0) -> Path:
    menu = page.locator("details.export:has([data-picture])").nth(nth)
    menu.locator("summary").click()
    with page.expect_download() as waiting:
        menu.locator(f'[data-picture="{kind}"]').click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_png_is_a_white_picture_of_print_size_with_something_on_it(
    sit: Callable[..., Seat], tmp_path: Path, theme: str
) -> None:
    page = sit("p-monitor", theme=theme).go("/")
    path = _take(page, "png", tmp_path)
    content = path.read_bytes()
    assert path.suffix == ".png" and "累计结余" in path.name and "定稿" in path.name
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    assert abs(width - 567 * 3.125) <= 1 and abs(height - 330 * 3.125) <= 1
    seen = page.evaluate(COLOURS, list(content))
    assert seen["opaque"] and seen["paper"] == 0xFFFFFF
    assert seen["colours"] > 20 and 0.5 < seen["share"] < 0.99


@pytest.mark.parametrize("address", ["/", "/funds"])
def test_an_svg_says_title_unit_period_source_and_that_it_is_a_demonstration(
    sit: Callable[..., Seat], tmp_path: Path, address: str
) -> None:
    page = sit("p-monitor").go(address)
    said = _take(page, "svg", tmp_path).read_text(encoding="utf-8")
    title = page.locator(".section:has(.chart) h2").first.inner_text()
    assert said.lstrip().startswith("<svg") and 'width="567"' in said and 'height="330"' in said
    for part in (title, "亿元", "2026年10月", "定稿", "数据截至", "版本", "演示数据", "工伤"):
        assert part in said, part
    assert "http" not in said.replace("http://www.w3.org/", "")


def test_the_table_behind_a_chart_and_its_files_are_one_click_away(sit: Callable[..., Seat], tmp_path: Path) -> None:
    page = sit("p-monitor").go("/")
    menu = page.locator("details.export").first
    for kind, begins in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        menu.locator("summary").click()
        with page.expect_download() as waiting:
            menu.locator(f'a[href*=".{kind}"]').click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        assert path.suffix == f".{kind}" and path.read_bytes().startswith(begins)
        page.keyboard.press("Escape")
    page.get_by_text("看表格").first.click()
    page.wait_for_selector(".section table.t")


def test_a_picture_that_cannot_be_made_is_said_on_the_page(sit: Callable[..., Seat]) -> None:
    seat = sit("p-monitor")
    page = seat.go("/")
    page.route("**/export/**", lambda route: route.fulfill(status=503, body=""))
    menu = page.locator("details.export:has([data-picture])").first
    menu.locator("summary").click()
    menu.locator('[data-picture="png"]').click()
    page.wait_for_selector("#note:not(:empty)")
    seat.complaints.clear()


def test_a_picture_is_copied_and_where_the_browser_forbids_it_the_page_says_so(sit: Callable[..., Seat]) -> None:
    page = sit("p-monitor").go("/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    menu = page.locator("details.export:has([data-picture])").first
    menu.locator("summary").click()
    menu.locator('[data-picture="copy"]').click()
    expect(page.locator("#note")).to_contain_text("图片已复制")
    held = "async () => (await (await navigator.clipboard.read())[0].getType('image/png')).size"
    assert page.evaluate(held) > 10_000
    forbidden = "() => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.evaluate(f"() => {{ navigator.clipboard.write = {forbidden}; }}")
    menu.locator('[data-picture="copy"]').click()
    expect(page.locator("#note")).to_contain_text("浏览器不允许网页复制图片")


def test_a_chart_of_a_drawer_is_put_aside_for_a_briefing_and_taken_back(sit: Callable[..., Seat]) -> None:
    page = sit("p-writer").go("/budget?item=premium")
    menu = page.locator("#drawer details.export:has([data-picture])")
    menu.locator("summary").click()
    menu.get_by_role("button", name="加入简报").click()
    answer = menu.locator(".answer")
    expect(answer).to_contain_text("已加入简报材料（1）")
    menu.get_by_role("button", name="撤销").click()
    expect(answer).to_have_text("已从简报材料中取出（0）")
    # The drawer stands as it was.
    assert menu.get_attribute("open") is not None and "item=premium" in page.url


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_one_page_before_the_meeting_is_printed_on_one_page_with_nothing_cut(
    sit: Callable[..., Seat], language: str
) -> None:
    page = sit("p-leader", language=language).go("/one-page")
    page.wait_for_selector(".paper .main-svg")
    page.emulate_media(media="print")
    cut = "() => { const e = document.querySelector('.paper'); return e.scrollHeight - e.clientHeight; }"
    assert page.evaluate(cut) <= 1
    (sheet,) = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert [round(float(side) / 72 * 25.4) for side in sheet.mediabox[2:]] == [210, 297]
    said = sheet.extract_text()
    assert page.locator(".one-page > .remark").last.inner_text().split("，")[0][:8] in said
    assert page.locator("#header").is_hidden() and page.locator(".on-paper > .actions").is_hidden()
