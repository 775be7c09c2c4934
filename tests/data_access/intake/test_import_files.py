"""Files as they come: encodings, formats, headers, templates, and files that must be refused."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from sqlalchemy import Engine, func, select

from data_access.intake.importers import TABLES, import_file, import_rows
from data_access.intake.importers.codes import load_codes
from data_access.intake.importers.templates import rejected_xlsx, template_csv, template_xlsx
from data_access.store import schema

BROKEN = Path(__file__).parent / "broken"
EXPECTED = tomllib.loads((BROKEN / "expected.toml").read_text(encoding="utf-8"))
HEADER = "统筹制度,地区代码,收支项目,资金运动,业务日期,金额（元）,数据来源,来源单号"
ROW = "jiangsu-pension,320102,premium_current,collect,2026-10-09,12.34,js-tax,单号1"
LEDGER = schema.ledger_entry


def amounts(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(select(LEDGER.c.amount_fen).order_by(LEDGER.c.id)).scalars())


@pytest.mark.parametrize("name", sorted(path.name for path in BROKEN.iterdir() if path.suffix != ".toml"))
def test_a_broken_file_is_refused_with_line_column_value_and_reason(ready: Engine, now: datetime, name: str) -> None:
    result = import_file(ready, BROKEN / name, target="ledger_entry", now=now)
    assert result.state == "refused"
    assert EXPECTED[name] in [
        {"line": r.line, "column": r.column, "value": r.value, "reason": r.reason} for r in result.rejections
    ]
    assert amounts(ready) == []
    with ready.connect() as connection:
        kept = schema.rejected_row.c
        stored = connection.execute(select(kept.reason).where(kept.batch == result.batch)).scalars().all()
    assert EXPECTED[name]["reason"] in stored


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_is_read_in_the_encodings_that_offices_use(
    ready_sqlite: Engine, tmp_path: Path, now: datetime, encoding: str, ending: str
) -> None:
    path = tmp_path / "entries.csv"
    path.write_bytes(f"{HEADER}{ending}{ROW}{ending}".encode(encoding))
    result = import_file(ready_sqlite, path, now=now)
    assert (result.target, result.state, result.rejections) == ("ledger_entry", "loaded", ())
    with ready_sqlite.connect() as connection:
        assert connection.execute(select(LEDGER.c.amount_fen, LEDGER.c.source_ref)).one() == (1234, "单号1")


def test_the_same_file_again_is_a_duplicate_and_a_refused_one_is_not(
    ready: Engine, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "entries.csv"
    path.write_text(f"{HEADER}\n{ROW},x\n", encoding="utf-8")
    assert import_file(ready, path, now=now).state == "refused"
    assert import_file(ready, path, now=now).state == "refused"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    first = import_file(ready, path, now=now)
    again = import_file(ready, path, now=now)
    assert (first.state, again.state, again.duplicate_of) == ("loaded", "duplicate", first.batch)
    assert amounts(ready) == [1234]


def test_a_file_of_which_rows_were_refused_is_taken_up_again_once_their_code_is_known(
    ready_sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "entries.csv"
    other = ROW.replace("js-tax", "js-new").replace("单号1", "单号2")
    path.write_text(f"{HEADER}\n{ROW}\n{other}\n", encoding="utf-8")
    first = import_file(ready_sqlite, path, accept_good_rows=True, now=now)
    assert (first.inserted, [one.reason for one in first.rejections]) == (1, ["unknown_code"])
    row = {"code": ["js-new"], "name": ["新"], "name_en": ["New"], "department": ["tax"]}
    import_rows(
        ready_sqlite, "source", {**row, "scheme": ["jiangsu-pension"], "rhythm": ["daily"], "due": ["10:00"]}, now=now
    )
    second = import_file(ready_sqlite, path, now=now)
    assert (second.state, second.inserted, second.known) == ("loaded", 1, 1)
    assert import_file(ready_sqlite, path, now=now).inserted == 0
    assert amounts(ready_sqlite) == [1234, 1234]


def test_a_workbook_is_read_with_dates_numbers_and_calculated_cells(
    ready_sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "entries.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("anything")
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["jiangsu-pension", 320102, "premium_current", "collect"])
        sheet.write_datetime(1, 4, date(2026, 10, 9), workbook.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula(1, 5, "=0.1+0.2", None, 0.1 + 0.2)
        sheet.write_row(1, 6, ["js-tax", "A1"])
    result = import_file(ready_sqlite, path, now=now)
    assert (result.state, result.rejections) == ("loaded", ())
    assert amounts(ready_sqlite) == [30]


def test_parquet_is_read_with_its_types_and_floating_money_is_refused(
    ready_sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    columns = {
        "scheme": pa.array(["jiangsu-pension"]).dictionary_encode(),
        "region": ["320102"],
        "item": ["pension"],
        "movement": ["pay"],
        "business_date": pa.array([date(2026, 10, 9)]),
        "booked_at": pa.array([datetime(2026, 10, 9, 8, tzinfo=UTC)], pa.timestamp("ms", "UTC")),
        "amount_yuan": pa.array([Decimal("1.50")], pa.decimal128(12, 2)),
        "source": ["js-tax"],
        "source_ref": ["P1"],
    }
    path = tmp_path / "entries.parquet"
    pq.write_table(pa.table(columns), path)
    assert import_file(ready_sqlite, path, now=now).rejections == ()
    assert amounts(ready_sqlite) == [150]
    pq.write_table(pa.table({**columns, "amount_yuan": [1.5]}), path)
    assert import_file(ready_sqlite, path, now=now).rejections[0].reason == "float_column"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b" \n\n", "empty_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unreadable"),
        (b"PK\x03\x04 not a workbook", "unreadable"),
        (b"PAR1 not parquet PAR1", "unreadable"),
        ("区,码\n".encode("utf-16"), "unknown_target"),
        (b"scheme,region\n\xff\xff\n", "doubtful_encoding"),
        (b"a,b\n1,2\n", "unknown_target"),
        (b'[{"region": "320102"', "json_syntax"),
        (b'[{"region": "\xff"}]', "json_not_utf8"),
        (b'[{"region": "320102"}, 3]', "json_form"),
        (b'{"rows": []}', "json_form"),
        (b'[{"region": ["320102"]}]', "json_nested"),
        (b'[{"region": "1", "region": "2"}]', "json_repeated_key"),
        (b'[{"region": "\\ud800"}]', "unreadable"),
        (b"[" * 200_000, "unreadable"),
        (b"[]", "empty_file"),
        (HEADER.encode() + b"\n", "no_rows"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(
    ready_sqlite: Engine, tmp_path: Path, now: datetime, content: bytes, reason: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    result = import_file(ready_sqlite, path, now=now)
    assert (result.state, [rejection.reason for rejection in result.rejections]) == ("refused", [reason])


def test_headers_that_are_nearly_a_table_are_told_what_is_wrong(ready_sqlite: Engine, now: datetime) -> None:
    result = import_file(ready_sqlite, BROKEN / "misspelt-header.csv", now=now)
    problems = [(rejection.reason, rejection.column, rejection.value) for rejection in result.rejections]
    assert problems == [("unknown_header", "", "movment"), ("missing_header", "movement", "")]
    assert result.rejections[0].parameters["suggestion"] == "movement"


def test_fen_and_yuan_together_are_refused(ready_sqlite: Engine, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "entries.csv"
    path.write_text(f"{HEADER},amount_fen\n{ROW},1234\n", encoding="utf-8")
    result = import_file(ready_sqlite, path, target="ledger_entry", now=now)
    assert [rejection.reason for rejection in result.rejections] == ["fen_and_yuan"]


@pytest.mark.parametrize("target", [name for name in TABLES if name not in ("source", "region", "scheme")])
@pytest.mark.parametrize("make", [template_csv, template_xlsx])
def test_the_example_of_every_template_is_right_in_itself_and_no_data(
    ready_sqlite: Engine, tmp_path: Path, now: datetime, target: str, make: Callable[[str], bytes]
) -> None:
    path = tmp_path / "template"
    path.write_bytes(make(target))
    result = import_file(ready_sqlite, path, now=now)
    assert result.target == target
    # Every other check has passed it before.
    reasons = [] if TABLES[target].policy == "replace" else ["example_row"]
    assert [rejection.reason for rejection in result.rejections] == reasons


def test_a_workbook_template_explains_every_column_and_lists_the_codes(ready_sqlite: Engine, now: datetime) -> None:
    with ready_sqlite.connect() as connection:
        content = template_xlsx("ledger_entry", load_codes(connection, now))
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    listed = {row[:2] for row in workbook["填写说明"].iter_rows(values_only=True)}
    assert {("320102", "玄武区"), ("jiangsu-pension", "江苏省企业职工基本养老保险")} <= listed
    codes = {code for code, _ in listed}
    assert {"premium_current", "js-tax", "collect"} <= codes and "published-pension" not in codes
    assert workbook.sheetnames == ["基金收支明细", "填写说明"]
    explained = [row[1] for row in workbook["填写说明"].iter_rows(min_row=2, values_only=True)]
    assert explained[: len(TABLES["ledger_entry"].columns)] == [c.code for c in TABLES["ledger_entry"].columns]


def test_rejected_rows_are_mended_and_sent_again(ready: Engine, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "entries.csv"
    path.write_text(f"{HEADER}\n{ROW}\n{ROW.replace('12.34', '=1+1').replace('单号1', '单号2')}\n", encoding="utf-8")
    refused = import_file(ready, path, accept_good_rows=True, now=now)
    assert (refused.inserted, refused.rejected) == (1, 1)
    with ready.connect() as connection:
        content = rejected_xlsx(connection, refused.batch, lambda rejection: f"改：{rejection.column}")
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet: Any = workbook.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [*HEADER.split(","), "拒收原因"]
    assert [cell.data_type for cell in sheet[2]] == ["s"] * 9
    assert sheet["F2"].value == "=1+1"
    assert sheet["I2"].value == "改：amount_yuan"
    sheet["F2"].value = "5.00"
    mended = tmp_path / "mended.xlsx"
    workbook.save(mended)
    assert import_file(ready, mended, now=now).state == "loaded"
    assert amounts(ready) == [1234, 500]


def test_the_published_tables_come_in_by_the_ordinary_import(ready: Engine, now: datetime) -> None:
    path = Path(__file__).parents[3] / "examples" / "published.csv"
    result = import_file(ready, path, now=now)
    assert (result.target, result.state, result.inserted) == ("published_total", "loaded", 375)
    published = schema.published_total
    with ready.connect() as connection:
        provinces = connection.execute(
            select(func.count()).where(
                published.c.scheme == "published-pension",
                published.c.measure == "income",
                published.c.region != "000000",
            )
        ).scalar_one()
        jilin = connection.execute(
            select(published.c.value).where(published.c.scheme == "published-wage", published.c.region == "220200")
        ).scalars()
        assert (provinces, sorted(jilin)) == (25, ["75638", "77785"])


def test_a_place_name_that_stands_for_two_regions_is_refused(ready_sqlite: Engine, now: datetime) -> None:
    row = {
        "topic": ["pension"],
        "year": [2010],
        "region": ["吉林"],
        "measure": ["income"],
        "value": ["1.0"],
        "unit": ["100m yuan"],
        "source": ["yearbook"],
    }
    result = import_rows(ready_sqlite, "published_total", row, now=now)
    assert result.rejections[0].reason == "ambiguous_place"
    assert result.rejections[0].parameters == {"candidates": ["220000 吉林省", "220200 吉林市"]}
