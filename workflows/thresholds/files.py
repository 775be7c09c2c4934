"""The register of limits as a file: export to CSV or YAML, and what a file that comes back would change.

A file says what is to stand from each row's start on; limits it does not name stay as they are. Numbers are plain
decimals and codes are exact: what a spreadsheet made of them is refused with a hint, never guessed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from data_access.intake.importers import Rejection
from data_access.intake.importers.numbers import read_decimal
from data_access.intake.importers.parse import read_delivery
from data_access.intake.importers.reasons import FileRefused, Unacceptable
from rules.alerts.input import Field
from rules.alerts.threshold import COLOURS, Operator, Scope
from rules.errors import InputError
from rules.indicators import INDICATORS
from workflows.thresholds.changes import Step, as_new, rearranging, standing
from workflows.thresholds.register import ACT, CONFIRMED, TRIAL, WATCH, Limit, NewLimit, rule_of, scope_key

LEVELS = ("blue", "yellow", "orange", "red")
COLUMNS = (
    "indicator",
    "name",
    "operator",
    *LEVELS,
    "scheme",
    "region_level",
    "region",
    "from",
    "to",
    "enabled",
    "kind",
    "status",
    "for_periods",
    "recover_periods",
    "no_data",
    "stale_after",
    "scale",
    "recover_margin",
    *(f"{level}_recover_at" for level in LEVELS),
    *(f"{level}_for_periods" for level in LEVELS),
)
NEEDED = ("indicator", "operator", "from")
WHOLE = ("for_periods", "recover_periods", "stale_after", "scale")
REGION_LEVELS = ("province", "city", "county", "district")
MOST_ROWS, MOST_BYTES = 5_000, 2_000_000
HEADER_LINE = 1


@dataclass(frozen=True, slots=True)
class Known:
    """The codes a file may use: schemes of ledgers and regions."""

    schemes: frozenset[str]
    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row of a file: the line it stands on and the limit it says."""

    line: int
    new: NewLimit


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file would do: per scope that changes its first line and the step; ``same`` scopes stay as they are."""

    steps: tuple[tuple[int, Step], ...]
    same: int


# --- out


def exported(rows: Sequence[Limit], since: str) -> list[dict[str, str]]:
    """The rows that decide in ``since`` or later, by scope and start, every cell as text."""
    kept = [row for row in rows if standing(row) and (row.ends is None or since < row.ends)]
    return [_cells(row) for row in sorted(kept, key=lambda row: (scope_key(row.scope, row.rule), row.starts))]


def _cells(row: Limit) -> dict[str, str]:
    new = as_new(row)
    cells = {
        "indicator": str(row.scope.indicator),
        "name": INDICATORS[str(row.scope.indicator)].name,
        "scheme": row.scope.scheme,
        "region_level": row.scope.region_level,
        "region": row.scope.region,
        "from": row.starts,
        "to": row.ends,
        "enabled": "yes" if row.enabled else "no",
        "kind": row.kind,
        "status": row.status,
        **{name: value for name, value in new.spec.items() if name != "levels"},
    }
    levels = new.spec["levels"]
    assert isinstance(levels, Mapping)
    for name, level in levels.items():
        entry = level if isinstance(level, Mapping) else {"at": level}
        cells[name] = entry["at"]
        for part in ("recover_at", "for_periods"):
            cells[f"{name}_{part}"] = entry.get(part)
    return {name: "" if cells.get(name) is None else str(cells[name]) for name in COLUMNS}


def csv_text(rows: Sequence[Mapping[str, str]]) -> str:
    """The rows as CSV with a byte order mark, as spreadsheets want it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + out.getvalue()


def yaml_text(rows: Sequence[Mapping[str, str]]) -> str:
    """The rows as a YAML list; blank cells are left out and every value is text."""
    plain = [{name: value for name, value in row.items() if value} for row in rows]
    return str(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, default_style=None, width=200))


# --- in


Lines = list[tuple[int, dict[str, str]]]  # of a file: the line of each row, its cells by column


def lines_of(name: str, content: bytes) -> Lines:
    """The rows of a file, unread. Raises FileRefused where it cannot be opened at all."""
    if len(content) > MOST_BYTES:
        raise _refused("file_too_large", limit_bytes=MOST_BYTES)
    lines = _yaml_rows(content) if name.lower().endswith((".yaml", ".yml")) else _table_rows(content)
    if not lines:
        raise _refused("no_rows")
    if len(lines) > MOST_ROWS:
        raise _refused("too_many_rows", limit=MOST_ROWS)
    return lines


def read_limits(lines: Lines, known: Known) -> tuple[list[Wanted], list[Rejection]]:
    """The limits that rows say, and everything refused in them."""
    wanted, refusals = [], []
    for line, cells in lines:
        read = _Row(line, cells, known)
        new = read.limit()
        refusals += read.refusals
        if new is not None and not read.refusals:
            wanted.append(Wanted(line, new))
    return wanted, refusals


def _refused(reason: str, line: int = 0, column: str = "", value: str = "", **parameters: Any) -> FileRefused:
    return FileRefused(Rejection(line, column, value, reason, parameters))


def _table_rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    delivery = read_delivery(content, known=[frozenset(COLUMNS)])
    _check_names(delivery.names)
    columns = [text.to_pylist() for text in delivery.texts]
    return [
        (int(line), {name: str(column[at] or "") for name, column in zip(delivery.names, columns, strict=True)})
        for at, line in enumerate(delivery.lines)
    ]


def _check_names(names: Sequence[str]) -> None:
    for at, name in enumerate(names):
        if name in names[:at]:
            raise _refused("duplicate_header", HEADER_LINE, value=name, other=name)
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, 1)
            raise _refused(
                "unknown_header", HEADER_LINE, value=name, known=list(COLUMNS), suggestion=near[0] if near else None
            )
    for name in NEEDED:
        if name not in names:
            raise _refused("missing_header", HEADER_LINE, label=name)


class _PlainText(yaml.BaseLoader):
    """Every scalar stays the text that was written: 2026-12 is no date, 1:30 no number, no is not false."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not taken")
        return super().compose_node(parent, index)


def _yaml_rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    try:
        root = yaml.compose(content.decode("utf-8-sig"), _PlainText)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as problem:
        raise _refused("unreadable", format="yaml") from problem
    if root is None:
        raise _refused("empty_file")
    if not isinstance(root, yaml.SequenceNode):
        raise _refused("unreadable", format="yaml")
    return [_yaml_row(node) for node in root.value]


def _yaml_row(node: Any) -> tuple[int, dict[str, str]]:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise _refused("unreadable", line, format="yaml")
    cells: dict[str, str] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            raise _refused("unreadable", value.start_mark.line + 1, format="yaml")
        if key.value in cells:
            raise _refused("duplicate_header", key.start_mark.line + 1, value=key.value, other=key.value)
        cells[key.value] = value.value
    for name in cells:
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, 1)
            raise _refused(
                "unknown_header", line, value=name, known=list(COLUMNS), suggestion=near[0] if near else None
            )
    return line, cells


class _Row:
    """One row being read; what cannot be taken gathers in ``refusals``."""

    def __init__(self, line: int, cells: Mapping[str, str], known: Known) -> None:
        self.line, self.known = line, known
        self.cells = {name: value.strip() for name, value in cells.items() if value.strip()}
        self.refusals: list[Rejection] = []

    def limit(self) -> NewLimit | None:
        """The limit, or None where something it needs was refused."""
        scope = Scope(
            self._code("indicator", frozenset(INDICATORS), "item", needed=True),
            self._code("scheme", self.known.schemes, "scheme"),
            self._choice("region_level", REGION_LEVELS),
            self._code("region", self.known.regions, "region"),
        )
        starts, ends = self._period("from"), self._period("to")
        if starts is None and "from" not in self.cells:
            self._refuse("from", Unacceptable("blank"))
        spec = self._spec()
        kind = self._choice("kind", (ACT, WATCH)) or (
            INDICATORS[scope.indicator].kind if scope.indicator is not None else ACT
        )
        status = self._choice("status", (CONFIRMED, TRIAL)) or CONFIRMED
        enabled = self._choice("enabled", ("yes", "no")) != "no"
        if self.refusals or starts is None:
            return None
        return NewLimit(scope, spec, starts, ends, enabled, kind, status)

    def _refuse(self, column: str, problem: Unacceptable) -> None:
        value = self.cells.get(column, "")
        self.refusals.append(Rejection(self.line, column, value[:200], problem.reason, problem.parameters))

    def _spec(self) -> dict[str, object]:
        spec: dict[str, object] = {}
        operator = self._choice("operator", tuple(Operator), needed=True)
        if operator is not None:
            spec["operator"] = operator
        levels: dict[str, object] = {}
        for level in LEVELS:
            at = self._decimal(level)
            more = {
                "recover_at": self._decimal(f"{level}_recover_at"),
                "for_periods": self._whole(f"{level}_for_periods"),
            }
            given = {name: value for name, value in more.items() if value is not None}
            if at is not None:
                levels[level] = {"at": at, **given} if given else at
            elif given:
                self._refuse(level, Unacceptable("blank"))
        if not levels and not self.refusals:
            self._refuse("blue", Unacceptable("blank"))
        spec["levels"] = levels
        margin = self._decimal("recover_margin")
        if margin is not None:
            spec["recover_margin"] = margin
        for name in WHOLE:
            whole = self._whole(name)
            if whole is not None:
                spec[name] = whole
        policies = ("keep", "ok", *(f"breach:{level}" for level in COLOURS))
        policy = self._choice("no_data", policies)
        if policy is not None:
            spec["no_data"] = policy
        return spec

    def _decimal(self, column: str) -> str | None:
        if column not in self.cells:
            return None
        try:
            return read_decimal(self.cells[column])
        except Unacceptable as problem:
            self._refuse(column, problem)
            return None

    def _whole(self, column: str) -> int | None:
        text = self._decimal(column)
        if text is None:
            return None
        if not text.isdigit() or len(text) > 4:
            self._refuse(column, Unacceptable("not_a_whole_number"))
            return None
        return int(text)

    def _choice(self, column: str, allowed: Sequence[str], *, needed: bool = False) -> str | None:
        got = self.cells.get(column)
        if got is None:
            if needed:
                self._refuse(column, Unacceptable("blank"))
            return None
        if got not in allowed:
            self._refuse(column, Unacceptable("not_a_choice", choices=[str(one) for one in allowed]))
            return None
        return str(got)

    def _code(self, column: str, known: frozenset[str], kind: str, *, needed: bool = False) -> str | None:
        got = self.cells.get(column)
        if got is None:
            if needed:
                self._refuse(column, Unacceptable("blank"))
            return None
        if got in known:
            return got
        self._refuse(column, _damage(got, known) or _unknown(got, known, kind))
        return None

    def _period(self, column: str) -> str | None:
        if column not in self.cells:
            return None
        try:
            return Field(self.cells[column]).period()
        except InputError:
            self._refuse(column, Unacceptable("bad_form", expected="2026-12"))
            return None


def _damage(got: str, known: frozenset[str]) -> Unacceptable | None:
    """A code that a spreadsheet took for a number."""
    try:
        read_decimal(got)
    except Unacceptable as problem:
        return problem if problem.reason in ("exponent", "number_form") else None
    whole = got.partition(".")[0]
    return Unacceptable("bad_form", expected=whole) if "." in got and whole in known else None


def _unknown(got: str, known: frozenset[str], kind: str) -> Unacceptable:
    near = get_close_matches(got, known, 1)
    return Unacceptable("unknown_code", kind=kind, suggestion=near[0] if near else None)


# --- what it would change


def difference(rows: Sequence[Limit], wanted: Sequence[Wanted]) -> Difference:
    """What the rows of a file would change in the register: one step a scope."""
    by_scope: dict[str, list[Wanted]] = {}
    for one in wanted:
        key = scope_key(one.new.scope, rule_of(str(one.new.spec["operator"])))
        by_scope.setdefault(key, []).append(one)
    found = [(mine[0].line, rearranging(rows, [one.new for one in mine])) for mine in by_scope.values()]
    steps = tuple((line, step) for line, step in found if step is not None)
    return Difference(steps, len(found) - len(steps))
