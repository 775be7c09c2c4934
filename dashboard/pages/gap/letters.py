"""Documents of the gap registers with the figures filled in: 认定书, 告知函, 扣缴建议函. Signed on paper."""

from __future__ import annotations

from dash import html

from dashboard.components.parts import Children, sentence
from dashboard.pages.gap.reading import WhoPays
from dashboard.pages.gap.words import article, duty_word, kind_name, region_name
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _
from workflows.gap.register import GapItem, Settlement
from workflows.gap.settlements import proposed_deductions


def _yuan(found: WhoPays, what: str, fen: int, item: GapItem) -> Printed:
    return found.registered(what, fen, item.number, item.region, "yuan")


def determination(reading: Reading, found: WhoPays, item: GapItem, working: str) -> list[Children]:
    """认定书: facts, working, article, amount, the three departments. A paragraph each."""
    lines: list[Children] = [
        _("管理性收支缺口认定书"),
        _("编号：{number}", number=item.number),
        _("责任政府：{region}人民政府", region=region_name(reading.tree, item.region)),
        html.Span(
            _("事由：{facts}（证据：{evidence}）。", facts=item.facts, evidence=item.evidence), className="quoted"
        ),
        html.Span(_("核定：{working}。", working=working), className="worded"),
    ]
    if item.excluded_fen:
        lines.append(
            sentence(
                N_("剔除不可抗力因素{yuan}元：{why}。"),
                yuan=_yuan(found, "item.excluded", item.excluded_fen, item),
                why=[html.Span(item.excluded_why or "", className="quoted")],
            )
        )
    lines += [
        sentence(
            N_("依据{article}，认定{side}额{yuan}元，由你地{duty}。"),
            article=article(reading, item),
            duty=duty_word(item),
            side=_("少收") if item.side == "less" else _("多支"),
            yuan=_yuan(found, "item", item.recognised_fen, item),
        ),
        _("省人力资源社会保障厅　　省财政厅　　省税务局"),
    ]
    return lines


def notice(reading: Reading, found: WhoPays, item: GapItem, owed: Settlement) -> list[Children]:
    """告知函: what is due, by when, and that an objection may be made."""
    return [
        _("关于上解管理性收支缺口资金的函"),
        _("文号：{document}", document=owed.document),
        _("{region}人民政府：", region=region_name(reading.tree, item.region)),
        sentence(
            N_(
                "经省人力资源社会保障、财政、税务部门认定，你地{year}年“{kind}”形成管理性收支缺口{yuan}元（{number}号认定书）。"
            ),
            year=str(item.year),
            kind=kind_name(item),
            yuan=_yuan(found, "item", item.recognised_fen, item),
            number=item.number,
        ),
        sentence(
            N_(
                "请于{day}前{duty}，并将资金{yuan}元上解省级财政专户。逾期未上解的，通过省与市县财政结算扣缴。如有异议，可在本系统提出申辩。"
            ),
            day=display.day_name(owed.due_on),
            duty=duty_word(item),
            yuan=_yuan(found, "item.due", owed.due_fen, item),
        ),
    ]


def deduction(reading: Reading, found: WhoPays) -> list[Children]:
    """扣缴建议函: every government that is late, with its amounts."""
    proposed = proposed_deductions(found.owed, reading.today)
    lines: list[Children] = [
        _("关于通过财政结算扣缴缺口资金的建议函"),
        _("省财政厅："),
        sentence(
            N_("截至{day}，以下地区应缴的缺口资金逾期未上解，合计{yuan}元，建议通过省与市县财政结算扣缴："),
            day=display.day_name(reading.today),
            yuan=found.registered("due.proposed", sum(proposed.values()), unit="yuan"),
        ),
    ]
    for number, (region, fen) in enumerate(sorted(proposed.items()), start=1):
        days = max(one.overdue_days(reading.today) for one in found.owed if one.region == region)
        lines.append(
            sentence(
                N_("{number}. {region}：{yuan}元，最长逾期{days}天；"),
                number=str(number),
                region=region_name(reading.tree, region),
                yuan=found.registered("due.proposed", fen, place=region, unit="yuan"),
                days=found.registered("due.days", days, place=region),
            )
        )
    lines.append(
        _("依据：苏政发〔2020〕45号 附件3 三（四）。")
        if reading.scheme.province == "320000"
        else _("本省文件未列扣缴办法，暂参照苏政发〔2020〕45号 附件3 三（四）。")
    )
    return lines
