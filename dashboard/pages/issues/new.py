"""登记问题: the drawer in which the province's departments enter a lead."""

from __future__ import annotations

from collections.abc import Mapping

from dash.development.base_component import Component

from dashboard.components import drawer as docked, forms
from dashboard.pages.issues import words as words
from dashboard.site import access
from dashboard.site.acting import act_form
from dashboard.site.attaching import field as file_field
from dashboard.site.reading import Reading
from dashboard.words.wording import _, name_of
from rules.violations import CATEGORIES, DEPARTMENTS, ORIGINS, SIDES, Named


def drawer(reading: Reading) -> Component | None:
    """The form; None where the reader may not register."""
    if not access.may_do(reading.scope, "issue_register") or not reading.sees_siblings:
        return None
    regions = [(code, words.place(reading, code)) for code in reading.tree.subtree(reading.region)]
    fields = [
        forms.choose("region", _("地区"), regions),
        forms.row(_choose("origin", _("来源"), ORIGINS), _choose("side", _("四位一体"), SIDES)),
        forms.row(_choose("category", _("类别"), CATEGORIES), _choose("department", _("责任部门"), DEPARTMENTS)),
        forms.write("title", _("问题"), required=True),
        forms.row(
            forms.day("found_on", _("发现日期"), reading.today.isoformat(), required=True),
            forms.day("due_on", _("整改期限")),
        ),
        forms.row(
            forms.write("amount", _("涉及金额（元）"), "0", required=True), forms.write("persons", _("涉及人数"))
        ),
        forms.area("evidence", _("依据"), rows=2, required=True),
        file_field(),
    ]
    form = act_form(reading.view, "issue_register", fields, button=_("登记线索"))
    note = _("先登记为线索，核实后再定应追回金额")
    block = docked.block(_("登记问题"), form, note=note)
    return docked.drawer(reading, crumb=_("问题台账"), title=_("登记问题"), leading=[], blocks=[block])


def _choose(name: str, label: str, named: Mapping[str, Named]) -> Component:
    return forms.choose(name, label, [(code, name_of(one)) for code, one in named.items()])
