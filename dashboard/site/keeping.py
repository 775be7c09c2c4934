"""加入简报: a chart or table of any page, with its source, goes into the reader's basket as it is now, and out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard.exports.blocks import Grid, Paragraph, Picture, plain
from dashboard.exports.kept import FROM, block_json
from dashboard.exports.origin import Origin, origin_of
from dashboard.exports.pictures import picture_of
from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.dispatch import page_of
from dashboard.site.fields import Text, Whole
from dashboard.site.page import Page
from dashboard.site.reading import NothingPublished, Reading, read
from dashboard.site.view import parse_view
from dashboard.words import display
from dashboard.words.wording import N_, _
from rules.errors import PoolwatchError
from workflows.briefings import basket
from workflows.people import rights

CODE = Text("code", N_("图表"), most=64)
ITEM = Whole("item", N_("材料"), hidden=True)
_KINDS: dict[type, str] = {Grid: "grid", Picture: "picture", Paragraph: "text"}
TOLD = 20  # characters of a text, as it is named in the basket


# The site's pages by path: they know of this module, so it is told of them, by ``acts``.
_PAGES: dict[str, Page] = {}


class NothingToKeep(PoolwatchError):
    """The view has no chart or table of that name."""

    code = "nothing_to_keep"


def block_of(page: Page, reading: Reading, code: str) -> tuple[Grid | Picture, Origin]:
    """A page's chart or table by its name as a block, and where its figures come from. Raises NothingToKeep."""
    chart = page.chart(reading, code)
    table = page.table(reading, code) if chart is None else chart.table
    if table is None:
        raise NothingToKeep(f"{reading.view.path} has no {code}")
    origin = origin_of(reading, table)
    # Which place and period the rows are of is part of them wherever they go.
    table = replace(table, place=origin.source.place, period=origin.source.period)
    if chart is None:
        return Grid(table), origin
    picture = picture_of(chart)
    return replace(picture, plot=replace(picture.plot, table=table)), origin


def again(at: Reading, content: Any) -> Any:
    """A kept chart or table, as kept, as its page gives it in the month of a reading; as it was where there is none then."""
    path, _mark, query = str(content[FROM]["address"]).partition("?")
    view = replace(parse_view(path, query), period=at.view.period, version="")
    page = page_of(_PAGES, view)
    try:
        if page is None or not rights.may_open(at.scope, page.path):
            return content
        block, _origin = block_of(page, read(at.published, view, at.scope, at.now), content[FROM]["code"])
    except (NothingPublished, PoolwatchError):
        return content
    return {**block_json(block), FROM: {**content[FROM], "address": view.href()}}


def _address(reading: Reading) -> str:
    """The view as it stands: one that names no period is of the month that is the newest today."""
    if reading.view.period or reading.of_now or not reading.has_months or reading.snapshot.close is None:
        return reading.view.href()
    return reading.view.href(period=display.period_month(reading.snapshot.close.month))


def put_aside(deed: Deed, code: str, said: Paragraph | None = None) -> tuple[int, str]:
    """Put a chart or table of the page looked at into the account's basket, or what the page says under a name; its number there
    and the address it stands at. Raises NothingToKeep, BasketFull."""
    reading, page = deed.reading, page_of(_PAGES, deed.reading.view)
    if page is None:
        raise NothingToKeep(f"{reading.view.path} has no {code}")
    block, origin = block_of(page, reading, code) if said is None else (said, origin_of(reading))
    address = _address(reading)
    item = basket.NewItem(
        reading.scheme.code,
        _KINDS[type(block)],
        _title(block),
        _(page.title),
        address,
        code,
        origin.source.period,
        origin.version or 0,
        {**block_json(block), FROM: {"address": address, "code": code}},
    )
    return basket.add(deed.connection, deed.account.login, item, deed.now), address


def _title(block: Grid | Picture | Paragraph) -> str:
    if isinstance(block, Paragraph):
        return f"{plain(block.pieces)[:TOLD]}…"
    return block.table.title if isinstance(block, Grid) else block.title


def kept_words(deed: Deed) -> str:
    return _("已加入简报材料（{count}）", count=basket.count(deed.connection, deed.account.login))


@act("unkeep", N_("从简报材料中取出"), rights.KEEPING, (ITEM,))
def unkeep(deed: Deed) -> Done:
    number = deed[ITEM]
    basket.remove(deed.connection, deed.account.login, number)
    count = basket.count(deed.connection, deed.account.login)
    return Done(_("已从简报材料中取出（{count}）", count=count), f"basket {number}")


def acts(pages: Sequence[Page]) -> tuple[Act, Act]:
    """The two acts of every page: what is put aside is looked up there by its name in export addresses."""
    _PAGES.update({page.path: page for page in pages})

    @act("keep", N_("加入简报"), rights.KEEPING, (CODE,))
    def keep(deed: Deed) -> Done:
        number, address = put_aside(deed, deed[CODE])
        return Done(kept_words(deed), f"basket {number}", {"at": address}, undo=("unkeep", {"item": str(number)}))

    return keep, unkeep
