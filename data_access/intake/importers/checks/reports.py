"""What is asked of figures that departments report and banks state beside the ledger."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import pyarrow as pa

from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.importers.sheet import Sheet
from rules.month import Month


def span_of_one_year(sheet: Sheet) -> None:
    """From a month yyyymm to the same or a later one of its year, not beyond the running month."""
    for column in ("since", "until"):
        months = sheet.numbers(column)
        wrong = (months < 194901) | (months > 999912) | (months % 100 < 1) | (months % 100 > 12)
        sheet.refuse_where(column, wrong, lambda _: Unacceptable("bad_form", expected="YYYYMM"))
    since, until = sheet.numbers("since"), sheet.numbers("until")
    other_year = (until < since) | (until // 100 != since // 100)
    sheet.refuse_where("until", other_year, lambda row: Unacceptable("other_year", since=str(sheet.at("since", row))))
    last = Month.of(sheet.codes.today)
    sheet.refuse_where("until", until > last, lambda _: Unacceptable("in_future", latest=str(last)))


def masked(number: str) -> str:
    """An account number with its first and last four signs alone."""
    bare = re.sub(r"[\s-]", "", number)
    return bare if len(bare) <= 8 or "*" in bare else f"{bare[:4]}{'*' * (len(bare) - 8)}{bare[-4:]}"


def mask_numbers(sheet: Sheet) -> None:
    """Whose account it is stays to be told; its number is nobody's to read here."""
    encoded = sheet.values["number"].dictionary_encode()
    hidden = pa.array([one and masked(one) for one in encoded.dictionary.to_pylist()], pa.string())
    sheet.values["number"] = hidden.take(encoded.indices)


def one_direction(sheet: Sheet) -> None:
    """An entry goes in or out."""
    both = (sheet.numbers("in_fen") != 0) & (sheet.numbers("out_fen") != 0)
    sheet.refuse_where("out_fen", both, lambda _: Unacceptable("in_and_out"))


def balance_runs(sheet: Sheet) -> None:
    """Each balance is the one before it of the same account, plus what came in, less what went out."""
    rows = [row for row in range(len(sheet.lines)) if sheet.good[row]]
    names = ("scheme", "account", "region", "number", "day", "place")
    keys = {row: tuple(sheet.at(name, row) for name in names) for row in rows}
    moved, balance = sheet.numbers("in_fen") - sheet.numbers("out_fen"), sheet.numbers("balance_fen")
    bad = []
    for before, row in pairwise(sorted(rows, key=keys.__getitem__)):
        expected = int(balance[before] + moved[row])
        if keys[before][:4] == keys[row][:4] and expected != balance[row]:
            bad.append((row, Unacceptable("balance_breaks", expected=f"{Decimal(expected) / 100:.2f}")))
    sheet.refuse("balance_fen", sorted(bad, key=lambda one: one[0]))


def lines_close(sheet: Sheet) -> None:
    """What a subject had and what moved make what it has."""
    opening, moved, closing = (
        sheet.numbers(f"{name}debit_fen") - sheet.numbers(f"{name}credit_fen") for name in ("opening_", "", "closing_")
    )
    wrong = opening + moved != closing
    yuan = (Decimal(int(fen)) / 100 for fen in (opening + moved)[wrong & sheet.good])
    sheet.refuse_where("closing_debit_fen", wrong, lambda _: Unacceptable("line_open", expected=f"{next(yuan):.2f}"))
