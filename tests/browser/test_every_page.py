"""Every page in every look: no complaint of the browser, no request elsewhere, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.addresses import EVERY_PAGE, OF_ADMINISTRATORS
from tests.browser.conftest import LARGE, PHONE, WIDE, Seat, until
from tests.demonstration_store import JILIN_CITY

MAIN = ["/", "/budget", "/funds", "/data"]
MORE = [
    *(address for address in EVERY_PAGE if address not in MAIN),
    f"/?region={JILIN_CITY}",
    "/?item=months_payable",
    "/budget?item=premium",
    "/gap?item=general",
]
# English is the wider tongue: there every page is looked at, in Chinese these besides the main ones.
CHINESE = [
    "/?period=live",
    "/?item=months_payable",
    "/budget?tab=regions",
    "/funds?tab=accounts",
    "/data?tab=checks",
    "/?scheme=published-pension",
    "/gap",
    "/gap?tab=items",
    "/central",
    "/assessment",
    f"/region?region={JILIN_CITY}",
    "/warnings",
    "/warnings?tab=list",
    "/issues",
    "/calendar",
    "/thresholds",
    "/thresholds/premium-deviation-low",
]

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """() => Array.from(document.querySelectorAll('.band .label, .band .figure, .band .line'))
  .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""
BASICS = """() => {
  const seen = e => e.getClientRects().length > 0;
  const named = e => (e.getAttribute('aria-label') || e.getAttribute('alt') || e.textContent || e.title || '').trim();
  const labelled = e => named(e) || e.placeholder || (e.labels && e.labels.length);
  const bad = [];
  document.querySelectorAll('img:not([alt])').forEach(e => bad.push('img without alt ' + e.outerHTML));
  document.querySelectorAll('[role=img],[role=group],nav').forEach(e => { if (!named(e)) bad.push('no name ' + e.outerHTML.slice(0, 120)); });
  document.querySelectorAll('a[href],button,summary').forEach(e => { if (seen(e) && !named(e)) bad.push('no name ' + e.outerHTML.slice(0, 120)); });
  document.querySelectorAll('input,select,textarea').forEach(e => { if (seen(e) && !labelled(e)) bad.push('no label ' + e.outerHTML.slice(0, 120)); });
  document.querySelectorAll('table').forEach(e => { if (!e.caption) bad.push('table without caption'); });
  document.querySelectorAll('th').forEach(e => { if (!e.scope) bad.push('th without scope'); });
  document.querySelectorAll('[tabindex]').forEach(e => { if (+e.getAttribute('tabindex') > 0) bad.push('tabindex ' + e.outerHTML.slice(0, 80)); });
  document.querySelectorAll('a a, button button, a button').forEach(e => bad.push('nested ' + e.outerHTML.slice(0, 80)));
  const ids = Array.from(document.querySelectorAll('[id]')).map(e => e.id);
  ids.filter((id, n) => ids.indexOf(id) !== n).forEach(id => bad.push('id twice ' + id));
  const heads = Array.from(document.querySelectorAll('h1,h2,h3')).filter(seen).map(e => +e.tagName[1]);
  if (document.querySelectorAll('h1').length !== 1) bad.push('h1: ' + document.querySelectorAll('h1').length);
  heads.forEach((level, n) => { if (n && level > heads[n - 1] + 1) bad.push('heading jumps to h' + level); });
  if (!document.documentElement.lang) bad.push('no language');
  if (document.querySelectorAll('main').length !== 1) bad.push('main: ' + document.querySelectorAll('main').length);
  return Array.from(new Set(bad));
}"""
CLOUD = """() => Array.from(document.querySelectorAll('.js-plotly-plot')).map(e => e._context)
  .filter(c => c.showSendToCloud !== false || c.plotlyServerURL || c.showEditInChartStudio || c.displaylogo).length
  + document.querySelectorAll('.modebar-btn[data-title*="loud"], [class*="send-to-cloud"]').length"""


@pytest.mark.parametrize(
    ("theme", "language", "addresses"),
    [
        ("light", "zh", MAIN + CHINESE),
        ("dark", "en", MAIN + MORE),
    ],
)
def test_every_page_stands_in_this_theme_and_language_at_every_width(
    sit: Callable[..., Seat], theme: str, language: str, addresses: list[str]
) -> None:
    seat = sit("p-monitor", theme=theme, language=language)
    wrong: list[str] = []
    for address in addresses:
        wrong += wrong_with(seat, address, (WIDE, LARGE, PHONE) if address in MAIN else (WIDE, PHONE))
        assert seat.page.locator("html").get_attribute("data-theme") == theme
        assert seat.page.locator("html").get_attribute("lang") == ("zh-CN" if language == "zh" else "en")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("role", OF_ADMINISTRATORS)
def test_every_tab_of_an_administrator_stands(sit: Callable[..., Seat], role: str) -> None:
    seat = sit(f"p-{role}", theme="dark", language="en")
    wrong: list[str] = []
    for tab in OF_ADMINISTRATORS[role]:
        wrong += wrong_with(seat, f"/admin?tab={tab}" if tab else "/admin", (WIDE, PHONE))
        assert seat.page.locator(f".content.admin.{tab}" if tab else ".content.admin").count() == 1, tab
    assert not wrong, "\n" + "\n".join(wrong)


def wrong_with(seat: Seat, address: str, sizes: Sequence[tuple[int, int]]) -> list[str]:
    """What is wrong with a page, at the first of some sizes in itself, at each by its width."""
    seat.size(sizes[0])
    page = seat.go(address)
    wrong = [f"{address}: {said}" for said in page.evaluate(BASICS)]
    wrong += [f"{address}: cut: {said}" for said in page.evaluate(CUT)]
    assert page.evaluate(CLOUD) == 0, address
    for size in sizes:
        seat.size(size)
        if not until(page, f"{WIDER[6:]} <= 0", 2.0):  # charts follow the window a moment later
            wrong.append(f"{address}: {page.evaluate(WIDER)} px wider than {size[0]}")
    assert "Error" not in page.title()
    return wrong


@pytest.mark.parametrize(("theme", "language"), [("light", "zh"), ("dark", "en")])
def test_the_sign_in_page_stands_too(sit: Callable[..., Seat], theme: str, language: str) -> None:
    seat = sit("", theme=theme, language=language)
    for size in (WIDE, LARGE, PHONE):
        seat.size(size)
        seat.page.goto(seat.base + "/sign-in")
        assert seat.page.evaluate(WIDER) <= 0, size
        assert seat.page.evaluate(BASICS) == []
        assert seat.page.locator("html").get_attribute("data-theme") == theme


def test_the_dark_page_is_dark_and_the_text_on_it_readable(sit: Callable[..., Seat]) -> None:
    """Contrast of ordinary text against the page, by WCAG's formula, in both themes."""
    contrast = """() => {
      const luminance = rgb => { const [r, g, b] = rgb.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4); }); return .2126 * r + .7152 * g + .0722 * b; };
      const paper = luminance(getComputedStyle(document.body).backgroundColor);
      const worst = Array.from(document.querySelectorAll('#page .label, #page .line, #page .note, #page .foot, #page td, #page th, #page .second, #page a, .ribbon span'))
        .filter(e => e.textContent.trim() && e.getClientRects().length)
        .map(e => { const ink = luminance(getComputedStyle(e).color); return [(Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05), e.textContent.slice(0, 30), e.className]; })
        .sort((a, b) => a[0] - b[0]);
      return [paper, worst[0]];
    }"""
    for theme in ("light", "dark"):
        page = sit("p-monitor", theme=theme).go("/?show=table")
        paper, worst = page.evaluate(contrast)
        assert (paper < 0.05) == (theme == "dark")
        assert worst[0] >= 4.5, (theme, worst)
