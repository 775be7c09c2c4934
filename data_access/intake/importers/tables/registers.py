"""What offices report and find: statistics, disbursement requests, problems."""

from __future__ import annotations

from data_access.intake.importers.tables.declaration import (
    DEPARTMENT_NAMES,
    MONTH_RULE,
    Column,
    ImportTable,
    money,
    region,
    scheme,
)
from rules.violations import CATEGORIES, DEPARTMENTS, ORIGINS, SIDES

STATISTIC = ImportTable(
    "statistic",
    "统计指标",
    "Statistics",
    (
        scheme(),
        region(),
        Column("month", "月份", "Month", "integer", "202610", rule=MONTH_RULE[0], rule_en=MONTH_RULE[1]),
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

REQUEST = ImportTable(
    "disbursement_request",
    "用款计划",
    "Disbursement requests",
    (
        scheme(),
        Column("month", "用款月份", "Month", "integer", "202611", rule=MONTH_RULE[0], rule_en=MONTH_RULE[1]),
        region(),
        money("asked_fen", "申请金额", "Asked", "38600000000", "不得为负", "never negative"),
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

VIOLATION = ImportTable(
    "violation",
    "问题线索",
    "Problems found",
    (
        scheme(),
        Column(
            "ref",
            "编号",
            "Reference",
            "text",
            "BD-2026-10-0031",
            rule="大写字母、数字和短横",
            rule_en="capital letters, digits and hyphens",
        ),
        region(),
        Column(
            "department",
            "责任部门",
            "Responsible department",
            "choice",
            "social",
            choices=DEPARTMENTS,
            names=DEPARTMENT_NAMES,
        ),
        Column("origin", "来源", "Origin", "choice", "comparison", choices=(*ORIGINS,)),
        Column("side", "四位一体", "Side", "choice", "operations", choices=(*SIDES,)),
        Column("category", "类别", "Category", "choice", "duplicate_benefit", choices=(*CATEGORIES,)),
        Column("title", "问题", "Problem", "text", "比对发现17人在两地同时领取待遇"),
        Column("found_on", "发现日期", "Found on", "date", "2026-10-12", rule="不晚于今天", rule_en="not after today"),
        money("amount_fen", "涉及金额", "Amount concerned", "41300000", "不得为负", "never negative"),
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
