"""The demonstration's 用款计划 of the last, the running and the next month, as the offices would have entered it: needs,
application, cuts, review and order as far as the day has come, and what one county has not paid out. The next month's is
left to visitors in two provinces: one city's needs are missing, nothing is applied for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, Engine

from data_access.books.indicators import Wanted, values_of
from data_access.books.requests import load_days
from data_access.books.versions import current_version
from data_access.store.engine import writing
from demonstration.world import stories
from demonstration.world.requests import disbursement_requests
from demonstration.world.simulation import units
from rules.department import Department
from rules.errors import NotInForce
from rules.month import SHANGHAI, Month
from rules.scheme import load_scheme
from workflows.fund_requests import steps
from workflows.fund_requests.register import MonthRequests, load_month
from workflows.fund_requests.steps import Line, Said
from workflows.people.accounts import By

PLACE = ("demo-other", "市县经办机构", Department.AGENCY)
AGENCY = ("demo-agency", "演示经办", Department.AGENCY)
FINANCE = ("demo-finance", "演示财政", Department.FISCAL)
CUT_FOR = "停发人员重复申报"
NEEDS_AHEAD = 3  # days before the application
Row = tuple[int, int | None, date, date | None]  # asked, approved, on which days


def enter_fund_requests(engine: Engine, scheme_code: str, now: datetime) -> None:
    """The three months; nothing where the register has been worked on, or the profile has no day for requests."""
    scheme, today = load_scheme(scheme_code), now.astimezone(SHANGHAI).date()
    running = Month.of(today)
    try:
        scheme.parameter("request_day", today)
    except NotInForce:
        return
    with writing(engine) as connection:
        version = current_version(connection)
        if version is None or load_month(connection, scheme_code, scheme.province, running).regions:
            return
        rows = _rows(scheme_code, running.plus(-1), running.plus(1))
        for month in (running.plus(-1), running, running.plus(1)):
            register = load_month(connection, scheme_code, scheme.province, month)
            register = _enter(connection, register, rows[month], now)
            if register.state == "approved":
                _order(connection, register, now, version.id)
        _not_paid(connection, scheme_code, now)


def _rows(scheme: str, first: Month, last: Month) -> dict[int, dict[str, Row]]:
    """What the world's units ask for and get, by month, whether or not its day has come."""
    table = disbursement_requests(scheme, first.plus(-3).first, last.plus(1).last)
    found: dict[int, dict[str, Row]] = defaultdict(dict)
    for _scheme, month, code, asked, approved, asked_on, approved_on in table.rows:
        found[month][code] = (asked, approved, asked_on, approved_on)
    return found


def _enter(connection: Connection, register: MonthRequests, rows: dict[str, Row], now: datetime) -> MonthRequests:
    province = load_scheme(register.scheme).province
    cities: dict[str, dict[str, Line]] = defaultdict(dict)
    for unit in units(province):
        if unit.code in rows:
            cities[unit.city][unit.code] = Line(rows[unit.code][0], 0)
    asked_on, approved_on = _day(row[2] for row in rows.values()), _day(row[3] for row in rows.values())
    left = (
        stories.LEFT_TO_VISITORS.get(register.scheme) if register.month > Month.of(now.astimezone(SHANGHAI)) else None
    )
    if left is not None:
        del cities[left]
    for number, lines in enumerate(cities.values()):
        by = _by(PLACE, asked_on - timedelta(days=NEEDS_AHEAD - number % NEEDS_AHEAD), 9 + number % 8)
        if by.at <= now:
            register = steps.report_needs(connection, register, lines, "", by)
    if left is not None:
        return register
    by = _by(AGENCY, asked_on, 17)
    if by.at <= now:
        register = steps.apply(connection, register, list(rows), Said("", sum(row[0] for row in rows.values())), 0, by)
    by = _by(FINANCE, approved_on, 16)
    if by.at <= now:
        cut = {code: Line(row[1], 1) for code, row in rows.items() if row[1] is not None and row[1] < row[0]}
        if cut:
            register = steps.cut(connection, register, cut, CUT_FOR, _by(FINANCE, approved_on, 15))
        total = sum(row[1] or 0 for row in rows.values())
        register = steps.review(connection, register, Said("", total), 1, by)
    return register


def _order(connection: Connection, register: MonthRequests, now: datetime, version: int) -> None:
    """The order of the day on which the ledger sends the month's money, once it has."""
    sent = [
        day
        for (_region, movement), days in load_days(connection, register.scheme, register.month, version).items()
        for day in days
        if movement == "disburse"
    ]
    reviewed = register.last("review")
    if sent and reviewed is not None and (by := _by(FINANCE, min(sent), 11)).at <= now:
        month = Month(register.month)
        said = Said("", reviewed.amount_fen, document=f"拨字〔{month.year}〕{month.number:02d}号", day=min(sent))
        steps.note_order(connection, register, said, register.row_version(register.root), by)


def _not_paid(connection: Connection, scheme: str, now: datetime) -> None:
    """The county that has persons unpaid by its statistics says why, and by when they will be."""
    province = load_scheme(scheme).province
    for region, month, persons in stories.UNPAID:
        if region[:2] != province[:2] or "pension" not in scheme or month >= Month.of(now.astimezone(SHANGHAI)):
            continue
        known = current_version(connection)
        assert known is not None
        wanted = Wanted("unpaid_due", month, region, known.id)
        found = [row.value.value for _wanted, row in values_of(connection, scheme, [wanted])]
        fen = int((found[0] or 0) * 100) if found else 0
        at = _by(PLACE, Month(month).plus(1).first.replace(day=12), 10)
        if fen and at.at <= now:
            register = load_month(connection, scheme, province, month)
            by_when = now.astimezone(SHANGHAI).date() + timedelta(days=6)
            said = Said("待核领取资格、银行账户异常", fen, persons, day=by_when)
            steps.register_unpaid(connection, register, region, said, register.row_version(region), at)


def _day(days: Iterable[date | None]) -> date:
    return max(day for day in days if day is not None)


def _by(person: tuple[str, str, str], day: date, hour: int) -> By:
    return By(*person, datetime.combine(day, time(hour), SHANGHAI))
