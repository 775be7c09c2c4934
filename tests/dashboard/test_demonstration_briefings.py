"""The demonstration's briefings: as an office would have them by now, and only in the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, update

from dashboard import create_site
from data_access.store import schema
from data_access.store.engine import writing
from demonstration_briefings import write_briefings
from tests import demonstration_store
from tests.dashboard.conftest import sign_in
from tests.demonstration_store import NOW, PROVINCE, SCHEME
from workflows.briefings import register
from workflows.briefings.register import Briefing


def issues(engine: Engine) -> list[Briefing]:
    with engine.connect() as connection:
        return sorted(register.briefings(connection, SCHEME, PROVINCE), key=lambda one: one.id)


def test_a_fresh_demonstration_has_issues_signed_one_begun_and_a_report_to_check(
    own_engine: Engine, tmp_path: Path
) -> None:
    write_briefings(own_engine, NOW)
    known = issues(own_engine)
    assert [(one.form, one.number, one.month, one.state, str(one.day)) for one in known] == [
        ("briefing", 1, 202608, "issued", "2026-09-11"),
        ("briefing", 2, 202609, "issued", "2026-10-11"),
        ("briefing", 3, 202610, "drafting", "None"),
        ("report", 1, 202610, "checking", "None"),
    ]
    assert all(one.data_version == 1 and "演示" in one.document_number + one.office for one in known)
    with own_engine.connect() as connection:
        for one in known:
            steps = register.steps(connection, one.id)
            assert [step.at for step in steps] == sorted(step.at for step in steps) and steps[-1].at <= NOW
            people = {step.step: step.login for step in steps if step.step in ("open", "send", "pass", "sign")}
            assert list(people.values()) == ["demo-writer", "demo-writer", "demo-monitor", "demo-leader"][: len(people)]
    leader = sign_in(create_site(demonstration_store.site_on(own_engine, tmp_path)).server, "p-leader")
    _read(leader.text)
    write_briefings(own_engine, NOW)
    assert issues(own_engine) == known


def _read(text: Callable[[str], str]) -> None:
    # Of the day it was written on, on which no warning had been judged.
    issued = text(f"/briefings/2?scheme={SCHEME}")
    assert "截至10月9日没有未办结的预警事项" in issued and "督促征缴进度偏慢的地区" in issued and "较上期改动" in issued
    begun = text(f"/briefings?scheme={SCHEME}")
    assert "第3期已沿用上期并换成2026年10月定稿数：4段待核" in begun and "截至11月20日，未办结预警事项" in begun
    archive = text(f"/briefings?scheme={SCHEME}&tab=archive")
    assert archive.count("比较") == 2 and "2026年10月11日" in archive


def test_no_office_of_its_own_gets_made_up_briefings(own_engine: Engine) -> None:
    with writing(own_engine) as connection:
        connection.execute(update(schema.scheme).values(demo=False))
    write_briefings(own_engine, NOW)
    assert issues(own_engine) == []
