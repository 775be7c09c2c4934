"""Where the figures of one export come from, and its name after them: scheme, subject, place, period, 定稿 or 实时, version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import g

from dashboard.charts.graph import Chart, print_figure
from dashboard.components.table import Table
from dashboard.exports.blocks import Document, Source
from dashboard.exports.pictures import picture_of
from dashboard.site.reading import LIVE, Reading, year_shown
from dashboard.words import as_of, display, headlines
from dashboard.words.wording import _, language, name_of

# Of a name, with room for the ending: file systems take 255 bytes.
LONGEST_NAME = 220
# What no file system or mail programme minds: letters, digits and a few marks.
UNSAFE = re.compile(r"[^\w.\-（）—、%]+")


@dataclass(frozen=True, slots=True)
class Origin:
    """An export's source, and what of it stands in a name: the period without its state, the state (定稿, 实时; of published
    figures who published them), the data version (None: published figures have none)."""

    source: Source
    period: str
    state: str
    version: int | None

    def name(self, title: str) -> str:
        """A file's name without its ending. A long title is cut, not what follows it."""
        version = "" if self.version is None else _("版本{number}", number=self.version)
        state = "" if self.state.lower() in self.period.lower() else self.state
        mark = _("演示数据") if self.source.mark else ""
        behind = [self.source.place, self.period, state, version, mark]
        joined = "-" if language() == "en" else ""
        words = [re.sub(r"(?<=[A-Za-z])\s+(?=[A-Za-z])", "-", one) for one in (self.source.scheme, title, *behind)]
        scheme, subject, *rest = [UNSAFE.sub(joined, one).strip("-") for one in words]
        tail = "_".join(["", *filter(None, rest)])
        head = f"{scheme}_{subject}"
        while len(f"{head}{tail}".encode()) > LONGEST_NAME:
            head = head[:-1]
        return head + tail


def origin_of(reading: Reading, table: Table | None = None) -> Origin:
    """Of what is looked at, or of a table's rows, which may be of another place or period than the address says."""
    of_now = reading.of_now or (table is not None and table.of_now)
    own = "" if table is None else table.period
    place = (table.place if table is not None else "") or name_of(reading.node)
    mark = _("演示数据：模拟生成，不是任何地区的实际情况") if reading.demo else ""
    reader = f"{g.account.name} · {display.moment(reading.now)}"
    watermark = f"{g.account.name} {display.day_name(reading.today)} {display.local(reading.now):%H:%M}"
    scheme, shown = name_of(reading.scheme), watermark if g.watermark else ""
    if reading.scheme.kind == "published":
        year = year_shown(reading)
        cited = () if year is None else year.citations
        source = Source(place, own or _("公布数"), "；".join(cited), scheme, mark, reader, shown)
        return Origin(source, source.period, cited[0].partition(",")[0] if cited else "", None)
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE) if of_now else reading.snapshot
    until = _(
        "数据截至{moment}，版本 {number}", moment=display.moment(snapshot.version.as_of), number=snapshot.version.id
    )
    period = own or as_of.file_period(reading, snapshot, of_now=of_now)
    dated = not of_now and snapshot.month
    state = _("定稿") if dated and not snapshot.live else _("实时")
    bare = own or (display.month_name(snapshot.month) if dated and snapshot.month else display.short_day(reading.today))
    source = Source(place, period, until, scheme, mark, reader, shown)
    return Origin(source, bare, state, snapshot.version.id)


def drawn(chart: Chart, origin: Origin) -> dict[str, Any]:
    """The chart's Plotly figure in print layout."""
    return print_figure(chart, origin.source, origin.name(chart.title))


def slide_of(chart: Chart, origin: Origin) -> Document:
    """The chart as one slide, whose title is what it shows."""
    title = chart.headline or headlines.subject(chart.title, origin.source.period)
    return Document("slides", title, [picture_of(chart)], origin.source, language())
