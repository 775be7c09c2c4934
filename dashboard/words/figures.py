"""Figures that several pages read and word alike: an indicator's value, faster or slower, what is missing and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from dashboard.components.parts import Child, Strong, sentence
from dashboard.site.reading import LIVE, Reading
from dashboard.words import as_of, display
from dashboard.words.passport import REST, About, Figure, Printed
from dashboard.words.wording import N_, _
from data_access.books.facts import Series
from data_access.books.forecasts import LOCAL_INCOME
from data_access.books.indicators import IndicatorRow, Wanted, month_period
from data_access.books.live import ONLY_NOW
from rules import break_even_rate
from rules.calculators import indicator as indicator_rule
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.indicators import INDICATORS, Value
from rules.money import decimal_string
from rules.month import Month

# The line of the execution form behind each side; below the province 收入 is what the region answers for.
LINES = {"income": INCOME_TOTAL, "expenditure": EXPENDITURE_TOTAL, "premium": "premium"}


def value(reading: Reading, code: str, region: str | None = None, month: int | None = None) -> Value | None:
    """An indicator's value for a region (the one looked at) and month (the one shown); None without a row.

    Of an indicator that is kept by part (source, item) the worst part's.
    """
    found = row(reading, code, region, month)
    return None if found is None else found.value


def row(reading: Reading, code: str, region: str | None = None, month: int | None = None) -> IndicatorRow | None:
    """The same with its part and the version that first had it."""
    indicator = INDICATORS[code]
    own = [one for one in as_of.rows(reading, code, month) if one.region == (region or reading.region)]
    if not indicator.parted:
        return next(iter(own), None)
    worst = max if indicator.worse == "higher" else min
    known = [one for one in own if one.value.value is not None]
    return worst(known, key=lambda one: one.value.value or Decimal(0)) if known else next(iter(own), None)


def figure(reading: Reading, code: str, region: str | None = None, month: int | None = None) -> Figure:
    """An indicator's figure with its passport; without a value where the region has no row."""
    return figure_of(reading, code, row(reading, code, region, month), region, month)


def figure_of(
    reading: Reading, code: str, found: IndicatorRow | None, region: str | None = None, month: int | None = None
) -> Figure:
    """The same of a row at hand. A live indicator's is of the minute of the version looked at, in a closed month of its
    end; what rests on forecasts is of the month and known by now."""
    return about(reading, code, region, month).figure(
        code,
        amount(code, None if found is None else found.value.value),
        part="" if found is None else found.part,
        reason="no_row" if found is None else found.value.reason,
    )


def observed(
    reading: Reading, code: str, region: str, part: str, period: str, found: display.Number | None, *, reason: str = ""
) -> Figure:
    """What a warning's subject was in a period, a month or the minute of a version, as the newest version knows it."""
    month = Month.parse(period)
    of = about(reading.running, code, region, month)
    of = of if month is not None else replace(of, period=period, known=period)
    return of.figure(code, amount(code, found), part=part, reason=reason or None)


def about(reading: Reading, code: str, region: str | None = None, month: int | None = None) -> About:
    """What an indicator's figures of a region and month have in common."""
    at = reading.snapshot.month if month is None else month
    known = reading.about_now if INDICATORS[code].expected or as_of.only_now(reading, code) else reading.about
    live = INDICATORS[code].period == "live" and known.known == reading.about_now.known
    period = known.known if live or at is None else month_period(at)
    return replace(known, place=region or reading.region, period=period)


def amount(code: str, value: display.Number | None) -> display.Number | None:
    """An indicator's value as its figure has it: an amount in fen."""
    yuan = INDICATORS[code].unit == "yuan" and value is not None
    return Fraction(value or 0) * 100 if yuan else value


def printed(
    reading: Reading, code: str, region: str | None = None, month: int | None = None, *, absolute: bool = False
) -> Printed:
    """An indicator's figure at its scale, without the unit: points with their sign, an amount in 亿元."""
    signed = INDICATORS[code].unit == "points" and not absolute
    return display.printed(figure(reading, code, region, month), signed=signed, absolute=absolute)


def said(reading: Reading, code: str, found: Decimal | None, month: int | None = None) -> Printed:
    """The same of a value at hand."""
    known = about(reading, code, month=month).figure(code, amount(code, found))
    return display.printed(known, signed=INDICATORS[code].unit == "points")


def wanted(reading: Reading, codes: Iterable[str]) -> list[Wanted]:
    """Several indicators' values of the period looked at, for ``Snapshot.read``."""
    snapshot, live = reading.snapshot, reading.published.snapshot(reading.scheme.code, LIVE)
    asked = []
    for code in codes:
        if INDICATORS[code].period != "live":
            asked.append(snapshot.wanted(code, snapshot.month))
        elif snapshot.live or code in ONLY_NOW:
            asked.append(live.wanted(code, None))
    return asked


def history(reading: Reading, code: str, months: Sequence[int]) -> list[Decimal | None]:
    """A month indicator's values of some months for the region looked at, of an indicator kept by part the worst part's."""
    if INDICATORS[code].parted:
        reading.snapshot.read(reading.snapshot.wanted(code, month) for month in months)
        return [exact(value(reading, code, month=month)) for month in months]
    known = reading.snapshot.history(code, reading.region)
    return [exact(known.get(month)) for month in months]


def year_before(reading: Reading, fen: Series, shown: int) -> list[str | None]:
    """What the last months ``shown`` of a series, up to that looked at, were a year earlier; None where the ledger does
    not reach."""
    places = range(reading.snapshot.at - shown - 11, reading.snapshot.at - 11)
    return [display.money(int(fen[place])) if place >= 0 else None for place in places]


def calculation(reading: Reading, code: str) -> indicator_rule.Case | None:
    """The figure as ``python -m rules indicator`` reads it; None where the region has none."""
    found = value(reading, code)
    if found is None:
        return None
    inputs = {name: None if given is None else Decimal(str(given)) for name, given in found.inputs.items()}
    return indicator_rule.Case(code, inputs)


def break_even(reading: Reading) -> break_even_rate.Case | None:
    """以支定收费率 of the month as rule break_even_rate reads it; None where the fund or the month has none."""
    found = value(reading, "rate_gap")
    if found is None or found.inputs.get("wage_base_fen") is None:
        return None
    inputs = {name: found.inputs[name] for name in break_even_rate.Case.__slots__}
    return break_even_rate.Case(**inputs)  # type: ignore[arg-type]


def exact(found: Value | None) -> Decimal | None:
    return None if found is None else found.value


def shown(code: str, found: Decimal | None, *, signed: bool = False) -> str:
    """A value at its indicator's scale, without the unit; an amount in 亿元."""
    indicator = INDICATORS[code]
    if indicator.unit == "yuan" and found is not None:
        return display.money(int(Fraction(found) * 100))
    return display.number(found, indicator.scale, signed=signed or indicator.unit == "points")


def unit(code: str) -> str:
    indicator = INDICATORS[code]
    return _("亿元") if indicator.unit == "yuan" else _(display.UNIT_NAMES[indicator.unit])


def input_fen(found: Value | None, name: str) -> int | None:
    """One of a value's inputs as fen; None where it is not known."""
    given = None if found is None else found.inputs.get(name)
    return None if given is None else int(given)


def below_no_region(reading: Reading) -> tuple[str, str]:
    """What of the region looked at belongs to none below it: how its row is called, and its place."""
    name = _("省统一管理") if reading.is_province else _("未分到下级")
    return name, f"{reading.region}{REST}"


# What an input is wherever it stands: a line to date, its plan.
_INPUTS = {
    f"{side}{suffix}": (side, what)
    for side in LINES
    for suffix, what in (("_fen", "to_date"), ("_plan_fen", "plan.adjusted"))
}


def input_figure(reading: Reading, code: str, found: Value | None, name: str, *, of: About | None = None) -> Figure:
    """One of an indicator's inputs as a figure: what it is wherever it stands, else that indicator's own. ``of``: of what
    its value is, else of the region and period looked at."""
    given = None if found is None else found.inputs.get(name)
    value = None if given is None else Fraction(str(given)) if isinstance(given, float) else Fraction(given)
    of = of or about(reading, code)
    if name in _INPUTS:
        side, what = _INPUTS[name]
        return of.figure(what, value, part=line_of(reading, side, of.place))
    needed = next(one for one in INDICATORS[code].inputs if one.name == name)
    if value is not None and needed.unit == "share":
        value *= 100
    return of.figure(f"{code}.{name}", value, reason=needed.missing)


def share(found: Value | None, name: str) -> float | None:
    """One of a value's inputs as a share for drawing."""
    given = None if found is None else found.inputs.get(name)
    return None if given is None else float(given)


@dataclass(frozen=True, slots=True)
class Progress:
    """Execution of one side of the plan: amount and plan in fen, progress in %, deviation from 历史同期 in points.

    ``line`` is the line of the form that it is, ``figures`` prints each.
    """

    about: About
    line: str
    side: str
    amount: int | None
    plan: int | None
    progress: Decimal | None
    deviation: Decimal | None
    historical: float | None
    reason: str | None

    @property
    def amount_shown(self) -> Printed:
        return self._shown("to_date", self.amount)

    @property
    def plan_shown(self) -> Printed:
        return self._shown("plan.adjusted", self.plan)

    @property
    def progress_shown(self) -> Printed:
        return self._shown("progress", self.progress)

    @property
    def rest(self) -> int | None:
        """What is left to the plan, in fen; negative where it is exceeded, None without a plan."""
        return None if self.amount is None or self.plan is None else self.plan - self.amount

    @property
    def rest_shown(self) -> Printed:
        return self._shown("plan.rest", self.rest)

    @property
    def pace(self) -> Figure:
        return self.about.figure(f"{self.side}_deviation", self.deviation, reason=self.reason)

    def _shown(self, what: str, value: display.Number | None) -> Printed:
        return display.printed(self.about.figure(what, value, part=self.line, reason=self.reason))


def line_of(reading: Reading, side: str, region: str | None = None) -> str:
    below = side == "income" and (region or reading.region) != reading.tree.root
    return LOCAL_INCOME if below else LINES[side]


def ahead(of: About, line: str, points: display.Number | None) -> Figure:
    """How far a line of the form is ahead of 历史同期: of those that are judged the indicator itself."""
    judged = next((f"{side}_deviation" for side, one in LINES.items() if one == line), None)
    # Below the province the income that is judged is another than the form's.
    if judged is None or (judged == "income_deviation" and line == INCOME_TOTAL and of.place != of.root):
        return of.figure("ahead", points, part=line)
    return of.figure(judged, points)


def progress(reading: Reading, side: str, region: str | None = None) -> Progress:
    """``side`` is income, expenditure or premium."""
    deviation = value(reading, f"{side}_deviation", region)
    done = input_fen(deviation, f"{side}_fen")
    plan = input_fen(deviation, f"{side}_plan_fen")
    rate = None if done is None or not plan else Decimal(decimal_string(Fraction(done * 100, plan), 2))
    return Progress(
        about(reading, f"{side}_deviation", region),
        line_of(reading, side, region),
        side,
        done,
        plan,
        rate,
        exact(deviation),
        share(deviation, "historical_share"),
        None if deviation is None else deviation.reason,
    )


def pace(deviation: Figure, *, strong: bool = False) -> list[Child]:
    """快于历史同期 1.66 个百分点, 慢于 …, 与历史同期持平, or why it cannot be said."""
    if deviation.value is None:
        return [_("历史同期不足两年，暂不比较")]
    printed_points = display.printed(deviation, absolute=True)
    said = Strong(printed_points) if strong else printed_points
    if deviation.value > 0:
        return sentence(N_("快于历史同期{points}个百分点"), points=said)
    if deviation.value < 0:
        return sentence(N_("慢于历史同期{points}个百分点"), points=said)
    return [_("与历史同期持平")]


def slow_to_collect(reading: Reading) -> list[str] | None:
    """The regions below that collect more slowly than in earlier years, the slowest first. None where nothing can be
    compared: without a history, that nobody lags would be said of nothing."""
    values = reading.snapshot.values("premium_deviation", reading.snapshot.month)
    known = {code: values[code].value for code in reading.children() if code in values}
    compared = {code: points for code, points in known.items() if points is not None}
    if not compared:
        return None
    return sorted((code for code, points in compared.items() if points < 0), key=lambda code: (compared[code], code))


def growth(now: int | None, before: int | None) -> Decimal | None:
    """同比 or 环比 in %, two decimals; None without a positive base."""
    if now is None or before is None or before <= 0:
        return None
    return Decimal(decimal_string(Fraction((now - before) * 100, before), 2))
