"""The description of the API in the form of OpenAPI 3.1, written from the declarations of its operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.api.bearer import ROOT
from dashboard.api.declared import Operation, Schema

PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "error": {"type": "string", "description": "Code of what is wrong."},
        "message": {"type": "string", "description": "The sentence, in the language asked for (Accept-Language)."},
    },
    "required": ["error", "message"],
    "additionalProperties": False,
}
EVERYWHERE = {
    400: "A parameter is unknown, given twice, or its value is not fit; or there is no body, or none of its type.",
    401: "No token in force: missing, wrong, expired, revoked, or its account may not sign in.",
    403: "The token lacks the scope, or its account the right.",
    409: "It cannot be done as things stand; the code says why.",
    405: "The address does not take this method.",
}
OF_NUMBERS = {404: "There is no such thing for this account."}
OF_BODIES = {413: "The body is too large.", 415: "The body's media type is not taken."}


def described(operations: Sequence[Operation], schemas: Mapping[str, Callable[[], Schema]]) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(ROOT + one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Poolwatch",
            "version": "1",
            "description": "Doors for other systems. Every request carries a token: Authorization: Bearer TOKEN.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM, **{name: make() for name, make in schemas.items()}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": f"{one.method.lower()}{one.path.replace('/{number}', '').replace('/', '_')}",
        "summary": one.summary,
        "description": f"{one.about} Needs the scope {one.scope}.",
        "parameters": [
            {"name": p.name, "in": "query", "required": False, "description": p.about, "schema": p.schema}
            for p in one.parameters
        ],
        "responses": _answers(one),
    }
    if one.numbered:
        number = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
        told["parameters"].append({"name": "number", "in": "path", "required": True, "schema": number})
    if one.bodies:
        content = {media: {"schema": schema} for media, schema in one.bodies.items()}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _answers(one: Operation) -> dict[str, Any]:
    everywhere = EVERYWHERE | (OF_NUMBERS if one.numbered else {}) | (OF_BODIES if one.bodies else {})
    meant = {status: (what, "Problem") for status, what in everywhere.items()} | dict(one.answers)
    return {str(status): _answer(what, schema) for status, (what, schema) in sorted(meant.items())}


def _answer(what: str, schema: str) -> dict[str, Any]:
    return {
        "description": what,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }
