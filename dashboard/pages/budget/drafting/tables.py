"""The tables of a budget: its units, its items, the steps of its procedure; on screen and in files."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dash import html

from dashboard.components.parts import Child
from dashboard.components.table import Column, Row, Table
from dashboard.pages.budget.drafting.reading import Budget
from dashboard.pages.budget.drafting.words import offices, round_name, step_name
from dashboard.words import display
from dashboard.words.wording import N_, _, bracketed, name_of
from rules.budget.procedure import OF_UNITS
from rules.scheme import Side
from workflows.budget.register import DONE

SIDES: dict[Side, str] = {"income": N_("收入"), "expenditure": N_("支出")}
TOTALS: dict[Side, str] = {"income": N_("收入合计"), "expenditure": N_("支出合计")}
MANAGED = N_("省统一管理")


def place_name(found: Budget, region: str) -> str:
    """A region's name; the province's own row is what it manages itself."""
    tree = found.reading.tree
    return _(MANAGED) if region == tree.root else name_of(tree.region(region))


# --- units


def regions_of(found: Budget, row: str) -> tuple[str, ...]:
    """The regions with figures that a row of the units stands for."""
    return (row,) if row == found.reading.region else found.within(row)


def unit_table(found: Budget) -> Table:
    """Each region below: income and expenditure stage by stage, what it answered, whether it has received its plan."""
    known = [stage for stage in found.stages() if stage in ("drafted", "wanted", "second", "issued")]
    # What was wanted has been dealt with once the plans are issued, and the second figures are theirs.
    stages = [one for one in known if "issued" not in known or one not in ("wanted", "second")]
    columns = [Column("region", _("地区"))]
    for side, title in SIDES.items():
        columns += [
            Column(
                f"{side}.{stage}",
                _("{side}{stage}", side=_(title), stage=found.stage_name(stage)),
                "money",
                signed=stage == "wanted",
                what=f"budget.{stage}:{_part(found, side)}",
            )
            for stage in stages
        ]
        if "second" in known:
            what = f"budget.change:{_part(found, side)}"
            columns.append(Column(f"{side}.change", _("二下－一下"), "money", signed=True, what=what))
    if found.replies and not found.one.adjustment:
        columns.append(Column("reply", _("一上"), className="wrap"))
    if found.one.state in ("receive", DONE):
        columns.append(Column("receipt", _("签收")))
    rows = [_unit_row(found, region, stages) for region in found.rows]
    foot = [Row(_unit_values(found, found.within(found.reading.region), stages, _whole(found)), style="sum")]
    title = _("分地区") + bracketed(round_name(found.one))
    return Table("budget-units", title, columns, rows, foot=foot, about=found.about, of_now=True)


def _part(found: Budget, part: str) -> str:
    return f"{part}.{found.one.version}" if found.one.adjustment else part


def _whole(found: Budget) -> str:
    return _("全省") if found.reading.is_province else _("合计")


def _unit_row(found: Budget, region: str, stages: Sequence[str]) -> Row:
    own = region == found.reading.region
    regions = regions_of(found, region)
    values = _unit_values(found, regions, stages, place_name(found, region))
    values["reply"] = "" if own else reply_words(found, regions)
    values["receipt"] = "" if own else receipt_words(found, regions)
    href = "" if own else found.reading.view.href(region=region, item="")
    # What the province manages itself is a part of its whole.
    return Row(values, href=href, place=f"{region}~" if own else region)


def _unit_values(found: Budget, regions: Collection[str], stages: Sequence[str], name: str) -> dict[str, object]:
    values: dict[str, object] = {"region": name}
    for side in SIDES:
        items = found.items(side)
        amounts = {stage: found.amount(regions, items, stage) for stage in (*stages, "drafted", "second")}
        values |= {f"{side}.{stage}": amounts[stage] for stage in stages}
        values[f"{side}.change"] = less(amounts["second"], amounts["drafted"])
    return values


def less(now: int | None, before: int | None) -> int | None:
    """The difference of two amounts; None where one is missing."""
    return None if now is None or before is None else now - before


def reply_words(found: Budget, regions: Collection[str]) -> str:
    """What units answered: of one in words, of several how many did and how many want another amount."""
    units = [unit for unit in found.units if unit in set(regions)]
    replies = {unit: found.answers[unit] for unit in units if unit in found.answers}
    if not units:
        return ""
    if len(units) > 1:
        wanting = sum(not reply.agreed for reply in replies.values())
        said = _("{done}/{count}已反馈", done=len(replies), count=len(units))
        return said + (_("，{count}个要求改数", count=wanting) if wanting else "")
    if units[0] not in replies:
        late = found.due is not None and found.reading.today > found.due
        return _("逾期未反馈") if late else _("待反馈")
    reply = replies[units[0]]
    said = _("无修改意见") if reply.agreed else _("要求改{count}项", count=len(reply.wanted))
    late_by = bracketed(_("{day}，逾期", day=display.short_day(reply.answered_on))) if reply.late(found.due) else ""
    return said + late_by


def receipt_words(found: Budget, regions: Collection[str]) -> str:
    """When a unit received its plan; of several how many did."""
    units = [unit for unit in found.units if unit in set(regions)]
    done = [step for unit in units if (step := found.one.last("receive", unit)) is not None]
    if len(units) > 1:
        return f"{len(done)}/{len(units)}"
    return display.short_day(done[0].day) if done else _("待签收") if units else ""


# --- items


def item_table(found: Budget, stages: Sequence[str] | None = None) -> Table:
    """The items of the region looked at stage by stage, how far the draft is from its proposal, what changed since."""
    stages = found.stages() if stages is None else stages
    columns = [Column("item", _("收支项目"))]
    for stage in stages:
        columns.append(
            Column(stage, found.stage_name(stage), "money", signed=stage == "wanted", what=f"budget.{stage}")
        )
        if stage == "drafted" and "proposed" in stages:
            columns.append(Column("deviation", _("偏离测算%"), "percent", signed=True, what="budget.deviation"))
        if stage == "second":
            columns.append(Column("change", _("二下－一下"), "money", signed=True, what="budget.change"))
    regions = found.within(found.reading.region)
    rows = []
    for side, total in TOTALS.items():
        items = found.planned(regions, side)
        rows += [_item_row(found, regions, item, stages) for item in items]
        rows.append(Row(_item_values(found, regions, items, stages, _(total)), style="total", part=_part(found, side)))
    title = _("分项目") + bracketed(round_name(found.one))
    return Table("budget-items", title, columns, rows, about=found.about, of_now=True)


def _item_row(found: Budget, regions: Collection[str], item: str, stages: Sequence[str]) -> Row:
    name = name_of(found.reading.scheme.item(item))
    values = _item_values(found, regions, (item,), stages, name)
    view = found.reading.view
    return Row(values, href=view.href(item=item), selected=view.item == item, part=_part(found, item), indent=1)


def _item_values(
    found: Budget, regions: Collection[str], items: Collection[str], stages: Sequence[str], name: str
) -> dict[str, object]:
    amounts = {stage: found.amount(regions, items, stage) for stage in (*stages, "drafted", "second")}
    deviation = found.deviation(regions, items)
    return {"item": name, **amounts, "deviation": deviation, "change": less(amounts["second"], amounts["drafted"])}


# --- the procedure


def step_table(found: Budget) -> Table:
    """The steps of the procedure: whose, by when, done when and with which document."""
    columns = (
        Column("step", _("步骤")),
        Column("offices", _("办理单位"), hidden=True),
        Column("due", _("截止日")),
        Column("done", _("办理情况"), className="wrap"),
    )
    rows = []
    for step in found.steps:
        now = step.code == found.one.state
        done = _done_words(found, step.code, now)
        values = {
            "step": step_name(found.one, step.code),
            "offices": offices(step),
            "due": display.short_day(step.due) if step.due else "",
            "done": done or offices(step),
        }
        mark: dict[str, Child] = {"step": html.Span("▸", className="now")} if now else {}
        rows.append(Row(values, style="" if done or now else "later", extra=mark))
    return Table("budget-steps", _("编制程序") + bracketed(round_name(found.one)), columns, rows, of_now=True)


def _done_words(found: Budget, code: str, now: bool) -> str:
    step = found.one.last(code)
    if code in OF_UNITS and found.units and (now or step or found.one.state == DONE or _passed(found, code)):
        words = reply_words(found, found.units) if code == "reply" else receipt_words(found, found.units)
        return words if code == "reply" else _("已签收{count}", count=words) if len(found.units) > 1 else words
    if step is None:
        return ""
    parts = [display.short_day(step.day), step.name or step.login, step.document or ""]
    return " ".join(part for part in parts if part)


def _passed(found: Budget, code: str) -> bool:
    codes = (*found.codes, DONE)
    return codes.index(found.one.state) > codes.index(code)
