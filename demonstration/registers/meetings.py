"""The demonstration's meetings: two that were held, with what the last one decided, and the next one planned; noted by the
ordinary functions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from data_access.books.versions import closes
from data_access.store.engine import writing
from rules.department import Department
from rules.month import SHANGHAI, Month
from rules.scheme import load_scheme
from workflows.cases.instructions import finish_instruction, give_instruction, report_instruction
from workflows.meetings.register import Meeting, NewMeeting, load_meetings, register_meeting
from workflows.people.accounts import Account, By, Role
from workflows.warnings.working_clock import working_day

# Number, how many months before the last signed one its data were of, the day of the month after them on which it met.
HELD = ((4, 5, 24), (5, 3, 26))
PLANNED, DAYS_AHEAD = 6, 5
# Days until due, who leads, what was reported ("" for nothing yet), whether it was found done, what was decided.
DECIDED = (
    (30, Department.TAX, "欠费清单已逐户核对，可清的已清。", True, "由省税务局牵头，九月底前核清欠费清单。"),
    (61, Department.FISCAL, "各市补助已列入同级预算，两市待拨。", False, "由省财政厅督促地方补助按序时进度到位。"),
    (110, Department.AGENCY, "", False, "由省社保中心年底前完成重复领取疑点核查。"),
)
ROLES = {Department.TAX: Role.TAX, Department.FISCAL: Role.FINANCE, Department.AGENCY: Role.AGENCY}
OFFICES = {Department.TAX: "演示税务", Department.FISCAL: "演示财政", Department.AGENCY: "演示经办"}


def enter_meetings(engine: Engine, scheme_code: str, now: datetime) -> None:
    """The meetings of a scheme with signed months; nothing where some stand."""
    today = now.astimezone(SHANGHAI).date()
    with writing(engine) as connection:
        signed = {close.month for close in closes(connection, scheme_code)}
        if not signed or load_meetings(connection, scheme_code):
            return
        for number, before, day in HELD:
            month = Month(max(signed)).plus(-before)
            met = month.plus(1)
            held_on = date(met.year, met.number, day)
            if month in signed and held_on <= today:
                held = register_meeting(
                    connection, scheme_code, NewMeeting(number, held_on, month=month), _by(_morning(held_on))
                )
                if number == HELD[-1][0]:
                    _decide(connection, held, now)
        planned = NewMeeting(PLANNED, today + timedelta(days=DAYS_AHEAD), month=max(signed))
        register_meeting(connection, scheme_code, planned, _by(now))


def _decide(connection: Connection, held: Meeting, now: datetime) -> None:
    """What a meeting decided: one done, one reported, one under way."""
    province, at = load_scheme(held.scheme).province, _morning(held.held_on)
    clerk = Account("demo-writer", "演示文书", Role.WRITER, province, None, True)
    monitor = Account("demo-monitor", "演示监测员", Role.MONITOR, province, Department.SOCIAL, True)
    for days, office, reported, done, text in DECIDED:
        due = working_day(connection, held.held_on + timedelta(days=days))
        given = give_instruction(
            connection,
            clerk,
            at,
            scheme=held.scheme,
            region=province,
            text=text,
            given_to=f"{province}/{office}",
            due_on=due,
            meeting=held.id,
        )
        if reported and _morning(due) < now:
            who = Account(f"demo-{ROLES[office]}", OFFICES[office], ROLES[office], province, office, True)
            report_instruction(connection, who, _morning(due), given.number, 1, reported)
            if done:
                finish_instruction(connection, monitor, _morning(due) + timedelta(hours=3), given.number, 2)


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


def _by(at: datetime) -> By:
    return By("demo-writer", "演示文书", "", at)
