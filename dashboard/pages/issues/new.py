"""登记问题: the drawer in which the province's departments enter a lead."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.pages.issues.acts import AMOUNT, FOUND_ON, register
from dashboard.site.reading import Reading
from dashboard.words.wording import _


def drawer(reading: Reading) -> Component | None:
    """The form; None where the reader may not register."""
    if not register.open_to(reading):
        return None
    form = register.form(reading, {FOUND_ON: reading.today, AMOUNT: 0})
    note = _("先登记为线索，核实后再定应追回金额")
    block = docked.block(_("登记问题"), form, note=note)
    return docked.drawer(reading, crumb=_("问题台账"), title=_("登记问题"), leading=[], blocks=[block])
