"""What the drawer of an indicator shows beside its value, also as files: its last twelve periods, and the regions below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from dashboard.charts import series
from dashboard.charts.graph import Chart
from dashboard.charts.plot import Mark, Plot
from dashboard.charts.theme import Figure, Palette
from dashboard.components import ranking
from dashboard.components.table import Column, Kind, Row, Table, cell
from dashboard.site import annotating
from dashboard.site.reading import LIVE, Reading
from dashboard.words import as_of, display, figures, headlines
from dashboard.words.passport import Figure as Passport
from dashboard.words.wording import _, name_of
from rules.indicators import INDICATORS, Value
from rules.month import Month

PERIODS = 12
ENDS = 3
# Names in export addresses.
HISTORY, REGIONS = "history", "drawer-regions"
Seen = tuple[Reading, str]  # whose indicator a drawer shows


def _as_looked_at(reading: Reading) -> Seen | None:
    opened = reading.view.item in INDICATORS and reading.scheme.kind == "ledger"
    return (reading, reading.view.item) if opened else None


def charts(seen: Callable[[Reading], Seen | None] = _as_looked_at) -> Mapping[str, Callable[[Reading], Chart | None]]:
    """The charts of a page with the drawer, by code; ``seen`` says whose indicator it shows."""

    def history(reading: Reading) -> Chart | None:
        found = seen(reading)
        # What rests on forecasts begins with the month first signed under them.
        return None if found is None or INDICATORS[found[1]].expected else history_chart(*found)

    return {HISTORY: history}


def tables(seen: Callable[[Reading], Seen | None] = _as_looked_at) -> Mapping[str, Callable[[Reading], Table | None]]:
    """The tables of a page with the drawer, by code."""

    def regions(reading: Reading) -> Table | None:
        found = seen(reading)
        return None if found is None else region_table(*found)

    return {REGIONS: regions}


def history_chart(reading: Reading, code: str) -> Chart | None:
    """The last twelve periods: months, of a live indicator the days on which versions were published; None for no value."""
    indicator = INDICATORS[code]
    months: Sequence[int] = ()
    before: list[str | None] = []
    if indicator.period == "live":
        known = days_known(reading, code)
        names = [display.short_day(day) for day, _value in known]
        values = [value.value for _day, value in known]
        found = [figures.said(reading, code, value).figure for value in values]
        # Each day but the last, which is the reading's own, is another figure.
        days = [day.isoformat() for day, _value in known]
        found = [*map(_of_day, found[:-1], days[:-1]), *found[-1:]]
    else:
        at = reading.snapshot.at
        with_before = reading.snapshot.facts.months[max(0, at - 2 * PERIODS + 1) : at + 1]
        every = dict(zip(with_before, figures.history(reading, code, with_before), strict=True))
        months = with_before[-PERIODS:]
        names = [display.month_name(month) for month in months]
        values = [every[month] for month in months]
        earlier = [every.get(Month(month - 100)) for month in months]
        before = [None if one is None else figures.shown(code, one) for one in earlier]
        found = [figures.said(reading, code, one, month).figure for month, one in zip(months, values, strict=True)]
    if not names:
        return None
    happened = annotating.events(reading, months)
    kind, title, unit = _kind(code), name_of(indicator), figures.unit(code)
    signed = indicator.unit == "points"
    column = Column("value", title, kind, places=indicator.scale, signed=signed)
    # A gap is no figure: its reason stands where the value is explained.
    shown = [None if figure.value is None else figure for figure in found]
    rows = [Row({"period": name, "value": figure}) for name, figure in zip(names, shown, strict=True)]
    table = Table(HISTORY, title, (Column("period", _("期间")), column), rows)
    said = [cell(table, column, row) for row in rows]
    drawn = [_drawn(code, value) for value in values]

    def draw(colours: Palette) -> Figure:
        if months:
            return series.small_line(months, colours, said=said, values=drawn, before=before, events=happened)
        return series.small_line(range(len(names)), colours, said=said, values=drawn, days=names)

    plot = Plot(table, "period", rows, (Mark("value", "line", "accent"),), events=happened)
    told = headlines.moved(plot, title, unit, "value")
    return Chart(HISTORY, title, unit, display.span(names[0], names[-1]), draw, table, plot, headline=told)


def _of_day(figure: Passport, day: str) -> Passport:
    return replace(figure, period=day, known=day)


def days_known(reading: Reading, code: str) -> Sequence[tuple[date, Value]]:
    """A live indicator's last days up to the one that the value speaks of."""
    found = figures.row(reading, code)
    if found is None:
        return ()
    if as_of.only_now(reading, code):
        newest = reading.published.snapshot(reading.scheme.code, LIVE)
        return newest.days(code, reading.region, found.part, PERIODS)
    days = reading.snapshot.days(code, reading.region, found.part, PERIODS)
    return days if reading.snapshot.live else [(day, value) for day, value in days if day <= reading.snapshot.day]


def _kind(code: str) -> Kind:
    return "money" if INDICATORS[code].unit == "yuan" else "number"


def _drawn(code: str, value: Decimal | None) -> float | None:
    if value is None:
        return None
    return display.axis_value(int(value * 100)) if INDICATORS[code].unit == "yuan" else float(value)


def region_table(reading: Reading, code: str, ends: int | None = None) -> Table | None:
    """The regions below, best first; with ``ends`` the first and last of them alone. None where none has a value."""
    known: dict[str, Passport] = {child: figures.figure(reading, code, child) for child in reading.children()}
    values = {child: figure.value for child, figure in known.items() if figure.value is not None}
    if not values:
        return None
    indicator = INDICATORS[code]
    placed = ranking.rank(values, higher_first=indicator.worse != "higher", apart=reading.apart())
    chosen = placed if ends is None or len(placed) <= 2 * ends else placed[:ends] + placed[-ends:]
    rows = [
        Row(
            {
                "rank": display.NO_VALUE if place is None else str(place),
                "name": name_of(reading.tree.region(child)),
                "value": known[child],
            },
            href=reading.view.href(region=child),
        )
        for child, _value, place in chosen
    ]
    columns = (
        Column("rank", _("名次")),
        Column("name", _("地区")),
        # A file's heads name their units themselves.
        Column(
            "value",
            name_of(indicator) if ends is None else figures.unit(code),
            _kind(code),
            places=indicator.scale,
            signed=indicator.unit == "points",
        ),
    )
    whole = len(placed) if ends is not None and len(placed) > 2 * ends else 0
    note = _("前{n}位与后{n}位，共{count}个", n=ends, count=whole) if whole else ""
    title = name_of(indicator) if ends is None else _("分地区")
    return Table(REGIONS, title, columns, rows, note=note)
