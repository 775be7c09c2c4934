"""Names and sentences of 编制与下达."""

from __future__ import annotations

from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.whats import WHATS
from dashboard.words.wording import N_, _
from rules.budget.procedure import ProcedureStep
from rules.month import Month
from workflows.budget.register import DONE, BudgetRound, BudgetStep

STEPS = {
    "draft": N_("起草草案"),
    "first_issue": N_("一下：下发征求意见"),
    "reply": N_("一上：反馈意见"),
    "second": N_("修改草案"),
    "review": N_("审核汇总"),
    "check": N_("复核"),
    "government": N_("省人民政府审定"),
    "congress": N_("省人大批准"),
    "issue": N_("二下：下达计划"),
    "receive": N_("市县签收"),
    DONE: N_("已办结"),
}
# What stands on the button that makes a step.
MAKE = {
    "draft": N_("草案编好，提交"),
    "first_issue": N_("下发市县征求意见"),
    "reply": N_("反馈收齐，进入修改"),
    "second": N_("修改完毕，提交"),
    "review": N_("审核通过"),
    "check": N_("复核通过"),
    "government": N_("登记省人民政府审定"),
    "congress": N_("登记批准"),
}
JOURNAL = {
    **STEPS,
    "open": N_("开始编制"),
    "figure": N_("改数"),
    "driver": N_("填写测算参数"),
    "agree": N_("无修改意见"),
    "want": N_("要求改数"),
    "back": N_("退回修改"),
}
# The working of each method, as the rule does it.
WORKING = {
    "premium": N_("缴费人数×（1＋增长率÷2）×月人均缴费工资×（1＋工资增长率）×12×缴费比例×征缴率"),
    "pension": N_("上年末离退休人数×（1＋增长率÷2）×月人均养老金×（1＋待遇调整幅度）×12"),
    "death_benefit": N_("上年末离退休人数×死亡率×丧葬抚恤标准×月人均养老金"),
    "interest": N_("活期余额×活期利率＋定期存款余额×平均利率"),
    "gap": N_("全省支出－其他收入－（累计结余－保底结余），不小于零"),
    "mean": N_("近三年发生数的平均"),
    "last_year": N_("按上年数"),
    "trend": N_("上年数×（1＋增长率）"),
    "issued": N_("按中央下发数"),
}


def driver_name(name: str) -> str:
    """What a driver of the rule is called."""
    return _(WHATS[f"budget.driver.{name}"].name)


def step_name(one: BudgetRound, code: str) -> str:
    """What a step is called; an adjustment is approved by the standing committee. 苏政发〔2020〕45号 附件2 第十二条."""
    if code == "congress" and one.adjustment:
        return _("省人大常委会批准")
    return _(STEPS[code])


def offices(step: ProcedureStep) -> str:
    return _("、").join(map(department_name, step.offices)) if step.offices else _("各市、县")


def round_name(one: BudgetRound) -> str:
    """2027年度预算, 2026年度第1次调整."""
    if one.adjustment:
        return _("{year}年度预算第{count}次调整", year=one.year, count=one.version)
    return _("{year}年度预算", year=one.year)


def source_words(source: str) -> str:
    """Where a driver comes from: a book and its period, or what was written when it was entered."""
    kind, _colon, when = source.partition(":")
    month = Month.parse(when)
    period = display.month_name(month) if month else when
    match kind:
        case "ledger" if when:
            return _("基金账，{period}", period=period)
        case "statistic" if when:
            return _("统计指标，{period}", period=period)
        case "plan" if when:
            return _("{period}年度预算", period=period)
        case "profile":
            return _("政策参数")
        case "proposed":
            return _("各项测算数之和")
    return source


def journal_words(step: BudgetStep) -> str:
    """Who did it and when, with the document."""
    parts = [display.day_name(step.day), step.name or step.login, step.document or ""]
    return " · ".join(part for part in parts if part)
