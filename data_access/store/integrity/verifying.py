"""Whether the rows are as they were sealed. Everything that is not is named; nothing is mended here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from data_access.store import schema
from data_access.store.integrity.forms import unarmed
from data_access.store.integrity.keys import Sum, key_of, name_of
from data_access.store.integrity.sealing import CHANGE, ROWS, SEAL, computed, delivered, is_genuine, rows_digest, texts
from data_access.store.integrity.vouched import Means, by
from rules.scheme import load_scheme, scheme_codes


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where the store is not as the program left it. ``where`` names the table and, where that is known, the row
    or the delivery; ``expected`` and ``found`` what it was and is, both empty where only that it differs is known.
    ``region`` is whose row or delivery that is, None where it cannot be told; "" where none is shown."""

    where: str
    expected: str
    found: str
    region: str | None = ""


def faults_of_tables(connection: Connection, names: Iterable[str] | None = None) -> tuple[int, list[Fault]]:
    """How many rows of the tables sealed row by row were compared, and what is not as it was sealed."""
    key, wanted = key_of(connection), sorted(by(Means.ROW_BY_ROW) if names is None else names)
    seals = {row.name: row for row in connection.execute(select(SEAL))}
    left: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(select(CHANGE).order_by(CHANGE.c.id)):
        left.setdefault(row.name, []).append(row)
    compared, found = 0, []
    for name in wanted:
        found += [_changed_by_hand(row) for row in left.get(name, ())]
        # A table without a seal has never had a row.
        seal = seals.get(name)
        if seal is not None and seal.key != name_of(key):
            found.append(Fault(name, f"sealed with the key {name_of(key) or 'none'}", seal.key or "none"))
            continue
        if seal is not None and not is_genuine(key, seal):
            found.append(Fault(name, "the seal that the program wrote", "another seal"))
            continue
        total, expected = Sum(key, name), Sum(key, name, seal.rows, seal.sum) if seal else Sum(key, name)
        total.add(texts(connection, name))
        for row in left.get(name, ()):
            expected.add((row.was,), -1)
            expected.add((row.became,))
        compared += total.rows
        if total.value != expected.value:
            # Changed while the triggers were away, or what they noted was taken away.
            found.append(Fault(name, f"{expected.rows} rows as they were sealed", f"{total.rows} rows, not the same"))
    found += [
        Fault(name, "the triggers that note its changes", "missing") for name in unarmed(connection) if name in wanted
    ]
    return compared, [*found, *_other_bytes(connection, wanted)]


def _changed_by_hand(change: Row[Any]) -> Fault:
    was, became = (json.loads(text) if text else {} for text in (change.was, change.became))
    keys = [column.name for column in schema.metadata.tables[change.name].primary_key]
    named = " ".join(str((was or became).get(key, "")) for key in keys)
    different = [name for name in {**was, **became} if was.get(name) != became.get(name)]
    return Fault(f"{change.name} {named}", _said(was, different), _said(became, different), _whose(was or became))


def _whose(row: Mapping[str, object]) -> str | None:
    """The region of a row: its own, else its scheme's province, else None."""
    if region := row.get("region"):
        return str(region)
    scheme = str(row.get("scheme"))
    return load_scheme(scheme).province if scheme in scheme_codes() else None


def _said(row: dict[str, object], names: Sequence[str]) -> str:
    return ", ".join(f"{name} = {row[name]}" for name in names if name in row) if row else "no row"


def _other_bytes(connection: Connection, names: Sequence[str]) -> Iterator[Fault]:
    """Files whose bytes are no longer those of the SHA-256 kept with them, which the table's seal covers."""
    for table in (schema.attachment, schema.briefing_template):
        if table.name not in names:
            continue
        for number in connection.execute(select(table.c.id).order_by(table.c.id)).scalars().all():
            row = connection.execute(
                select(table.c.sha256, table.c.content, table.c.region).where(table.c.id == number)
            ).one()
            if (found := hashlib.sha256(row.content).hexdigest()) != row.sha256:
                yield Fault(f"{table.name} {number}", row.sha256, found, row.region)


def faults_of_deliveries(connection: Connection, names: Iterable[str] | None = None) -> tuple[int, list[Fault]]:
    """How many delivered rows were compared, and the deliveries whose rows are not those that came."""
    batch, compared, found = schema.import_batch, 0, list[Fault]()
    provinces = {row.id: row.province or "" for row in connection.execute(select(batch.c.id, batch.c.province))}
    for name in sorted(by(Means.DELIVERY) if names is None else names):
        sums = delivered(connection, name)
        compared += sum(brought.rows for brought, _ended in sums.values())
        found += _faults_of_rows(connection, name, "batch", sums, provinces)
    return compared, found


def faults_of_versions(connection: Connection, names: Iterable[str] | None = None) -> tuple[int, list[Fault]]:
    """How many computed rows were compared, and the data versions whose rows are not those that were published."""
    compared, found = 0, list[Fault]()
    for name in sorted(by(Means.VERSION) if names is None else names):
        sums = {number: (total,) for number, total in computed(connection, name).items()}
        compared += sum(total.rows for (total,) in sums.values())
        found += _faults_of_rows(connection, name, "version", sums, {})
    return compared, found


def _faults_of_rows(
    connection: Connection, name: str, of: str, sums: Mapping[int, tuple[Sum, ...]], whose: Mapping[int, str]
) -> Iterator[Fault]:
    rows = connection.execute(select(ROWS).where(ROWS.c.name == name))
    seals = {row.number: row for row in rows}
    for number in sorted(seals.keys() | sums.keys()):
        seal, there = seals.get(number), sums.get(number)
        if seal is None or there is None or seal.seal != rows_digest(connection, name, number, *there):
            expected = f"{seal.rows} rows as they were sealed" if seal else "no rows: none were sealed"
            now = f"{there[0].rows if there else 0} rows, not the same"
            yield Fault(f"{name} {of} {number}", expected, now, whose.get(number, ""))
