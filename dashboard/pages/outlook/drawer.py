"""The drawers of 中长期测算: 计算依据 with the cases to be computed again, 另存方案, 历史, 改幅度, 提请确认, 带入会议材料."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.components.parts import Child, sentence
from dashboard.pages.outlook import acts, bring, confirming, scenarios, sizes
from dashboard.pages.outlook.reading import PATH, Outlook, open_to, outlook
from dashboard.site.act import Act
from dashboard.site.page import Calculation
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from data_access.books.outlook.results import FANNED
from rules.calculators.registry import RULES
from workflows.outlook.assumptions import rule_of

TITLE = N_("中长期测算")
Blocks = Callable[[Reading, Outlook], list[Component]]
STRESS, BACKTEST, SHOCKED = "stress", "backtest", "shocked"


def drawer(reading: Reading) -> Component | None:
    """The drawer of the view; None where it opens none, or not to this reader."""
    opened = reading.view.item.partition(":")[0]
    if opened not in OPENED or not open_to(reading):
        return None
    title, blocks, act = OPENED[opened]
    found = outlook(reading)
    if found is None or (act is not None and not act.open_to(reading)):
        return None
    return docked.drawer(reading, crumb=_(TITLE), title=_(title), leading=[], blocks=blocks(reading, found))


def _scenario(reading: Reading, found: Outlook) -> list[Component]:
    note = _("保存即算（约2秒），另成一个方案，不改基准；名称相同的记为下一版。")
    return [docked.block(_("参数"), [html.P(note, className="note"), acts.form(reading)])]


def _confirm(reading: Reading, found: Outlook) -> list[Component]:
    return [docked.block(_("提请联席会议确认"), confirming.form(reading, found))]


# --- 计算依据


def _basis(reading: Reading, found: Outlook) -> list[Component]:
    rule = rule_of(found.mid.case)
    module, made = RULES[rule], display.moment(found.computed_at)
    entries: list[tuple[str, Child | list[Child]]] = [
        (_("规则"), f"{module.TITLE}（{rule}）"),
        (_("依据"), html.Span(module.ARTICLE, className="quoted")),
        (_("测算时间"), _("{moment}，数据版本 {number}", moment=made, number=found.about.version)),
        (_("期初"), _opening(found)),
        (
            _("逐年"),
            _("年末结余＝年初结余＋收入＋利息−支出；利息＝收益率×（年初结余＋收支差÷2），结余或平均结余不为正的不计。"),
        ),
        (_("缴费收入"), _premium(found)),
        (_("可支撑到"), _("年末结余首次为负的年份；月份＝12×年初结余÷（支出−收入）取整后加1。")),
        (_("平衡费率"), _("现行平均费率×一个倍数，使各年收支按各年收益率折现后，测算期末结余为零。")),
        (_("压力测试"), _("在中方案上逐项变动，其余不变；低、高方案为所列各项同时变动。")),
    ]
    told = _("下载的是计算输入。在装有本系统的机器上执行 python -m rules {rule} < 文件，即得本页的数。", rule=rule)
    files = [
        html.A(_(name), href=_address(reading, code), download="")
        for code, name in FILES.items()
        if code in calculations_of(found)
    ]
    return [
        docked.basis(entries),
        docked.block(_("下载计算输入"), [html.Div(files, className="files"), html.P(told, className="note")]),
    ]


def _opening(found: Outlook) -> list[Child]:
    opening = found.printed("opening", found.mid.case.opening_fen, year=found.first_year)
    return sentence(N_("{year}年末基金结余 {amount} 亿元"), year=str(found.first_year - 1), amount=opening)


def _premium(found: Outlook) -> str:
    if found.by_totals:
        return _("年初年末平均缴费人数×人均缴费基数×费率×征缴率；人数、基数、待遇按各自增速。")
    return _("各组年初年末平均缴费人数×人均缴费基数×费率×征缴率；各年龄按生命表存活，按法定退休年龄逐月退休。")


def _address(reading: Reading, code: str) -> str:
    query = reading.view.href(item="").partition("?")[2]
    return f"/export{PATH}/{code}.json" + (f"?{query}" if query else "")


FILES = {
    "mid": N_("中方案"),
    "low": N_("低方案"),
    "high": N_("高方案"),
    SHOCKED: N_("所选压力"),
    STRESS: N_("压力测试"),
    BACKTEST: N_("回测"),
}


def calculations_of(found: Outlook) -> Mapping[str, Calculation]:
    """The rules' cases behind the figures, by code."""
    courses = {variant: found.fan(variant) for variant in FANNED}
    if found.shocked is not None:
        courses[SHOCKED] = found.shocked
    if found.backtest is not None:
        courses[BACKTEST] = found.backtest
    made: dict[str, Calculation] = {code: (rule_of(course.case), course.case) for code, course in courses.items()}
    if found.asked is not None:
        made[STRESS] = (STRESS, found.asked)
    return made


def calculations(reading: Reading) -> Mapping[str, Calculation]:
    """For download; {} where there is no projection or it is not open to the reader."""
    found = outlook(reading) if open_to(reading) else None
    return {} if found is None else calculations_of(found)


OPENED: Mapping[str, tuple[str, Blocks, Act | None]] = {
    "scenario": (N_("另存方案"), _scenario, acts.save),
    "history": (N_("历史"), lambda reading, _found: scenarios.history(reading), None),
    sizes.OPENED: (N_("改幅度"), sizes.blocks, None),
    "basis": (N_("计算依据"), _basis, None),
    "confirm": (N_("提请确认"), _confirm, confirming.confirm),
    "bring": (N_("带入会议材料"), bring.blocks, bring.bring),
}
ACTS = (acts.save, *sizes.ACTS, confirming.confirm, bring.bring)
