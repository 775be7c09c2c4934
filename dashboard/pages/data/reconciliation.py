"""对账: what tax, treasury, finance and agency booked beside the fund's own book, less the items not reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Children, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table, rest
from dashboard.pages.data import reported, trial
from dashboard.site import heading
from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.departments import BOOKS
from dashboard.words.passport import REST, About
from dashboard.words.wording import N_, _, name_of
from data_access.books.live import reconciled_value
from data_access.books.reconciliation import BOOKS as COMPARED, Reconciled, Reconciliation, Repeated, load_repeated
from data_access.store.numbering import by_number
from rules.month import Month
from workflows.people.rights import may_open

PATH = "/data"
CODE = "reconciliation_difference"


def show(reading: Reading) -> Component:
    if not _readable(reading):
        return parts.message(_("没有可对账的数据。"), _("公布的年度数不对账；有账目的险种在首次刷新后显示。"))
    whole = _year(reading, reading.region)
    further = [one for one in (reported.section(reading), trial.section(reading)) if one is not None]
    if whole is None:
        none = parts.message(
            _("本年还不能对账。"), _("有部门报送了征缴入库数，才能与基金账对账。请在“导入”上传部门对账数。")
        )
        return html.Div([none, *further, heading.footer(reading)])
    by_region, by_month, open_items = region_table(reading), month_table(reading), item_table(reading, whole)
    note = _("{year}年累计至{day} · 万元", year=whole.day.year, day=display.short_day(whole.day))
    body: list[Component] = [parts.conclusion(_conclusion(reading, whole), _second(reading, whole), _basis(reading))]
    if len(by_region.rows) > 0:
        body.append(_section(reading, by_region, _("分地区对账"), note))
    body.append(_section(reading, by_month, _("分月对账"), _("{year}年各月 · 万元", year=reading.snapshot.year)))
    repeated = repeated_table(reading, whole)
    if repeated.rows:
        body.insert(1, _section(reading, repeated, _("疑似重复入账"), _("未冲销 · 万元"), _more(reading, whole)))
    if open_items.rows:
        body.append(
            _section(reading, open_items, _("未达账项"), _("截至{day}未核销 · 万元", day=display.short_day(whole.day)))
        )
    return html.Div([*body, *further, heading.footer(reading)])


def _section(reading: Reading, table: Table, title: str, note: str, said: list[Child] | None = None) -> Component:
    actions: list[Child] = [frame.exports(PATH, table.code, reading.view)]
    foot = [*(said or []), *([table.note] if table.note else [])]
    return parts.section(title, html.Div(html_table(table), className="scroll"), note=note, actions=actions, foot=foot)


def _basis(reading: Reading) -> list[Component]:
    basis = html.A(_("计算依据"), href=reading.view.href(item="reconciliation_difference"), className="button")
    if not may_open(reading.scope, "/funds"):
        return [basis]
    statement = replace(reading.view, path="/funds", tab="reconcile", item="", show="").href()
    return [html.A(_("按月调节和签署"), href=statement, className="button"), basis]


def _readable(reading: Reading) -> bool:
    return reading.scheme.kind == "ledger" and reading.published.version is not None


def _totals(reading: Reading) -> Reconciliation:
    snapshot = reading.snapshot
    return reading.published.reconciliation(reading.scheme.code, snapshot.version.id, snapshot.year)


def _year(reading: Reading, region: str) -> Reconciled | None:
    return _totals(reading).year_to_date(region, reading.snapshot.day)


def _about(reading: Reading, region: str | None = None) -> About:
    """What the year's figures of a region have in common: those of 调节后差额."""
    return figures.about(reading, CODE, region)


def _conclusion(reading: Reading, whole: Reconciled) -> list[Child]:
    day = display.short_day(whole.day)
    departments = _("、").join(_(BOOKS[name]) for name in whole.booked)
    difference = _about(reading).figure(f"{CODE}.difference_fen", whole.difference_fen)
    if whole.difference_fen == 0:
        return sentence(
            N_("截至{day}，{departments}征缴入库数经未达账项调节后一致，差额{zero}元。"),
            day=day,
            departments=departments,
            zero=Strong(display.printed(difference, "yuan")),
        )
    since = whole.open_since
    said = sentence(
        N_("截至{day}，{departments}征缴入库数调节后仍差{amount}万元"),
        day=day,
        departments=departments,
        amount=Strong(display.printed(difference, "wan")),
    )
    if since is not None:
        said += sentence(
            N_("，自{since}起已{days}天"),
            since=display.short_day(since),
            days=Strong(display.printed(_about(reading).figure(f"{CODE}.days_open", whole.days_open))),
        )
    return [*said, _("。")]


def _second(reading: Reading, whole: Reconciled) -> Children:
    if not whole.items:
        return _("没有未核销的未达账项。")
    unreached = _about(reading).figure(f"{CODE}.unreached_fen", whole.unreached_fen)
    return sentence(
        N_("未达账项{count}笔、{amount}万元，不计入差额。"),
        count=str(len(whole.items)),
        amount=display.printed(unreached, "wan"),
    )


def _columns(first: Column) -> tuple[Column, ...]:
    return (
        first,
        *(Column(name, _(BOOKS[name]), "money") for name in COMPARED),
        Column("unreached", _("未达账项"), "money"),
        Column("difference", _("调节后差额"), "money", sums=False),
        Column("permille", _("占征收‰"), "number"),
        Column("since", _("起于"), "day"),
    )


# What the amounts of a year are, and of a month by itself.
YEAR = ("books", f"{CODE}.unreached_fen", f"{CODE}.difference_fen", CODE)
MONTH = ("books.month", "books.month.unreached", "books.month.difference", "books.month.permille")


def _values(of: About, found: Reconciled, whats: tuple[str, str, str, str] = YEAR) -> dict[str, object]:
    book, unreached, difference, permille = whats
    share = reconciled_value(found)
    return {
        **{name: of.figure(book, found.booked.get(name), part=name, reason="no_department") for name in COMPARED},
        "unreached": of.figure(unreached, found.unreached_fen),
        "difference": of.figure(difference, found.difference_fen),
        "permille": of.figure(permille, share.value, reason=share.reason),
        "since": found.open_since,
    }


def region_table(reading: Reading) -> Table:
    """The year to date of each region below that reports, the largest difference first, the whole at the foot."""
    columns = _columns(Column("region", _("地区")))
    found = [(code, _year(reading, code)) for code in reading.children() if code in _totals(reading).regions()]
    known = sorted(((code, one) for code, one in found if one is not None), key=lambda pair: -pair[1].difference_fen)
    rows = [
        Row(
            {"region": name_of(reading.tree.region(c)), **_values(_about(reading, c), one)},
            href=reading.view.href(region=c, item=""),
        )
        for c, one in known
    ]
    whole = _year(reading, reading.region)
    foot = [] if whole is None else [Row({"region": _("合计"), **_values(_about(reading), whole)}, style="sum")]
    rows += rest(columns, rows, foot[0].values, _("各地截止日以后"), f"{reading.region}{REST}") if rows and foot else []
    note = _("差额＝各部门累计数加未达账项后的最大差；各地区差额方向不同，合计不等于各地区之和。")
    return Table("reconciliation-regions", _("分地区对账"), columns, rows, unit="wan", foot=foot, note=note)


def month_table(reading: Reading) -> Table:
    """Each month by itself, newest first."""
    columns = _columns(Column("month", _("月份")))
    months = _totals(reading).months(reading.region, reading.snapshot.year, reading.snapshot.day)
    rows = []
    for one in reversed(months):
        month = Month.of(one.first)
        of = replace(reading.about, period=month.iso)
        rows.append(Row({"month": display.month_name(month), **_values(of, one, MONTH)}))
    note = _("差额只用未达账项调节；时间差和已说明的账项在“资金运行”的“对账调节”里逐笔调节。")
    return Table("reconciliation-months", _("分月对账"), columns, rows, unit="wan", note=note)


def _apart(reading: Reading, region: str) -> Iterator[str]:
    """The lowest places whose own book differs: equal amounts of the others are how people pay."""
    found = _year(reading, region)
    if found is None or not found.own_fen:
        return
    below = [one for code in reading.tree.children(region, reading.snapshot.day) for one in _apart(reading, code)]
    yield from below or [region]


def _repeated(reading: Reading, whole: Reconciled) -> tuple[Repeated, ...]:
    """What may be posted twice, where the fund's book differs from the departments'."""
    if not whole.own_fen:
        return ()
    regions = tuple(_apart(reading, reading.region))
    version = reading.snapshot.version.id
    return reading.ask(load_repeated, reading.scheme.code, regions, whole.first, whole.day, version)


def repeated_table(reading: Reading, whole: Reconciled) -> Table:
    """The entries under the difference: same region, item, day and amount more than once, the largest first."""
    columns = (
        Column("region", _("地区")),
        Column("item", _("项目")),
        Column("day", _("业务日期"), "day"),
        Column("amount", _("金额"), "money", what="repeated"),
        Column("times", _("入账次数"), "count", what="repeated.times"),
        Column("again", _("多记"), "money", what="repeated.again"),
    )
    names = {item.code: name_of(item) for item in reading.scheme.items}
    rows = [
        Row(
            {
                "region": name_of(reading.tree.region(one.region)),
                "item": names.get(one.item, one.item),
                "day": one.day,
                "amount": one.amount_fen,
                "times": one.times,
                "again": one.amount_fen * (one.times - 1),
            },
            href=reading.view.href(region=one.region, item=""),
            part=part,
            place=one.region,
            period=one.day.isoformat(),
        )
        for one, part in _numbered(_repeated(reading, whole))
    ]
    note = _("同一地区、项目、日期、金额入账两次以上且未冲销的，请核对原始凭证。")
    return Table("repeated", _("疑似重复入账"), columns, rows, unit="wan", note=note, about=reading.about)


def _numbered(found: tuple[Repeated, ...]) -> Iterator[tuple[Repeated, str]]:
    """Each with its item; further amounts of one item, place and day by their number."""
    seen: Counter[tuple[object, ...]] = Counter()
    for one in found:
        key = (one.region, one.item, one.day)
        seen[key] += 1
        yield one, one.item if seen[key] == 1 else f"{one.item}+{seen[key]}"


def _more(reading: Reading, whole: Reconciled) -> list[Child]:
    """How much more the fund's own book has; nothing where it has less."""
    if whole.own_fen <= 0:
        return []
    own = _about(reading).figure("books.own", whole.own_fen)
    return sentence(N_("基金账比部门多{amount}万元。"), amount=display.printed(own, "wan"))


def item_table(reading: Reading, whole: Reconciled) -> Table:
    """The items one department has booked and another has not, oldest first."""
    columns = (
        Column("ref", _("编号")),
        Column("region", _("地区")),
        Column("recorded", _("已记账")),
        Column("missing", _("未记账")),
        Column("amount", _("金额"), "money", what="unreached"),
        Column("reason", _("原因")),
        Column("arose", _("发生日期"), "day"),
        Column("days", _("天数"), "count", what="unreached.days"),
    )
    rows = [
        Row(
            {
                "ref": item.ref,
                "region": name_of(reading.tree.region(item.region)),
                "recorded": _(BOOKS[item.recorded_by]),
                "missing": _(BOOKS[item.missing_at]),
                "amount": item.amount_fen,
                "reason": item.reason,
                "arose": item.arose_on,
                "days": (whole.day - item.arose_on).days,
            },
            part=item.ref,
            place=item.region,
        )
        for item in sorted(whole.items, key=lambda item: (item.arose_on, by_number(item.ref)))
    ]
    about = _about(reading)
    total = about.figure(f"{CODE}.unreached_fen", whole.unreached_fen)
    foot = [Row({"ref": _("合计"), "amount": total}, style="sum")] if rows else []
    return Table("unreached", _("未达账项"), columns, rows, unit="wan", foot=foot, about=about)


def _reconciled(build: Callable[[Reading, Reconciled], Table]) -> Callable[[Reading], Table | None]:
    """A table where there is something to reconcile."""

    def table(reading: Reading) -> Table | None:
        whole = _year(reading, reading.region) if _readable(reading) else None
        return None if whole is None else build(reading, whole)

    return table


# The tables as files, by code.
TABLES = {
    "reconciliation-regions": _reconciled(lambda reading, _whole: region_table(reading)),
    "reconciliation-months": _reconciled(lambda reading, _whole: month_table(reading)),
    "repeated": _reconciled(repeated_table),
    "unreached": _reconciled(item_table),
    "reported": reported.reported_table,
    "trial": trial.subject_table,
}
