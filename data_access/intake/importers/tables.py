"""What can be imported: every table's declared columns, from which validation, templates and the contract are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rules.department import Department
from rules.violations import CATEGORIES, DEPARTMENTS, ORIGINS, SIDES

Kind = Literal["code", "choice", "text", "date", "instant", "money", "integer", "year", "decimal"]
Policy = Literal["ledger", "append", "replace"]
# The first two have ledgers and rules; of the others there are published yearly totals only.
FUNDS = (
    "pension",
    "work_injury",
    "unemployment",
    "medical",
    "employee_medical",
    "resident_medical",
    "resident_pension",
    "institution_pension",
)
TOPICS = ("wage", "population", "central")


@dataclass(frozen=True, slots=True)
class Column:
    """One importable column. The header may be ``code``, ``label`` or one of ``aliases``.

    ``codes`` names the code list of a ``code`` column (scheme, any_scheme, region, item, movement, account, source,
    topic, place, measure), ``choices`` the values of a ``choice`` column, ``names`` other words that are taken for one of
    them. ``rule`` says what else is asked of the value.
    A ``money`` column is integer fen; its twin in yuan (``…_yuan``, （元）) is taken in its stead.
    """

    code: str
    label: str
    label_en: str
    kind: Kind
    example: str
    required: bool = True
    codes: str = ""
    choices: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    rule: str = ""
    rule_en: str = ""
    bounds: tuple[int, int] | None = None

    @property
    def yuan_code(self) -> str | None:
        return self.code.removesuffix("fen") + "yuan" if self.kind == "money" else None

    @property
    def yuan_label(self) -> str | None:
        return self.label.replace("（分）", "（元）") if self.kind == "money" else None


@dataclass(frozen=True, slots=True)
class ImportTable:
    """One importable table.

    ``key`` tells two rows apart. ``policy``: *ledger* rows are entries that also change the roll-ups; *append* rows
    stay as they came, and a second row of the same key with other content is a conflict; *replace* rows are master
    data, where the later row counts. ``may_fill`` names the columns that a later row may fill in where they were empty.
    """

    name: str
    label: str
    label_en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    policy: Policy = "append"
    may_fill: tuple[str, ...] = ()
    note: str = ""
    note_en: str = ""

    def column(self, code: str) -> Column:
        return next(column for column in self.columns if column.code == code)


def _scheme() -> Column:
    return Column("scheme", "统筹制度", "Scheme", "code", "jiangsu-pension", codes="scheme")


def _region(example: str = "320102") -> Column:
    return Column("region", "地区代码", "Region code", "code", example, codes="region")


def _money(code: str, label: str, label_en: str, example: str, rule: str = "", rule_en: str = "") -> Column:
    return Column(code, f"{label}（分）", f"{label_en} (fen)", "money", example, rule=rule, rule_en=rule_en)


_LEDGER = ImportTable(
    "ledger_entry",
    "基金收支明细",
    "Ledger entries",
    (
        _scheme(),
        _region(),
        Column(
            "item",
            "收支项目",
            "Fund item",
            "code",
            "premium_current",
            False,
            "item",
            rule="归集、拨付等不确认收支的资金运动留空",
            rule_en="empty where the movement recognises neither side",
        ),
        Column("movement", "资金运动", "Movement", "code", "collect", codes="movement"),
        Column(
            "business_date",
            "业务日期",
            "Business date",
            "date",
            "2026-10-09",
            rule="在开放年度内，不晚于今天",
            rule_en="inside the open years, not after today",
        ),
        Column(
            "booked_at",
            "记账时间",
            "Booked at",
            "instant",
            "2026-10-09T16:30:00+08:00",
            False,
            rule="未写时区按北京时间；空则取导入时间",
            rule_en="Beijing time unless it names a zone; import time if empty",
        ),
        _money(
            "amount_fen",
            "金额",
            "Amount",
            "125000000",
            "负数只用于红字冲销（填写冲销单号）和征收退费",
            "negative only where it corrects an entry or refunds a premium",
        ),
        Column("source", "数据来源", "Source", "code", "js-tax", codes="source"),
        Column("source_ref", "来源单号", "Source reference", "text", "TAX-20261009-000001"),
        Column(
            "corrects",
            "冲销单号",
            "Corrects",
            "text",
            "",
            False,
            rule="被冲销记录的来源单号",
            rule_en="source reference of the entry that this one reverses",
        ),
    ),
    ("source", "source_ref"),
    "ledger",
    note="只增不改：更正用红字冲销。同一来源的来源单号不得重复。",
    note_en="Append-only: correct by reversing entries. A source never uses a reference twice.",
)

_PLAN = ImportTable(
    "plan",
    "收支预算",
    "Plan",
    (
        _scheme(),
        Column("year", "年度", "Year", "year", "2026", bounds=(2000, 2100)),
        _region(),
        Column("item", "收支项目", "Fund item", "code", "premium", codes="item"),
        Column(
            "version",
            "版本",
            "Version",
            "integer",
            "0",
            bounds=(0, 999),
            rule="0 为年初预算，调整预算依次加一",
            rule_en="0 is the original plan, each approved adjustment one more",
        ),
        _money("amount_fen", "金额", "Amount", "9800000000", "不得为负，可以为零", "never negative; may be zero"),
        Column("approval_ref", "批准文号", "Approval reference", "text", "苏财社〔2026〕1号"),
        Column(
            "approved_on", "批准日期", "Approved on", "date", "2026-02-20", rule="不晚于今天", rule_en="not after today"
        ),
    ),
    ("scheme", "year", "region", "item", "version"),
    note="已入库的版本不改：调整预算用更高的版本号。",
    note_en="A version that is in stays as it is: an adjustment takes a higher version.",
)

_OPENING = ImportTable(
    "opening_balance",
    "期初余额",
    "Opening balances",
    (
        _scheme(),
        Column("account", "账户", "Account", "code", "provincial", codes="account"),
        _region("320000-0"),
        _money("amount_fen", "金额", "Amount", "250000000000"),
        Column("as_of", "时点", "As of", "date", "2021-12-31", rule="不晚于今天", rule_en="not after today"),
    ),
    ("scheme", "account", "region"),
)

_DEPARTMENTS = ("tax", "treasury", "fiscal", "agency")
# As lists of departments write them.
_DEPARTMENT_NAMES = {
    "人社": "social",
    "财政": "fiscal",
    "税务": "tax",
    "经办": "agency",
    "人行": "treasury",
    "国库": "treasury",
}

_AGENCY = ImportTable(
    "agency_total",
    "部门对账数",
    "Agency totals",
    (
        _scheme(),
        _region(),
        Column("day", "日期", "Day", "date", "2026-10-09", rule="不晚于今天", rule_en="not after today"),
        Column("department", "部门", "Department", "choice", "tax", choices=_DEPARTMENTS, names=_DEPARTMENT_NAMES),
        Column("measure", "指标", "Measure", "choice", "premium_collected", choices=("premium_collected",)),
        _money("amount_fen", "金额", "Amount", "125000000"),
    ),
    ("scheme", "region", "day", "department", "measure"),
)

_UNREACHED = ImportTable(
    "unreached_item",
    "未达账项",
    "Unreached items",
    (
        _scheme(),
        Column("ref", "编号", "Reference", "text", "WD-2026-0017"),
        _region(),
        Column(
            "recorded_by", "已记账部门", "Recorded by", "choice", "tax", choices=_DEPARTMENTS, names=_DEPARTMENT_NAMES
        ),
        Column(
            "missing_at",
            "未记账部门",
            "Missing at",
            "choice",
            "treasury",
            choices=_DEPARTMENTS,
            names=_DEPARTMENT_NAMES,
        ),
        _money("amount_fen", "金额", "Amount", "3200000"),
        Column("reason", "原因", "Reason", "text", "月末入库次日到账"),
        Column("arose_on", "发生日期", "Arose on", "date", "2026-09-30", rule="不晚于今天", rule_en="not after today"),
        Column(
            "cleared_on",
            "核销日期",
            "Cleared on",
            "date",
            "",
            False,
            rule="可后补，不早于发生日期",
            rule_en="may be filled in later; not before it arose",
        ),
    ),
    ("scheme", "ref"),
    may_fill=("cleared_on",),
)

_LEGACY = ImportTable(
    "legacy_balance",
    "历年结余上解任务",
    "Legacy balances",
    (
        _scheme(),
        _region(),
        Column("as_of", "时点", "As of", "date", "2020-12-31", rule="不晚于今天", rule_en="not after today"),
        _money("owed_fen", "应上解", "Owed", "860000000", "不得为负", "never negative"),
        _money("handed_before_fen", "期初已上解", "Handed over before", "0", "不得为负", "never negative"),
        Column("due_on", "期限", "Due on", "date", "2025-12-31"),
    ),
    ("scheme", "region"),
)

_DEPOSIT = ImportTable(
    "deposit",
    "定期存款",
    "Deposits",
    (
        _scheme(),
        Column("ref", "编号", "Reference", "text", "DQ-2024-003"),
        _region("320000-0"),
        Column("account", "账户", "Account", "choice", "deposit", choices=("deposit", "legacy_deposit")),
        Column("bank", "银行", "Bank", "text", "中国工商银行南京分行"),
        _money("amount_fen", "本金", "Principal", "50000000000", "必须为正", "positive"),
        Column(
            "rate",
            "年利率",
            "Rate per year",
            "decimal",
            "0.0275",
            rule="小数，0.0275 即 2.75%",
            rule_en="a fraction: 0.0275 is 2.75 %",
        ),
        Column("starts_on", "起息日", "Starts on", "date", "2024-03-01"),
        Column(
            "matures_on", "到期日", "Matures on", "date", "2027-03-01", rule="晚于起息日", rule_en="after it starts"
        ),
    ),
    ("scheme", "ref"),
)

_PUBLISHED = ImportTable(
    "published_total",
    "公布年度数",
    "Published totals",
    (
        Column(
            "scheme",
            "制度或主题",
            "Scheme or topic",
            "code",
            "published-pension",
            codes="topic",
            aliases=("topic", "主题", "险种"),
            rule=f"也可写 {'、'.join((*FUNDS, *TOPICS))}",
            rule_en=f"or a topic: {', '.join((*FUNDS, *TOPICS))}",
        ),
        Column(
            "year",
            "年度",
            "Year",
            "year",
            "2010",
            bounds=(1949, 2100),
            aliases=("年份",),
            rule="不晚于今年",
            rule_en="not after this year",
        ),
        Column(
            "region",
            "地区",
            "Region",
            "code",
            "320000",
            codes="place",
            rule="代码、中文名或英文名",
            rule_en="code, Chinese or English name",
        ),
        Column(
            "measure",
            "指标",
            "Measure",
            "text",
            "income",
            rule="收入、支出、累计结余、参保人数等名称，或自定的小写代码",
            rule_en="a name such as 基金收入 or income, or a code of your own in lower case",
        ),
        Column("value", "数值", "Value", "decimal", "951.6", rule="按公布的写法", rule_en="exactly as published"),
        Column(
            "unit",
            "单位",
            "Unit",
            "text",
            "100m yuan",
            rule="亿元、万元、元、万人、人、%、元/月等；与指标相符",
            rule_en="100m yuan, 10k yuan, yuan, 10k persons, persons, percent, yuan/month …, fit for the measure",
        ),
        Column(
            "citation",
            "出处",
            "Source",
            "text",
            "China Statistical Yearbook 2011, table 21-40",
            aliases=("source", "来源", "资料来源"),
        ),
    ),
    ("scheme", "year", "region", "measure"),
)

_REGION = ImportTable(
    "region",
    "地区",
    "Regions",
    (
        Column(
            "code",
            "代码",
            "Code",
            "text",
            "320102",
            rule="六位代码，省本级、市区加 -0",
            rule_en="six digits; own level and urban area add -0",
        ),
        Column("name", "名称", "Name", "text", "玄武区"),
        Column("name_en", "英文名称", "English name", "text", "Xuanwu"),
        Column(
            "level",
            "级别",
            "Level",
            "choice",
            "district",
            choices=("nation", "province", "city", "county", "district"),
            rule="district=市区内的区、功能区",
            rule_en="district: inside a city's urban area",
        ),
        Column(
            "parent", "上级代码", "Parent", "text", "320100", False, rule="全国留空", rule_en="empty for the nation"
        ),
        Column("kind", "类型", "Kind", "choice", "division", choices=("division", "own", "zone", "functional")),
        Column("valid_from", "启用日期", "Valid from", "date", "", False),
        Column("valid_to", "停用日期", "Valid to", "date", "", False),
        Column("successor", "并入地区", "Successor", "text", "", False),
    ),
    ("code",),
    "replace",
)

_SOURCE = ImportTable(
    "source",
    "数据来源",
    "Sources",
    (
        Column("code", "代码", "Code", "text", "js-tax"),
        Column("name", "名称", "Name", "text", "江苏税务征收数据"),
        Column("name_en", "英文名称", "English name", "text", "Jiangsu tax collections"),
        Column("department", "部门", "Department", "choice", "tax", choices=(*Department,), names=_DEPARTMENT_NAMES),
        _scheme(),
        Column("rhythm", "报送频率", "Rhythm", "choice", "daily", choices=("daily", "monthly")),
        Column(
            "due",
            "报送时限",
            "Due",
            "text",
            "10:00",
            rule="每日：次一工作日的时刻 HH:MM；每月：次月第几日",
            rule_en="daily: HH:MM of the next working day; monthly: day of the next month",
        ),
    ),
    ("code",),
    "replace",
)

_CALENDAR = ImportTable(
    "calendar_day",
    "节假日",
    "Calendar days",
    (
        Column("day", "日期", "Day", "date", "2026-10-01"),
        Column("kind", "类型", "Kind", "choice", "holiday", choices=("holiday", "workday")),
        Column("name", "名称", "Name", "text", "国庆节"),
    ),
    ("day",),
    "replace",
)

_SCHEME = ImportTable(
    "scheme",
    "统筹制度",
    "Schemes",
    (
        Column("code", "代码", "Code", "code", "jiangsu-pension", codes="any_scheme"),
        Column("name", "名称", "Name", "text", "江苏省企业职工基本养老保险"),
        Column("name_en", "英文名称", "English name", "text", "Jiangsu enterprise employees' basic pension"),
        Column("fund", "险种", "Fund", "choice", "pension", choices=FUNDS),
        Column("province", "省份代码", "Province", "code", "320000", codes="region"),
        Column("kind", "类型", "Kind", "choice", "ledger", choices=("ledger", "published")),
        Column("demo", "演示", "Demonstration", "choice", "false", choices=("true", "false")),
    ),
    ("code",),
    "replace",
)


def _count(code: str, label: str, label_en: str, example: str) -> Column:
    return Column(code, label, label_en, "integer", example, bounds=(0, 2_000_000_000))


_CENTRAL = ImportTable(
    "central_year",
    "中央调剂年度数",
    "Central adjustment inputs",
    (
        Column("year", "年度", "Year", "year", "2020", bounds=(2018, 2100)),
        _region("320000"),
        _count("participants", "在职参保人数（人）", "Participants in work (persons)", "24210000"),
        _count("enterprise_employees", "企业就业人数（人）", "Enterprise employees (persons)", "23050000"),
        _count("retirees", "核定离退休人数（人）", "Retirees (persons)", "8760000"),
        _count("nonprivate_wage_yuan", "非私营单位平均工资（元）", "Non-private average wage (yuan)", "103621"),
        _count("nonprivate_employees", "非私营单位就业人数（人）", "Non-private employees (persons)", "13800000"),
        _count("private_wage_yuan", "私营单位平均工资（元）", "Private average wage (yuan)", "63830"),
        _count("private_employees", "私营单位就业人数（人）", "Private employees (persons)", "9250000"),
    ),
    ("year", "region"),
    note="各省份计算上解额、拨付额的依据，一省一年一行（国发〔2018〕18号 二（一）（二））。",
    note_en="What each province's contribution and allocation are computed from, one row a province and year.",
)

_MONTH_RULE = ("六位年月，如 202610", "year and month in six digits: 202610")

_STATISTIC = ImportTable(
    "statistic",
    "统计指标",
    "Statistics",
    (
        _scheme(),
        _region(),
        Column("month", "月份", "Month", "integer", "202610", rule=_MONTH_RULE[0], rule_en=_MONTH_RULE[1]),
        Column("measure", "指标", "Measure", "code", "contributors", codes="measure"),
        Column(
            "version",
            "版本",
            "Version",
            "integer",
            "0",
            bounds=(0, 999),
            rule="0 为首次上报，更正依次加一",
            rule_en="0 is the first report, each correction one more",
        ),
        Column(
            "value",
            "数值",
            "Value",
            "decimal",
            "215436",
            rule="人数、件数、金额（分）为整数；比例用小数",
            rule_en="persons, cases and fen whole; shares as fractions",
        ),
    ),
    ("scheme", "region", "month", "measure", "version"),
    note="指标代码见规则说明。已上报的不改：更正用更高的版本号。",
    note_en="What was reported stays as it is: a correction takes a higher version.",
)

_REQUEST = ImportTable(
    "disbursement_request",
    "用款计划",
    "Disbursement requests",
    (
        _scheme(),
        Column("month", "用款月份", "Month", "integer", "202611", rule=_MONTH_RULE[0], rule_en=_MONTH_RULE[1]),
        _region(),
        _money("asked_fen", "申请金额", "Asked", "38600000000", "不得为负", "never negative"),
        Column(
            "approved_fen",
            "核定金额（分）",
            "Approved (fen)",
            "money",
            "",
            False,
            rule="可与核定日期一并后补",
            rule_en="may be filled in later, with its day",
        ),
        Column("asked_on", "申请日期", "Asked on", "date", "2026-10-20", rule="不晚于今天", rule_en="not after today"),
        Column(
            "approved_on",
            "核定日期",
            "Approved on",
            "date",
            "",
            False,
            rule="不早于申请日期",
            rule_en="not before it was asked for",
        ),
    ),
    ("scheme", "month", "region"),
    may_fill=("approved_fen", "approved_on"),
    note="经办机构按月申请，财政审核（晋政发〔2019〕4号 二（一）；苏政发〔2020〕45号 二（二））。",
    note_en="What the agencies ask for the month, and what the finance side approves.",
)

_CENTRAL_PAYMENT = ImportTable(
    "central_payment",
    "中央调剂缴拨",
    "Central adjustment payments",
    (
        Column("year", "年度", "Year", "year", "2020", bounds=(2018, 2100)),
        Column("quarter", "季度", "Quarter", "integer", "1", bounds=(1, 4)),
        _region("320000"),
        _money("contribution_fen", "上解额", "Contribution", "611900000000", "不得为负", "never negative"),
        _money("allocation_fen", "下拨额", "Allocation", "438000000000", "不得为负", "never negative"),
        Column("paid_on", "缴拨日期", "Paid on", "date", "2020-03-20", rule="不晚于今天", rule_en="not after today"),
    ),
    ("year", "quarter", "region"),
    note="各省份按季预缴预拨（国发〔2018〕18号 二（三））。",
    note_en="What each province paid in and was given in a quarter.",
)

_VIOLATION = ImportTable(
    "violation",
    "问题线索",
    "Problems found",
    (
        _scheme(),
        Column(
            "ref",
            "编号",
            "Reference",
            "text",
            "BD-2026-10-0031",
            rule="大写字母、数字和短横",
            rule_en="capital letters, digits and hyphens",
        ),
        _region(),
        Column(
            "department",
            "责任部门",
            "Responsible department",
            "choice",
            "social",
            choices=DEPARTMENTS,
            names=_DEPARTMENT_NAMES,
        ),
        Column("origin", "来源", "Origin", "choice", "comparison", choices=(*ORIGINS,)),
        Column("side", "四位一体", "Side", "choice", "operations", choices=(*SIDES,)),
        Column("category", "类别", "Category", "choice", "duplicate_benefit", choices=(*CATEGORIES,)),
        Column("title", "问题", "Problem", "text", "比对发现17人在两地同时领取待遇"),
        Column("found_on", "发现日期", "Found on", "date", "2026-10-12", rule="不晚于今天", rule_en="not after today"),
        _money("amount_fen", "涉及金额", "Amount concerned", "41300000", "不得为负", "never negative"),
        Column("persons", "涉及人数", "Persons concerned", "integer", "", False, bounds=(0, 999_999_999)),
        Column("comparison", "比对批次", "Comparison", "text", "2026年三季度跨省领取比对", False),
        Column("suspects", "疑点数", "Suspects", "integer", "17", False, bounds=(0, 999_999_999)),
        Column(
            "due_on", "整改期限", "Due on", "date", "", False, rule="不早于发现日期", rule_en="not before it was found"
        ),
        Column("evidence", "依据", "Evidence", "text", "比对结果清单"),
        Column(
            "related",
            "关联",
            "Related to",
            "text",
            "",
            False,
            rule="预警写 warning:编号，缺口台账写 gap:编号",
            rule_en="a warning as warning:ID, an item of the gap register as gap:NUMBER",
        ),
    ),
    ("scheme", "ref"),
    note="导入的问题都是线索，核实、整改、销号在问题台账里办理。",
    note_en="What is imported are leads; they are verified, mended and closed in the register of problems.",
)

_MONEY = (_LEDGER, _PLAN, _OPENING, _AGENCY, _UNREACHED, _LEGACY, _DEPOSIT, _PUBLISHED, _CENTRAL)
_FURTHER = (_STATISTIC, _REQUEST, _CENTRAL_PAYMENT, _VIOLATION)
_MASTER = (_REGION, _SOURCE, _CALENDAR, _SCHEME)
TABLES: dict[str, ImportTable] = {table.name: table for table in (*_MONEY, *_FURTHER, *_MASTER)}
