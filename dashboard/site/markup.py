"""What leaves for the browser: whatever is not alive travels as HTML, one string in one small component.

Pages are written with ``dash.html``, but the browser pays for every component it is given. So the largest parts without
a live component become one ``Html`` each; what holds a live one stays a Dash container. Alive is what is not of
``dash.html`` (a chart, an upload) and an element whose id a callback names.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from dash.development.base_component import Component

from dashboard.words.passport import Printed

NAMESPACE = "poolwatch"
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
# Their content is not text with character references, or would run.
REFUSED = frozenset(
    {
        "base",
        "embed",
        "iframe",
        "link",
        "meta",
        "noscript",
        "object",
        "plaintext",
        "script",
        "style",
        "template",
        "title",
        "xmp",
    }
)
NEWLINE_EATERS = frozenset({"listing", "pre", "textarea"})
BOOLEAN = frozenset(
    {"autoFocus", "checked", "disabled", "hidden", "multiple", "open", "readOnly", "required", "reversed", "selected"}
)
# Of a component, but no attribute of the element: ``children`` and ``style`` have their own place.
NOT_ATTRIBUTES = frozenset({"children", "style", "available_properties", "available_wildcard_properties"})
ATTRIBUTES = {
    "className": "class",
    "htmlFor": "for",
    "acceptCharset": "accept-charset",
    "key": "data-identity",
    **{
        name: name.lower()
        for name in (
            "accept",
            "action",
            "alt",
            "autoComplete",
            "colSpan",
            "cols",
            "cite",
            "dateTime",
            "dir",
            "encType",
            "formAction",
            "height",
            "href",
            "hrefLang",
            "id",
            "label",
            "lang",
            "max",
            "maxLength",
            "method",
            "min",
            "minLength",
            "name",
            "pattern",
            "placeholder",
            "rel",
            "role",
            "rowSpan",
            "rows",
            "scope",
            "size",
            "span",
            "spellCheck",
            "src",
            "srcSet",
            "start",
            "step",
            "tabIndex",
            "target",
            "title",
            "type",
            "value",
            "width",
            *BOOLEAN,
        )
    },
    "download": "download",
}
DATA = re.compile(r"(data|aria)-[a-z][a-z0-9-]*")
IN_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
TO_ESCAPE = re.compile('[&<>"\r\x00\ud800-\udfff]')
NOT_IN_STYLE = re.compile(r"[;{}<>\\\r\n\x00]")


class Html(Component):
    """One part of a page as HTML: ``html`` is one element, which ``assets/js/html.js`` puts there and keeps; ``stands``
    instead is the number of one that stands in the document already."""

    _namespace = NAMESPACE
    _type = "Html"
    _prop_names = ["html", "stands"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012

    html: str
    stands: int

    def __init__(self, html: str | None = None, *, stands: int | None = None) -> None:
        given = {"html": html, "stands": stands}
        vars(self).update({name: value for name, value in given.items() if value is not None})


class Element(Component):
    """An element that ``dash.html`` does not have, such as ``input``. It never leaves but inside an ``Html``."""

    _namespace = NAMESPACE
    _prop_names: list[str] = []  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012

    def __init__(self, tag: str, children: object = None, **attributes: object) -> None:
        self._type, self.children = tag, children
        vars(self).update(attributes)


class Markup(str):
    """HTML of one whole element."""

    __slots__ = ()


def sent(content: Any, live: Collection[str]) -> Any:
    """What a callback returns, in the form in which it is sent; ``live`` are the ids that callbacks name.

    Raises TypeError for what HTML cannot say: an unknown property, a value of an unknown type, a part that counts clicks.
    """
    if isinstance(content, (list, tuple)):
        return [sent(one, live) for one in content]
    if not isinstance(content, Component) or isinstance(content, Html):
        return content
    made = _made(content, live)
    return Html(made) if isinstance(made, Markup) else made


def escape(text: str) -> str:
    """A text as it stands in HTML, between tags or in double quotes. What HTML cannot carry (NUL, half a character) is
    shown as U+FFFD, as browsers do."""
    return TO_ESCAPE.sub(lambda found: IN_TEXT.get(found[0], "\ufffd"), text)


def _made(component: Component, live: Collection[str]) -> Markup | Component:
    """The HTML of a component, or a container where something in it is alive."""
    tag = tag_of(component)
    within = [
        _made(one, live) if isinstance(one, Component) else _text(one)
        for one in _children(getattr(component, "children", None))
    ]
    if tag and getattr(component, "id", None) not in live and all(isinstance(one, str) for one in within):
        start = start_tag(tag, component)
        if len(within) == 1 and isinstance(within[0], Printed):
            # A figure alone in an element needs none of its own.
            return Markup(f"{start[:-1]}{passport(within[0])}>{escape(within[0])}</{tag}>")
        return Markup(start + _inner(tag, within))
    if isinstance(component, Element):
        raise TypeError(f"<{component._type}> can hold nothing alive")
    container = copy.copy(component)
    if hasattr(component, "children"):
        # A single text stays one, as Dash would have it.
        made = [Markup(_printed(one)) if isinstance(one, Printed) else one for one in within]
        sendable = [Html(one) if isinstance(one, Markup) else one for one in made]
        container.children = sendable[0] if len(sendable) == 1 else sendable
    return container


def tag_of(component: Component) -> str:
    """The element of a component of ``dash.html``; "" for one that is alive by itself."""
    if isinstance(component, Element):
        return component._type
    if component._namespace != "dash_html_components":
        return ""
    return {"ObjectEl": "object", "MapEl": "map"}.get(component._type, component._type.lower())


def _children(given: Any) -> list[Any]:
    if isinstance(given, (list, tuple)):
        return [child for one in given for child in _children(one)]
    return [] if given is None else [given]


def _text(given: Any) -> str:
    """A text or number as it is read; Dash shows a whole float without its zero."""
    if type(given) is bool or not isinstance(given, (str, int, float)):
        raise TypeError(f"{given!r} is no text that a page can show")
    if isinstance(given, Printed):
        return given
    if isinstance(given, float):
        if not math.isfinite(given) or (given and not 1e-6 <= abs(given) < 1e16):
            raise TypeError(f"{given!r} is not written the same everywhere: give the text")
        return str(int(given)) if given.is_integer() else repr(given)
    return str(given)


def _inner(tag: str, within: list[Any]) -> str:
    if tag in REFUSED:
        raise TypeError(f"<{tag}> does not travel as HTML")
    content = "".join(_escaped(one) for one in within)
    if tag in VOID:
        if content:
            raise TypeError(f"<{tag}> has no content")
        return ""
    return ("\n" if tag in NEWLINE_EATERS and content.startswith("\n") else "") + f"{content}</{tag}>"


def _escaped(one: str) -> str:
    if isinstance(one, Printed):
        return _printed(one)
    return one if isinstance(one, Markup) else escape(one)


def _printed(figure: Printed) -> str:
    return f"<data{passport(figure)}>{escape(figure)}</data>"


def passport(printed: Printed) -> str:
    """The attributes that carry a figure: its key, its exact value, and how it was printed."""
    figure = printed.figure
    return f' data-figure="{escape(figure.key)}" data-value="{escape(figure.exact)}" data-as="{printed.style}"'


def start_tag(tag: str, component: Component) -> str:
    """The start tag with every property that was given; Dash keeps them in no order."""
    said = [f"<{tag}"]
    for name, value in sorted(vars(component).items()):
        if value is None or name.startswith("_") or name in NOT_ATTRIBUTES:
            continue
        said.append(_attribute(name, value))
    if style := getattr(component, "style", None):
        said.append(f' data-style="{escape(style_text(style))}"')
    return "".join(said) + ">"


def _attribute(name: str, value: Any) -> str:
    attribute = name if DATA.fullmatch(name) else ATTRIBUTES.get(name)
    if attribute is None:
        raise TypeError(f"{name} is no property of a part that is not alive")
    if isinstance(value, bool):
        if attribute == name and name.startswith(("data-", "aria-")):
            return f' {attribute}="{str(value).lower()}"'
        if name not in BOOLEAN:
            raise TypeError(f"{name} is not yes or no")
        return f' {attribute}=""' if value else ""
    if name in BOOLEAN or not isinstance(value, (str, int)):
        raise TypeError(f"{name} cannot be {value!r}")
    return f' {attribute}="{escape(str(value))}"'


def style_text(style: Mapping[str, Any]) -> str:
    """Declarations for ``data-style``: the policy forbids style attributes, so the document's style element and the
    script apply them. Raises TypeError for a value that could be more than one."""
    declarations = []
    for name, value in style.items():
        if value is None:
            continue
        if not isinstance(value, str) or NOT_IN_STYLE.search(value):
            raise TypeError(f"style {name} cannot be {value!r}")
        written = name if name.startswith("--") else re.sub("[A-Z]", lambda letter: "-" + letter[0].lower(), name)
        declarations.append(f"{written}:{value}")
    return ";".join(declarations)
