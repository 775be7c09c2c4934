"""The Dash application: knows which ids its callbacks name, and sends whatever they return in the form of ``markup``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from dash import Dash
from dash.dependencies import DashDependency
from flask import Response

from dashboard.site import markup

# A component library without a component on any page, and half of a library for browsers of before 2017.
UNUSED = re.compile(r'<script src="[^"]*/(dash_table/bundle|deps/polyfill)[^"]*"></script>')

# What Dash loads for a chart only when it is about to draw one.
CHARTS = [
    "/_dash-component-suites/dash/dcc/async-graph.js",
    "/_dash-component-suites/plotly/package_data/plotly.min.js",
]
SCRIPT = re.compile(r'<script src="([^"]+)"></script>')
RUN = re.compile(r'<script src="[^"]+"></script>|<script id="_dash-renderer".*?</script>', re.DOTALL)


class Application(Dash):
    """Dash, with one rule for all its callbacks: what is not alive leaves as HTML. ``live`` are the ids they name;
    ``document`` gives the document of a request."""

    document: Callable[[], Response]

    def __init__(self, *given: Any, **named: Any) -> None:
        self.live: set[str] = set()
        super().__init__(*given, **named)

    def callback(self, *given: Any, **named: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        self.live.update(_ids([given, named]))
        register = super().callback(*given, **named)

        def take(function: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(function)
            def answer(*values: Any, **by_name: Any) -> Any:
                return self.sent(function(*values, **by_name))

            registered: Callable[..., Any] = register(answer)
            return registered

        return take

    def clientside_callback(self, clientside_function: Any, *args: Any, **kwargs: Any) -> Any:
        self.live.update(_ids([args, kwargs]))
        return super().clientside_callback(clientside_function, *args, **kwargs)  # type: ignore[no-untyped-call]

    def index(self, *_given: Any, **_named: Any) -> Response:
        """The document of the present request, for whatever address is no other door's."""
        return self.document()

    def frame(self) -> tuple[str, list[str]]:
        """Dash's own document, the same for everyone, and its scripts, but those that nothing here needs.
        ``assets/js/first.js`` runs them when what stands in the document has been painted."""
        page = UNUSED.sub("", str(super().index()))  # type: ignore[no-untyped-call]
        sources = SCRIPT.findall(page)
        told = json.dumps({"frame": sources, "charts": CHARTS})
        named = f'<script type="application/json" id="scripts">{told}</script>'
        return RUN.sub("", page).replace("<footer>", f"<footer>{named}", 1), sources

    def sent(self, content: Any) -> Any:
        """What a callback returns as it leaves."""
        return markup.sent(content, self.live)


def _ids(given: Any) -> Iterator[str]:
    """Every id that a callback's arguments name; patterns name none."""
    if isinstance(given, DashDependency):
        if isinstance(given.component_id, str):
            yield given.component_id
    elif isinstance(given, dict):
        yield from _ids(list(given.values()))
    elif isinstance(given, (list, tuple)):
        for one in given:
            yield from _ids(one)
