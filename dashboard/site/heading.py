"""What the header says: scheme, region, period, comparison, data status, account."""

from __future__ import annotations

from dataclasses import replace

from dash.development.base_component import Component
from flask import g

from dashboard.components import frame
from dashboard.site.reading import LIVE, Reading, compares, current_scope, read, year_shown
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.published import period_name
from dashboard.words.wording import N_, _, language, name_of
from data_access.books.regions import NATION
from rules.errors import PoolwatchError
from rules.month import Month
from workflows.people import rights

COMPARE_NAMES = {"history": N_("历史同期"), "year": N_("同比"), "month": N_("环比"), "meeting": N_("上次会议")}
PERIODS_SHOWN = 36
# A refresh runs every day; without one for so long the state of the sources is not known.
IDLE_DAYS = 2
# Pages of no month.
TIMELESS = frozenset({"/account", "/admin"})
# The tabs of 系统管理 that speak of a scheme and its regions.
OF_SCHEME = frozenset({"regions", "calendar", "parameters", "accounts", "package"})


def header(site: Site, view: View) -> list[Component]:
    """The header bar and the search dialog. Where nothing can be read it still shows the way out."""
    try:
        asked = transaction(site)
        reading = read(asked.published, view, current_scope(), asked.now)
        return [frame.header_bar(_asked(_full(reading), reading), reading.view), frame.search_box()]
    except PoolwatchError:  # nothing published, not allowed, no such version: the page says which
        return [frame.header_bar(_bare(site, view), view)]


def _asked(full: frame.Header, reading: Reading) -> frame.Header:
    """The header without what means nothing on the page: of no page, or of a closed one, nothing can be chosen."""
    view, scope = reading.view, reading.scope
    # Messages of administrators are of no scheme either.
    timeless = TIMELESS | {"/messages"} if scope.role in rights.ADMINISTRATORS else TIMELESS
    if rights.may_open(scope, view.page) and view.page not in timeless:
        return full
    full = replace(full, period=None, compares=())
    open_tabs = [tab for tab in rights.ADMIN_TABS if rights.may_open_tab(scope, tab)]
    tab = view.tab if view.tab in rights.ADMIN_TABS else next(iter(open_tabs), "")
    return full if view.page == "/admin" and tab in OF_SCHEME else replace(full, schemes=(), regions=())


def _bare(site: Site, view: View) -> frame.Header:
    """A header without figures; the scheme menu offers what the reader may open."""
    schemes = []
    known = transaction(site).published.schemes
    for entry in known:
        href = View(view.path, scheme=entry.scheme.code).href()
        schemes.append(frame.Choice(name_of(entry.scheme), href))
    return frame.Header(
        demo=any(entry.demo for entry in known),
        scheme=_("险种"),
        schemes=schemes,
        region=_("地区"),
        regions=(),
        period=None,
        period_state="",
        periods=(),
        live=None,
        compare="",
        compares=(),
        status=_("无数据"),
        status_note="",
        late=False,
        theme=g.theme,
    )


def _full(reading: Reading) -> frame.Header:
    view = reading.view
    dated, of_now = reading.scheme.kind == "ledger", reading.of_now
    status, note, late = _status(reading) if dated else (_("公布数"), "", False)
    return frame.Header(
        demo=reading.demo,
        scheme=_short(reading),
        schemes=_schemes(reading),
        region=_region_name(reading, reading.region),
        regions=_regions(reading),
        period=_period(reading) if dated else _published_year(reading),
        period_state="" if not dated or reading.snapshot.live else _("已定稿"),
        periods=() if of_now else _periods(reading) if dated else _published_years(reading),
        live=frame.Choice(_("实时"), view.href(period=LIVE), reading.snapshot.live) if dated and not of_now else None,
        compare=_(COMPARE_NAMES[reading.compare]),
        compares=[
            frame.Choice(_(COMPARE_NAMES[code]), view.href(compare=code), code == reading.compare)
            for code in compares(view.page)
            if dated
        ],
        status=status,
        status_note=note,
        late=late,
        theme=g.theme,
        period_short=_period_short(reading) if dated else "",
        place="" if reading.region == reading.home else f" · {_region_name(reading, reading.region)}",
    )


def _period_short(reading: Reading) -> str:
    """The month without its year, "" where no month is looked at."""
    month = reading.snapshot.month
    return "" if reading.of_now or month is None else display.short_month(month)


def _short(reading: Reading) -> str:
    scheme = reading.scheme
    name = scheme.short_name_en if language() == "en" else scheme.short_name
    return f"{name} · {_('公布数')}" if scheme.kind == "published" else name


def _schemes(reading: Reading) -> list[frame.Choice]:
    """Schemes the reader may open. Another province means another region: it is left to that scheme's default."""
    choices = []
    for entry in reading.published.schemes:
        tree = reading.published.tree(entry.scheme)
        if not any(reading.scope.covers(tree, code) for code in tree.codes):
            continue
        href = View(reading.view.path, scheme=entry.scheme.code).href()
        choices.append(frame.Choice(name_of(entry.scheme), href, entry.scheme.code == reading.scheme.code))
    return choices


def _region_name(reading: Reading, code: str) -> str:
    if code == reading.tree.root:
        if reading.scheme.kind != "published":
            return _("全省")
        return _("全国") if code == NATION else name_of(reading.tree.region(code))
    return name_of(reading.tree.region(code))


def _regions(reading: Reading) -> list[frame.Choice]:
    """The path down to the region, then what is below it (or beside it, at the bottom)."""
    view = reading.view
    path = [region.code for region in reading.names()]
    below = reading.children() or reading.tree.children(reading.tree.parent(reading.region) or "", reading.today)
    shown = path + [code for code in below if code not in path and reading.scope.covers(reading.tree, code)]
    return [
        frame.Choice(
            "　" * min(depth, 3) + _region_name(reading, code), view.href(region=code, item=""), code == reading.region
        )
        for code in shown
        for depth in [len(reading.tree.path(code)) - 1]
    ]


def _period(reading: Reading) -> str:
    month = reading.snapshot.month
    if reading.of_now:
        return _("实时 · {day}", day=display.short_day(reading.today))
    return _("无数据") if month is None else display.month_name(month)


def _periods(reading: Reading) -> list[frame.Choice]:
    signed = sorted((close.month for close in reading.snapshot.closes), reverse=True)[:PERIODS_SHOWN]
    current = None if reading.snapshot.live else reading.snapshot.month
    live = frame.Choice(_("实时"), reading.view.href(period=LIVE, item=""), reading.snapshot.live)
    return [
        live,
        *(
            frame.Choice(
                display.month_name(month),
                reading.view.href(period=display.period_month(month), item=""),
                month == current,
                _("已定稿"),
            )
            for month in signed
        ),
    ]


def _published_year(reading: Reading) -> str | None:
    year = year_shown(reading)
    return None if year is None else period_name(year)


def _published_years(reading: Reading) -> list[frame.Choice]:
    shown = year_shown(reading)
    return [
        frame.Choice(period_name(year), reading.view.href(period=year.key, item=""), year is shown)
        for year in reversed(reading.published.published_years(reading.scheme.code))
    ]


def _status(reading: Reading) -> tuple[str, str, bool]:
    """(text, explanation, late?) from the sources' data_age, the age of the newest version and of the ledger's last month.

    Good news only where something was looked at and found well: silence is not health.
    """
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE)
    ages = snapshot.rows("data_age", None)
    late = [row for row in ages if row.value.value]
    never = [row for row in ages if row.value.value is None]
    refreshed, as_of = snapshot.version.as_of, _("截至{moment}", moment=display.moment(snapshot.version.as_of))
    idle = (reading.now - refreshed).days
    if late:
        text, about = _("{count}个来源逾期", count=len(late)), late
    elif never:
        text, about = _("{count}个来源从未报送", count=len(never)), never
    elif not ages:
        text, about = _("没有登记数据来源"), []
    elif idle >= IDLE_DAYS:
        text, about = _("已{days}天没有刷新", days=idle), []
    elif snapshot.month is None or snapshot.month < Month.of(reading.today).plus(-1):
        newest = _("没有账目") if snapshot.month is None else display.month_name(snapshot.month)
        text, about = _("账目只到{month}", month=newest) if snapshot.month else newest, []
    else:
        return f"{_('数据正常')} · {as_of}", "", False
    return f"{text} · {as_of}", _("、").join(row.part for row in about), True


def footer(reading: Reading, *more: str) -> Component:
    """The foot of each page: what period and data the figures rest on."""
    mark = [_("演示数据：模拟生成，不是任何地区的实际情况")] if reading.demo else []
    return frame.ribbon([*rests_on(reading), *mark, *more], "")


def printed_head(reading: Reading) -> list[str]:
    """What a printed page says of itself above it: the system, the fund, the place, period and as-of."""
    shown = [_("社会保险基金运行监测"), name_of(reading.scheme), _region_name(reading, reading.region)]
    if reading.scheme.kind == "ledger" and reading.published.version is not None:
        shown += rests_on(reading)
    return [*shown, *([_("演示数据")] if reading.demo else [])]


def rests_on(reading: Reading) -> list[str]:
    """What period and data figures rest on: whether it is final and who signed it, as of when."""
    snapshot = reading.snapshot
    parts = [_("数据截至{moment}", moment=display.moment(snapshot.version.as_of))]
    if snapshot.close is not None:
        signed = display.local(snapshot.close.signed_at).date()
        parts.insert(
            0,
            _(
                "{month}已定稿（{name}，{day}签）",
                month=display.month_name(snapshot.close.month),
                name=snapshot.close.signed_by,
                day=display.short_day(signed),
            ),
        )
    elif snapshot.month is not None:
        signed_month = any(close.month == snapshot.month for close in snapshot.closes)
        said = N_("{month}已定稿，此处为实时数") if signed_month else N_("{month}实时数，尚未定稿")
        parts.insert(0, _(said, month=display.month_name(snapshot.month)))
    return parts
