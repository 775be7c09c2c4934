"""The roll-up: sums by the ledger's own keys over the deliveries that a partition has not been rolled up for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends import BaseBackend
from ibis.expr.types import Table
from sqlalchemy import Connection, select

from data_access.intake.importers.rollup import MONTHLY
from data_access.persons.engines import EngineError, rows_of
from data_access.persons.lake import Delivered, Lake, LakeError, Part, Partition
from data_access.store import schema
from rules.month import SHANGHAI, Month

# An entry of the ledger has one source, and a sum by delivery is the same whenever it is taken: so a repetition is known.
BY = (*MONTHLY, "source", "province", "delivery")
ORIGIN = "persons"
DIGEST = 16
Mark = tuple[
    int, str
]  # the last delivery that was added up, and how its file's hash begins: a lake made anew has others


def rolled_up(rows: Table) -> Table:
    """The expression: ``amount_fen`` and ``entries`` by scheme, region, month, item, movement, source and delivery."""
    return rows.group_by(BY).agg(amount_fen=rows.amount_fen.sum(), entries=rows.count())


@dataclass(frozen=True, slots=True)
class Increment:
    """What a partition's new deliveries add, as entries of the ledger. ``mark``: the last of them;
    ``rows``: of how many rows they are the sums; ``entries``: columns of ``ledger_entry``."""

    month: int
    province: str
    mark: Mark
    rows: int
    entries: pa.Table

    @property
    def origin(self) -> str:
        return origin_of((self.month, self.province))

    @property
    def watermark(self) -> str:
        return f"{self.mark[0]}:{self.mark[1]}"


def origin_of(partition: Partition) -> str:
    """The name under which a partition's sums come into the ledger."""
    return f"{ORIGIN}-{partition[0]}-{partition[1]}"


def marks(connection: Connection) -> dict[str, Mark]:
    """Origin → the last delivery whose sums stand in the ledger."""
    batch = schema.import_batch.c
    query = select(batch.origin, batch.watermark).where(
        batch.target == "ledger_entry", batch.state == "loaded", batch.origin.startswith(f"{ORIGIN}-")
    )
    found: dict[str, Mark] = {}
    for origin, watermark in connection.execute(query.where(batch.watermark.is_not(None))):
        number, _, digest = watermark.partition(":")
        found[origin] = max(found.get(origin, (0, "")), (int(number), digest))
    return found


def same_lake(deliveries: Sequence[Delivered], since: Mapping[str, Mark]) -> None:
    """Raise LakeError where the ledger was rolled up from another lake, or from a later state of this one: its numbers mean
    other deliveries, and sums would be missed or come twice."""
    for origin, (number, digest) in since.items():
        if number > len(deliveries) or not deliveries[number - 1].sha256.startswith(digest):
            raise LakeError(
                f"the ledger has {origin} up to delivery {number} of another lake or a later state of it; "
                "restore that one or set POOLWATCH_LAKE to it"
            )


def pending(deliveries: Sequence[Delivered], since: Mapping[str, Mark]) -> list[tuple[Delivered, Part]]:
    """The files beyond the marks: no other is read."""
    return [
        (one, part)
        for one in deliveries
        for part in one.parts
        if one.number > since.get(origin_of(part.partition), (0, ""))[0]
    ]


def increments(engine: BaseBackend, lake: Lake, since: Mapping[str, Mark]) -> list[Increment]:
    """What the files beyond the marks add, a partition each, by month and province.

    Raises LakeError where files are missing or their sums are not those of the manifest, EngineError where the engine
    fails or a sum is beyond 64 bits: nothing of it goes on.
    """
    deliveries = lake.deliveries()
    files = pending(deliveries, since)
    if not files:
        return []
    query = rolled_up(rows_of(engine, [lake.path(part) for _, part in files]))
    try:
        sums = engine.to_pyarrow(query)
    except Exception as problem:
        said = str(problem).strip().splitlines()
        raise EngineError(f"the roll-up failed: {type(problem).__name__}: {said[0] if said else ''}") from problem
    _compare(sums, files)
    taken = {one.number: one for one in deliveries}
    parts: dict[Partition, list[tuple[Delivered, Part]]] = defaultdict(list)
    for one, part in files:
        parts[part.partition].append((one, part))
    return [
        Increment(
            *partition,
            mark=max((one.number, one.sha256[:DIGEST]) for one, _ in mine),
            rows=sum(part.rows for _, part in mine),
            entries=_entries(_of(sums, partition), taken),
        )
        for partition, mine in sorted(parts.items())
    ]


def _of(sums: pa.Table, partition: Partition) -> pa.Table:
    month, province = partition
    return sums.filter(pc.and_(pc.equal(sums["month"], month), pc.equal(sums["province"], province)))


def _compare(sums: pa.Table, files: list[tuple[Delivered, Part]]) -> None:
    """A wrong figure is worse than none: what was added up is what was written, file by file."""
    # In halves: their sums stay within 64 bits whatever the amounts are.
    halves = sums.select(["delivery", "month", "province", "entries"])
    halves = halves.append_column("high", pc.shift_right(sums["amount_fen"], 32))
    halves = halves.append_column("low", pc.bit_wise_and(sums["amount_fen"], 0xFFFFFFFF))
    totals = halves.group_by(["delivery", "month", "province"]).aggregate(
        [("high", "sum"), ("low", "sum"), ("entries", "sum")]
    )
    found = {
        (one["delivery"], one["month"], one["province"]): ((one["high_sum"] << 32) + one["low_sum"], one["entries_sum"])
        for one in totals.to_pylist()
    }
    wrong = [
        part.path
        for one, part in files
        if found.pop((one.number, *part.partition), None) != (part.amount_fen, part.rows)
    ]
    if wrong or found:
        raise LakeError(f"{wrong[0] if wrong else sorted(found)[0]}: its sums are not those of the manifest")


def _entries(sums: pa.Table, taken: Mapping[int, Delivered]) -> pa.Table:
    """Sums of one month as entries of the ledger: the same sums make the same entries, whenever."""
    sums = sums.sort_by([(name, "ascending") for name in BY])
    numbers = sums["delivery"].combine_chunks().dictionary_encode()
    at = [taken[number].taken_at.astimezone(SHANGHAI) for number in numbers.dictionary.to_pylist()]
    last = Month(sums["month"][0].as_py()).last
    texts = [sums[name].cast(pa.string()) for name in ("month", "region", "item", "movement")]
    figure = pc.binary_join_element_wise(ORIGIN, *texts, ":")
    made = sums.select(["scheme", "region", "item", "movement", "source", "amount_fen"])
    added = {
        "business_date": pa.array([min(last, one.date()) for one in at]).take(numbers.indices),
        "booked_at": pa.array([one.isoformat() for one in at]).take(numbers.indices),
        "source_ref": pc.binary_join_element_wise(figure, sums["delivery"].cast(pa.string()), ":"),
        # Less than before is a correction of what came before.
        "corrects": pc.if_else(pc.less(sums["amount_fen"], 0), figure, ""),
    }
    for name, values in added.items():
        made = made.append_column(name, values)
    return made
