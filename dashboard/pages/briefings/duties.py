"""待遇发放, 缺口与责任, 预警督办, 下一步安排: who is paid, who pays, who must act, drafted from the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dashboard.components.level import TALLIED
from dashboard.exports.blocks import Block, Paragraph
from dashboard.pages.briefings.clauses import growth, progress
from dashboard.pages.briefings.texts import (
    Text,
    dated,
    flat,
    inside,
    joined,
    said,
    sentences,
)
from dashboard.pages.budget import lines
from dashboard.pages.gap.account import expected_gaps
from dashboard.pages.gap.reading import who_pays
from dashboard.pages.warnings import words as warning_words, work
from dashboard.pages.warnings.work import GROUPS, Matter, due_words, responsible, state_words, what
from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.wording import N_, _, name_of, within
from rules.alerts.threshold import Level

NAMED = 3  # of regions, cases and steps that a sentence names


def payment(reading: Reading) -> list[Block]:
    """待遇发放: the largest benefit to date, who was not paid on time, what is at hand for next month."""
    rows = lines.form_of(reading).rows
    items = [row for row in rows if row.item is not None and reading.scheme.item(row.item).side == "expenditure"]
    largest = max(items, key=lambda row: row.figures.cumulative or 0, default=None)
    text: Text = []
    if largest is not None and largest.figures.cumulative:
        text = said(
            N_("{span}{item}{amount}亿元"),
            span=dated("to_date", reading.snapshot.month or 0),
            item=name_of(reading.scheme.item(largest.item or "")),
            amount=lines.printed(reading, largest, "to_date"),
        )
        text += [*growth(reading, largest), *progress(reading, largest), _("。")]
    cover = figures.printed(reading, "account_cover") if reading.is_province else None
    known = cover is not None and cover.figure.value is not None
    covered = said(N_("省级财政专户活期存款可备付{months}个月。"), months=cover) if known and cover else []
    return [Paragraph(sentences(text, _unpaid(reading), covered))]


def _unpaid(reading: Reading) -> Text:
    """未按时足额发放 by region; that all was paid only where all reported so."""
    values = reading.snapshot.values("unpaid_due", reading.snapshot.month)
    below = reading.children() or (reading.region,)
    known = {code: values[code] for code in below if code in values and values[code].value is not None}
    wrong = sorted((code for code, found in known.items() if found.value), key=lambda code: -(known[code].value or 0))
    if not known:
        return [_("本期没有发放情况的报送。")]
    if not wrong:
        missing = len(below) - len(known)
        if missing:
            return said(N_("已报送的地区均按时足额发放，{count}个地区未报送。"), count=str(missing))
        return [_("各地待遇均按时足额发放。")]
    named = []
    for code in wrong[:NAMED]:
        persons = figures.input_figure(
            reading, "unpaid_due", known[code], "unpaid_persons", of=figures.about(reading, "unpaid_due", code)
        )
        amount = display.printed(figures.figure(reading, "unpaid_due", code), "wan")
        region = name_of(reading.tree.region(code))
        if persons.value is None:
            named.append(said(N_("{region}{amount}万元"), region=region, amount=amount))
        else:
            named.append(
                said(
                    N_("{region}{persons}人、{amount}万元"),
                    region=region,
                    persons=display.printed(persons, places=0),
                    amount=amount,
                )
            )
    return said(N_("{count}个地区有待遇未按时足额发放：{named}。"), count=str(len(wrong)), named=joined(named, _("；")))


def gap(reading: Reading) -> list[Block]:
    """缺口与责任: the plan's gap and who bears it, what gap of management is expected and whose it is."""
    found = who_pays(reading)
    made: list[Block] = []
    general = found.general
    if general is None:
        made.append(Paragraph([_("本年没有录入计划，一般性收支缺口不能计算。")]))
    elif general.gap_fen <= 0:
        made.append(
            Paragraph(said(N_("{year}全省计划收支没有缺口。"), year=dated("year", reading.snapshot.month or 0)))
        )
    else:
        made.append(
            Paragraph(
                said(
                    N_(
                        "{year}全省计划收支缺口{gap}亿元：动用累计结余{covered}亿元，省级财政承担{province}亿元，地方分担{local}亿元。"
                    ),
                    year=dated("year", reading.snapshot.month or 0),
                    gap=found.planned("gap.general", general.gap_fen),
                    covered=found.planned("gap.covered", general.covered_fen),
                    province=found.planned("gap.province", general.province_fen),
                    local=found.planned("gap.local", general.local_fen),
                )
            )
        )
    if found.manages:
        made.append(Paragraph(_managed(reading, expected_gaps(reading, found))))
    return made


def _managed(reading: Reading, by_region: Mapping[str, int]) -> Text:
    if not by_region:
        return [_("按目前进度，年底预计不形成管理性缺口。")]
    about = who_pays(reading)
    named = [
        said(
            N_("{region}{amount}亿元"),
            region=name_of(reading.tree.region(code)),
            amount=about.registered("gap.expected", fen, place=code),
        )
        for code, fen in list(by_region.items())[:NAMED]
    ]
    return said(
        N_("按目前进度，年底预计管理性缺口{total}亿元，涉及{count}个地区，由当地补足；其中{named}。"),
        total=about.registered("gap.expected", sum(by_region.values())),
        count=str(len(by_region)),
        named=joined(named, _("、")),
    )


def matters(reading: Reading, *, closed: bool = False) -> list[Matter]:
    """What must be worked, of what had been opened at the moment of the reading: an issue may be of an earlier one."""
    return [one for one in work.matters(reading, closed=closed) if one.opened_at <= reading.now]


def warnings(reading: Reading) -> list[Block]:
    """预警督办: how many are open and how severe, how many late or closed, the most urgent with who and by when."""
    every = matters(reading)
    closed = len(matters(reading, closed=True))
    day = display.short_day(reading.today)
    if not every:
        nothing = said(N_("截至{day}没有未办结的预警事项，本月销号{closed}项。"), day=day, closed=str(closed))
        return [Paragraph(nothing)]
    levels = Counter(one.level for one in every)
    counted = [
        said(TALLIED[level], count=str(levels[level])) for level in sorted(Level, reverse=True) if levels.get(level)
    ]
    text = said(
        N_("截至{day}，未办结预警事项{count}项（{levels}），逾期未反馈{late}项，本月销号{closed}项。"),
        day=day,
        count=str(len(every)),
        levels=joined(counted, _("、")),
        late=str(sum(one.overdue(reading.now) for one in every)),
        closed=str(closed),
    )
    return [Paragraph(text), *(Paragraph(_urgent(reading, one)) for one in every[:NAMED])]


def _urgent(reading: Reading, one: Matter) -> Text:
    known = N_("{place}{what}；由{who}负责，限期{due}，{state}。")
    return said(
        known if one.due is not None else N_("{place}{what}；由{who}负责，{state}。"),
        place=warning_words.place(reading, one.lead.subject),
        what=inside(flat(what(reading, one))),
        who=responsible(reading, one),
        due=due_words(one),
        state=within(state_words(one, reading.now)),
    )


# What a case asks for at its state, with a deadline and without.
TO_DO = {
    "open": (N_("{who}于{due}前签收并转办（{place}{group}）。"), N_("{who}尽快签收并转办（{place}{group}）。")),
    "handling": (N_("{who}于{due}前反馈办理结果（{place}{group}）。"), N_("{who}尽快反馈办理结果（{place}{group}）。")),
    "submitted": (N_("省级监测岗核实{place}{group}的反馈并提出销号意见。"),) * 2,
}


def next_steps(reading: Reading) -> list[Block]:
    """下一步安排: what the open cases ask of whom; what else is planned is for the writer to say."""
    steps: list[Block] = []
    for place, one in enumerate((one for one in matters(reading) if one.state in TO_DO), start=1):
        if place > NAMED + 1:
            break
        step = said(
            TO_DO[one.state][one.due is None],
            who=responsible(reading, one),
            due=due_words(one),
            place=warning_words.place(reading, one.lead.subject),
            group=_(GROUPS[one.group]),
        )
        steps.append(Paragraph([_("{number}. ", number=place), *step]))
    return steps or [Paragraph([_("没有未办结的预警事项；下一步安排由拟稿人填写。")])]
