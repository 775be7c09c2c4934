"""Whose turn it is, by one table: every step of every workflow stands in it, and what one marks is one's own."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from data_access.books.regions import NATION, RegionTree, load_tree
from data_access.store.engine import writing
from monitoring.alerts.step import evaluate_alerts
from rules.alerts import workflow
from rules.alerts.threshold import Level
from rules.budget.procedure import STEPS
from rules.scheme import Scheme, load_scheme
from tests.case_store import open_case
from tests.small_province import NANJING, PROVINCE, SCHEME, WUXI
from tests.warning_store import INDICATOR, NOW, RED, publish_values
from workflows.briefings import flow
from workflows.fund_requests import steps as fund_steps
from workflows.gap import items
from workflows.income_reviews import register as review_steps
from workflows.issues import steps
from workflows.matters.boxes import matters, own_ledgers
from workflows.matters.marks import NONE, mark_read, marks_of, mute, unmute
from workflows.matters.records import Kind, Matter
from workflows.matters.table import AFTER, BY_STAGE, TURNS
from workflows.matters.turns import RULES, informed
from workflows.people.accounts import Account, Role
from workflows.statutory import register as marks
from workflows.thresholds import proposals


def told_kinds() -> set[str]:
    """What the workflow of a warning notifies, from its source: the words it announces."""
    tree = ast.parse(Path(workflow.__file__).read_text(encoding="utf-8"))
    said: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Turn", "_announce"):
            said |= {
                one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "told":
            said |= {
                one.value
                for one in ast.walk(node.value)
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
    return {kind.rstrip(":") for kind in said} - {"withheld"}


def test_every_step_that_a_workflow_knows_stands_in_the_table() -> None:
    assert set(AFTER) == set(Kind)
    assert {step.removeprefix("told:") for step in AFTER[Kind.CASE] if step.startswith("told:")} == told_kinds()
    assert set(AFTER[Kind.ISSUE]) == {*steps.OPEN_TO, "register"}
    assert set(AFTER[Kind.GAP]) == {*items.OPEN_TO, "register", "settle"}
    assert set(AFTER[Kind.BUDGET]) == {*STEPS, "open", "figure", "driver", "agree", "want", "back"}
    assert set(AFTER[Kind.BRIEFING]) == set(flow.FROM)
    assert set(AFTER[Kind.FUNDS]) == {*fund_steps.OPEN_TO, *fund_steps.OF_UNITS}
    assert set(AFTER[Kind.REVIEW]) == set(review_steps.STEPS)
    assert set(AFTER[Kind.DEADLINE]) == {marks.DONE, marks.TAKEN_BACK}
    assert set(AFTER[Kind.LIMITS]) == {
        proposals.WAITING,
        proposals.APPLIED,
        proposals.REFUSED,
        proposals.WITHDRAWN,
    }


def test_every_stage_has_one_line_and_every_line_is_reached_by_a_step() -> None:
    assert len(BY_STAGE) == len(TURNS) and {turn.who for turn in TURNS} == set(RULES)
    for kind in Kind:
        reached = set().union(*AFTER[kind].values())
        # These come with level and time, and not with a step.
        of_time = {"late", "uninstructed"} if kind is Kind.CASE else {"overdue"} if kind is Kind.INSTRUCTION else set()
        known = {turn.stage for turn in TURNS if turn.kind is kind} - of_time
        assert reached == known, kind


def the_matter(engine: Engine) -> Matter:
    with engine.connect() as connection:
        (found,) = (one for one in matters(connection, [load_scheme(SCHEME)], NOW) if one.kind is Kind.CASE)
    return found


def test_who_marks_a_matter_read_or_mutes_it_does_so_for_nobody_else(store: Engine) -> None:
    open_case(store)
    matter = the_matter(store)
    with writing(store) as connection:
        assert marks_of(connection, "nanjing") == {} and NONE.new(matter)
        assert mark_read(connection, "nanjing", [matter], NOW) == 1
        mute(connection, "nanjing", matter, NOW)
        mine = marks_of(connection, "nanjing")[matter.key]
        assert not mine.new(matter) and mine.mutes(matter)
        assert marks_of(connection, "monitor") == {}
        unmute(connection, "nanjing", matter)
        after = marks_of(connection, "nanjing")[matter.key]
        assert not after.mutes(matter) and after.read_at == NOW


def test_a_muted_matter_is_told_again_once_it_turns_red(sqlite_store: Engine) -> None:
    open_case(sqlite_store, worst="-6")
    matter = the_matter(sqlite_store)
    assert matter.level is Level.ORANGE
    with writing(sqlite_store) as connection:
        mute(connection, "nanjing", matter, NOW)
        mark = marks_of(connection, "nanjing")[matter.key]
    assert mark.mutes(matter)
    later = NOW + timedelta(hours=1)
    worse = publish_values(sqlite_store, {(INDICATOR, NANJING, "2026-09"): RED}, now=later)
    evaluate_alerts(sqlite_store, worse, later)
    assert the_matter(sqlite_store).level is Level.RED and not mark.mutes(the_matter(sqlite_store))


def test_of_a_warning_hear_monitors_and_who_can_act_where_they_see_the_place(sqlite_store: Engine) -> None:
    open_case(sqlite_store)
    matter = the_matter(sqlite_store)
    with sqlite_store.connect() as connection:
        tree = load_tree(connection, load_scheme(SCHEME))
    everyone = [Account(role, role, role, PROVINCE, None, False) for role in Role]
    everyone += [
        Account("here", "", Role.CITY, NANJING, None, False),
        Account("there", "", Role.CITY, WUXI, None, False),
    ]
    told = {one.login for one in everyone if informed(one, matter, tree)}
    # Premiums: the tax office can act. A leader hears of what is red.
    assert told == {"monitor", "tax", "leader", "city", "here"}


def test_a_nations_account_sees_the_province_whose_scheme_it_looks_at() -> None:
    ledgers = [
        load_scheme(code) for code in ("jiangsu-pension", "shanxi-pension", "jilin-pension", "jilin-work-injury")
    ]
    nation = Account("nation", "", Role.FINANCE, NATION, None, False)

    def tree_of(scheme: Scheme) -> RegionTree:
        raise AssertionError("asked only of a province's own accounts")

    def seen(looked_at: str) -> list[str]:
        return [one.code for one in own_ledgers(ledgers, tree_of, nation, looked_at)]

    assert seen("") == seen("published-pension") == ["jiangsu-pension"]
    assert seen("shanxi-pension") == ["shanxi-pension"]
    assert seen("jilin-work-injury") == ["jilin-pension", "jilin-work-injury"]
