"""What a document is made of, whatever it is written as: the writers for DOCX, PPTX, XLSX and PDF take the same blocks.

A text is a sequence of pieces: plain text, and figures as ``display`` printed them, which keep their passports. No writer
formats a number in a sentence; a table's cells are printed by ``components.table``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dashboard.charts.plot import Plot
from dashboard.components.table import Table
from dashboard.words.wording import _, apart
from rules.alerts.threshold import Level

Pieces = Sequence[str]


def plain(pieces: Pieces) -> str:
    """A text without its passports."""
    return "".join(pieces)


def captioned(number: str, title: str) -> str:
    """表1　收支执行情况: the title of a table or chart behind its number."""
    return f"{number}{apart()}{title}" if number else title


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its number already in words: 一、 of level 1, （一） of level 2; ``note`` stands grey beside that of a
    one-page sheet (5件，最急在前)."""

    text: str
    level: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the figures of a band: name, what was in words (上次 5,402.52 →; empty for nothing to
    compare with), the figure, its unit, lines below."""

    name: str
    before: Pieces
    figure: str
    unit: str
    lines: Sequence[Pieces] = ()


@dataclass(frozen=True, slots=True)
class KeyFigures:
    figures: Sequence[KeyFigure]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; its number (表1) and title stand above it, the unit at the right, ``note`` below."""

    table: Table
    number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: ``plot`` is drawn by whoever has no browser, ``figure`` is the Plotly figure in print layout; its number
    (图1) and title stand below it. ``alternative``: what it is, for those who cannot see it; ``headline``: what its
    figures show, as a slide is titled, "" where they show nothing by themselves; ``events``: the words behind the numbered
    flags of the picture, "" without any."""

    title: str
    unit: str
    span: str
    plot: Plot
    figure: dict[str, Any]
    alternative: str
    number: str = ""
    note: str = ""
    headline: str = ""
    events: str = ""

    @property
    def remark(self) -> str:
        """What stands under the picture: what its marks and its flags are."""
        return "　".join(text for text in (self.note, self.events) if text)


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that needs somebody's attention: its level or kind (待议, 提示), what, who by when, the next step."""

    level: Level
    kind: str
    what: Pieces
    who: str
    until: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Matters:
    """The matters of a meeting, each with a line for what the leader writes; ``more``: how many there are besides."""

    matters: Sequence[Matter]
    more: int = 0

    @property
    def rest(self) -> str:
        """另有8件; "" where these are all."""
        return _("另有{count}件", count=self.more) if self.more else ""


@dataclass(frozen=True, slots=True)
class Note:
    """A line in small type: a source, a remark, a footnote."""

    pieces: Pieces


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who signs, and the day 成文日期; without a seal."""

    office: str
    day: date


Block = Heading | Paragraph | KeyFigures | Grid | Picture | Matters | Note | SignOff


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document's figures come from: place, period (定稿 or 实时), as-of and version, scheme, the demonstration's
    mark, who took it out when; ``watermark`` is set where the office wants the reader's name across the page."""

    place: str
    period: str
    as_of: str
    scheme: str
    mark: str
    reader: str
    watermark: str = ""

    def lines(self) -> list[str]:
        """What there is to say, a line each; the watermark is apart."""
        return [text for text in (self.place, self.period, self.as_of, self.scheme, self.mark, self.reader) if text]


@dataclass(frozen=True, slots=True)
class Masthead:
    """The head 报头 and end 报尾 of a briefing, as the office filled them in; "" is left empty, never made up."""

    name: str  # 社会保险基金运行监测简报
    number: str  # 第11期
    total: str  # 总第71期
    document_number: str  # 文号
    secrecy: str  # 密级
    signer: str  # 签发人
    copies: str  # 抄送
    office: str  # 编发单位
    day: date | None


# A briefing has its red head, a report 汇报材料 none; a one-page sheet stands on one A4, slides on 16:9.
Form = Literal["briefing", "report", "one-page", "slides"]
# The faces that a Word document names: those most offices print with, Windows' own, Founder's.
FontSet = Literal["gb2312", "windows", "founder"]


@dataclass(frozen=True, slots=True)
class Document:
    """One document. ``draft`` is what is printed on it until it is signed (送审稿), "" afterwards; ``lines`` stand
    in one line under a one-page's title: its day at the left, at the right the data and what they are compared with; the
    sentence of such a sheet is its first paragraph, its notes stand at its foot. ``language`` is zh or en."""

    form: Form
    title: str
    blocks: Sequence[Block]
    source: Source
    language: str
    masthead: Masthead | None = None
    draft: str = ""
    lines: Sequence[Pieces] = ()
    fonts: FontSet = "gb2312"
