"""暂定参数（文件未明确）: what the figures rest on that no document lays down, and the administrator's form to set it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, forms
from dashboard.pages.gap.reading import WhoPays
from dashboard.site import access
from dashboard.site.acting import Deed, Done, act_form
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _, name_of
from data_access.books.parameters import Setting, assumed, set_parameter, settings, written
from rules.errors import NotAllowed
from rules.scheme import ParameterValue, Scheme


def value_words(value: object) -> str:
    """A parameter's value on one line: factors by name and weight, else as it is written."""
    if isinstance(value, list) and all(isinstance(one, Mapping) and "weight" in one for one in value):
        return "；".join(f"{one.get('label') or one['name']} {one['weight']}" for one in value)
    return written(value)


def drawer(reading: Reading, found: WhoPays) -> Component:
    """Those that the general gap rests on first, then the scheme's others; each with its reason and what was set."""
    rests_on = {value.name for value in found.general.rests_on} if found.general else set()
    named = {parameter.name: code for code, parameter in reading.scheme.parameters.items()}
    values = assumed(reading.scheme, reading.today)
    given = reading.ask(settings, reading.scheme.code)
    first = [value for value in values if value.name in rests_on]
    rest = [value for value in values if value.name not in rests_on]
    blocks = [
        docked.block(_("本页数字所依据的"), _listed(reading, first, named, given)),
        docked.block(_("其他暂定参数"), _listed(reading, rest, named, given)),
    ]
    said = _("文件没有明确的，按下列数值测算；由系统管理员设定，须写明日期和理由。文件已规定的不能在此更改。")
    blocks.insert(0, html.P(said, className="muted"))
    return docked.drawer(reading, crumb=_("缺口分担"), title=_("暂定参数（文件未明确）"), leading=[], blocks=blocks)


def _listed(
    reading: Reading, values: list[ParameterValue], named: Mapping[str, str], given: tuple[Setting, ...]
) -> list[Component] | str:
    if not values:
        return _("没有。")
    made: list[Component] = []
    for value in values:
        code = named[value.name]
        lines = [
            html.B(name_of(reading.scheme.parameters[code])),
            html.P(value_words(value.value), className="value"),
            html.P(value.reason or "", className="muted"),
        ]
        lines += [html.P(_history(one), className="muted") for one in given if one.code == code]
        if access.may_do(reading.scope, "set_parameter"):
            lines.append(_form(reading, code, value))
        made.append(html.Div(lines, className="parameter"))
    return made


def _history(one: Setting) -> str:
    text = one.text if one.text is not None else _("恢复原值")
    return _("{moment} {who}设为 {value}，自{day}起：{reason}", moment=display.moment(one.set_at), who=one.set_by, value=text,
             day=display.day_name(one.starts_on), reason=one.reason)  # fmt: skip


def _form(reading: Reading, code: str, value: ParameterValue) -> Component:
    fields = [
        forms.hidden("code", code),
        forms.write("value", _("新值（留空为恢复原值）"), written(value.value)),
        forms.day("starts_on", _("起始日期"), f"{reading.today.year}-01-01", required=True),
        forms.area("reason", _("理由"), rows=2, required=True),
    ]
    return html.Details(
        [html.Summary(_("设定")), act_form(reading.view, "set_parameter", fields, button=_("设定"))], className="paper"
    )


def set_value(deed: Deed) -> Done:
    """Set one assumed parameter, on record with the value before."""
    if not deed.reading.sees_siblings:
        raise NotAllowed("parameters are the province's", region=deed.reading.scope.region)
    form, scheme = deed.form, deed.reading.scheme
    code = form.choice("code", _("参数"), tuple(scheme.parameters))
    starts_on, reason = form.day("starts_on", _("起始日期")), form.text("reason", _("理由"))
    text = form.text("value", _("新值"), required=False)
    before = set_parameter(deed.connection, scheme.code, code, starts_on, text, reason, deed.account.login, deed.now)
    details = {"from": _before(scheme, code), "to": text, "starts_on": starts_on.isoformat(), "reason": reason}
    return Done(
        _("“{name}”已设定，各页面即时生效，指标在下次刷新后生效。", name=before.name), f"{scheme.code} {code}", details
    )


def _before(scheme: Scheme, code: str) -> str:
    return written(max(scheme.parameters[code].values, key=lambda value: value.starts_on).value)


ACTS: Mapping[str, Callable[[Deed], Done]] = {"set_parameter": set_value}
