"""The reader's language: every text on screen goes through here.

Source texts are Chinese; ``translations/en.po`` holds the English ones. ``_`` translates now, ``N_`` marks a text that
a table holds and that is translated when shown. ``{count:region|regions}`` in a translation is the form that fits the
count: the first for 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

NO_VALUE = "—"  # where a figure is missing, whatever the language
LANGUAGES = {"zh": "中文", "en": "English"}  # each in its own words, so not translated
HERE = Path(__file__).parent / "translations"

_language: ContextVar[str] = ContextVar("language", default="zh")


def set_language(language: str) -> None:
    """The language of what this request or thread says from now on."""
    _language.set(language if language in LANGUAGES else "zh")


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """What is said within is said in a language, whatever the reader's."""
    before = _language.set(language if language in LANGUAGES else "zh")
    try:
        yield
    finally:
        _language.reset(before)


def language() -> str:
    """``zh`` or ``en``."""
    return _language.get()


@cache
def catalogue(code: str) -> Catalog:
    """The message catalogue of a language other than Chinese."""
    with (HERE / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


@cache
def _texts(code: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalogue(code) if message.id and message.string}


def _(text: str, **values: object) -> str:
    """``text`` in the reader's language, with ``{names}`` filled in."""
    said = text if _language.get() == "zh" else _texts(_language.get()).get(text, text)
    if values and "|" in said:
        return "".join(str(piece) for piece in pieces(said, values))
    return said.format(**values) if values else said


def pieces(said: str, values: Mapping[str, object]) -> Iterator[object]:
    """What stands between the values of a translated text, and the values themselves, in order.

    gettext's own plural forms follow one number a text; half of these sentences hold two, and numbers come as shown.
    """
    for literal, name, spec, _conversion in Formatter().parse(said):
        if literal:
            yield literal
        if name is None:
            continue
        one, mark, other = (spec or "").partition("|")
        if mark:
            yield from pieces(one if str(values[name]) == "1" else other, values)
        else:
            yield format(values[name], spec) if spec else values[name]


def N_(text: str) -> str:
    """Mark a text for translation; it is translated by ``_`` when shown."""
    return text


def between() -> str:
    """What stands between two sentences: a space where the language has words with spaces."""
    return " " if language() == "en" else ""


def apart() -> str:
    """What stands between two things in a line that make no sentence: a wide space; a dot where spaces are narrow."""
    return " · " if language() == "en" else "　"


def within(text: str) -> str:
    """A text that stands alone elsewhere, as it stands within a sentence: without the capital that it begins with; a
    figure stays what it is."""
    plain = type(text) is str and language() == "en" and not text[1:2].isupper()
    return text[:1].lower() + text[1:] if plain else text


def bracketed(text: str) -> str:
    """``（亿元）`` / `` (¥ bn)``: what stands behind a name."""
    return _("（{said}）", said=text)


def name_of(thing: object) -> str:
    """The name of a region, item, scheme, source or indicator in the reader's language."""
    if language() == "en":
        return str(getattr(thing, "name_en", None) or thing.name)  # type: ignore[attr-defined]
    return str(thing.name)  # type: ignore[attr-defined]
