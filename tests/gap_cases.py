"""Items of the register of management gaps in every state, for tests of a scheme whose demonstration has none."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Engine

from data_access.books.parameters import scheme_in_force, set_parameter
from data_access.books.plans import load_plans
from data_access.store.engine import writing
from demonstration.registers.gap import enter_items
from demonstration.world.gap import Case, shortfall
from rules.scheme import MANAGEMENT_GAP

WAN = 1_000_000


def cases(units: tuple[str, ...], size: int) -> tuple[Case, ...]:
    """One item of each state, oldest first; ``size`` is in 万元."""
    region = iter(units[3::7])
    return (
        Case(next(region), "增设项目列入基金支付", "基金支付项目清查表", {"kind": "added_items", "paid_fen": WAN * (size)}, "settled", 130, due_in=-40, paid=Decimal(1), budgeted=True),
        Case(next(region), "擅自下调单位缴费比例", "缴费比例执行情况比对", {"kind": "rate_cut", "headcount": 110 * size, "monthly_base_yuan": "4230", "months": 6, "cut": "0.005"}, "told", 100, due_in=-18, paid=Decimal("0.4"), budgeted=True),
        Case(next(region), "支付不符合规定的待遇", "支付流水抽查记录", {"kind": "over_other", "amount_fen": WAN * (2 * size)}, "signing", 80,
             excluded_fen=WAN * (size // 4), excluded_why="灾后临时救助按省级文件发放的部分，见证明材料",
             objection="其中一部分系灾后临时救助，请予剔除。", reply="经核，相应金额按不可抗力剔除，其余维持认定。"),
        Case(next(region), "缓缴到期未收回造成少收", "缓缴台账", {"kind": "less_other", "amount_fen": WAN * (size), "in_shortfall": True}, "objected", 50,
             objection="到期款项已于次月收回，请重新核对。"),
        Case(next(region), "重复登记的线索", "支付流水抽查记录", {"kind": "over_other", "amount_fen": WAN * (size // 2)}, "withdrawn", 30),
        Case(next(region), "其他少收线索", "数据比对清单", {"kind": "less_other", "amount_fen": WAN * (size)}, "lead", 20),
        shortfall(next(region), 0.04, 10),
    )  # fmt: skip


def enter(engine: Engine, scheme_code: str, now: datetime) -> None:
    """The province adopts the management gap; items for the units that have a plan."""
    began = date(now.year, 1, 1)
    with writing(engine) as connection:
        if not scheme_in_force(connection, scheme_code).knows(MANAGEMENT_GAP, began):
            decided = began.isoformat(), f"吉人社办〔{now.year}〕1号", "test", now
            set_parameter(connection, scheme_code, MANAGEMENT_GAP, began, *decided)
        scheme, plans = scheme_in_force(connection, scheme_code), load_plans(connection, scheme_code)
        units = plans.units_of(plans.tree.root, now.year)
        enter_items(connection, scheme, plans, cases(units, 90), now)
