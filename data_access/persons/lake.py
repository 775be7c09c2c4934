"""The lake: immutable Parquet files by year, month and province, and a manifest that says which of them count.

    lake/ledger/year=2026/month=202610/province=320000/00000017.parquet
    lake/deliveries/00000017.json      # what delivery 17 brought, written last: without it its files are nothing
    lake/key                           # by which key identifiers were hashed: its fingerprint
    lake/registers/…                   # the same again for what registers say of persons

A delivery's number is the watermark: numbers rise by one, and a file never changes once its delivery stands. The folder
is on a disk of this machine, or on a file system that every machine of the cluster sees under the same path.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data_access.whole_files import settle, write_whole
from rules.errors import PoolwatchError
from rules.month import Month

DELIVERIES = "deliveries"
KEY = "key"
ROW_GROUP = 1 << 20
Partition = tuple[int, str]  # month, province


@dataclass(frozen=True)
class Rows:
    """What one lake holds: the name of its folder and its columns. ``common``: those that say little in many rows and
    are kept by their place in a list."""

    name: str
    schema: pa.Schema
    common: tuple[str, ...]


SCHEMA = pa.schema(
    [
        pa.field("person", pa.string(), False),
        pa.field("scheme", pa.string(), False),
        pa.field("province", pa.string(), False),
        pa.field("region", pa.string(), False),
        pa.field("insured_region", pa.string(), False),
        pa.field("item", pa.string(), False),
        pa.field("movement", pa.string(), False),
        pa.field("month", pa.int32(), False),
        pa.field("amount_fen", pa.int64(), False),
        pa.field("source", pa.string(), False),
        pa.field("source_ref", pa.string(), False),
        pa.field("corrects", pa.string()),
        pa.field("booked_at", pa.timestamp("us", "UTC"), False),
        pa.field("delivery", pa.int32(), False),
    ]
)
LEDGER = Rows(
    "ledger",
    SCHEMA,
    tuple(
        name for name in SCHEMA.names if name not in ("amount_fen", "source_ref", "corrects", "booked_at", "delivery")
    ),
)
# One form for every register: what a kind does not say is null. ``from_month`` is when it happened or began; they lie by
# the January of its year, so that decades of them are few files.
REGISTERS = Rows(
    "records",
    pa.schema(
        [
            pa.field("person", pa.string(), False),
            pa.field("kind", pa.string(), False),
            pa.field("scheme", pa.string()),
            pa.field("province", pa.string(), False),
            pa.field("region", pa.string(), False),
            pa.field("month", pa.int32(), False),
            pa.field("from_month", pa.int32(), False),
            pa.field("until_month", pa.int32()),
            pa.field("day", pa.date32()),
            pa.field("paid_month", pa.int32()),
            pa.field("worker", pa.string()),
            pa.field("age_kind", pa.string()),
            pa.field("way", pa.string()),
            pa.field("born_month", pa.int32()),
            pa.field("sex", pa.string()),
            pa.field("amount_fen", pa.int64(), False),
            pa.field("document", pa.string()),
            pa.field("source", pa.string(), False),
            pa.field("source_ref", pa.string(), False),
            pa.field("corrects", pa.string()),
            pa.field("withdrawn", pa.string()),
            pa.field("booked_at", pa.timestamp("us", "UTC"), False),
            pa.field("delivery", pa.int32(), False),
        ]
    ),
    ("kind", "scheme", "province", "region", "worker", "age_kind", "way", "sex", "source"),
)


class LakeError(PoolwatchError):
    """The lake is not what its manifest says, or was made with another key; the message says what to do."""

    code = "lake"


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its rows of one month and province. ``refs``: source → its first and last reference, in order of code
    points; ``amount_fen``: the sum over all rows."""

    path: str
    month: int
    province: str
    rows: int
    amount_fen: int
    bytes: int
    sha256: str
    refs: dict[str, tuple[str, str]]

    @property
    def partition(self) -> Partition:
        return self.month, self.province

    def may_hold(self, refs: dict[str, tuple[str, str]]) -> bool:
        """Whether a reference within these bounds may stand in it."""
        ours = self.refs
        return any(
            one in ours and ours[one][0] <= last and first <= ours[one][1] for one, (first, last) in refs.items()
        )


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery that stands. ``sha256``: of the file as it came, ``rejected``: how many of its rows were not taken."""

    number: int
    name: str
    sha256: str
    taken_at: datetime
    rejected: int
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)


class Lake:
    """The lake in a folder, made at the first delivery."""

    def __init__(self, folder: Path, holds: Rows = LEDGER) -> None:
        self.folder = folder
        self.holds = holds

    @property
    def registers(self) -> Lake:
        """The lake of what registers say of the same persons."""
        return Lake(self.folder / "registers", REGISTERS)

    @property
    def scratch(self) -> Path:
        """Where an embedded engine puts what its memory cannot hold: rows of the lake, no identifiers."""
        return self.folder / ".scratch"

    def deliveries(self) -> list[Delivered]:
        """Every delivery that stands, by number. Raises LakeError where one is missing or cannot be read."""
        found = []
        for number, path in enumerate(sorted((self.folder / DELIVERIES).glob("[0-9]*.json")), 1):
            if path.name != f"{number:08d}.json":
                raise LakeError(f"{self.folder}: delivery {number} is missing; restore the lake from its copy")
            found.append(_read(path))
        return found

    def path(self, part: Part) -> str:
        """Where a file stands, for an engine. Raises LakeError where it does not."""
        path = self.folder / part.path
        if not path.is_file() or path.stat().st_size != part.bytes:
            raise LakeError(f"{path} is missing or not as it was written; restore it from its copy")
        return str(path.absolute())

    def changed(self) -> list[str]:
        """The files whose bytes are not those that were written, every one read."""
        wrong = []
        for part in (part for one in self.deliveries() for part in one.parts):
            path = self.folder / part.path
            if not path.is_file() or _digest(path) != part.sha256:
                wrong.append(part.path)
        return wrong

    @contextmanager
    def writing(self, fingerprint: str) -> Iterator[Writer]:
        """One writer at a time, on every machine that sees the folder. Raises LakeError where the identifiers that are
        there were hashed by another key."""
        # Hashes are of persons still: nobody beside the group that runs the engine looks in.
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        (self.folder / DELIVERIES).mkdir(exist_ok=True)
        with (self.folder / ".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            key = self.folder / KEY
            if not key.exists():
                write_whole(key, fingerprint)
            elif key.read_text(encoding="ascii") != fingerprint:
                raise LakeError(
                    f"the identifiers in {self.folder} were hashed by another key; set POOLWATCH_PERSON_KEY to that one"
                )
            yield Writer(self)


class Writer:
    """What only one process does at a time; made by :meth:`Lake.writing`."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.deliveries = lake.deliveries()

    def append(self, name: str, sha256: str, rows: pa.Table, rejected: int, now: datetime) -> Delivered:
        """Add rows as one delivery, whole or not at all. ``rows`` have the lake's columns but ``delivery``."""
        columns = self.lake.holds.schema
        number = len(self.deliveries) + 1
        numbers = pa.repeat(pa.scalar(number, pa.int32()), rows.num_rows)
        rows = rows.append_column("delivery", numbers).select(columns.names).cast(columns)
        rows = rows.sort_by([(name, "ascending") for name in ("month", "province", "region", "person")])
        parts, begin = [], 0
        for (month, province), count in _partitions(rows):
            parts.append(self._part(number, month, province, rows.slice(begin, count)))
            begin += count
        delivered = Delivered(number, name, sha256, now, rejected, tuple(parts))
        write_whole(self.lake.folder / DELIVERIES / f"{number:08d}.json", _text(delivered))
        self.deliveries.append(delivered)
        return delivered

    def _part(self, number: int, month: int, province: str, rows: pa.Table) -> Part:
        place = (
            f"{self.lake.holds.name}/year={Month(month).year}/month={month}/province={province}/{number:08d}.parquet"
        )
        path = self.lake.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".{path.name}")
        pq.write_table(
            rows,
            made,
            compression="zstd",
            row_group_size=ROW_GROUP,
            use_dictionary=list(self.lake.holds.common),
            write_page_index=True,
        )
        settle(made, path)
        bounds = rows.group_by("source").aggregate([("source_ref", "min"), ("source_ref", "max")]).to_pylist()
        return Part(
            place,
            month,
            province,
            rows.num_rows,
            _sum(rows["amount_fen"]),
            path.stat().st_size,
            _digest(path),
            {one["source"]: (one["source_ref_min"], one["source_ref_max"]) for one in bounds},
        )


def _partitions(rows: pa.Table) -> list[tuple[Partition, int]]:
    """How many rows there are of each partition, in their order."""
    found = rows.group_by(["month", "province"]).aggregate([([], "count_all")]).to_pylist()
    return sorted(((one["month"], one["province"]), one["count_all"]) for one in found)


def _sum(amounts: pa.ChunkedArray) -> int:
    """The exact sum, which Arrow's and numpy's own would wrap round beyond 64 bits."""
    values = amounts.to_numpy()
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _text(delivered: Delivered) -> str:
    said = {**asdict(delivered), "taken_at": delivered.taken_at.isoformat()}
    return json.dumps(said, ensure_ascii=False, indent=1)


def _read(path: Path) -> Delivered:
    try:
        said: dict[str, Any] = json.loads(path.read_bytes())
        parts = tuple(
            Part(**{**part, "refs": {one: tuple(bounds) for one, bounds in part["refs"].items()}})
            for part in said.pop("parts")
        )
        return Delivered(**{**said, "taken_at": datetime.fromisoformat(said["taken_at"])}, parts=parts)
    except (ValueError, KeyError, TypeError) as problem:
        raise LakeError(f"{path} cannot be read; restore it from its copy") from problem
