"""A briefing with every kind of block, worked by hand, for the writers of documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.components.table import Column, Row, Table
from dashboard.exports.blocks import (
    Block,
    Document,
    Form,
    Grid,
    Heading,
    KeyFigure,
    KeyFigures,
    Masthead,
    Matter,
    Matters,
    Note,
    Paragraph,
    Picture,
    SignOff,
    Source,
)
from dashboard.words import display
from dashboard.words.passport import About
from rules.alerts.threshold import Level

ABOUT = About("jiangsu-pension", "320000", "320000", "2026-10", "2026-10", 7)
YI = 10_000_000_000
BALANCE = display.printed(ABOUT.figure("balance_total", 53_862_000_000_000))
PAYABLE = display.printed(ABOUT.figure("months_payable", Decimal("17.8")))
SHORT = display.printed(ABOUT.figure("to_date", 321_000_000_00, part="premium"))
MASTHEAD = Masthead(
    "社会保险基金运行监测简报", "第11期", "总第71期", "苏社保监〔2026〕11号", "内部资料", "周某某",
    "各设区市人民政府", "省人力资源和社会保障厅编", date(2026, 11, 25),
)  # fmt: skip
SOURCE = Source(
    "江苏省", "2026年10月（已定稿）", "数据截至2026年11月20日08:15，版本7", "企业职工基本养老保险", "演示数据", "王某某 · 2026年11月20日"
)  # fmt: skip
MONTHS = [f"{month}月" for month in range(1, 13)]
CITIES = (("甲市", "−5.60"), ("乙市", "−5.10"), ("丙市", "0.55"), ("丁市", "1.20"), ("戊市", "4.10"))


def balances() -> Plot:
    """Month-end balances of ten months and two expected ones in their band."""
    known = [5_425_58 + 9_00 * month - 1_40 * month**2 for month in range(10)]
    rows = [
        Row({"month": MONTHS[at], "balance": hundredths * YI // 100}, period=f"2026-{at + 1:02}")
        for at, hundredths in enumerate(known)
    ]
    rows += [
        Row(
            {
                "month": f"{MONTHS[at]}（预计）",
                "balance": (5_390_00 - 40_00 * (at - 9)) * YI // 100,
                "low": (5_390_00 - 60_00 * (at - 9)) * YI // 100,
                "high": (5_390_00 - 20_00 * (at - 9)) * YI // 100,
            },
            period=f"2026-{at + 1:02}",
        )
        for at in (10, 11)
    ]
    columns = (
        Column("month", "月份"),
        Column("balance", "月末累计结余", "money", what="balance_total"),
        Column("low", "预计下限（80%）", "money", what="balance.low"),
        Column("high", "预计上限（80%）", "money", what="balance.high"),
    )
    marks = (Mark("low", "band", "accent"), Mark("high", "band", "accent"), Mark("balance", "line", "accent"))
    return Plot(Table("trend", "累计结余", columns, rows, about=ABOUT), "month", rows, marks, expected=10)


def progress() -> Plot:
    """Progress of five cities against the years before, with an orange limit that two are beyond."""
    columns = (
        Column("region", "地区"),
        Column("gap", "较历史同期", "points", signed=True),
        Column("plan", "计划", "points"),
    )
    rows = [Row({"region": name, "gap": display.as_read(value), "plan": Decimal(2)}) for name, value in CITIES]
    rows.append(Row({"region": "己市", "gap": None, "plan": Decimal(2)}))
    marks = (Mark("gap", "bar", "mid"), Mark("plan", "tick", "ink"))
    limits = (Limit(Level.ORANGE, Decimal(-5), "橙色标准"),)
    return Plot(
        Table("progress", "征缴进度较历史同期", columns, rows), "region", rows, marks, limits,
        {0: Level.RED, 1: Level.ORANGE},
    )  # fmt: skip


def budget() -> Table:
    columns = (
        Column("item", "项目"),
        Column("done", "1—10月", "money", what="to_date"),
        Column("growth", "同比", "percent", 1),
        Column("speed", "较历史同期", "points", signed=True),
    )
    rows = (
        Row({"item": "收入合计", "done": 30_122_800_000_000, "growth": Decimal("5.0"), "speed": Decimal("1.66")}, part="income_total"),
        Row({"item": "其中：保险费", "done": 24_000_100_000_000, "growth": None, "speed": Decimal("-0.30")}, part="premium", indent=1),
        Row({"item": "支出合计", "done": 30_516_600_000_000, "growth": Decimal("5.3"), "speed": Decimal("0.80")}, part="expenditure_total"),
    )  # fmt: skip
    total = Row({"item": "收支差额", "done": -393_800_000_000, "growth": None}, part="result", style="sum")
    return Table("budget", "收支执行情况", columns, rows, foot=(total,), about=ABOUT)


def picture(plot: Plot, title: str, unit: str, number: str = "") -> Picture:
    return Picture(title, unit, "近12个月", plot, {}, f"{title}，见表", number)


def sections() -> list[Block]:
    """The blocks of a briefing."""
    return [
        Paragraph(["截至10月末，全省累计结余", BALANCE, "亿元，可支付", PAYABLE, "个月。“两头”较上年同期快1.66个百分点（见图1、表1）。"]),
        Heading("一、收支和结余"),
        Paragraph(["甲" * 28, "乙" * 28, "丙" * 26]),
        Picture("累计结余走势", "亿元", "近12个月", balances(), {}, "累计结余近12个月，见表1", "图1", "注：阴影为80%区间。"),
        Grid(budget(), "表1", "注：分项四舍五入。"),
        Heading("（一）征缴进度", 2),
        picture(progress(), "征缴进度较历史同期", "百分点", "图2"),
        Matters([Matter(Level.RED, "", ["甲市征缴慢于历史同期，预计少收", SHORT, "亿元"], "甲市政府、市税务局", "11月25日", "已反馈待核")]),
        Note(["资料来源：省税务局、省社保中心"]),
        SignOff("省厅基金监督处", date(2026, 11, 25)),
    ]  # fmt: skip


def briefing(form: Form = "briefing", *, language: str = "zh", watermark: str = "") -> Document:
    source = Source(**{**{name: getattr(SOURCE, name) for name in SOURCE.__slots__}, "watermark": watermark})
    head = MASTHEAD if form == "briefing" else None
    return Document(form, "10月全省企业职工养老保险基金运行情况", sections(), source, language, head, "送审稿")


def sheet() -> Document:
    """会前一页纸 as the meeting has it."""
    what = (
        (Level.RED, "", "丙县10月养老金312人未按时到账，涉及108.4万元"),
        (Level.ORANGE, "", "甲市征缴慢于历史同期5.60个百分点，预计年底少收1.86亿元"),
        (Level.YELLOW, "", "乙市征缴慢于历史同期5.10个百分点，预计年底少收1.35亿元"),
        (Level.NONE, "待议", "调整后预算报省人大常委会批准"),
        (Level.NONE, "提示", "12月用款计划312.40亿元，省级专户可备付4.2个月，够付"),
    )
    figures = [
        KeyFigure("累计结余", ["上次 5,402.52 →"], BALANCE, "亿元", [["减少 16.32"], ["可动用 1,412.60"]]),
        KeyFigure("可支付月数", ["上次 17.9 →"], PAYABLE, "个月", [["减少 0.1"], ["省定红线 3.0"]]),
        KeyFigure("收入完成预算", ["上次 60.92 →"], "86.56", "%", [["快于历史同期 1.66"], ["上次快 0.92"]]),
        KeyFigure("支出完成预算", ["上次 59.20 →"], "84.30", "%", [["快于历史同期 0.80"], ["上次快 0.45"]]),
        KeyFigure("预计管理性缺口", ["上次 1.90 →"], SHORT, "亿元", [["增加 1.31"], ["甲 1.86，乙 1.35"]]),
    ]
    matters = [
        Matter(level, kind, [said], "甲市政府、市税务局", "11月25日", "已反馈待核") for level, kind, said in what
    ]
    blocks: list[Block] = [
        Paragraph(["截至10月末，全省累计结余", BALANCE, "亿元，可支付", PAYABLE, "个月，够付；甲、乙两市征缴落后，预计年底形成管理性缺口", SHORT, "亿元，由两市承担。"]),
        KeyFigures(figures),
        Heading("请您关注", note="5件，最急在前"),
        Matters(matters),
        Paragraph(["上次会议议定6项：办结4，在办2，逾期0。在办：丁县补缴0.22亿元（12月31日）、甲市清欠（11月30日）"]),
        picture(balances(), "累计结余", "亿元"),
        Note(["来源：省社保中心、省财政厅、省税务局；2026年10月定稿第3版（11月10日定稿），数据截至11月20日08:15。"]),
        Note(["年初结余 5,425.58 ＋ 收入 3,012.28 − 支出 3,051.66 ＝ 5,386.20；历史同期为近3年同月平均；预计为测算，阴影为80%区间。"]),
    ]  # fmt: skip
    head = Masthead("", "第6次会议", "", "", "内部资料", "", "", "省社会保险基金运行监测联席会议", date(2026, 11, 20))
    lines = (["2026年11月20日"], ["数据：2026年10月末（已定稿） 对比：第5次会议（8月26日，7月末数据）"])
    return Document("one-page", "企业职工基本养老保险基金　会前一页纸", blocks, SOURCE, "zh", head, lines=lines)
