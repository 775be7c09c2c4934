"""Scenarios 方案 as readers choose among them: the selector of the heading, what else stands there, every version saved."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, frame, parts
from dashboard.components.parts import Child
from dashboard.pages.outlook import assumed
from dashboard.pages.outlook.acts import save
from dashboard.pages.outlook.bring import bring
from dashboard.pages.outlook.chosen import scenarios
from dashboard.pages.outlook.reading import PATH, Outlook
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _
from data_access.books.parameters import settings
from rules.projection.assumptions import ASSUMPTIONS
from workflows.outlook.scenarios import Scenario

COMPARING = "compare"  # the tab
BESIDE = 3  # scenarios beside the base
OFFERED = 8  # of the newest names in the selector; the rest stand under 历史


def newest(known: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """The newest version of each name, newest first."""
    names: dict[str, Scenario] = {}
    for one in known:
        names.setdefault(one.name, one)
    return tuple(names.values())


def once(several: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Each of several once, in their order."""
    return tuple({one.id: one for one in several}.values())


def title(one: Scenario) -> str:
    """Its name, from the second version on with the version."""
    return one.name if one.version == 1 else _("{name}（第{version}版）", name=one.name, version=one.version)


def saved(one: Scenario) -> str:
    """11月6日 陈某某: when and by whom."""
    return f"{display.short_day(display.local(one.made_at).date())} {one.made_by_name}"


def actions(reading: Reading, found: Outlook) -> list[Component]:
    """方案 基准，11月6日算 · 比较 · 另存方案 · 带入会议材料."""
    view, known = reading.view, scenarios(reading)
    made: list[Component] = [_selector(reading, found, known)]
    made.append(html.A(_("比较"), href=comparing(reading, compared(reading, found)), className="button"))
    if save.open_to(reading):
        made.append(html.A(_("另存方案"), href=view.href(item="scenario"), className="button"))
    made.append(frame.exports(PATH, "figures", view, label=_("导出数字")))
    if bring.open_to(reading):
        made.append(html.A(_("带入会议材料"), href=view.href(item="bring"), className="button main"))
    return made


def _selector(reading: Reading, found: Outlook, known: Sequence[Scenario]) -> Component:
    view, one = reading.view, found.scenario
    day = display.short_day(display.local(found.computed_at).date())
    base = _("基准，{day}算", day=day) if one is None else title(one)
    label: list[Child] = [html.Span(_("方案"), className="muted"), " ", html.Span(base)]
    entries: list[Child] = [parts.option(_("基准"), view.href(set="", item=""), one is None)]
    entries += [
        parts.option(title(each), view.href(set=str(each.id), item=""), each == one, saved(each))
        for each in newest(known)[:OFFERED]
    ]
    if known:
        entries += [html.Hr(), parts.option(_("全部版本"), view.href(item="history"))]
    return parts.menu(label, entries, className="right", title=_("方案"))


def compared(reading: Reading, found: Outlook | None = None) -> tuple[Scenario, ...]:
    """Those that the view puts beside the base (``show`` is their numbers); else the one looked at and the newest."""
    known = scenarios(reading)
    wanted = reading.view.show.split(".") if reading.view.tab == COMPARING else []
    named = [one for number in wanted for one in known if str(one.id) == number]
    if named:
        return once(named)[:BESIDE]
    looked_at = [found.scenario] if found is not None and found.scenario is not None else []
    return once([*looked_at, *newest(known)])[:BESIDE]


def comparing(reading: Reading, chosen: Sequence[Scenario]) -> str:
    """The address of a comparison."""
    numbers = ".".join(str(one.id) for one in chosen)
    return reading.view.href(tab=COMPARING, show=numbers, set="", sizes="", item="", shock="", variant="")


# --- 历史


def history(reading: Reading) -> list[Component]:
    """Every version of every scenario, and what was set of the base's assumptions."""
    known = scenarios(reading)
    lines = [_version(reading, one) for one in known]
    body: Component = (
        html.Ul(lines, className="journal") if lines else html.P(_("还没有保存的方案。"), className="note")
    )
    codes = {kind.parameter: code for code, kind in ASSUMPTIONS.items()}
    given = [one for one in reading.ask(settings, reading.scheme.code) if one.code in codes]
    were = [
        html.Li(
            _(
                "{moment} {who}设{name}为 {value}，自{day}起：{reason}",
                moment=display.moment(one.set_at),
                who=one.set_by,
                name=assumed.name(codes[one.code]),
                value=_("恢复原值") if one.text is None else one.text,
                day=display.day_name(one.starts_on),
                reason=one.reason,
            ),
            className="written norm",
        )
        for one in reversed(given)
    ]
    none = html.P(_("基准参数没有设定过，按制度参数文件。"), className="note")
    return [
        docked.block(_("方案"), body, right=_("{count}个", count=len(known)) if known else ""),
        docked.block(_("基准参数"), html.Ul(were, className="journal") if were else none),
    ]


def _version(reading: Reading, one: Scenario) -> Component:
    link = html.A(_("查看"), href=reading.view.href(set=str(one.id), item="", tab="", show=""))
    differs = html.P(assumed.differences(one.changes.values()), className="norm")
    reason = html.P(one.reason, className="written")
    return html.Li([html.B(title(one)), html.Span(saved(one), className="muted"), link, differs, reason])
