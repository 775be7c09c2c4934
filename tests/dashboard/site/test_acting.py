"""The door of acts: who may pass, what is on record, and that a form's fields are refused by name."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, strategies as st
from plotly.io.json import to_json_plotly
from sqlalchemy import Engine, select
from werkzeug.datastructures import FileStorage, MultiDict

from dashboard import EVERYWHERE, PAGES, create_site
from dashboard.pages.warnings.acts import VersionsField
from dashboard.site import acting
from dashboard.site.act import Act
from dashboard.site.fields import (
    FIRST_YEAR,
    HIGHEST_FEN,
    LARGEST_FILE_MB,
    LAST_YEAR,
    Answer,
    Area,
    Choice,
    Day,
    Fen,
    Field,
    FieldMissing,
    FieldNotChoice,
    FieldNotDay,
    FieldNotNumber,
    FieldOutOfRange,
    FieldTooLong,
    File,
    Month,
    Number,
    Sent,
    Text,
    Tick,
    Ticks,
    Whole,
    blank,
)
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from data_access.books.published import Published
from data_access.books.regions import NATION
from data_access.store import schema
from rules.errors import ClockStepped, NotAllowed
from tests.dashboard.conftest import Reader, sign_in, words
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, site_on
from workflows.gap.register import load_settlements
from workflows.people.accounts import Role
from workflows.people.rights import Scope

JSON = {"Accept": "application/json"}


@pytest.fixture
def site(own_engine: Engine, tmp_path):
    return create_site(site_on(own_engine, tmp_path)).server


def reading(published: Published, role: Role, region: str = PROVINCE) -> Reading:
    return read(published, View("/gap", scheme=SCHEME), Scope(role, region, None), NOW)


def record(engine: Engine) -> list[tuple[str, str, dict[str, object]]]:
    with engine.connect() as connection:
        rows = connection.execute(select(schema.audit_event).order_by(schema.audit_event.c.id)).all()
    return [(row.actor, row.action, json.loads(row.details)) for row in rows]


ACTS = [*(act for page in PAGES for act in page.acts), *EVERYWHERE]


def test_every_act_names_the_roles_that_may_do_it_and_a_title() -> None:
    named = [act.name for act in ACTS]
    assert named and len(named) == len(set(named))
    assert all(act.roles and act.title for act in ACTS)


def test_an_act_that_names_no_role_is_closed_to_everyone(shared_published: Published) -> None:
    here = reading(shared_published, Role.MONITOR)
    nobodys = Act("nobodys", "…")
    assert not any(nobodys.permits(Scope(role, NATION, None)) for role in Role)
    assert not nobodys.open_to(here)
    with pytest.raises(NotAllowed):
        nobodys.demand(here.scope, here)


def test_an_act_for_the_whole_province_is_closed_to_who_sees_a_part_of_it(shared_published: Published) -> None:
    act = Act("acts", "…", frozenset({Role.MONITOR}), whole=True)
    assert act.open_to(reading(shared_published, Role.MONITOR))
    assert not act.open_to(reading(shared_published, Role.MONITOR, JILIN_CITY))
    assert replace(act, whole=False).open_to(reading(shared_published, Role.MONITOR, JILIN_CITY))


def test_two_acts_of_one_name_on_a_page_are_refused_at_the_start() -> None:
    twice = replace(PAGES[0], acts=(replace(EVERYWHERE[0]),))
    with pytest.raises(ValueError, match=EVERYWHERE[0].name):
        acting.register(Flask("test"), SimpleNamespace(), [twice], EVERYWHERE)  # type: ignore[arg-type]


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


def test_while_the_clock_cannot_be_right_nothing_is_done_or_recorded_and_reading_goes_on(
    own_engine: Engine, tmp_path: Path
) -> None:
    def wrong() -> datetime:
        raise ClockStepped("three days ahead", found=NOW + timedelta(days=3), expected=NOW, than="machine")

    server = create_site(replace(site_on(own_engine, tmp_path), steady=wrong)).server
    monitor, system = sign_in(server, "p-monitor"), sign_in(server, "p-system_admin")
    before = record(own_engine)
    answer = monitor.client.post(f"/act/thresholds/confirm_limits?scheme={SCHEME}", headers=JSON)
    assert answer.status_code == 503 and "服务器时钟有误" in answer.get_json()["problem"]
    assert record(own_engine) == before
    assert "累计结余" in monitor.text("/")
    assert "有误：现为11月23日10:15，应在11月20日10:15前后" in system.text("/admin?tab=health")


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


def sent(**fields: str) -> Sent:
    return Sent(MultiDict(fields))


def test_a_field_that_is_missing_or_too_long_is_named() -> None:
    with pytest.raises(FieldMissing) as missing:
        Text("reason", "理由").read(sent(reason="   "))
    assert missing.value.parameters == {"label": "理由"}
    with pytest.raises(FieldTooLong):
        Area("reason", "理由", most=10).read(sent(reason="字" * 11))
    assert Text("note", "备注", required=False).read(sent()) == ""
    with pytest.raises(FieldNotChoice):
        Choice("kind", "类别", {"a": "A", "b": "B"}).read(sent(kind="x"))
    assert Choice("kind", "类别", {"a": "A"}, free=True).read(sent(kind="x")) == "x"
    with pytest.raises(FieldMissing):
        Ticks("case", "事项").read(sent())


@pytest.mark.parametrize(
    "written", ["1,234", "１２", "5%", "1e3", "NaN", "Infinity", "--1", "1.", ".5", "1 2", "0x10", "六"]
)
def test_a_number_that_is_not_plainly_one_is_refused(written: str) -> None:
    with pytest.raises(FieldNotNumber):
        Number("limit", "标准").read(sent(limit=written))


@given(st.text(max_size=30))
def test_any_text_is_taken_as_a_number_or_refused_by_name(written: str) -> None:
    try:
        value = Number("limit", "标准").read(sent(limit=written))
    except (FieldMissing, FieldNotNumber, FieldTooLong) as refusal:
        assert refusal.parameters["label"] == "标准"
    else:
        assert value == Decimal(written.strip())


KINDS: list[tuple[Field[Any], st.SearchStrategy[Any]]] = [
    (
        Text("f", "栏"),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=50).filter(
            lambda text: text == text.strip() != ""
        ),
    ),
    (Number("f", "栏"), st.decimals(min_value=-(10**9), max_value=10**9, places=4)),
    (Whole("f", "栏"), st.integers(0, 10**12)),
    (Fen("f", "栏", low=-HIGHEST_FEN), st.integers(-HIGHEST_FEN, HIGHEST_FEN)),
    (Day("f", "栏"), st.dates(date(1000, 1, 1), date(9999, 12, 31))),
    (Month("f", "栏"), st.integers(FIRST_YEAR, LAST_YEAR).flatmap(lambda y: st.integers(y * 100 + 1, y * 100 + 12))),
    (Tick("f", "栏"), st.booleans()),
    (blank(Fen("f", "栏")), st.none() | st.integers(0, HIGHEST_FEN)),
]


@pytest.mark.parametrize(("field", "values"), KINDS, ids=lambda one: type(one).__name__)
def test_what_stands_in_a_field_is_read_as_the_value_it_was_written_from(
    field: Field[Any], values: st.SearchStrategy[Any]
) -> None:
    @given(values)
    def same(value: object) -> None:
        assert field.read(sent(f="" if value is None else field.written(value))) == value

    same()


KEPT: list[tuple[Field[Any], object, dict[str, object]]] = [
    (Fen("amount", "金额"), 123, {"amount_fen": 123}),
    (Fen("paid_fen", "额"), 5, {"paid_fen": 5}),
    (Day("due", "限期"), date(2026, 12, 31), {"due": "2026-12-31"}),
    (Number("share", "比例"), Decimal("0.30"), {"share": "0.30"}),
    (File("file", "附件"), ("a.txt", b"x"), {"file": "a.txt"}),
    (Ticks("case", "事项"), ["1", "2"], {"case": ["1", "2"]}),
]


@pytest.mark.parametrize(("field", "value", "kept"), KEPT, ids=lambda one: type(one).__name__)
def test_what_the_audit_keeps_of_a_field_is_plain_json(field: Field[Any], value: object, kept: object) -> None:
    assert field.recorded(value) == kept


def test_an_amount_is_taken_to_the_fen_and_no_further() -> None:
    amount = Fen("amount", "金额")
    assert amount.read(sent(amount="1234567.89")) == 123_456_789
    with pytest.raises(FieldNotNumber):
        amount.read(sent(amount="0.001"))
    with pytest.raises(FieldOutOfRange):
        amount.read(sent(amount="-0.01"))


def test_a_day_or_month_that_does_not_exist_is_refused() -> None:
    assert Day("due", "期限").read(sent(due="2026-02-28")) == date(2026, 2, 28)
    for written in ("2026-02-29", "2026-13-01", "20260228x", "昨天"):
        with pytest.raises(FieldNotDay):
            Day("due", "期限").read(sent(due=written))
    for written in ("2026-13", "2026-00", "202607", "1999-12", "²026-03"):
        with pytest.raises(FieldNotDay):
            Month("month", "月份").read(sent(month=written))


def test_a_file_keeps_its_own_name_without_its_path_and_has_a_limit() -> None:
    file = File("file", "附件")

    def with_file(content: bytes, name: str) -> Sent:
        return Sent(MultiDict(), MultiDict({"file": FileStorage(io.BytesIO(content), name)}))

    assert file.read(with_file(b"x", "C:\\Users\\li\\清欠台账.xlsx")) == ("清欠台账.xlsx", b"x")
    assert file.read(with_file(b"x", "../../etc/passwd")) == ("passwd", b"x")
    assert blank(file).read(with_file(b"", "empty.txt")) is None
    with pytest.raises(FieldMissing):
        file.read(with_file(b"", "empty.txt"))
    with pytest.raises(FieldTooLong):
        file.read(with_file(b"x" * ((LARGEST_FILE_MB << 20) + 1), "large.bin"))


# --- form and reader are one declaration


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_a_refusal_names_a_field_by_the_label_that_stands_on_the_form(shared_published: Published, act: Act) -> None:
    here = reading(shared_published, Role.MONITOR)
    declared = act.fields(here) if callable(act.fields) else act.fields
    for field in (one for part in declared for one in (part if isinstance(part, tuple) else (part,))):
        assert isinstance(field, Field)
        shown = json.loads(to_json_plotly(field.input(here)))
        if not field.hidden and not isinstance(field, (Answer, Ticks)):
            assert field.label in words(shown)
        if field.required and not isinstance(field, (Tick, VersionsField)):
            with pytest.raises(FieldMissing) as refusal:
                field.read(Sent(MultiDict(), reading=here))
            assert refusal.value.parameters["label"] == field.label


def test_a_payment_is_refused_by_the_very_words_of_its_form(site: Flask, own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        owed = next(one for one in load_settlements(connection, SCHEME) if one.unpaid_fen > 0)
    keys = {
        "settlement": owed.id,
        "row_version": owed.row_version,
        "kind": "paid",
        "day": "2026-11-20",
        "document": "1",
    }
    answer = sign_in(site, "p-finance").client.post(
        f"/act/gap/gap_payment?scheme={SCHEME}", data={**keys, "amount": "一百"}, headers=JSON
    )
    assert answer.status_code == 422 and "“金额（元，更正用负数）”" in str(answer.json)


def test_the_audit_keeps_what_was_sent_in_the_fields_and_no_token(site: Flask, own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        owed = next(one for one in load_settlements(connection, SCHEME) if one.unpaid_fen > 0)
    sent = {
        "settlement": owed.id,
        "row_version": owed.row_version,
        "kind": "paid",
        "day": "2026-11-20",
        "amount": "0.01",
        "ledger_ref": "",
        "document": "缴9号",
        "unasked": "x",
    }
    person = sign_in(site, "p-finance")
    answer = person.client.post(f"/act/gap/gap_payment?scheme={SCHEME}", data=sent, headers=JSON)
    assert answer.status_code == 200, answer.json
    kept = {"settlement": owed.id, "kind": "paid", "day": "2026-11-20", "amount_fen": 1, "document": "缴9号"}
    assert record(own_engine)[-1] == ("p-finance", "gap_payment", kept)
