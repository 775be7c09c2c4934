"""Saved mappings: known again by the kind of table, kept whole, without what is of one period; values of source databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from data_access.intake.files.book import Sheet
from data_access.intake.files.process import book_of_bytes
from data_access.intake.sources.values import translated
from data_access.intake.workbench.find import Found, find
from data_access.intake.workbench.mapping import Mapping, MappingError, read_mapping
from data_access.intake.workbench.saved import all_saved, fitting, kind, save, saved
from rules.errors import ImportRefused


def found(rows: Sequence[Sequence[str]], name: str = "") -> Found:
    columns = tuple(pa.array(texts, pa.string()) for texts in zip(*rows, strict=True))
    table = find(Sheet(name, columns, np.arange(1, len(rows) + 1, dtype=np.int64)))
    assert table is not None
    return table


def report(
    title: str = "企业职工基本养老保险基金月报表（2026年3月）",
    sender: str = "填报单位：南京市",
    unit: str = "单位：万元",
    heads: Sequence[str] = ("本月数", "累计数"),
    name: str = "3月",
) -> Found:
    wide = len(heads)
    rows = [
        [title, *[""] * wide],
        [sender, *[""] * (wide - 1), unit],
        ["项目", *heads],
        ["基本养老保险费", *["1"] * wide],
        ["利息", *["2"] * wide],
    ]
    return found(rows, name)


@pytest.mark.parametrize(
    "again",
    [
        {"title": "企业职工基本养老保险基金月报表（2026年4月）", "name": "4月"},
        {"title": "企业职工基本养老保险基金月报表（二〇二六年十二月）", "name": "12月"},
        {"title": "企业职工基本养老保险基金月报表（2026-03）"},
    ],
)
def test_next_months_table_is_of_the_same_kind(again: dict[str, str]) -> None:
    assert kind(report(**again)) == kind(report())


def test_a_table_of_years_or_months_is_of_one_kind_however_many_it_has() -> None:
    few, more = (report(heads=[f"{year}年" for year in years]) for years in ((2023, 2024), (2023, 2024, 2025)))
    assert kind(few) == kind(more)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "失业保险基金月报表（2026年3月）"},
        {"sender": "填报单位：无锡市"},
        {"sender": "账号：320100123456789"},
        {"unit": "单位：元"},
        {"heads": ("本月数", "上年同期")},
        {"name": "无锡"},
    ],
)
def test_another_fund_sender_account_unit_or_header_is_another_kind(other: dict[str, str]) -> None:
    assert kind(report(**other)) != kind(report())
    one, another = (report(sender=f"账号：32010012345678{end}") for end in "12")
    assert kind(one) != kind(another)


SAID = Mapping(
    target="published_total",
    unit="万人",
    constants={"scheme": "pension", "year": "2024", "citation": "2024 年统计公报", "measure": "participants"},
    names={"region": {"宁": "320100"}},
)


def test_a_mapping_is_kept_with_who_and_when_and_without_what_is_of_one_period(tmp_path: Path, now: datetime) -> None:
    kept = save(tmp_path, "月报（社保）", SAID, [report(), report(name="4月"), report(name="合计")], "zhang", now)
    assert saved(tmp_path, "月报（社保）") == kept and all_saved(tmp_path) == (kept,)
    assert kept.constants == {"scheme": "pension", "measure": "participants"}
    assert (kept.saved_by, kept.saved_on) == ("zhang", "2026-11-20T10:15:00+08:00")
    assert len(kept.shape.splitlines()) == 2, "3月 and 4月 are one kind"
    assert read_mapping("x", kept.as_yaml()) == kept
    assert [path.name for path in tmp_path.iterdir()] == ["月报（社保）.yaml"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "a\\b", "x" * 60, "a\nb", "a.b"])
def test_a_name_that_leads_elsewhere_is_none(tmp_path: Path, now: datetime, name: str) -> None:
    for use in (lambda: saved(tmp_path, name), lambda: save(tmp_path, name, SAID, [], "x", now)):
        with pytest.raises(ImportRefused):
            use()


def test_a_disk_that_breaks_off_leaves_the_mapping_as_it_was(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_number: int) -> None:
        raise OSError("no space left on device")

    before = save(tmp_path, "a", SAID, [report()], "zhang", now)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="space"):
        save(tmp_path, "a", Mapping(), [], "li", now)
    assert all_saved(tmp_path) == (before,) and len(list(tmp_path.iterdir())) == 1


def test_what_is_no_text_where_one_is_due_is_no_mapping() -> None:
    with pytest.raises(MappingError, match="saved_on"):
        read_mapping("x", "saved_on: [2026]")


def test_the_newest_that_fits_every_table_of_a_file_reads_it(tmp_path: Path, now: datetime) -> None:
    content = "参保情况\n地区,参保人数\n南京市,1\n无锡市,2\n".encode()
    assert fitting(tmp_path / "none", book_of_bytes(content)) is None
    table = found([["参保情况", ""], ["地区", "参保人数"], ["南京市", "1"]])
    (tmp_path / "broken.yaml").write_text("[", encoding="utf-8")
    for name, hour, tables in (("old", 8, [table, report()]), ("new", 9, [table]), ("other", 10, [report()])):
        save(tmp_path, name, SAID, tables, "zhang", now.replace(hour=hour))
    fits = fitting(tmp_path, book_of_bytes(content))
    assert fits is not None and fits.name == "new"


def test_values_of_a_source_become_codes_and_exact_fen() -> None:
    meant = Mapping(
        unit="万元",
        constants={"movement": "collect", "scheme": "other"},
        names={"region": {"玄武": "320102"}, "item": {"正常缴费": "premium_current"}},
        forms=("parentheses",),
    )
    given: dict[str, Sequence[object]] = {
        "region": ["玄 武", "320104", None],
        "item": ["正常缴费"] * 3,
        "amount_yuan": ["1,234.5", 2, "(0.0001)"],
        "scheme": ["jiangsu-pension"] * 3,
    }
    read = translated(meant, "ledger_entry", given, 3)
    assert read["region"] == ["320102", "320104", None] and read["item"] == ["premium_current"] * 3
    assert read["amount_fen"] == ["1234500000", "2000000", "-100"] and "amount_yuan" not in read
    assert read["scheme"] == given["scheme"] and read["movement"] == ["collect"] * 3
    odd = translated(meant, "ledger_entry", {"amount_fen": [0.5, "0.00000001", "－1", "约3", ""]}, 5)
    assert odd["amount_fen"] == ["0.5 万元", "0.00000001 万元", "－1 万元", "约3 万元", ""]
