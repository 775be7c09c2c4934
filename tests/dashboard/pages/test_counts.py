"""Counts say of what they are, 预警事项, 处, 预警标准, and two counts of one thing are equal on every page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from tests.dashboard.conftest import Reader, nodes, words
from tests.demonstration_store import JILIN_CITY, PROVINCE, SCHEME
from workflows.people import rights
from workflows.people.accounts import Role
from workflows.people.rights import Scope


def number(said: str, pattern: str) -> int:
    """The number that stands in a text; 0 where the page says that there is none."""
    found = re.search(pattern, said)
    return 0 if found is None else int(found[1])


@pytest.mark.parametrize(
    ("login", "region"), [("p-monitor", PROVINCE), ("p-monitor", JILIN_CITY), ("c-jilin", JILIN_CITY)]
)
def test_every_page_counts_the_same_open_cases(
    reader: Callable[[str], Reader], shared_engine: Engine, login: str, region: str
) -> None:
    wanted = "SELECT COUNT(*) FROM work_case WHERE scheme = :scheme AND closed_at IS NULL AND place LIKE :below"
    with shared_engine.connect() as connection:
        below = f"{region[:4] if region != PROVINCE else region[:2]}%"
        cases = connection.execute(text(wanted), {"scheme": SCHEME, "below": below}).scalar_one()
    look = reader(login)
    of = f"scheme={SCHEME}&region={region}"
    counted = {
        "card": number(look.text(f"/?{of}&period=live"), r"预警事项(\d+)项"),
        "region": number(look.text(f"/region/{region}?{of}"), r"本地有预警事项(\d+)项"),
        "queue": number(look.text(f"/warnings?{of}"), r"预警事项(\d+)项"),
        "all": number(look.text(f"/region/{region}?{of}"), r"全部(\d+)项预警事项"),
        "list": number(look.text(f"/warnings?{of}&tab=list"), r"合并为(\d+)项预警事项"),
    }
    assert set(counted.values()) == {cases}, counted


def test_the_list_and_the_rules_count_the_same_places(reader: Callable[[str], Reader], shared_engine: Engine) -> None:
    with shared_engine.connect() as connection:
        wanted = text(
            "SELECT standing, COUNT(*) FROM alert_state WHERE scheme = :scheme AND level > 0 GROUP BY standing"
        )
        by_standing: dict[str, int] = dict(connection.execute(wanted, {"scheme": SCHEME}).tuples().all())
    look = reader("p-monitor")
    listed = look.text(f"/warnings?scheme={SCHEME}&tab=list")
    rules = look.text(f"/thresholds?scheme={SCHEME}")
    everything = sum(by_standing.values())
    assert number(listed, r"超过预警标准共(\d+)处") == everything > 0
    assert number(rules, r"现在超限(\d+)处") == everything
    told = {"act": r"须办(\d+)处", "elsewhere": r"并入(\d+)处", "trial": r"试运行(\d+)处", "watch": r"关注(\d+)处"}
    assert {code: number(listed, pattern) for code, pattern in told.items()} == {
        code: by_standing.get(code, 0) for code in told
    }


# What a link says how many there are of: 红色预警事项3项, 待您批示 9, 需我办理 17.
COUNT = re.compile(r"(\d+)\s*(?:项|$)")
COUNTING = ("/", "/warnings", "/region", "/messages")


def counted(component: object) -> Iterator[tuple[str, int]]:
    """The links of an answer that name a count of cases, instructions or messages: address, count."""
    for node in nodes(component):
        href, said = str(node["props"].get("href") or ""), words(node).strip()
        found = COUNT.search(said.removesuffix("红").removesuffix("橙").removesuffix("黄").removesuffix("蓝"))
        if node["type"] == "A" and found and href.partition("?")[0] in ("/warnings", "/messages"):
            yield href, int(found[1])


def rows_behind(reader: Reader, href: str) -> int:
    """How many rows the page behind a link lists."""
    page = reader.page(href)
    every = list(nodes(page))
    if href.startswith("/messages"):
        # The box itself, without what stands below it, and the system's own alerts.
        table = next((one for one in every if one["type"] == "Div" and one["props"].get("className") == "list"), {})
        rows = sum(one["type"] == "Tr" and "data-phone" in one["props"] for one in nodes(table))
        return int(rows) + sum(bool(one["type"] == "Li" and "仍在持续" in words(one)) for one in every)
    if "tab=instructions" in href:
        return sum("instruction" in str(one["props"].get("className")).split() for one in every)
    return sum(bool(one["type"] == "Tr" and one["props"].get("data-href")) for one in every)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CITY])
def test_every_count_leads_to_exactly_as_many_rows(reader: Callable[[str], Reader], role: Role) -> None:
    look = reader(f"p-{role.value}")
    seen: dict[str, int] = {}
    for path in COUNTING:
        if rights.may_open(Scope(role, PROVINCE, None), path):
            address = f"{path}?scheme={SCHEME}&period=live" if path == "/" else f"{path}?scheme={SCHEME}"
            for href, count in (*counted(look.page(address)), *counted(look.frame(address))):
                assert seen.setdefault(href, count) == count, href
    assert len(seen) > 5 or not rights.may_open(Scope(role, PROVINCE, None), "/warnings")
    wrong = {href: (count, rows) for href, count in seen.items() if (rows := rows_behind(look, href)) != count}
    assert not wrong
