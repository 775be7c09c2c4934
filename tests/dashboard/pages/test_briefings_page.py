"""简报材料: an issue from its draft to its signature, carried over with the next month's figures, by the people of each step."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from dashboard import create_site
from dashboard.exports import kept
from dashboard.exports.blocks import Grid, Paragraph, Picture, plain
from dashboard.pages.briefings.carry import all_drafts
from dashboard.site.reading import read
from dashboard.site.view import View
from dashboard.words.passport import Printed
from dashboard.words.wording import in_language
from data_access.books.published import Published
from tests import demonstration_store
from tests.dashboard.conftest import Reader, nodes, sign_in, words
from tests.demonstration_store import SCHEME
from workflows.briefings import register
from workflows.briefings.register import Briefing, Section
from workflows.people.accounts import Role
from workflows.people.rights import Scope

PAGE = f"/briefings?scheme={SCHEME}"
SEPTEMBER, OCTOBER = "2026-09", "2026-10"


@pytest.fixture
def people(own_engine: Engine, tmp_path: Path) -> Iterator[Callable[[str], Reader]]:
    server = create_site(demonstration_store.site_on(own_engine, tmp_path)).server
    yield lambda login: sign_in(server, login)


def act(person: Reader, name: str, at: str = "/briefings", **data: object) -> tuple[int, dict[str, Any]]:
    answer = person.client.post(f"/act{at}/{name}?scheme={SCHEME}", data=data, headers={"Accept": "application/json"})
    return answer.status_code, json.loads(answer.data)


def opened(person: Reader, month: str, *, carry: str = "") -> str:
    status, said = act(person, "briefing_open", form="briefing", month=month, carry=carry)
    assert status == 200, said
    return str(said["href"]).partition("?")[0]


def issue(engine: Engine, at: str) -> tuple[Briefing, tuple[Section, ...]]:
    number = int(at.rpartition("/")[2])
    with engine.connect() as connection:
        return register.briefing(connection, number), register.sections(connection, number)


def blocks(section: Section) -> list[Any]:
    return [kept.read_block(one) for one in section.content]


def text(section: Section) -> str:
    return "\n".join(plain(one.pieces) for one in blocks(section) if isinstance(one, Paragraph))


def confirm_all(person: Reader, engine: Engine, at: str) -> None:
    for one in issue(engine, at)[1]:
        if one.state != "confirmed":
            assert act(person, "briefing_confirm", at, section=one.id, section_version=one.version)[0] == 200


def figures(page: Any) -> list[tuple[str, str]]:
    """(key, text) of every figure on a page."""
    return [
        (one["props"]["data-figure"], "".join(str(child) for child in one["props"].get("children") or ""))
        for one in nodes(page)
        if "data-figure" in one["props"]
    ]


def test_a_draft_has_the_months_signed_figures_with_their_passports(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    writer = people("p-writer")
    assert "起草新一期" in writer.text(PAGE)
    at = opened(writer, OCTOBER)
    one, sections = issue(own_engine, at)
    assert (one.number, one.month, one.state) == (1, 202610, "drafting")
    assert [section.code for section in sections] == [
        "summary", "balance", "collection", "payment", "gap", "warnings", "next",
    ]  # fmt: skip
    assert {section.state for section in sections} == {"generated"}
    assert re.match(
        r"截至10月末，全省累计结余[\d,.]+亿元，可支付[\d.]+个月。1—10月收入[快慢]于历史同期", text(sections[0])
    )
    shown = figures(writer.page(f"{at}?scheme={SCHEME}"))
    overview = dict(figures(writer.page(f"/?scheme={SCHEME}&period={OCTOBER}")))
    both = [(key, said) for key, said in shown if key in overview]
    # The same figure reads the same as on the overview, but for a sign that is a word.
    assert len(both) >= 5
    assert not [(key, said, overview[key]) for key, said in both if overview[key].lstrip("+−") != said.lstrip("+−")]


def test_a_month_that_is_not_signed_has_no_briefing(people: Callable[[str], Reader]) -> None:
    status, said = act(people("p-writer"), "briefing_open", form="briefing", month="2026-11", carry="")
    assert status == 422 and "还没有定稿" in said["problem"]


def test_who_drafts_checks_and_signs(own_engine: Engine, people: Callable[[str], Reader]) -> None:
    writer, monitor, leader = (people(f"p-{role}") for role in ("writer", "monitor", "leader"))
    at = opened(writer, OCTOBER)

    def step(person: Reader, name: str, **data: object) -> int:
        version = issue(own_engine, at)[0].version
        return act(person, f"briefing_{name}", at, issue_version=version, **data)[0]

    assert step(writer, "send") == 422
    confirm_all(writer, own_engine, at)
    assert step(writer, "send") == 200
    section = issue(own_engine, at)[1][0]
    assert act(writer, "briefing_confirm", at, section=section.id, section_version=section.version)[0] == 422
    assert step(writer, "pass", words="") == 422  # the drafter himself
    assert step(leader, "pass", words="") == 403
    assert step(monitor, "return", words="请核对") == 200
    assert step(writer, "send") == 200 and step(monitor, "pass", words="") == 200
    assert step(monitor, "sign", words="") == 403
    assert step(leader, "sign", words="同意") == 200
    one, _sections = issue(own_engine, at)
    assert one.state == "issued" and one.day is not None
    for login, seen in (("p-writer", True), ("p-auditor", True)):
        assert ("第1期" in people(login).text(f"{PAGE}&tab=archive")) is seen
    assert "送审稿" not in leader.text(f"{at}?scheme={SCHEME}")
    assert people("c-jilin").client.get(f"{at}?scheme={SCHEME}").status_code in (200, 403)
    assert "无权查看" in people("c-jilin").text(f"{at}?scheme={SCHEME}")


def test_an_edited_text_keeps_its_figures_and_a_stale_window_loses(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    writer = people("p-writer")
    at = opened(writer, OCTOBER)
    first = issue(own_engine, at)[1][0]
    typed = text(first).replace("全省累计结余", "全省基金累计结余") + "\n支出同比增长7.77%。"
    given = {"section": first.id, "section_version": first.version, "heading": "摘要", "text": typed}
    assert act(writer, "briefing_edit", at, **given)[0] == 200
    assert act(writer, "briefing_edit", at, **given)[0] == 409
    changed = issue(own_engine, at)[1][0]
    assert changed.state == "edited" and text(changed) == typed
    kinds = [type(piece) for block in blocks(changed) for piece in block.pieces]
    was = [type(piece) for block in blocks(first) for piece in block.pieces]
    assert kinds.count(Printed) == was.count(Printed) > 3
    said = writer.text(f"{at}?scheme={SCHEME}")
    assert "没有出处的数字1处" in said.replace(" ", "")


def test_who_is_writing_in_a_section_is_said_by_name_and_can_be_taken_over(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    writer, monitor = people("p-writer"), people("p-monitor")
    at = opened(writer, OCTOBER)
    section = issue(own_engine, at)[1][0]
    stamp = writer.client.get("/api/v1/version").get_json()["version"]
    status, said = act(writer, "briefing_take", at, section=section.id)
    drawer = f"{at}?scheme={SCHEME}&item=s{section.id}"
    assert status == 200 and said["anew"] and f"item=s{section.id}" in said["href"]
    assert writer.client.get("/api/v1/version").get_json()["version"] == stamp  # no other page is asked again
    here = "Name of p-writer正在编辑（10:15起）"
    assert monitor.text(f"{at}?scheme={SCHEME}").replace(" ", "").count(here.replace(" ", "")) == 2
    assert "正在编辑" not in writer.text(f"{at}?scheme={SCHEME}")

    def inputs(person: Reader) -> list[str]:
        return [str(one["props"].get("name")) for one in nodes(person.drawer(drawer))]

    shown = words(monitor.drawer(drawer))
    assert here in shown and "从Name of p-writer手里接过来改" in shown and "全省累计结余" in shown
    assert "text" in inputs(writer) and "text" not in inputs(monitor)
    given = {"section": section.id, "section_version": section.version, "heading": "摘要", "text": "甲"}
    status, said = act(monitor, "briefing_edit", at, **given)
    assert status == 409 and "Name of p-writer正在改写这一节" in said["problem"]
    assert act(monitor, "briefing_take_over", at, section=section.id, over="p-leader")[0] == 409
    assert act(monitor, "briefing_take_over", at, section=section.id, over="p-writer")[0] == 200
    assert "text" in inputs(monitor) and "text" not in inputs(writer)
    assert act(writer, "briefing_edit", at, **given)[0] == 409
    assert act(monitor, "briefing_leave", at, section=section.id)[0] == 200
    assert act(writer, "briefing_edit", at, **given)[0] == 200


def test_the_next_issue_carries_over_words_and_material_with_new_figures(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    writer = people("p-writer")
    last = opened(writer, SEPTEMBER)
    kept_at = f"/act/keep?scheme={SCHEME}&period={SEPTEMBER}"
    assert writer.client.post(kept_at, data={"code": "trend"}).status_code == 303
    assert (
        writer.client.post(f"/act/funds/keep?scheme={SCHEME}&period={SEPTEMBER}", data={"code": "regions"}).status_code
        == 303
    )
    section = issue(own_engine, last)[1][0]
    for item in (1, 2):
        assert act(writer, "briefing_place", last, item=item, into=section.id)[0] == 200
    section = issue(own_engine, last)[1][0]
    typed = text(section).replace("全省累计结余", "全省基金累计结余") + "\n【图：累计结余】\n【表：分地区收支】"
    given = {"section": section.id, "section_version": section.version, "heading": "摘要", "text": typed}
    assert act(writer, "briefing_edit", last, **given)[0] == 200
    now = opened(writer, OCTOBER, carry="1")
    one, sections = issue(own_engine, now)
    assert one.number == 2 and one.based_on is not None
    assert text(sections[0]).startswith("截至10月末，全省基金累计结余")
    balance = next(piece for piece in blocks(sections[0])[0].pieces if isinstance(piece, Printed))
    assert balance.figure.period == OCTOBER
    picture, grid = blocks(sections[0])[1:]
    assert isinstance(picture, Picture) and isinstance(grid, Grid)
    assert "2026年10月" in picture.span and grid.table.period == "2026年10月已定稿"
    shown = writer.page(f"{now}?scheme={SCHEME}")
    marked = [one for one in nodes(shown) if "changed" in str(one["props"].get("className", "")).split()]
    assert marked and any("9月末" in str(one["props"].get("title")) for one in marked)


def test_only_writers_see_what_writers_do(own_engine: Engine, people: Callable[[str], Reader]) -> None:
    at = opened(people("p-writer"), OCTOBER)
    for login in ("p-leader", "p-auditor"):
        reader = people(login)
        said = reader.text(f"{at}?scheme={SCHEME}")
        assert "系统生成，待核" in said and "改写" not in said
        status, _said = act(reader, "briefing_open", form="briefing", month=OCTOBER, carry="")
        assert status == 403
    monitor_of_a_city = people("monitor-of-jilin")
    assert act(monitor_of_a_city, "briefing_drop", at, issue_version=1, words="x")[0] == 403


def test_a_signed_month_is_drafted_by_itself_for_its_writer(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    from datetime import timedelta

    from sqlalchemy import update

    from dashboard.pages.briefings.scheduled import drafting
    from data_access.store import schema
    from data_access.store.engine import writing

    writer = people("p-writer")
    assert act(writer, "briefing_schedule", form="briefing", every="month")[0] == 200
    assert "每月定稿后起草" in writer.text(PAGE)
    run = drafting(people("p-writer").client.application, own_engine, None, lambda: demonstration_store.NOW)

    def written() -> list[tuple[int, str, int]]:
        with own_engine.connect() as connection:
            return [(one.number, one.state, one.month) for one in register.briefings(connection, SCHEME, "220000")]

    run()
    assert written() == []  # nothing was signed since
    with writing(own_engine) as connection:
        was = schema.month_close
        connection.execute(
            update(was).where(was.c.month == 202610).values(signed_at=demonstration_store.NOW + timedelta(days=1))
        )
    run(), run()
    assert written() == [(1, "drafting", 202610)]
    version = issue(own_engine, "/briefings/1")[0].version
    assert act(writer, "briefing_drop", "/briefings/1", issue_version=version, words="不用")[0] == 200
    run()
    assert written() == []  # what a person dropped stays dropped


@pytest.mark.parametrize("month", ["2026-06", OCTOBER])
def test_an_english_draft_is_english_with_its_sentences_set_apart(shared_published: Published, month: str) -> None:
    at = read(shared_published, View("/briefings", SCHEME, "220000", month), Scope(Role.WRITER, "220000", None), demonstration_store.NOW)  # fmt: skip
    with in_language("en"):
        said = [plain(one.pieces) for blocks in all_drafts(at).values() for one in blocks if isinstance(one, Paragraph)]
    assert len(said) > 8
    for one in said:
        slip = re.search("[\u3000-\u9fff]|  |^ | $|[a-z]\\.[A-Z]|Province holds| 1 [a-z]+s |, [A-Z][a-z]+ed,", one)
        assert slip is None, (slip, one)


def test_words_written_by_hand_outlive_an_issue_that_only_confirmed_them(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    writer = people("p-writer")
    first = opened(writer, "2026-08")
    section = issue(own_engine, first)[1][0]
    typed = text(section).replace("全省累计结余", "全省基金累计结余")
    given = {"section": section.id, "section_version": section.version, "heading": "摘要", "text": typed}
    assert act(writer, "briefing_edit", first, **given)[0] == 200
    for month in (SEPTEMBER, OCTOBER):
        last = opened(writer, month, carry="1")
        confirm_all(writer, own_engine, last)
    assert text(issue(own_engine, last)[1][0]).startswith("截至10月末，全省基金累计结余")
    # Drafted anew it is the rules' again, and stays theirs.
    section = issue(own_engine, last)[1][0]
    assert act(writer, "briefing_redraft", last, section=section.id, section_version=section.version)[0] == 200
    again = opened(writer, OCTOBER, carry="1")
    assert text(issue(own_engine, again)[1][0]).startswith("截至10月末，全省累计结余")


def test_a_figure_that_moved_stops_the_issue_until_it_is_replaced_or_kept_with_a_note(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    from sqlalchemy import update

    from data_access.store import schema
    from data_access.store.engine import writing

    writer = people("p-writer")
    at = opened(writer, OCTOBER)
    confirm_all(writer, own_engine, at)
    section = issue(own_engine, at)[1][0]
    balance = next(piece for piece in blocks(section)[0].pieces if isinstance(piece, Printed))
    # As though the text had been written of other data.
    content = json.loads(json.dumps(section.content, ensure_ascii=False).replace(f'"{balance}"', '"1.00"'))
    table = schema.briefing_section
    with writing(own_engine) as connection:
        changed = json.dumps(content, ensure_ascii=False)
        connection.execute(update(table).where(table.c.id == section.id).values(content=changed))
    assert "锁定数来源已变" in writer.text(f"{at}?scheme={SCHEME}")
    assert act(writer, "briefing_send", at, issue_version=issue(own_engine, at)[0].version)[0] == 422
    given = {"section": section.id, "section_version": section.version, "block": 0, "key": balance.figure.key}
    assert act(writer, "briefing_keep", at, **given)[0] == 200
    confirm_all(writer, own_engine, at)
    kept_as = writer.text(f"{at}?scheme={SCHEME}")
    assert "1.00按数据版本" in kept_as.replace(" ", "") and "锁定数来源已变0处" in kept_as.replace(" ", "")
    assert act(writer, "briefing_send", at, issue_version=issue(own_engine, at)[0].version)[0] == 200


def test_a_table_whose_figures_moved_is_taken_anew_or_kept_with_a_note(
    own_engine: Engine, people: Callable[[str], Reader]
) -> None:
    from sqlalchemy import update

    from data_access.store import schema
    from data_access.store.engine import writing

    writer = people("p-writer")
    at = opened(writer, OCTOBER)
    kept_at = f"/act/funds/keep?scheme={SCHEME}&period={OCTOBER}"
    assert writer.client.post(kept_at, data={"code": "regions"}).status_code == 303
    into = issue(own_engine, at)[1][1]
    assert act(writer, "briefing_place", at, item=1, into=into.id)[0] == 200
    section = issue(own_engine, at)[1][1]
    of_rules, of_page = (place for place, one in enumerate(section.content) if one["block"] == "Grid")
    right = section.content

    def move(place: int) -> None:
        """As though the table had been written of other data."""
        content = json.loads(json.dumps(issue(own_engine, at)[1][1].content))
        cells = content[place]["table"]["rows"][0]["values"]
        next(one for one in cells.values() if isinstance(one, dict) and "figure" in one)["figure"]["value"] = (
            "100000000"
        )
        table = schema.briefing_section
        with writing(own_engine) as connection:
            changed = json.dumps(content, ensure_ascii=False)
            connection.execute(update(table).where(table.c.id == section.id).values(content=changed))

    def shown() -> str:
        return writer.text(f"{at}?scheme={SCHEME}").replace(" ", "")

    def change(name: str, place: int) -> int:
        now = issue(own_engine, at)[1][1]
        return act(writer, name, at, section=now.id, section_version=now.version, block=place, key="table")[0]

    assert "来源已变，" not in shown()
    assert change("briefing_replace", of_rules) == 422  # nothing has moved
    for place, number in ((of_rules, "表1"), (of_page, "表2")):
        move(place)
        assert f"{number}来源已变，1个数不同0.01→" in shown() and "锁定数来源已变1处" in shown()
        assert change("briefing_replace", place) == 200
        assert issue(own_engine, at)[1][1].content == right and "来源已变，" not in shown()
    move(of_page)
    assert change("briefing_keep", of_page) == 200
    assert "来源已变，" not in shown() and "分地区收支按数据版本" in shown()
