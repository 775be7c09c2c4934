"""JSON Schema (2020-12) of a rule's input and output, made from its records."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from rules.calculators.reading import DECIMAL_STRING, RecordField, alternatives, apart, fields_of
from rules.calculators.records import Items, Within

Schema = dict[str, Any]


def of_rule(name: str, title: str, article: str, case: type, result: type) -> Schema:
    """The schema of the input, with that of the output under ``$defs.output``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "description": f"{title}; {article}",
        **_record(case, as_input=True),
        "$defs": {"output": _record(result, as_input=False)},
    }


def key_of(field: RecordField) -> str:
    """A field's JSON key: the name, without the underscore that keeps it off Python's keywords."""
    return field.name.removesuffix("_")


def _record(record: type, as_input: bool) -> Schema:
    fields = [field for field in fields_of(record) if not field.profile_only]
    required = [key_of(f) for f in fields if f.required and (as_input or f.name != "steps")]
    doc = (record.__doc__ or "").strip()
    schema: Schema = {"type": "object"}
    if not doc.startswith(f"{record.__name__}("):
        schema["description"] = " ".join(doc.split())
    return schema | {
        "properties": {key_of(f): _field(f, as_input) for f in fields},
        "required": required,
        "additionalProperties": False,
    }


def _field(field: RecordField, as_input: bool) -> Schema:
    members = alternatives(field.kind)
    # A field that may be left out is never null: see the reader.
    kinds = members if field.required else tuple(m for m in members if m is not type(None))
    schema = _any_of(kinds, field.marks, as_input)
    if field.default not in (None, {}, ()) and isinstance(field.default, bool | int | Decimal | str):
        schema["default"] = str(field.default) if isinstance(field.default, Decimal) else field.default
    return schema


def _any_of(kinds: tuple[Any, ...], marks: tuple[Any, ...], as_input: bool) -> Schema:
    schemas = [_value(kind, marks, as_input) for kind in kinds]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _value(hint: Any, marks: tuple[Any, ...], as_input: bool) -> Schema:
    kind, own = apart(hint)
    marks = marks + own
    members = alternatives(kind)
    if len(members) > 1:
        return _any_of(members, marks, as_input)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, as_input)
    origin = get_origin(kind)
    if origin is tuple:
        return _list(get_args(kind), marks, as_input)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _value(get_args(kind)[1], (), as_input)}
    if origin is Literal:
        return {"enum": list(get_args(kind))}
    if kind is Decimal:
        text = {"type": "string", "pattern": f"^{DECIMAL_STRING.pattern}$"}
        return {"anyOf": [{"type": "number", **_limits(marks)}, text]} if as_input else text
    simple: dict[Any, Schema] = {
        int: {"type": "integer", **_limits(marks)},
        float: {"type": "number"},
        bool: {"type": "boolean"},
        str: {"type": "string", "minLength": 1},
        date: {"type": "string", "format": "date"},
        type(None): {"type": "null"},
    }
    return simple[kind]


def _list(inner: tuple[Any, ...], marks: tuple[Any, ...], as_input: bool) -> Schema:
    if inner[-1] is not Ellipsis:
        items = [_value(kind, (), as_input) for kind in inner]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    least = next((mark.minimum for mark in marks if isinstance(mark, Items)), 0)
    return {"type": "array", "items": _value(inner[0], (), as_input), "minItems": least}


def _limits(marks: tuple[Any, ...]) -> Schema:
    limits = next((mark for mark in marks if isinstance(mark, Within)), Within())
    named = {"minimum": limits.minimum, "maximum": limits.maximum, "exclusiveMinimum": limits.above}
    return {key: value for key, value in named.items() if value is not None}
