"""用款与拨付: what the tab says of a month is what the ledger and the requests hold; who sees and does what."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from sqlalchemy import Engine, text

from dashboard.words import display
from data_access.books.versions import current_version
from tests.dashboard.conftest import Reader, hrefs, nodes, words
from tests.demonstration_store import JILIN_CITY, SCHEME

TAB = f"/funds?scheme={SCHEME}&tab=payments"
MOVED = (
    "SELECT movement, SUM(amount_fen) FROM ledger_entry WHERE scheme = :scheme AND month = 202610 AND ended_by IS NULL "
    "GROUP BY movement"
)
ASKED = (
    "SELECT SUM(asked_fen), SUM(approved_fen) FROM disbursement_request WHERE scheme = :scheme AND month = :month "
    "AND ended_by IS NULL"
)


def classed(component: object, name: str) -> list[dict[str, object]]:
    return [one for one in nodes(component) if name in str(one["props"].get("className") or "").split()]


def test_the_pipe_of_a_signed_month_is_what_the_ledger_and_the_requests_hold(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    page = reader("p-finance").page(TAB)
    with shared_engine.connect() as connection:
        moved = {row[0]: int(row[1]) for row in connection.execute(text(MOVED), {"scheme": SCHEME})}
        asked, approved = connection.execute(text(ASKED), {"scheme": SCHEME, "month": 202610}).one()
    figures = [words(one) for one in classed(page, "figure")]
    # The province pays into the expenditure account itself: nothing is received apart.
    assert [figure.removesuffix("亿元") for figure in figures[:4]] == [
        display.money(int(fen)) for fen in (asked, approved, moved["disburse"], moved["pay"])
    ]
    assert len(classed(page, "stage")) == 4 and not classed(page, "hollow")
    said = words(classed(page, "foot"))
    assert f"发放 {display.money(moved['pay'])}" in said and f"追回 {display.money(moved['recover'])}" in said
    assert f"余{display.money(0)}" not in words(classed(page, "second"))


def test_a_month_that_has_not_begun_has_only_what_is_asked_for(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    page = reader("p-finance").page(f"{TAB}&show=2026-12")
    with shared_engine.connect() as connection:
        asked = connection.execute(text(ASKED), {"scheme": SCHEME, "month": 202612}).one()[0]
    assert f"12月申请用款{display.money(int(asked))}亿元" in words(classed(page, "first"))
    hollow = [words(one) for one in classed(page, "hollow")]
    assert len(hollow) == 3 and all(display.NO_VALUE in one for one in hollow)
    # Who owes it by when; a month that is not offered is not shown.
    assert "12月15日" in hollow[-1]
    assert words(classed(reader("p-finance").page(f"{TAB}&show=2025-01"), "first")).startswith("10月")


def test_rows_make_up_the_whole_and_a_joint_leaves_those_that_make_it_up(reader: Callable[[str], Reader]) -> None:
    client = reader("p-finance").client
    for query in (TAB, f"{TAB}&measure=cut", f"{TAB}&region={JILIN_CITY}"):
        answer = client.get(f"/export/funds/payments.csv?{query.partition('?')[2]}")
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        head = next(at for at, row in enumerate(rows) if "地区" in row)
        place = rows[head].index("地区")
        end = next(at for at, row in enumerate(rows) if row[place : place + 1] == ["合计"])
        body, total = rows[head + 1 : end], rows[end]
        # So small that 亿元 would show nothing of it.
        assert "差额（万元）" in rows[head]
        for name in ("申请", "审核", "拨付", "发放", "差额"):
            at = next(at for at, column in enumerate(rows[head]) if column.startswith(f"{name}（"))
            own = [row[at] for row in body if row[at]]
            assert own and sum(round(float(one) * 10**10) for one in own) == round(float(total[at]) * 10**10), name


def test_a_city_sees_its_own_units_and_no_other(reader: Callable[[str], Reader]) -> None:
    page = reader("c-jilin").page(TAB)
    assert "吉林市" not in words(classed(page, "first")) and "永吉县" in words(page)
    assert not [href for href in hrefs(page) if "220300" in href]


def test_a_running_month_and_a_reconciled_one_are_told_and_filed_as_they_stand_now(
    reader: Callable[[str], Reader], shared_engine: Engine
) -> None:
    finance = reader("p-finance")
    running = f"{TAB}&show=2026-11"
    signed, beside, live = (
        words(classed(finance.page(query), "second")) for query in (TAB, running, f"{running}&period=live")
    )
    assert beside == live != signed
    # What stands beside it leads to the running state's plan, not to the signed month's.
    plans = [href for href in hrefs(finance.page(running)) if "item=cash-" in href]
    assert plans and all("period=live" in href for href in plans)
    with shared_engine.connect() as connection:
        newest = current_version(connection)
    assert newest is not None

    def filed(code: str, query: str) -> str:
        return str(finance.client.get(f"/export/funds/{code}.csv?{query.partition('?')[2]}").data.decode("utf-8-sig"))

    now = f"版本 {newest.id}"
    assert now not in filed("payments", TAB)
    assert all(now in filed(code, running) for code in ("payments", "payment-units", "reconcile-form"))
