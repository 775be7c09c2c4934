"""方案测算: the general gap by other shares, weights, limits, collection or growth, beside today. Changes no data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.gap.reading import PATH, WhoPays, who_pays, with_changes
from dashboard.pages.gap.words import factor_name, region_name
from dashboard.site.act import Deed, Done, Part, act
from dashboard.site.fields import Choice, Field, Number, Text, blank
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, bracketed
from rules.general_gap import Factor
from rules.money import rounded
from workflows.gap.general import Changes, GeneralGap
from workflows.gap.scenarios import Scenario, load_scenarios, save_scenario
from workflows.people.accounts import Role

BESIDE = 3  # scenarios beside today
REGIONS_SHOWN = 15
SIDES = (
    ("income", N_("计划收入")),
    ("spent", N_("计划支出")),
    ("gap", N_("一般性收支缺口")),
    ("covered", N_("动用累计结余")),
    ("province", N_("省级财政")),
    ("local", N_("地方分担")),
)


# What each side is called today.
TODAY = {
    "income": "plan.adjusted:income_total",
    "spent": "plan.adjusted:expenditure_total",
    "gap": "gap.general",
    "covered": "gap.covered",
    "province": "gap.province",
    "local": "gap.local",
}


def scenarios(reading: Reading, year: int) -> tuple[Scenario, ...]:
    return reading.ask(load_scenarios, reading.scheme.code, year)


def chosen(reading: Reading, known: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """Those the view names (``show`` is their numbers), else the newest two."""
    wanted = [part for part in reading.view.show.split(".") if part.isdigit()]
    named = tuple(one for one in known if str(one.id) in wanted)
    return (named or known[:2])[:BESIDE]


def scenario_page(reading: Reading, found: WhoPays) -> Component:
    """The form at the left, today and the chosen scenarios side by side at the right."""
    if found.general is None:
        return parts.message(_("{year}年还没有收支计划。", year=found.year))
    known = scenarios(reading, found.year)
    shown = chosen(reading, known)
    table, regions = compare_table(reading, found, shown), region_table(reading, found, shown)
    right = [
        parts.section(
            _("现行与方案"),
            html.Div(html_table(table), className="scroll"),
            note=_("亿元 · 方案（不影响实际数据）"),
            actions=[frame.exports(PATH, "scenarios", reading.view)],
            foot=_differences(found, shown),
        ),
        parts.section(
            _("地方分担较多的市县"),
            html.Div(html_table(_cut(regions)), className="scroll"),
            note=_("应上解，亿元"),
            actions=[frame.exports(PATH, "scenario-regions", reading.view)],
        )
        if regions.rows
        else html.P(_("现行和所选方案都不需要地方分担。"), className="foot"),
    ]
    left = [_form(reading, found)] if save.open_to(reading) else []
    left.append(_saved(reading, known, shown))
    return html.Div(
        [
            parts.conclusion(_first(found, shown), _("测算只用计划数和所填条件，结果不写入任何台账。")),
            html.Div([html.Div(left), html.Div(right)], className="split scenario"),
        ]
    )


def _first(found: WhoPays, shown: tuple[Scenario, ...]) -> list[Child]:
    assert found.general is not None
    if not shown:
        return [_("还没有保存的方案。填写条件后保存，即与现行并列。")]
    first = with_changes(found, shown[0].changes)
    assert first is not None
    return sentence(
        N_("按“{name}”，缺口{gap}亿元，省级财政{province}亿元，地方分担{local}亿元；现行地方分担{today}亿元。"),
        name=shown[0].name,
        gap=Strong(found.registered("scenario", first.gap_fen, f"{shown[0].id}.gap")),
        province=Strong(found.registered("scenario", first.province_fen, f"{shown[0].id}.province")),
        local=Strong(found.registered("scenario", first.local_fen, f"{shown[0].id}.local")),
        today=Strong(found.planned("gap.local", found.general.local_fen)),
    )


def _figures(general: GeneralGap) -> dict[str, int]:
    plan = general.plan
    return {
        "income": plan.income_fen,
        "spent": plan.expenditure_fen,
        "gap": general.gap_fen,
        "covered": general.covered_fen,
        "province": general.province_fen,
        "local": general.local_fen,
    }


def compare_table(reading: Reading, found: WhoPays, shown: tuple[Scenario, ...]) -> Table:
    """Rows are the terms of the equation, columns today and the scenarios, with the difference to today."""
    assert found.general is not None
    today = _figures(found.general)
    made = {str(one.id): _figures(made) for one in shown if (made := with_changes(found, one.changes)) is not None}
    columns = [Column("term", _("项目")), Column("today", _("现行"), "money")]
    for one in shown:
        columns += [Column(f"s{one.id}", one.name, "money"), Column(f"d{one.id}", _("比现行"), "money", signed=True)]
    rows = []
    for code, name in SIDES:
        what, _mark, part = TODAY[code].partition(":")
        values: dict[str, object] = {"term": _(name), "today": found.planned(what, today[code], part).figure}
        for one in shown:
            part, fen = f"{one.id}.{code}", made[str(one.id)][code]
            values |= {
                f"s{one.id}": found.now.figure("scenario", fen, part=part),
                f"d{one.id}": found.now.figure("scenario.change", fen - today[code], part=part),
            }
        rows.append(Row(values, style="total" if code == "gap" else ""))
    return Table("scenarios", _("方案测算") + bracketed(_("方案（不影响实际数据）")), columns, rows)


def region_table(reading: Reading, found: WhoPays, shown: tuple[Scenario, ...]) -> Table:
    """What each unit would hand over, the most first; units that never would are left out."""
    assert found.general is not None
    all_made = [found.general, *(made for one in shown if (made := with_changes(found, one.changes)) is not None)]
    payable = [{share.code: share.payable_fen for share in made.shares} for made in all_made]
    codes = sorted(
        {code for one in payable for code, fen in one.items() if fen},
        key=lambda c: (-max(p.get(c, 0) for p in payable), c),
    )
    columns = [
        Column("region", _("地区")),
        Column("today", _("现行"), "money"),
        *(Column(f"s{one.id}", one.name, "money", what=f"scenario.payable:{one.id}") for one in shown),
    ]
    keys = [f"s{one.id}" for one in shown]
    rows = [
        Row(
            {
                "region": region_name(reading.tree, code),
                "today": found.about.figure("gap.unit.payable", payable[0].get(code, 0), place=code),
                **{key: one.get(code, 0) for key, one in zip(keys, payable[1:], strict=True)},
            },
            place=code,
        )
        for code in codes
    ]
    title = _("方案测算：分地区") + bracketed(_("方案（不影响实际数据）"))
    return Table("scenario-regions", title, columns, rows, about=found.now)


def _cut(table: Table) -> Table:
    return replace(table, rows=table.rows[:REGIONS_SHOWN])


def _differences(found: WhoPays, shown: tuple[Scenario, ...]) -> list[Component]:
    """What each scenario sets otherwise, in words."""
    return [html.Div([html.B(one.name), "：", words(one.changes)]) for one in shown]


def words(changes: Changes) -> str:
    """A scenario's conditions on one line."""
    said = []
    for value, text in (
        (changes.province_share, N_("省级分担比例 {value}")),
        (changes.surplus_share, N_("结余可动用比例 {value}")),
        (changes.county_share, N_("县级分担比例 {value}")),
        (changes.benefit_growth, N_("退休待遇支出增长 {value}%")),
    ):
        if value is not None:
            said.append(_(text, value=format(value, "f")))
    if changes.reserve_floor_fen is not None:
        said.append(_("结余保底 {value} 亿元", value=display.money(changes.reserve_floor_fen)))
    if changes.clamp is not None:
        said.append(
            _("因素倍数 {low} 至 {high}", low=format(changes.clamp[0], "f"), high=format(changes.clamp[1], "f"))
        )
    if changes.weights:
        said.append(
            _("权重 {weights}", weights="、".join(f"{name} {value:f}" for name, value in changes.weights.items()))
        )
    if changes.collection:
        values = sorted(set(changes.collection.values()))
        text = f"{values[0]:f}%" if len(values) == 1 else f"{values[0]:f}%…{values[-1]:f}%"
        said.append(_("{count}个市县征缴变动 {value}", count=len(changes.collection), value=text))
    return _("，").join(said) if said else _("与现行相同")


def _saved(reading: Reading, known: tuple[Scenario, ...], shown: tuple[Scenario, ...]) -> Component:
    on = [str(one.id) for one in shown]
    lines = []
    for one in known:
        number = str(one.id)
        others = [n for n in on if n != number] if number in on else [number, *on][:BESIDE]
        link = html.A(_("移出") if number in on else _("并列"), href=reading.view.href(show=".".join(others)))
        who = f"{one.made_by_name} {display.moment(one.made_at)}"
        lines.append(html.Li([html.B(one.name), html.Span(who, className="muted"), link]))
    body: Component = (
        html.Ul(lines, className="journal") if lines else html.P(_("还没有保存的方案。"), className="foot")
    )
    return parts.section(_("已存方案"), body)


# --- the form


def _cities(reading: Reading) -> list[tuple[str, str]]:
    codes = reading.tree.children(reading.tree.root, reading.today)
    return [("", _("不另定")), *((code, region_name(reading.tree, code)) for code in codes)]


def _share(name: str, label: str) -> Field[Decimal | None]:
    return blank(Number(name, label, low=0, high=1))


def _percent(name: str, label: str, note: str = "") -> Field[Decimal | None]:
    return blank(Number(name, label, low=-100, high=100, note=note))


NAME = Text("name", N_("方案名称"), most=40)
PROVINCE_SHARE = _share("province_share", N_("省级分担比例"))
SURPLUS_SHARE = _share("surplus_share", N_("结余可动用比例"))
RESERVE_FLOOR = blank(Number("reserve_floor", N_("结余保底（亿元）"), low=0, high=10**6))
CLAMP_LOW = blank(Number("clamp_low", N_("因素倍数下限"), low=0, high=10))
CLAMP_HIGH = blank(Number("clamp_high", N_("因素倍数上限"), low=0, high=10))
BENEFIT_GROWTH = _percent("benefit_growth", N_("退休待遇支出增长（%）"))
COUNTY_SHARE = _share("county_share", N_("县级分担比例"))
COLLECTION = _percent("collection_all", N_("全省征缴变动（%）"), N_("保费计划的增减，如 -2"))
CITY = blank(Choice("city", N_("某市另定"), _cities))
COLLECTION_CITY = _percent("collection_city", N_("该市征缴变动（%）"))
FIELDS = (
    NAME,
    (PROVINCE_SHARE, SURPLUS_SHARE, RESERVE_FLOOR),
    (CLAMP_LOW, CLAMP_HIGH, BENEFIT_GROWTH),
    COUNTY_SHARE,
    COLLECTION,
    (CITY, COLLECTION_CITY),
)


def weight_of(factor: Factor) -> Field[Decimal | None]:
    """The field of one factor's weight."""
    return _share(f"weight-{factor.name}", factor_name(factor))


def _form(reading: Reading, found: WhoPays) -> Component:
    """Every field shows today's value; what is left as it is stays as it is."""
    assert found.general is not None
    whole, split = found.general.whole, found.general.split
    # What is typed is in 亿元 in either language, as what is read back is.
    floor = rounded(Fraction(whole.reserve_floor_fen, display.UNITS["yi"].fen), 2)
    values: dict[Field[Any], Any] = {
        PROVINCE_SHARE: whole.province_share,
        SURPLUS_SHARE: whole.surplus_share,
        RESERVE_FLOOR: floor,
        CLAMP_LOW: whole.clamp[0],
        CLAMP_HIGH: whole.clamp[1],
        BENEFIT_GROWTH: 0,
        COLLECTION: 0,
        COLLECTION_CITY: 0,
    }
    shown: list[Part] = [*FIELDS[:3]]
    if split is not None and split.county_share is not None:
        values[COUNTY_SHARE] = split.county_share
        shown.append(COUNTY_SHARE)
    if split is not None and split.factors:
        weights = {weight_of(one): one.weight for one in split.factors}
        values |= weights
        shown += [html.P(_("各因素权重，合计须为1"), className="muted"), (*weights,)]
    elif found.general.unweighted:
        shown.append(html.P(_("分担因素数据未录入，按各地缺口分摊。"), className="muted"))
    body = save.form(reading, values, [*shown, *FIELDS[4:]])
    return parts.section(_("测算条件"), body, note=_("方案（不影响实际数据）"))


@act("save_scenario", N_("保存并测算"), frozenset({Role.MONITOR, Role.ASSESSOR, Role.FINANCE}), FIELDS, whole=True)
def save(deed: Deed) -> Done:
    """Save a scenario and show it beside today. Raises InputError for weights that do not sum to 1."""
    reading = deed.reading
    found = who_pays(reading)
    changes = read_changes(deed, found)
    name = deed[NAME]
    with_changes(found, changes)  # refuses what the rule refuses before anything is saved
    by = (deed.account.login, deed.account.name)
    number = save_scenario(deed.connection, reading.scheme.code, found.year, name, changes, by, deed.now)
    href = reading.view.href(tab="scenarios", show=str(number))
    return Done(_("方案“{name}”已保存。", name=name), f"{reading.scheme.code} scenario {number}", href=href)


def read_changes(deed: Deed, found: WhoPays) -> Changes:
    """What the form sets otherwise than today; a field that says what holds today sets nothing."""
    assert found.general is not None
    whole, split = found.general.whole, found.general.split

    def differs(field: Field[Decimal | None], today: Decimal | int | None) -> Decimal | None:
        value = deed[field]
        return None if value == today else value

    floor = differs(RESERVE_FLOOR, Decimal(whole.reserve_floor_fen) / 10**10)
    low, high = differs(CLAMP_LOW, whole.clamp[0]), differs(CLAMP_HIGH, whole.clamp[1])
    weights = {}
    for factor in split.factors if split is not None else ():
        weight = differs(weight_of(factor), factor.weight)
        if weight is not None:
            weights[factor.name] = weight
    return Changes(
        province_share=differs(PROVINCE_SHARE, whole.province_share),
        surplus_share=differs(SURPLUS_SHARE, whole.surplus_share),
        reserve_floor_fen=None if floor is None else int(floor * 10**10),
        county_share=differs(COUNTY_SHARE, split.county_share if split else None),
        weights=weights,
        clamp=None if low is None and high is None else (low or whole.clamp[0], high or whole.clamp[1]),
        collection=_collection(deed, found),
        benefit_growth=differs(BENEFIT_GROWTH, 0),
    )


def _collection(deed: Deed, found: WhoPays) -> Mapping[str, Decimal]:
    """Each unit's change of premium in %: the province's, or its city's own where one is given."""
    everywhere, city = deed[COLLECTION], deed[CITY]
    own = None if city is None else deed[COLLECTION_CITY]
    inside = frozenset(deed.reading.tree.subtree(city)) if city is not None and own is not None else frozenset[str]()
    assert found.plan is not None
    changes = {unit.code: own if unit.code in inside else everywhere for unit in found.plan.units}
    return {code: change for code, change in changes.items() if change}


ACTS = (save,)
