"""The words of the gap registers: kinds, states, steps, and which article each rests on."""

from __future__ import annotations

from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from data_access.books.regions import RegionTree
from rules.department import SIGNERS
from rules.general_gap import Factor
from rules.scheme import ParameterValue, Scheme
from workflows.gap.register import GapItem, Settlement

KIND_NAMES = {
    "plan_shortfall": N_("未完成收入计划"),
    "rate_cut": N_("擅自下调费率"),
    "base_floor": N_("未执行基数下限"),
    "under_declared": N_("未按实申报未整改"),
    "less_other": N_("其他少收"),
    "special_work_early": N_("特殊工种提前退休"),
    "disability_early": N_("违规病退"),
    "lump_sum_backpay": N_("违规一次性前补"),
    "added_items": N_("增设统筹项目"),
    "pension_raise": N_("自行提高待遇"),
    "early_female_flexible": N_("女性灵活就业提前领取"),
    "over_other": N_("其他多支"),
}
# The labels that profiles give to factors: named here to be translated.
FACTOR_LABELS = (
    N_("老年人口占比"),
    N_("就业率"),
    N_("参保率"),
    N_("参保人数占比"),
    N_("抚养比（缴费人数:离退休人数）"),
    N_("人均财力"),
    N_("人均生产总值"),
)
STATE_NAMES = {
    "lead": N_("线索"),
    "assessed": N_("已核定，待会签"),
    "signing": N_("会签中"),
    "determined": N_("已认定，待告知"),
    "told": N_("已告知"),
    "settled": N_("已办结"),
    "withdrawn": N_("已撤销（红字冲回）"),
}
STEP_NAMES = {
    "register": N_("登记"),
    "assess": N_("核定"),
    "exclude": N_("剔除不可抗力"),
    "sign": N_("会签"),
    "tell": N_("告知"),
    "object": N_("申辩"),
    "answer": N_("答复申辩"),
    "settle": N_("办结"),
    "withdraw": N_("撤销"),
}
# How many have come at least so far.
FUNNEL = (
    ("lead", N_("线索")),
    ("assessed", N_("核定")),
    ("determined", N_("三部门认定")),
    ("told", N_("已告知")),
    ("settled", N_("办结")),
)
# Where the document that rules the management gap is; the others have none of their own.
MANAGED_BY = "320000"
ARTICLE = N_("苏政发〔2020〕45号 附件3 三{part}")


def kind_name(item: GapItem) -> str:
    return _(KIND_NAMES[item.kind])


def region_name(tree: RegionTree, code: str) -> str:
    return name_of(tree.region(code)) if code in tree else code


def article(reading: Reading, item: GapItem) -> str:
    """The article an item rests on; elsewhere than in Jiangsu it is a model only."""
    part = _("（二）") if item.side == "less" else _("（三）")
    text = _(ARTICLE, part=part)
    if reading.scheme.province == MANAGED_BY:
        return text
    return _("本省文件未列认定办法，暂参照{article}", article=text)


def duty_word(item: GapItem) -> str:
    """What the local government does about it: 补足 what was collected too little, 追回 what was paid too much."""
    return _("补足") if item.side == "less" else _("追回")


def state_words(item: GapItem, owed: Settlement | None) -> str:
    """State and what it rests on, in one line."""
    if item.state == "lead" and item.expected:
        return _("{year}年12月31日后核定", year=item.year)
    if item.state == "signing":
        return f"{_('会签中')}  {signature_words(item)}"
    if item.state == "told" and owed is not None:
        return _("已告知 · {document} · 限{day}", document=owed.document, day=display.short_day(owed.due_on))
    return _(STATE_NAMES[item.state])


def signature_words(item: GapItem) -> str:
    """人社✓ 财政✓ 税务待签."""
    signed = {step.department for step in item.signed}
    return "  ".join(
        f"{department_name(one)} ✓" if one in signed else _("{name} 待签", name=department_name(one)) for one in SIGNERS
    )


def basis_words(owed: Settlement) -> str:
    if owed.basis == "general":
        return _("一般性缺口地方分担")
    return _("管理性缺口 {number}", number=owed.item_number or "")


def budget_words(owed: Settlement) -> str:
    """列入同级预算."""
    if owed.unpaid_fen <= 0:
        return _("已结清")
    if owed.budgeted is None:
        return _("未报")
    return _("是") if owed.budgeted else _("否")


def factor_name(factor: Factor) -> str:
    """The profile's word for a factor of the local split, in the reader's language."""
    return _(factor.label) if factor.label else factor.name


def parameter_name(scheme: Scheme, value: ParameterValue) -> str:
    """The profile's name of the parameter that a result rests on, in the reader's language."""
    return name_of(next(one for one in scheme.parameters.values() if one.name == value.name))
