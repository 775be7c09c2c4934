"""The door of acts: who may pass, what is on record, and that a form's fields are refused by name."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Engine, select
from werkzeug.datastructures import FileStorage, MultiDict

from dashboard import PAGES, create_site
from dashboard.site import access
from dashboard.site.acting import (
    LARGEST_FILE_MB,
    FieldMissing,
    FieldNotChoice,
    FieldNotDay,
    FieldNotNumber,
    FieldOutOfRange,
    FieldTooLong,
    Form,
)
from data_access.store import schema
from tests.dashboard.conftest import Reader, sign_in
from tests.demonstration_store import SCHEME, site_on

JSON = {"Accept": "application/json"}


@pytest.fixture
def site(own_engine: Engine, tmp_path):
    return create_site(site_on(own_engine, tmp_path)).server


def record(engine: Engine) -> list[tuple[str, str, dict[str, object]]]:
    with engine.connect() as connection:
        rows = connection.execute(select(schema.audit_event).order_by(schema.audit_event.c.id)).all()
    return [(row.actor, row.action, json.loads(row.details)) for row in rows]


def test_every_act_of_every_page_names_the_roles_that_may_do_it() -> None:
    named = [name for page in PAGES for name in getattr(page, "ACTS", {})]
    assert named and len(named) == len(set(named))
    assert not set(named) - set(access.ACTIONS)


def test_an_act_that_no_page_knows_is_not_found(reader: Callable[[str], Reader]) -> None:
    for address in ("/act/gap/close_month", "/act/nothing/gap_sign", "/act/nothing", "/act/budget/x/gap_sign"):
        assert reader("p-monitor").client.post(address).status_code == 404


def test_an_act_without_a_session_or_from_another_site_is_refused(server) -> None:
    client = server.test_client()
    assert client.post("/act/thresholds/confirm_limits").status_code == 401
    elsewhere = client.post("/act/thresholds/confirm_limits", headers={"Origin": "https://elsewhere.example"})
    assert elsewhere.status_code == 403


@pytest.mark.parametrize("login", ["p-leader", "p-auditor", "c-jilin", "p-writer"])
def test_who_has_no_right_to_an_act_is_refused_and_on_record(site, own_engine: Engine, login: str) -> None:
    reader = sign_in(site, login)
    before = len(record(own_engine))
    answer = reader.client.post(f"/act/thresholds/confirm_limits?scheme={SCHEME}", headers=JSON)
    assert answer.status_code == 403 and "没有" in answer.get_json()["problem"]
    added = record(own_engine)[before:]
    assert [(actor, action) for actor, action, _ in added] == [(login, "refused:confirm_limits")]


def test_a_refused_form_changes_nothing_and_says_which_field(site, own_engine: Engine) -> None:
    reader = sign_in(site, "p-monitor")
    with own_engine.connect() as connection:
        before = connection.execute(select(schema.threshold)).all()
    answer = reader.client.post(f"/act/thresholds/confirm_limits?scheme={SCHEME}", headers=JSON)
    assert answer.status_code == 422 and answer.get_json()["problem"]
    with own_engine.connect() as connection:
        assert connection.execute(select(schema.threshold)).all() == before
    assert record(own_engine)[-1][1] == "refused:confirm_limits"


# --- the fields


def form(**fields: str) -> Form:
    return Form(MultiDict(fields))


def test_a_field_that_is_missing_or_too_long_is_named() -> None:
    with pytest.raises(FieldMissing) as missing:
        form(reason="   ").text("reason", "理由")
    assert missing.value.parameters == {"label": "理由"}
    with pytest.raises(FieldTooLong):
        form(reason="字" * 11).text("reason", "理由", most=10)
    assert form().text("note", "备注", required=False) == ""
    with pytest.raises(FieldNotChoice):
        form(kind="x").choice("kind", "类别", ("a", "b"))


@pytest.mark.parametrize(
    "written", ["1,234", "１２", "5%", "1e3", "NaN", "Infinity", "--1", "1.", ".5", "1 2", "0x10", "六"]
)
def test_a_number_that_is_not_plainly_one_is_refused(written: str) -> None:
    with pytest.raises(FieldNotNumber):
        form(limit=written).decimal("limit", "标准")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False, allow_infinity=False))
def test_a_plain_number_is_taken_exactly(number: Decimal) -> None:
    assert form(limit=f"{number:f}").decimal("limit", "标准") == number


@given(st.text(max_size=30))
def test_any_text_is_taken_as_a_number_or_refused_by_name(written: str) -> None:
    try:
        value = form(limit=written).decimal("limit", "标准")
    except (FieldMissing, FieldNotNumber, FieldTooLong) as refusal:
        assert refusal.parameters["label"] == "标准"
    else:
        assert value == Decimal(written.strip())


def test_an_amount_is_taken_to_the_fen_and_no_further() -> None:
    assert form(amount="1234567.89").fen("amount", "金额") == 123_456_789
    with pytest.raises(FieldNotNumber):
        form(amount="0.001").fen("amount", "金额")
    with pytest.raises(FieldOutOfRange):
        form(amount="-0.01").fen("amount", "金额")


def test_a_day_that_does_not_exist_is_refused() -> None:
    assert form(due="2026-02-28").day("due", "期限") == date(2026, 2, 28)
    for written in ("2026-02-29", "2026-13-01", "20260228x", "昨天"):
        with pytest.raises(FieldNotDay):
            form(due=written).day("due", "期限")


def test_a_file_keeps_its_own_name_without_its_path_and_has_a_limit() -> None:
    def sent(content: bytes, name: str) -> Form:
        return Form(MultiDict(), MultiDict({"file": FileStorage(io.BytesIO(content), name)}))

    assert sent(b"x", "C:\\Users\\li\\清欠台账.xlsx").file("file", "附件") == ("清欠台账.xlsx", b"x")
    assert sent(b"x", "../../etc/passwd").file("file", "附件") == ("passwd", b"x")
    assert sent(b"", "empty.txt").file("file", "附件", required=False) is None
    with pytest.raises(FieldMissing):
        sent(b"", "empty.txt").file("file", "附件")
    with pytest.raises(FieldTooLong):
        sent(b"x" * ((LARGEST_FILE_MB << 20) + 1), "large.bin").file("file", "附件")
