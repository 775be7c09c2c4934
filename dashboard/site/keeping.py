"""加入简报: a chart or table of any page, with its source, goes into the reader's basket as it is now, and out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.exports.blocks import Block, Grid
from dashboard.exports.kept import block_json
from dashboard.exports.origin import origin_of, picture_of
from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.dispatch import page_of
from dashboard.site.fields import Text, Whole
from dashboard.site.page import Page
from dashboard.words.wording import N_, _
from rules.errors import PoolwatchError
from workflows.briefings import basket
from workflows.people import rights

CODE = Text("code", N_("图表"), most=64)
ITEM = Whole("item", N_("材料"))


class NothingToKeep(PoolwatchError):
    """The view has no chart or table of that name."""

    code = "nothing_to_keep"


def acts(pages: Sequence[Page]) -> tuple[Act, Act]:
    """The two acts of every page: what is put aside is looked up there by its name in export addresses."""
    by_path = {page.path: page for page in pages}

    @act("keep", N_("加入简报"), rights.KEEPING, (CODE,))
    def keep(deed: Deed) -> Done:
        reading, code = deed.reading, deed[CODE]
        page = page_of(by_path, reading.view)
        chart = None if page is None else page.chart(reading, code)
        table = chart.table if chart is not None else page.table(reading, code) if page is not None else None
        if page is None or table is None:
            raise NothingToKeep(f"{reading.view.path} has no {code}")
        origin = origin_of(reading, table)
        # Which place and period the rows are of is part of them wherever they go.
        table = replace(table, place=origin.source.place, period=origin.source.period)
        block: Block = Grid(table)
        if chart is not None:
            picture = picture_of(chart, origin)
            block = replace(picture, plot=replace(picture.plot, table=table))
        item = basket.NewItem(
            reading.scheme.code,
            "grid" if chart is None else "picture",
            table.title,
            _(page.title),
            reading.view.href(),
            code,
            origin.source.period,
            origin.version or 0,
            block_json(block),
        )
        number = basket.add(deed.connection, deed.account.login, item, deed.now)
        count = basket.count(deed.connection, deed.account.login)
        said = _("已加入简报材料（{count}）", count=count)
        return Done(said, f"basket {number}", {"at": item.address}, undo=("unkeep", {"item": str(number)}))

    @act("unkeep", N_("从简报材料中取出"), rights.KEEPING, (ITEM,))
    def unkeep(deed: Deed) -> Done:
        number = deed[ITEM]
        basket.remove(deed.connection, deed.account.login, number)
        count = basket.count(deed.connection, deed.account.login)
        return Done(_("已从简报材料中取出（{count}）", count=count), f"basket {number}")

    return keep, unkeep
