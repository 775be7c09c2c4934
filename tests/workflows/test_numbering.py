"""Numbers that people read: given one after another past every power of ten, to one writer at a time, and in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Column, Connection, Engine, update

from data_access.store.engine import writing
from tests.case_store import open_case, who
from tests.small_province import NANJING, SCHEME, load_province
from tests.workflows.test_gap_registers import NOW, by, lead
from tests.workflows.test_violations import ANNA, FOUND, registered
from workflows.cases.commands import note_letter
from workflows.cases.instructions import TABLE as INSTRUCTION, give_instruction
from workflows.gap import items as gap_items
from workflows.gap.register import ITEM, load_gap_items
from workflows.issues import steps as violation_steps
from workflows.issues.register import load_violations
from workflows.people.accounts import Account, Role

LEADER = Account("leader", "leader", Role.LEADER, "320000", None, False)


def instructed(connection: Connection) -> str:
    given = {"scheme": SCHEME, "region": NANJING, "text": "-", "given_to": "税务", "due_on": date(2026, 12, 1)}
    return give_instruction(connection, LEADER, NOW, **given).number  # type: ignore[arg-type]


def renumbered(column: Column[str], give: Callable[[Connection], str]) -> Callable[[Connection, str], None]:
    """Registers one under a number of the test's choice."""

    def stand(connection: Connection, number: str) -> None:
        connection.execute(update(column.table).where(column == give(connection)).values({column.name: number}))

    return stand


def problem_of_number(connection: Connection, number: str) -> None:
    violation_steps.register(connection, SCHEME, FOUND, ANNA, ref=number)


GIVE: dict[str, Callable[[Connection], str]] = {
    "problem": lambda connection: registered(connection).ref,
    "gap": lambda connection: lead(connection).number,
    "instruction": instructed,
}
STAND = {
    "problem": problem_of_number,
    "gap": renumbered(ITEM.c.number, GIVE["gap"]),
    "instruction": renumbered(INSTRUCTION.c.number, instructed),
}


@pytest.mark.parametrize(
    ("what", "standing", "given"),
    [
        ("problem", ("W26-998", "W26-999"), ("W26-1000", "W26-1001")),
        ("problem", ("W26-9999", "W26-999", "W26-1000"), ("W26-10000", "W26-10001")),
        ("problem", ("W26-007", "W26-009A", "W25-400"), ("W26-008", "W26-009")),
        ("gap", ("26-98", "26-99"), ("26-100", "26-101")),
        ("gap", ("26-999", "26-04-R", "25-1200"), ("26-1000", "26-1001")),
        ("instruction", ("2026-9",), ("2026-10", "2026-11")),
        ("instruction", ("2026-998", "2026-999", "2025-1400"), ("2026-1000", "2026-1001")),
    ],
)
def test_the_next_number_follows_the_highest_of_its_year(
    store: Engine, what: str, standing: tuple[str, ...], given: tuple[str, ...]
) -> None:
    load_province(store, NOW)
    with writing(store) as connection:
        for number in standing:
            STAND[what](connection, number)
        assert tuple(GIVE[what](connection) for _ in given) == given


def test_a_problem_is_numbered_by_the_year_of_the_office_clock(sqlite_store: Engine) -> None:
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight in Beijing
    with writing(sqlite_store) as connection:
        made = violation_steps.register(connection, SCHEME, FOUND, replace(ANNA, at=new_year))
    assert made.ref == "W27-001"


def at_once(store: Engine, give: Callable[[Connection], str]) -> list[str]:
    """What two are given when the second asks before the first is done."""
    numbers: list[str] = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with writing(store) as connection:
            numbers.append(give(connection))

    other = threading.Thread(target=second)
    with writing(store) as connection:
        numbers.append(give(connection))
        other.start()
        begun.wait()
        time.sleep(0.3)  # the second one is now waiting, or has read what is not committed
    other.join()
    return numbers


@pytest.mark.parametrize("what", GIVE)
def test_two_who_register_at_once_get_two_numbers(store: Engine, what: str) -> None:
    load_province(store, NOW)
    assert len(set(at_once(store, GIVE[what]))) == 2


def test_two_letters_of_one_case_at_once_get_two_numbers(store: Engine) -> None:
    case = open_case(store)

    def letter(connection: Connection) -> str:
        monitor = who(connection, "monitor")
        made = note_letter(connection, monitor, NOW, case, kind="notice", text="请反馈", figures={})
        return str(made.details["number"])

    assert at_once(store, letter) == [f"{case.number}-1", f"{case.number}-2"]


def test_registers_stand_in_the_order_of_their_numbers(sqlite_store: Engine) -> None:
    load_province(sqlite_store, NOW)
    with writing(sqlite_store) as connection:
        for number in (9, 10, 99, 100, 1000):
            STAND["gap"](connection, f"26-{number:02d}")
            STAND["problem"](connection, f"W26-{number:03d}")
        withdrawn = load_gap_items(connection, SCHEME)[2]
        gap_items.withdraw(connection, withdrawn, SCHEME, "-", "-", by("monitor"))
        assert [item.number for item in load_gap_items(connection, SCHEME)] == [
            "26-1000",
            "26-100",
            "26-99-R",
            "26-99",
            "26-10",
            "26-09",
        ]
        assert [one.ref for one in load_violations(connection, SCHEME)] == [
            "W26-009",
            "W26-010",
            "W26-099",
            "W26-100",
            "W26-1000",
        ]
