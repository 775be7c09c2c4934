"""The one policy: role × page, role × action, and whose figures; closed unless it says open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard import PAGES, access
from dashboard.access import Scope
from data_access.accounts import Role
from data_access.published import Published
from data_access.regions import NATION, RegionTree
from rules.errors import NotAllowed
from tests.demonstration_store import JILIN_CITY, PROVINCE, SIPING, YONGJI

# Which of 总览, 预算执行, 资金运行, 数据接入 each role may open.
OPEN = {
    Role.LEADER: "/ /budget /funds /data",
    Role.MONITOR: "/ /budget /funds /data",
    Role.ASSESSOR: "/ /budget /funds",
    Role.FINANCE: "/ /budget /funds /data",
    Role.TAX: "/ /budget /funds /data",
    Role.TREASURY: "/ /budget /funds /data",
    Role.AGENCY: "/ /budget /funds /data",
    Role.CITY: "/ /budget /funds /data",
    Role.WRITER: "/ /budget /funds",
    Role.AUDITOR: "/ /budget /funds /data",
    Role.SYSTEM_ADMIN: "/data",
    Role.SECURITY_ADMIN: "",
    Role.AUDIT_ADMIN: "",
}
DO = {
    "upload": {Role.MONITOR, Role.FINANCE, Role.TAX, Role.TREASURY, Role.AGENCY, Role.SYSTEM_ADMIN},
    "close_month": {Role.MONITOR},
    "refresh": {Role.MONITOR, Role.SYSTEM_ADMIN},
}


@pytest.fixture(scope="module")
def jilin(shared_engine) -> RegionTree:  # type: ignore[no-untyped-def]
    return Published(shared_engine).tree(PROVINCE)


def scope(role: Role, region: str) -> Scope:
    return Scope(role, region, None)


def test_the_table_names_every_role_and_every_page() -> None:
    assert set(OPEN) == set(Role)
    assert {page.PATH for page in PAGES} == set(access.PAGES) == {"/", "/budget", "/funds", "/data"}
    assert set(access.ACTIONS) == set(DO)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_the_pages_of_the_table_and_no_other(role: Role) -> None:
    for path in access.PAGES:
        assert access.may_open(scope(role, PROVINCE), path) == (path in OPEN[role].split()), path


@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_what_the_table_says_and_nothing_else(role: Role) -> None:
    for action, roles in DO.items():
        assert access.may_do(scope(role, PROVINCE), action) == (role in roles), action


@pytest.mark.parametrize("role", list(Role))
def test_what_the_policy_does_not_name_is_closed_to_everyone(role: Role) -> None:
    anyone = scope(role, NATION)
    for path in ("/admin", "/budget/", "", "/secret", "//"):
        assert not access.may_open(anyone, path)
        with pytest.raises(NotAllowed):
            access.demand(anyone, path)
    assert not access.may_do(anyone, "delete")
    with pytest.raises(NotAllowed):
        access.demand_action(anyone, "delete")


def test_a_city_sees_its_own_subtree_and_nothing_beside_or_above(jilin: RegionTree) -> None:
    city = scope(Role.CITY, JILIN_CITY)
    inside = set(jilin.subtree(JILIN_CITY))
    assert YONGJI in inside and len(inside) > 5
    for code in jilin.codes:
        assert city.covers(jilin, code) == (code in inside), code


def test_a_county_does_not_see_its_city(jilin: RegionTree) -> None:
    county = scope(Role.CITY, YONGJI)
    assert [code for code in jilin.codes if county.covers(jilin, code)] == [YONGJI]


def test_a_province_sees_its_whole_tree_and_no_region_that_is_not_in_it(jilin: RegionTree) -> None:
    province = scope(Role.LEADER, PROVINCE)
    assert all(province.covers(jilin, code) for code in jilin.codes)
    assert not province.covers(jilin, "320500")
    assert not province.covers(jilin, "")
    assert not scope(Role.LEADER, "320000").covers(jilin, PROVINCE)


def test_published_tables_of_the_nation_are_open_to_every_scope(shared_engine) -> None:  # type: ignore[no-untyped-def]
    nation = Published(shared_engine).tree(NATION)
    assert scope(Role.CITY, JILIN_CITY).covers(nation, "440000")


def test_two_accounts_share_answers_only_when_role_region_and_department_are_the_same() -> None:
    one = Scope(Role.CITY, JILIN_CITY, "人社")
    others = [
        replace(one, region=SIPING),
        replace(one, role=Role.MONITOR),
        replace(one, department="财政"),
        replace(one, department=None),
    ]
    assert one.key == replace(one).key
    assert len({one.key, *(other.key for other in others)}) == 5
