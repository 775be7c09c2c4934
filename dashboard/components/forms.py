"""Fields of the forms by which readers act; names and wording are the caller's, the looks are here.

Dash has no plain form controls (its own send nothing with a form), so a field is a place that names its control and
``assets/behaviour.js`` puts the browser's own control there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child

Kind = Literal["text", "date", "password", "file", "checkbox", "radio", "hidden", "area", "select"]


def control(
    kind: Kind,
    name: str,
    value: str = "",
    *,
    placeholder: str = "",
    required: bool = False,
    on: bool = False,
    rows: int = 3,
    options: Sequence[tuple[str, str]] = (),
) -> Component:
    """The bare control. ``on`` ticks a box; ``options`` are a select's (value, text)."""
    data = attributes(
        data_kind=kind,
        data_name=name,
        data_value=value,
        data_placeholder=placeholder or None,
        data_required="1" if required else None,
        data_on="1" if on else None,
        data_rows=str(rows) if kind == "area" else None,
        data_options=json.dumps([list(option) for option in options], ensure_ascii=False) if options else None,
    )
    return html.Span(className="in", **data)


def field(label: str, inside: Component, note: str = "") -> Component:
    """A labelled control; the whole of it is the label, so that a click on the words focuses it."""
    content: list[Child] = [html.Span(label, className="name"), inside]
    if note:
        content.append(html.Small(note))
    return html.Label(content, className="field")


def tick(name: str, label: str, value: str = "1", *, on: bool = False) -> Component:
    """A box to tick, words behind it."""
    return html.Label([control("checkbox", name, value, on=on), html.Span(label)], className="tick-box")


def hidden(name: str, value: str) -> Component:
    """What the act needs and the reader need not see, e.g. the row version the page showed."""
    return control("hidden", name, value)


def row(*fields: Component) -> Component:
    """Fields side by side."""
    return html.Div(list(fields), className="fields")
