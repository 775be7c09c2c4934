"""The buttons that write a document in the background: one a format; one that this machine cannot write stays in sight with
its reason. ``assets/js/exports.js`` shows in place how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.exports.probe import Environment, Kind
from dashboard.words.wording import N_, _

NAMES: dict[Kind, str] = {
    "docx": N_("Word"),
    "docx-template": N_("Word（本单位模板）"),
    "pptx": N_("PPT"),
    "pdf": N_("PDF"),
    "pdf-as-word": N_("PDF（同Word）"),
    "xlsx": N_("Excel"),
    "zip": N_("ZIP压缩包"),
}


# Without the one that needs a template, and the one that is no document.
USUAL: tuple[Kind, ...] = tuple(kind for kind in NAMES if kind not in ("docx-template", "zip"))


def export_form(address: str, found: Environment, kinds: Sequence[Kind] = USUAL) -> Component:
    """``address`` is ``/export-job/PAGE/CODE`` with the view as its query."""
    closed = {kind: why for kind in kinds if (why := found.why_not(kind))}
    buttons = [
        html.Button(
            _(NAMES[kind]), name="kind", value=kind, type="submit", className="button", disabled=kind in closed,
            title=closed.get(kind),
        )
        for kind in kinds
    ]  # fmt: skip
    reasons = [html.P([_(NAMES[kind]), _("："), why], className="note") for kind, why in closed.items()]
    told = attributes(data_job="", data_failed=_("没有办成，请再试一次。"))
    state = html.P(className="job", role="status")
    return html.Form([html.Div(buttons, className="buttons"), state, *reasons], action=address, method="post", className="export", **told)  # fmt: skip
