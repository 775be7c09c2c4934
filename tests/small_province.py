"""A province small enough to reason about: two cities, one merged county, two sources, and ledgers for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import pyarrow as pa
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.intake.importers import BatchResult, import_rows
from rules.scheme import load_scheme
from tests.stores import made_once

SCHEME = "jiangsu-pension"
PROVINCE, NANJING, OWN, XUANWU, QINHUAI, BAIXIA, WUXI, LIANGXI = (
    "320000",
    "320100",
    "320100-0",
    "320102",
    "320104",
    "320103",
    "320200",
    "320213",
)
MERGED_ON = date(2025, 1, 1)
# Baixia 白下 was merged into Qinhuai 秦淮: its past counts there.
REGIONS = [
    ("000000", "全国", "China", "nation", "", "division", "", ""),
    (PROVINCE, "江苏省", "Jiangsu", "province", "000000", "division", "", ""),
    ("320000-0", "省本级", "Provincial level", "city", PROVINCE, "own", "", ""),
    (NANJING, "南京市", "Nanjing", "city", PROVINCE, "division", "", ""),
    (OWN, "南京市本级", "Nanjing own level", "county", NANJING, "own", "", ""),
    (XUANWU, "玄武区", "Xuanwu", "county", NANJING, "division", "", ""),
    (QINHUAI, "秦淮区", "Qinhuai", "county", NANJING, "division", "", ""),
    (BAIXIA, "白下区", "Baixia", "county", NANJING, "division", MERGED_ON.isoformat(), QINHUAI),
    (WUXI, "无锡市", "Wuxi", "city", PROVINCE, "division", "", ""),
    (LIANGXI, "梁溪区", "Liangxi", "county", WUXI, "division", "", ""),
]


@dataclass(frozen=True)
class Entry:
    """One ledger entry, in the import's own columns."""

    ref: str
    region: str
    item: str
    movement: str
    day: date
    amount_fen: int
    corrects: str = ""
    source: str = "tax"


OCTOBER = date(2026, 10, 9)
COLLECTED = Entry("1", XUANWU, "premium_current", "collect", OCTOBER, 50_000)


def load_province(engine: Engine, now: datetime) -> None:
    """Regions, sources and the scheme."""
    made_once(engine, ("province", now), lambda: _load_province(engine, now))


def _load_province(engine: Engine, now: datetime) -> None:
    names = ("code", "name", "name_en", "level", "parent", "kind", "valid_to", "successor")
    _take(engine, "region", {name: [row[at] for row in REGIONS] for at, name in enumerate(names)}, now)
    scheme = load_scheme(SCHEME)
    row = {name: [getattr(scheme, name)] for name in ("code", "name", "name_en", "fund", "province", "kind")}
    _take(engine, "scheme", {**row, "demo": ["false"]}, now)
    sources = {
        "code": ["tax", "fiscal"],
        "name": ["税务", "财政"],
        "name_en": ["Tax", "Finance"],
        "department": ["tax", "fiscal"],
        "scheme": [SCHEME, SCHEME],
        "rhythm": ["daily", "monthly"],
        "due": ["10:00", "5"],
    }
    _take(engine, "source", sources, now)


def load_entries(engine: Engine, entries: Iterable[Entry], now: datetime, **options: object) -> BatchResult:
    """One batch of ledger entries, booked at ``now``."""
    rows = list(entries)
    columns = {
        "scheme": [SCHEME] * len(rows),
        "region": [row.region for row in rows],
        "item": [row.item for row in rows],
        "movement": [row.movement for row in rows],
        "business_date": [row.day.isoformat() for row in rows],
        "booked_at": [now.isoformat()] * len(rows),
        "amount_fen": [str(row.amount_fen) for row in rows],
        "source": [row.source for row in rows],
        "source_ref": [row.ref for row in rows],
        "corrects": [row.corrects for row in rows],
    }
    return _take(engine, "ledger_entry", columns, now, **options)


def load_opening(engine: Engine, now: datetime) -> BatchResult:
    """An opening balance of nothing: a ledger that begins with it has balances and can be signed."""
    row = {"scheme": SCHEME, "account": "treasury", "region": PROVINCE, "amount_fen": 0, "as_of": "2020-12-31"}
    return load_table(engine, "opening_balance", [row], now)


def load_table(engine: Engine, target: str, rows: Sequence[dict[str, object]], now: datetime) -> BatchResult:
    """One batch for any table; values are written as text."""
    texts = {name: ["" if row[name] is None else str(row[name]) for row in rows] for name in rows[0]}
    return _take(engine, target, texts, now)


def _take(engine: Engine, target: str, columns: dict[str, list[str]], now: datetime, **options: object) -> BatchResult:
    result = import_rows(engine, target, pa.table(columns), now=now, **options)  # type: ignore[arg-type]
    assert result.state != "refused" or options, result.rejections
    return result


def reversal(entry: Entry, ref: str) -> Entry:
    """红字冲销: the entry that takes another one back."""
    return replace(entry, ref=ref, amount_fen=-entry.amount_fen, corrects=entry.ref)


MOVES = [
    ("collect", "premium_current"),
    ("collect", "premium_arrears"),
    ("receive", "subsidy_central"),
    ("local_receive", "transfer_in"),
    ("pay", "pension"),
    ("pay", "death_benefit"),
    ("recover", "pension"),
    ("remit", "to_above"),
    ("pool", ""),
    ("local_pool", ""),
    ("disburse", ""),
    ("local_disburse", ""),
    ("return", ""),
    ("deposit", ""),
    ("legacy_transfer", ""),
]
UNITS = [PROVINCE, "320000-0", OWN, XUANWU, QINHUAI, LIANGXI]
amounts = st.integers(1, 10**12)
days = st.dates(date(2023, 1, 1), date(2026, 11, 20))


@st.composite
def batches(draw: st.DrawFn) -> list[list[Entry]]:
    """Ledgers as they arrive: several batches in any order of time, with corrections, refunds and a merged region."""
    made: list[list[Entry]] = []
    for number in range(draw(st.integers(1, 4))):
        batch = []
        for row in range(draw(st.integers(1, 8))):
            movement, item = draw(st.sampled_from(MOVES))
            region, day = draw(st.sampled_from([*UNITS, BAIXIA])), draw(days)
            if region == BAIXIA:
                day = min(day, date(2024, 12, 31))
            batch.append(Entry(f"{number}-{row}", region, item, movement, day, draw(amounts)))
        earlier = [entry for entries in made for entry in entries if not entry.corrects]
        corrected = {entry.corrects for entries in made for entry in entries}
        open_to_correct = [entry for entry in earlier if entry.ref not in corrected]
        if bool(open_to_correct) and draw(st.booleans()):
            taken_back = draw(st.sampled_from(open_to_correct))
            batch.append(reversal(taken_back, f"{number}-reversal"))
        made.append(batch)
    return made
