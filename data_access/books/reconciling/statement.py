"""The month's reconciliation statement 余额（发生额）调节表: each department's and each bank's book beside the fund's own, and
the items between them: what one side has and the other not yet.

Two sides stand against each other: the fund's book with what it lacks, the other with what it lacks. Adjusted by all items
they are equal to the fen; what nothing explains is the difference. Totals of departments are compared where and on the day
they are reported: registered items 未达账项 first, then the same amount booked some weeks later; a bank's entries by
reference, amount and day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from data_access.books.bank import Matched
from data_access.books.reconciliation import OWN, Reconciled, Reconciliation, Unreached
from rules.month import Month

BANK = "bank"
LATE_DAYS = 62  # within which the same amount counts as booked late, or as corrected in the month after
Deltas = dict[date, int]


class State(StrEnum):
    """What is known of an item: registered 未达账项, booked late by the same side, or nothing that explains it."""

    UNREACHED = "unreached"
    LATE = "late"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Item:
    """What ``book`` lacks to have what the other side has: ``fen`` is to be added to it, below zero taken off. ``account`` of
    a bank's book; ``day`` on which it arose, ``cleared_on`` on which it arrived (None: not yet); ``carried``: it stands for
    what was different before the first day. ``number`` tells items alike apart."""

    book: str
    region: str
    day: date
    fen: int
    state: State
    account: str = ""
    ref: str = ""
    text: str = ""
    cleared_on: date | None = None
    carried: bool = False
    number: int = 1

    @property
    def key(self) -> str:
        """Its name as long as it stands: other data make another item."""
        return "|".join((self.book, self.account, self.region, self.day.isoformat(), str(self.fen), str(self.number)))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides: the fund's book and ``book``, a department's or a bank's (of ``account`` in ``region``), in fen as booked,
    and the items that each lacks."""

    book: str
    account: str
    region: str
    own_fen: int
    booked_fen: int
    own_items: tuple[Item, ...]
    items: tuple[Item, ...]

    @property
    def difference_fen(self) -> int:
        """By how much the fund's book is above the other once all items are taken in; zero, or something is lost."""
        return self.own_fen + _sum(self.own_items) - self.booked_fen - _sum(self.items)


@dataclass(frozen=True, slots=True)
class Statement:
    """A month of a region up to ``day``. ``collected_fen`` is what the fund's book has as collected, of it ``pooled_fen`` has
    arrived in the provincial account; the rest is in transit 在途 (below zero: more arrived than was collected). ``pairs``:
    the departments that report, then the banks' accounts."""

    region: str
    month: int
    first: date
    day: date
    collected_fen: int
    pooled_fen: int
    pairs: tuple[Pair, ...]

    @property
    def transit_fen(self) -> int:
        return self.collected_fen - self.pooled_fen

    @property
    def departments(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.book != BANK)

    @property
    def banks(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.book == BANK)

    @property
    def items(self) -> tuple[Item, ...]:
        """Each item once, oldest first."""
        every = {item.key: item for pair in self.pairs for item in (*pair.own_items, *pair.items)}
        return tuple(sorted(every.values(), key=lambda item: (item.day, item.key)))


def _sum(items: Iterable[Item]) -> int:
    return sum(item.fen for item in items)


def statement(
    books: Reconciliation, banks: Sequence[Matched], region: str, month: int, as_of: date, pooled_fen: int
) -> Statement | None:
    """The statement of a region's month up to a day; None where a department that reports has not reported of it.
    ``banks``: the accounts stated, of which those of the region and below are taken."""
    first = Month(month).first
    found = _whole(books, books.month(region, month, as_of), as_of)
    if found is None:
        return None
    items = {book: list(_department(books, found, book)) for book in found.booked if book != OWN}
    own = _alike(items)
    collected = found.booked[OWN]
    pairs = [
        Pair(book, "", region, collected, found.booked[book], tuple(own), _numbered(listed))
        for book, listed in items.items()
    ]
    below = set(books.tree.subtree(region))
    pairs += [_of_bank(one) for one in banks if one.region in below and one.ledger_fen is not None]
    return Statement(region, month, first, found.day, collected, pooled_fen, tuple(pairs))


# --- departments


def _whole(books: Reconciliation, found: Reconciled | None, as_of: date) -> Reconciled | None:
    """The comparison of the whole month once each department has reported of a later day: nobody booked anything on the
    days at its end."""
    if found is None:
        return None
    last = Month.of(found.first).last
    below = books.tree.subtree(found.region)
    days = {
        book: [day for code in below for day in books.totals.get(code, {}).get(book, {})]
        for book in found.booked
        if book != OWN
    }
    if as_of < last or not all(max(of) > last for of in days.values()):
        return found
    first, booked = found.first, dict.fromkeys(found.booked, 0)
    for code in below:
        for book in booked:
            reported = books.own.get(code, {}) if book == OWN else books.totals.get(code, {}).get(book, {})
            booked[book] += sum(fen for day, fen in reported.items() if first <= day <= last)
    return replace(found, day=last, booked=booked)


def _department(books: Reconciliation, found: Reconciled, book: str) -> Iterator[Item]:
    """What a department's book lacks of the month, where it reports."""
    tree, first, day = books.tree, found.first, found.day
    places: dict[str, Deltas] = {}
    reports: dict[str, Mapping[date, int]] = {}
    holder: dict[str, str] = {}
    for code in tree.subtree(found.region):
        parent = tree.parent(code)
        own = books.totals.get(code, {}).get(book)
        # What nobody reports of is compared at the place reported above it, else where it stands.
        at = code if own or parent is None or code == found.region else holder.get(parent, code)
        if not own and at != code and at not in reports:
            at = code
        holder[code] = at
        if own:
            reports[code] = own
        into = places.setdefault(at, defaultdict(int))
        for when, fen in (own or {}).items():
            into[when] -= fen
        for when, fen in books.own.get(code, {}).items():
            into[when] += fen
    for item in books.items:
        if item.missing_at == book and item.region in holder:
            yield from _registered(item, places[holder[item.region]], found)
    for code, deltas in places.items():
        yield from _rest(book, code, deltas, reports.get(code, {}), first, day)


def _registered(item: Unreached, deltas: Deltas, found: Reconciled) -> Iterator[Item]:
    """An item that is registered explains its day, and the day of its arrival; of the month is what one of both alone is in."""
    deltas[item.arose_on] -= item.amount_fen
    if item.cleared_on is not None:
        deltas[item.cleared_on] += item.amount_fen
    moved = int(item.open_on(found.day)) - int(item.open_on(found.first - timedelta(days=1)))
    if moved:
        fen = moved * item.amount_fen
        made = Item(item.missing_at, item.region, item.arose_on, fen, State.UNREACHED, ref=item.ref, text=item.reason)
        yield replace(made, cleared_on=item.cleared_on)


def _rest(book: str, code: str, deltas: Deltas, reported: Mapping[date, int], first: date, day: date) -> Iterator[Item]:
    """What is left of a place's days: the same amount booked late, then single days, or the month where it is reported
    in one sum or not at all."""
    left = {when: fen for when, fen in sorted(deltas.items()) if fen}
    late = timedelta(LATE_DAYS)
    for when in list(left):
        fen = left.get(when)
        later = next((d for d in left if when < d <= when + late and left[d] == -fen), None) if fen else None
        if later is None or when > day:
            continue
        del left[when], left[later]
        inside = first <= when, first <= later <= day
        if inside == (True, False):
            yield Item(book, code, when, fen or 0, State.LATE, cleared_on=later)
        elif inside == (False, True):
            yield Item(book, code, when, -(fen or 0), State.LATE, cleared_on=later)
    month = {when: fen for when, fen in left.items() if first <= when <= day}
    if not sum(month.values()):
        return
    days = [when for when in reported if first <= when <= day]
    mixed = min(month.values()) < 0 < max(month.values())
    if not days or (len(days) == 1 and mixed):
        yield Item(book, code, days[0] if days else day, sum(month.values()), State.OPEN)
        return
    for when, fen in month.items():
        yield Item(book, code, when, fen, State.OPEN)


def _alike(items: Mapping[str, list[Item]]) -> tuple[Item, ...]:
    """Takes out what every department lacks alike: it is the fund's own book that differs from all of them."""
    if len(items) < 2:
        return ()
    alike = [Counter(replace(one, book=OWN) for one in of if one.state is not State.UNREACHED) for of in items.values()]
    common = alike[0]
    for other in alike[1:]:
        common = common & other
    for of in items.values():
        taken = common.copy()
        for one in list(of):
            about = replace(one, book=OWN)
            if taken[about]:
                taken[about] -= 1
                of.remove(one)
    return _numbered(replace(one, fen=-one.fen) for one in common.elements())


def _numbered(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items alike told apart by their number."""
    seen: Counter[str] = Counter()
    made = []
    for one in items:
        seen[one.key] += 1
        made.append(replace(one, number=seen[one.key]))
    return tuple(made)


# --- banks


def _of_bank(one: Matched) -> Pair:
    """A bank's account: what only it has, the fund's book lacks, and the other way round."""
    own, theirs = list[Item](), list[Item]()
    for line in one.rest:
        state = State.UNREACHED if line.unreached else State.OPEN
        book, into = (OWN, own) if line.book == BANK else (BANK, theirs)
        text = " ".join(filter(None, (line.reference, line.text)))
        into.append(Item(book, line.region, line.day, line.fen, state, one.account, line.unreached, text))
    own += [Item(OWN, line.region, line.day, line.fen, State.LATE, one.account, text=line.text) for line in one.transit]
    if one.carried_fen:
        own.append(Item(OWN, one.region, one.first, one.carried_fen, State.OPEN, one.account, carried=True))
    ledger = one.ledger_fen or 0
    return Pair(BANK, one.account, one.region, ledger, one.balance_fen, _numbered(own), _numbered(theirs))
