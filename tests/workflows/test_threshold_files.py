"""The register of limits as a file: out and in again changes nothing, and what is not plain is refused with a hint."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings, strategies as st
from sqlalchemy import Engine

from data_access.intake.importers import Rejection
from data_access.intake.importers.reasons import FileRefused
from data_access.store.engine import writing
from rules.alerts.threshold import Scope
from tests.warning_store import record_limit
from workflows.thresholds.changes import apply_steps, findings
from workflows.thresholds.files import (
    COLUMNS,
    Known,
    Wanted,
    csv_text,
    difference,
    exported,
    lines_of,
    read_limits,
    yaml_text,
)
from workflows.thresholds.register import Change, NewLimit, limits, load_presets

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
CHANGED = Change("monitor", "meeting", NOW)
KNOWN = Known(
    frozenset({"jiangsu-pension", "jilin-work-injury", "jilin-pension", "shanxi-pension", "published-work-injury"}),
    frozenset({"320000", "320100"}),
)
FULL = {
    "operator": "ge",
    "levels": {"blue": {"at": "1", "recover_at": "0.5", "for_periods": 2}, "red": {"at": "8", "recover_at": "4"}},
    "for_periods": 3,
    "recover_periods": 2,
    "no_data": "breach:blue",
    "stale_after": 4,
    "scale": 1,
}


def read(name: str, text: str) -> tuple[list[Wanted], list[Rejection]]:
    return read_limits(lines_of(name, text.encode()), KNOWN)


def sheet(**cells: str) -> str:
    row = {"indicator": "premium_deviation", "operator": "lt", "blue": "-1", "from": "2026-12", **cells}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue()


@pytest.fixture
def filled(sqlite_store: Engine) -> Engine:
    """The presets, and a row that uses everything a row can say."""
    with writing(sqlite_store) as connection:
        load_presets(connection, NOW)
        scope = Scope("expenditure_deviation", "jiangsu-pension", None, "320100")
        record_limit(connection, NewLimit(scope, FULL, "2026-03", "2027-01", False, "watch"), CHANGED)
    return sqlite_store


@pytest.mark.parametrize(("name", "write"), [("a.csv", csv_text), ("a.yaml", yaml_text)])
def test_what_was_exported_changes_nothing_when_it_comes_back(filled: Engine, name: str, write: object) -> None:
    with filled.connect() as connection:
        rows = limits(connection)
    cells = exported(rows, "2026-11")
    assert len(cells) == len(rows)
    wanted, refusals = read(name, write(cells))  # type: ignore[operator]
    assert refusals == []
    found = difference(rows, wanted)
    assert (found.steps, found.same) == ((), len(rows))


def test_a_row_that_ended_before_is_not_exported(filled: Engine) -> None:
    with filled.connect() as connection:
        rows = limits(connection)
    assert len(exported(rows, "2027-01")) == len(rows) - 1


def test_a_changed_number_and_a_new_start_are_the_difference(filled: Engine) -> None:
    with writing(filled) as connection:
        rows = limits(connection)
        wanted, _ = read("a.csv", sheet(blue="-0.5", red="-9"))
        found = difference(rows, wanted)
        ((line, step),) = found.steps
        assert (line, step.kind, step.since) == (2, "change", "2026-12")
        assert findings(rows, [step], 0, "2026-10", retroactive=False).errors == ()
        apply_steps(connection, [step], CHANGED)
        again = difference(limits(connection), wanted)
    assert (again.steps, again.same) == ((), 1)


@pytest.mark.parametrize(
    ("column", "written", "reason"),
    [
        ("blue", "1,23", "number_form"),
        ("blue", "－１", "number_form"),
        ("blue", "6个月", "number_form"),
        ("blue", "5%", "percent_sign"),
        ("blue", "1E+3", "exponent"),
        ("blue", "nan", "not_a_number"),
        ("blue", "", "blank"),
        ("region", "3.2E+05", "exponent"),
        ("region", "320000.0", "bad_form"),
        ("region", "３２００００", "number_form"),
        ("region", "999999", "unknown_code"),
        ("scheme", "jiangsu-pensoin", "unknown_code"),
        ("indicator", "premium_deviaton", "unknown_code"),
        ("operator", "<", "not_a_choice"),
        ("from", "2026年12月", "bad_form"),
        ("from", "Dec-26", "bad_form"),
        ("from", "2026-13", "bad_form"),
        ("enabled", "TRUE", "not_a_choice"),
        ("for_periods", "2.5", "not_a_whole_number"),
        ("stale_after", "-1", "not_a_whole_number"),
        ("no_data", "breach", "not_a_choice"),
    ],
)
def test_what_a_spreadsheet_or_a_hand_made_of_a_value_is_refused_with_its_reason(
    column: str, written: str, reason: str
) -> None:
    wanted, refusals = read("a.csv", sheet(**{column: written}))
    assert wanted == []
    assert [(one.column, one.reason, one.line) for one in refusals] == [(column, reason, 2)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty_file"),
        ("indicator,operator,from\n", "no_rows"),
        ("indicator,operator\npremium_deviation,lt\n", "missing_header"),
        ("indicator,operator,from,from\na,b,c,d\n", "duplicate_header"),
        ("indicator,operator,from,bleu\na,b,c,d\n", "unknown_header"),
        ("indicator;operator;from\n", "no_rows"),
    ],
)
def test_a_sheet_of_another_form_is_refused_as_a_whole(text: str, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read("a.csv", text)
    assert [one.reason for one in refused.value.rejections] == [reason]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1",
        "- [1]",
        "- {indicator: [a]}",
        "[" * 4000,
        "- &a {indicator: b}\n- *a",
        "\x00",
        "- {indicator: a, indicator: b}",
        "- {colour: b}",
    ],
)
def test_yaml_of_another_form_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(FileRefused):
        read("a.yml", text)


def test_yaml_values_stay_what_was_written() -> None:
    text = "- {indicator: premium_deviation, operator: lt, blue: 1:30, from: 2026-12, enabled: no}"
    _, refusals = read("a.yaml", text)
    assert [(one.column, one.reason) for one in refusals] == [("blue", "not_a_number")]
    (one,), refusals = read("a.yaml", text.replace("1:30", "-1"))
    assert refusals == [] and not one.new.enabled and one.new.starts == "2026-12"


cells = st.one_of(
    st.sampled_from(
        [
            "-1",
            "-3.50",
            "+2",
            "0",
            "1,234",
            "１",
            "6个月",
            "5%",
            "1e3",
            "inf",
            "",
            " ",
            "=1+1",
            "yes",
            "no",
            "lt",
            "2026-12",
        ]
    ),
    st.text(max_size=12),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-99, max_value=99).map(str),
)
rows_of_cells = st.lists(st.dictionaries(st.sampled_from(COLUMNS), cells, max_size=8), min_size=1, max_size=3)


@settings(deadline=None, max_examples=60)
@given(rows_of_cells, st.booleans())
def test_any_file_is_either_read_right_or_refused_clearly(rows: list[dict[str, str]], as_yaml: bool) -> None:
    rows = [
        {"indicator": "premium_deviation", "operator": "lt", "from": "2026-12", "blue": "-1", **row} for row in rows
    ]
    text = (
        yaml.safe_dump(rows, allow_unicode=True)
        if as_yaml
        else csv_text([{**dict.fromkeys(COLUMNS, ""), **r} for r in rows])
    )
    try:
        wanted, refusals = read("a.yaml" if as_yaml else "a.csv", text)
    except FileRefused as refused:
        assert refused.args
        return
    assert len(wanted) + len({one.line for one in refusals}) >= 1
    for one in wanted:
        levels = one.new.spec["levels"]
        assert isinstance(levels, dict) and levels
        for level in levels.values():
            at = level["at"] if isinstance(level, dict) else level
            assert Decimal(at).is_finite() and at.isascii()
        given = [str(at).strip().removeprefix("+").replace(",", "") for row in rows for at in row.values()]
        assert all((level["at"] if isinstance(level, dict) else level) in given for level in levels.values())
    difference((), wanted)


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.yaml"]))
def test_any_bytes_are_refused_as_a_file_or_row_by_row(content: bytes, name: str) -> None:
    try:
        wanted, refusals = read_limits(lines_of(name, content), KNOWN)
    except FileRefused:
        return
    assert wanted or refusals
