"""A monitor sets a limit: the trial follows what is typed, what is wrong is said at once, and saving shows the new row."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from data_access.store import schema
from tests.browser.conftest import Seat, Served, until
from tests.demonstration_store import SCHEME

RULE = f"/thresholds/premium-deviation-low?scheme={SCHEME}"
SAID = "document.querySelector('.trial-said').textContent"


def test_the_trial_follows_what_is_typed_and_saving_shows_the_new_row(
    serve: Callable[[], Served], sit: Callable[..., Seat]
) -> None:
    own = serve()
    seat = sit("p-monitor", at=own)
    page = seat.go(RULE)
    page.wait_for_selector("[name=blue]")
    before = page.evaluate(SAID)
    page.fill("[name=blue]", "0")
    assert until(page, f"{SAID} !== {before!r}", 15), "the trial does not follow"
    assert page.locator(".strip").count() > 1
    page.fill("[name=yellow]", "1")
    page.wait_for_selector("#find-levels .wrong")
    assert "颜色越重" in page.inner_text("#find-levels")
    page.fill("[name=yellow]", "-3")
    assert until(page, "!document.querySelector('#find-levels .wrong')", 15)
    page.select_option("[name=scheme]", SCHEME)
    page.fill("[name=reason]", "按联席会议意见收紧")
    page.click(".limit-form button[type=submit]")
    assert until(page, "document.getElementById('note').textContent.includes('已保存')", 15)
    assert until(page, "document.querySelector('table.t').textContent.includes('按联席会议意见收紧')", 15)
    with own.engine.connect() as connection:
        row = connection.execute(select(schema.threshold).order_by(schema.threshold.c.id.desc())).first()
    assert row is not None and (row.scheme, row.status) == (SCHEME, "confirmed")


def test_a_start_in_the_past_asks_for_the_tick_and_keeps_it(sit: Callable[..., Seat]) -> None:
    page = sit("p-monitor").go(RULE)
    page.wait_for_selector("[name=starts]")
    page.fill("[name=blue]", "-0.5")
    page.fill("[name=starts]", "2026-08")
    page.wait_for_selector("[name=retroactive]")
    page.check("[name=retroactive]")
    page.fill("[name=blue]", "-0.6")
    assert until(page, "document.querySelector('[name=retroactive]')?.checked", 10)
    page.wait_for_timeout(1500)
    assert page.is_checked("[name=retroactive]")
