"""What the page 简报材料 reads: an issue at its own month, what is known there now, the basket, what was said of figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from flask import g

from dashboard.exports.blocks import Block, Grid, Note, Paragraph, Picture, Source
from dashboard.exports.origin import origin_of
from dashboard.pages.briefings import carry, edits
from dashboard.pages.briefings.compose import Part, parts
from dashboard.pages.briefings.renewing import Renewed, is_noted, renewed
from dashboard.site.reading import Reading, read
from dashboard.site.view import View, number_in
from dashboard.words.passport import Figure, Printed
from dashboard.words.wording import N_, _, in_language
from rules.month import Month
from workflows.briefings import basket, register
from workflows.briefings.register import Briefing, NoSuchBriefing, Step
from workflows.people.rights import WRITING
from workflows.sayings.explanations import Explanation, load_explanations

PATH = "/briefings"


def issues(reading: Reading) -> tuple[Briefing, ...]:
    """The issues of the scheme and region looked at, newest first."""
    return reading.ask(register.briefings, reading.scheme.code, reading.region)


def of_subject(reading: Reading) -> Briefing | None:
    """The issue of the address; on the page itself the newest that is not signed. None where there is none."""
    if not reading.view.subject:
        return next((one for one in issues(reading) if one.state != "issued"), None)
    number = number_in(reading.view.subject)
    try:
        return None if number is None else reading.ask(register.briefing, number)
    except NoSuchBriefing:
        return None


def reading_at(reading: Reading, scheme: str, region: str, month: int) -> Reading:
    """The reader's look at the month that an issue speaks of. Raises NotAllowed outside the reader's region."""
    view = View(PATH, scheme, region, Month(month).iso)
    return read(reading.published, view, reading.scope, reading.now)


def there(reading: Reading, issue: Briefing) -> View:
    """The issue's own address, where its acts are done."""
    return replace(reading.view, path=f"{PATH}/{issue.id}", item="")


@dataclass(frozen=True)
class Check:
    """One thing that is checked by itself: its name, what was found, in which sections; ``stops``: it must be put right
    before the issue goes on."""

    code: str
    name: str
    found: Sequence[str]
    sections: Sequence[int]
    unit: str = N_("处")
    stops: bool = False


@dataclass(frozen=True)
class Open:
    """An issue that is looked at, with its reading."""

    reading: Reading
    issue: Briefing

    @cached_property
    def parts(self) -> list[Part]:
        with in_language(self.issue.language):
            return parts(self.reading.ask(register.sections, self.issue.id))

    @cached_property
    def changes(self) -> dict[int, dict[int, list[tuple[str, str]]]]:
        """What differs from the last issue, by section and paragraph."""
        with in_language(self.issue.language):
            return {part.row.id: carry.all_changes(part.before, part.blocks) for part in self.parts}

    @cached_property
    def drafts(self) -> dict[str, list[Block]]:
        """Every section as the rules write it today."""
        with in_language(self.issue.language):
            return carry.all_drafts(self.reading)

    @cached_property
    def known(self) -> carry.Known:
        return carry.Known.at(self.reading, self.drafts)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return self.reading.ask(register.steps, self.issue.id)

    @property
    def writes(self) -> bool:
        """Whether the reader may change the text now."""
        return self.issue.state == "drafting" and self.reading.scope.role in WRITING

    def moved(self, part: Part, place: int) -> list[carry.Moved]:
        """The figures of a paragraph whose source has moved since they were written."""
        block = part.blocks[place]
        if not isinstance(block, Paragraph):
            return []
        noted = {piece.figure for piece in _notes_after(part, place) if isinstance(piece, Printed)}
        with in_language(self.issue.language):
            found = carry.moved(block.pieces, self.issue.month, self.known)
        # 保留并注明: what its note names was decided on.
        return [one for one in found if one.written.figure not in noted]

    @cached_property
    def _renewed(self) -> dict[tuple[int, int], Renewed]:
        with in_language(self.issue.language):
            return {
                (part.row.id, place): found
                for part in self.parts
                for place, (block, was) in enumerate(zip(part.blocks, part.row.content, strict=True))
                if (found := renewed(self.reading, block, was, self.drafts.get(part.row.code, ()))) is not None
            }

    def renewed(self, part: Part, place: int) -> Renewed | None:
        """What of a table or chart reads otherwise today; None where nothing does, or it was left with a note."""
        found, block = self._renewed.get((part.row.id, place)), part.blocks[place]
        if found is None or not isinstance(block, (Grid, Picture)):
            return None
        with in_language(self.issue.language):
            return None if is_noted(block, part.blocks[place + 1 :]) else found

    @cached_property
    def checks(self) -> list[Check]:
        return list(self._checks())

    def _checks(self) -> Iterator[Check]:
        waiting = [part.row.id for part in self.parts if part.row.state == "generated"]
        headings = [part.row.heading for part in self.parts if part.row.state == "generated"]
        yield self._twice()
        yield Check("unconfirmed", N_("未核"), headings, waiting, N_("段"), stops=True)
        yield self._over("moved", N_("锁定数来源已变"), self._moved_in)
        yield self._over("missing", N_("未取到本期数"), _missing_in)
        yield self._over("unsigned", N_("引用未定稿数据"), _unsigned_in)
        yield self._over("sourceless", N_("没有出处的数字"), _sourceless_in)

    def _over(self, code: str, name: str, look: object) -> Check:
        found: list[str] = []
        where: list[int] = []
        for part in self.parts:
            for place in range(len(part.blocks)):
                seen = look(part, place)  # type: ignore[operator]
                found += seen
                where += [part.row.id] * bool(seen)
        return Check(code, name, found, list(dict.fromkeys(where)), stops=code in ("moved", "missing"))

    def _moved_in(self, part: Part, place: int) -> list[str]:
        table = self.renewed(part, place)
        of_table = [] if table is None else [_moved_words(table)]
        return [f"{one.written} → {one.now}" for one in self.moved(part, place)] + of_table

    def _twice(self) -> Check:
        """同一数字两处口径: one figure with two exact values within the issue."""
        values: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for part in self.parts:
            for figure in carry.figures_of(part.blocks):
                values[figure.key][figure.exact].append(part.row.id)
        apart = {key: seen for key, seen in values.items() if len(seen) > 1}
        where = sorted({number for seen in apart.values() for numbers in seen.values() for number in numbers})
        return Check("twice", N_("同一数字两处口径"), list(apart), where)


def _moved_words(table: Renewed) -> str:
    """表名：3个数 with the first of them."""
    first = _("，").join(f"{was} → {now}" for was, now in table.pairs[:3])
    return _("“{title}”{count}个数：{first}", title=table.title, count=len(table.pairs), first=first)


def _notes_after(part: Part, place: int) -> Iterator[str]:
    """The pieces of the notes that stand right behind a block."""
    for block in part.blocks[place + 1 :]:
        if not isinstance(block, Note):
            return
        yield from block.pieces


def _missing_in(part: Part, place: int) -> list[str]:
    """The figures of a text that this month has none for."""
    block = part.blocks[place]
    pieces = block.pieces if isinstance(block, Paragraph) else ()
    return [piece.figure.key for piece in pieces if isinstance(piece, Printed) and piece.figure.value is None]


# Sections that say of which day they are.
DATED = frozenset({"warnings", "next"})


def _unsigned_in(part: Part, place: int) -> list[str]:
    """Figures of a month that were not known by its signature."""
    if part.row.code in DATED:
        return []
    return [figure.key for figure in carry.figures_of([part.blocks[place]]) if _unsigned(figure)]


def _unsigned(figure: Figure) -> bool:
    return Month.parse(figure.period) is not None and Month.parse(figure.known) is None and not _expected(figure)


def _expected(figure: Figure) -> bool:
    """What is expected is known by now, whatever was signed."""
    return "expected" in figure.what or figure.what.startswith(("balance.", "year.")) or "forecast" in figure.what


def _sourceless_in(part: Part, place: int) -> list[str]:
    block = part.blocks[place]
    return edits.sourceless(block.pieces) if isinstance(block, Paragraph) else []


def opened(reading: Reading) -> Open | None:
    """The issue of the address at its own month; None where there is none. Raises NotAllowed outside the reader's
    region."""
    issue = of_subject(reading)
    return None if issue is None else Open(reading_at(reading, issue.scheme, issue.region, issue.month), issue)


def in_basket(reading: Reading) -> tuple[basket.Item, ...]:
    return reading.ask(basket.items, g.account.login)


def sayings(one: Open) -> tuple[Explanation, ...]:
    """情况说明 of the issue's month, of its region and those below."""
    regions = one.reading.tree.subtree(one.issue.region)
    return one.reading.ask(load_explanations, one.issue.scheme, Month(one.issue.month).iso, regions)


def source_of(one: Open) -> Source:
    """Where an issue's figures come from: of the data version it was written at."""
    source = origin_of(one.reading).source
    if one.issue.data_version == one.reading.snapshot.version.id:
        return source
    return replace(source, as_of=_("版本 {number}", number=one.issue.data_version))
