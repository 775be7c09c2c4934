"""How a warning is said: its title, what it is about in one sentence with the money, and what would end it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dashboard.components.level import LONG, SHORT
from dashboard.components.parts import Child, Strong, sentence
from dashboard.site.reading import LIVE, Reading
from dashboard.words import display, figures
from dashboard.words.wording import N_, _, name_of
from data_access.books.forecasts import LOCAL_INCOME
from data_access.books.indicators import Wanted
from data_access.books.snapshot import Snapshot
from data_access.intake.sources.status import declared_sources
from rules.alerts.threshold import Level, Limit
from rules.alerts.way_out import MOVABLE, RECENT_MONTHS, YearEnd, amount_to_limit, mildest_limit, year_end
from rules.calendar import months_before
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.indicators import INDICATORS, Value
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
    ("reconciliation_difference", "high"): N_("四方对账有差额"),
    ("data_age", "high"): N_("数据逾期未报"),
    ("rejected_share", "high"): N_("数据校验退回偏多"),
    ("balance_identity", "high"): N_("收支与账户余额不平"),
    ("series_anomaly", "high"): N_("收支异常波动"),
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
    ("general_gap_share", "high"): N_("计划内收支缺口占支出计划{value}%，由省统筹解决"),
}

# The amount at stake, from the value's own inputs: how it is called, which input, and its unit on screen.
AT_STAKE = {
    "pooling_delay": (N_("，涉及{amount}亿元"), "waiting_fen", "yi"),
    "gap_overdue": (N_("，涉及{amount}亿元"), "overdue_fen", "yi"),
    "open_violations_share": (N_("，逾期未整改{amount}万元"), "open_fen", "wan"),
    "reconciliation_difference": (N_("调节后仍差{amount}万元"), "difference_fen", "wan"),
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

# Indicators of progress: the amount done and the plan of the year.
PROGRESS = {
    "income_deviation": ("income_fen", "income_plan_fen"),
    "premium_deviation": ("premium_fen", "premium_plan_fen"),
    "expenditure_deviation": ("expenditure_fen", "expenditure_plan_fen"),
}


@dataclass(frozen=True, slots=True)
class SubjectFigures:
    """What is known of a warning's subject in its last period: the value with its inputs, the way out, the year's end.

    ``to_limit`` is None where no amount ends it, ``year`` where there is no plan to be reached.
    """

    standing: Standing
    value: Value | None
    to_limit: int | None
    year: YearEnd | None

    @property
    def subject(self) -> Subject:
        return self.standing.subject


def wanted(reading: Reading, found: Iterable[Standing]) -> list[Wanted]:
    """The values that :func:`find` needs of several subjects of the scheme, for ``Snapshot.read``."""
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE)
    asked = []
    for one in found:
        month = _month_asked(one.subject, one.period)
        before = RECENT_MONTHS if month is not None and one.subject.indicator in PROGRESS else 0
        months = [month] if month is None else [months_before(month, back) for back in range(before + 1)]
        asked += [snapshot.wanted(one.subject.indicator, at) for at in months]
    return asked


def read_values(reading: Reading, found: Iterable[Standing]) -> None:
    """Read in two statements what :func:`find` needs of several subjects of the scheme."""
    found = tuple(found)
    reading.published.snapshot(reading.scheme.code, LIVE).read(wanted(reading, found))
    read_forecasts(reading, found)


def read_forecasts(reading: Reading, found: Iterable[Standing], also: Iterable[str] = ()) -> None:
    """Read in one statement the forecasts that :func:`find` needs, and those of other regions."""
    regions = {one.subject.region for one in found if one.subject.indicator in PROGRESS}
    _newest(reading).forecasts(sorted(regions.union(also)))


def _newest(reading: Reading) -> Snapshot:
    """The snapshot whose forecasts are those of now, which warnings speak of: the one looked at where it can be."""
    shown = reading.snapshot
    of_now = shown.live or shown.month == max((close.month for close in shown.closes), default=None)
    return shown if of_now else reading.published.snapshot(reading.scheme.code, LIVE)


def _month_asked(subject: Subject, period: str) -> int | None:
    return None if INDICATORS[subject.indicator].period == "live" else Month.parse(period)


def found_value(reading: Reading, subject: Subject, period: str) -> Value | None:
    """The value of a subject in a month, or the present one of a live indicator; None without a row."""
    snapshot = reading.published.snapshot(subject.scheme, LIVE)
    rows = snapshot.rows(subject.indicator, _month_asked(subject, period))
    return next((row.value for row in rows if (row.region, row.part) == (subject.region, subject.part)), None)


def find(reading: Reading, standing: Standing) -> SubjectFigures:
    """A subject with its money: computed by rules from the value's own inputs."""
    value = found_value(reading, standing.subject, standing.period)
    limits = standing.limits
    to_limit = None
    if value is not None and limits is not None:
        to_limit = amount_to_limit(standing.subject.indicator, value, mildest_limit(limits), limits.operator)
    return SubjectFigures(standing, value, to_limit, _year_end(reading, standing, value))


def _year_end(reading: Reading, standing: Standing, value: Value | None) -> YearEnd | None:
    names, month = PROGRESS.get(standing.subject.indicator), Month.parse(standing.period)
    if names is None or month is None or value is None:
        return None
    done, plan = figures.input_fen(value, names[0]), figures.input_fen(value, names[1])
    recent = _recent(reading, standing.subject, names[0], month)
    if done is None or plan is None or recent is None:
        return None
    return year_end(plan, done, recent, 12 - month.number, _forecast(reading, standing.subject, month))


def _forecast(reading: Reading, subject: Subject, month: Month) -> int | None:
    """What 全年预计 expects of the year's months after one, in fen; None where it does not start from that month."""
    root = subject.region == reading.tree.root
    line = {
        "income_deviation": INCOME_TOTAL if root else LOCAL_INCOME,
        "premium_deviation": "premium",
        "expenditure_deviation": EXPENDITURE_TOTAL,
    }[subject.indicator]
    found = _newest(reading).forecasts([subject.region]).get((subject.region, line))
    if found is None or found.last != month:
        return None
    rest = found.year_end(month.year)
    return 0 if rest is None else rest.total_fen


def _recent(reading: Reading, subject: Subject, name: str, month: int) -> list[int] | None:
    """The amounts of the last three months, from the totals to date; None where one is not known."""
    amounts = []
    for back in range(RECENT_MONTHS):
        this, before = months_before(month, back), months_before(month, back + 1)
        until = figures.input_fen(found_value(reading, subject, display.period_month(this)), name)
        earlier: int | None = 0
        if Month(this).number != 1:
            earlier = figures.input_fen(found_value(reading, subject, display.period_month(before)), name)
        if until is None or earlier is None:
            return None
        amounts.append(until - earlier)
    return amounts[::-1]


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


def number(code: str, value: Decimal | None) -> str:
    """A value with its unit: ``−5.60百分点``."""
    if value is None:
        return display.NO_VALUE
    unit = figures.unit(code)
    return f"{figures.shown(code, value)}{'' if unit in '%‰' else ' '}{unit}"


def short_number(code: str, value: Decimal | None) -> str:
    """A value in a narrow column: points stand without their unit, per cent with it."""
    unit = "%" if INDICATORS[code].unit == "percent" and value is not None else ""
    return f"{figures.shown(code, value)}{unit}"


def what(reading: Reading, found: SubjectFigures) -> list[Child]:
    """One sentence without a full stop: 征缴落后历史同期5.60个百分点，预计年底少收1.86亿元."""
    subject = found.subject
    value = None if found.value is None else found.value.value
    said = [*_wrong(reading, found, value)]
    if found.year is not None:
        said += _expected(subject, found.year)
    elif subject.indicator in MOVABLE and to_limit(found):
        said += [_("，"), *to_limit(found)]
    return said


def _wrong(reading: Reading, found: SubjectFigures, value: Decimal | None) -> list[Child]:
    subject = found.subject
    words = WHAT.get((subject.indicator, subject.rule))
    staked = AT_STAKE.get(subject.indicator)
    at_stake: list[Child] = []
    if staked is not None:
        fen = figures.input_fen(found.value, staked[1])
        if fen:
            at_stake = sentence(staked[0], amount=Strong(display.money(abs(fen), staked[2])))
    if value is None:
        return [_("{title}，本期无数据", title=title(subject))]
    if subject.indicator == "unpaid_due":
        return _unpaid(found, value)
    if words is None:
        if subject.indicator == "reconciliation_difference" and at_stake:
            return [_("四方对账"), *at_stake]
        name = name_of(INDICATORS[subject.indicator])
        shown = Strong(number(subject.indicator, value))
        return [*sentence(N_("{indicator}{value}"), indicator=name, value=shown), *at_stake]
    decimals = INDICATORS[subject.indicator].scale
    part = part_name(reading, subject)
    shown = Strong(display.number(abs(value), decimals))
    return [*sentence(words, value=shown, source=part, part=part), *at_stake]


def _unpaid(found: SubjectFigures, value: Decimal) -> list[Child]:
    """丙县312人未按时到账，涉及108.40万元."""
    persons = None if found.value is None else found.value.inputs.get("unpaid_persons")
    amount = Strong(display.money(int(value * 100), "wan"))
    if persons is None:
        return sentence(N_("待遇未按时足额发放，涉及{amount}万元"), amount=amount)
    shown = Strong(display.number(persons, 0))
    return sentence(N_("{persons}人待遇未按时到账，涉及{amount}万元"), persons=shown, amount=amount)


def _expected(subject: Subject, year: YearEnd) -> list[Child]:
    """预计年底少收 or 超支, as 全年预计 has it; nothing that would show as 0.00亿元."""
    if year.expected_gap is None or abs(year.expected_gap) < SHOWN_FEN:
        return []
    gap = Strong(display.money(abs(year.expected_gap)))
    if subject.indicator == "expenditure_deviation":
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
    return sentence(words, level=level, amount=Strong(display.money(abs(found.to_limit))))


def conclusion(reading: Reading, found: SubjectFigures) -> list[Child]:
    """The warning page's sentence: how far, what it costs and whose it is, what ends it."""
    subject, month = found.subject, Month.parse(found.standing.period)
    said: list[Child] = []
    names = PROGRESS.get(subject.indicator)
    if names is not None and month is not None and found.value is not None:
        done, plan = figures.input_fen(found.value, names[0]), figures.input_fen(found.value, names[1])
        if done is not None and plan:
            rate = Strong(display.number(Fraction(done * 100, plan), 2) + "%")
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
    text = format(value.normalize(), "f")
    places = len(text.partition(".")[2])
    if INDICATORS[code].unit == "yuan":
        return display.number(value, places) + _("元")
    return display.number(value, places)


STATE_IN_LETTER = {
    "open": N_("多次提醒仍未签收"),
    "handling": N_("转办，尚未反馈"),
    "submitted": N_("反馈，指标尚未回落"),
    "closed": N_("销号"),
}


def level_name(standing: Standing) -> str:
    """橙色预警."""
    return _(LONG[standing.level]) if standing.level else _("预警标准")


def lasted(standing: Standing) -> str:
    """已持续3个月（8月黄色，10月升橙色）: how long, and the steps up; for a live value since when."""
    since = standing.since
    month, now = Month.parse(since), Month.parse(standing.period)
    if month is None or now is None:
        day = since[5:10]
        return _("{day}起", day=day) if day else ""
    months = (now.year - month.year) * 12 + now.number - month.number + 1
    said = _("已持续{count}个月", count=months)
    steps = _steps(standing)
    return f"{said}{_('（')}{_('，').join(steps)}{_('）')}" if len(steps) > 1 else said


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
