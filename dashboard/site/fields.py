"""The fields of forms. One declaration shows a field, reads what was sent in it, names it in a refusal and in the audit.

A field is read by :meth:`Field.read` or refused under the very label that the form shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar, cast

from dash import html
from dash.development.base_component import Component
from werkzeug.datastructures import FileStorage, MultiDict

from dashboard.components import forms
from dashboard.site.reading import Reading
from dashboard.words.wording import _, name_of
from rules import month
from rules.errors import PoolwatchError

T = TypeVar("T")
LARGEST_FILE_MB = 10
HIGHEST_FEN = 10**15
FIRST_YEAR, LAST_YEAR = 2000, 2099
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class FieldProblem(PoolwatchError):
    """A field of a form is missing or not what it must be: ``label`` names it, ``got`` is what stood there."""


class FieldMissing(FieldProblem):
    code = "field_missing"


class FieldTooLong(FieldProblem):
    code = "field_too_long"


class FieldNotNumber(FieldProblem):
    code = "field_not_number"


class FieldNotDay(FieldProblem):
    code = "field_not_day"


class FieldNotChoice(FieldProblem):
    code = "field_not_choice"


class FieldOutOfRange(FieldProblem):
    code = "field_out_of_range"


class Sent:
    """What a browser sent with a form, and the reading it was sent at."""

    def __init__(
        self,
        fields: MultiDict[str, str],
        files: MultiDict[str, FileStorage] | None = None,
        reading: Reading | None = None,
    ) -> None:
        self._fields, self._files, self.reading = fields, files or MultiDict(), reading

    def text(self, name: str) -> str:
        """What was written, without surrounding blanks; "" for nothing."""
        return self._fields.get(name, "").strip()

    def all(self, name: str) -> list[str]:
        """Every value given under a name (ticked boxes)."""
        return self._fields.getlist(name)

    def file(self, name: str, most: int) -> tuple[str, bytes]:
        """A file's own name and its bytes, one more than ``most`` at most; no bytes where none was sent."""
        sent = self._files.get(name)
        if sent is None:
            return "", b""
        sent.seek(0)  # it may have been read before, outside the transaction
        return sent.filename or "", sent.read(most + 1)


@dataclass(frozen=True, eq=False)
class Field(Generic[T]):
    """One field. ``label`` is a marked text, or one already in the reader's language; ``hidden``: sent along unseen;
    ``kept``: whether the audit keeps what was sent; ``optional``: None for what is left blank, see :func:`blank`;
    ``phrases``: usual words that a click puts in."""

    kind: ClassVar[forms.Kind] = "text"

    name: str
    label: str
    _: KW_ONLY
    required: bool = True
    optional: bool = False
    hidden: bool = False
    kept: bool = True
    note: str = ""
    placeholder: str = ""
    rows: int = 3
    accept: str = ""
    phrases: tuple[str, ...] = ()

    def read(self, sent: Sent) -> T:
        """The value that was sent. Raises FieldProblem by the field's label."""
        try:
            return self._read(sent)
        except FieldMissing:
            if self.optional:
                return cast("T", None)
            raise

    def _read(self, sent: Sent) -> T:
        raise NotImplementedError

    def written(self, value: T) -> str:
        """A value as it stands in the field: what ``read`` takes for that value."""
        return str(value)

    def recorded(self, value: T) -> Mapping[str, object]:
        """A value as the audit keeps it, in plain JSON."""
        return {self.name: self.written(value)}

    def input(self, reading: Reading | None = None, value: T | None = None) -> Component:
        """The field on a form, with a value in it."""
        text = "" if value is None else self.written(value)
        if self.hidden:
            return forms.hidden(self.name, text)
        control = forms.control(
            self.kind,
            self.name,
            text,
            placeholder=_(self.placeholder) if self.placeholder else "",
            required=self.required and self.kind != "select",
            rows=self.rows,
            options=self.offered(reading),
            accept=self.accept,
        )
        note = _(self.note, limit=LARGEST_FILE_MB) if self.note else ""
        return forms.field(_(self.label), control, note, [_(one) for one in self.phrases])

    def offered(self, reading: Reading | None) -> list[tuple[str, str]]:
        """(code, text) of everything that can be chosen."""
        return []

    def refusal(self, problem: type[FieldProblem], **parameters: object) -> FieldProblem:
        """What is wrong with the field, to be raised."""
        return problem(f"{self.name}: {problem.code} {parameters.get('got', '')}", label=_(self.label), **parameters)

    def _text(self, sent: Sent, most: int) -> str:
        got = sent.text(self.name)
        if not got:
            raise self.refusal(FieldMissing)
        if len(got) > most:
            raise self.refusal(FieldTooLong, limit=most)
        return got

    def _decimal(self, sent: Sent, low: Decimal | int | None, high: Decimal | int | None) -> Decimal:
        got = self._text(sent, 40)
        if not _NUMBER.fullmatch(got):
            raise self.refusal(FieldNotNumber, got=got)
        value = Decimal(got)
        if (low is not None and value < low) or (high is not None and value > high):
            raise self.refusal(FieldOutOfRange, got=got, low=low, high=high)
        return value


@dataclass(frozen=True, eq=False)
class Text(Field[str]):
    """One line; "" where it is not required and nothing was written. NUL, which PostgreSQL keeps in no text, becomes �."""

    most: int = 2000

    def _read(self, sent: Sent) -> str:
        written = self._text(sent, self.most) if self.required or sent.text(self.name) else ""
        return written.replace("\0", "\ufffd")


@dataclass(frozen=True, eq=False)
class Secret(Field[str]):
    """A password, as it was typed; kept nowhere."""

    kind = "password"
    kept: bool = False

    def _read(self, sent: Sent) -> str:
        got = next(iter(sent.all(self.name)), "")
        if not got:
            raise self.refusal(FieldMissing)
        return got


@dataclass(frozen=True, eq=False)
class Area(Text):
    """Several lines."""

    kind = "area"


Options = Mapping[str, Any] | Callable[[Reading], Sequence[tuple[str, str]]]


@dataclass(frozen=True, eq=False)
class Choice(Field[str]):
    """One of some codes. ``options``: code → marked text or a thing with a name; or (code, text) as a reading has them;
    ``free``: what may be chosen is checked by who does it, as the list is only what is offered."""

    kind = "select"
    options: Options | None = None
    free: bool = False

    def _read(self, sent: Sent) -> str:
        got = self._text(sent, 80)
        if not self.free and got not in dict(self.offered(sent.reading)):
            raise self.refusal(FieldNotChoice, got=got)
        return got

    def offered(self, reading: Reading | None) -> list[tuple[str, str]]:
        if self.options is None:
            return []
        if callable(self.options):
            assert reading is not None
            return list(self.options(reading))
        return [(code, _(one) if isinstance(one, str) else name_of(one)) for code, one in self.options.items()]


class Answer(Choice):
    """A choice made by the button that sends the form."""

    def input(self, reading: Reading | None = None, value: str | None = None) -> Component:
        buttons = [
            html.Button(text, type="submit", name=self.name, value=code, className="button")
            for code, text in self.offered(reading)
        ]
        return html.Div(buttons, className="pair")


@dataclass(frozen=True, eq=False)
class Number(Field[Decimal]):
    """A plain decimal: no separators, no full-width digits, no unit."""

    low: Decimal | int | None = None
    high: Decimal | int | None = None

    def _read(self, sent: Sent) -> Decimal:
        return self._decimal(sent, self.low, self.high)

    def written(self, value: Decimal) -> str:
        return format(Decimal(value), "f")


@dataclass(frozen=True, eq=False)
class Whole(Field[int]):
    """A whole number."""

    low: int = 0
    high: int = 10**12

    def _read(self, sent: Sent) -> int:
        value = self._decimal(sent, self.low, self.high)
        if value != int(value):
            raise self.refusal(FieldNotNumber, got=str(value))
        return int(value)

    def recorded(self, value: int) -> Mapping[str, object]:
        return {self.name: value}


@dataclass(frozen=True, eq=False)
class Fen(Field[int]):
    """An amount written in yuan, kept in fen."""

    low: int = 0

    def _read(self, sent: Sent) -> int:
        value = self._decimal(sent, Decimal(self.low) / 100, Decimal(HIGHEST_FEN) / 100) * 100
        if value != int(value):
            raise self.refusal(FieldNotNumber, got=str(value / 100))
        return int(value)

    def written(self, value: int) -> str:
        return f"{Decimal(value) / 100:.2f}"

    def recorded(self, value: int) -> Mapping[str, object]:
        return {f"{self.name.removesuffix('_fen')}_fen": value}


@dataclass(frozen=True, eq=False)
class Day(Field[date]):
    """A day, written 2026-11-20."""

    kind = "date"

    def _read(self, sent: Sent) -> date:
        got = self._text(sent, 10)
        try:
            return date.fromisoformat(got)
        except ValueError:
            raise self.refusal(FieldNotDay, got=got) from None


@dataclass(frozen=True, eq=False)
class Month(Field[int]):
    """A month, written 2026-07, as 202607."""

    def _read(self, sent: Sent) -> int:
        got = self._text(sent, 7)
        found = month.Month.parse(got)
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise self.refusal(FieldNotDay, got=got)
        return found

    def written(self, value: int) -> str:
        return month.Month(value).iso


@dataclass(frozen=True, eq=False)
class File(Field[tuple[str, bytes]]):
    """One file from the reader's machine: its own name without its path, and its bytes."""

    kind = "file"
    most_mb: int = LARGEST_FILE_MB

    def _read(self, sent: Sent) -> tuple[str, bytes]:
        name, content = sent.file(self.name, self.most_mb << 20)
        if not content:
            raise self.refusal(FieldMissing)
        if len(content) > self.most_mb << 20:
            raise self.refusal(FieldTooLong, limit=f"{self.most_mb} MB")
        return re.split(r"[/\\]", name)[-1][-120:] or self.name, content

    def recorded(self, value: tuple[str, bytes]) -> Mapping[str, object]:
        return {self.name: value[0]}


@dataclass(frozen=True, eq=False)
class Tick(Field[bool]):
    """A box to tick, words behind it."""

    def _read(self, sent: Sent) -> bool:
        return bool(sent.text(self.name))

    def written(self, value: bool) -> str:
        return "1" if value else ""

    def recorded(self, value: bool) -> Mapping[str, object]:
        return {self.name: value}

    def input(self, reading: Reading | None = None, value: bool | None = None) -> Component:
        return super().input(reading, value) if self.hidden else forms.tick(self.name, _(self.label), on=bool(value))


@dataclass(frozen=True, eq=False)
class Ticks(Field[list[str]]):
    """Some of many, each with a box of its own beside it."""

    def _read(self, sent: Sent) -> list[str]:
        ticked = sent.all(self.name)
        if self.required and not ticked:
            raise self.refusal(FieldMissing)
        return ticked

    def recorded(self, value: list[str]) -> Mapping[str, object]:
        return {self.name: value}

    def box(self, value: str) -> Component:
        """The box of one of them."""
        return html.Label(forms.control("checkbox", self.name, value), className="tick-box")


def blank(field: Field[T]) -> Field[T | None]:
    """The same field, for what may be left blank: None."""
    return cast("Field[T | None]", replace(field, required=False, optional=True))
