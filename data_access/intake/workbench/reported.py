"""What a form of income and expenditure offers: one reported figure a cell, or, where the mapping says so, entries of the
ledger or plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping as Map, Sequence
from dataclasses import dataclass

from data_access.intake.importers.codes import items_for
from data_access.intake.importers.tables import TABLES
from data_access.intake.importers.tables.declaration import DEPARTMENT_NAMES, REPORTING
from data_access.intake.workbench.agreement import Sum, column_sums, column_totals
from data_access.intake.workbench.find import Found
from data_access.intake.workbench.identities import identities
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Names, Span
from data_access.intake.workbench.periods import Months, months_of
from data_access.intake.workbench.places import region_in
from data_access.intake.workbench.reading import Cell, Guess, Question, Understood, understand
from data_access.intake.workbench.units import exact_fen
from rules.month import DECEMBER, Month

REPORTED, LEDGER, PLAN = "reported_total", "ledger_entry", "plan"
# What a title or sender calls them.
FORM_WORDS = {"monthly": ("月报", "快报"), "execution": ("执行",), "final": ("决算",)}
# As those who send a form are called, besides the departments' own names.
OFFICES = {
    "agency": (
        "社会保险基金管理",
        "社会保险事业",
        "社保中心",
        "社保局",
        "社会保险局",
        "保险管理中心",
        "保险中心",
        "保险服务",
    ),
    "treasury": ("人民银行",),
}
DEPARTMENT_WORDS = {
    code: (*(word for word, named in DEPARTMENT_NAMES.items() if named == code), *OFFICES.get(code, ()))
    for code in REPORTING
}


@dataclass(frozen=True, slots=True)
class Dated:
    """One figure of a form with its months, taken or only compared."""

    address: str
    region: str
    item: str
    since: int
    until: int
    fen: int


@dataclass(frozen=True)
class Stated:
    """A form as understood: what the cells say, row by row of the delivery, with all that was checked and must be said."""

    target: str
    columns: Map[str, Sequence[str]]
    cells: tuple[Cell, ...]
    nil: tuple[Cell, ...]
    left_out: tuple[str, ...]
    guesses: tuple[Guess, ...]
    questions: tuple[Question, ...]
    sums: tuple[Sum, ...]
    dated: tuple[Dated, ...]


def stated(formed: Sequence[Found], names: Names, mapping: Mapping) -> Stated:
    """What the parts of one form offer together. ``names`` has a scheme."""
    assert names.scheme is not None
    read = [understand(found, names, mapping) for found in formed]
    about = _About(formed[0], names, mapping)
    rows: list[tuple[Cell, dict[str, str]]] = []
    asked: dict[Question, None] = {}
    for one in read:
        for cell in one.values:
            said, missing = about.row(cell)
            asked.update(dict.fromkeys(missing))
            if said is not None:
                rows.append((cell, said))
    parts = {label for one in read for label in _unknown_parts(one)}
    for one in read:
        asked |= {ask: None for ask in one.questions if ask.about != "period" and ask.text not in parts}
    codes = [column.code for column in TABLES[about.target].columns]
    return Stated(
        about.target,
        # A column that nothing is said of is not delivered, so that what the store has of it is no difference.
        {
            name: [said.get(name, "") for _cell, said in rows]
            for name in codes
            if not rows or any(name in said for _, said in rows)
        },
        tuple(cell for cell, _said in rows),
        tuple(cell for one in read for cell in one.nil),
        tuple(dict.fromkeys((*mapping.left_out, *_left_out(read), *sorted(parts)))),
        tuple(dict.fromkeys((*(guess for one in read for guess in one.guesses), *about.guesses(len(rows))))),
        tuple(asked),
        _sums(read, mapping, names),
        tuple(about.dated),
    )


def _sums(read: Sequence[Understood], mapping: Mapping, names: Names) -> tuple[Sum, ...]:
    assert names.scheme is not None
    of_form = identities([(one.found, one.meant) for one in read], mapping, names.scheme)
    down = all(one.found.form and one.found.form.down for one in read)
    if len(read) > 1:
        return of_form
    found = read[0].found
    columns = (*found.value_columns, *found.total_columns)
    return (*of_form, *(column_sums(found, mapping) if down else column_totals(found, mapping, columns)))


def _left_out(read: Iterable[Understood]) -> Iterator[str]:
    """The columns that hold no figure of the form: plans, ratios, other years, numbers of lines."""
    for one in read:
        taken = {at for at, meaning in one.meant.columns.items() if not meaning.earlier}
        for at in one.found.value_columns:
            if at not in taken:
                yield "/".join(one.found.heads[at])


def _unknown_parts(read: Understood) -> Iterator[str]:
    """Parts 其中 that are no items of the scheme: they are counted in the one above, so nothing is lost without them."""
    form = read.found.form
    for row in form.parts if form else ():
        if row in read.meant.rows:
            yield from read.meant.rows[row].unknown


class _About:
    """What is the same for every cell of a form: table, sender, form, months, place; by the mapping first, then by what
    stands above the table."""

    def __init__(self, found: Found, names: Names, mapping: Mapping) -> None:
        assert names.scheme is not None
        self.scheme, self.mapping = names.scheme, mapping
        self.target = mapping.target if mapping.target in (LEDGER, PLAN) else REPORTED
        texts = (found.title, *found.about, found.sheet.name)
        self.months: Months | None = self._months(texts)
        self.form = self._told("form", _word(texts, FORM_WORDS))
        self.department = self._told("department", _word(texts, DEPARTMENT_WORDS))
        self.region = self._told("region", region_in((found.sheet.name,), names) or region_in(texts, names))
        self.used: set[str] = set()
        self.dated: list[Dated] = []

    def _months(self, texts: Iterable[str]) -> Months | None:
        given = self.mapping.constants
        if "until" in given:
            return int(given.get("since", given["until"])), int(given["until"])
        return months_of(texts)

    def _told(self, name: str, found: tuple[str, str] | None) -> tuple[str, str | None]:
        """(code, the text it was told from): no text where the mapping decides, no code where nobody says."""
        if name in self.mapping.constants:
            return self.mapping.constants[name], None
        return (found[1], found[0]) if found else ("", None)

    def guesses(self, cells: int) -> tuple[Guess, ...]:
        """What was told from above the table and used, for so many cells."""
        told = {"form": self.form, "department": self.department, "region": self.region}
        # "form" is how a number is written.
        axes = {"form": "report"}
        return tuple(
            Guess(axes.get(name, name), text, code, "alias", cells)
            for name, (code, text) in told.items()
            if text and name in self.used
        )

    def row(self, cell: Cell) -> tuple[dict[str, str] | None, list[Question]]:
        """What a cell is as a row of the target, None where it is none; and what must be said first."""
        questions: list[Question] = []
        region = cell.says.get("region") or self._say("region", questions)
        item = cell.says.get("item") or self.mapping.constants.get("item", "")
        if not item:
            questions.append(Question("name", "item"))
        unit = cell.unit or ""
        fen = exact_fen(cell.number, unit) if cell.number is not None and unit else None
        if fen is None and unit:
            questions.append(Question("form", cell.text, (cell.address,)))
        months = self._span(cell)
        if months is None:
            span = (
                [Question("name", "since"), Question("name", "until")]
                if self.target == REPORTED
                else [Question("period")]
            )
            return None, [*questions, *span]
        if fen is not None:
            self.dated.append(Dated(cell.address, region, item, months[0], months[1], fen))
        said = {"scheme": self.scheme.code, "region": region, "item": item, "amount_fen": str(fen)}
        match self.target:
            case "ledger_entry":
                said = self._entry(said, months, questions) if months[0] == months[1] else {}
            case "plan":
                given = {name: self._constant(name, questions) for name in ("approval_ref", "approved_on")}
                version = self.mapping.constants.get("version", "0")
                said |= {"year": str(Month(months[1]).year), "version": version, **given}
            case _:
                told = {name: self._say(name, questions) for name in ("department", "form")}
                said |= {**told, "since": str(int(months[0])), "until": str(int(months[1]))}
        return said or None, questions

    def _say(self, name: str, questions: list[Question]) -> str:
        code, _text = getattr(self, name)
        self.used.add(name)
        if not code:
            questions.append(Question("name", name))
        return str(code)

    def _constant(self, name: str, questions: list[Question]) -> str:
        value = self.mapping.constants.get(name, "")
        if not value:
            questions.append(Question("name", name))
        return value

    def _entry(self, said: dict[str, str], months: Months, questions: list[Question]) -> dict[str, str]:
        """An entry of the month's last day. ``movement`` may name several: an item takes the first that brings it."""
        month, form = Month(months[1]), self._say("form", questions)
        given = [one.strip() for one in self._constant("movement", questions).split(",")]
        movement = (
            next((one for one in given if said["item"] in items_for(self.scheme.code, one)), "") if all(given) else ""
        )
        if said["item"] and all(given) and not movement:
            questions.append(Question("name", f"movement {said['item']}"))
        ref = f"{form}-{int(month)}-{said['region']}-{said['item']}"
        source = self._constant("source", questions)
        return {
            **said,
            "movement": movement,
            "business_date": month.last.isoformat(),
            "source": source,
            "source_ref": ref,
        }

    def _span(self, cell: Cell) -> Months | None:
        """The months of a cell: by its row and column, else by what stands above the table."""
        if "month" in cell.says:
            year = Month(self.months[1]).year if self.months else None
            return None if year is None else (one := Month.at(year, int(cell.says["month"])), one)
        if "year" in cell.says:
            return Month.at(int(cell.says["year"]), 1), Month.at(int(cell.says["year"]), DECEMBER)
        return None if self.months is None else months_in(cell.says.get("span"), self.months)


def months_in(span: str | None, months: Months) -> Months | None:
    """The months that a column's span (None: it has none) means in a table of some months; None where it cannot be told."""
    since, until = Month(months[0]), Month(months[1])
    named: Span | str | None = span
    whole_year = (since.number, until.number) == (1, DECEMBER)
    match named:
        case "month":
            # A table of a year does not say which month its own is.
            return None if whole_year else (until, until)
        case "to_date" | "year":
            return Month.at(until.year, 1), until
        case "plan":
            return Month.at(until.year, 1), Month.at(until.year, DECEMBER)
        case "quarter":
            return (Month.at(until.year, until.number - 2), until) if until.number % 3 == 0 and not whole_year else None
    return months


def _word(texts: Iterable[str], words: Map[str, Sequence[str]]) -> tuple[str, str] | None:
    """(the word, what it stands for) of the one kind that some texts name; None where none or two."""
    found = {
        code: word for code, some in words.items() for word in some for text in texts if word in text.replace(" ", "")
    }
    return next(((word, code) for code, word in found.items()), None) if len(found) == 1 else None
