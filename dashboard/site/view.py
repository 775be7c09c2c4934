"""What the reader looks at: the whole state of a screen, kept in its URL so that a link shows another reader the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, urlencode

_REGION = re.compile(r"/region/([A-Za-z0-9-]{1,20})")
_CODE = re.compile(r"^[A-Za-z0-9_.:-]{1,64}$")
_LONG = re.compile(r"^[A-Za-z0-9_.:-]{1,400}$")
LARGEST_NUMBER = 2**31 - 1  # that every database takes


def number_in(text: str) -> int | None:
    """The number that a part of an address is, None where it is none. One too large for a database names nothing, as the
    largest does."""
    if not (text.isascii() and text.isdigit()):
        return None
    return min(int(text), LARGEST_NUMBER) if len(text) < 20 else LARGEST_NUMBER


@dataclass(frozen=True, slots=True)
class View:
    """One screen. An empty field means the page's default; unknown or malformed parameters are dropped.

    ``period`` is ``2026-10`` or ``live``; ``item`` opens the drawer; ``show`` is a page's own switch (bars, tiles, table),
    ``sort`` its column, ``number`` its page of a long list, ``state`` how far the work on what it lists is; ``box`` and
    ``id`` which of a reader's boxes and which matter in it; ``variant``, ``ret`` and ``shock`` which projection: low, mid or
    high, without the retirement reform, under which shock; ``set``: of which scenario, ``sizes``: with which
    shocks other than those set.
    """

    path: str = "/"
    scheme: str = ""
    region: str = ""
    period: str = ""
    compare: str = ""
    tab: str = ""
    item: str = ""
    show: str = ""
    measure: str = ""
    unit: str = ""
    span: str = ""
    sort: str = ""
    number: str = ""
    state: str = ""
    version: str = ""
    box: str = ""
    id: str = ""
    variant: str = ""
    ret: str = ""
    shock: str = ""
    set: str = ""
    sizes: str = ""

    @property
    def page(self) -> str:
        """The page's own path: ``/warnings`` for ``/warnings/12``."""
        return "/" + self.path.split("/")[1]

    @property
    def subject(self) -> str:
        """What a page of many shows, as its address names it: ``12`` of ``/warnings/12``; "" on the page itself."""
        return self.path.removeprefix(self.page).strip("/")

    def href(self, **changes: str) -> str:
        """The link to this view with some fields changed."""
        there = replace(self, **changes)
        query = [(name, value) for name in ASKED if (value := getattr(there, name))]
        return there.path + (f"?{urlencode(query)}" if query else "")

    def page_href(self, path: str) -> str:
        """The link to another page that keeps scheme, region, period and comparison."""
        return View(path, self.scheme, self.region, self.period, self.compare).href()

    def region_href(self, code: str) -> str:
        """The link to a region's own page 本地概况 that keeps scheme, period and comparison."""
        return replace(self, region=code).page_href("/region")

    def without_item(self) -> View:
        return replace(self, item="")


ASKED = tuple(field.name for field in fields(View) if field.name != "path")


def parse_view(path: str | None, query: str | None) -> View:
    """The view of a URL. Never fails: what it does not know it leaves out."""
    asked = parse_qsl((query or "").lstrip("?"))
    given = {key: value for key, value in asked if key in ASKED and (_LONG if key == "sizes" else _CODE).match(value)}
    # Numbers are written in capitals on the pages and typed as they are read.
    clean = "/" + (path or "/").strip("/").lower()
    # A region's own address: the region is part of every view, so it is kept where all pages keep it.
    if place := _REGION.fullmatch(clean):
        clean, given["region"] = "/region", place[1]
    return View(path=clean if re.fullmatch(r"/[a-z0-9/-]{0,80}", clean) else "/", **given)
