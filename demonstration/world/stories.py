"""The planted stories 预设情节: what goes wrong where, and from when. docs/demo.md lists where each is to be seen.

Months are yyyymm. A factor is against the planned amount of the same month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LATE_COUNTY = "320981"  # 东台市 collects about three weeks late
LATE_COUNTY_FROM = 202601
LATE_SHARE = 0.75  # of a month

RATE_CUT_COUNTY = "321283"  # 泰兴市 lowered the employer rate from 16 % to 15 %
EARLY_RAISE_COUNTY = "320381"  # 新沂市 raised pensions in April, before the province's adjustment
EARLY_RAISE = 0.07
SLOW_POOLING_COUNTY = "321322"  # 沭阳县 leaves its collections in the treasury
SLOW_POOLING_FROM = 202605
SLOW_POOLING_DAYS = 12  # working days

DOUBLE_POSTING_COUNTY = "320614"  # 海门区: the tax side books receipts twice
DOUBLE_POSTING_CORRECTED = (202606, 202608)  # reversed in the following month, after the close
DOUBLE_POSTING_STANDING = (202610,)  # still there

RECONCILIATION_COUNTY = "321084"  # 高邮市: the treasury's total is short, with no unreached item to explain it
RECONCILIATION_MONTH = 202610
RECONCILIATION_SHORT = 0.03

REPORT_SLIPPED = ("jiangsu-pension", "321200", "pension", 202610)  # 泰州's agency reports the pensions of a month
REPORT_SLIP = 9_000_000  # too high: two digits changed places

BANK_INTEREST_IN = ("jiangsu-pension", 202610)  # interest on an expenditure account that its ledger has not booked
BANK_INTEREST = 318_642

QUARTERLY_LATE_CITY, QUARTERLY_LATE = "320900", 202609  # 盐城 hands the transfers of the third quarter up late
QUARTERLY_LATE_DAYS = 40  # after the others

SILENT_SOURCE = "jiangsu-pension-tax-park"  # 苏州工业园区 reports through its own system, which falls silent
SILENT_COUNTY = "320576"
SILENT_WORKING_DAYS = 4  # before the demonstration is loaded

LEGACY_LATE_CITY = "320300"  # 徐州 handed over its last instalment in parts
LEGACY_USED_IN = ("jiangsu-pension", 202610)  # the same city's bank states an outflow that is booked nowhere
LEGACY_USED, LEGACY_USED_DAYS = 120_000_000, (13, 23)  # it went out on one day and came back on the other
LEGACY_DEPOSIT_CITY = "140500"  # 晋城 holds a bond that matures later: rightly not handed over yet
LEGACY_DEPOSIT_MATURES = date(2027, 6, 15)

# What statistics show. Of the cities below plan, these collect less than is due; in the others less is due.
COLLECTED_SHORT = ("320800", "141100")
RATE_CUT = -0.01  # of the county that lowered the employer rate
ENROLMENT_BEHIND = {"320700": 0.86, "220500": 0.88}  # 连云港、通化: this share of what was to be added
EARLY_RETIREMENTS = (("320681", 202507, 4.2),)  # 启东市: so many times as many as elsewhere
UNPAID = (("321324", 202610, 386),)  # 泗洪县: persons not paid in full on time
SLOW_RECOGNITION_CITY = "220400"  # 辽源 decides on injuries late
STATISTIC_CORRECTED, STATISTIC_CORRECTED_MONTH = "320116", 202606  # 六合区 first reported too few contributors
STATISTIC_CORRECTED_ON = date(2026, 8, 15)

REQUEST_OFF_UNIT, REQUEST_OFF_MONTH = "320382", 202608  # 邳州市 asked late and for too much
REQUEST_OFF = 1.14
# The next month's money is for visitors to ask for: 宿迁 and 长治 have not said what they need, nothing is applied for.
LEFT_TO_VISITORS = {"jiangsu-pension": "321300", "shanxi-pension": "140400"}

# A twelfth of a month's money reaches these units days after the paying day: scheme, unit, month, working days.
LATE_MONEY = (
    ("jiangsu-pension", "320924", 202610, 2),  # 射阳县
    ("jiangsu-pension", "320722", 202610, 1),  # 东海县
    ("shanxi-pension", "140426", 202610, 2),  # 黎城县
    ("shanxi-pension", "140722", 202610, 1),  # 左权县
    ("jilin-pension", "220283", 202610, 1),  # 舒兰市
)
LATE_PART = 12

SHARE_UNPAID = ("shanxi-pension", "140930")  # 河曲县 has handed over half of last year's share of the general gap

QUIET_CITIES = ("320400", "320200")  # 常州、无锡: nothing happens, nothing may warn


@dataclass(frozen=True, slots=True)
class Shift:
    """From a month on, a region (a city with its units, or a unit) pays in or draws more or less than planned."""

    scheme: str
    region: str
    from_month: int
    premium: float = 1.0
    benefit: float = 1.0


SHIFTS = (
    Shift("jiangsu-pension", "320800", 202601, premium=0.925),  # 淮安 falls well behind on premium
    Shift("jiangsu-pension", "320700", 202601, premium=0.930),  # 连云港 likewise
    Shift("jiangsu-pension", "321100", 202601, benefit=1.12),  # 镇江 exceeds its expenditure plan by 12 %
    Shift("jiangsu-pension", RATE_CUT_COUNTY, 202601, premium=23 / 24),
    Shift("jiangsu-pension", EARLY_RAISE_COUNTY, 202604, benefit=1 + EARLY_RAISE),
    Shift("shanxi-pension", "141100", 202601, premium=0.946),  # 吕梁 behind on premium
    Shift("jilin-pension", "220500", 202601, premium=0.940),  # 通化 behind on premium
    Shift("jilin-work-injury", "220100", 202601, benefit=1.05),  # 长春: likewise, a little
    Shift("jilin-work-injury", "220300", 202601, benefit=1.066),  # 四平: more injuries than planned
)

# What a year's plan is set below what is expected: (scheme, year, city or province, "" for every unit) → share.
PLANNED_LOW = {
    ("jiangsu-pension", 2025, "320500"): 0.89,  # 苏州 collects some 12 % more than planned and earns a credit
    ("jiangsu-pension", 2025, "321000"): 0.945,  # 扬州 just above 5 %
    ("jiangsu-pension", 2025, "321200"): 0.965,  # 泰州 below 5 %: no credit
    ("jilin-pension", 2026, "220000"): 0.95,  # adjustment money not yet notified: a gap in the plan
}

# What the closing of the books added to December, by item in fen, with the reason given; the documents of the decisions.
FINAL_SLIPS = {"interest": 412_508_614, "other_expenditure": -125_000_000}
FINAL_REASONS = {
    "interest": "年终决算补记12月21日至31日活期利息，银行2026年1月回单",
    "other_expenditure": "一笔退回款项跨年入账，决算冲减其他支出",
}
FINAL_DOCUMENTS = {
    "review": "演示政函〔{next}〕12号",
    "approve": "演示人常〔{next}〕8号",
    "file": "演示财社〔{next}〕35号",
}
NATIONAL_DOCUMENTS = {
    "contribution": "演示统筹〔{year}〕{number}号",
    "subsidy": "演示财社〔{year}〕{number}号",
}

# What offices report to the province where the income of a month is far behind its plan, or ahead of it: problem, measure.
INCOME_BEHIND = (
    "个别重点企业经批准缓缴，规模以上制造业缴费人数较上年减少，灵活就业人员缴费集中推迟到年底。",
    "逐户建立缓缴清欠台账，年内到期的按月催缴；会同社保经办机构开展参保扩面和基数核查，12月20日前补足差额。",
)
INCOME_AHEAD = (
    "定期存款提前结息，利息集中入账，其他收入早于往年，不影响全年计划完成。",
    "按存款到期表重排结息进度，年末核对全年利息，不作超收处理。",
)
