"""对账调节: what the page says, who explains and signs, and what a department of another book or region is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from dashboard import create_site
from data_access.books.versions import current_version
from data_access.store import schema
from data_access.store.engine import writing
from tests import demonstration_store
from tests.dashboard.conftest import Reader, sign_in
from tests.demonstration_store import SCHEME, YONGJI
from workflows.reconciling.months import Reconciled, month_reconciled
from workflows.reconciling.register import load_steps

QUERY = f"scheme={SCHEME}&tab=reconcile&number=202609"
PAGE = f"/funds?{QUERY}"


@pytest.fixture
def people(own_engine: Engine, tmp_path: Path) -> Iterator[Callable[[str], Reader]]:
    """The site on a store in which the treasury reported a yuan less of a day of September in Yongji."""
    total = schema.agency_total
    with writing(own_engine) as connection:
        of_day = (total.c.scheme == SCHEME, total.c.region == YONGJI, total.c.department == "treasury")
        september = total.c.day.between("2026-09-01", "2026-09-30")
        day = connection.execute(select(total.c.day).where(*of_day, september).limit(1)).scalar_one()
        less = update(total).where(*of_day, total.c.day == day).values(amount_fen=total.c.amount_fen - 100)
        assert connection.execute(less).rowcount == 1
    server = create_site(demonstration_store.site_on(own_engine, tmp_path)).server
    yield lambda login: sign_in(server, login)


def books(engine: Engine) -> Reconciled:
    with engine.connect() as connection:
        version = current_version(connection)
        assert version is not None
        found = month_reconciled(connection, SCHEME, 202609, version.id)
    assert found is not None
    return found


def act(person: Reader, name: str, **data: object) -> tuple[int, str]:
    answer = person.client.post(f"/act/funds/{name}?{QUERY}", data=data, headers={"Accept": "application/json"})
    said = json.loads(answer.data)
    return answer.status_code, said.get("message") or said.get("problem")


def test_the_department_whose_book_it_is_explains_and_each_department_signs(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    (item,) = books(own_engine).open
    assert (item.book, item.region, item.fen) == ("treasury", YONGJI, 100)
    known = {"data_version": books(own_engine).version}
    said = {**known, "reconciled_item": item.key, "kind": "unreached", "text": "次日送达", "expected_on": ""}
    treasury = people("p-treasury")
    page = treasury.text(PAGE)
    assert "还有1笔账项待说明" in page and "次日送达" not in page
    assert act(treasury, "reconcile_sign", **known)[1] == "2026-09还有1笔账项待说明，不能签署。请先逐笔匹配或说明。"
    for other in ("p-tax", "p-monitor", "p-auditor"):
        assert act(people(other), "reconcile_explain", **said)[0] == 403, other
    assert act(people("c-siping"), "reconcile_explain", **said)[0] == 409, "of another region, where it is not seen"
    stale = {**said, "data_version": books(own_engine).version - 1}
    assert act(treasury, "reconcile_explain", **stale)[0] == 409
    assert act(treasury, "reconcile_explain", **said) == (200, "已说明，账项按此列入调节表。")
    assert "次日送达" in treasury.text(PAGE)
    assert act(people("c-yongji"), "reconcile_sign", **known)[0] == 403
    for login in ("p-finance", "p-tax", "p-treasury", "p-agency"):
        assert act(people(login), "reconcile_sign", **known)[0] == 200, login
    assert act(treasury, "reconcile_sign", **known)[0] != 200
    assert "各方均已签署，对账完成。" in people("p-monitor").text(PAGE)
    with own_engine.connect() as connection:
        steps = [one for one in load_steps(connection, SCHEME) if one.month == 202609]
    assert [one.department for one in steps] == ["treasury", "fiscal", "tax", "treasury", "agency"]


def test_the_last_month_stands_signed_and_a_city_sees_its_own_items_only(reader: Callable[[str], Reader]) -> None:
    said = reader("p-finance").text(f"/funds?scheme={SCHEME}&tab=reconcile").replace(" ", "")
    assert "2026年10月各方账目经在途、未达账项、时间差和说明调节后一致。" in said
    assert "各方均已签署，对账完成。" in said and "签署对账" not in said
    city = reader("c-siping").text(f"/funds?scheme={SCHEME}&tab=reconcile")
    assert "对账由省级各部门按全省签署" in city
    sheet = reader("p-finance").client.get(f"/export/funds/reconcile-form.csv?scheme={SCHEME}&tab=reconcile")
    form = sheet.data.decode("utf-8-sig")
    assert sheet.status_code == 200 and "调节后差额" in form and "经办签署" in form
