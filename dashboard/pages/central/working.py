"""本省计算: the formula of the central adjustment, each term with the own province's figures."""

from __future__ import annotations

from collections.abc import Iterator

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child, sentence
from dashboard.pages.central.reading import CentralYear
from dashboard.words.wording import N_, _
from data_access.books.regions import NATION
from rules.central_adjustment import ARTICLE, Position, Province, average_wage


def own_working(found: CentralYear) -> Component:
    """The formula with the own province's numbers."""
    own, province = found.own, found.own_province
    if own is None or province is None:
        return parts.section(_("本省计算"), html.P(_("本省没有年度数据。"), className="muted"))
    pairs: list[Component] = []
    for term, text in _terms(found, own, province):
        pairs += [html.Dt(term), html.Dd(text)]
    return parts.section(
        _("{name}怎么算", name=found.name(own.code)), html.Dl(pairs, className="formula"), note=ARTICLE
    )


def _terms(found: CentralYear, own: Position, province: Province) -> Iterator[tuple[str, list[Child]]]:
    """Each term of the formula and how its number is made."""
    printed = found.printed
    wage, insured = printed("wage", average_wage(province)), printed("insured", own.insured)
    paid, got = printed("contribution", own.contribution_fen), printed("allocation", own.allocation_fen)
    yield (
        _("职工平均工资"),
        sentence(
            N_("{wage} 元（非私营 {nonprivate}、私营 {private}，按人数加权）"),
            wage=wage,
            nonprivate=printed("wage.nonprivate", province.nonprivate_wage_yuan),
            private=printed("wage.private", province.private_wage_yuan),
        ),
    )
    yield (
        _("在职应参保人数"),
        sentence(
            N_("（参保 {participants} ＋ 企业就业 {employees}）÷ 2 ＝ {insured} 人"),
            participants=printed("participants", province.participants),
            employees=printed("employees", province.enterprise_employees),
            insured=insured,
        ),
    )
    yield (
        _("上解额"),
        sentence(
            N_("{wage} × {factor}% × {insured} × {ratio}% ＝ {amount} 亿元"),
            wage=wage,
            factor=printed("factor", found.case.wage_factor * 100),
            insured=insured,
            ratio=printed("ratio", found.case.ratio * 100),
            amount=paid,
        ),
    )
    yield (
        _("拨付额"),
        sentence(
            N_("{per_capita} × {retirees} ＝ {amount} 亿元"),
            amount=got,
            per_capita=printed("per_head", found.result.per_capita_yuan, NATION),
            retirees=printed("retirees", province.retirees),
        ),
    )
    yield (
        _("净额"),
        sentence(N_("{got} − {paid} ＝ {net} 亿元"), got=got, paid=paid, net=printed("net", own.net_fen, signed=True)),
    )
