"""Master data: regions, sources, the calendar, schemes."""

from __future__ import annotations

from data_access.intake.importers.tables.declaration import DEPARTMENT_NAMES, Column, ImportTable, scheme
from data_access.intake.importers.tables.published import FUNDS
from rules.department import Department

REGION = ImportTable(
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
        Column(
            "kind",
            "类型",
            "Kind",
            "choice",
            "division",
            choices=("division", "own", "zone", "functional", "separate", "foreign"),
        ),
        Column("valid_from", "启用日期", "Valid from", "date", "", False),
        Column("valid_to", "停用日期", "Valid to", "date", "", False),
        Column("successor", "并入地区", "Successor", "text", "", False),
    ),
    ("code",),
    "replace",
)

SOURCE = ImportTable(
    "source",
    "数据来源",
    "Sources",
    (
        Column("code", "代码", "Code", "text", "js-tax"),
        Column("name", "名称", "Name", "text", "江苏税务征收数据"),
        Column("name_en", "英文名称", "English name", "text", "Jiangsu tax collections"),
        Column("department", "部门", "Department", "choice", "tax", choices=(*Department,), names=DEPARTMENT_NAMES),
        scheme(),
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

CALENDAR = ImportTable(
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

SCHEME = ImportTable(
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
