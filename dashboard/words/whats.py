"""What figures there are besides the indicators: the name a reader knows each by, its unit and usual decimals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from dashboard.words.wording import N_
from rules.indicators import INDICATORS


@dataclass(frozen=True, slots=True)
class What:
    """``unit`` is fen for every amount, else as indicators have it; ``indicator``: that of the indicator it is about,
    ``distance``: how far two of its values are apart."""

    name: str
    unit: str = "fen"
    places: int = 2


# An indicator's code is its own: these are what the books, registers and comparisons give besides.
WHATS: dict[str, What] = {
    # the execution form; the part is the line or item
    "plan.original": What(N_("年初预算数")),
    "plan.adjusted": What(N_("调整后预算数")),
    "month": What(N_("当月执行数")),
    "to_date": What(N_("累计执行数")),
    "to_date.last_year": What(N_("上年同期累计")),
    "progress": What(N_("预算执行进度"), "percent"),
    "historical": What(N_("历史同期进度"), "percent"),
    "ahead": What(N_("较历史同期快慢"), "points"),
    "growth": What(N_("同比"), "percent"),
    "growth.month": What(N_("环比"), "percent"),
    "plan.month": What(N_("计划月均")),
    "month.last_year": What(N_("上年同月")),
    "month.expected": What(N_("当月预计")),
    "quarter": What(N_("当季执行数")),
    "year.total": What(N_("全年预计")),
    "year.low": What(N_("全年预计下限（80%）")),
    "year.high": What(N_("全年预计上限（80%）")),
    "year.done": What(N_("已完成（含定稿后更正）")),
    "year.corrected": What(N_("定稿后更正")),
    "year.rate": What(N_("全年预计完成率"), "percent"),
    "year.rate_low": What(N_("全年预计完成率下限"), "percent"),
    "year.rate_high": What(N_("全年预计完成率上限"), "percent"),
    "year.gap": What(N_("全年预计与计划之差")),
    "year.short": What(N_("预计少于计划")),
    "year.mase": What(N_("回测误差 MASE"), "times"),
    "result.month": What(N_("当月收支结余")),
    "result.to_date": What(N_("本年收支差额")),
    "plan.rest": What(N_("离全年计划还差")),
    # cross-checks of the form
    "check.stated": What(N_("表内数")),
    "check.computed": What(N_("按勾稽关系计算")),
    "check.difference": What(N_("勾稽差额")),
    # balances; the part is the account
    "account": What(N_("账户余额")),
    "account.opening": What(N_("年初余额")),
    "account.change": What(N_("本年净变动")),
    "account.month": What(N_("当月净变动")),
    "account.group": What(N_("账户余额合计")),
    "account.share": What(N_("占账户合计"), "percent", 1),
    "accounts.total": What(N_("账户合计")),
    "accounts.difference": What(N_("账户合计与基金结余之差")),
    "balance.opening": What(N_("年初结余")),
    "deposits": What(N_("未到期定期存款合计")),
    "deposits.soon": What(N_("60天内到期定期存款")),
    "deposit": What(N_("定期存款")),
    "deposit.rate": What(N_("年利率"), "percent"),
    "deposit.days": What(N_("剩余天数"), "days", 0),
    "legacy.owed": What(N_("历年结余应上解")),
    "legacy.handed": What(N_("历年结余已上解")),
    "legacy.left": What(N_("历年结余尚未上解")),
    "legacy.locked": What(N_("其中未到期定期")),
    "legacy.due": What(N_("历年结余按进度应已上解")),
    "legacy.overdue": What(N_("历年结余逾期未上解")),
    "legacy.days": What(N_("历年结余定期剩余天数"), "days", 0),
    "legacy.yield": What(N_("未上解结余定期加权年利率"), "percent"),
    "legacy.interest": What(N_("未上解结余定期一年利息")),
    "legacy.strayed": What(N_("历年结余账户其他划出")),
    "legacy.rate": What(N_("历年结余上解完成率"), "percent"),
    # what is still to be handed over; the part is the band of days, or the quarter
    "transit.age": What(N_("国库待划转账龄")),
    "transit.negative": What(N_("国库待划转红字")),
    "quarterly.received": What(N_("按季归集项目入户")),
    "quarterly.pooled": What(N_("按季归集项目已上划")),
    "quarterly.left": What(N_("按季归集项目未上划")),
    "quarterly.overdue": What(N_("按季归集项目逾期未上划")),
    "local.other": What(N_("地方财政专户：以前年度和其他")),
    "local.disbursed": What(N_("地方财政专户：已拨付未转支出户")),
    "statutory.due": What(N_("法定事项应上解")),
    "statutory.left": What(N_("法定事项未上解")),
    # 用款与拨付 of a month
    "chain.asked": What(N_("申请用款")),
    "chain.approved": What(N_("核定用款")),
    "chain.cut": What(N_("核减")),
    "chain.off": What(N_("核定与拨付之差")),
    "chain.disbursed": What(N_("省级拨付")),
    "chain.late": What(N_("晚到及未到")),
    "chain.on_time": What(N_("按时到账")),
    "chain.arrived": What(N_("当月到账")),
    "chain.kept": What(N_("支出户留存")),
    "chain.paid": What(N_("当月发放")),
    "chain.difference": What(N_("拨付与发放之差")),
    "chain.recovered": What(N_("当月追回")),
    "chain.returned": What(N_("支出户结余退回")),
    "chain.opening": What(N_("支出户月初结存")),
    "chain.unpaid": What(N_("未发到金额")),
    "chain.unpaid.persons": What(N_("未发到人数"), "persons", 0),
    "chain.held": What(N_("暂停发放金额")),
    "chain.held.persons": What(N_("暂停发放人数"), "persons", 0),
    "chain.left": What(N_("可动用与下月用款之差")),
    # the register of 用款计划
    "fund.need": What(N_("用款需求")),
    "fund.line": What(N_("申请用款（编制）")),
    "fund.approved": What(N_("核定用款（审核）")),
    "fund.unpaid": What(N_("登记未发到金额")),
    "fund.unpaid.persons": What(N_("登记未发到人数"), "persons", 0),
    "fund.cut": What(N_("拟核减")),
    "fund.change": What(N_("用款计划较上月")),
    "fund.step": What(N_("该步金额")),
    "fund.step.persons": What(N_("该步人数"), "persons", 0),
    "account.fixed": What(N_("定期、委托投资等")),
    "balance.expected": What(N_("预计累计结余")),
    "balance.low": What(N_("预计累计结余下限（80%）")),
    "balance.high": What(N_("预计累计结余上限（80%）")),
    "net.since_start": What(N_("历年归集净额")),
    "change.year": What(N_("同比增减"), "indicator"),
    "change.month": What(N_("环比增减"), "indicator"),
    "change.meeting": What(N_("较上次会议增减"), "indicator"),
    "net.change": What(N_("历年归集净额较上次会议增减")),
    # who pays; the part is the item, settlement or credit
    "gap.general": What(N_("一般性收支缺口")),
    "gap.net": What(N_("计划支出减计划收入")),
    "gap.surplus": What(N_("计划收入减计划支出")),
    "gap.pool": What(N_("可用结余")),
    "gap.covered": What(N_("动用累计结余")),
    "gap.province": What(N_("省级财政承担")),
    "gap.local": What(N_("地方分担")),
    "gap.from_income": What(N_("当年收入安排")),
    "gap.share": What(N_("占计划支出"), "percent"),
    "gap.deficits": What(N_("仅赤字地区合计")),
    "gap.surpluses": What(N_("盈余地区合计")),
    "gap.managed": What(N_("省统一管理项目净额")),
    "gap.province.without_surplus": What(N_("假如不动用结余：省级")),
    "gap.local.without_surplus": What(N_("假如不动用结余：地方")),
    "gap.expected": What(N_("预计管理性缺口合计")),
    "gap.unit": What(N_("计划缺口")),
    "gap.unit.income": What(N_("计划收入（本级负责的项目）")),
    "gap.unit.expenditure": What(N_("计划支出（本级负责的项目）")),
    "gap.unit.covered": What(N_("结余和统筹弥补")),
    "gap.unit.multiplier": What(N_("分担系数"), "times"),
    "gap.unit.local": What(N_("本地分担")),
    "gap.unit.credit": What(N_("超收冲减")),
    "gap.unit.payable": What(N_("应上解")),
    "gap.unit.city": What(N_("应上解：其中市级")),
    "gap.unit.county": What(N_("应上解：其中县级")),
    "due": What(N_("应缴缺口资金")),
    "due.unpaid": What(N_("未缴缺口资金")),
    "due.overdue": What(N_("逾期未缴")),
    "due.paid": What(N_("已缴或已扣缴")),
    "due.one": What(N_("应缴")),
    "due.one.paid": What(N_("已缴")),
    "due.one.deducted": What(N_("已扣缴")),
    "due.one.unpaid": What(N_("未缴")),
    "due.one.proposed": What(N_("拟扣缴")),
    "due.one.days": What(N_("逾期天数"), "days", 0),
    "due.days": What(N_("最长逾期天数"), "days", 0),
    "due.paid_only": What(N_("已缴缺口资金")),
    "due.deducted": What(N_("已扣缴缺口资金")),
    "due.proposed": What(N_("拟扣缴合计")),
    "item": What(N_("认定金额")),
    "item.days": What(N_("逾期天数"), "days", 0),
    "item.excluded": What(N_("不可抗力剔除")),
    "item.due": What(N_("应缴或应追回")),
    "item.paid": What(N_("已缴")),
    "item.step": What(N_("该步金额")),
    "payment": What(N_("缴款")),
    "items.determined": What(N_("已认定管理性缺口")),
    "items.less": What(N_("已认定少收")),
    "items.over": What(N_("已认定多支")),
    "credit.plan": What(N_("收入计划")),
    "credit.actual": What(N_("实收")),
    "credit.rate": What(N_("超收%"), "percent"),
    "credit": What(N_("可冲减额度")),
    "credit.used": What(N_("已用额度")),
    "credit.left": What(N_("尚可冲减")),
    "credits": What(N_("可冲减额度合计")),
    "credits.left": What(N_("尚可冲减合计")),
    # the central adjustment of a year; the part is a ratio other than the one in force
    "central.participants": What(N_("参保人数"), "persons", 0),
    "central.employees": What(N_("企业就业人数"), "persons", 0),
    "central.insured": What(N_("在职应参保人数"), "persons", 1),
    "central.retirees": What(N_("离退休人数"), "persons", 0),
    "central.wage": What(N_("职工平均工资"), "yuan"),
    "central.wage.nonprivate": What(N_("非私营单位平均工资"), "yuan", 0),
    "central.wage.private": What(N_("私营单位平均工资"), "yuan", 0),
    "central.factor": What(N_("平均工资计入比例"), "percent", 0),
    "central.ratio": What(N_("上解比例"), "percent", 1),
    "central.contribution": What(N_("中央调剂上解额")),
    "central.allocation": What(N_("中央调剂拨付额")),
    "central.net": What(N_("中央调剂净额")),
    "central.per_head": What(N_("全国人均拨付额"), "yuan"),
    "central.prepaid.contribution": What(N_("已预缴上解额")),
    "central.prepaid.allocation": What(N_("已预拨拨付额")),
    "central.prepaid.net": What(N_("预缴预拨净额")),
    "central.settle.contribution": What(N_("清算应补上解")),
    "central.settle.allocation": What(N_("清算应补拨付")),
    "central.settle.net": What(N_("清算净额")),
    # reconciliation; the part is the book, the item's number, or the entries' item
    "books": What(N_("征缴入库累计")),
    "books.month": What(N_("当月征缴入库")),
    "books.month.unreached": What(N_("当月未达账项")),
    "books.month.difference": What(N_("当月调节后差额")),
    "books.month.permille": What(N_("当月差额占征收"), "permille"),
    "books.own": What(N_("基金账与部门之差")),
    "unreached": What(N_("未达账项")),
    "unreached.days": What(N_("未达天数"), "days", 0),
    "repeated": What(N_("疑似重复入账金额")),
    "repeated.times": What(N_("入账次数"), "times", 0),
    "repeated.again": What(N_("多记")),
    # what departments' forms say; the part is form, department and item
    "reported": What(N_("报送报表数")),
    "reported.ledger": What(N_("基金账同口径数")),
    "reported.difference": What(N_("报送数与基金账之差")),
    # statements of banks; the part is the account, and of one entry its place among those that only one book has
    "bank": What(N_("银行对账单余额")),
    "bank.ledger": What(N_("基金账账户余额")),
    "bank.difference": What(N_("银行与基金账余额之差")),
    "bank.both": What(N_("银行与基金账核对一致笔数"), "times", 0),
    "bank.only": What(N_("只在一边的笔数"), "times", 0),
    "bank.line": What(N_("只在一边的收支")),
    # subjects of the accountants' books; the part is the subject's code
    "subject": What(N_("科目期末余额")),
    "subject.ledger": What(N_("科目对应的基金账余额")),
    "subject.difference": What(N_("科目与基金账之差")),
    # 收支平衡校验 of every place below and month
    "checks.made": What(N_("收支平衡校验次数"), "times", 0),
    "checks.months": What(N_("收支平衡校验月数"), "months", 0),
    "checks.wrong": What(N_("收支平衡校验不一致次数"), "times", 0),
    # figures of signed months that later entries changed; the part is the item or movement
    "restated.signed": What(N_("定稿数")),
    "restated.now": What(N_("现数")),
    "restated.change": What(N_("更正")),
    # yearly totals as published, in the unit printed; the part is the measure
    "published": What(N_("公布数"), "published"),
    "published.rate": What(N_("由公布数计算"), "published"),
    # a scenario; the part is its number and the term
    "scenario": What(N_("方案测算")),
    "scenario.change": What(N_("方案比现行")),
    "scenario.payable": What(N_("方案：应上解")),
    # warnings; the part is the indicator and rule
    "to_limit": What(N_("到预警标准以内还差")),
    "year_end.gap": What(N_("预计年底与计划之差")),
    "year_end.need": What(N_("完成计划月均需")),
    "month.recent_mean": What(N_("近3月月均")),
    "lasted": What(N_("持续月数"), "months", 0),
    "promised": What(N_("承诺补回")),
    # the register of problems; the part is the problem, or of which of them it is the sum
    "issue": What(N_("涉及金额")),
    "issue.due": What(N_("应追回")),
    "issue.back": What(N_("已追回")),
    "issue.to_pay": What(N_("应补发")),
    "issue.paid": What(N_("已补发")),
    "issue.left": What(N_("尚未追回或补发")),
    "issue.excluded": What(N_("不可抗力剔除")),
    "issue.step": What(N_("该步金额")),
    "issues": What(N_("涉及金额合计")),
    "issues.due": What(N_("应追回合计")),
    "issues.back": What(N_("已追回合计")),
    "issues.to_pay": What(N_("应补发合计")),
    "issues.paid": What(N_("已补发合计")),
    "issues.left": What(N_("尚未追回或补发合计")),
    "issues.rate": What(N_("追回率"), "percent"),
    # the assessment; the part is the area or the indicator
    "score": What(N_("考核得分"), "score"),
    "score.area": What(N_("考核类别得分"), "score"),
    "score.item": What(N_("考核指标得分"), "score"),
    "score.open": What(N_("未评分值"), "score"),
    "score.lost": What(N_("未得分值"), "score"),
    "score.later": What(N_("确认后重算差异"), "score"),
    "score.mean": What(N_("平均得分"), "score"),
    "score.median": What(N_("得分中位数"), "score"),
    "score.spread": What(N_("最高与最低相差"), "score"),
    "score.against": What(N_("与平均或中位之差"), "score"),
    "score.scored": What(N_("已评指标占比"), "percent", 1),
    "score.given": What(N_("评分"), "score"),
    "score.counted": What(N_("发生件数"), "cases", 0),
    "score.share": What(N_("统计数完成率"), "percent"),
    "score.short": What(N_("距满分标准"), "distance"),
    "mean": What(N_("所辖地区平均"), "indicator"),
    "median": What(N_("所辖地区中位"), "indicator"),
}


@cache
def what_of(code: str, part: str = "") -> What:
    """What a code means; KeyError for one that is not declared. An indicator's amount is an amount: fen.
    ``INDICATOR.INPUT`` is one of an indicator's inputs, a share in percent."""
    if code in WHATS:
        found = WHATS[code]
        if found.unit not in ("indicator", "distance"):
            return found
        about = what_of(part) if part in INDICATORS else WHATS["score.share"]
        # Two rates are points apart.
        apart = found.unit == "distance" and about.unit == "percent"
        return What(found.name, "points" if apart else about.unit, about.places)
    indicator, _dot, name = code.partition(".")
    declared = INDICATORS[indicator]
    if name:
        needed = next(one for one in declared.inputs if one.name == name)
        unit = "percent" if needed.unit == "share" else needed.unit
        return What(needed.label, unit, 2 if unit in ("percent", "fen", "fen_days") else 0)
    yuan = declared.unit == "yuan"
    return What(declared.name, "fen" if yuan else declared.unit, 2 if yuan else declared.scale)
