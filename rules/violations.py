"""Problems 问题: where they come from, on which side of the fund's management they lie, and how far they have come.

The four sides 四位一体 are those of the risk system: 政策、经办、信息、监督 (苏政发〔2020〕45号 二（六）), elsewhere 行政 in
place of 政策 (晋政发〔2019〕4号 二（六）, 吉政发〔2020〕2号政策解读 二（三）八是, 吉政发〔2020〕20号 三（八）).
"""

from __future__ import annotations

from dataclasses import dataclass

from rules.department import Department
from rules.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Named:
    """A coded choice with its names."""

    code: str
    name: str
    name_en: str


def _named(*rows: tuple[str, str, str]) -> dict[str, Named]:
    return {code: Named(code, name, name_en) for code, name, name_en in rows}


ORIGINS = _named(
    ("audit", "审计", "Audit"),
    ("inspection", "检查稽核", "Inspection"),
    ("report", "举报", "Report by a citizen"),
    ("comparison", "数据比对", "Data comparison"),
    ("warning", "系统预警", "Warning of the system"),
)
SIDES = _named(
    ("policy", "政策", "Policy"),
    ("operations", "经办", "Operations"),
    ("information", "信息", "Information"),
    ("supervision", "监督", "Supervision"),
)
ADMINISTRATION = Named("policy", "行政", "Administration")


def sides_of(scheme: Scheme) -> dict[str, Named]:
    """The four sides as the scheme's document names them: the first is 政策 in Jiangsu, 行政 in Shanxi and Jilin."""
    return SIDES | {"policy": ADMINISTRATION} if scheme.policy_side == ADMINISTRATION.name else SIDES


# What these concern is owed to people and paid in addition 补发; everything else was paid or kept wrongly and comes back.
PAID_OUT = frozenset({"underpaid"})
# 线索—核实—整改—销号
STATES = _named(
    ("lead", "线索", "Lead"),
    ("verified", "已核实", "Verified"),
    ("mending", "整改中", "Being mended"),
    ("closed", "已销号", "Closed"),
)
# Who is to mend it.
DEPARTMENTS = (Department.SOCIAL, Department.FISCAL, Department.TAX, Department.AGENCY)
CATEGORIES = _named(
    ("duplicate_benefit", "重复领取待遇", "Benefits drawn twice"),
    ("benefit_after_death", "死亡后继续领取", "Benefits drawn after death"),
    ("benefit_in_custody", "服刑期间领取", "Benefits drawn in custody"),
    ("early_retirement", "违规提前退休", "Irregular early retirement"),
    ("lump_backpay", "违规一次性补缴", "Irregular lump-sum back-payment"),
    ("rate_or_base", "擅自降低费率基数", "Rates or bases lowered"),
    ("late_money", "截留、滞拨资金", "Money held back"),
    ("pension_raise", "自行提高待遇", "Benefits raised without authority"),
    ("underpaid", "未按时足额发放", "Benefits not paid in full"),
    ("outside_items", "统筹外项目列支", "Items outside the pool"),
    ("injury_fraud", "工伤骗保", "Work-injury fraud"),
    ("accounts", "账户与内控", "Accounts and internal control"),
    ("information", "数据与系统", "Data and systems"),
    ("other", "其他", "Other"),
)
