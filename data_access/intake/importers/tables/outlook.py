"""What the long-run projection 中长期测算 rests on: insured persons by age, mortality."""

from __future__ import annotations

from dataclasses import replace

from data_access.intake.importers.tables.declaration import Column, ImportTable, count, money, region, scheme
from rules.projection.groups import GROUPS

OLDEST = 120


def _age(example: str, rule: str = "", rule_en: str = "") -> Column:
    return Column(
        "age", "年龄", "Age", "integer", example, aliases=("周岁",), bounds=(0, OLDEST), rule=rule, rule_en=rule_en
    )


def _group_names() -> dict[str, str]:
    """Other words for the groups: their names in both languages, brackets of either width."""
    names = {name: group.code for group in GROUPS.values() for name in (group.name, group.name_en)}
    names |= {"男职工": "employee_male", "女干部": "employee_female_55", "女工人": "employee_female_50"}
    return names | {name.replace("（", "(").replace("）", ")"): code for name, code in names.items()}


STRUCTURE = ImportTable(
    "population_structure",
    "参保人员结构",
    "Insured persons by age",
    (
        replace(scheme(), aliases=("险种",)),
        Column(
            "year",
            "年末",
            "Year's end",
            "year",
            "2025",
            bounds=(2000, 2100),
            aliases=("年度", "年份"),
            rule="已结束的年度",
            rule_en="a year that has ended",
        ),
        replace(region("320000"), aliases=("地区", "统筹地区")),
        Column(
            "insured_group",
            "参保群体",
            "Insured group",
            "choice",
            "employee_male",
            choices=(*GROUPS,),
            names=_group_names(),
            aliases=("群体", "人员类别"),
        ),
        _age("45", "年末周岁", "full years at the year's end"),
        replace(count("contributors", "缴费人数", "Contributors", "412350"), aliases=("在职缴费人数", "实际缴费人数")),
        replace(count("retirees", "离退休人数", "Retirees", "0"), aliases=("退休人数", "领取待遇人数")),
        money(
            "mean_base_fen",
            "月人均缴费基数",
            "Mean base a month",
            "562300",
            "有缴费人数的不得为0",
            "not 0 where there are contributors",
        ),
        money(
            "mean_pension_fen",
            "月人均养老金",
            "Mean pension a month",
            "0",
            "有离退休人数的不得为0",
            "not 0 where there are retirees",
        ),
    ),
    ("scheme", "year", "region", "insured_group", "age"),
    note="年末缴费人员和离退休人员，分群体、分周岁，一岁一行；中长期测算由此起算。没有人的年龄不写。",
    note_en="Contributors and retirees at a year's end by group and single age, one row an age; ages of nobody are left out.",
)

MORTALITY = ImportTable(
    "mortality_table",
    "生命表",
    "Mortality table",
    (
        Column("name", "名称", "Name", "text", "经验生命表", aliases=("生命表",)),
        Column(
            "sex",
            "性别",
            "Sex",
            "choice",
            "m",
            choices=("m", "f"),
            names={"男": "m", "男性": "m", "male": "m", "女": "f", "女性": "f", "female": "f"},
        ),
        _age("60", "从最小到最大逐岁写全，最大年龄含以上各岁", "every age from the first to the last, which is open"),
        Column(
            "q",
            "死亡率",
            "Mortality",
            "decimal",
            "0.00687",
            aliases=("死亡概率",),
            rule="一年内死亡的概率，0至1",
            rule_en="probability of dying within a year, 0 to 1",
        ),
        Column(
            "source",
            "来源",
            "Source",
            "text",
            "编制机关、文号或出版物",
            aliases=("资料来源", "出处"),
            rule="谁编制、何时、依据哪年数据",
            rule_en="who made it, when, from data of which years",
        ),
    ),
    ("name", "sex", "age"),
    note="中长期测算所用的分性别、分年龄死亡概率；同一名称为一张生命表。",
    note_en="Probabilities of death by sex and age for the long-run projection; rows of one name are one table.",
)
