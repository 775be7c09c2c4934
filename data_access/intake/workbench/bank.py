"""Statements of banks 银行对账单, as banks print them: one row an entry, amounts by column, sign or mark, newest first or last.

The running balance proves the reading: each balance is the one before it, plus in, minus out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping as Map, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from data_access.intake.importers.checks.reports import masked
from data_access.intake.importers.days import read_date, serial_day
from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.importers.tables import TABLES
from data_access.intake.workbench.agreement import Listed, Sum
from data_access.intake.workbench.find import Found, squeezed
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Names
from data_access.intake.workbench.numbers import read_number
from data_access.intake.workbench.places import region_in
from data_access.intake.workbench.reading import Guess, Question
from data_access.intake.workbench.units import exact_fen, named_in
from rules.movements import Account

BANK = "bank_statement"
NIL = Decimal(0)
SHOWN = 20
# What heads of statements call each column; a debit of the bank's 借方 is money that leaves the account.
WORDS = {
    "day": re.compile(
        r"(交易|记账|入账|业务|发生|起息)?(日期|时间|日)|交易日期时间|(transaction|value|posting)?date", re.I
    ),
    "out": re.compile(
        r"借方?(发生额|交易额|金额|数)?|(支出|付款|转出|取出|支取|付出)(金额|发生额|数)?|debits?(amount)?|withdrawals?",
        re.I,
    ),
    "in": re.compile(
        r"贷方?(发生额|交易额|金额|数)?|(收入|收款|转入|存入)(金额|发生额|数)?|credits?(amount)?|deposits?", re.I
    ),
    "amount": re.compile(r"(交易|发生)?(金额|额)|amount", re.I),
    "direction": re.compile(
        r"(借贷|收支|收付|交易)(标志|标识|方向|类型|类别)|借/?贷|收/?支|方向|收/?付|d/?c|dr/?cr", re.I
    ),
    "balance": re.compile(r"(账户|当前|可用|交易后|本次|联机)?余额|balance", re.I),
    "counterparty": re.compile(
        r"(对方|对手|交易对手|交易对方|收/?付款人)(单位|账户|账号)?(户名|名称|姓名|名)|对方(单位|账户)?|交易对(手|方)|counterparty",
        re.I,
    ),
    "text": re.compile(r"(交易)?(摘要|用途|附言)|交易说明|description|details|备注", re.I),
    "reference": re.compile(
        r"(核心|交易|银行|柜员|业务)?(流水号?|凭证号码?|参考号|编号|回单号)|凭证号码?|reference|ref\.?", re.I
    ),
}
OUT = re.compile(r"借方?|支出?|付款?|出账?|转出|取款?|-|d|dr|debit", re.I)
IN = re.compile(r"贷方?|收入?|收款?|入账?|进账|转入|存款?|\+|c|cr|credit", re.I)
OPENING = re.compile(r".*(期初|上期|上页|承前|上日|结转).*(余额|页|结转)?.*")
ABOUT = {
    "number": re.compile(r"(账|帐|卡)号|accountno\.?|account(number)?", re.I),
    "holder": re.compile(r"(账户|单位)?(户名|名称)|accountname", re.I),
    "bank": re.compile(r"开户(银)?行(名称)?|开户机构|开户网点|银行", re.I),
    "opening": re.compile(r"(期初|上期|起始)余额|openingbalance", re.I),
    "closing": re.compile(r"(期末|本期|截止)余额|closingbalance", re.I),
}
ACCOUNTS = {
    "支出户": (Account.EXPENDITURE,),
    "财政专户": (Account.PROVINCIAL, Account.LOCAL_FISCAL),
    "国库": (Account.TREASURY,),
}


@dataclass(frozen=True, slots=True)
class _Entry:
    row: int
    day: date | None
    into: int | None
    out: int | None
    balance: int


def statement(found: Found, names: Names, mapping: Mapping) -> Listed | None:
    """A statement in a found table; None where its columns are not those of one."""
    columns = columns_of(found)
    if columns is None:
        return None
    return _Reader(found, columns, names, mapping).read()


def columns_of(found: Found) -> Map[str, int] | None:
    """The columns by what they are; None without a day, a balance and an amount."""
    chosen: dict[str, int] = {}
    for at, head in enumerate(found.heads):
        bare = squeezed(re.sub(r"[（(].*?[)）]", "", head[-1])) if head else ""
        what = next((name for name, pattern in WORDS.items() if pattern.fullmatch(bare)), None)
        if what is not None:
            chosen.setdefault(what, at)
    amounts = {"in", "out"} <= chosen.keys() or "amount" in chosen
    return chosen if {"day", "balance"} <= chosen.keys() and amounts else None


def stated_above(texts: Iterable[str]) -> dict[str, str]:
    """What the lines above a statement say: number, holder, bank, opening and closing balance."""
    said: dict[str, str] = {}
    waiting: str | None = None
    for text in texts:
        for piece in re.split(r"\s{2,}|　", text):
            key, mark, value = re.sub(r"\s", "", piece).replace(":", "：").partition("：")
            what = next((name for name, pattern in ABOUT.items() if mark and pattern.fullmatch(key)), None)
            if what and value:
                said.setdefault(what, value)
            elif waiting and not mark:
                said.setdefault(waiting, piece.strip())
            waiting = what if mark and not value else None
    return said


class _Reader:
    def __init__(self, found: Found, columns: Map[str, int], names: Names, mapping: Mapping) -> None:
        self.found, self.columns, self.names, self.mapping = found, columns, names, mapping
        self.above = stated_above(found.about)
        self.unit = mapping.unit or found.unit or named_in(found.heads[columns["balance"]])
        self.guesses: list[Guess] = []
        self.questions: list[Question] = []
        self.unread: list[tuple[int, int]] = []

    def read(self) -> Listed:
        nil: list[tuple[int, int]] = []
        entries: list[_Entry] = []
        opening = self._fen(self.above.get("opening", ""))
        for row in self.found.rows:
            entry = self._entry(row)
            if entry is None or (entry.into is None and entry.out is None and "amount" not in self.columns):
                if entry is not None and OPENING.fullmatch("".join(self.found.sheet.row(row))):
                    opening = entry.balance
                else:
                    nil.append((row, self.columns["balance"]))
                continue
            entries.append(entry)
        entries = self._signed(self._ordered(entries), opening)
        if not self.unit:
            self.guesses.append(
                Guess("unit", self.found.heads[self.columns["balance"]][-1], "元", "form", len(entries))
            )
        if self.unread:
            cells = tuple(self.found.sheet.address(*place) for place in self.unread[:SHOWN])
            self.questions.append(Question("form", self.found.text(*self.unread[0]), cells))
        rows = [*self._rows(entries)]
        table = TABLES[BANK]
        return Listed(
            {column.code: [row.get(column.code, "") for row in rows] for column in table.columns},
            tuple((one.row, self.columns["balance"]) for one in entries),
            tuple(nil),
            tuple(
                "/".join(head) for at, head in enumerate(self.found.heads) if head and at not in self.columns.values()
            ),
            tuple(self.guesses),
            tuple(self.questions),
            tuple(self._sums(entries, opening)),
        )

    # --- one row

    def _text(self, row: int, what: str) -> str:
        return self.found.text(row, self.columns[what]) if what in self.columns else ""

    def _fen(self, text: str, place: tuple[int, int] | None = None) -> int | None:
        said = read_number(text, decimal_comma=self.mapping.decimal_comma)
        fen = None if said.number is None else exact_fen(said.number, said.unit or self.unit or "元")
        if fen is None and not said.nil and place is not None:
            self.unread.append(place)
        return fen

    def _entry(self, row: int) -> _Entry | None:
        balance = self._fen(self._text(row, "balance"), (row, self.columns["balance"]))
        if balance is None:
            return None
        day = self._day(self._text(row, "day"))
        if "in" in self.columns and "out" in self.columns:
            into, out = (self._fen(self._text(row, one), (row, self.columns[one])) for one in ("in", "out"))
            # Banks print 0.00 on the side that nothing moved on.
            return _Entry(row, day, into or (None if out else into), out or (None if into else out), balance)
        amount = self._fen(self._text(row, "amount"), (row, self.columns["amount"]))
        mark = squeezed(self._text(row, "direction"))
        if amount is None:
            return _Entry(row, day, None, None, balance)
        if OUT.fullmatch(mark):
            return _Entry(row, day, None, abs(amount), balance)
        if IN.fullmatch(mark):
            return _Entry(row, day, abs(amount), None, balance)
        return _Entry(row, day, amount if amount >= 0 else None, -amount if amount < 0 else None, balance)

    def _day(self, text: str) -> date | None:
        try:
            return read_date(re.sub(r"^([0-9]{8})[ T]?[0-9:]{4,}$", r"\1", text))
        except Unacceptable as problem:
            return serial_day(text) if problem.reason == "day_number" else None

    # --- all rows

    def _ordered(self, entries: list[_Entry]) -> list[_Entry]:
        """The oldest first, as the running balance shows; where it shows neither way, by the days."""
        turned = entries[::-1]
        closing = [sum(_closes(*two) for two in pairwise(one)) for one in (entries, turned)]
        if closing[0] == closing[1]:
            days = [one.day for one in entries if one.day]
            return turned if days and days[0] > days[-1] else entries
        return turned if closing[1] > closing[0] else entries

    def _signed(self, entries: list[_Entry], opening: int | None) -> list[_Entry]:
        """One column of amounts without signs or marks: in or out as the balance moved."""
        plain = "amount" in self.columns and not any(one.out for one in entries)
        if not plain or len(entries) < 2 or all(_closes(*two) for two in pairwise(entries)):
            return entries
        turned = next((one for one in (entries, entries[::-1]) if _moves_by_amounts(one)), None)
        if turned is None:
            return entries
        head = self.found.heads[self.columns["amount"]][-1]
        if opening is None:
            self.questions.append(
                Question("form", head, (self.found.sheet.address(turned[0].row, self.columns["amount"]),))
            )
        self.guesses.append(Guess("direction", head, "by_balance", "form", len(entries)))
        before = [opening or 0, *(one.balance for one in turned[:-1])]
        return [
            replace(
                one, into=_moved(one) if one.balance >= was else None, out=_moved(one) if one.balance < was else None
            )
            for was, one in zip(before, turned, strict=True)
        ]

    def _rows(self, entries: Sequence[_Entry]) -> Iterator[dict[str, str]]:
        same = self._same()
        places: dict[date | None, int] = {}
        undated = [one for one in entries if one.day is None]
        if undated:
            cells = tuple(self.found.sheet.address(one.row, self.columns["day"]) for one in undated[:SHOWN])
            self.questions.append(Question("day", self._text(undated[0].row, "day"), cells))
        for one in entries:
            places[one.day] = places.get(one.day, 0) + 1
            yield {
                **same,
                "day": one.day.isoformat() if one.day else "",
                "place": str(places[one.day]),
                "reference": self._text(one.row, "reference"),
                "in_fen": str(one.into or 0),
                "out_fen": str(one.out or 0),
                "balance_fen": str(one.balance),
                "counterparty": self._text(one.row, "counterparty"),
                "text": self._text(one.row, "text"),
            }

    def _same(self) -> dict[str, str]:
        """What the whole statement has in common: told by the mapping, else by the lines above it."""
        given = self.mapping.constants
        holder = self.above.get("holder", "")
        place = region_in((holder, self.found.title, self.found.sheet.name), self.names)
        said = {"number": masked(self.above.get("number", "")), "bank": self.above.get("bank", "")}
        told = {"region": place[1] if place else "", "account": _account(holder, place[1] if place else None)}
        for name, code in told.items():
            if code and name not in given:
                self.guesses.append(Guess(name, holder, code, "alias", len(self.found.rows)))
        said = {"scheme": "", **said, **told} | dict(given)
        asked = ("scheme", "account", "region", "number")
        self.questions += [Question("name", name) for name in asked if not said.get(name)]
        return {name: said.get(name, "") for name in (*asked, "bank")}

    def _sums(self, entries: Sequence[_Entry], opening: int | None) -> Iterator[Sum]:
        """Every balance that does not follow from the one before it; then opening, all that moved, and closing."""
        if not entries:
            return
        for before, one in pairwise(entries):
            if not _closes(before, one):
                yield self._sum(one, one.balance, before.balance + _moved(one), (before, one))
        first, last = entries[0], entries[-1]
        start = first.balance - _moved(first) if opening is None else opening
        closing = self._fen(self.above.get("closing", ""))
        computed = start + sum(map(_moved, entries))
        yield self._sum(last, last.balance if closing is None else closing, computed, (first, last))

    def _sum(self, one: _Entry, stated: int, computed: int, parts: Iterable[_Entry]) -> Sum:
        column = self.columns["balance"]
        each = exact_fen(Decimal(1), self.unit or "元") or 100
        addresses = tuple(self.found.sheet.address(part.row, column) for part in parts)
        label = f"{one.day or ''} {self.found.heads[column][-1]}".strip()
        address = self.found.sheet.address(one.row, column)
        return Sum(address, label, Decimal(stated) / each, Decimal(computed) / each, addresses, "identity")


def _moved(one: _Entry) -> int:
    return (one.into or 0) - (one.out or 0)


def _moves_by_amounts(entries: Sequence[_Entry]) -> bool:
    """Whether each balance differs from the one before it by the amount, one way or the other."""
    return all(abs(one.balance - before.balance) == _moved(one) for before, one in pairwise(entries))


def _closes(before: _Entry, one: _Entry) -> bool:
    return before.balance + _moved(one) == one.balance


def _account(holder: str, region: str | None) -> str:
    """The ledger's account that a holder's name speaks of; "" where it does not."""
    found = next((accounts for word, accounts in ACCOUNTS.items() if word in holder), ())
    if len(found) == 2:
        return str(found[0] if region is not None and region.endswith("0000") else found[1]) if region else ""
    return str(found[0]) if found else ""
