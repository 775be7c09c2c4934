"""What departments state beside the ledger, in their own forms: compared with it, never added to it."""

from __future__ import annotations

from data_access.intake.importers.tables.declaration import (
    DEPARTMENT_NAMES,
    MONTH_RULE,
    REPORTING,
    Column,
    ImportTable,
    money,
    region,
    scheme,
)

FORMS = ("monthly", "execution", "final")
FORM_NAMES = {"月报": "monthly", "预算执行": "execution", "社预执行": "execution", "决算": "final", "社决": "final"}


def _month(code: str, label: str, label_en: str, example: str, rule: str, rule_en: str) -> Column:
    return Column(code, label, label_en, "integer", example, rule=rule, rule_en=rule_en)


REPORTED = ImportTable(
    "reported_total",
    "报送报表数",
    "Reported totals",
    (
        scheme(),
        Column(
            "department",
            "报送部门",
            "Reporting department",
            "choice",
            "agency",
            choices=REPORTING,
            names=DEPARTMENT_NAMES,
        ),
        Column(
            "form",
            "报表",
            "Form",
            "choice",
            "monthly",
            choices=FORMS,
            names=FORM_NAMES,
            rule="月报、预算执行或决算",
            rule_en="monthly report, execution form or final accounts",
        ),
        region("320100"),
        Column("item", "收支项目", "Fund item", "code", "premium_current", codes="item"),
        _month(
            "since",
            "起月",
            "First month",
            "202601",
            "六位年月；本月数与止月相同，累计数为一月",
            "yyyymm; that of the last month for one month, January to date",
        ),
        _month(
            "until",
            "止月",
            "Last month",
            "202609",
            "六位年月，与起月同年，不晚于本月",
            "yyyymm, of the same year, not after this month",
        ),
        money("amount_fen", "金额", "Amount", "5218744362", "地区含其以下各级", "of the region with all below it"),
    ),
    ("scheme", "department", "form", "region", "item", "since", "until"),
    note="部门报表上的数，只与基金账比较，不计入基金账。合计不报：由各项目相加。",
    note_en="What a department's own form says: compared with the ledger, never added to it. Totals are not sent: they are "
    "the sum of their items.",
)

BANK = ImportTable(
    "bank_statement",
    "银行对账单",
    "Bank statements",
    (
        scheme(),
        Column("account", "账户", "Account", "code", "provincial", codes="account"),
        region("320000"),
        Column(
            "number",
            "账号",
            "Account number",
            "text",
            "3200********0017",
            rule="只保留前四位和后四位",
            rule_en="kept with its first and last four signs only",
        ),
        Column("day", "交易日期", "Day", "date", "2026-09-01", rule="不晚于今天", rule_en="not after today"),
        Column(
            "place",
            "当日序号",
            "Place in the day",
            "integer",
            "1",
            bounds=(1, 99_999),
            rule="当日第几笔，从1起",
            rule_en="which entry of the day, from 1",
        ),
        Column("bank", "开户行", "Bank", "text", "中国银行某市分行", False),
        Column("reference", "流水号", "Reference", "text", "20260901000123", False),
        money("in_fen", "收入", "In", "68810461", "收入、支出只填一项，另一项填0", "one of in and out, 0 in the other"),
        money("out_fen", "支出", "Out", "0"),
        money(
            "balance_fen",
            "余额",
            "Balance",
            "1383205803",
            "该笔之后；等于上一笔余额加收入减支出",
            "after the entry: the one before it, plus in, minus out",
        ),
        Column("counterparty", "对方户名", "Counterparty", "text", "省国库", False),
        Column("text", "摘要", "Text", "text", "归集", False),
    ),
    ("scheme", "account", "region", "number", "day", "place"),
    note="银行账上的数，只与基金账核对，不计入基金账。",
    note_en="What the bank's own book says: compared with the ledger, never added to it.",
)

TRIAL = ImportTable(
    "trial_balance",
    "科目余额表",
    "Trial balances",
    (
        scheme(),
        region("320100"),
        Column("month", "月份", "Month", "integer", "202609", rule=MONTH_RULE[0], rule_en=MONTH_RULE[1]),
        Column(
            "subject",
            "科目编码",
            "Subject code",
            "text",
            "1003",
            rule="数字，下级接在上级之后",
            rule_en="digits; a part's begin with its whole's",
        ),
        Column("name", "科目名称", "Subject", "text", "财政专户存款"),
        money("opening_debit_fen", "期初借方", "Opening debit", "520013000"),
        money("opening_credit_fen", "期初贷方", "Opening credit", "0"),
        money("debit_fen", "本期借方", "Debit", "91200700"),
        money("credit_fen", "本期贷方", "Credit", "88100200"),
        money(
            "closing_debit_fen",
            "期末借方",
            "Closing debit",
            "523113500",
            "期初加本期等于期末，否则拒收该行",
            "opening and movement make closing, or the line is refused",
        ),
        money("closing_credit_fen", "期末贷方", "Closing credit", "0"),
    ),
    ("scheme", "region", "month", "subject"),
    note="会计账上的数，只与基金账核对，不计入基金账。",
    note_en="What the accountants' books say: compared with the ledger, never added to it.",
)
