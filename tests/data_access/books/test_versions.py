"""Versions: publishing one by one, rebuilding from the ledger and plain sums give the same figures at every version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, delete, insert, select, text

from data_access.books.checks import run_checks
from data_access.books.facts import load_facts
from data_access.books.funds import load_deposits
from data_access.books.rebuild import rebuild
from data_access.books.reconciliation import load_reconciliation
from data_access.books.regions import load_tree
from data_access.books.versions import (
    FACTS,
    NoOpening,
    close_month,
    closes,
    current_version,
    publish,
    reading,
    version,
)
from data_access.store import schema
from data_access.store.engine import writing
from rules.errors import InputError
from rules.scheme import load_scheme
from tests.small_province import (
    BAIXIA,
    MERGED_ON,
    PROVINCE,
    QINHUAI,
    REGIONS,
    SCHEME,
    WUXI,
    XUANWU,
    Entry,
    batches,
    load_entries,
    load_opening,
    load_province,
    load_table,
)

ROLLUPS = [table for pair in FACTS for table in pair]
# Each example empties and fills a real store.
MANY = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)


@pytest.fixture
def province(store: Engine, now: datetime) -> Engine:
    load_province(store, now)
    publish_now(store, now)
    return store


def publish_now(engine: Engine, now: datetime) -> int:
    with writing(engine) as connection:
        run = connection.execute(
            insert(schema.refresh_run)
            .values(started_at=now, finished_at=now, state="published", full=False)
            .returning(schema.refresh_run.c.id)
        ).scalar_one()
        return publish(connection, run=run, published_at=now, as_of=now).id


def empty_ledger(engine: Engine) -> None:
    """Between examples of one test: what nobody may do in operation."""
    with writing(engine) as connection:
        for table in (*ROLLUPS, schema.ledger_entry, schema.rows_seal):
            connection.execute(delete(table))
        connection.execute(delete(schema.batch_source))
        connection.execute(delete(schema.import_batch).where(schema.import_batch.c.target == "ledger_entry"))


def rows_of(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with reading(engine) as connection:
        return {table.name: sorted(map(tuple, connection.execute(select(table)))) for table in ROLLUPS}


def by_hand(entries: list[Entry]) -> dict[str, dict[int, int]]:
    """Result balance changes by region and month, straight from the entries: the third, independent way."""
    above = {code: parent for code, _, _, _, parent, *_ in REGIONS} | {BAIXIA: QINHUAI}
    income = {"collect", "receive", "local_receive", "recover"}
    spent = {"pay", "remit"}
    sums: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        sign = 1 if entry.movement in income else -1 if entry.movement in spent else 0
        region: str | None = entry.region
        while region and region != "000000":
            sums[region][entry.day.year * 100 + entry.day.month] += sign * entry.amount_fen
            region = above[region]
    return sums


@MANY
@given(made=batches())
def test_publishing_one_by_one_equals_a_full_rebuild_equals_plain_sums(
    province: Engine, now: datetime, made: list[list[Entry]]
) -> None:
    empty_ledger(province)
    published = []
    for batch in made:
        load_entries(province, batch, now)
        published.append(publish_now(province, now))
    one_by_one = rows_of(province)
    with writing(province) as connection:
        rebuild(connection)
    assert rows_of(province) == one_by_one
    for number, expected in zip(published, prefixes(made), strict=True):
        with reading(province) as connection:
            facts = load_facts(connection, SCHEME, number)
        sums = by_hand(expected)
        for region in facts.tree.codes:
            balance, total = 0, []
            for month in facts.months:
                balance += sums[region][month]
                total.append(balance)
            assert facts.result_balance(region).tolist() == total
            assert facts.account_total(region).tolist() == total, "both sides of the balance agree to the fen"
    with reading(province) as connection:
        assert [check.code for check in run_checks(connection) if not check.passed] == []


def prefixes(made: list[list[Entry]]) -> Iterator[list[Entry]]:
    for count in range(1, len(made) + 1):
        yield [entry for batch in made[:count] for entry in batch]


# --- versions


def test_before_the_first_publication_there_is_no_version(store: Engine) -> None:
    with reading(store) as connection:
        assert current_version(connection) is None
        with pytest.raises(InputError):
            version(connection, 1)


def test_a_version_carries_the_instant_its_figures_speak_of(province: Engine, now: datetime) -> None:
    number = publish_now(province, now + timedelta(hours=1))
    with reading(province) as connection:
        current = current_version(connection)
        assert current == version(connection, number)
    assert current is not None and current.as_of == now + timedelta(hours=1)


# --- month close


def test_a_ledger_without_opening_balances_is_not_signed(province: Engine, now: datetime) -> None:
    """Not either at a version that did not know the openings yet."""
    with reading(province) as connection:
        before = current_version(connection).id  # type: ignore[union-attr]
        assert not load_facts(connection, SCHEME).opened
    load_opening(province, now)
    after = publish_now(province, now)
    with writing(province) as connection:
        assert load_facts(connection, SCHEME).opened and not load_facts(connection, SCHEME, before).opened
        with pytest.raises(NoOpening):
            close_month(connection, SCHEME, 202610, signed_by="李某某", signed_at=now, version=before)
        close_month(connection, SCHEME, 202610, signed_by="李某某", signed_at=now, version=after)


def test_a_month_is_signed_once_by_name_and_only_after_it_ended(province: Engine, now: datetime) -> None:
    load_opening(province, now)
    publish_now(province, now)
    with writing(province) as connection:
        number = current_version(connection).id  # type: ignore[union-attr]

        def sign(month: int, name: str = "李某某", at: datetime = now) -> None:
            close_month(connection, SCHEME, month, signed_by=name, signed_at=at, version=number)

        last_second = datetime.fromisoformat("2026-10-31T23:59:59+08:00")
        with pytest.raises(InputError, match="not ended"):
            sign(202610, at=last_second)
        with pytest.raises(InputError, match="name"):
            sign(202610, name=" ")
        sign(202610, at=last_second + timedelta(seconds=1))
        with pytest.raises(InputError, match="already"):
            sign(202610)
        assert [(close.month, close.signed_by) for close in closes(connection, SCHEME)] == [(202610, "李某某")]


def test_a_signed_version_still_shows_its_figures_after_later_entries(province: Engine, now: datetime) -> None:
    load_entries(province, [Entry("1", XUANWU, "premium_current", "collect", MERGED_ON, 10)], now)
    signed = publish_now(province, now)
    load_entries(province, [Entry("2", WUXI, "premium_current", "collect", MERGED_ON, 5)], now)
    publish_now(province, now)
    with reading(province) as connection:
        assert load_facts(connection, SCHEME, signed).income(PROVINCE).tolist() == [10]
        assert load_facts(connection, SCHEME).income(PROVINCE).tolist() == [15]


def test_an_opening_that_came_later_is_not_seen_in_an_earlier_version(province: Engine, now: datetime) -> None:
    load_entries(province, [Entry("1", XUANWU, "premium_current", "collect", MERGED_ON, 10)], now)
    earlier = publish_now(province, now)
    opening = {"scheme": SCHEME, "account": "provincial", "region": PROVINCE, "amount_fen": 700, "as_of": "2024-12-31"}
    load_table(province, "opening_balance", [opening], now)
    publish_now(province, now)
    with reading(province) as connection:
        then, today = load_facts(connection, SCHEME, earlier), load_facts(connection, SCHEME)
    assert (then.opening(PROVINCE), today.opening(PROVINCE)) == (0, 700)
    assert (then.result_balance(PROVINCE).tolist(), today.result_balance(PROVINCE).tolist()) == ([10], [710])
    assert (then.account_total(PROVINCE).tolist(), today.account_total(PROVINCE).tolist()) == ([10], [710])


def test_deposits_and_unreached_items_that_came_later_are_not_seen_in_an_earlier_version(
    province: Engine, now: datetime
) -> None:
    load_entries(province, [Entry("1", XUANWU, "premium_current", "collect", date(2026, 10, 10), 100)], now)
    total = {"scheme": SCHEME, "region": XUANWU, "day": "2026-10-10", "measure": "premium_collected", "amount_fen": 100}
    load_table(province, "agency_total", [{**total, "department": one} for one in ("tax", "treasury")], now)
    earlier = publish_now(province, now)
    bank = {"account": "deposit", "bank": "bank", "amount_fen": 60, "rate": "0.03", "starts_on": "2026-08-01"}
    held = {"scheme": SCHEME, "ref": "D", "region": XUANWU, "matures_on": "2027-08-01", **bank}
    load_table(province, "deposit", [held], now)
    item = {"ref": "WD-1", "recorded_by": "tax", "missing_at": "treasury", "amount_fen": 30, "reason": "次日到账"}
    days = {"arose_on": "2026-10-10", "cleared_on": None}
    load_table(province, "unreached_item", [{"scheme": SCHEME, "region": XUANWU, **item, **days}], now)
    today = publish_now(province, now)
    with reading(province) as connection:
        tree, since = load_tree(connection, load_scheme(SCHEME)), date(2026, 1, 1)
        for number, deposits, difference in ((earlier, 0, 0), (today, 1, 30)):
            assert len(load_deposits(connection, SCHEME, number)) == deposits
            books = load_reconciliation(connection, SCHEME, tree, since, number)
            found = books.year_to_date(PROVINCE, date(2026, 10, 31))
            assert found is not None and (found.difference_fen, len(found.items)) == (difference, deposits)


def test_a_change_to_a_published_fact_is_found_by_the_checks(province: Engine, now: datetime) -> None:
    load_entries(province, [Entry("1", XUANWU, "premium_current", "collect", MERGED_ON, 10)], now)
    publish_now(province, now)
    with writing(province) as connection:
        connection.execute(text("UPDATE account_fact SET amount_fen = amount_fen + 1"))
    with reading(province) as connection:
        failed = {check.code: check for check in run_checks(connection) if not check.passed}
    assert set(failed) == {"balances", "facts"}
    assert failed["balances"].differences[0].where == f"{SCHEME} {PROVINCE} 202501 version 2"


def test_a_scheme_enters_the_store_with_its_first_published_data(store: Engine, now: datetime) -> None:
    load_province(store, now)
    with writing(store) as connection:
        connection.execute(delete(schema.scheme))
    load_entries(store, [Entry("1", XUANWU, "premium_current", "collect", MERGED_ON, 10)], now)
    codes = select(schema.scheme.c.code)
    with reading(store) as connection:
        assert connection.execute(codes).scalars().all() == []
    publish_now(store, now)
    with reading(store) as connection:
        assert connection.execute(codes).scalars().all() == [SCHEME]
