"""What the demonstration's departments noted of the statutory days: nearly all of two years, by the ordinary functions.

Each ledger has one telling case, see ``CASES``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from data_access.store.engine import writing
from rules.department import Department
from rules.month import SHANGHAI
from rules.scheme import load_scheme
from workflows.people.accounts import By
from workflows.statutory.register import Noted, note_done, take_back
from workflows.statutory.standing import Standing, State, Statutory, load_statutory

REPORT = "quarterly_report_days"
# What became of the report on the last quarter: sent two working days late, not noted at all, noted by a wrong number and
# taken back; of Jilin's pensions it is in order, but one city has not acknowledged its plan.
LATE, SILENT, TAKEN_BACK = "late", "silent", "taken_back"
CASES = {"jiangsu-pension": LATE, "shanxi-pension": SILENT, "jilin-work-injury": TAKEN_BACK}
CITY_BEHIND = {"jilin-pension": "220800"}
BEFORE = timedelta(days=4)
OFFICES = {
    Department.SOCIAL: ("demo-monitor", "演示监测员"),
    Department.FISCAL: ("demo-finance", "演示财政"),
    Department.AGENCY: ("demo-agency", "演示经办"),
}


def note_days(engine: Engine, scheme_code: str, now: datetime) -> None:
    """The days of this year and the last that are over and that nothing but a note shows done; nothing where some stand."""
    today = now.astimezone(SHANGHAI).date()
    with writing(engine) as connection:
        found = load_statutory(connection, load_scheme(scheme_code), today)
        if found.journal or found.books.began is None:
            return
        days = [one for year in (today.year - 1, today.year) for one in found.of_year(year)]
        waiting = [one for one in days if not one.by_facts and one.state is State.OVERDUE]
        last = max((one.day.due for one in waiting if one.day.duty.code == REPORT), default=None)
        for number, one in enumerate(waiting, start=1):
            if one.of_units:
                if one.day.due.year == today.year:
                    _by_cities(connection, found, one)
            elif one.day.duty.code == REPORT and one.day.due == last:
                _last_report(connection, found, one, number)
            else:
                _note(connection, found, one, found.tree.root, one.day.due - BEFORE, number)


def _by_cities(connection: Connection, found: Statutory, one: Standing) -> None:
    for number, city in enumerate(found.books.units, start=1):
        if city != CITY_BEHIND.get(found.scheme.code):
            _note(connection, found, one, city, one.day.due - BEFORE, number)


def _last_report(connection: Connection, found: Statutory, one: Standing, number: int) -> None:
    case = CASES.get(found.scheme.code)
    if case == SILENT:
        return
    if case == LATE:
        calendar = found.calendar
        late = calendar.next_working(calendar.next_working(one.day.due))
        _note(connection, found, one, found.tree.root, min(late, found.today), number)
        return
    by = _note(connection, found, one, found.tree.root, one.day.due - BEFORE, number)
    if case == TAKEN_BACK:
        again = By(by.login, by.name, by.department, by.at + timedelta(days=1))
        take_back(connection, found.scheme.code, found.tree.root, one.day.key, "文号填错，核对后重新登记。", 1, again)


def _note(connection: Connection, found: Statutory, one: Standing, region: str, day: date, number: int) -> By:
    """Noted on the working day by which it was done."""
    on = found.calendar.last_working(day)
    login, name = OFFICES[one.day.duty.departments[0]] if region == found.tree.root else ("demo-city", "演示市县")
    at = datetime(on.year, on.month, on.day, 15, tzinfo=SHANGHAI)
    by = By(login, name, str(one.day.duty.departments[0]), at)
    noted = Noted(on, f"演示文〔{on.year}〕{number}号", "", 0)
    note_done(connection, found.scheme.code, region, one.day.key, noted, by)
    return by
