"""暂定参数（文件未明确）: what the figures rest on that no document lays down, and the administrator's form to set it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.pages.gap.reading import WhoPays
from dashboard.site.act import Deed, Done, Values, act
from dashboard.site.fields import Area, Choice, Day, Text
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from data_access.books.parameters import Setting, assumed, set_parameter, settings, written
from rules.scheme import ParameterValue, Scheme
from workflows.people.accounts import Role


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
    adoptable = [code for code, parameter in reading.scheme.parameters.items() if parameter.adoptable]
    if adoptable:
        blocks.append(docked.block(_("文件没有的制度"), [_adoptable(reading, code, given) for code in adoptable]))
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
        if set_value.open_to(reading) and reading.scheme.parameters[code].settable:
            lines.append(_form(reading, code, value))
        made.append(html.Div(lines, className="parameter"))
    return made


def _adoptable(reading: Reading, code: str, given: tuple[Setting, ...]) -> Component:
    """What the document does not know: how it stands, and the form by which the province adopts it."""
    parameter = reading.scheme.parameters[code]
    adopted = [value for value in parameter.values if value.starts_on <= reading.today][-1:]
    stands = _("未采用：本险种不设管理性缺口，不预警、不考核、不扣款。")
    if adopted and adopted[0].value is not None:
        stands = _("省定：{document}，自{day}起。", document=adopted[0].source, day=written(adopted[0].value))
    lines: list[Component] = [html.B(name_of(parameter)), html.P(stands, className="value")]
    lines += [html.P(_history(one), className="muted") for one in given if one.code == code]
    if set_value.open_to(reading):
        values: Values = {CODE: code, VALUE: "", STARTS_ON: date(reading.today.year, 1, 1)}
        since = replace(VALUE, label=N_("自何日起由地方承担（YYYY-MM-DD）"), required=True)
        document = replace(REASON, label=N_("决定文号"))
        form = set_value.form(reading, values, [CODE, (since, STARTS_ON), document])
        lines.append(html.Details([html.Summary(_("采用")), form], className="paper"))
    return html.Div(lines, className="parameter")


def _history(one: Setting) -> str:
    text = one.text if one.text is not None else _("恢复原值")
    return _(
        "{moment} {who}设为 {value}，自{day}起：{reason}",
        moment=display.moment(one.set_at),
        who=one.set_by,
        value=text,
        day=display.day_name(one.starts_on),
        reason=one.reason,
    )


def _form(reading: Reading, code: str, value: ParameterValue) -> Component:
    values: Values = {CODE: code, VALUE: written(value.value), STARTS_ON: date(reading.today.year, 1, 1)}
    return html.Details([html.Summary(_("设定")), set_value.form(reading, values)], className="paper")


CODE = Choice("code", N_("参数"), lambda reading: [(code, code) for code in reading.scheme.parameters], hidden=True)
VALUE = Text("value", N_("新值（留空为恢复原值）"), required=False)
STARTS_ON = Day("starts_on", N_("起始日期"))
REASON = Area("reason", N_("理由"), rows=2)


@act("set_parameter", N_("设定"), frozenset({Role.SYSTEM_ADMIN}), (CODE, VALUE, STARTS_ON, REASON), whole=True)
def set_value(deed: Deed) -> Done:
    """Set one assumed parameter, on record with the value before."""
    scheme, code = deed.reading.scheme, deed[CODE]
    before = set_parameter(
        deed.connection, scheme.code, code, deed[STARTS_ON], deed[VALUE], deed[REASON], deed.account.login, deed.now
    )
    return Done(
        _("“{name}”已设定，各页面即时生效，指标在下次刷新后生效。", name=before.name),
        f"{scheme.code} {code}",
        {"from": _before(scheme, code)},
    )


def _before(scheme: Scheme, code: str) -> str:
    return written(max(scheme.parameters[code].values, key=lambda value: value.starts_on).value)


ACTS = (set_value,)
