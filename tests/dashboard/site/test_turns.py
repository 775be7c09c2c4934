"""Who is told is who may: one case through every command, and at each stage the table against the acts themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from data_access.books.regions import RegionTree, load_tree
from data_access.store.engine import writing
from rules.alerts.episode import Result
from rules.department import Department
from rules.errors import NotAllowed, WorkRefused
from rules.scheme import load_scheme
from tests.case_store import TO_COUNTY, TO_TAX, evidence, open_case, the_case
from tests.dashboard.site.test_rights import ACTS
from tests.small_province import NANJING, PROVINCE, SCHEME, WUXI, XUANWU
from tests.warning_store import NOW
from workflows.cases import commands, requests
from workflows.cases.register import Case
from workflows.matters.boxes import matters
from workflows.matters.records import Kind, Matter
from workflows.matters.table import AFTER
from workflows.matters.turns import turns_of
from workflows.people.accounts import Account, Role, create_account, usable_accounts
from workflows.people.rights import scope_of

DUE, LATER_DUE, PAST = date(2026, 11, 25), date(2026, 12, 2), timedelta(days=4)
MORE = (
    ("p-tax", Role.TAX, PROVINCE, None),
    ("p-finance", Role.FINANCE, PROVINCE, None),
    ("c-tax", Role.CITY, NANJING, Department.TAX),
    ("c-social", Role.CITY, NANJING, Department.SOCIAL),
    ("c-fiscal", Role.CITY, NANJING, Department.FISCAL),
    ("x-tax", Role.TAX, XUANWU, None),
    ("writer", Role.WRITER, PROVINCE, None),
    ("w-tax", Role.TAX, WUXI, None),
)
Try = Callable[[Connection, Account, Any, Case], object]


def _pending(case: Case) -> int:
    return case.pending[0].id


# The act of the table → its command, with what a person would enter.
TRIES: dict[str, Try] = {
    "case_sign": lambda c, who, now, case: commands.sign(c, who, now, case, case.versions),
    "case_assign": lambda c, who, now, case: commands.assign(c, who, now, case, case.versions, to=TO_TAX, due=DUE),
    "case_submit": lambda c, who, now, case: commands.submit(
        c, who, now, case, case.versions, cause="arrears", text="已清欠", attachments=[evidence(c, case, who)]
    ),
    "case_remind": lambda c, who, now, case: commands.remind(c, who, now, case),
    "case_close": lambda c, who, now, case: commands.close(c, who, now, case, case.versions, text="已核实"),
    "case_decide": lambda c, who, now, case: requests.decide(
        c, who, now, case, case.versions, request=_pending(case), granted=False, text="不同意"
    ),
    "instruct": lambda c, who, now, case: commands.instruct(
        c, who, now, case, text="请核实", given_to=TO_TAX, due_on=LATER_DUE
    ),
}


class Undone(Exception):
    """Nothing of an attempt is kept."""


def may(connection: Connection, account: Account, act: str, now: Any, case: Case) -> bool:
    """Whether the act is open to the account: its role has it, and the command refuses it for no want of right."""
    if not ACTS[act].permits(scope_of(account)):
        return False
    try:
        with connection.begin_nested():
            TRIES[act](connection, account, now, case)
            raise Undone
    except Undone:
        return True
    except NotAllowed:
        return False
    except WorkRefused as refused:
        return refused.code != f"work_{Result.FOUR_EYES}"


def standing(connection: Connection, now: Any) -> Matter:
    (found,) = (one for one in matters(connection, [load_scheme(SCHEME)], now) if one.kind is Kind.CASE)
    return found


def demand_told_may(connection: Connection, tree: RegionTree, now: Any) -> frozenset[str]:
    """At the stage where the case is, of every act that is next: told are exactly those who may; its stages."""
    matter = standing(connection, now)
    acts: dict[str, set[str]] = {}
    accounts = usable_accounts(connection, NOW)
    for account in accounts:
        for turn, _waiting in turns_of(account, matter, tree):
            acts.setdefault(turn.act, set()).add(account.login)
    for act, told in acts.items():
        able = {account.login for account in accounts if may(connection, account, act, now, matter.record)}
        if act == "case_submit":
            # Who handed it down stays answerable, and waits for who has it now.
            assert told <= able, act
        elif act == "case_assign" and matter.record.acked:
            assert told == able
        else:
            assert told == able, (act, told ^ able)
        assert told, act
    return frozenset(waiting.stage for waiting in matter.waiting)


Step = tuple[str, str, Callable[[Connection, Account, Any, Case], object], timedelta]
# One case through every command: who, what, at how long after the opening.
WALK: tuple[Step, ...] = (
    ("nanjing", "sign", TRIES["case_sign"], timedelta(hours=1)),
    ("monitor", "assign", TRIES["case_assign"], timedelta(hours=2)),
    ("leader", "instruct", TRIES["instruct"], timedelta(hours=2)),
    (
        "tax",
        "hand_down",
        lambda c, who, now, case: commands.hand_down(c, who, now, case, case.versions, to=TO_COUNTY),
        timedelta(hours=3),
    ),
    (
        "x-tax",
        "ask",
        lambda c, who, now, case: requests.ask_extension(
            c, who, now, case, case.versions, text="月底到账", until=LATER_DUE
        ),
        timedelta(hours=4),
    ),
    ("monitor-2", "decide", TRIES["case_decide"], timedelta(hours=5)),
    (
        "nanjing",
        "ask",
        lambda c, who, now, case: requests.object_to_data(c, who, now, case, case.versions, text="重复入账"),
        timedelta(hours=5),
    ),
    ("monitor", "decide", TRIES["case_decide"], timedelta(hours=6)),
    (
        "nanjing",
        "ask",
        lambda c, who, now, case: requests.ask_force_majeure(c, who, now, case, case.versions, text="洪灾"),
        timedelta(hours=6),
    ),
    ("monitor", "decide", TRIES["case_decide"], timedelta(hours=7)),
    (
        "monitor",
        "letter",
        lambda c, who, now, case: commands.note_letter(c, who, now, case, kind="notice", text="", figures={}),
        PAST,
    ),
    ("monitor", "remind", TRIES["case_remind"], timedelta(days=7)),
    ("x-tax", "submit", TRIES["case_submit"], timedelta(days=7)),
    (
        "monitor",
        "return",
        lambda c, who, now, case: commands.send_back(c, who, now, case, case.versions, text="补充"),
        timedelta(days=7),
    ),
    ("tax", "submit", TRIES["case_submit"], timedelta(days=8)),
    (
        "monitor",
        "ask",
        lambda c, who, now, case: requests.except_from_work(
            c, who, now, case, case.versions, text="政策因素", until=date(2026, 12, 31)
        ),
        timedelta(days=8),
    ),
    (
        "monitor-2",
        "decide",
        lambda c, who, now, case: requests.decide(
            c, who, now, case, case.versions, request=_pending(case), granted=True, text="同意"
        ),
        timedelta(days=8),
    ),
)
# They go to several cases or none, or are what another is made of.
BESIDE = {"remind_all", "close_members", "silence", "unsilence", "enter", "close", "seen_as_was"}


def test_at_every_stage_exactly_those_are_told_who_may_do_what_is_next(sqlite_store: Engine) -> None:
    open_case(sqlite_store)
    done, was = set(), frozenset[str]()
    with writing(sqlite_store) as connection:
        for login, role, region, department in MORE:
            create_account(connection, login=login, name=login, role=role, region=region, department=department)
        tree = load_tree(connection, load_scheme(SCHEME))
        people = {account.login: account for account in usable_accounts(connection, NOW)}
    for login, step, take, after in WALK:
        now = NOW + after
        with writing(sqlite_store) as connection:
            was = demand_told_may(connection, tree, now)
            assert was
            take(connection, people[login], now, the_case(sqlite_store))
            done.add(step)
        with writing(sqlite_store) as connection:
            stages = {one.stage for one in standing_or_none(connection, now)}
            of_time = {"late", "uninstructed"}
            assert stages - of_time <= AFTER[Kind.CASE][step] | was, (step, stages)
    with writing(sqlite_store) as connection:
        assert standing_or_none(connection, NOW + timedelta(days=9)) == ()
    assert done == {step for step in AFTER[Kind.CASE] if not step.startswith("told:")} - {"close"}


def standing_or_none(connection: Connection, now: Any) -> tuple[Any, ...]:
    return standing(connection, now).waiting


@pytest.mark.parametrize("module", [commands, requests])
def test_the_walk_takes_every_command_there_is(module: Any) -> None:
    """A new command is a new line of the walk."""
    public = {
        name
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__
        and not name.startswith("_")
        and "case" in inspect.signature(one).parameters
    }
    source = inspect.getsource(inspect.getmodule(test_the_walk_takes_every_command_there_is))  # type: ignore[arg-type]
    missing = {name for name in public - BESIDE if f"{module.__name__.rpartition('.')[2]}.{name}(" not in source}
    assert missing == set()
