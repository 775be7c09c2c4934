"""Briefings: numbers, sections and their order, four eyes, what stands once it was signed; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from data_access.store.engine import writing
from rules.errors import StaleRow
from workflows.briefings import basket, flow, holding, register, writing as draft
from workflows.people.accounts import By

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
WRITER, CHECKER, LEADER = (By(login, login, "", NOW) for login in ("writer", "checker", "leader"))
HEAD = {"title": "10月运行情况", "name": "简报", "office": "省厅", "signer": "周某"}


def opened(connection, *, month: int = 202610, based_on: int | None = None, form: str = "briefing") -> int:
    opening = draft.Opening("jiangsu-pension", "320000", form, "zh", month, 3, HEAD, based_on)
    parts = [draft.Draft(code, code, [{"block": "Heading"}]) for code in ("summary", "balance", "next")]
    return draft.open_issue(connection, opening, parts, WRITER)


def confirmed(connection, number: int) -> None:
    for one in register.sections(connection, number):
        draft.confirm(connection, number, one, WRITER)


def test_an_issue_takes_the_next_number_of_its_year_and_form(store: Engine) -> None:
    with writing(store) as connection:
        first, second, other = opened(connection), opened(connection), opened(connection, form="report")
        flow.take(connection, register.briefing(connection, second), "drop", "", WRITER)
        third, january = opened(connection), opened(connection, month=202701)
        numbers = [register.briefing(connection, one).number for one in (first, second, other, third, january)]
        shown = [one.id for one in register.briefings(connection, "jiangsu-pension", "320000")]
    assert numbers == [1, 2, 1, 3, 1]
    assert second not in shown and shown[0] == january


def test_sections_are_moved_added_and_taken_out(store: Engine) -> None:
    with writing(store) as connection:
        number = opened(connection)
        ids = [one.id for one in register.sections(connection, number)]
        draft.move_section(connection, number, ids[2], 1, WRITER)
        assert [one.id for one in register.sections(connection, number)] == [ids[2], ids[0], ids[1]]
        draft.move_section(connection, number, ids[2], 99, WRITER)
        own = draft.add_section(connection, number, draft.Draft(draft.OWN, "七、其他", []), WRITER)
        draft.remove_section(connection, number, register.section(connection, ids[0], number), WRITER)
        left = register.sections(connection, number)
        told = [one.step for one in register.steps(connection, number)]
    assert [one.id for one in left] == [ids[1], ids[2], own] and [one.place for one in left] == [1, 2, 3]
    assert told == ["open", "move", "move", "add", "remove"]


def test_two_windows_do_not_overwrite_each_other(store: Engine) -> None:
    with writing(store) as connection:
        number = opened(connection)
        seen = register.sections(connection, number)[0]
        draft.write_section(connection, number, seen, WRITER, content=[{"block": "Note"}])
        with pytest.raises(StaleRow):
            draft.write_section(connection, number, seen, WRITER, content=[])
        now = register.section(connection, seen.id, number)
        issue = register.briefing(connection, number)
        draft.write_head(connection, issue, dict.fromkeys(register.HEAD, "x"), date(2026, 11, 25), WRITER)
        with pytest.raises(StaleRow):
            draft.write_head(connection, issue, dict.fromkeys(register.HEAD, "y"), None, WRITER)
        stands = register.briefing(connection, number)
    assert now.content == [{"block": "Note"}] and now.state == "edited" and now.version == 2
    assert (stands.signer, stands.day) == ("x", date(2026, 11, 25))


def test_draft_check_and_signature_are_of_different_people(store: Engine) -> None:
    with writing(store) as connection:
        number = opened(connection)

        def step(name: str, by: By, text: str = "") -> None:
            flow.take(connection, register.briefing(connection, number), name, text, by)

        with pytest.raises(flow.NotConfirmed):
            step("send", WRITER)
        confirmed(connection, number)
        step("send", WRITER)
        with pytest.raises(draft.NotADraft):
            confirmed(connection, number)
        for name in ("pass", "return"):
            with pytest.raises(flow.SamePerson):
                step(name, WRITER)
        step("return", CHECKER, "请核对第二节")
        step("send", WRITER)
        with pytest.raises(flow.NotNow):
            step("sign", LEADER)
        step("pass", CHECKER)
        with pytest.raises(flow.SamePerson):
            step("sign", WRITER)
        step("sign", LEADER)
        with pytest.raises(flow.NotNow):
            step("return", LEADER)
        issued = register.briefing(connection, number)
        last = register.last_issue(connection, "jiangsu-pension", "320000", "briefing")
    # 09:00 on the Shanghai clock.
    assert issued.state == "issued" and issued.day == date(2026, 11, 20)
    assert last is not None and last.id == number


def test_a_basket_is_its_owners_alone_and_holds_a_thing_once(store: Engine) -> None:
    new = basket.NewItem("jiangsu-pension", "picture", "结余", "总览", "/", "trend", "10月", 3, {"block": "Picture"})
    with writing(store) as connection:
        number = basket.add(connection, "writer", new, NOW)
        assert basket.add(connection, "writer", new, NOW + timedelta(minutes=1)) == number
        later = basket.add(connection, "writer", replace(new, data_version=4), NOW)
        assert [one.id for one in basket.items(connection, "writer")] == [number, later]
        assert basket.item(connection, "writer", number).of == new
        for act in (basket.item, basket.remove):
            with pytest.raises(basket.NoSuchItem):
                act(connection, "leader", number)
        basket.remove(connection, "writer", number)
        for place in range(basket.MOST - 1):
            basket.add(connection, "writer", replace(new, code=f"t{place}"), NOW)
        with pytest.raises(basket.BasketFull):
            basket.add(connection, "writer", replace(new, code="more"), NOW)
        assert basket.count(connection, "writer") == basket.MOST


def test_one_at_a_time_writes_in_a_section_and_whose_it_is_ends_by_itself(store: Engine) -> None:
    soon, later = (replace(CHECKER, at=NOW + timedelta(minutes=past)) for past in (9, 11))
    with writing(store) as connection:
        number = opened(connection)
        first, second = [one.id for one in register.sections(connection, number)][:2]

        def seen(wanted: int = first) -> register.Section:
            return register.section(connection, wanted, number)

        holding.take(connection, number, first, WRITER)
        holding.take(connection, number, first, replace(WRITER, at=NOW + timedelta(minutes=1)))  # opened again
        hold = holding.held_by_another(seen(), CHECKER.login, soon.at)
        assert hold == register.Hold("writer", "writer", NOW, NOW + timedelta(minutes=11))
        assert holding.held_by_another(seen(), WRITER.login, NOW) is None
        for refused in (
            lambda: holding.take(connection, number, first, soon),
            lambda: holding.take(connection, number, first, soon, over="leader"),
            lambda: draft.write_section(connection, number, seen(), soon, content=[]),
            lambda: draft.remove_section(connection, number, seen(), soon),
        ):
            with pytest.raises(holding.BeingEdited) as who:
                refused()
            assert who.value.parameters == {"name": "writer"}
        draft.write_section(connection, number, seen(second), soon, content=[])
        holding.take(connection, number, first, soon, over="writer")
        with pytest.raises(holding.BeingEdited):
            draft.write_section(connection, number, seen(), WRITER, content=[])
        holding.leave(connection, number, first, WRITER)  # another's stands
        assert holding.held_by_another(seen(), WRITER.login, soon.at) is not None
        draft.write_section(connection, number, seen(), soon, content=[])
        assert seen().hold is None
        holding.take(connection, number, first, WRITER)
        assert holding.held_by_another(seen(), CHECKER.login, later.at) is None
        holding.take(connection, number, first, later)
        holding.leave(connection, number, first, later)
        assert seen().hold is None and seen().version == 2
        told = [one.step for one in register.steps(connection, number)]
    assert told == ["open", "edit", "edit"]
