"""How an operation of the API is declared: from the same declaration a request is checked and the description written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dashboard.site.site import Site
from rules.errors import PoolwatchError
from workflows.people.accounts import Account
from workflows.people.tokens import Scope, Token

Schema = dict[str, Any]
Method = Literal["GET", "POST"]


class Refused(PoolwatchError):
    """A request is answered by ``status`` and the sentence of ``code``."""

    def __init__(self, status: int, code: str, **parameters: object) -> None:
        super().__init__(f"{code} {parameters}", **parameters)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the query. ``schema`` is JSON Schema: a string with a ``pattern`` or ``enum``, an integer with ``minimum`` and
    ``maximum``, or a boolean."""

    name: str
    about: str
    schema: Schema

    def read(self, given: str) -> object:
        """The value that a text is. Raises Refused where it is none."""
        kind = self.schema["type"]
        if kind == "boolean" and given in ("true", "false"):
            return given == "true"
        if kind == "integer" and re.fullmatch(r"[0-9]{1,9}", given):
            if self.schema["minimum"] <= int(given) <= self.schema["maximum"]:
                return int(given)
        elif kind == "string" and self._fits(given):
            return given
        raise Refused(400, "api_parameter", name=self.name, got=given[:100])

    def _fits(self, given: str) -> bool:
        if "enum" in self.schema:
            return given in self.schema["enum"]
        return re.fullmatch(self.schema["pattern"], given) is not None


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was checked: whose it is, the parameters given, the number in its address if it has one."""

    site: Site
    token: Token
    account: Account
    given: Mapping[str, Any]
    number: int = 0
    body: bytes = b""
    media: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its status, and what is sent as JSON."""

    status: int
    content: object
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method does at one address. ``path`` is under /api/v1 and may end in ``/{number}``; ``bodies``: by media type
    what it takes; ``answers``: by status what it means and the name of its schema, beside those that all operations have.
    ``scope``: what the token must have.
    """

    method: Method
    path: str
    summary: str
    about: str
    scope: Scope
    answers: Mapping[int, tuple[str, str]]
    handle: Callable[[Call], Said]
    parameters: tuple[Parameter, ...] = ()
    bodies: Mapping[str, Schema] = field(default_factory=dict)
    largest_mb: int = 0

    @property
    def numbered(self) -> bool:
        return self.path.endswith("/{number}")
