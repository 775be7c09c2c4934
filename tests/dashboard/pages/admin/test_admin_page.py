"""系统管理: what each of the three administrators opens, sees and does, and that none of it is another's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from dashboard import create_site
from dashboard.site.menu import home_of
from data_access.intake.reference import reference_rows
from data_access.store import schema
from data_access.store.engine import writing
from tests.dashboard.conftest import Reader, hrefs, sign_in, words
from tests.demonstration_store import PROVINCE, digest, site_on
from workflows.people import rights
from workflows.people.accounts import Role, create_account
from workflows.people.rights import ADMIN_TABS, ADMINISTRATORS, Scope

# Which tabs of 系统管理 each role opens; every other role opens none.
OPEN = {
    Role.SYSTEM_ADMIN: "health sources regions calendar parameters backup rights",
    Role.SECURITY_ADMIN: "accounts sessions tokens policy trail rights",
    Role.AUDIT_ADMIN: "trail seals exceptions package rights",
    Role.AUDITOR: "trail seals exceptions package rights",
}
LOGIN = {role: "c-jilin" if role is Role.CITY else f"p-{role.value}" for role in Role}
CLOSED = "无权查看"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_the_tabs_of_the_table_and_no_other(reader: Callable[[str], Reader], role: Role) -> None:
    mine = OPEN.get(role, "").split()
    for tab in ADMIN_TABS:
        assert rights.may_open_tab(Scope(role, PROVINCE, None), tab) == (tab in mine), tab
    if not mine and role is not Role.MONITOR:
        return
    links = [href for href in hrefs(reader(LOGIN[role]).page("/admin")) if href.startswith("/admin?")]
    assert [href.partition("tab=")[2] for href in links if href.endswith(tuple(ADMIN_TABS))][: len(mine)] == mine
    for tab in ADMIN_TABS:
        assert (CLOSED in reader(LOGIN[role]).text(f"/admin?tab={tab}")) == (tab not in mine), tab


@pytest.mark.parametrize("role", list(Role))
def test_no_role_begins_at_a_closed_page_or_has_an_empty_menu(reader: Callable[[str], Reader], role: Role) -> None:
    someone, home = reader(LOGIN[role]), home_of(role)
    assert (home == "/admin") == (role in ADMINISTRATORS)
    menu = [href.partition("?")[0] for href in hrefs(someone.frame(home)[1])]
    assert home in menu and all(rights.may_open(Scope(role, PROVINCE, None), path) for path in menu)
    if role in ADMINISTRATORS:
        # However the address was typed; and what is closed leads back.
        assert someone.client.get("/?item=months_payable").headers["Location"] == home
        assert CLOSED in someone.text("/budget") and home in hrefs(someone.page("/budget"))


@pytest.mark.parametrize(
    ("login", "address", "scheme"),
    [
        ("p-system_admin", "/admin", False),
        ("p-system_admin", "/admin?tab=parameters", True),
        ("p-security_admin", "/admin", True),  # whose accounts are given regions of the scheme's province
        ("p-security_admin", "/messages", False),
        ("p-leader", "/account", False),
        ("p-leader", "/thresholds", False),
        ("p-leader", "/nowhere", False),
    ],
)
def test_the_header_offers_a_scheme_only_where_the_page_speaks_of_one_and_no_month(
    reader: Callable[[str], Reader], login: str, address: str, scheme: bool
) -> None:
    said = words(reader(login).frame(address)[0])
    assert ("工伤" in said) is ("全省" in said) is scheme
    assert "实时" not in said and "对比" not in said


def test_the_table_of_rights_is_what_is_in_force(reader: Callable[[str], Reader]) -> None:
    answer = reader("p-security_admin").client.get("/export/admin/rights.csv")
    lines = [line.split(",") for line in answer.data.decode("utf-8-sig").splitlines()]
    head = next(line for line in lines if "审计管理员" in line)
    rows = {line[0].strip(): dict(zip(head, line, strict=False)) for line in lines[lines.index(head) + 1 :]}
    assert rows["考核评估"]["市县用户"] == "可" and rows["考核评估"]["安全管理员"] == ""
    assert rows["月度定稿"] | {"范围": "限省级", "省级监测岗": "可"} == rows["月度定稿"]
    assert list(rows["月度定稿"].values()).count("可") == 1


def test_what_is_closed_on_the_page_is_closed_as_a_file_and_in_the_drawer(reader: Callable[[str], Reader]) -> None:
    closed = {"p-monitor": "rights", "p-audit_admin": "health accounts sessions", "p-system_admin": "accounts tokens"}
    closed |= {"p-security_admin": "health parameters", "p-auditor": "accounts"}
    for login, codes in closed.items():
        for code in codes.split():
            assert reader(login).client.get(f"/export/admin/{code}.csv").status_code == 403, (login, code)
    assert "新建账户" in words(reader("p-security_admin").drawer("/admin?item=new"))
    assert CLOSED in words(reader("p-system_admin").drawer("/admin?tab=accounts&item=new"))


def test_an_administrator_works_before_there_are_any_data(sqlite_store: Engine, tmp_path: Path) -> None:
    with writing(sqlite_store) as connection:
        rows = [{name: value or None for name, value in row.items()} for row in reference_rows("regions")]
        connection.execute(insert(schema.region), rows)
        create_account(connection, login="first", name="王", role=Role.SECURITY_ADMIN, region=PROVINCE, digest=digest())
    first = sign_in(create_site(site_on(sqlite_store, tmp_path)).server, "first")
    assert "角色权限" in first.text("/admin") and "还没有已发布的数据" not in first.text("/admin")
    assert "还没有已发布的数据" in first.text("/messages")
