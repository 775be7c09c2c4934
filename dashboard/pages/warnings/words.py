"""How a warning is said: its title, what it is about in one sentence with the money, and what would end it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from dash import html

from dashboard.components.level import LONG, SHORT
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.warnings.directions import fits, unpaid
from dashboard.pages.warnings.found import (
    PROGRESS,
    SubjectFigures as SubjectFigures,
    find as find,
    found_value as found_value,
    read_forecasts as read_forecasts,
    read_values as read_values,
    wanted as wanted,
)
from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, bracketed, language, name_of
from data_access.intake.sources.status import declared_sources
from rules.alerts.threshold import Level, Limit
from rules.alerts.way_out import MOVABLE, YearEnd
from rules.indicators import INDICATORS
from rules.money import rounded
from rules.month import Month
from workflows.warnings.alerts import Subject
from workflows.warnings.standing import Standing

TITLES = {
    ("balance_total", "low"): N_("累计结余为负"),
    ("months_payable", "low"): N_("可支付月数偏少"),
    ("months_payable", "high"): N_("累计结余偏多，可研究下浮费率"),
    ("account_cover", "low"): N_("省级专户备付不足"),
    ("reserve_ratio", "low"): N_("储备金不足"),
    ("income_deviation", "low"): N_("收入进度偏慢"),
    ("premium_deviation", "low"): N_("征缴进度偏慢"),
    ("expenditure_deviation", "high"): N_("支出进度偏快"),
    ("expenditure_deviation", "low"): N_("支出进度偏慢"),
    ("prepaid_share", "high"): N_("预缴保费偏多"),
    ("collection_rate", "low"): N_("征缴率偏低"),
    ("subsidy_arrival", "low"): N_("地方补助到位偏慢"),
    ("expenditure_account_months", "high"): N_("支出户结存偏多"),
    ("request_deviation", "high"): N_("用款计划偏差较大"),
    ("unpaid_due", "high"): N_("待遇未按时足额发放"),
    ("pooling_rate", "low"): N_("保费归集率偏低"),
    ("pooling_delay", "high"): N_("国库资金待划转过久"),
    ("legacy_progress", "low"): N_("历年结余上解偏慢"),
    ("disbursement_delay", "high"): N_("资金拨付滞后"),
    ("contributor_growth", "low"): N_("缴费人数减少"),
    ("completion_forecast", "low"): N_("全年收入预计完不成计划"),
    ("early_retirement_share", "high"): N_("提前退休占比偏高"),
    ("open_violations_share", "high"): N_("问题逾期未整改"),
    ("general_gap_share", "high"): N_("一般性收支缺口较大"),
    ("management_gap_share", "high"): N_("管理性收支缺口较大"),
    ("gap_overdue", "high"): N_("应缴缺口资金逾期"),
    ("recovery_rate", "low"): N_("违规支出追回偏慢"),
    ("reconciliation_difference", "high"): N_("对账有差额"),
    ("data_age", "high"): N_("数据逾期未报"),
    ("rejected_share", "high"): N_("数据校验退回偏多"),
    ("balance_identity", "high"): N_("收支与账户余额不平"),
    ("series_anomaly", "high"): N_("收支异常波动"),
    ("exhaustion_years", "low"): N_("中长期测算：基金支撑年数偏少"),
    ("balanced_rate_gap", "high"): N_("中长期测算：平衡费率高于现行费率"),
}

# The sentence of a list: what is wrong. ``value`` is written without its sign where the words say the direction.
WHAT = {
    ("income_deviation", "low"): N_("收入落后历史同期{value}个百分点"),
    ("premium_deviation", "low"): N_("征缴落后历史同期{value}个百分点"),
    ("expenditure_deviation", "high"): N_("支出快于历史同期{value}个百分点"),
    ("expenditure_deviation", "low"): N_("支出慢于历史同期{value}个百分点"),
    ("subsidy_arrival", "low"): N_("地方补助到位落后序时进度{value}个百分点"),
    ("legacy_progress", "low"): N_("历年结余上解落后约定进度{value}个百分点"),
    ("months_payable", "low"): N_("累计结余可支付{value}个月"),
    ("months_payable", "high"): N_("累计结余可支付{value}个月"),
    ("pooling_rate", "low"): N_("保费归集率{value}%"),
    ("collection_rate", "low"): N_("征缴率{value}%"),
    ("reserve_ratio", "low"): N_("储备金占上年支出{value}%"),
    ("pooling_delay", "high"): N_("保费入库{value}天仍未划转"),
    ("gap_overdue", "high"): N_("应缴缺口资金逾期{value}天"),
    ("disbursement_delay", "high"): N_("资金拨付晚{value}天"),
    ("data_age", "high"): N_("{source}数据逾期{value}个工作日"),
    ("rejected_share", "high"): N_("{source}退回率{value}%"),
    ("series_anomaly", "high"): N_("{part}超出常规波动{value}倍"),
    ("completion_forecast", "low"): N_("全年收入预计只完成{value}%"),
    ("early_retirement_share", "high"): N_("提前退休占新增退休{value}%"),
    ("exhaustion_years", "low"): N_("按测算中方案，基金自上年末起可支撑{value}年"),
    ("balanced_rate_gap", "high"): N_("按测算中方案，平衡费率比现行费率高{value}个百分点"),
    ("general_gap_share", "high"): N_("计划内收支缺口占支出计划{value}%，由省统筹解决"),
}

# The amount at stake, from the value's own inputs: how it is called, which input, and its unit on screen.
AT_STAKE = {
    "pooling_delay": (N_("，涉及{amount}亿元"), "waiting_fen", "yi"),
    "gap_overdue": (N_("，涉及{amount}亿元"), "overdue_fen", "yi"),
    "open_violations_share": (N_("，逾期未整改{amount}万元"), "open_fen", "wan"),
    "reconciliation_difference": (N_("对账调节后仍差{amount}万元"), "difference_fen", "wan"),
}

# 达到标准 by moving the amount of an indicator: what must be done with it.
TO_DO = {
    "income_deviation": N_("到{level}线以内还差{amount}亿元"),
    "premium_deviation": N_("到{level}线以内还差{amount}亿元"),
    "subsidy_arrival": N_("再到位{amount}亿元可回到{level}线以内"),
    "legacy_progress": N_("再上解{amount}亿元可回到{level}线以内"),
    "pooling_rate": N_("再归集{amount}亿元可回到{level}线以内"),
    "collection_rate": N_("再征收{amount}亿元可回到{level}线以内"),
    "recovery_rate": N_("再追回{amount}亿元可回到{level}线以内"),
    "expenditure_deviation": N_("超出{level}线{amount}亿元"),
    "expenditure_account_months": N_("超出{level}线{amount}亿元，应退回专户"),
}
DEFAULT_TO_DO = N_("到{level}线以内还差{amount}亿元")

# Less than this is 0.00亿元 on screen.
SHOWN_FEN = 50_000_000


# --- words


def title(subject: Subject) -> str:
    """征缴进度偏慢: what is wrong, without the region."""
    said = TITLES.get((subject.indicator, subject.rule))
    if said is not None:
        return _(said)
    name = name_of(INDICATORS[subject.indicator])
    return _("{indicator}偏低", indicator=name) if subject.rule == "low" else _("{indicator}偏高", indicator=name)


def place(reading: Reading, subject: Subject) -> str:
    return name_of(reading.tree.region(subject.region))


def part_name(reading: Reading, subject: Subject) -> str:
    """The source or item that a subject is about; "" where it is of the whole region."""
    if not subject.part:
        return ""
    source = reading.ask(declared_sources, subject.scheme).get(subject.part)
    if source is not None:
        return name_of(source)
    item = next((item for item in reading.scheme.items if item.code == subject.part), None)
    return subject.part if item is None else name_of(item)


def shown(figure: Figure) -> list[Child]:
    """An indicator's figure with its unit: ``−5.60百分点``."""
    return [*display.with_unit(display.printed(figure, signed=figure.unit == "points"), figure)]


def _running(figure: Figure) -> list[Child]:
    """The same within a sentence: in Chinese nothing stands between number and unit."""
    return shown(figure) if language() == "en" else [one.strip() if type(one) is str else one for one in shown(figure)]


def short(figure: Figure) -> list[Child]:
    """The same in a narrow column: per cent and amounts with their unit, what else is counted without."""
    return [one for one in shown(figure) if figure.unit in ("percent", "fen") or one != display.after(figure)]


def value_of(reading: Reading, standing: Standing) -> Figure:
    """What a subject was in its last period."""
    subject, value = standing.subject, None if standing.value is None else Decimal(standing.value)
    return figures.observed(reading, subject.indicator, subject.region, subject.part, standing.period, value)


def what(reading: Reading, found: SubjectFigures) -> list[Child]:
    """One sentence without a full stop: 征缴落后历史同期5.60个百分点，预计年底少收1.86亿元."""
    subject = found.subject
    value = None if found.value is None else found.value.value
    said = [*_wrong(reading, found, value)]
    if found.year is not None:
        said += _expected(found, found.year)
    elif subject.indicator in MOVABLE and to_limit(found):
        said += [_("，"), *to_limit(found)]
    return said


def recovered(reading: Reading, found: SubjectFigures, highest: Level, at: datetime) -> list[Child]:
    """The same of a warning that is over but not closed: 征缴进度偏慢曾达橙色预警，11月18日起恢复，现为+0.12百分点."""
    named, part = title(found.subject), part_name(reading, found.subject)
    if part:
        named = _("{part}{title}", part=part, title=named)
    day = display.short_day(display.local(at).date())
    said = sentence(N_("{title}曾达{level}，{day}起恢复"), title=named, level=_(LONG[highest]), day=day)
    if found.figure.value is None:
        return said
    return [*said, *sentence(N_("，现为{value}"), value=[html.B(_running(found.figure))])]


def _wrong(reading: Reading, found: SubjectFigures, value: Decimal | None) -> list[Child]:
    subject = found.subject
    words = WHAT.get((subject.indicator, subject.rule))
    staked = AT_STAKE.get(subject.indicator)
    at_stake: list[Child] = []
    if staked is not None:
        fen = figures.input_figure(reading.running, subject.indicator, found.value, staked[1], of=found.about)
        if fen.value:
            at_stake = sentence(staked[0], amount=Strong(display.printed(fen, staked[2], absolute=True)))
    if value is None:
        return [_("{title}，本期无数据", title=title(subject))]
    if subject.indicator == "unpaid_due":
        persons = figures.input_figure(
            reading.running, subject.indicator, found.value, "unpaid_persons", of=found.about
        )
        return unpaid(persons, found.figure)
    if words is None and subject.indicator == "reconciliation_difference" and at_stake:
        return at_stake
    if words is None or not fits(subject.rule, subject.indicator, value):
        name, told = name_of(INDICATORS[subject.indicator]), [html.B(_running(found.figure))]
        return [*sentence(N_("{indicator}{value}"), indicator=name, value=told), *(at_stake if words is None else [])]
    part = part_name(reading, subject)
    how_much = Strong(display.printed(found.figure, absolute=True))
    return [*sentence(words, value=how_much, source=part, part=part), *at_stake]


def _expected(found: SubjectFigures, year: YearEnd) -> list[Child]:
    """预计年底少收 or 超支, as 全年预计 has it; nothing that would show as 0.00亿元."""
    if year.expected_gap is None or abs(year.expected_gap) < SHOWN_FEN:
        return []
    gap = Strong(found.of_year("year_end.gap", year.expected_gap))
    if found.subject.indicator == "expenditure_deviation":
        if year.expected_gap < 0:
            return sentence(N_("，预计全年超支{amount}亿元"), amount=gap)
        return sentence(N_("，预计全年少支{amount}亿元"), amount=gap)
    if year.expected_gap > 0:
        return sentence(N_("，预计年底少收{amount}亿元"), amount=gap)
    return sentence(N_("，按目前进度年底可完成计划"))


def to_limit(found: SubjectFigures) -> list[Child]:
    """到蓝线以内还差0.98亿元; nothing where no amount ends the warning or it is within already."""
    limits = found.standing.limits
    if not found.to_limit or limits is None or abs(found.to_limit) < SHOWN_FEN:
        return []
    words = TO_DO.get(found.subject.indicator, DEFAULT_TO_DO)
    if found.to_limit < 0 and found.subject.rule == "high" and words is DEFAULT_TO_DO:
        words = N_("超出{level}线{amount}亿元")
    level = _(SHORT[limits.limits[0].level])
    figure = found.about.figure("to_limit", found.to_limit, part=f"{found.subject.indicator}.{found.subject.rule}")
    return sentence(words, level=level, amount=Strong(display.printed(figure, absolute=True)))


def conclusion(reading: Reading, found: SubjectFigures) -> list[Child]:
    """The warning page's sentence: how far, what it costs and whose it is, what ends it."""
    subject, month = found.subject, Month.parse(found.standing.period)
    said: list[Child] = []
    names = PROGRESS.get(subject.indicator)
    if names is not None and month is not None and found.value is not None:
        done, plan = figures.input_fen(found.value, names[0]), figures.input_fen(found.value, names[1])
        if done is not None and plan:
            rate = [html.B([found.of_year("progress", rounded(Fraction(done * 100, plan), 2)), "%"])]
            said += sentence(N_("{month}末完成年度计划{rate}，"), month=display.short_month(month), rate=rate)
    said += what(reading, found)
    missing = None if found.year is None else found.year.expected_gap
    short = subject.indicator == "premium_deviation" and missing is not None and missing > 0
    if short and subject.region != reading.tree.root:
        said += sentence(N_("，由{region}财政补足"), region=place(reading, subject))
    if found.year is not None and to_limit(found):
        said += [_("。"), *to_limit(found)]
    return [*said, _("。")]


def limit_words(code: str, limit: Limit) -> str:
    """橙色标准 −5."""
    return f"{_(STANDARD[limit.level])} {trimmed_number(code, limit.at)}"


STANDARD = {
    Level.BLUE: N_("蓝色标准"),
    Level.YELLOW: N_("黄色标准"),
    Level.ORANGE: N_("橙色标准"),
    Level.RED: N_("红色标准"),
}


def trimmed_number(code: str, value: Decimal) -> str:
    """A limit as it was written: without trailing zeros."""
    shown = display.as_set(value)
    return _("{value}元", value=shown) if INDICATORS[code].unit == "yuan" else shown


STATE_IN_LETTER = {
    "open": N_("多次提醒仍未签收"),
    "handling": N_("转办，尚未反馈"),
    "submitted": N_("反馈，指标尚未回落"),
    "closed": N_("销号"),
}


def level_name(standing: Standing) -> str:
    """橙色预警."""
    return _(LONG[standing.level]) if standing.level else _("预警标准")


def lasted(reading: Reading, standing: Standing) -> list[Child]:
    """已持续3个月（8月黄色，10月升橙色）: how long, and the steps up; for a live value since when."""
    since, subject = standing.since, standing.subject
    month, now = Month.parse(since), Month.parse(standing.period)
    if month is None or now is None:
        day = since[5:10]
        return [_("{day}起", day=day)] if day else []
    months = (now.year - month.year) * 12 + now.number - month.number + 1
    part = ".".join(filter(None, (subject.indicator, subject.rule, subject.part)))
    figure = reading.about_now.figure("lasted", months, part=part, place=subject.region)
    said = sentence(N_("已持续{count}个月"), count=display.printed(figure))
    steps = _steps(standing)
    return [*said, bracketed(_("，").join(steps))] if len(steps) > 1 else said


def _steps(standing: Standing) -> list[str]:
    """The changes of level since it began, the last three."""
    changes: list[tuple[int, Level, Level]] = []
    before = Level.NONE
    for period, level in standing.levels:
        month = Month.parse(period)
        if period >= standing.since and level is not before and month is not None:
            changes.append((month, before, level))
        before = level
    return [_step(*change) for change in changes[-3:]]


def _step(month: int, before: Level, level: Level) -> str:
    name, colour = display.short_month(month), _(SHORT[level])
    if before is Level.NONE:
        return _("{month}{colour}色", month=name, colour=colour)
    if level > before:
        return _("{month}升{colour}色", month=name, colour=colour)
    return _("{month}降{colour}色", month=name, colour=colour)
