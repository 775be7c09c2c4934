"""Trial balances 科目余额表: a row a subject, debit and credit of opening, movement and closing, in pairs or by direction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping as Map, Sequence
from decimal import Decimal

from data_access.intake.importers.tables import TABLES
from data_access.intake.workbench.agreement import Listed, Sum
from data_access.intake.workbench.find import Found, squeezed
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Names
from data_access.intake.workbench.numbers import read_number
from data_access.intake.workbench.periods import months_of
from data_access.intake.workbench.places import region_in
from data_access.intake.workbench.reading import Guess, Question
from data_access.intake.workbench.units import exact_fen, named_in

TRIAL = "trial_balance"
CODE = re.compile(r"(科目)?(编码|代码|编号|代号)")
NAME = re.compile(r"(会计)?科目(名称)?|名称")
BOTH = re.compile(r"([0-9]{3,20}(?:[.-][0-9]{2,4})*)[\s　、.:：-]*(\D.*)")
OPENING, MOVED, CLOSING = "opening_", "", "closing_"
TIMES = (
    (OPENING, re.compile("期初|年初|月初|上期|上年")),
    (CLOSING, re.compile("期末|月末|年末")),
    (MOVED, re.compile("发生|本期|本月|借方|贷方")),
)
SIDES = (
    ("direction", re.compile("方向")),
    ("debit", re.compile("借")),
    ("credit", re.compile("贷")),
    ("balance", re.compile("余额|金额")),
)
AMOUNTS = tuple(f"{time}{side}_fen" for time in (OPENING, MOVED, CLOSING) for side in ("debit", "credit"))


Columns = Map[tuple[str, str], int]


def columns_of(found: Found) -> tuple[Columns, int | None, int] | None:
    """(the columns by time and side, that of codes, that of names); None where they are not a trial balance's."""
    amounts: dict[tuple[str, str], int] = {}
    code = name = None
    for at, head in enumerate(found.heads):
        bare = squeezed("".join(re.sub(r"[（(].*?[)）]", "", text) for text in head))
        if CODE.fullmatch(bare) and code is None:
            code = at
        elif NAME.fullmatch(bare) and name is None:
            name = at
        elif bare and "累计" not in bare:
            time = next((time for time, pattern in TIMES if pattern.search(bare)), None)
            side = next((side for side, pattern in SIDES if pattern.search(bare)), None)
            if time is not None and side is not None:
                amounts.setdefault((time, side), at)
    moved = {(MOVED, "debit"), (MOVED, "credit")} <= amounts.keys()
    ends = all(
        {(time, "debit"), (time, "credit")} <= amounts.keys() or (time, "balance") in amounts
        for time in (OPENING, CLOSING)
    )
    if not (moved and ends) or (name is None and code is None):
        return None
    return amounts, code, name if name is not None else int(code or 0)


def trial(found: Found, names: Names, mapping: Mapping) -> Listed | None:
    """A trial balance in a found table; None where it is none."""
    told = columns_of(found)
    if told is None:
        return None
    columns, code_at, name_at = told
    unit = (
        mapping.unit
        or found.unit
        or named_in(tuple(text for head in found.heads for text in head))
        or named_in(found.about)
    )
    rows: list[dict[str, str]] = []
    places: list[tuple[int, int]] = []
    unread: list[str] = []
    closing = columns.get((CLOSING, "debit"), columns.get((CLOSING, "balance"), name_at))
    same, guesses, questions = _same(found, names, mapping)
    for row in found.rows:
        code, name = _subject(found, row, code_at, name_at)
        if not code:
            unread.append(found.sheet.address(row, name_at))
            continue
        fen = _amounts(found, columns, row, unit or "元", mapping)
        if None in fen.values():
            unread.append(found.sheet.address(row, closing))
            continue
        rows.append({**same, "subject": code, "name": name, **{key: str(value) for key, value in fen.items()}})
        places.append((row, closing))
    if unit is None:
        questions.append(Question("unit"))
    if unread:
        questions.append(Question("form", "", tuple(unread[:20])))
    used = {*columns.values(), code_at, name_at}
    return Listed(
        {column.code: [row.get(column.code, "") for row in rows] for column in TABLES[TRIAL].columns},
        tuple(places),
        (),
        tuple("/".join(head) for at, head in enumerate(found.heads) if head and at not in used),
        tuple(guesses),
        tuple(questions),
        tuple(_sums(found, rows, places, unit or "元")),
    )


def _subject(found: Found, row: int, code_at: int | None, name_at: int) -> tuple[str, str]:
    text = found.text(row, name_at)
    code = re.sub(r"\.0+$", "", found.text(row, code_at)) if code_at is not None else ""
    if not code or code_at == name_at:
        match = BOTH.fullmatch(text)
        code, text = (match[1], match[2].strip()) if match else ("", text)
    return re.sub(r"[.\s-]", "", code), text


def _amounts(found: Found, columns: Columns, row: int, unit: str, mapping: Mapping) -> dict[str, int | None]:
    """The six amounts of a row; None for one that cannot be read. A blank is nought here: books leave it out."""

    def fen(time: str, side: str) -> int | None:
        said = read_number(found.text(row, columns[time, side]), decimal_comma=mapping.decimal_comma)
        return 0 if said.nil else None if said.number is None else exact_fen(said.number, said.unit or unit)

    made: dict[str, int | None] = {}
    for time in (OPENING, MOVED, CLOSING):
        if (time, "debit") in columns and (time, "credit") in columns:
            made |= {f"{time}{side}_fen": fen(time, side) for side in ("debit", "credit")}
            continue
        balance = fen(time, "balance")
        credit = "贷" in (found.text(row, columns[time, "direction"]) if (time, "direction") in columns else "借")
        made[f"{time}debit_fen"] = 0 if credit else balance
        made[f"{time}credit_fen"] = balance if credit else 0
    return made


def _same(found: Found, names: Names, mapping: Mapping) -> tuple[dict[str, str], list[Guess], list[Question]]:
    """What all rows have in common: scheme, whose books, month."""
    given = mapping.constants
    texts = (found.title, *found.about, found.sheet.name)
    place, months = region_in(texts, names), months_of(texts)
    said = {"scheme": "", "region": place[1] if place else "", "month": ""}
    if months and months[0] == months[1]:
        said["month"] = str(int(months[1]))
    said |= {name: given[name] for name in said if name in given}
    guesses = [Guess("region", place[0], place[1], "alias", len(found.rows))] if place and "region" not in given else []
    return said, guesses, [Question("name", name) for name, code in said.items() if not code]


def _sums(found: Found, rows: Sequence[Map[str, str]], places: Sequence[tuple[int, int]], unit: str) -> Iterator[Sum]:
    """Each line that does not close; then debit beside credit of what was, moved and is, of subjects that are no parts."""
    each = exact_fen(Decimal(1), unit) or 100

    def net(row: Map[str, str], time: str) -> int:
        return int(row[f"{time}debit_fen"]) - int(row[f"{time}credit_fen"])

    for row, place in zip(rows, places, strict=True):
        expected = net(row, OPENING) + net(row, MOVED)
        if expected != net(row, CLOSING):
            address = found.sheet.address(*place)
            stated, computed = (Decimal(fen) / each for fen in (net(row, CLOSING), expected))
            yield Sum(address, f"{row['subject']} {row['name']}", stated, computed, (address,), "identity")
    codes = {row["subject"] for row in rows}
    whole = [row for row in rows if not any(row["subject"][:end] in codes for end in range(3, len(row["subject"])))]
    for time in (OPENING, MOVED, CLOSING) if rows else ():
        debit, credit = (sum(int(row[f"{time}{side}_fen"]) for row in whole) for side in ("debit", "credit"))
        address = found.sheet.address(*places[-1])
        parts = tuple(found.sheet.address(*place) for place in places[:1])
        yield Sum(address, f"{time}debit", Decimal(debit) / each, Decimal(credit) / each, parts, "identity")
