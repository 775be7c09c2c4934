"""The person-level ledger: what the door takes and refuses, what the lake keeps, what the roll-up brings into the ledger."""

from __future__ import annotations

import hmac
import json
import logging
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from ibis.backends import BaseBackend
from sqlalchemy import Engine, select

from data_access.intake.importers.reasons import Unacceptable
from data_access.persons.door import Taken, take
from data_access.persons.engines import EngineError, engine_of
from data_access.persons.identity import Pseudonyms, check_digit, normal
from data_access.persons.lake import SCHEMA, Lake, LakeError
from data_access.persons.rollup import increments, pending
from data_access.store import schema
from monitoring.persons import roll_up

KEY = Pseudonyms(b"k" * 32)
NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
HEAD = ("person", "scheme", "region", "item", "movement", "month", "amount_fen", "source", "source_ref", "corrects")
KNOWN = "11010519491231002X"  # the example of the standard, GB 11643


def person(number: int) -> str:
    """An identity number that is well formed."""
    digits = f"320102{1940 + number % 60}{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}"
    return digits + check_digit(digits)


def row(number: int, **changes: str) -> dict[str, str]:
    good = {
        "person": person(number),
        "scheme": "jiangsu-pension",
        "region": ("320102", "320104", "320505")[number % 3],
        "item": "pension",
        "movement": "pay",
        "month": "202610",
        "amount_fen": str(100_000 + number),
        "source": "js-agency",
        "source_ref": f"R{number:05d}",
        "corrects": "",
    }
    return {**good, **changes}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "persons")


@pytest.fixture
def deliver(codes: Engine, lake: Lake, tmp_path: Path) -> Callable[..., Taken]:
    def give(*rows: dict[str, str], name: str = "rows.csv", now: datetime = NOW, **options: Any) -> Taken:
        path = tmp_path / name
        lines = [",".join(HEAD), *(",".join(one[column] for column in HEAD) for one in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
        return take(codes, lake, KEY, path, now=now, **options)

    return give


@pytest.fixture(scope="module")
def duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseBackend]:
    with engine_of("duckdb://?threads=1", tmp_path_factory.mktemp("scratch")) as engine:
        yield engine


def in_ledger(store: Engine) -> dict[tuple[Any, ...], int]:
    """What the entries of the ledger sum to, by the keys of the roll-up."""
    found: dict[tuple[Any, ...], int] = {}
    with store.connect() as connection:
        for one in connection.execute(select(schema.ledger_entry)):
            key = (one.scheme, one.region, one.month, one.item, one.movement)
            found[key] = found.get(key, 0) + one.amount_fen
    return found


# --- identifiers


def test_both_forms_of_a_number_and_every_way_of_writing_it_are_one_person() -> None:
    assert normal(KNOWN) == KNOWN
    assert normal("110105491231002") == KNOWN  # before 1999: no century, no check digit
    assert {KEY.of(one) for one in (KNOWN, KNOWN.lower(), f" {KNOWN} ", "１１０１０５４９１２３１００２")} == {
        KEY.of(KNOWN)
    }
    assert KEY.of(KNOWN) != KEY.of(person(1)) != Pseudonyms(b"q" * 32).of(person(1))


def test_the_hash_is_the_keyed_one_that_anybody_with_the_key_computes() -> None:
    assert KEY.of(KNOWN) == hmac.digest(b"k" * 32, KNOWN.encode(), "sha256").hex()[:32]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1101051949123100", "person_form"),
        ("张某某", "person_form"),
        ("11010519491331002X", "person_birth"),
        ("110105194912310021", "person_check_digit"),
        ("110105194912310120", "person_check_digit"),
    ],
)
def test_what_is_no_identity_number_is_refused_by_what_is_wrong_with_it(text: str, reason: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        normal(text)
    assert refused.value.reason == reason and text not in str(refused.value.parameters)


def test_no_identifier_is_kept_or_told_anywhere(
    deliver: Callable[..., Taken], lake: Lake, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = person(7)[:-1] + ("1" if person(7)[-1] != "1" else "2")
    refused = deliver(
        row(1), row(2, person=wrong), row(3, source_ref=f"A{person(3)}"), row(4, region=person(4)), row(5, month="13")
    )
    assert [(one.line, one.column, one.reason) for one in refused.rejections] == [
        (3, "person", "person_check_digit"),
        (4, "source_ref", "person_in_text"),
        (5, "region", "not_a_place"),
        (6, "month", "bad_form"),
    ]
    shifted = tmp_path / "shifted.csv"
    shifted.write_text(f"{person(1)},320102\n{person(2)},320102\n", encoding="utf-8")
    taken = deliver(*(row(number) for number in range(1, 8)), name=f"{person(1)}.csv")
    assert taken.state == "loaded"
    (tmp_path / f"{person(1)}.csv").unlink()
    (tmp_path / "rows.csv").unlink()
    shifted.unlink()
    told = [repr(refused.rejections), caplog.text]
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    for number in [wrong, *(person(number) for number in range(1, 8))]:
        assert not any(number in one for one in told)
        assert not any(number.encode() in one for one in kept)
    (part,) = lake.deliveries()[0].parts
    assert pq.read_table(lake.path(part))["person"].to_pylist()[0] in {KEY.of(person(number)) for number in range(8)}


# --- the door


def test_a_file_is_taken_whole_once_and_repeats_change_nothing(deliver: Callable[..., Taken], lake: Lake) -> None:
    assert deliver(row(1), row(2, amount_fen="x")).state == "refused"
    assert lake.deliveries() == []
    first = deliver(row(1), row(2), row(2))
    assert (first.state, first.number, first.inserted, first.known) == ("loaded", 1, 2, 1)
    assert deliver(row(1), row(2), row(2)).state == "duplicate"
    assert deliver(row(2), row(1)).state == "known"
    again = deliver(row(2), row(3))
    assert (again.state, again.number, again.inserted, again.known) == ("loaded", 2, 1, 1)
    clash = deliver(row(2, amount_fen="5"), row(4))
    assert clash.state == "refused" and [(one.line, one.reason) for one in clash.rejections] == [(2, "conflict")]
    # The same reference in another month is the same row with other content, whatever partition it would lie in.
    assert deliver(row(2, month="202609")).state == "refused"
    taken = deliver(row(2, amount_fen="5"), row(4), row(5, person="1"), accept_good_rows=True)
    assert (taken.state, taken.inserted, taken.rejected) == ("loaded", 1, 2)
    assert [one.rows for one in lake.deliveries()] == [2, 1, 1]


def test_only_files_are_asked_in_which_a_reference_may_stand(deliver: Callable[..., Taken], lake: Lake) -> None:
    for number in (10, 20, 30):
        deliver(row(number), row(number + 5))
    asked = [part.may_hold({"js-agency": ("R00016", "R00024")}) for one in lake.deliveries() for part in one.parts]
    assert asked == [False, True, False]
    assert not any(part.may_hold({"js-tax": ("A", "Z")}) for one in lake.deliveries() for part in one.parts)


def test_identifiers_of_two_keys_never_mix(deliver: Callable[..., Taken], lake: Lake) -> None:
    deliver(row(1))
    with pytest.raises(LakeError, match="another key"), lake.writing(Pseudonyms(b"q" * 32).fingerprint):
        pass


# --- the lake


def test_a_delivery_that_broke_off_leaves_nothing_that_counts(deliver: Callable[..., Taken], lake: Lake) -> None:
    deliver(row(1))
    left = lake.folder / "ledger/year=2026/month=202610/province=320000/00000002.parquet"
    left.write_bytes(b"half")  # a process that died before its manifest
    taken = deliver(row(2))
    assert taken.number == 2 and lake.changed() == []
    assert [part.rows for one in lake.deliveries() for part in one.parts] == [1, 1]


def test_what_was_lost_or_changed_is_named_and_nothing_is_added_up(
    deliver: Callable[..., Taken], lake: Lake, duckdb: BaseBackend
) -> None:
    deliver(row(1))
    deliver(row(2))
    (part,) = lake.deliveries()[1].parts
    path, good = Path(lake.path(part)), Path(lake.path(part)).read_bytes()
    table = pq.read_table(path)
    forged = table.set_column(table.schema.get_field_index("amount_fen"), SCHEMA.field("amount_fen"), pa.array([1]))
    pq.write_table(forged, path, compression="zstd")
    with pytest.raises(LakeError, match="not as it was written"):
        lake.path(part)
    assert lake.changed() == [part.path]
    manifest = lake.folder / "deliveries" / "00000002.json"
    said = json.loads(manifest.read_text(encoding="utf-8"))
    said["parts"][0]["bytes"] = path.stat().st_size
    manifest.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(LakeError, match="sums are not those"):
        increments(duckdb, lake, {})
    path.write_bytes(good)
    (lake.folder / "deliveries" / "00000001.json").unlink()
    with pytest.raises(LakeError, match="delivery 1 is missing"):
        lake.deliveries()


# --- the roll-up


def test_late_rows_reversals_and_repeats_reach_the_ledger_once(
    ready_sqlite: Engine, deliver: Callable[..., Taken], lake: Lake
) -> None:
    def rolled(later: int = 0, **options: Any) -> list[tuple[str, int, int]]:
        done = roll_up(ready_sqlite, lake, "duckdb://?threads=1", clock=lambda: NOW + timedelta(days=later), **options)
        batches = () if done is None else done.batches
        assert all(one.state in ("loaded", "duplicate") for one in batches)
        return [(one.origin, one.inserted, one.known) for one in batches]

    deliver(row(3, amount_fen="300"), row(6, amount_fen="600"), row(4, amount_fen="400", month="202609"))
    assert rolled() == [("persons-202609-320000", 1, 0), ("persons-202610-320000", 1, 0)]
    assert rolled() == []
    september, october = (
        ("jiangsu-pension", region, month, "pension", "pay")
        for region, month in (("320104", 202609), ("320102", 202610))
    )
    assert in_ledger(ready_sqlite) == {september: 400, october: 900}
    # Late: September's row of November; a reversal; and two deliveries before the next roll-up.
    deliver(row(7, amount_fen="70", month="202609"), now=NOW + timedelta(days=1))
    deliver(row(60, amount_fen="-600", corrects="R00006"), name="b.csv", now=NOW + timedelta(days=2))
    assert rolled(3) == [("persons-202609-320000", 1, 0), ("persons-202610-320000", 1, 0)]
    assert in_ledger(ready_sqlite) == {september: 470, october: 300}
    # Everything once more, as after a store that was restored: known, every sum.
    assert rolled(4, again=True) == [("persons-202609-320000", 0, 2), ("persons-202610-320000", 0, 2)]
    assert in_ledger(ready_sqlite) == {september: 470, october: 300}


def test_of_the_lake_only_files_beyond_the_marks_are_read(deliver: Callable[..., Taken], lake: Lake) -> None:
    for number, month in ((1, "202608"), (2, "202609"), (3, "202609")):
        deliver(row(number, month=month))
    found = pending(lake.deliveries(), {"persons-202608-320000": (1, ""), "persons-202609-320000": (2, "")})
    assert [part.path for _, part in found] == ["ledger/year=2026/month=202609/province=320000/00000003.parquet"]


def test_a_lake_that_is_not_the_one_rolled_up_is_refused(
    ready_sqlite: Engine, deliver: Callable[..., Taken], lake: Lake, tmp_path: Path
) -> None:
    deliver(row(1))
    deliver(row(2))
    assert roll_up(ready_sqlite, lake, "duckdb://?threads=1", clock=lambda: NOW) is not None
    lost = lake.folder.rename(tmp_path / "lost")
    deliver(row(3), name="c.csv")
    for again in (False, True):  # its delivery 1 would pass for known, or come in beside the sums of the other
        with pytest.raises(LakeError, match="up to delivery 2 of another lake"):
            roll_up(ready_sqlite, lake, "duckdb://?threads=1", again=again, clock=lambda: NOW)
    deliver(row(4), name="d.csv")
    with pytest.raises(LakeError, match="another lake"):
        roll_up(ready_sqlite, lake, "duckdb://?threads=1", clock=lambda: NOW)
    assert roll_up(ready_sqlite, Lake(lost), "duckdb://?threads=1", clock=lambda: NOW) is None


def test_a_sum_beyond_sixty_four_bits_is_refused_and_never_wrong(
    tmp_path: Path, duckdb: BaseBackend, lake: Lake
) -> None:
    rows = lake_rows([("320102", 202610, "pay", 2**62), ("320102", 202610, "pay", 2**62)])
    with lake.writing(KEY.fingerprint) as writer:
        writer.append("x", "0", rows, 0, NOW)
    with pytest.raises(EngineError, match="out of bounds"):
        increments(duckdb, lake, {})


def lake_rows(rows: Sequence[tuple[str, int, str, int]]) -> pa.Table:
    """Rows of the lake: region, month, movement and amount; whose they are and their references do not matter here."""
    columns = {
        "person": [KEY.of(person(place % 9)) for place in range(len(rows))],
        "scheme": ["jiangsu-pension"] * len(rows),
        "province": ["320000"] * len(rows),
        "region": [one[0] for one in rows],
        "insured_region": [one[0] for one in rows],
        "item": ["pension"] * len(rows),
        "movement": [one[2] for one in rows],
        "month": [one[1] for one in rows],
        "amount_fen": [one[3] for one in rows],
        "source": ["js-agency"] * len(rows),
        "source_ref": [f"{place}" for place in range(len(rows))],
        "corrects": [None] * len(rows),
        "booked_at": [NOW] * len(rows),
    }
    return pa.table({name: pa.array(values, SCHEMA.field(name).type) for name, values in columns.items()})


ROWS = st.lists(
    st.tuples(
        st.sampled_from(("320102", "320104", "320505")),
        st.sampled_from((202511, 202512, 202601)),
        st.sampled_from(("pay", "recover")),
        st.integers(-(10**15), 10**15),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_increments_in_any_order_are_what_plain_sql_gives_over_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory,
    duckdb: BaseBackend,
    deliveries: list[list[tuple[str, int, str, int]]],
    chance: random.Random,
) -> None:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    marks: dict[str, Any] = {}
    found: dict[tuple[Any, ...], int] = {}
    for rows in deliveries:
        with lake.writing(KEY.fingerprint) as writer:
            writer.append("x", "0", lake_rows(rows), 0, NOW)
        if chance.random() < 0.5:
            continue  # rolled up with the next one
        _add(found, marks, increments(duckdb, lake, marks))
    _add(found, marks, increments(duckdb, lake, marks))
    assert increments(duckdb, lake, marks) == []
    assert found == plain_sql([lake.path(part) for one in lake.deliveries() for part in one.parts])


def _add(found: dict[tuple[Any, ...], int], marks: dict[str, Any], new: Sequence[Any]) -> None:
    for one in new:
        marks[one.origin] = one.mark
        for entry in one.entries.to_pylist():
            key = (entry["region"], one.month, entry["movement"])
            found[key] = found.get(key, 0) + entry["amount_fen"]


def plain_sql(paths: Sequence[str]) -> dict[tuple[Any, ...], int]:
    """The sums by SQLite, which knows neither the engine nor the expression."""
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE entry (region, month, movement, amount_fen INTEGER)")
        for path in paths:
            table = pq.read_table(path, columns=["region", "month", "movement", "amount_fen"])
            database.executemany(
                "INSERT INTO entry VALUES (?, ?, ?, ?)", [tuple(one.values()) for one in table.to_pylist()]
            )
        query = "SELECT region, month, movement, SUM(amount_fen) FROM entry GROUP BY region, month, movement"
        return {tuple(one[:3]): one[3] for one in database.execute(query)}
