"""取数包: what an auditor takes away of one scheme, region and period: rows as CSV in a ZIP, with digests to verify them by.

Rows are streamed: however many they are, the memory needed is that of a thousand.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, and_, func, or_, select, tuple_

from data_access.store import schema
from data_access.store.trail import Wanted, conditions
from rules.month import Month

# In the order in which they stand in the package.
TABLES = (
    "ledger_entry", "monthly_fact", "account_fact", "opening_balance", "plan", "bank_statement", "agency_total",
    "unreached_item", "legacy_balance", "pre_transfer", "deposit", "deposit_decision", "disbursement_request", "fund_request", "national_pooling",
    "population_structure", "outlook_run", "assumption_set", "assumption_value", "indicator_value", "parameter", "threshold", "threshold_set", "alert_episode", "alert_event", "work_case",
    "case_step", "case_request", "silence", "instruction", "gap_item", "gap_step", "settlement", "budget_round",
    "budget_figure", "budget_driver", "budget_step", "annotation", "explanation", "violation", "violation_step",
    "comparison_run", "suspicion", "suspicion_step", "month_close", "month_step", "deadline_mark", "reconciliation_step", "final_step", "income_review",
    "import_batch", "data_version", "audit_event",
)  # fmt: skip
# What lies in a region and period by the row it belongs to: column → table.
_BELONGS = {
    "assumption_value": ("assumption_set", "assumption_set"),
    "alert_episode": ("state", "alert_state"),
    "alert_event": ("state", "alert_state"),
    "case_step": ("work_case", "work_case"),
    "case_request": ("work_case", "work_case"),
    "gap_step": ("item", "gap_item"),
    "budget_figure": ("round", "budget_round"),
    "budget_driver": ("round", "budget_round"),
    "budget_step": ("round", "budget_round"),
}
_WHOLE = frozenset({"threshold_set", "data_version", "comparison_run"})
# What no package takes away: who sees a person's particulars does so on the page, one by one and on record.
_WITHHELD = {"suspicion": frozenset({"person", "facts"})}
_CHUNK = 1_000
README = """Poolwatch 取数包 / Audit package

险种 Scheme: {scheme}    地区 Region: {region}    期间 Period: {since} – {until}    生成 Made: {made}    版本 Data version: {version}

manifest.csv    每个文件的行数、金额合计（分）、SHA-256、SM3 / rows, sum of amounts (fen), SHA-256 and SM3 of each file
totals.csv      各类资金运动：明细合计与页面所用汇总的合计，应相等 / by movement: the sum of the entries and of the roll-up that
                the pages read; they must be equal
dictionary.csv  每个文件的每一列及类型 / every column of every file with its type
data/           明细 / rows

核对 To verify:
    sha256sum -c SHA256SUMS
{sm3}
以 = + - @ 开头的文字前加了半角单引号，防止被表格软件当作公式。金额单位为分，时间为 UTC。
Texts that begin with = + - @ have an apostrophe before them, so that no spreadsheet takes them for a formula. Amounts are in fen,
instants are UTC.
已终止的行（ended_by 有值）是被更正或撤回的，不计入合计。
Rows that have ended (ended_by has a value) were corrected or withdrawn and count in no sum.
"""
SM3 = "    openssl dgst -sm3 FILE   （与 SM3SUMS 逐个比对 / compare with SM3SUMS）"
NO_SM3 = "    本机 OpenSSL 不支持 SM3，没有 SM3SUMS / the OpenSSL of the server lacks SM3: there are no SM3SUMS"


@dataclass(frozen=True, slots=True)
class PackageOrder:
    """What is taken: of a scheme, a region with its ``codes`` (itself and all below), months yyyymm from and to; ``record``:
    which of the audit, within what the reader may read; ``province``: the whole province is asked for."""

    scheme: str
    region: str
    codes: frozenset[str]
    since: int
    until: int
    record: Wanted
    province: str


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    rows: int
    amount_fen: int | None
    sha256: str
    sm3: str


def write_package(connection: Connection, order: PackageOrder, target: IO[bytes], now: datetime) -> None:
    """Write the ZIP of one state of the store (the caller's transaction)."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        files = [_table_file(connection, archive, order, name) for name in TABLES]
        files.append(_file(archive, "totals.csv", ("movement", "entries_fen", "facts_fen"), _totals(connection, order)))
        files.append(_file(archive, "dictionary.csv", ("file", "column", "type", "empty"), _dictionary()))
        listed = [(one.name, one.rows, one.amount_fen, one.sha256, one.sm3) for one in files]
        files.append(_file(archive, "manifest.csv", ("file", "rows", "amount_fen", "sha256", "sm3"), iter(listed)))
        version = connection.execute(select(func.max(schema.data_version.c.id))).scalar()
        about = {"scheme": order.scheme, "region": order.region, "made": now.isoformat(timespec="seconds")}
        about |= {"since": Month(order.since).iso, "until": Month(order.until).iso, "version": f"{version}"}
        readme = README.format(**about, sm3=SM3 if files[0].sm3 else NO_SM3).encode()
        sums = [(one.name, one.sha256, one.sm3) for one in files]
        sha256, sm3 = _digests(readme)
        sums.append(("README.txt", sha256.hexdigest(), sm3.hexdigest() if sm3 else ""))
        archive.writestr("README.txt", readme)
        archive.writestr("SHA256SUMS", "".join(f"{one}  {name}\n" for name, one, _sm3 in sums))
        if files[0].sm3:
            archive.writestr("SM3SUMS", "".join(f"{one}  {name}\n" for name, _sha256, one in sums))


def _digests(content: bytes = b"") -> tuple[Any, Any]:
    """SHA-256 and SM3; None for SM3 where OpenSSL was built without it."""
    try:
        return hashlib.sha256(content), hashlib.new("sm3", content)
    except ValueError:
        return hashlib.sha256(content), None


class _Digesting(io.RawIOBase):
    """Bytes on their way into the archive, digested."""

    def __init__(self, entry: IO[bytes]) -> None:
        self.entry = entry
        self.sha256, self.sm3 = _digests()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.sha256.update(content)
        if self.sm3:
            self.sm3.update(content)
        return self.entry.write(content)


def _file(
    archive: zipfile.ZipFile, name: str, head: Sequence[str], rows: Iterator[Sequence[Any]], counted: int | None = None
) -> _File:
    """Write one CSV. ``counted``: the place of the column that is summed."""
    amount, number = 0, 0
    with archive.open(name, "w", force_zip64=True) as entry:
        digesting = _Digesting(entry)
        with io.TextIOWrapper(io.BufferedWriter(digesting), encoding="utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(head)
            ended = head.index("ended_by") if "ended_by" in head else None
            for row in rows:
                number += 1
                if counted is not None and (ended is None or row[ended] is None):
                    amount += row[counted] or 0
                writer.writerow([_plain(value) for value in row])
    sm3 = digesting.sm3.hexdigest() if digesting.sm3 else ""
    return _File(name, number, None if counted is None else amount, digesting.sha256.hexdigest(), sm3)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t")) else value
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _table_file(connection: Connection, archive: zipfile.ZipFile, order: PackageOrder, name: str) -> _File:
    table = schema.metadata.tables[name]
    columns = _columns(table)
    head = [column.name for column in columns]
    counted = head.index("amount_fen") if "amount_fen" in head else None
    wanted = select(*columns).where(_wanted(table, order)).order_by(*table.primary_key)
    return _file(archive, f"data/{name}.csv", head, _stream(connection, wanted), counted)


def _columns(table: Table) -> list[Column[Any]]:
    withheld = _WITHHELD.get(table.name, frozenset())
    return [column for column in table.columns if column.name not in withheld]


def _stream(connection: Connection, wanted: Select[Any]) -> Iterator[Sequence[Any]]:
    yield from connection.execute(wanted, execution_options={"yield_per": _CHUNK})


def _wanted(table: Table, order: PackageOrder) -> ColumnElement[bool]:
    if table.name == "audit_event":
        return and_(*conditions(order.record))
    if table.name == "import_batch":
        return table.c.province == order.province
    if table.name in _BELONGS:
        column, owner = _BELONGS[table.name]
        owning = schema.metadata.tables[owner]
        belongs = table.c[column].in_(select(owning.c.id).where(_wanted(owning, order)))
        if "region" not in table.c:
            return belongs
        # Of a round of the whole province, the rows of the regions asked for and those of no region.
        return and_(belongs, or_(table.c.region.is_(None), table.c.region.in_(order.codes)))
    if table.name in _WHOLE:
        return table.c.id > 0
    if table.name == "suspicion_step":
        raised = schema.suspicion
        owned = select(raised.c.run, raised.c.number).where(_wanted(raised, order))
        return tuple_(table.c.run, table.c.number).in_(owned)
    found = [table.c.scheme.is_not_distinct_from(order.scheme)]
    if table.name == "threshold":
        return or_(table.c.scheme.is_(None), *found)
    if table.name == "violation_step":
        problem = schema.violation
        refs = select(problem.c.ref).where(problem.c.scheme == order.scheme, problem.c.region.in_(order.codes))
        return and_(*found, table.c.ref.in_(refs))
    place = next((name for name in ("region", "place") if name in table.c), None)
    if place:
        found.append(table.c[place].in_(order.codes))
    return and_(*found, *_period(table, order))


def _period(table: Table, order: PackageOrder) -> list[ColumnElement[bool]]:
    """Rows of the months asked for; a table without a month gives all."""
    since, until = Month(order.since), Month(order.until)
    if "month" in table.c:
        return [table.c.month.between(order.since, order.until)]
    if "day" in table.c and table.name != "annotation":
        return [table.c.day.between(date(order.since // 100, order.since % 100, 1), until.last)]
    if "period" in table.c and table.name == "indicator_value":
        return [table.c.period.between(since.iso, f"{until.iso}~")]
    if "year" in table.c:
        return [table.c.year.between(order.since // 100, order.until // 100)]
    return []


def _totals(connection: Connection, order: PackageOrder) -> Iterator[Sequence[Any]]:
    """By movement what the published entries and what the pages' roll-up sum to."""
    entry, fact, batch = schema.ledger_entry, schema.monthly_fact, schema.import_batch
    published = select(batch.c.id).where(batch.c.data_version.is_not(None))
    # An entry that a batch not yet published has ended still counts on the pages.
    standing = or_(entry.c.ended_by.is_(None), entry.c.ended_by.not_in(published))
    entries = select(entry.c.movement, func.sum(entry.c.amount_fen)).where(
        _wanted(entry, order), entry.c.batch.in_(published), standing
    )
    facts = select(fact.c.movement, func.sum(fact.c.amount_fen)).where(_wanted(fact, order))
    of_entries = {row[0]: int(row[1]) for row in connection.execute(entries.group_by(entry.c.movement))}
    of_facts = {row[0]: int(row[1]) for row in connection.execute(facts.group_by(fact.c.movement))}
    for movement in sorted(of_entries.keys() | of_facts.keys()):
        yield movement, of_entries.get(movement, 0), of_facts.get(movement, 0)


def _dictionary() -> Iterator[Sequence[Any]]:
    for name in TABLES:
        for column in _columns(schema.metadata.tables[name]):
            yield f"data/{name}.csv", column.name, str(column.type), "yes" if column.nullable else "no"
