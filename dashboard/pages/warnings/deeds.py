"""What the reader may do with a case: the forms of the 办理 panel, by role and state; blocked ones say why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import forms
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.pages.warnings.work import Matter, assignee_words
from dashboard.site import access, acting, attaching
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from rules.alerts.episode import Work
from workflows.cases.register import CaseRequest
from workflows.cases.rights import answers
from workflows.warnings.silences import SilenceRow, load_silences

CAUSES = {
    "arrears": N_("欠费"), "deferred": N_("缓缴"), "policy": N_("政策因素"), "data": N_("数据问题"), "other": N_("其他"),
}  # fmt: skip
ASKED = {
    "extension": N_("申请延期"), "data": N_("提出数据异议"), "force_majeure": N_("申请剔除不可抗力"),
}  # fmt: skip
DEPARTMENTS = (N_("人社"), N_("财政"), N_("税务"), N_("经办"))


@dataclass(frozen=True, slots=True)
class Hand:
    """Who looks at a case and what part they have in it."""

    reading: Reading
    matter: Matter

    def may(self, action: str) -> bool:
        return access.may_do(self.reading.scope, action)

    @property
    def given(self) -> bool:
        """Whether the case was given to the reader, at first or further down."""
        return answers(g.account, self.matter.case, self.reading.tree)

    @property
    def of_province(self) -> bool:
        return self.reading.sees_siblings

    def form(self, act: str, fields: Sequence[Child], button: str, *, main: bool = False) -> Component:
        """A form that carries the case as it was seen."""
        return acting.act_form(self.reading.view, act, [versions(self.matter), *fields], button=button, main=main)


def versions(matter: Matter) -> Component:
    """The row versions shown to the reader: an act on others changes nothing."""
    return forms.hidden("versions", json.dumps({str(key): value for key, value in matter.case.versions.items()}))


def deeds(reading: Reading, matter: Matter, still_firing: str) -> list[Component]:
    """The blocks of the panel in which something can be done, the likeliest first."""
    if matter.case.work is Work.CLOSED:
        return []
    hand = Hand(reading, matter)
    blocks = [*_decisions(hand), *_verification(hand, still_firing), *_answering(hand)]
    more = [one for one in (*_assigning(hand), *_asking(hand), *_instructing(hand), *_quiet(hand)) if one is not None]
    if more:
        blocks.append(html.Div(more, className="deeds"))
    return blocks


def _block(title: str, content: Sequence[Child]) -> Component:
    return html.Section([html.H3(title), *content], className="block")


def folded(label: str, form: Component, *, opened: bool = False) -> Component:
    """A form behind its button."""
    return html.Details([html.Summary(label), form], className="deed", open=opened)


# --- the province's monitor


def _verification(hand: Hand, still_firing: str) -> list[Component]:
    """核实: close or send back, with an opinion; closing is blocked while the value is beyond the limit."""
    if not hand.may("case_close") or hand.matter.case.work is not Work.SUBMITTED or not hand.of_province:
        return []
    buttons = html.Div(
        [
            html.Button(_("核实销号"), type="submit", className="button", disabled=bool(still_firing)),
            html.Button(_("退回补充"), type="submit", className="button", **attributes(data_action=act_address(hand, "case_return"))),
        ],
        className="pair",
    )  # fmt: skip
    fields: list[Child] = [
        forms.area("text", _("核实情况"), placeholder=_("请填写核实情况"), rows=2, required=True),
        buttons,
    ]
    shown: list[Child] = [hand.form("case_close", fields, "")]
    if still_firing:
        shown.append(html.P(still_firing, className="foot"))
    fields = [
        forms.area("text", _("理由"), required=True, rows=2),
        forms.day("until", _("有效期至"), required=True, note=_("须第二人批准后生效")),
    ]
    shown.append(folded(_("经批准暂不处置"), hand.form("case_except", fields, _("提请批准"))))
    return [_block(_("核实意见"), shown)]


def act_address(hand: Hand, act: str) -> str:
    view = hand.reading.view
    query = view.href().partition("?")[2]
    return f"/act{view.path}/{act}" + (f"?{query}" if query else "")


def _decisions(hand: Hand) -> list[Component]:
    """Requests that wait for an answer."""
    blocks = []
    for request in hand.matter.case.pending:
        said = html.P(request_words(request), className="said")
        may = hand.may("case_decide") and hand.of_province and request.asked_by != g.account.login
        content: list[Child] = [said]
        if may:
            fields: list[Child] = [
                forms.hidden("request", str(request.id)),
                forms.area("text", _("答复"), rows=2, required=True),
                html.Div(
                    [
                        html.Button(_("同意"), type="submit", name="granted", value="yes", className="button"),
                        html.Button(_("不同意"), type="submit", name="granted", value="no", className="button"),
                    ],
                    className="pair",
                ),
            ]
            content.append(hand.form("case_decide", fields, ""))
        elif hand.may("case_decide") and hand.of_province:
            content.append(html.P(_("由另一人批准。"), className="foot"))
        blocks.append(_block(_(WAITING[request.kind]), content))
    return blocks


WAITING = {
    "extension": N_("延期申请待答复"), "data": N_("数据异议待答复"), "force_majeure": N_("剔除不可抗力待答复"),
    "exception": N_("暂不处置待批准"),
}  # fmt: skip


def request_words(request: CaseRequest) -> str:
    until = "" if request.until is None else _("（至{day}）", day=display.short_day(request.until))
    return f"{request.text}{until}"


def _assigning(hand: Hand) -> list[Component | None]:
    """转办 with deadline; the city hands down to its own counties and departments."""
    matter, tree = hand.matter, hand.reading.tree
    if matter.case.work not in (Work.OPEN, Work.HANDLING):
        return []
    made: list[Component | None] = []
    if hand.may("case_assign") and hand.of_province:
        options = _targets(hand.reading, [matter.case.place])
        fields = [
            forms.choose("to", _("转办给"), options, options[0][0]),
            forms.day("due", _("限期"), required=True),
            forms.area("text", _("要求"), rows=2),
        ]
        opened = matter.case.work is Work.OPEN
        made.append(folded(_("转办"), hand.form("case_assign", fields, _("转办"), main=opened), opened=opened))
        made.append(folded(_("催办"), hand.form("case_remind", [forms.write("text", _("催办内容"))], _("催办"))))
    elif hand.may("case_hand_down") and hand.given and matter.case.work is Work.HANDLING:
        below = [g.account.region, *tree.children(g.account.region, hand.reading.today)]
        below_options = _targets(hand.reading, below)
        fields = [
            forms.choose("to", _("下转给"), below_options, below_options[0][0]),
            forms.area("text", _("要求"), rows=2),
        ]
        made.append(folded(_("下转县区、部门"), hand.form("case_hand_down", fields, _("下转"))))
    return made


def _targets(reading: Reading, regions: Sequence[str]) -> list[tuple[str, str]]:
    """REGION/DEPARTMENT of some regions, as they are called."""
    tree = reading.tree
    return [
        (f"{region}/{department}", f"{name_of(tree.region(region))} {_(department)}")
        for region in regions
        for department in DEPARTMENTS
    ]


def _quiet(hand: Hand) -> list[Component | None]:
    """暂缓提醒: what it keeps quiet is said before it is set."""
    if not hand.may("case_silence") or not hand.of_province:
        return []
    quiet = _silence_on(hand)
    if quiet is not None:
        said = html.P(
            _(
                "暂缓提醒至{day}：{reason}",
                day=display.short_day(display.local(quiet.ends_at).date()),
                reason=quiet.reason,
            )
        )
        return [
            folded(
                _("恢复提醒"),
                hand.form("case_unsilence", [said, forms.hidden("silence", str(quiet.id))], _("恢复提醒")),
            )
        ]
    count = len(hand.matter.case.live)
    fields: list[Child] = [
        html.P(_("将暂缓本地区{count}项预警的通知；判定和显示照常，期满补发。", count=count), className="foot"),
        forms.day("until", _("暂缓至"), required=True),
        forms.area("text", _("理由"), rows=2, required=True),
    ]
    return [folded(_("暂缓提醒"), hand.form("case_silence", fields, _("暂缓提醒")))]


def _silence_on(hand: Hand) -> SilenceRow | None:
    """The silence that keeps the case quiet now; None where none does."""
    path = hand.reading.tree.path(hand.matter.case.place)
    known = hand.reading.ask(load_silences, hand.reading.scheme.code)
    return next((one for one in known if one.active(hand.reading.now) and one.region in path), None)


# --- who must answer


def _answering(hand: Hand) -> list[Component]:
    """签收, then 反馈办理结果 with evidence; what is not possible yet says why."""
    case = hand.matter.case
    made: list[Component] = []
    if hand.may("case_sign") and not case.acked and case.work is Work.OPEN and not hand.of_province:
        made.append(_block(_("签收"), [hand.form("case_sign", [], _("签收"), main=True)]))
    if (
        not hand.may("case_submit")
        or case.work not in (Work.OPEN, Work.HANDLING)
        or (hand.of_province and not hand.given)
    ):
        return made
    if case.work is Work.OPEN or not hand.given:
        why = _("转办后由承办单位反馈。") if case.work is Work.OPEN else _("由承办单位{who}反馈。", who=_last(hand))
        button = html.Button(_("反馈办理结果"), className="button", disabled=True)
        return [*made, _block(_("反馈"), [button, html.P(why, className="foot")])]
    fields = [
        forms.choose("cause", _("原因分类"), [(code, _(name)) for code, name in CAUSES.items()], "arrears"),
        forms.area("text", _("采取措施"), required=True, rows=3),
        forms.row(forms.write("amount", _("预计补回（元）")), forms.day("by", _("补回时间"))),
        attaching.field(),
    ]
    return [*made, _block(_("反馈办理结果"), [hand.form("case_submit", fields, _("提交反馈"), main=True)])]


def _last(hand: Hand) -> str:
    return assignee_words(hand.reading, hand.matter.case.chain[-1]) if hand.matter.case.chain else ""


def _asking(hand: Hand) -> list[Component | None]:
    """申请延期, 数据异议, 申请剔除不可抗力."""
    case = hand.matter.case
    if not hand.may("case_ask") or hand.of_province or case.work is Work.SUBMITTED:
        return []
    open_kinds = {request.kind for request in case.pending}
    made: list[Component | None] = []
    for kind, label in ASKED.items():
        if kind in open_kinds or (kind == "extension" and case.due is None):
            continue
        fields: list[Child] = [forms.hidden("kind", kind), forms.area("text", _("理由"), rows=2, required=True)]
        if kind == "extension":
            fields.append(forms.day("until", _("延至"), required=True))
        fields.append(attaching.field())
        made.append(folded(_(label), hand.form("case_ask", fields, _(label))))
    return made


# --- leaders


def _instructing(hand: Hand) -> list[Component | None]:
    """批示: becomes an instruction with a deadline."""
    if not hand.may("instruct"):
        return []
    place = name_of(hand.reading.tree.region(hand.matter.case.place))
    fields = [
        forms.area("text", _("批示"), placeholder=_("请填写批示内容"), rows=3, required=True),
        forms.row(
            forms.write("given_to", _("由谁牵头"), _("{region}政府", region=place), required=True),
            forms.day("due", _("限期"), required=True),
        ),
    ]
    return [folded(_("批示"), hand.form("instruct", fields, _("批示，转为督办"), main=True), opened=True)]
