"""The general gap in one line, and where the money comes from; also as a table for files."""

from __future__ import annotations

from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, sentence
from dashboard.components.table import Column, Row, Table
from dashboard.pages.gap.reading import WhoPays
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL


def _term(label: str, amount: Printed, note: Child | list[Child] = "") -> Component:
    lines = [html.Div(label, className="label"), html.Div(amount, className="figure")]
    return html.Div([*lines, html.Div(note, className="line")], className="term")


def _sign(text: str) -> Component:
    return html.Div(text, className="sign")


def equation(found: WhoPays) -> Component:
    """计划支出 − 计划收入 = 缺口 → 结余 + 省级 + 地方, and the three ways to count the gap."""
    general, plan = found.general, found.plan
    assert general is not None and plan is not None
    free = (
        _("今年无需分担")
        if not general.local_fen
        else _("{count}个市县", count=sum(1 for s in general.shares if s.payable_fen))
    )
    gap_note = _("没有缺口")
    if general.gap_fen:
        gap_note = _("计划内，由省统筹解决") if general.covered_fen == general.gap_fen else _("计划内，各级共同分担")
    line = html.Div(
        [
            _term(_("计划支出"), found.planned("plan.adjusted", plan.expenditure_fen, EXPENDITURE_TOTAL)),
            _sign("−"),
            _term(_("计划收入"), found.planned("plan.adjusted", plan.income_fen, INCOME_TOTAL)),
            _sign("="),
            _term(_("一般性收支缺口"), found.planned("gap.net", plan.expenditure_fen - plan.income_fen), gap_note),
            _sign("→"),
            _term(
                _("动用累计结余"),
                found.planned("gap.covered", general.covered_fen),
                sentence(N_("可用结余 {amount}"), amount=found.planned("gap.pool", general.pool_fen)),
            ),
            _sign("+"),
            _term(_("省级财政"), found.planned("gap.province", general.province_fen)),
            _sign("+"),
            _term(_("地方分担"), found.planned("gap.local", general.local_fen), free),
        ],
        className="line-of-terms",
    )
    return html.Section([line, _three_sums(found)], className="equation", **attributes(aria_label=_("一般性收支缺口")))


def _three_sums(found: WhoPays) -> Component:
    pairs: list[Component] = []
    for place, (term, shown) in enumerate(_sums(found)):
        pairs += [html.Dt(term), html.Dd(shown if place else html.B(shown))]
    pairs += [html.Dt(note) for note in _rounded(found)]
    return html.Dl(pairs, className="sums")


def _sums(found: WhoPays) -> list[tuple[str, Printed]]:
    """The three ways to count the gap, the net one first, and what the province manages itself."""
    plan = found.plan
    assert plan is not None
    sums = [
        (_("净额口径"), found.planned("gap.net", plan.expenditure_fen - plan.income_fen)),
        (
            _("仅赤字地区合计（{count}个市县）", count=len(plan.deficits)),
            found.planned("gap.deficits", sum(plan.deficits.values())),
        ),
        (_("盈余地区合计（省统一调度使用）"), found.planned("gap.surpluses", plan.surplus_fen)),
    ]
    if plan.managed_fen:
        sums.append((_("省统一管理项目净额（补助、调剂等）"), found.planned("gap.managed", plan.managed_fen)))
    return sums


def _rounded(found: WhoPays) -> list[str]:
    """That terms as they are read do not make what they sum to."""
    general = found.general
    assert general is not None
    net, deficits, *less = (shown for _term, shown in _sums(found))
    paid = [
        found.planned(what, fen)
        for what, fen in (
            ("gap.covered", general.covered_fen),
            ("gap.province", general.province_fen),
            ("gap.local", general.local_fen),
        )
    ]
    whole = found.planned("gap.general", general.gap_fen)
    return sorted({display.rounding_note([deficits], less, net), display.rounding_note(paid, [], whole)} - {""})


def sources(reading: Reading, found: WhoPays) -> Component:
    """Two bars of one length, planned expenditure and where its money comes from; under them what rests on what."""
    paid = _paid_from(found)
    shares = [(float(share.figure.value or 0) / 100, colour) for _name, _amount, share, colour in paid]
    legend = [
        html.Span(
            [
                html.Span(className=f"swatch {colour}"),
                *sentence(
                    N_("{name} {amount} 占{share}%"),
                    name=name,
                    amount=amount,
                    share=share,
                ),
            ]
        )
        for name, amount, share, colour in paid
        if amount.figure.value
    ]
    rows = [
        html.Div(
            [html.Span(_("计划支出"), className="label"), parts.stack([(1.0, "fill-brown")])], className="bar-row"
        ),
        html.Div([html.Span(_("资金来源"), className="label"), parts.stack(shares)], className="bar-row"),
        html.Div([html.Div(_basis(reading, found)), html.Div(legend, className="legend")], className="under"),
    ]
    return html.Div(rows, className="sources")


def _paid_from(found: WhoPays) -> list[tuple[str, Printed, Printed, str]]:
    """What planned expenditure is paid from: name, amount, share of it, colour."""
    general, plan = found.general, found.plan
    assert general is not None and plan is not None
    whole = max(plan.expenditure_fen, 1)
    amounts = (
        (_("当年收入"), "gap.from_income", min(plan.income_fen, plan.expenditure_fen), "fill-part"),
        (_("动用结余"), "gap.covered", general.covered_fen, "fill-accent"),
        (_("省级财政"), "gap.province", general.province_fen, "fill-3"),
        (_("地方分担"), "gap.local", general.local_fen, "fill-pale"),
    )
    return [
        (name, found.planned(what, fen), found.planned("gap.share", Fraction(fen * 100, whole), what), colour)
        for name, what, fen, colour in amounts
    ]


def terms_table(reading: Reading, found: WhoPays) -> Table | None:
    """Every term of the line, and what it is paid from, for files; None where the province has no plan or a region is
    looked at."""
    general, plan, without = found.general, found.plan, found.without_surplus
    if general is None or plan is None or not reading.is_province:
        return None
    columns = (
        Column("term", _("项目")),
        Column("amount", _("金额"), "money"),
        Column("share", _("占计划支出"), "percent"),
    )
    paid = _paid_from(found)
    terms: list[tuple[str, Printed]] = [
        (_("计划支出"), found.planned("plan.adjusted", plan.expenditure_fen, EXPENDITURE_TOTAL)),
        (_("计划收入"), found.planned("plan.adjusted", plan.income_fen, INCOME_TOTAL)),
        (_("一般性收支缺口"), found.planned("gap.net", plan.expenditure_fen - plan.income_fen)),
    ]
    after = [(_("可用结余"), found.planned("gap.pool", general.pool_fen)), *_sums(found)[1:]]
    if without is not None:
        after += [
            (_("假如不动用结余：省级"), found.planned("gap.province.without_surplus", without.province_fen)),
            (_("假如不动用结余：地方"), found.planned("gap.local.without_surplus", without.local_fen)),
        ]
    rows = [
        *(Row({"term": name, "amount": amount.figure}) for name, amount in terms),
        *(
            Row({"term": name, "amount": amount.figure, "share": share.figure}, indent=1)
            for name, amount, share, _colour in paid
        ),
        *(Row({"term": name, "amount": amount.figure}) for name, amount in after),
    ]
    note = _("；").join(_rounded(found))
    return Table("terms", _("一般性收支缺口"), columns, rows, note=note, period=_("{year}年计划", year=found.year))


def _basis(reading: Reading, found: WhoPays) -> list[Child]:
    said: list[Child] = []
    without = found.without_surplus
    if without is not None:
        text = sentence(
            N_("假如不动用结余：省级 {province}，地方 {local}（按暂定参数测算，非正式结果）"),
            province=found.planned("gap.province.without_surplus", without.province_fen),
            local=found.planned("gap.local.without_surplus", without.local_fen),
        )
        said += [html.Span(text), html.A(_("方案测算"), href=reading.view.href(tab="scenarios", item="", show=""))]
    assert found.general is not None
    count = sum(1 for value in found.general.rests_on if value.assumed)
    if count:
        look = html.A(_("查看"), href=reading.view.href(item="parameters", show=""))
        said.append(html.Span([_("暂定参数{count}项 ", count=count), look]))
    said.append(html.A(_("计算依据"), href=reading.view.href(item="general", show="")))
    return said
