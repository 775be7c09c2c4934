"""What the rows and columns of a found table mean: guessed from their names, decided by people, kept as YAML.

A mapping holds decisions only: the table it goes to, what is the same for every cell, names that somebody told, columns left
out, how numbers are written. The rest is told anew from each file, so that next month's columns need no new mapping.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping as Map, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from data_access.intake.workbench.find import BESIDE, MONTH, Form, Found, squeezed
from data_access.intake.workbench.names import NEUTRAL, Named, Names, span_of
from data_access.intake.workbench.units import is_unit, named_in
from rules.errors import PoolwatchError
from rules.published import fiscal_year, period_of, year_and_period
from rules.scheme import Side

Axis = Literal["region", "item", "measure", "span", "year", "period", "month"]
SWITCHES = ("decimal_comma", "day_first", "without_hidden", "red_plain")
LISTS = ("left_out", "forms")
PART = re.compile(
    r"(?:19|20)[0-9]{2}年?(?:第?[一二三四1-4]季度|上半年|下半年|前三季度|(?:0?[1-9]|1[0-2])月?[-–—―~～至](?:0?[1-9]|1[0-2])月)"
)
AXES: tuple[Axis, ...] = ("region", "item", "measure", "year", "period", "month")
OTHERS: tuple[Axis, ...] = ("region", "year", "month")
PLAIN = ("name", "target", "shape", "unit", "encoding", "saved_by", "saved_on")
KEYS = ("name", "target", "shape", "unit", "constants", "names", "encoding", *LISTS, *SWITCHES, "saved_by", "saved_on")


class MappingError(PoolwatchError):
    """A mapping file says what cannot be. ``parameters``: mapping, problem, remedy."""

    code = "mapping"


@dataclass(frozen=True)
class Mapping:
    """Decisions on one kind of table; see the module. ``names``: by axis, what a text stands for; ``day_first``: days are
    written day, month, year; ``forms``: forms of numbers that are agreed to and no guess any more; ``without_hidden``: hidden
    rows are not taken; ``red_plain``: red type means nothing, else ``red`` among the forms says that it is negative;
    ``encoding``: of a text file, as a person chose;
    ``shape``: the kinds of table that it is saved for, a line each, by whom and when: see ``saved``."""

    target: str = ""
    name: str = ""
    shape: str = ""
    unit: str | None = None
    constants: Map[str, str] = field(default_factory=dict)
    names: Map[str, Map[str, str]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    decimal_comma: bool = False
    day_first: bool = False
    forms: tuple[str, ...] = ()
    without_hidden: bool = False
    encoding: str | None = None
    saved_by: str = ""
    saved_on: str = ""
    red_plain: bool = False

    def as_yaml(self) -> str:
        """The text of the mapping's file."""
        said = {key: getattr(self, key) for key in KEYS}
        kept = {key: list(value) if isinstance(value, tuple) else value for key, value in said.items() if value}
        return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False)


def read_mapping(name: str, text: str) -> Mapping:
    """The mapping in a YAML text. Raises MappingError with what to mend."""
    try:
        # Every scalar stays the text it is, as in the mappings of source databases.
        raw = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # texts alone
    except yaml.YAMLError as problem:
        raise _wrong(name, f"cannot be read: {problem}", "mend the YAML") from problem
    if not isinstance(raw, dict):
        raise _wrong(name, "is not a mapping", f"write the keys {', '.join(KEYS)}")
    if unknown := sorted(map(str, set(raw) - set(KEYS))):
        raise _wrong(name, f"unknown keys {', '.join(unknown)}", f"known are {', '.join(KEYS)}")
    for key, kind in (("constants", dict), ("names", dict), *((key, list) for key in LISTS)):
        if not isinstance(raw.get(key, kind()), kind):
            raise _wrong(name, f"{key} is not a {kind.__name__}", "write it as the documentation shows")
    for key in (*PLAIN, *SWITCHES):
        if not isinstance(raw.get(key, ""), str):
            raise _wrong(name, f"{key} is no text", "write one value")
    if not all(isinstance(one, dict) for one in raw.get("names", {}).values()):
        raise _wrong(name, "names is not by axis", "write `names: {region: {徐州: '320300'}}`")
    given: dict[str, Any] = {**raw, **{key: tuple(raw.get(key, ())) for key in LISTS}}
    given |= {key: str(raw.get(key, "")).casefold() in ("true", "yes", "1") for key in SWITCHES}
    return Mapping(**given)


def _wrong(name: str, problem: str, remedy: str) -> MappingError:
    return MappingError(f"{name}: {problem}; {remedy}", mapping=name, problem=problem, remedy=remedy)


# --- what each row and column says


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one head or label says: on each axis a code, with how each name was told. ``unit``: its own unit. ``unknown``:
    texts that say nothing that is known. ``earlier``: it is of another period or a plan, and not taken."""

    says: Map[Axis, str]
    told: tuple[tuple[Axis, str, Named], ...] = ()
    unit: str | None = None
    unknown: tuple[str, ...] = ()
    earlier: bool = False


@dataclass(frozen=True)
class Meant:
    """A found table with the meaning of its columns and rows, by place. ``rows_are`` and ``columns_are``: the axes of
    each; ``period``: the month yyyymm or year that title, sheet name or preamble name, None where they name none or two;
    ``part``: the quarter or months of it."""

    columns: Map[int, Meaning]
    rows: Map[int, Meaning]
    rows_are: frozenset[Axis]
    columns_are: frozenset[Axis]
    period: int | None
    part: str = ""


def meaning(found: Found, names: Names, mapping: Mapping) -> Meant:
    """What a table's heads and labels say, by the mapping first and the names after."""
    labels = {row: [found.text(row, column) for column in found.labels] for row in found.rows}
    labels = {row: texts for row, texts in labels.items() if not _is_left_out(mapping, texts)}
    # A column headed 合计 is compared and not taken, unless somebody said what it is.
    told = [at for at in found.total_columns if any(_decided(mapping, text) for text in found.heads[at])]
    columns = {
        at: list(head)
        for at in sorted((*found.value_columns, *told))
        if not _is_left_out(mapping, head := found.heads[at])
        and not any(BESIDE.fullmatch(squeezed(text)) for text in head)
    }
    form = found.form
    down, over = (form, None) if form and form.down else (None, form)
    # Of a form it is known where its items are; beside them stand places and periods.
    rows_are: list[Axis | None] = [
        "item"
        if down
        else _axis(names, mapping, ([texts[place]] for texts in labels.values()), OTHERS if over else AXES)
        for place in range(len(found.labels))
    ]
    columns_are = "item" if over else _axis(names, mapping, columns.values(), OTHERS if down else AXES, rows_are)
    return Meant(
        {
            at: _meaning(names, mapping, [(text, columns_are) for text in texts], over, at)
            for at, texts in columns.items()
        },
        {
            at: _meaning(names, mapping, list(zip(texts, rows_are, strict=True)), down, at)
            for at, texts in labels.items()
        },
        frozenset(axis for axis in rows_are if axis is not None),
        frozenset(axis for at in columns.values() for text in at for axis in _axes(names, mapping, text, columns_are)),
        table_period((*found.about, found.sheet.name)),
        table_part((*found.about, found.sheet.name)),
    )


def table_part(texts: Iterable[str]) -> str:
    """The one quarter, or range of months, of a year that some texts name: Q1, 01-09; "" where none or two."""
    found = {told[1] for text in map(squeezed, texts) for part in PART.findall(text) if (told := year_and_period(part))}
    return found.pop() if len(found) == 1 else ""


def table_period(texts: Iterable[str]) -> int | None:
    """The one month (yyyymm), or else the one year, that some texts name."""
    months: set[int] = set()
    years: set[int] = set()
    for text in map(squeezed, texts):
        for year, month in re.findall(r"((?:19|20)[0-9]{2})年?[-./年]?(0?[1-9]|1[0-2])月", text):
            months.add(int(year) * 100 + int(month))
        years |= {int(year) for year in re.findall(r"(?<![0-9])((?:19|20)[0-9]{2})(?:年|（|\(|\)|）|$)", text)}
    if len(months) == 1:
        return months.pop()
    return years.pop() if not months and len(years) == 1 else None


def _decided(mapping: Mapping, text: str) -> bool:
    return any(text in names or squeezed(text) in names for names in mapping.names.values())


def _axis(
    names: Names,
    mapping: Mapping,
    texts: Iterable[list[str]],
    among: Iterable[Axis],
    without: Collection[Axis | None] = (),
) -> Axis | None:
    """What most of some heads or labels name: regions, items, measures, years or months; None where nothing."""
    hits: Counter[Axis] = Counter()
    for one in texts:
        for axis in among:
            if axis not in without and any(_named(names, mapping, axis, text) for text in one):
                hits[axis] += 1
    # Of items and measures that fit alike, a scheme's own come first.
    return max(hits, key=lambda axis: (hits[axis], axis == "item"), default=None)


def _is_left_out(mapping: Mapping, texts: Sequence[str]) -> bool:
    return "/".join(texts) in mapping.left_out or any(text in mapping.left_out for text in texts)


def _axes(names: Names, mapping: Mapping, text: str, main: Axis | None) -> list[Axis]:
    found: list[Axis] = ["span"] if span_of(text) else []
    if main and _named(names, mapping, main, text):
        found.append(main)
    return found


def _meaning(
    names: Names, mapping: Mapping, given: list[tuple[str, Axis | None]], form: Form | None, at: int
) -> Meaning:
    """``form``: where what stands at ``at`` is an item of one."""
    side, whole = (form.sides.get(at), at in form.wholes) if form else (None, False)
    texts = [text for text, _axis in given]
    says: dict[Axis, str] = {}
    told: list[tuple[Axis, str, Named]] = []
    unknown: list[str] = []
    earlier = False
    for text, main in given:
        span = span_of(text)
        named = _named(names, mapping, main, text, side, whole) if main else None
        if named is not None and main is not None:
            says[main] = named.code
            told.append((main, text, named))
        elif span is not None:
            says["span"] = span
            earlier = earlier or span == "earlier" or (span == "plan") != (mapping.target == "plan")
        elif not _says_nothing(text, texts):
            unknown.append(text)
    place = form.beside.get(at, "") if form else ""
    if place and (named := _named(names, mapping, "region", place)):
        says["region"] = named.code
        told.append(("region", place, named))
    elif place:
        return Meaning({}, (), None, (place,))
    return Meaning(says, tuple(told), named_in(tuple(texts)), () if says else tuple(unknown), earlier)


def _says_nothing(text: str, texts: list[str]) -> bool:
    bare = squeezed(re.sub(r"[（(].*?[)）]", "", text))
    return is_unit(text.strip("（）() ")) or _repeats(text, texts) or NEUTRAL.fullmatch(bare) is not None


def _repeats(text: str, texts: list[str]) -> bool:
    """Whether a text is the same in English, under its Chinese one."""
    return text.isascii() and any(not one.isascii() for one in texts)


def _named(
    names: Names, mapping: Mapping, axis: str, text: str, side: Side | None = None, whole: bool = False
) -> Named | None:
    decided = mapping.names.get(axis, {}).get(text) or mapping.names.get(axis, {}).get(squeezed(text))
    if decided:
        return Named(decided, "exact")
    bare = squeezed(text)
    match axis:
        case "region":
            return names.region(text)
        case "item":
            return names.item(text, side, whole=whole)
        case "measure":
            return names.measure(text)
        case "year":
            found = re.fullmatch(r"((?:19|20)[0-9]{2})(?:年度?)?", bare)
            return Named(found[1], "exact") if found else None
        case "period":
            # Quarters, months of a year and ranges of months; a month alone is of the year that the title names.
            told = (fiscal_year(bare) if names.country else None) or year_and_period(bare)
            part = period_of(bare) if told is None and not MONTH.fullmatch(bare) else None
            return Named(f"{told[0]} {told[1]}", "exact") if told else Named(part, "exact") if part else None
        case "month":
            found = re.fullmatch(MONTH, bare)
            return Named(f"{int(found[3]):02d}", "exact") if found else None
    return None
