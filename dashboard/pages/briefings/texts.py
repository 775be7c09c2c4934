"""Sentences of a briefing in pieces: texts, figures with their passports, and words that follow from the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dash.development.base_component import Component

from dashboard.words import display
from dashboard.words.passport import Figure, Printed
from dashboard.words.worded import Dated, Turn, Words
from dashboard.words.wording import N_, _, between, pieces, within

# Above zero, below it, zero.
PACE: Words = (N_("快于"), N_("慢于"), N_("快于"))
GROWTH: Words = (N_("增长"), N_("下降"), N_("增长"))
RESULT: Words = (N_("收支结余"), N_("收支缺口"), N_("收支结余"))
CHANGE: Words = (N_("增加"), N_("减少"), N_("增加"))

Text = list[str]


def said(text: str, **values: str | Sequence[str]) -> Text:
    """A translated sentence in pieces; a value may be pieces that were made before."""
    made: Text = []
    for piece in pieces(_(text), values):
        made += [piece] if isinstance(piece, str) else list(piece)  # type: ignore[call-overload]
    return made


def turned(figure: Figure, words: Words) -> tuple[Turn, Printed]:
    """A word that a figure's sign decides, and the figure without its sign."""
    return Turn(figure, words), display.printed(figure, absolute=True)


def dated(form: str, month: int) -> Dated:
    return Dated(form, month)  # type: ignore[arg-type]


def joined(parts: Sequence[Sequence[str]], by: str) -> Text:
    """Texts one after the other with something between them."""
    made: Text = []
    for place, part in enumerate(parts):
        made += [by, *part] if place else part
    return made


def sentences(*texts: Sequence[str]) -> Text:
    """Whole sentences one after the other, as the language sets them apart."""
    return (
        joined([text for text in texts if text], between())
        if between()
        else [piece for text in texts for piece in text]
    )


def inside(text: Text) -> Text:
    """A text as it stands within a sentence."""
    return [within(text[0]), *text[1:]] if text else text


def flat(children: object) -> Text:
    """A sentence of a page in pieces: what is set in bold or linked there is plain here."""
    if children is None:
        return []
    if isinstance(children, str):
        return [children] if type(children) in (str, Printed, Turn, Dated) else [str.__str__(children)]
    if isinstance(children, Component):
        return flat(getattr(children, "children", None))
    if isinstance(children, Iterable):
        return [piece for child in children for piece in flat(child)]
    return [str(children)]
