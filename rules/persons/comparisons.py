"""Rules of data comparison 疑点核查规则: what the registers of persons contradict, by which article, and what is innocent.

A rule finds leads 线索, never guilt: known innocent causes stand beside it. The comparison itself is an expression of the
person-level ledger (``data_access.persons.comparing``); here stands what a reader has to know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rules.department import Department
from rules.violations import Named

PENSION_SCHEMES = ("jiangsu-pension", "shanxi-pension", "jilin-pension")
JIANGSU = ("jiangsu-pension",)
# What is paid month by month to the insured themselves: it ends with their life.
PERIODIC = ("pension", "benefit_disability")
LAW = "社会保险法 第八十八条"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One rule. ``since``: the first month it judges begins on that day; ``schemes``: where its article is in force.

    ``category`` and ``side`` as in :mod:`rules.violations`; ``department`` verifies and recovers; ``inputs`` are the
    registers it reads; ``amount`` says what the amount at stake 涉及金额 is; ``causes`` are the known innocent ones.
    """

    code: str
    name: str
    name_en: str
    category: str
    side: str
    department: Department
    article: str
    since: date
    schemes: tuple[str, ...]
    inputs: tuple[Named, ...]
    amount: str
    amount_en: str
    causes: tuple[Named, ...]

    @property
    def since_month(self) -> int:
        return self.since.year * 100 + self.since.month


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What one rule found of one person in one place: ``person`` is the keyed hash, ``months`` are (yyyymm, fen at stake)
    in order, each positive; ``facts`` is what the registers say, code → text."""

    rule: str
    scheme: str
    region: str
    person: str
    months: tuple[tuple[int, int], ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def amount_fen(self) -> int:
        return sum(amount for _, amount in self.months)


PAYMENTS = Named("person_entry", "个人缴费和待遇明细", "Entries by person")
DEATHS = Named("person_death", "死亡登记", "Register of deaths")
CUSTODY = Named("person_custody", "服刑登记", "Register of sentences served")
RETIREMENTS = Named("person_retirement", "退休审批登记", "Register of retirements")
BACK_PAYMENTS = Named("person_back_payment", "补缴登记", "Register of back-payments")
ACCOUNTS = Named("person_account_change", "个人账户调整登记", "Register of account changes")
BASES = Named("person_base", "缴费基数登记", "Register of contribution bases")
WAGES = Named("avg_wage", "全口径城镇单位就业人员平均工资", "Average wage of all urban units")

# The registers by the names under which they are taken in.
REGISTERS = tuple(
    one.code.removeprefix("person_") for one in (DEATHS, CUSTODY, RETIREMENTS, BACK_PAYMENTS, ACCOUNTS, BASES)
)

WRONG_RECORD = Named("wrong_record", "登记有误或同号异人", "The record is wrong, or is of somebody else")
RETURNED = Named("returned", "已退回，尚未入账", "Paid back already, not booked yet")
PAPER_LATE = Named("paper_late", "有批件，登记漏报文号", "Approved; the register lacks the number of the document")

# What the facts of a suspicion are called.
FACTS: Mapping[str, Named] = {
    one.code: one
    for one in (
        Named("died_on", "死亡日期", "Died on"),
        Named("from_month", "开始年月", "From"),
        Named("until_month", "截止年月", "Until"),
        Named("also_paid", "另一处发放", "Also paid"),
        Named("retired_month", "退休年月", "Retired"),
        Named("due_month", "应到龄年月", "Age reached"),
        Named("way", "退休类别", "Kind of retirement"),
        Named("worker", "参保身份", "Insured as"),
        Named("base_fen", "申报缴费基数（元）", "Base declared (yuan)"),
        Named("lower_fen", "缴费基数下限（元）", "Lower limit (yuan)"),
        Named("document", "登记文号", "Document registered"),
        Named("source_ref", "登记流水号", "Reference of the record"),
    )
}

# What facts that are codes mean.
MEANINGS: Mapping[str, Named] = {
    one.code: one
    for one in (
        Named("employee", "单位职工", "Employee"),
        Named("flexible", "灵活就业", "In flexible work"),
        Named("normal", "正常", "Normal"),
        Named("special_trade", "特殊工种", "Special trade"),
        Named("illness", "病退", "Illness"),
        Named("elastic", "弹性提前", "Early by choice"),
    )
}


def _rules(*rules: Comparison) -> Mapping[str, Comparison]:
    return {one.code: one for one in rules}


COMPARISONS: Mapping[str, Comparison] = _rules(
    Comparison(
        "paid_after_death",
        "死亡后继续领取待遇",
        "Paid after death",
        "benefit_after_death",
        "operations",
        Department.AGENCY,
        LAW,
        date(2011, 7, 1),
        (*PENSION_SCHEMES, "jilin-work-injury"),
        (PAYMENTS, DEATHS),
        "死亡次月起发放的待遇净额，已冲回的不计",
        "What was paid for months after that of the death, net of what was reversed",
        (
            WRONG_RECORD,
            RETURNED,
            Named("declared_dead", "宣告死亡后本人重新出现", "Declared dead by a court, and came back"),
            Named("lump_sum", "死亡前已核定的一次性待遇", "A lump sum that was determined before the death"),
        ),
    ),
    Comparison(
        "paid_in_custody",
        "服刑期间继续领取养老金",
        "Paid while serving a sentence",
        "benefit_in_custody",
        "operations",
        Department.AGENCY,
        "劳社厅函〔2001〕44号",
        date(2001, 3, 1),
        PENSION_SCHEMES,
        (PAYMENTS, CUSTODY),
        "收监次月至刑满释放前一月发放的养老金净额",
        "The pension of whole months in custody, net of what was reversed",
        (
            WRONG_RECORD,
            RETURNED,
            Named("not_in_custody", "缓刑、假释或监外执行，可继续领取", "Sentence suspended or served outside custody"),
        ),
    ),
    Comparison(
        "paid_twice",
        "同月在两地或两项制度领取",
        "Paid twice in two places or schemes",
        "duplicate_benefit",
        "information",
        Department.AGENCY,
        "人社部规〔2016〕5号 六; 工伤保险条例 第三十五条",
        date(2016, 12, 1),
        (*PENSION_SCHEMES, "jilin-work-injury"),
        (PAYMENTS,),
        "同月各处发放净额中最多一处以外的金额",
        "Of a month's payments all but the largest",
        (
            WRONG_RECORD,
            RETURNED,
            Named(
                "difference", "工伤伤残津贴补足差额", "The work-injury fund pays the difference to a higher allowance"
            ),
            Named("arrears", "转移前应发月份的补发", "Arrears of months before the transfer"),
        ),
    ),
    Comparison(
        "early_retirement_unapproved",
        "未经审批提前退休",
        "Early retirement without approval",
        "early_retirement",
        "policy",
        Department.SOCIAL,
        "国发〔1978〕104号; 关于实施渐进式延迟法定退休年龄的决定; 苏政发〔2020〕45号 附件3 三（三）",
        date(2020, 9, 1),
        PENSION_SCHEMES,
        (PAYMENTS, RETIREMENTS),
        "退休当月至达到法定退休年龄前一月发放的养老金净额",
        "The pension paid before the statutory age, net of what was reversed",
        (
            PAPER_LATE,
            WRONG_RECORD,
            Named("birth_by_file", "档案出生年月早于身份证", "The personal file has an earlier month of birth"),
        ),
    ),
    Comparison(
        "back_payment_beyond",
        "超规定一次性补缴",
        "Back-payment beyond what is allowed",
        "lump_backpay",
        "operations",
        Department.AGENCY,
        "苏政发〔2020〕45号 附件1 三（四）、四; 人社部发〔2016〕132号",
        date(2020, 9, 1),
        PENSION_SCHEMES,
        (BACK_PAYMENTS,),
        "无依据补缴的金额；已据此多发的养老金核实时另按附件3 三（三）核定",
        "What was paid in; pensions that rest on it are determined when it is verified",
        (
            PAPER_LATE,
            WRONG_RECORD,
            Named("own_year", "补缴时尚在同一社会保险年度", "Paid within the same social-insurance year"),
        ),
    ),
    Comparison(
        "female_flexible_before_55",
        "女性灵活就业人员55岁前领取",
        "Women in flexible work paid before 55",
        "early_retirement",
        "policy",
        Department.SOCIAL,
        "苏政发〔2020〕45号 附件3 三（三）",
        date(2021, 1, 1),
        JIANGSU,
        (PAYMENTS, RETIREMENTS),
        "满55周岁前发放的养老金净额，只计2021年1月1日以后新发生的",
        "The pension paid before 55, for those who retired from 2021 on",
        (
            PAPER_LATE,
            WRONG_RECORD,
            Named("employee", "退休时为单位职工，身份登记有误", "She was an employee; the register says otherwise"),
        ),
    ),
    Comparison(
        "account_raised",
        "无依据调增个人账户",
        "Account raised without a decision",
        "accounts",
        "operations",
        Department.AGENCY,
        "苏政发〔2020〕45号 附件1 二（二）; 人力资源社会保障部令第14号",
        date(2020, 9, 1),
        PENSION_SCHEMES,
        (ACCOUNTS,),
        "无文号调增的个人账户金额",
        "What the account was raised by without a document",
        (
            PAPER_LATE,
            WRONG_RECORD,
            Named("moved", "制度内账户归集或转入", "Accounts of one person brought together, or moved in"),
        ),
    ),
    Comparison(
        "base_under_limit",
        "缴费基数低于下限",
        "Contribution base under the limit",
        "rate_or_base",
        "policy",
        Department.TAX,
        "苏政发〔2020〕45号 附件1 二（二）（三）、附件3 三（二）",
        date(2020, 9, 1),
        PENSION_SCHEMES,
        (BASES, WAGES),
        "（下限－申报基数）×缴费比例，逐月四舍五入到分",
        "Lower limit less base, times the rate, each month rounded to the fen",
        (
            WRONG_RECORD,
            Named("part_month", "当月中途参保或停保", "Insured for part of the month"),
            Named("corrected", "已补足基数，登记未更新", "Made up for already; the register is behind"),
        ),
    ),
)
