"""The month-end balance: what was, and what is expected with its band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.charts.events import mark
from dashboard.charts.series import NONE, Months, end_label, hover_months, linear, month_line, point, year_before
from dashboard.charts.theme import Figure, Palette, layout
from dashboard.words import display
from dashboard.words.wording import _
from rules.forecast import BalanceAhead

BAND = 0.11
NEAR = 4  # months that the words beside the last point cover


def balance(
    series: Months,
    ahead: Sequence[BalanceAhead],
    said: Sequence[str],
    under: Sequence[str | None],
    colours: Palette,
    *,
    events: Mapping[int, str] = NONE,
    span: int = 12,
) -> Figure:
    """A month-end balance as a line, then what is expected after its last month, ``said`` as the chart's table prints it,
    dashed in its 80 % band. ``under`` is a second measure
    written under the axis, one a month drawn, None where there is none."""
    expected = list(ahead) if series.months else []
    months = [*series.months, *(one.month for one in expected)]
    last, end = len(series.months) - 1, len(months) - 1
    ticks = list(range(last, -1, -span))[::-1]
    if ticks and ticks[0] > span // 2:
        ticks.insert(0, 0)
    if end > last:
        ticks.append(end)
    texts = [display.month_name(months[at]) + (f"<br>{under[at]}" if under[at] else "") for at in ticks]
    shape = layout(colours, bottom=44, right=104 if expected else 96)
    linear(shape, len(months), ticks, texts)
    hover_months(shape)
    if not series.months:
        return {"data": [], "layout": shape}
    drawn = series.drawn()
    line = month_line(_("累计结余"), series, colours.accent, "yi")
    line["text"] = [display.month_name(month) for month in series.months]
    line["hovertemplate"] = "%{text}<br>%{customdata}<extra></extra>"
    year_before(line, series.before)
    label = end_label(f"<b>{series.said[last]}</b>", last, drawn[last], colour=colours.ink, shift=9 if expected else 0)
    if any(one.mean_fen > (series.amounts[last] or 0) for one in expected[:NEAR]):
        # The line ahead rises through the words' place: they stand before the point, on the side it did not come from.
        came_down = last > 0 and (series.amounts[last - 1] or 0) > (series.amounts[last] or 0)
        label |= {"xanchor": "right", "xshift": -6, "yshift": -11 if came_down else 11}
    shape["annotations"] = [label]
    data = [line, point(last, drawn[last], colours.accent, colours.background)]
    if expected:
        data = [*_expected(series, expected, said, colours), *data]
        tail = f"<b>{said[-1]}</b><br>{_('预计（80%区间）')}"
        shape["annotations"].append(end_label(tail, end, display.axis_value(expected[-1].mean_fen), colour=colours.ink))
        shape["shapes"] = [
            {
                "type": "line",
                "x0": last,
                "x1": last,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "layer": "below",
                "line": {"color": colours.line_2, "width": 1},
            }
        ]
    mark(shape, events, len(months), colours)
    shape["meta"] = {"phone": _near(series, expected, said, months)}
    return {"data": data, "layout": shape}


def _near(
    series: Months, expected: Sequence[BalanceAhead], said: Sequence[str], months: Sequence[int]
) -> dict[str, object]:
    """How the chart stands on a phone: the last year and what is expected, three names, the last value above its end."""
    last, end = len(series.months) - 1, len(months) - 1
    first = max(0, last - 12)
    ticks = sorted({first, last, end})
    seen = [series.amounts[at] for at in range(first, last + 1)]
    for one in expected:
        seen += [one.mean_fen, one.low_fen, one.high_fen]
    drawn = [display.axis_value(fen) for fen in seen if fen is not None]
    room = (max(drawn) - min(drawn) or 1) * 0.15
    tail = {"text": f"{display.month_name(months[end])} {_('预计')} <b>{said[-1]}</b>"} if expected else {}
    return {
        "ticks": ticks,
        "names": [display.month_name(months[at]) for at in ticks],
        "range": [first - 0.4, end + 0.6],
        "values": [min(drawn) - room, max(drawn) + 2 * room],
        "margin": {"l": 44, "r": 36, "t": 8, "b": 24},
        "labels": {str(end): {**tail, "xanchor": "right", "xshift": 0, "y": max(drawn) + 1.2 * room, "yshift": 0}}
        if expected
        else {},
    }


def _expected(series: Months, expected: Sequence[BalanceAhead], said: Sequence[str], colours: Palette) -> list[Figure]:
    """The band, where there is one, and the dashed line; both begin at the last known balance."""
    last = len(series.months) - 1
    a_year_ago = [
        series.said[at - 12] if 12 <= at < last + 13 else None for at in range(last, last + len(expected) + 1)
    ]
    known = series.amounts[last] or 0
    places = list(range(last, last + len(expected) + 1))
    dashed: Figure = {
        "type": "scatter",
        "mode": "lines",
        "x": places,
        "name": _("预计"),
        "y": [display.axis_value(fen) for fen in (known, *(one.mean_fen for one in expected))],
        "customdata": [series.said[last], *said],
        "meta": series.key,
        "text": [display.month_name(month) for month in (series.months[last], *(one.month for one in expected))],
        "line": {"color": colours.accent, "width": 1.75, "dash": "4px,3px"},
        "hovertemplate": f"%{{text}}<br>{_('预计')} %{{customdata}}<extra></extra>",
    }
    year_before(dashed, a_year_ago)
    lows, highs = [one.low_fen for one in expected], [one.high_fen for one in expected]
    if any(fen is None for fen in (*lows, *highs)):
        return [dashed]
    around = [*([known, *highs]), *reversed([known, *lows])]
    band: Figure = {
        "type": "scatter",
        "mode": "lines",
        "x": [*places, *reversed(places)],
        "fill": "toself",
        "y": [display.axis_value(fen or 0) for fen in around],
        "line": {"width": 0},
        "hoverinfo": "skip",
        "fillcolor": _faint(colours.accent),
    }
    return [band, dashed]


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{BAND})"
