"""应缴与扣缴 and 超收台账: what is owed, paid and late, what will be deducted, and the credits of last year."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.level import level_tag
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.gap import acts
from dashboard.pages.gap.reading import PATH, WhoPays, overdue_level
from dashboard.pages.gap.words import basis_words, budget_words, region_name
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.passport import REST
from dashboard.words.wording import N_, _, bracketed
from rules.alerts.threshold import Level
from workflows.gap.register import Credit, Settlement
from workflows.gap.settlements import proposed_deductions

BANDS = "over_collection_bands"


# --- 应缴与扣缴


def due_page(reading: Reading, found: WhoPays) -> Component:
    """Every amount owed, and what will be deducted in the fiscal settlement."""
    table = due_table(reading, found)
    due, paid = sum(one.due_fen for one in found.owed), sum(one.paid_fen + one.deducted_fen for one in found.owed)
    overdue = sum(one.unpaid_fen for one in found.owed if one.overdue_days(reading.today))
    first = sentence(
        N_("各地应缴缺口资金{due}亿元，已缴{paid}亿元，逾期{overdue}亿元。"),
        due=Strong(found.registered("due", due)),
        paid=Strong(found.registered("due.paid", paid)),
        overdue=Strong(found.registered("due.overdue", overdue)),
    )
    first += as_of.marked(reading)
    second = _(
        "未完成收入计划的由当地补足，违规支出的由当地追回；当年未上解的，通过省与市县财政结算扣缴（附件3 三（四））。"
    )
    listed: Component = (
        html.Div(html_table(table), className="scroll")
        if table.rows
        else html.P(_("没有应缴的缺口资金。"), className="foot")
    )
    body = parts.section(
        _("应缴与扣缴"),
        listed,
        note=as_of.noted(reading, _("按责任政府，亿元")),
        actions=[*_issue(reading, found), frame.exports(PATH, "due", reading.view)],
        foot=deduction_line(reading, found),
    )
    return html.Div([parts.conclusion(first, second), body])


def _issue(reading: Reading, found: WhoPays) -> list[Component]:
    issued = any(one.basis == "general" and one.year == found.year for one in found.settlements)
    general = found.general
    if issued or general is None or not general.local_fen or not acts.issue.open_to(reading):
        return []
    return [html.A(_("下达地方分担"), href=reading.view.href(item="issue", show=""), className="button small")]


def due_table(reading: Reading, found: WhoPays) -> Table:
    """One row an amount owed, late ones first."""
    columns = (
        Column("region", _("责任政府")),
        Column("basis", _("事项")),
        Column("due", _("应缴"), "money", what="due.one"),
        Column("paid", _("已缴"), "money", what="due.one.paid"),
        Column("deducted", _("已扣缴"), "money", what="due.one.deducted"),
        Column("unpaid", _("未缴"), "money", what="due.one.unpaid"),
        Column("due_on", _("限期"), "day"),
        Column("overdue", _("逾期天数"), "count", what="due.one.days"),
        Column("budget", _("列入同级预算")),
        Column("proposed", _("拟扣缴"), "money", what="due.one.proposed"),
        Column("document", _("依据文号")),
    )
    owed = sorted(found.owed, key=lambda one: (-one.overdue_days(reading.today), -one.unpaid_fen, one.region))
    rows = [_due_row(reading, found, one) for one in owed]
    foot = [_due_sum(reading, found)] if rows else ()
    period = as_of.of_year(reading, found.year)
    return Table("due", _("应缴与扣缴"), columns, rows, foot=foot, period=period, of_now=True, about=found.now)


def _due_row(reading: Reading, found: WhoPays, one: Settlement) -> Row:
    days = one.overdue_days(reading.today)
    extra: dict[str, Child] = {}
    if days:
        level = overdue_level(reading, one.region)
        extra["overdue"] = level_tag(level) if level is not Level.NONE else html.Span(className="late")
    document = one.document + (f" · {one.budget_document}" if one.budget_document else "")
    return Row(
        {
            "region": region_name(reading.tree, one.region),
            "basis": basis_words(one),
            "due": one.due_fen,
            "paid": one.paid_fen,
            "deducted": one.deducted_fen,
            "unpaid": one.unpaid_fen,
            "due_on": one.due_on,
            "overdue": days,
            "budget": budget_words(one),
            "proposed": one.unpaid_fen if days else 0,
            "document": document,
        },
        href=reading.view.href(item=f"owed-{one.id}", show=""),
        selected=reading.view.item == f"owed-{one.id}",
        extra=extra,
        part=str(one.id),
        place=one.region,
    )


def _due_sum(reading: Reading, found: WhoPays) -> Row:
    sums = {
        "due": sum(one.due_fen for one in found.owed),
        "paid_only": sum(one.paid_fen for one in found.owed),
        "deducted": sum(one.deducted_fen for one in found.owed),
        "unpaid": sum(one.unpaid_fen for one in found.owed),
        "proposed": sum(proposed_deductions(found.owed, reading.today).values()),
    }
    of = {name: found.now.figure("due" if name == "due" else f"due.{name}", fen) for name, fen in sums.items()}
    return Row({"region": _("合计"), **of, "paid": of["paid_only"]}, style="sum")


def due_by_region(reading: Reading, found: WhoPays, most: int | None = None) -> Table:
    """What each responsible government owes, the latest first; those beyond ``most`` as one row."""
    by_region: dict[str, list[Settlement]] = defaultdict(list)
    for one in found.owed:
        by_region[one.region].append(one)
    late = {region: max(one.overdue_days(reading.today) for one in owed) for region, owed in by_region.items()}
    unpaid = {region: sum(one.unpaid_fen for one in owed) for region, owed in by_region.items()}
    ordered = sorted(by_region, key=lambda region: (-late[region], -unpaid[region], region))
    columns = (
        Column("region", _("责任政府")),
        Column("due", _("应缴"), "money", what="due"),
        Column("paid", _("已缴"), "money", what="due.paid"),
        Column("unpaid", _("未缴"), "money", what="due.unpaid"),
        Column("budget", _("列入同级预算")),
    )
    rows = [_region_due(reading, region, by_region[region]) for region in ordered[:most]]
    if most is not None and len(ordered) > most:
        rest = [one for region in ordered[most:] for one in by_region[region]]
        name = _("其余{count}地", count=len(ordered) - most)
        href = reading.view.href(tab="due", item="", show="")
        rows.append(Row({**_amounts(rest), "region": name}, href=href, place=f"{reading.region}{REST}"))
    foot = [Row({**_amounts(found.owed), "region": _("合计")}, style="sum")] if rows else ()
    title = _("应缴与扣缴") + bracketed(_("按责任政府"))
    period = as_of.of_year(reading, found.year)
    return Table("due-regions", title, columns, rows, foot=foot, period=period, of_now=True, about=found.now)


def due_section(reading: Reading, found: WhoPays, most: int) -> Component:
    """By responsible government on the first page."""
    table = due_by_region(reading, found, most)
    body: Component = (
        html.Div(html_table(table), className="scroll")
        if table.rows
        else html.P(_("没有应缴的缺口资金。"), className="foot")
    )
    link = html.A(_("全部"), href=reading.view.href(tab="due", item="", show=""))
    return parts.section(
        _("应缴与扣缴"),
        body,
        note=as_of.noted(reading, _("按责任政府，亿元")),
        actions=[link, frame.exports(PATH, table.code, reading.view)] if table.rows else (),
        foot=deduction_line(reading, found),
    )


def _amounts(owed: object) -> dict[str, object]:
    rows: list[Settlement] = list(owed)  # type: ignore[call-overload]
    return {
        "due": sum(one.due_fen for one in rows),
        "paid": sum(one.paid_fen + one.deducted_fen for one in rows),
        "unpaid": sum(one.unpaid_fen for one in rows),
    }


def _region_due(reading: Reading, region: str, owed: list[Settlement]) -> Row:
    open_ones = [one for one in owed if one.unpaid_fen > 0]
    budget = budget_words((open_ones or owed)[0])
    values = {"region": region_name(reading.tree, region), **_amounts(owed), "budget": budget}
    return Row(values, href=reading.view.href(item=f"owed-{(open_ones or owed)[0].id}", show=""), place=region)


def deduction_line(reading: Reading, found: WhoPays) -> list[Child]:
    """年末未缴 → 扣缴, and the letter that proposes it."""
    proposed = sum(proposed_deductions(found.owed, reading.today).values())
    if not found.owed:
        return []
    said: list[Child] = sentence(
        N_("年末未缴的，通过财政结算扣缴；拟扣缴 {amount}"), amount=Strong(found.registered("due.proposed", proposed))
    )
    if proposed and reading.sees_siblings:
        said.append(
            html.A(
                _("生成扣缴建议函"), href=reading.view.href(item="deduction", show=""), className="button small push"
            )
        )
    return [html.Div(said, className="deduction")]


# --- 超收台账


def credit_page(reading: Reading, found: WhoPays) -> Component:
    """The credits of last year with what is left of them."""
    if BANDS not in reading.scheme.parameters:
        return parts.message(_("本制度没有超收冲减。"), no_credits(reading))
    table = credit_table(reading, found)
    earned = sum(one.credit_fen for one in found.credits)
    left = sum(one.left_fen(reading.today) for one in found.credits)
    first = sentence(
        N_("{year}年超收{count}地，可冲减{next}年地方分担{earned}亿元，尚可用{left}亿元。"),
        year=str(found.year - 1),
        next=str(found.year),
        count=Strong(str(sum(1 for one in found.credits if one.credit_fen))),
        earned=Strong(display.printed(found.last_year.figure("credits", earned))),
        left=Strong(display.printed(found.last_year.figure("credits.left", left))),
    )
    second = _(
        "单独建账，只冲减下一年度一般性缺口地方分担部分；超收5%至10%的部分冲减50%，10%至15%的60%，15%以上的70%（附件3 四）。"
    )
    listed: Component = (
        html.Div(html_table(table), className="scroll")
        if table.rows
        else html.P(_("还没有登记的超收。"), className="foot")
    )
    bands = html.Span(second, className="limit")
    body = parts.section(
        _("超收台账"),
        listed,
        note=as_of.noted(reading, _("{year}年，亿元", year=found.year - 1)),
        actions=[*_book(reading, found), frame.exports(PATH, "credits", reading.view)],
    )
    return html.Div([parts.conclusion(first, bands), body])


def no_credits(reading: Reading) -> str:
    return _("{document}没有超额完成收入计划的冲减规定，不设超收台账。", document=reading.scheme.document)


def _book(reading: Reading, found: WhoPays) -> list[Component]:
    if found.credits or not acts.credits.open_to(reading) or not reading.is_province:
        return []
    return [html.A(_("登记超收"), href=reading.view.href(item="credits", show=""), className="button small")]


def credit_section(reading: Reading, found: WhoPays, most: int) -> Component:
    if BANDS not in reading.scheme.parameters:
        return parts.section(_("超收台账"), html.P(no_credits(reading), className="foot"))
    table = credit_table(reading, found, most)
    columns = [column for column in table.columns if column.key in ("region", "plan", "actual", "rate", "left")]
    small = Table(table.code, table.title, columns, table.rows, about=table.about)
    body: Component = (
        html.Div(html_table(small), className="scroll")
        if small.rows
        else html.P(_("还没有登记的超收。"), className="foot")
    )
    link = html.A(_("全部"), href=reading.view.href(tab="credits", item="", show=""))
    return parts.section(
        _("超收台账"),
        body,
        note=as_of.noted(reading, _("{year}年，亿元", year=found.year - 1)),
        actions=[link, frame.exports(PATH, "credits", reading.view)] if small.rows else (),
    )


def credit_table(reading: Reading, found: WhoPays, most: int | None = None) -> Table:
    """Highest over-collection first. With ``most``: those with a credit, then the nearest without."""
    columns = (
        Column("region", _("地区")),
        Column("plan", _("计划"), "money", what="credit.plan"),
        Column("actual", _("实收"), "money", what="credit.actual"),
        Column("rate", _("超收%"), "percent", what="credit.rate"),
        Column("credit", _("可冲减额度"), "money", what="credit"),
        Column("used", _("已用"), "money", what="credit.used"),
        Column("left", _("可冲减{year}年", year=found.year), "money", what="credit.left"),
        Column("expires", _("有效期至"), "day"),
        Column("anomaly", _("预缴异常")),
    )
    ordered = sorted(found.credits, key=lambda one: Fraction(one.actual_fen, one.plan_fen), reverse=True)
    if most is not None:
        earning = [one for one in ordered if one.credit_fen]
        ordered = earning[: most - 1] + ordered[len(earning) :][: max(1, most - len(earning))]
    rows = [_credit_row(reading, one) for one in ordered]
    period = as_of.of_year(reading, found.year - 1)
    return Table("credits", _("超收台账"), columns, rows, period=period, of_now=True, about=found.last_year)


def credit_rate(one: Credit) -> Fraction:
    """超收 in per cent of the plan."""
    return Fraction((one.actual_fen - one.plan_fen) * 100, one.plan_fen)


def _credit_row(reading: Reading, one: Credit) -> Row:
    words = {True: _("是"), False: _("否"), None: _("未判定")}
    values = {
        "region": region_name(reading.tree, one.region),
        "plan": one.plan_fen,
        "actual": one.actual_fen,
        "rate": credit_rate(one),
        "credit": one.credit_fen,
        "used": one.used_fen,
        "left": one.left_fen(reading.today),
        "expires": one.expires_on if one.credit_fen else None,
        "anomaly": words[one.prepaid_anomaly],
    }
    extra: dict[str, Child] = {}
    if not one.credit_fen:
        del values["left"]
        extra["left"] = html.Span(_("未达起计线，不计"), className="muted")
    href = reading.view.href(item=f"credit-{one.region}", show="")
    selected = reading.view.item == f"credit-{one.region}"
    return Row(values, href=href, selected=selected, extra=extra, place=one.region)
