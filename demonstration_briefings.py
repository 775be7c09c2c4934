"""The demonstration's briefings: some that were issued, one that its writer is at, a report that waits to be checked.

They are drafted by the page's own rules, which the demonstration does not know; so they are written here, from the
composition root, at the moments at which an office would have.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Flask, g
from sqlalchemy import Connection, Engine

from dashboard.exports import kept
from dashboard.exports.blocks import Paragraph
from dashboard.pages.briefings.drafts import drafted
from dashboard.pages.briefings.opening import draft_issue
from dashboard.pages.briefings.reading import DATED, PATH
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from dashboard.words.wording import in_language
from data_access.books.published import Published, PublishedCache
from data_access.books.versions import MonthClose, closes
from data_access.store.engine import writing as open_to_write
from demonstration.load import Progress, load_demonstration
from rules.month import Month
from workflows.briefings import flow, register, writing
from workflows.people import rights
from workflows.people.accounts import Account, By, Role, demo_accounts

WORDS = (
    "督促征缴进度偏慢的地区查明原因，按月报送清欠情况。",
    "会同财政部门按月核对专户存款和支付计划，提前备足下月待遇发放资金。",
)
HEAD = {"copies": "联席会议各成员单位（演示）", "office": "基金运行监测办公室（演示）", "signer": "演示领导"}
DOCUMENT_NUMBER = "演示基监〔{year}〕{number}号"
READ = 3  # sections of the running issue that its writer has read so far
ISSUED = 2  # months before the last signed one whose briefings were issued; of schemes after the first one
# From the signing of its month: drafted, sent on, checked, signed.
DRAFTED, SENT, CHECKED, SIGNED = (timedelta(hours=hours) for hours in (16, 20, 40, 65))


def load_with_briefings(engine: Engine, now: datetime, progress: Progress | None = None) -> int:
    """Load the demonstration as it stands at ``now`` with its briefings; returns the rows delivered."""
    rows = load_demonstration(engine, now, progress)
    write_briefings(engine, now)
    return rows


def write_briefings(engine: Engine, now: datetime) -> None:
    """The briefings of every demonstrated scheme with a ledger; nothing where some stand."""
    cache = PublishedCache()
    with Flask(__name__).app_context(), in_language("zh"):
        g.watermark, g.theme = False, "light"
        with engine.connect() as connection:
            schemes = [one.scheme for one in Published(connection, cache).schemes if one.demo]
        for place, scheme in enumerate(schemes):
            with open_to_write(engine) as connection:
                people = {account.role: account for account in demo_accounts(connection)}
                signed = closes(connection, scheme.code)
                if signed and not register.briefings(connection, scheme.code, scheme.province):
                    _Office(connection, cache, scheme.code, scheme.province, people).write(
                        signed, now, all_of_it=not place
                    )


class _Office:
    """Who writes, checks and signs the briefings of one scheme, within one transaction."""

    def __init__(
        self, connection: Connection, cache: PublishedCache, scheme: str, region: str, people: dict[Role, Account]
    ) -> None:
        self.connection, self.cache = connection, cache
        self.scheme, self.region, self.people = scheme, region, people

    def write(self, signed: Sequence[MonthClose], now: datetime, *, all_of_it: bool) -> None:
        for close in signed[-1 - (ISSUED if all_of_it else 1) : -1]:
            at = close.signed_at + DRAFTED
            number = self._draft("briefing", close, at, carry_over=True)
            self._write_next(number, at)
            self._send(number, close.signed_at + SENT)
            self._take(number, "pass", Role.MONITOR, "数字已与定稿核对。", close.signed_at + CHECKED)
            self._take(number, "sign", Role.LEADER, "同意印发。", close.signed_at + SIGNED)
        newest = signed[-1]
        number = self._draft("briefing", newest, min(newest.signed_at + DRAFTED, now), carry_over=True)
        self._redraft(number, newest, now)
        self._confirm(number, READ, now)
        if all_of_it:
            self._send(self._draft("report", newest, now, carry_over=False), now)

    def _by(self, role: Role, at: datetime) -> By:
        account = self.people[role]
        return By(account.login, account.name, rights.department_of(account) or "", at)

    def _reading(self, close: MonthClose, at: datetime) -> Reading:
        """The writer's look at a month as it was signed."""
        g.account = self.people[Role.WRITER]
        view = View(PATH, self.scheme, self.region, Month(close.month).iso, version=str(close.version))
        return read(Published(self.connection, self.cache), view, rights.scope_of(g.account), at)

    def _draft(self, form: str, close: MonthClose, at: datetime, *, carry_over: bool) -> int:
        """An issue of a month with its head filled in."""
        by = self._by(Role.WRITER, at)
        number = draft_issue(self.connection, self._reading(close, at), form, carry_over=carry_over, by=by)
        issue = register.briefing(self.connection, number)
        head = {name: getattr(issue, name) for name in register.HEAD} | HEAD
        if form == "briefing":  # a report for a meeting is no numbered document
            head["document_number"] = DOCUMENT_NUMBER.format(year=issue.year, number=issue.number)
        writing.write_head(self.connection, issue, head, None, by)
        return number

    def _write_next(self, number: int, at: datetime) -> None:
        """下一步安排 in the writer's own words: no case was open yet that the rules could name."""
        last = register.sections(self.connection, number)[-1]
        content = [kept.block_json(Paragraph([text])) for text in WORDS]
        writing.write_section(self.connection, number, last, self._by(Role.WRITER, at), content=content)

    def _redraft(self, number: int, close: MonthClose, at: datetime) -> None:
        """The sections that say of which day they are, as of another one."""
        reading = self._reading(close, at)
        for section in register.sections(self.connection, number):
            if section.code in DATED:
                content = [kept.block_json(block) for block in drafted(reading, section.code)]
                by = self._by(Role.WRITER, at)
                writing.write_section(
                    self.connection, number, section, by, content=content, state="generated", step="redraft"
                )

    def _confirm(self, number: int, most: int, at: datetime) -> None:
        """The writer stands by the first sections."""
        for section in register.sections(self.connection, number)[:most]:
            if section.state == "generated":
                writing.confirm(self.connection, number, section, self._by(Role.WRITER, at))

    def _send(self, number: int, at: datetime) -> None:
        self._confirm(number, writing.MOST_SECTIONS, at)
        self._take(number, "send", Role.WRITER, "", at)

    def _take(self, number: int, step: str, role: Role, words: str, at: datetime) -> None:
        flow.take(self.connection, register.briefing(self.connection, number), step, words, self._by(role, at))
