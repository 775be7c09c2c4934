"""The door: a file of rows by person is read as every delivery is, its identifiers become hashes, and what is new is kept.

The file's own bytes are kept nowhere, and no refusal says what stood in a cell that may hold an identifier.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, BinaryIO, Literal

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from data_access.intake.files.process import book_in
from data_access.intake.importers.codes import Codes, load_codes
from data_access.intake.importers.delivery import match_headers
from data_access.intake.importers.noise import without_noise
from data_access.intake.importers.parse import delivery_of
from data_access.intake.importers.reasons import FileRefused, Rejection, Unacceptable
from data_access.intake.importers.sheet import Ints
from data_access.intake.importers.store import once_each
from data_access.intake.importers.tables import ImportTable
from data_access.intake.importers.validate import validate
from data_access.persons.engines import EMBEDDED, engine_of, rows_of
from data_access.persons.identity import Pseudonyms, born_and_sex, holds_identifier, normal, without_numbers
from data_access.persons.lake import LEDGER, Lake, Writer
from data_access.persons.tables import PERSON_ENTRY

log = logging.getLogger(__name__)
State = Literal["loaded", "known", "duplicate", "refused"]
PERSON = "person"
TEXTS = ("source", "source_ref", "corrects", "document")
# Two rows of one reference agree in everything but when they were booked, which is the time of import where it is not said.
NOT_CONTENT = ("province", "source", "source_ref", "booked_at", "delivery")


@dataclass(frozen=True, slots=True)
class Taken:
    """How one file ended: *loaded* as delivery ``number``, *known* (nothing in it is new), *duplicate* of the whole
    delivery ``number``, or *refused*: then nothing was kept and the good rows are none of the counts."""

    name: str
    state: State
    number: int | None = None
    offered: int = 0
    inserted: int = 0
    known: int = 0
    rejected: int = 0
    rejections: tuple[Rejection, ...] = ()


def take(
    store: Engine,
    lake: Lake,
    pseudonyms: Pseudonyms,
    path: Path,
    table: ImportTable = PERSON_ENTRY,
    *,
    accept_good_rows: bool = False,
    now: datetime,
) -> Taken:
    """Take one file in: rows of the ledger, or of a register, whose lake ``lake.registers`` is given then. A row is known
    by source and reference; one that is there with other content is a conflict.

    All or nothing, unless ``accept_good_rows``. Raises OSError where the file cannot be read or the lake not be
    written, LakeError where the lake is not sound.
    """
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        for one in lake.deliveries():
            if one.sha256 == digest and not one.rejected:
                return Taken(path.name, "duplicate", one.number)
        file.seek(0)
        with store.connect() as connection:
            codes = load_codes(connection, now)
        try:
            checked = _checked(file, table, lake, codes, pseudonyms)
        except FileRefused as refused:
            return Taken(path.name, "refused", rejections=_safe(refused.rejections, table))
    told = Taken(
        path.name, "refused", None, checked.offered, rejected=checked.bad, rejections=_safe(checked.rejected, table)
    )
    if checked.rejected and not accept_good_rows:
        return told
    with lake.writing(pseudonyms.fingerprint) as writer:
        fresh, known, clashes = _new(lake, writer, checked.rows, checked.lines)
        rejections = _safe([*checked.rejected, *clashes], table)
        told = replace(told, rejected=checked.bad + len(clashes), rejections=rejections)
        if clashes and not accept_good_rows:
            return told
        told = replace(told, state="known", inserted=fresh.num_rows, known=known)
        if not fresh.num_rows:
            return told if known else replace(told, state="refused")
        done = writer.append(without_numbers(path.name), digest, fresh, told.rejected, now)
    return replace(told, state="loaded", number=done.number)


@dataclass(frozen=True, slots=True)
class _Checked:
    """The good rows with the columns of the lake, and why others are not."""

    rows: pa.Table
    lines: Ints
    offered: int
    bad: int
    rejected: list[Rejection]


def _checked(file: BinaryIO, table: ImportTable, lake: Lake, codes: Codes, pseudonyms: Pseudonyms) -> _Checked:
    try:
        delivery = delivery_of(book_in(file, in_memory=True), table)
        headers = match_headers(table, delivery.names)
        if not delivery.rows:
            raise FileRefused(Rejection(1, "", "", "no_rows"))
        texts, _ = without_noise(delivery.under(headers), delivery.lines)
        lines = delivery.lines
        hashes, said, faults = _hashed(texts[PERSON], pseudonyms)
        texts[PERSON] = hashes
        for column in TEXTS:
            faults += [(row, column, "person_in_text") for row in _holding(texts.get(column))]
        checked = validate(table, texts, lines, codes)
    except FileRefused:
        raise
    except Exception as problem:
        # What a library says of a cell that it could not read may hold the cell.
        log.error("a file of persons could not be read: %s", type(problem).__name__)
        raise FileRefused(Rejection(0, "", "", "not_read", {"problem": type(problem).__name__})) from None
    sound = np.ones(delivery.rows, dtype=bool)
    sound[[row for row, _, _ in faults]] = False
    rejected = [*checked.rejected, *(Rejection(int(lines[row]), column, "", why) for row, column, why in faults)]
    kept = sound[checked.good]
    frame = checked.frame.filter(pa.array(kept))
    if lake.holds is LEDGER:
        rows = _stored(frame, lake, codes)
    else:
        rows = _stored(
            _registered(frame, table, said.filter(pa.array(checked.good)).filter(pa.array(kept))), lake, codes
        )
    return _Checked(rows, checked.lines[kept], delivery.rows, delivery.rows - rows.num_rows, rejected)


def _hashed(
    column: pa.StringArray, pseudonyms: Pseudonyms
) -> tuple[pa.StringArray, pa.Table, list[tuple[int, str, str]]]:
    """The hashes of a column of identifiers, each distinct one hashed once, the month of birth and sex that they say, and
    (row, column, reason) of what is none."""
    encoded = column.dictionary_encode()
    hashes: list[str] = []
    said: list[tuple[int | None, str | None]] = []
    wrong: dict[int, str] = {}
    for place, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            number = normal(text) if text.strip() else ""
        except Unacceptable as problem:
            wrong[place], number = problem.reason, ""
        hashes.append(pseudonyms.of_number(number) if number else "-" if place in wrong else "")
        said.append(born_and_sex(number) if number else (None, None))
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(np.isin(indices, list(wrong)))
    born, sex = pa.array([one[0] for one in said], pa.int32()), pa.array([one[1] for one in said], pa.string())
    told = pa.table({"born_month": born.take(encoded.indices), "sex": sex.take(encoded.indices)})
    faults = [(int(row), PERSON, wrong[indices[row]]) for row in rows]
    return pa.array(hashes, pa.string()).take(encoded.indices), told, faults


def _holding(column: pa.StringArray | None) -> list[int]:
    """The rows in which a text holds an identifier."""
    if column is None:
        return []
    like = pc.match_substring_regex(column, "[0-9０-９]{17}[0-9０-９XxＸｘ]").to_numpy(zero_copy_only=False)
    return [int(row) for row in np.flatnonzero(like) if holds_identifier(column[int(row)].as_py())]


def _registered(frame: pa.Table, table: ImportTable, said: pa.Table) -> pa.Table:
    """Rows of one register in the form of them all; birth and sex only where an age is judged."""
    values: dict[str, Any] = {name: frame[name] for name in frame.column_names}
    values["kind"] = pa.repeat(table.name, frame.num_rows)
    if "day" in values:
        values["from_month"] = pc.add(pc.multiply(pc.year(frame["day"]), 100), pc.month(frame["day"]))
    # By whole divisions: the January of the year.
    values["month"] = pc.add(pc.multiply(pc.divide(values["from_month"], 100), 100), 1)
    if "age_kind" in values:
        values |= {name: said[name] for name in said.column_names}
    if "amount_fen" not in values:
        values["amount_fen"] = pa.repeat(0, frame.num_rows)
    return pa.table(values)


def _stored(frame: pa.Table, lake: Lake, codes: Codes) -> pa.Table:
    """Checked rows with the columns of the lake, but for the number of the delivery."""
    columns = lake.holds.schema
    values: dict[str, Any] = {name: frame[name] for name in frame.column_names}
    regions = frame["region"].combine_chunks().dictionary_encode()
    provinces = [codes.regions[code].province for code in regions.dictionary.to_pylist()]
    values["province"] = pa.array(provinces, pa.string()).take(regions.indices)
    taken = pa.scalar(codes.now.astimezone(UTC).replace(tzinfo=None), pa.timestamp("us"))
    if lake.holds is LEDGER:
        values["insured_region"] = pc.coalesce(frame["insured_region"], frame["region"])
        values["item"] = frame["item"].fill_null("")
        values["booked_at"] = pc.assume_timezone(frame["booked_at"].fill_null(taken), "UTC")
    else:
        values["booked_at"] = pc.assume_timezone(pa.repeat(taken, frame.num_rows), "UTC")
    names = [name for name in columns.names if name != "delivery"]
    return pa.table(
        {name: values.get(name, pa.nulls(frame.num_rows, columns.field(name).type)) for name in names}
    ).cast(pa.schema([columns.field(name).with_nullable(True) for name in names]))


def _new(lake: Lake, writer: Writer, rows: pa.Table, lines: Ints) -> tuple[pa.Table, int, list[Rejection]]:
    """The rows that the lake does not have, how many it has, and those that clash with what it has or with each other.

    Only files are read in which such references may stand, wherever they lie: by each file's first and last one.
    """
    content = [name for name in rows.column_names if name not in NOT_CONTENT]
    first, known, clashes = once_each(PERSON_ENTRY, rows, lines, content)
    rows, lines = rows.take(pa.array(first)), lines[first]
    bounds = rows.group_by("source").aggregate([("source_ref", "min"), ("source_ref", "max")]).to_pylist()
    asked = {one["source"]: (one["source_ref_min"], one["source_ref_max"]) for one in bounds}
    files = [part for one in writer.deliveries for part in one.parts if part.may_hold(asked)]
    if not files:
        return rows, known, clashes
    there = _there(lake, [lake.path(part) for part in files], rows, content)
    new = np.ones(rows.num_rows, dtype=bool)
    new[[*there]] = False
    differing = sorted(row for row, same in there.items() if not same)
    clashes += [
        Rejection(
            int(lines[row]),
            "source_ref",
            rows["source_ref"][row].as_py(),
            "conflict",
            {"key": [rows[name][row].as_py() for name in PERSON_ENTRY.key], "stored": {}},
        )
        for row in differing
    ]
    return rows.filter(pa.array(new)), known + len(there) - len(differing), clashes


def _there(lake: Lake, paths: Sequence[str], rows: pa.Table, content: Sequence[str]) -> Mapping[int, bool]:
    """The place of each row whose reference the files hold → whether with the same content."""
    keys = list(PERSON_ENTRY.key)
    places = pa.array(np.arange(rows.num_rows, dtype=np.int64))
    with engine_of(EMBEDDED, lake.scratch) as engine:
        offered = ibis.memtable(rows.select([*keys, *content]).append_column("place", places))
        stored = rows_of(engine, paths).select(*keys, *content)
        joined = offered.join(stored, keys)
        same = ibis.and_(*(joined[name].identical_to(joined[f"{name}_right"]) for name in content))
        found = engine.to_pyarrow(joined.select(joined["place"], same=same))
    return dict(zip(found["place"].to_pylist(), found["same"].to_pylist(), strict=True))


def _safe(rejections: Sequence[Rejection], table: ImportTable) -> tuple[Rejection, ...]:
    """Reasons in the order of lines, without what may be an identifier."""
    shown = {column.code for column in table.columns} - {PERSON}
    ordered = sorted(rejections, key=lambda one: one.line)
    return tuple(
        replace(
            one,
            value=without_numbers(one.value) if one.column in shown else "",
            parameters={name: _safe_value(value) for name, value in one.parameters.items()},
        )
        for one in ordered
    )


def _safe_value(value: Any) -> Any:
    if isinstance(value, str):
        return without_numbers(value)
    return [_safe_value(one) for one in value] if isinstance(value, list) else value
