"""文书: 预警提示函, 整改通知, 约谈建议（待审定） with the figures filled in. The text is copied or printed; sending is noted."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Children, norm, sentence
from dashboard.pages.warnings import words as words
from dashboard.pages.warnings.acts import LETTER, LETTERS, note_letter
from dashboard.pages.warnings.why import limit_said
from dashboard.pages.warnings.words import SubjectFigures
from dashboard.pages.warnings.work import Matter, due_words
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from rules.indicators import INDICATORS
from workflows.warnings.standing import Standing

MOST_SIGNALS = 6


def letter_drawer(reading: Reading, kind: str, found: SubjectFigures, matter: Matter) -> Component:
    """A letter in the drawer: its text, and the act that notes it as sent."""
    lines = letter(reading, kind, found, matter)
    text = html.Div([html.P(line) for line in lines], className="letter")
    buttons = [
        html.Button(_("复制文字"), type="button", className="button", **attributes(data_copy=".letter")),
        html.Button(_("打印"), type="button", className="button", **attributes(data_print="1")),
    ]
    blocks: list[Component] = [html.Div([text, html.Div(buttons, className="actions")], className="block")]
    if note_letter.open_to(reading):
        blocks.append(docked.block(_("发出"), note_letter.form(reading, {LETTER: kind})))
    return docked.drawer(
        reading, crumb=_("预警 {number}", number=matter.label), title=_(LETTERS[kind]), leading=(), blocks=blocks
    )


def letter(reading: Reading, kind: str, found: SubjectFigures, matter: Matter) -> list[Children]:
    """The letter's paragraphs: title, addressee, the figures, what is asked, by when, day."""
    place = name_of(reading.tree.region(matter.region))
    facts: list[Child] = [f"{words.place(reading, found.subject)} ", *words.conclusion(reading, found)]
    head = [_(LETTERS[kind]), _("编号：{number}", number=matter.label)]
    addressee = _("{region}人民政府：", region=place) if matter.region != reading.tree.root else _("有关部门：")
    body = {"notice": _notice, "rectification": _rectification, "talk": _talk}[kind](matter)
    if kind == "talk":
        addressee = (
            _("省企业职工基本养老保险省级统筹工作联席会议：") if reading.scheme.fund == "pension" else _("省厅：")
        )
    measured = _measured(found.standing)
    others: list[Children] = []
    if matter.others:
        others = [sentence(N_("　　同一事项的其他信号：{signals}。"), signals=_others(reading, matter.others))]
    day = display.day_name(reading.today)
    return [*head, addressee, ["　　", *measured, *facts], *others, *body, day]


def _measured(standing: Standing) -> list[Child]:
    name = INDICATORS[standing.subject.indicator]
    return sentence(
        N_("经监测，你地“{indicator}”达到{level}（标准 {limit}）。"),
        indicator=name_of(name),
        level=words.level_name(standing),
        limit=[norm(limit_said(standing))],
    )


def _others(reading: Reading, others: Sequence[Standing]) -> list[Child]:
    listed: list[Child] = []
    for one in others[:MOST_SIGNALS]:
        name = f"{words.place(reading, one.subject)}{name_of(INDICATORS[one.subject.indicator])} "
        listed += [*([_("；")] if listed else []), name, *words.shown(words.value_of(reading, one))]
    if len(others) <= MOST_SIGNALS:
        return listed
    return sentence(N_("{listed}等{count}项"), listed=listed, count=str(len(others)))


def _notice(matter: Matter) -> list[str]:
    return [
        _("　　请核查原因，采取措施，于{due}前在系统反馈办理结果，并附有关材料。", due=_due(matter)),
        _("　　如数据有误，可提出数据异议；确因不可抗力造成的，可申请剔除。"),
    ]


def _rectification(matter: Matter) -> list[str]:
    return [
        _("　　请逐项制定整改措施，明确责任单位和完成时限，于{due}前整改到位并反馈结果。", due=_due(matter)),
        _("　　逾期未整改的，将提请联席会议研究。"),
    ]


def _talk(matter: Matter) -> list[str]:
    return [
        _(
            "　　该事项已{state}，建议由联席会议审定是否约谈当地有关负责人。",
            state=_(words.STATE_IN_LETTER[matter.state]),
        ),
        _("　　本建议由系统按监测数据生成，待审定，不作为任何处理的依据。"),
    ]


def _due(matter: Matter) -> str:
    return due_words(matter) if matter.due is not None else _("规定期限")
