"""What a table and a column are declared by, and the columns that many tables have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["code", "choice", "text", "date", "instant", "money", "integer", "year", "decimal"]
Policy = Literal["ledger", "append", "replace"]


@dataclass(frozen=True, slots=True)
class Column:
    """One importable column. The header may be ``code``, ``label`` or one of ``aliases``.

    ``codes`` names the code list of a ``code`` column (scheme, any_scheme, region, item, movement, account, source,
    topic, place, measure), ``choices`` the values of a ``choice`` column, ``names`` other words that are taken for one of
    them. ``rule`` says what else is asked of the value.
    A ``money`` column is integer fen; its twin in yuan (``…_yuan``, （元）) is taken in its stead.
    """

    code: str
    label: str
    label_en: str
    kind: Kind
    example: str
    required: bool = True
    codes: str = ""
    choices: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    rule: str = ""
    rule_en: str = ""
    bounds: tuple[int, int] | None = None

    @property
    def yuan_code(self) -> str | None:
        return self.code.removesuffix("fen") + "yuan" if self.kind == "money" else None

    @property
    def yuan_label(self) -> str | None:
        return self.label.replace("（分）", "（元）") if self.kind == "money" else None


@dataclass(frozen=True, slots=True)
class ImportTable:
    """One importable table.

    ``key`` tells two rows apart. ``policy``: *ledger* rows are entries that also change the roll-ups; *append* rows
    stay as they came, and a second row of the same key with other content is a conflict; *replace* rows are master
    data, where the later row counts. ``may_fill`` names the columns that a later row may fill in where they were empty.
    """

    name: str
    label: str
    label_en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    policy: Policy = "append"
    may_fill: tuple[str, ...] = ()
    note: str = ""
    note_en: str = ""

    def column(self, code: str) -> Column:
        return next(column for column in self.columns if column.code == code)


def scheme() -> Column:
    return Column("scheme", "统筹制度", "Scheme", "code", "jiangsu-pension", codes="scheme")


def region(example: str = "320102") -> Column:
    return Column("region", "地区代码", "Region code", "code", example, codes="region")


def money(code: str, label: str, label_en: str, example: str, rule: str = "", rule_en: str = "") -> Column:
    return Column(code, f"{label}（分）", f"{label_en} (fen)", "money", example, rule=rule, rule_en=rule_en)


REPORTING = ("tax", "treasury", "fiscal", "agency")
# As lists of departments write them.
DEPARTMENT_NAMES = {
    "人社": "social",
    "财政": "fiscal",
    "税务": "tax",
    "经办": "agency",
    "人行": "treasury",
    "国库": "treasury",
}

MONTH_RULE = ("六位年月，如 202610", "year and month in six digits: 202610")


def count(code: str, label: str, label_en: str, example: str) -> Column:
    return Column(code, label, label_en, "integer", example, bounds=(0, 2_000_000_000))
