"""决算: what differs from December is explained before three offices sign; decisions come in their order, with documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from data_access.store.engine import writing
from tests.small_province import SCHEME
from workflows.final_accounts.register import (
    DECISIONS,
    SIGNING,
    FinalRefused,
    FinalYear,
    decide,
    explain,
    lines_of,
    load_steps,
    sign,
    take_back,
)
from workflows.people.accounts import By

YEAR = 2025
DECEMBER = {"premium": 500, "interest": 40, "pension": 700}
FINAL = {**DECEMBER, "interest": 43}


@pytest.fixture
def year(store: Engine) -> Callable[..., FinalYear]:
    def found(final: dict[str, int] = FINAL) -> FinalYear:
        with store.connect() as connection:
            return FinalYear(YEAR, lines_of(DECEMBER, final, [*DECEMBER]), load_steps(connection, SCHEME, YEAR))

    return found


def test_a_year_is_explained_signed_by_three_and_decided_in_order(
    store: Engine, year: Callable[..., FinalYear], now: datetime
) -> None:
    offices = {one: By(f"d-{one}", f"{one}", one, now) for one in SIGNING}
    finance, agency = offices[SIGNING[0]], offices[SIGNING[2]]

    def do(step: Callable[..., None], *given: object, of: dict[str, int] = FINAL) -> None:
        with writing(store) as connection:
            step(connection, SCHEME, year(of), *given)

    def refused(code: str, step: Callable[..., None], *given: object, of: dict[str, int] = FINAL) -> None:
        with pytest.raises(FinalRefused) as problem:
            do(step, *given, of=of)
        assert problem.value.code == f"final_{code}"

    assert [(line.item, line.difference_fen) for line in year().unexplained] == [("interest", 3)]
    refused("unexplained", sign, finance)
    refused("same", explain, "pension", "无", finance)
    do(explain, "interest", "补记利息", finance)
    refused("department", sign, By("t", "税", "tax", now))
    refused("order", take_back, "尚未签", agency)
    for department, by in offices.items():
        assert year().next_decision is None and department not in year().signatures
        do(sign, by)
    refused("signed", sign, finance)
    do(take_back, "有一处要改", agency)
    assert set(year().signatures) == set(SIGNING[:2]) and year().next_decision is None
    do(sign, agency)
    # What comes in afterwards is told, and is signed again before anything is decided.
    later = {**FINAL, "premium": 501}
    assert [line.item for line in year(later).changed_since(year(later).signatures[SIGNING[1]])] == ["premium"]
    day = date(2026, 3, 10)
    refused("order", decide, "review", "函1号", day, finance, of=later)
    refused("order", decide, "approve", "决议1号", day, finance)
    refused("day", decide, "review", "函1号", date(2025, 12, 30), finance)
    refused("day", decide, "review", "函1号", now.date() + timedelta(days=2), finance)
    for number, step in enumerate(DECISIONS):
        assert year().next_decision == step
        do(decide, step, f"{number}号", day + timedelta(days=number), finance)
    refused("decided", explain, "interest", "再改", finance)
    refused("decided", take_back, "再改", agency)
    done = year().decisions
    assert [done[step].document for step in DECISIONS] == ["0号", "1号", "2号"] and year().next_decision is None
