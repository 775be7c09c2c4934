"""The sheet 会前一页纸 as a document: the figures, sentence, matters and trend of 总览, on one A4 page.

Nothing is computed here: every figure is what 总览 prints, beside what it was at the last meeting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.charts.theme import GREY
from dashboard.components.parts import Child, pieces_of, sentence
from dashboard.exports.blocks import (
    Block,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Masthead,
    Note,
    Paragraph,
    Picture,
    Pieces,
    plain,
)
from dashboard.exports.origin import origin_of
from dashboard.pages.funds.page import CLOSING, closing_note, closing_terms
from dashboard.pages.one_page import projection
from dashboard.pages.one_page.matters import matters_block, width
from dashboard.pages.overview.band import available
from dashboard.pages.overview.page import conclusion, read_values
from dashboard.pages.overview.ranking import red_limit
from dashboard.pages.overview.since import GAP_AHEAD, Compared, compared, named
from dashboard.pages.overview.trend import trend
from dashboard.pages.warnings.words import limit_words
from dashboard.site import heading
from dashboard.site.reading import Reading
from dashboard.words import display, expected, figures, meetings
from dashboard.words.wording import N_, NO_VALUE, _, apart, between, bracketed, language, name_of

MONTHS = 24
BESIDE = 16.0  # characters of a line of the band's last figure
SENTENCE = 3 * 36.0  # Chinese characters of three lines
# Figures of the band; the gap stands last where one is expected, else what is collected of the plan.
PROVINCE = ("balance_total", "months_payable", "income", "expenditure")
REGION = ("income", "expenditure", "premium", "net.since_start")


def sheet(reading: Reading) -> Document | None:
    """The document of the place and period looked at; None where there are no months to tell of."""
    if not reading.has_months:
        return None
    read_values(reading)
    matters = matters_block(reading)
    count = len(matters.matters)
    ahead = projection.projection(reading)
    top: list[Block] = [
        Paragraph(_sentence(reading)),
        KeyFigures([_key_figure(reading, one) for one in _figures(reading)]),
    ]
    blocks: list[Block] = [
        *(top if ahead is None else projection.top(reading, ahead)),
        Heading(_("请您关注"), note=_("{count}件，最急在前", count=count) if count else ""),
        matters,
        Paragraph(_follow_up(reading)),
        _picture(reading) if ahead is None else projection.picture(reading, ahead),
        *(Note(pieces) for pieces in _foot(reading, ahead=ahead is not None)),
    ]
    source = origin_of(reading).source
    # What the mark means is said on screen and in files; here it stands in a line with others.
    marked = replace(source, mark=_("演示数据") if source.mark else "")
    head, lines = _masthead(reading), _lines(reading)
    return Document("one-page", _title(reading), blocks, marked, language(), head, lines=lines)


def _title(reading: Reading) -> str:
    scheme, place = name_of(reading.scheme), name_of(reading.node)
    if reading.is_province:
        return _("{scheme}　会前一页纸", scheme=scheme)
    return _("{scheme}　{place}　会前一页纸", scheme=scheme, place=place)


def _masthead(reading: Reading) -> Masthead:
    """The meeting that the sheet is for; secrecy and the like are the office's to give and stay empty."""
    meeting = meetings.coming(reading)
    body = (meeting.title if meeting else "") or _("社会保险基金运行监测联席会议")
    number = meetings.name(meeting.number) if meeting else ""
    return Masthead("", number, "", "", "", "", "", body, meeting.held_on if meeting else None)


def _lines(reading: Reading) -> list[Pieces]:
    snapshot, meeting = reading.snapshot, meetings.last(reading)
    month = display.month_name(snapshot.month or 0)
    data = _("数据：{month}（实时）", month=month) if snapshot.live else _("数据：{month}末（已定稿）", month=month)
    against = _("首次会议") if meeting is None else _("对比：{meeting}", meeting=named(meeting))
    return [[display.day_name(reading.today)], [apart().join((data, against))]]


def _sentence(reading: Reading) -> list[str]:
    """The conclusion of 总览: both its sentences where they take three lines, else the first."""
    first, second = (pieces_of(one) for one in conclusion(reading))
    both = [*first, between(), *second] if second else first
    return both if width(plain(both)) <= SENTENCE else first


# --- figures


def _figures(reading: Reading) -> list[Compared]:
    """Five figures with what they were; of a place that is no province what it answers for."""
    codes = [*(PROVINCE if reading.is_province and reading.snapshot.facts.opened else REGION)]
    gap = compared(reading, GAP_AHEAD)
    found = [compared(reading, code) for code in codes]
    if gap.now != NO_VALUE:
        return [*found, gap]
    return found if "premium" in codes else [*found, compared(reading, "premium")]


def _key_figure(reading: Reading, one: Compared) -> KeyFigure:
    lines = [one.change or one.ahead, one.pace or _beside(reading, one.code)]
    return KeyFigure(one.name, pieces_of(one.before), one.now, one.unit, [pieces_of(line) for line in lines if line])


def _beside(reading: Reading, code: str) -> list[Child]:
    """What else is to be known of a figure: 可动用, the red limit, whose gap it is."""
    if code == "balance_total":
        return available(reading)
    if code == "months_payable":
        limit = red_limit(reading, code)
        return [] if limit is None else [limit_words(code, limit)]
    return _gaps_below(reading) if code == GAP_AHEAD else []


def _gaps_below(reading: Reading) -> list[Child]:
    """淮安市 7.62，连云港市 6.43: the two largest expected gaps of the places below, as far as there is room."""
    month, of = expected.last_month(reading), reading.children()
    found = [figures.figure(reading, GAP_AHEAD, region, month) for region in of]
    largest = sorted((one for one in found if one.value), key=lambda one: -(one.value or 0))[:2]
    said: list[Child] = []
    for one in largest:
        place = name_of(reading.tree.region(one.place))
        more = [
            *([_("，")] if said else []),
            *sentence(N_("{place} {amount}"), place=place, amount=display.printed(one)),
        ]
        said += more if width(plain(pieces_of([*said, *more]))) <= BESIDE else []
    return said


# --- follow-up, trend, foot


def _follow_up(reading: Reading) -> list[str]:
    said, due = meetings.follow_up_words(reading, meetings.last(reading))
    return [apart().join((said, due)) if due else said]


def _picture(reading: Reading) -> Picture:
    chart = trend(reading, MONTHS)
    ahead = reading.is_province and expected.balances(reading)
    span = _("近24个月及12个月预计") if ahead else _("近{count}个月", count=len(chart.plot.rows))
    said = _("{title}，{unit}，{span}。", title=chart.title, unit=chart.unit, span=span)
    return Picture(chart.title, chart.unit, span, chart.plot, chart.draw(GREY), said)


def _foot(reading: Reading, *, ahead: bool) -> list[Sequence[str]]:
    origin = origin_of(reading)
    lines: list[Sequence[str]] = [[_("；").join(heading.rests_on(reading)), _("。")]]
    if not ahead and (identity := _identity(reading)):
        lines.append(identity)
    return [*lines, [_("{reader}打印，数字与系统总览一致。", reader=origin.source.reader)]]


def _identity(reading: Reading) -> list[str]:
    said: list[Child] = []
    if reading.is_province and reading.snapshot.facts.opened:
        terms = closing_terms(reading)
        note = closing_note(terms)
        said = [*sentence(CLOSING, **terms), *([bracketed(note)] if note else []), _("。")]
    if expected.balances(reading):
        said += [*([between()] if said else []), _("预计为测算，阴影为80%区间。")]
    return pieces_of(said)
