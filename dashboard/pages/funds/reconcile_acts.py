"""What departments do on 对账调节: explain an item, take that back, sign the month's statement."""

from __future__ import annotations

from dashboard.pages.funds import reconcile_reading as books
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Area, Choice, Day, Text, Whole, blank
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _
from data_access.books.reconciling.statement import Item
from rules.errors import NotAllowed, StaleRow
from workflows.people.accounts import Role
from workflows.people.rights import ANSWERING, covers, department_of
from workflows.reconciling import months, register
from workflows.reconciling.months import Reconciled
from workflows.reconciling.register import Said, holders

ITEM = Text("reconciled_item", N_("账项"), hidden=True, most=200)
VERSION = Whole("data_version", N_("数据版本"), hidden=True, kept=False)
KIND = Choice("kind", N_("情况"), options=books.KINDS)
TEXT = Area("text", N_("说明"), rows=2, most=400)
EXPECTED = blank(Day("expected_on", N_("预计核销日（可不填）")))
WHY = Area("why", N_("撤回理由"), rows=2, most=200)
# The province's offices that keep a book.
SIGNING = ANSWERING - {Role.CITY}


def may_explain(reading: Reading, item: Item) -> bool:
    """Whether an item is the reader's: of its place, and of a department whose book it is; a place's account of no
    department speaks for all of them."""
    scope = reading.scope
    if scope.role not in ANSWERING or not covers(scope, reading.tree, item.region):
        return False
    department = department_of(scope)
    return department is None or department in holders(item)


def _seen(deed: Deed) -> Reconciled:
    """The statement as the reader saw it. Raises StaleRow where it cannot be made or other data have come since."""
    found = books.read(deed.reading)
    if found is None or found.version != deed[VERSION]:
        raise StaleRow("other data have come since")
    return found


def _item(deed: Deed, found: Reconciled) -> Item:
    """The item that was sent. Raises StaleRow where there is none of that key, NotAllowed where it is another's."""
    one = next((one for one in found.statement.items if one.key == deed[ITEM]), None)
    if one is None:
        raise StaleRow(f"no item {deed[ITEM]}")
    if not may_explain(deed.reading, one):
        raise NotAllowed(f"{deed.account.login} does not answer for {one.key}", action=deed.act.name)
    return one


def _subject(deed: Deed, found: Reconciled) -> str:
    return f"{deed.reading.scheme.code} {found.statement.month}"


@act("reconcile_explain", N_("说明"), ANSWERING, (VERSION, ITEM, KIND, TEXT, EXPECTED))
def explain(deed: Deed) -> Done:
    """Explain an item. Raises StaleRow, NotAllowed, ReconcilingRefused."""
    found = _seen(deed)
    one = _item(deed, found)
    said = Said(deed[KIND], deed[TEXT], deed[EXPECTED])
    code, month = deed.reading.scheme.code, found.statement.month
    register.explain(deed.connection, code, month, one, said, found.version, deed.by)
    return Done(_("已说明，账项按此列入调节表。"), _subject(deed, found), {"fen": one.fen, "region": one.region})


@act("reconcile_take_back", N_("撤回说明"), ANSWERING, (VERSION, ITEM, WHY))
def take_back(deed: Deed) -> Done:
    """Take an explanation back. Raises StaleRow, NotAllowed, ReconcilingRefused."""
    found = _seen(deed)
    one = _item(deed, found)
    code, month = deed.reading.scheme.code, found.statement.month
    register.take_back(deed.connection, code, month, one, deed[WHY], found.version, deed.by)
    return Done(_("已撤回说明，账项重新待说明，原说明留有记录。"), _subject(deed, found), {"region": one.region})


@act("reconcile_sign", N_("签署对账"), SIGNING, (VERSION,), whole=True)
def sign(deed: Deed) -> Done:
    """A department signs the province's statement. Raises StaleRow, ReconcilingRefused."""
    found = _seen(deed)
    if found.statement.region != deed.reading.tree.root:
        raise NotAllowed("the province's statement is signed", action=deed.act.name)
    months.sign(deed.connection, deed.reading.scheme.code, found, deed.reading.today, deed.by)
    name, month = department_name(deed.by.department), display.month_name(found.statement.month)
    return Done(_("{department}已签署{month}对账。", department=name, month=month), _subject(deed, found))


ACTS = (explain, take_back, sign)
