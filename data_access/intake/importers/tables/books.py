"""The fund's own book and what stands beside it: entries, plans, openings, the departments' totals, deposits."""

from __future__ import annotations

from data_access.intake.importers.tables.declaration import (
    DEPARTMENT_NAMES,
    REPORTING,
    Column,
    ImportTable,
    money,
    region,
    scheme,
)

LEDGER = ImportTable(
    "ledger_entry",
    "基金收支明细",
    "Ledger entries",
    (
        scheme(),
        region(),
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
        money(
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

PLAN = ImportTable(
    "plan",
    "收支预算",
    "Plan",
    (
        scheme(),
        Column("year", "年度", "Year", "year", "2026", bounds=(2000, 2100)),
        region(),
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
        money("amount_fen", "金额", "Amount", "9800000000", "不得为负，可以为零", "never negative; may be zero"),
        Column("approval_ref", "批准文号", "Approval reference", "text", "苏财社〔2026〕1号"),
        Column(
            "approved_on", "批准日期", "Approved on", "date", "2026-02-20", rule="不晚于今天", rule_en="not after today"
        ),
    ),
    ("scheme", "year", "region", "item", "version"),
    note="已入库的版本不改：调整预算用更高的版本号。",
    note_en="A version that is in stays as it is: an adjustment takes a higher version.",
)

OPENING = ImportTable(
    "opening_balance",
    "期初余额",
    "Opening balances",
    (
        scheme(),
        Column("account", "账户", "Account", "code", "provincial", codes="account"),
        region("320000-0"),
        money("amount_fen", "金额", "Amount", "250000000000"),
        Column("as_of", "时点", "As of", "date", "2021-12-31", rule="不晚于今天", rule_en="not after today"),
    ),
    ("scheme", "account", "region"),
)


AGENCY = ImportTable(
    "agency_total",
    "部门对账数",
    "Agency totals",
    (
        scheme(),
        region(),
        Column("day", "日期", "Day", "date", "2026-10-09", rule="不晚于今天", rule_en="not after today"),
        Column("department", "部门", "Department", "choice", "tax", choices=REPORTING, names=DEPARTMENT_NAMES),
        Column("measure", "指标", "Measure", "choice", "premium_collected", choices=("premium_collected",)),
        money("amount_fen", "金额", "Amount", "125000000"),
    ),
    ("scheme", "region", "day", "department", "measure"),
)

UNREACHED = ImportTable(
    "unreached_item",
    "未达账项",
    "Unreached items",
    (
        scheme(),
        Column("ref", "编号", "Reference", "text", "WD-2026-0017"),
        region(),
        Column("recorded_by", "已记账部门", "Recorded by", "choice", "tax", choices=REPORTING, names=DEPARTMENT_NAMES),
        Column(
            "missing_at",
            "未记账部门",
            "Missing at",
            "choice",
            "treasury",
            choices=REPORTING,
            names=DEPARTMENT_NAMES,
        ),
        money("amount_fen", "金额", "Amount", "3200000"),
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

LEGACY = ImportTable(
    "legacy_balance",
    "历年结余上解任务",
    "Legacy balances",
    (
        scheme(),
        region(),
        Column("as_of", "时点", "As of", "date", "2020-12-31", rule="不晚于今天", rule_en="not after today"),
        money("owed_fen", "应上解", "Owed", "860000000", "不得为负", "never negative"),
        money("handed_before_fen", "期初已上解", "Handed over before", "0", "不得为负", "never negative"),
        Column("due_on", "期限", "Due on", "date", "2025-12-31"),
    ),
    ("scheme", "region"),
)

PRE_TRANSFER = ImportTable(
    "pre_transfer",
    "启动资金预调",
    "Advances for the start of pooling",
    (
        scheme(),
        region(),
        Column(
            "as_of", "结余时点", "Balance as of", "date", "2020-09-30", rule="不晚于今天", rule_en="not after today"
        ),
        money("balance_fen", "累计结余", "Cumulative balance", "1634000000", "缺口为负", "negative: a deficit"),
        money(
            "monthly_fen",
            "测算用全省月支出",
            "Province's monthly expenditure, as shared out",
            "2700000000000",
            "必须为正，各行相同",
            "positive, the same in every row",
        ),
        money("amount_fen", "已预调", "Advanced", "774000000", "不得为负", "never negative"),
        Column(
            "paid_on",
            "预调日期",
            "Advanced on",
            "date",
            "2020-11-20",
            False,
            rule="不晚于今天；没有预调的不填",
            rule_en="not after today; blank where nothing was advanced",
        ),
        Column("document", "文号", "Document", "text", "苏财社〔2020〕1号"),
    ),
    ("scheme", "region"),
    note="统收统支启动前从结余地区预调至省级财政专户的资金，分地区填报；应预调数由系统按办法测算。",
    note_en="What was advanced to the provincial account by regions with a balance before pooling began; the share by the rule is worked out.",
)

DEPOSIT = ImportTable(
    "deposit",
    "定期存款",
    "Deposits",
    (
        scheme(),
        Column("ref", "编号", "Reference", "text", "DQ-2024-003"),
        region("320000-0"),
        Column("account", "账户", "Account", "choice", "deposit", choices=("deposit", "legacy_deposit")),
        Column("bank", "银行", "Bank", "text", "中国工商银行南京分行"),
        money("amount_fen", "本金", "Principal", "50000000000", "必须为正", "positive"),
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
        Column(
            "kind",
            "品种",
            "Kind",
            "choice",
            "deposit",
            required=False,
            choices=("deposit", "bond"),
            rule="定期存款或国债，不填为定期存款",
            rule_en="term deposit or treasury bond, a deposit where left blank",
        ),
    ),
    ("scheme", "ref"),
)
