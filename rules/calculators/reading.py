"""The one strict reader of the rules: bytes or plain values in, records out, or a refusal that names the field."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from rules.calculators.records import Items, ProfileOnly, Within
from rules.errors import refused

# Far beyond any fund, and short enough that no arithmetic on it can take long.
LONGEST_NUMBER = 45
LARGEST_EXPONENT = 30
DEEPEST_NESTING = 40
LONGEST_SHOWN = 60

JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?(?:[eE]([+-]?[0-9]+))?")
DECIMAL_STRING = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FULL_WIDTH_DIGIT = re.compile("[\uff10-\uff19]")

T = TypeVar("T")


class _NumberText(str):
    """A JSON number as written: it is judged where its path is known."""

    __slots__ = ()


class _Pairs(list[tuple[str, object]]):
    """A JSON object as written: repeated keys are still there to be refused."""


def decode(raw: bytes) -> object:
    """JSON text as plain values: integers int, other numbers Decimal.

    Refuses with InputError what is not UTF-8 or not JSON, repeated keys, NaN and infinities, numbers too long to be
    money, nesting too deep to be a rule's input, and strings that are not text.
    """
    try:
        tree = json.loads(
            raw.decode("utf-8-sig"),
            parse_int=_NumberText,
            parse_float=_NumberText,
            parse_constant=_NumberText,
            object_pairs_hook=_Pairs,
        )
    except UnicodeDecodeError as problem:
        raise refused("input", f"bytes that are not UTF-8 at {problem.start}", "UTF-8 text") from problem
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno} column {problem.colno}"
        raise refused("input", f"text that is not JSON at {place}", "one JSON value") from problem
    except RecursionError as problem:
        raise refused("input", "deeper nesting", f"at most {DEEPEST_NESTING} levels") from problem
    return _plain(tree, "", DEEPEST_NESTING)


def _plain(value: object, path: str, levels: int) -> object:
    if levels == 0:
        raise refused(path, "deeper nesting", f"at most {DEEPEST_NESTING} levels")
    if isinstance(value, _NumberText):
        return _number(value, path or "input")
    if isinstance(value, str):
        return _text(value, path or "input")
    if isinstance(value, _Pairs):
        found: dict[str, object] = {}
        for key, inner in value:
            below = joined(path, key)
            if key in found:
                raise refused(below, "the key twice", "each key once")
            found[_text(key, below)] = _plain(inner, below, levels - 1)
        return found
    if isinstance(value, list):
        return [_plain(inner, f"{path}[{index}]", levels - 1) for index, inner in enumerate(value)]
    return value


def _number(text: str, path: str) -> int | Decimal:
    match = JSON_NUMBER.fullmatch(text)
    if match is None:
        raise refused(path, text, "a finite number")
    if len(text) > LONGEST_NUMBER or abs(int(match[2] or 0)) > LARGEST_EXPONENT:
        raise refused(
            path, shortened(text), f"at most {LONGEST_NUMBER} digits and an exponent within {LARGEST_EXPONENT}"
        )
    if match[1] is None and match[2] is None:
        return int(text)
    return _unsigned_zero(Decimal(format(Decimal(text), "f")))


def _unsigned_zero(number: Decimal) -> Decimal:
    return number if number else abs(number)


def _text(value: str, path: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as problem:
        raise refused(path, shown(value), "text without lone surrogates") from problem
    return value


def joined(path: str, key: str) -> str:
    """The path of ``key`` below ``path``; a key that is no plain word is quoted, so that the path stays one line."""
    word = shortened(key) if key.isidentifier() else shown(key)
    return f"{path}.{word}" if path else word


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def shown(value: object) -> str:
    """What was given, in one short line."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, Decimal | date):
        return str(value)
    return shortened(json.dumps(value, ensure_ascii=isinstance(value, str) and not value.isprintable()))


@dataclasses.dataclass(frozen=True, slots=True)
class RecordField:
    """One field of a record with its annotation taken apart."""

    name: str
    kind: Any
    marks: tuple[Any, ...]
    default: object
    profile_only: bool

    @property
    def required(self) -> bool:
        return self.default is MISSING

    def mark(self, of: type[T]) -> T | None:
        return next((mark for mark in self.marks if isinstance(mark, of)), None)


def fields_of(record: type) -> tuple[RecordField, ...]:
    """The fields of a record, in order, with annotations resolved."""
    return _fields_of(cast(Hashable, record))


@cache
def _fields_of(record: Any) -> tuple[RecordField, ...]:
    hints = get_type_hints(record, include_extras=True)
    return tuple(_taken_apart(field, hints[field.name]) for field in dataclasses.fields(record))


def _taken_apart(field: Field[Any], hint: Any) -> RecordField:
    kind, marks = apart(hint)
    members = [member for member in alternatives(kind) if member is not type(None)]
    if len(members) == 1:
        marks += apart(members[0])[1]
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return RecordField(field.name, kind, marks, default, ProfileOnly in marks)


def apart(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """An annotation as its type and its marks."""
    if get_origin(hint) is Annotated:
        kind, *marks = get_args(hint)
        return kind, tuple(marks)
    return hint, ()


def alternatives(kind: Any) -> tuple[Any, ...]:
    """The members of a union, or the type alone."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def read(record: type[T], value: object) -> T:
    """A calculator's input as a record. Raises InputError naming the first field that does not fit."""
    return cast(T, _Reader(from_profile=False).record(record, value, ""))


def read_field(field: RecordField, value: object, path: str) -> object:
    """One value for one field, as a profile gives it: with the fields only a profile may set, and dates as dates."""
    return _Reader(from_profile=True).value(field.kind, field.marks, value, path)


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    from_profile: bool

    def record(self, record: type, value: object, path: str) -> object:
        if not isinstance(value, dict):
            raise refused(path or "input", shown(value), "an object")
        fields = {f.name: f for f in fields_of(record) if self.from_profile or not f.profile_only}
        for key in value:
            if key not in fields:
                raise refused(joined(path, key), "an unknown key", f"one of {', '.join(fields)}")
        for name, field in fields.items():
            if field.required and name not in value:
                raise refused(joined(path, name), "nothing", described(field.kind, field.marks))
        return record(**{key: self._given(fields[key], inner, joined(path, key)) for key, inner in value.items()})

    def _given(self, field: RecordField, value: object, path: str) -> object:
        # Where a field may be left out, leaving it out is how to say that there is none.
        if value is None and not field.required:
            raise refused(path, "null", f"{described(field.kind, field.marks)}, or to be left out")
        return self.value(field.kind, field.marks, value, path)

    def value(self, hint: Any, marks: tuple[Any, ...], value: object, path: str) -> object:
        kind, own = apart(hint)
        marks = marks + own
        members = alternatives(kind)
        if value is None and type(None) in members:
            return None
        members = tuple(member for member in members if member is not type(None))
        listed = [member for member in members if _is_list(member)]
        if len(members) > 1 and not listed:
            return self.record(_by_kind(members, value, path), value, path)
        # One value, or a list of such.
        single = [member for member in members if member not in listed]
        kind, own = apart((listed if listed and (isinstance(value, list | tuple) or not single) else single)[0])
        return self._single(kind, marks + own, value, path)

    def _single(self, kind: Any, marks: tuple[Any, ...], value: object, path: str) -> object:
        origin = get_origin(kind)
        if dataclasses.is_dataclass(kind):
            return self.record(cast(type, kind), value, path)
        if origin is tuple:
            return self._list(kind, marks, value, path)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            if not isinstance(value, dict):
                raise refused(path, shown(value), "an object")
            inner = get_args(kind)[1]
            return {key: self.value(inner, (), v, joined(path, key)) for key, v in value.items()}
        if kind in (int, Decimal):
            return _limited(_as_number(kind, marks, value, path), kind, marks, path)
        if kind is float:
            return float(_as_number(Decimal, marks, value, path))
        if kind is date:
            return self._date(value, path)
        if not _fits(kind, value):
            raise refused(path, shown(value), described(kind, marks))
        return value

    def _date(self, value: object, path: str) -> date:
        if self.from_profile and isinstance(value, date):
            return value
        try:
            if isinstance(value, str) and ISO_DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise refused(path, shown(value), "a date such as 2021-01-01")

    def _list(self, kind: Any, marks: tuple[Any, ...], value: object, path: str) -> tuple[object, ...]:
        inner = get_args(kind)
        repeated = len(inner) == 2 and inner[1] is Ellipsis
        if not isinstance(value, list | tuple) or not (repeated or len(value) == len(inner)):
            raise refused(path, shown(value), described(kind, marks))
        items = next((mark for mark in marks if isinstance(mark, Items)), Items(minimum=0))
        if len(value) < items.minimum:
            raise refused(path, shown(value), described(kind, marks))
        kinds = [inner[0]] * len(value) if repeated else inner
        read_items = tuple(
            self.value(k, (), v, f"{path}[{index}]") for index, (k, v) in enumerate(zip(kinds, value, strict=True))
        )
        if items.unique:
            _refuse_repeated([getattr(item, items.unique) for item in read_items], path, items.unique)
        return read_items


def _is_list(hint: Any) -> bool:
    return get_origin(apart(hint)[0]) is tuple


def _fits(kind: Any, value: object) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    if kind is str:
        return isinstance(value, str) and bool(value) and not FULL_WIDTH_DIGIT.search(value)
    return isinstance(value, str) and value in get_args(kind)


def _refuse_repeated(codes: list[str], path: str, name: str) -> None:
    """Refuses a list in which a code stands twice, naming the second place."""
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if code in seen:
            raise refused(f"{path}[{index}].{name}", f"{shown(code)} again", "each code once")
        seen.add(code)


def _by_kind(members: tuple[Any, ...], value: object, path: str) -> type:
    """The record among several whose ``kind`` is the one given."""
    if not isinstance(value, dict):
        raise refused(path, shown(value), "an object")
    by_kind = {name: member for member in members for name in kinds_of(member)}
    given = value.get("kind")
    if not isinstance(given, str) or given not in by_kind:
        got = shown(given) if "kind" in value else "nothing"
        raise refused(joined(path, "kind"), got, f"one of {', '.join(by_kind)}")
    return cast(type, by_kind[given])


def kinds_of(record: type) -> tuple[str, ...]:
    """The values of ``kind`` that a record answers to."""
    return tuple(get_args(next(field.kind for field in fields_of(record) if field.name == "kind")))


def _as_number(kind: type, marks: tuple[Any, ...], value: object, path: str) -> int | Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if kind is int else Decimal(value)
    if kind is Decimal and isinstance(value, Decimal):
        return value
    if kind is Decimal and isinstance(value, str) and len(value) <= LONGEST_NUMBER and DECIMAL_STRING.fullmatch(value):
        return _unsigned_zero(Decimal(value))
    raise refused(path, shown(value), described(kind, marks))


def _limited(number: int | Decimal, kind: type, marks: tuple[Any, ...], path: str) -> int | Decimal:
    for mark in marks:
        if isinstance(mark, Within) and not (
            (mark.minimum is None or number >= mark.minimum)
            and (mark.maximum is None or number <= mark.maximum)
            and (mark.above is None or number > mark.above)
        ):
            raise refused(path, shown(number), described(kind, marks))
    return number


def described(hint: Any, marks: tuple[Any, ...] = ()) -> str:
    """What a field needs, in words."""
    kind, own = apart(hint)
    marks = marks + own
    members = [member for member in alternatives(kind) if member is not type(None)]
    if len(members) > 1 and any(map(_is_list, members)):
        return " or ".join(described(member) for member in members)
    if len(members) > 1 or dataclasses.is_dataclass(members[0]):
        return "an object"
    kind, own = apart(members[0])
    marks = marks + own
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        if inner[-1] is not Ellipsis:
            return f"a list of {len(inner)}"
        items = next((mark for mark in marks if isinstance(mark, Items)), None)
        return f"a list of at least {items.minimum}" if items and items.minimum else "a list"
    if get_origin(kind) is Literal:
        return f"one of {', '.join(get_args(kind))}"
    words = {bool: "true or false", str: "text without full-width digits", date: "a date such as 2021-01-01"}
    if kind in words:
        return words[kind]
    if kind in (int, Decimal):
        return ("a whole number" if kind is int else "a number or decimal string") + _limits_in_words(marks)
    return "an object"


def _limits_in_words(marks: tuple[Any, ...]) -> str:
    limits = next((mark for mark in marks if isinstance(mark, Within)), Within())
    words = [
        f"{word} {limit}"
        for word, limit in (("above", limits.above), ("at least", limits.minimum), ("at most", limits.maximum))
        if limit is not None
    ]
    return " " + " and ".join(words) if words else ""
