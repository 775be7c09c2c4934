"""HTML read back by a real HTML5 parser, as the nodes that Dash would have sent for it."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

NAMES = {
    "class": "className",
    "for": "htmlFor",
    "data-identity": "key",
    "colspan": "colSpan",
    "rowspan": "rowSpan",
    "tabindex": "tabIndex",
    "enctype": "encType",
    "datetime": "dateTime",
    "autocomplete": "autoComplete",
}
FLAGS = frozenset({"checked", "disabled", "hidden", "open", "required", "selected"})


def parsed(html: str) -> list[object]:
    """The elements (as node dictionaries) and texts of a piece of HTML, whatever element it begins with."""
    (content,) = LexborHTMLParser(f"<template>{html}</template>").template_fragments()
    return _within(content)


def as_nodes(content: object) -> object:
    """An answer's components with everything that travelled as HTML read back."""
    if isinstance(content, list):
        return [as_nodes(one) for one in content]
    if not isinstance(content, dict):
        return content
    if content.get("namespace") == "poolwatch":
        assert content["type"] == "Html"
        (node,) = parsed(content["props"]["html"])
        return node
    return {key: as_nodes(value) for key, value in content.items()}


def _within(node: LexborNode) -> list[object]:
    return [one.text_content if one.tag == "-text" else _node(one) for one in node.iter(include_text=True)]


def _node(element: LexborNode) -> dict[str, object]:
    props: dict[str, object] = {"children": _within(element)}
    for name, value in element.attributes.items():
        props[NAMES.get(name, name)] = True if name in FLAGS else value
    return {"type": str(element.tag).capitalize(), "namespace": "dash_html_components", "props": props}
