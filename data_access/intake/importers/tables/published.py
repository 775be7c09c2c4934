"""What the nation publishes: yearly totals, the central adjustment."""

from __future__ import annotations

from data_access.intake.importers.tables.declaration import Column, ImportTable, count, money, region, scheme

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

PUBLISHED = ImportTable(
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
            "period",
            "期间",
            "Period",
            "text",
            "",
            False,
            aliases=("季度", "月份"),
            rule="全年留空；一季度、3月、1—9月等，或 Q1、03、01-09",
            rule_en="empty for the whole year; a quarter Q1, a month 03, months 01-09",
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
        Column(
            "counted",
            "计入方式",
            "Counted",
            "choice",
            "",
            False,
            choices=("within", "apart"),
            names={"含在省内": "within", "单列": "apart"},
            rule="计划单列市和兵团：within=含在省内，apart=单列、不含在所在省；不填则不计入全国",
            rule_en="of plan cities and the Corps: in the province's figure or apart from it; unsaid, it is in no sum",
        ),
        Column(
            "note",
            "注",
            "Note",
            "text",
            "",
            False,
            aliases=("备注", "注释"),
            rule="原表的注码或说明",
            rule_en="the mark or remark that the table has beside the figure",
        ),
    ),
    ("scheme", "year", "period", "region", "measure"),
)

CENTRAL = ImportTable(
    "central_year",
    "中央调剂年度数",
    "Central adjustment inputs",
    (
        Column("year", "年度", "Year", "year", "2020", bounds=(2018, 2100)),
        region("320000"),
        count("participants", "在职参保人数（人）", "Participants in work (persons)", "24210000"),
        count("enterprise_employees", "企业就业人数（人）", "Enterprise employees (persons)", "23050000"),
        count("retirees", "核定离退休人数（人）", "Retirees (persons)", "8760000"),
        count("nonprivate_wage_yuan", "非私营单位平均工资（元）", "Non-private average wage (yuan)", "103621"),
        count("nonprivate_employees", "非私营单位就业人数（人）", "Non-private employees (persons)", "13800000"),
        count("private_wage_yuan", "私营单位平均工资（元）", "Private average wage (yuan)", "63830"),
        count("private_employees", "私营单位就业人数（人）", "Private employees (persons)", "9250000"),
    ),
    ("year", "region"),
    note="各省份计算上解额、拨付额的依据，一省一年一行（国发〔2018〕18号 二（一）（二））。",
    note_en="What each province's contribution and allocation are computed from, one row a province and year.",
)

CENTRAL_PAYMENT = ImportTable(
    "central_payment",
    "中央调剂缴拨",
    "Central adjustment payments",
    (
        Column("year", "年度", "Year", "year", "2020", bounds=(2018, 2100)),
        Column("quarter", "季度", "Quarter", "integer", "1", bounds=(1, 4)),
        region("320000"),
        money("contribution_fen", "上解额", "Contribution", "611900000000", "不得为负", "never negative"),
        money("allocation_fen", "下拨额", "Allocation", "438000000000", "不得为负", "never negative"),
        Column("paid_on", "缴拨日期", "Paid on", "date", "2020-03-20", rule="不晚于今天", rule_en="not after today"),
    ),
    ("year", "quarter", "region"),
    note="各省份按季预缴预拨（国发〔2018〕18号 二（三））。",
    note_en="What each province paid in and was given in a quarter.",
)

FLOWS, STAGES = ("contribution", "allocation", "subsidy"), ("prepaid", "settled")
NATIONAL = ImportTable(
    "national_pooling",
    "全国统筹调剂缴拨",
    "National pooling payments",
    (
        scheme(),
        Column("year", "年度", "Year", "year", "2026", bounds=(2022, 2100)),
        Column(
            "flow",
            "款项",
            "Flow",
            "choice",
            "contribution",
            choices=FLOWS,
            names={"上解": "contribution", "下拨": "allocation", "中央补助": "subsidy", "中央财政补助": "subsidy"},
        ),
        Column(
            "stage",
            "性质",
            "Stage",
            "choice",
            "prepaid",
            choices=STAGES,
            names={"预缴": "prepaid", "预拨": "prepaid", "预缴预拨": "prepaid", "清算": "settled"},
        ),
        Column("number", "笔次", "Number", "integer", "1", bounds=(1, 99)),
        money(
            "amount_fen", "金额", "Amount", "120000000000", "清算退回的为负", "negative where a settlement came back"
        ),
        Column("paid_on", "缴拨日期", "Paid on", "date", "2026-03-20", rule="不晚于今天", rule_en="not after today"),
        Column("document", "文号", "Document", "text", "财社〔2026〕10号"),
    ),
    ("scheme", "year", "flow", "stage", "number"),
    note="2022年起全国统筹调剂，上解、下拨和中央补助按下达文件逐笔填报，不计算。",
    note_en="From 2022 on: what was paid and given by the documents of each year; nothing is computed.",
)
