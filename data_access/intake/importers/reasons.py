"""Why a row or a file is refused: codes with the names of their parameters. The sentences are worded when shown.

Every refusal also carries line, column and value; ``line`` 0 means the file as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rules.errors import ImportRefused

# The header under which a returned sheet says why each row was refused; ignored when it is sent in again.
REJECTED_BECAUSE = ("rejected_because", "拒收原因")

# --- one value ---
VALUE_REASONS: dict[str, tuple[str, ...]] = {
    "blank": (),
    "too_long": ("limit",),
    "control_character": (),
    "amount_missing": (),
    "number_form": ("form",),
    "note_mark": ("mark",),
    "percent_sign": (),
    "exponent": (),
    "not_a_number": (),
    "decimals_in_fen": (),
    "too_many_decimals": ("places",),
    "amount_too_large": ("limit_yuan",),
    "not_a_whole_number": (),
    "out_of_bounds": ("low", "high"),
    "bad_date": ("expected",),
    "day_missing": ("expected",),
    "day_first": ("expected",),
    "day_number": ("day",),
    "no_such_date": (),
    "bad_year": (),
    "month_in_yearly_table": (),
    "bad_instant": ("expected",),
    "in_future": ("latest",),
    "unknown_code": ("kind", "suggestion"),
    "not_a_choice": ("choices",),
    "bad_form": ("expected",),
    "ambiguous_place": ("candidates",),
    "not_a_place": (),
    "total_row": (),
    "part_row": (),
    "note_row": (),
    "example_row": (),
    "person_form": (),
    "person_birth": (),
    "person_check_digit": (),
    "person_in_text": (),
}
# --- values that do not go together ---
ROW_REASONS: dict[str, tuple[str, ...]] = {
    "movement_not_in_scheme": ("scheme", "movement"),
    "item_missing": ("movement",),
    "item_not_expected": ("movement",),
    "item_not_for_movement": ("movement", "item", "scheme"),
    "item_not_in_scheme": ("item", "scheme"),
    "measure_not_in_scheme": ("measure", "scheme"),
    "no_pension_scheme": ("scheme",),
    "too_young": ("youngest",),
    "mean_missing": ("other",),
    "region_outside_scheme": ("scheme", "province"),
    "region_not_yours": (),
    "not_yours_to_deliver": (),
    "region_not_valid": ("valid_from", "valid_to", "day"),
    "before_open_years": ("earliest",),
    "amount_zero": (),
    "negative_without_correction": ("movement",),
    "negative_amount": (),
    "negative_total": (),
    "unknown_unit": (),
    "unit_unfit": ("measure",),
    "corrects_itself": (),
    "before_other_date": ("other", "day"),
    "given_together": ("other",),
    "other_year": ("since",),
    "in_and_out": (),
    "line_open": ("expected",),
    "balance_breaks": ("expected",),
    "source_differs": ("expected",),
    "unknown_parent": ("parent",),
    "region_cycle": ("code", "circle"),
}
# --- rows that clash with what is in the store or in the same file ---
CLASH_REASONS: dict[str, tuple[str, ...]] = {
    "conflict": ("key", "stored"),
    "conflict_in_file": ("key", "first_line"),
}
# --- the file as a whole ---
FILE_REASONS: dict[str, tuple[str, ...]] = {
    "empty_file": (),
    "no_rows": (),
    "file_too_large": ("limit_bytes",),
    "original_missing": (),
    "sender_not_allowed": (),
    "questions_open": ("count",),
    "nothing_offered": (),
    "other_table": ("table",),
    "total_differs": ("cell", "computed"),
    "too_many_rows": ("limit",),
    "too_many_columns": ("limit",),
    "too_many_cells": ("limit",),
    "too_many_sheets": ("limit",),
    "too_many_merged": ("limit",),
    "unpacks_too_large": ("limit_mb",),
    "reading_took_too_long": ("limit_seconds",),
    "reading_took_too_much_memory": ("limit_mb",),
    "unknown_encoding": ("byte",),
    "bad_byte": ("byte", "place"),
    "doubtful_encoding": ("encodings", "cells"),
    "encrypted": (),
    "unreadable": ("format",),
    "broken_sheet": ("cell",),
    "column_not_text": ("name",),
    "json_syntax": ("place",),
    "json_not_utf8": (),
    "json_form": (),
    "json_nested": (),
    "json_repeated_key": (),
    "web_page": (),
    "foreign_format": ("what",),
    "several_sheets": ("sheets",),
    "no_such_sheet": ("sheets",),
    "uncomputed_formula": ("cell",),
    "line_above_header": ("looks_like", "header_line"),
    "not_a_data_line": ("looks_like",),
    "wrong_delimiter": ("delimiter",),
    "wrong_number_of_columns": ("expected", "got"),
    "broken_quotes": (),
    "merged_cells": ("cells",),
    "float_column": ("type",),
    "unknown_header": ("known", "suggestion"),
    "amount_without_unit": (),
    "header_unit": (),
    "duplicate_header": ("other",),
    "missing_header": ("label",),
    "fen_and_yuan": ("other",),
    "unknown_target": ("tables",),
    "table_not_of_region": (),
    "not_read": ("problem",),
    "link": (),
}
# --- why a batch broke off: nothing of it is in the store ---
BREAK_REASONS: dict[str, tuple[str, ...]] = {
    "store_full": (),
    "store_busy": (),
    "store_away": (),
    "not_stored": ("problem",),
    "process_ended": (),
}
# --- what is said of a batch of a source database besides its rows ---
SOURCE_REASONS: dict[str, tuple[str, ...]] = {
    "rejected_before": ("count",),
    "offered_again": ("since",),
}

REASONS: dict[str, tuple[str, ...]] = {
    **VALUE_REASONS,
    **ROW_REASONS,
    **CLASH_REASONS,
    **FILE_REASONS,
    **BREAK_REASONS,
    **SOURCE_REASONS,
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason to refuse one value. ``line`` is the line of the file (header = 1), 0 for the file as a whole. Beside the
    reason's own parameters there may be the ``cell`` that the row was read from; then ``line`` counts the rows."""

    line: int
    column: str
    value: str
    reason: str
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if {*self.parameters} - {"cell"} != {*REASONS[self.reason]} - {"cell"}:
            raise ValueError(f"{self.reason} takes {REASONS[self.reason]}, got {tuple(self.parameters)}")


class Unacceptable(Exception):
    """A value cannot be taken; caught by the validator, which adds line and column."""

    def __init__(self, reason: str, **parameters: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.parameters = parameters


class FileRefused(ImportRefused):
    """The file as a whole cannot be taken: its form, its headers or its size."""

    def __init__(self, *rejections: Rejection) -> None:
        super().__init__("; ".join(f"{r.reason} {r.column} {r.value}".strip() for r in rejections))
        self.rejections = rejections
