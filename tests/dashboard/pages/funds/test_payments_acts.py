"""A month walked on the page: the agency draws and submits, finance cuts, reviews and orders; rows come by the import."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select

from dashboard import create_site
from data_access.books.regions import load_tree
from data_access.books.requests import load_requests
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import Places, refresh
from rules.scheme import load_scheme
from tests.dashboard.conftest import Reader, sign_in
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, SIPING, YONGJI, site_on
from workflows.fund_requests.register import MonthRequests, asking_units, load_month

MONTH, ISO = 202612, "2026-12"


@pytest.fixture
def site(own_engine: Engine, tmp_path: Path) -> Flask:
    """A site on a store where nobody has asked for the next month's money."""
    with writing(own_engine) as connection:
        for table in (schema.fund_request, schema.disbursement_request):
            connection.execute(delete(table).where(table.c.month == MONTH))
    server: Flask = create_site(site_on(own_engine, tmp_path)).server
    return server


def register(engine: Engine, month: int = MONTH) -> MonthRequests:
    with engine.connect() as connection:
        return load_month(connection, SCHEME, PROVINCE, month)


def act(reader: Reader, name: str, item: str = "step-asked", **fields: object) -> tuple[int, str]:
    query = f"scheme={SCHEME}&tab=payments&show={ISO}&item={quote(item)}"
    answer = reader.client.post(
        f"/act/funds/{name}?{query}", data={"month": ISO, **fields}, headers={"Accept": "application/json"}
    )
    return answer.status_code, (answer.json or {}).get("problem", "")


def amounts(units: tuple[str, ...], yuan: str, seen: int = 0) -> dict[str, object]:
    return {name: value for code in units for name, value in ((f"fen_{code}", yuan), (f"seen_{code}", seen))}


def test_a_month_is_walked_from_the_needs_to_the_order(site: Flask, own_engine: Engine, tmp_path: Path) -> None:
    agency, finance, jilin = (sign_in(site, login) for login in ("p-agency", "p-finance", "c-jilin"))
    with own_engine.connect() as connection:
        tree = load_tree(connection, load_scheme(SCHEME))
    every, mine = asking_units(tree, PROVINCE, NOW.date()), asking_units(tree, JILIN_CITY, NOW.date())
    # A city reports for its own units, and for nobody else's; what is no amount is refused by its name.
    assert act(jilin, "fund_need", JILIN_CITY, **amounts(mine, "1000.10"), text="按实有人数")[0] == 200
    assert act(jilin, "fund_need", SIPING, **amounts((SIPING,), "1"))[0] == 403
    status, said = act(jilin, "fund_need", JILIN_CITY, **amounts(mine, "-1", 1))
    assert status == 422 and "“吉林市区”的“-1”应在 0" in said
    assert act(jilin, "fund_apply", row_version=0)[0] == 403
    status, said = act(agency, "fund_apply", row_version=0)
    assert status == 422 and f"还有{len(every) - len(mine)}个单位没有申请数" in said
    rest = tuple(code for code in every if code not in mine)
    assert act(agency, "fund_draft", PROVINCE, **amounts(rest, "2000"), text="按上月实发编制")[0] == 200
    assert act(agency, "fund_review", row_version=0)[0] == 403
    assert act(agency, "fund_apply", row_version=0, document="吉社保〔2026〕12号")[0] == 200
    # Seen before somebody else acted: nothing is done.
    assert act(agency, "fund_draft", JILIN_CITY, **amounts((YONGJI,), "1", 1), text="x")[0] in (409, 422)
    status, said = act(finance, "fund_cut", YONGJI, **amounts((YONGJI,), "1000.11", 1), text="x")
    assert status == 422 and "100010" in said
    assert act(finance, "fund_cut", YONGJI, **amounts((YONGJI,), "900", 1), text="停发人员重复申报")[0] == 200
    assert act(finance, "fund_review", row_version=1)[0] == 200
    order = {"document": "拨字〔2026〕12号", "day": "2026-11-20", "amount": "1000"}
    assert act(finance, "fund_order", row_version=2, **order)[0] == 200
    assert act(finance, "fund_order", row_version=2, **order)[0] == 409
    assert [one.step for one in register(own_engine).steps] == ["apply", "review", "order"]
    refresh(own_engine, Places.under(tmp_path), clock=lambda: NOW, alerts=False)
    with own_engine.connect() as connection:
        found = load_requests(connection, SCHEME, tree)
        batches = connection.execute(
            select(schema.import_batch.c.state, schema.import_batch.c.uploaded_by).where(
                schema.import_batch.c.id.in_([one.batch for one in register(own_engine).steps if one.batch])
            )
        ).all()
    assert [tuple(row) for row in batches] == [("loaded", "p-agency"), ("loaded", "p-finance")]
    asked = 100_010 * len(mine) + 200_000 * len(rest)
    assert (found.asked(PROVINCE, MONTH), found.approved(PROVINCE, MONTH)) == (asked, asked - 10_010)
    assert found.approved(YONGJI, MONTH) == 90_000
    page = finance.text(f"/funds?scheme={SCHEME}&tab=payments&show={ISO}")
    assert "核减" in page and "停发人员重复申报" in page


def test_what_was_not_paid_is_the_county_s_to_register(site: Flask, own_engine: Engine) -> None:
    county, monitor, finance = (sign_in(site, login) for login in ("c-yongji", "p-monitor", "p-finance"))
    said = {"month": "2026-10", "persons": 3, "amount": "5000", "text": "银行账户异常", "day": "2026-11-25"}
    seen = register(own_engine, 202610).row_version(YONGJI)
    for reader in (monitor, finance):
        assert act(reader, "fund_unpaid", YONGJI, row_version=seen, **said)[0] == 403
    assert act(county, "fund_unpaid", SIPING, row_version=0, **said)[0] == 403
    assert act(county, "fund_unpaid", YONGJI, row_version=seen, **said)[0] == 200
    paid = {"month": "2026-10", "amount": "5000", "day": "2026-11-20"}
    page = f"/funds?scheme={SCHEME}&tab=payments&show=2026-10"
    assert "永吉县3人0.50万元未发到" in finance.text(page)
    assert act(county, "fund_paid_up", YONGJI, row_version=seen + 1, **paid)[0] == 200
    assert "未发到。" not in finance.text(page)
