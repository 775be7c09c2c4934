"""系统管理 of the audit administrator and of auditors: the record, its seals, what departs from the rule."""

from __future__ import annotations

import csv
import hashlib
import io
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, insert, select, text, update

from dashboard import create_site
from data_access.books.checks.verdict import last_verdict, verify_aside
from data_access.books.facts import load_facts
from data_access.books.versions import reading
from data_access.store import audit, schema
from data_access.store.engine import writing
from data_access.store.package import TABLES
from data_access.store.trail import count_events
from tests import demonstration_store
from tests.dashboard.conftest import Reader, sign_in
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, site_on
from workflows.people.accounts import Role, create_account
from workflows.people.auditing import readable, within
from workflows.people.departures import KINDS, load_departures
from workflows.people.rights import Scope

DEEDS = ("p-monitor", "c-jilin", "p-audit_admin", "p-security_admin", "far", "")


@pytest.fixture(scope="module")
def installed(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Flask, Path]]:
    """A store with one deed of each of several people, one of another province, and the site on it."""
    folder = tmp_path_factory.mktemp("audit")
    with demonstration_store.copy_of(demonstration_store.built_once(run_folder), folder) as engine:
        with writing(engine) as connection:
            create_account(connection, login="far", name="Far", role=Role.MONITOR, region="320000")
            for actor in DEEDS:
                audit.record(connection, actor, "upload", f"of {actor}", {"行": 1}, NOW - timedelta(hours=1))
            for number in range(60):
                audit.record(connection, "p-tax", audit.EXPORT, f"{number}.csv", {}, NOW - timedelta(minutes=9))
        yield engine, create_site(site_on(engine, folder)).server, folder


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("p-auditor", {"p-monitor", "c-jilin", "p-audit_admin", "p-security_admin", ""}),
        ("p-audit_admin", {"p-monitor", "c-jilin", "p-security_admin", ""}),
        ("p-security_admin", {"p-audit_admin"}),
    ],
)
def test_each_reads_the_record_of_those_it_watches(
    installed: tuple[Engine, Flask, Path], login: str, seen: set[str]
) -> None:
    reader = sign_in(installed[1], login)
    said = reader.text("/admin?tab=trail&measure=upload")
    assert all(f"of {actor}" in said for actor in seen) and ("of far" in said) is False
    file = reader.client.get("/export/admin/trail.csv?tab=trail&measure=upload").data.decode("utf-8-sig")
    assert {actor for actor in DEEDS if f",of {actor}," in file} == seen


def test_nobody_else_reads_the_record_of_others(installed: tuple[Engine, Flask, Path]) -> None:
    with installed[0].connect() as connection:
        for role in set(Role) - {Role.AUDITOR, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN}:
            assert count_events(connection, readable(connection, Scope(role, PROVINCE, None))) == 0, role
        city = readable(connection, Scope(Role.AUDITOR, JILIN_CITY, None))
    assert "c-jilin" not in city.never and {"c-siping", "p-monitor", "far"} <= city.never
    assert within("220221", JILIN_CITY) and not within(PROVINCE, JILIN_CITY) and within("320000", "000000")


def test_the_record_is_searched_and_turned_over(installed: tuple[Engine, Flask, Path]) -> None:
    reader = sign_in(installed[1], "p-auditor")
    asked = "/admin?tab=trail&state=p-tax&measure=export"
    assert "共60条" in reader.text(asked) and "第1页，共2页" in reader.text(asked)
    assert "9.csv" in reader.text(f"{asked}&number=2") and "59.csv" not in reader.text(f"{asked}&number=2")
    assert "共1条" in reader.text(f"{asked}&sort=33.csv")
    assert "共0条" in reader.text(f"{asked}&show=2026-11-21")
    assert "共60条" in reader.text(f"{asked}&show=2026-11-20&span=2026-11-20")


def test_a_verification_is_asked_for_and_its_outcome_shown(installed: tuple[Engine, Flask, Path]) -> None:
    engine, server, folder = installed
    reader = sign_in(server, "p-audit_admin")
    assert "还没有核验过" in reader.text("/admin?tab=seals")
    begun = reader.client.post("/act/admin/verify_seals?tab=seals", headers={"Accept": "application/json"})
    assert begun.status_code == 200, begun.text
    working = verify_aside(engine, folder, "p-auditor", lambda: NOW)
    while last_verdict(folder) is None or (working is not None and working.is_alive()):
        if working is not None:
            working.join(60)
    assert "全部与封存一致" in reader.text("/admin?tab=seals")
    with engine.begin() as connection:
        changed = update(schema.account).where(schema.account.c.login.in_(["p-tax", "far"]))
        connection.execute(changed.values(name="Another"))
    working = verify_aside(engine, folder, "p-auditor", lambda: NOW)
    assert working is not None
    working.join(60)
    said = reader.text("/admin?tab=seals")
    assert "2处数据与封存不一致" in said and "account p-tax" in said and "name = Name of p-tax" in said
    # The other row is of another province: who looks after that one sees it, and who sees the nation.
    assert "account far" not in said and "另有1处是其他地区的" in said
    file = reader.client.get("/export/admin/faults.csv?tab=seals").data.decode("utf-8-sig")
    assert "account p-tax" in file and "account far" not in file
    nation = server.test_client()
    nation.post("/sign-in/demo", data={"role": "auditor"})
    every = Reader(nation).text("/admin?tab=seals")
    assert "account p-tax" in every and "account far" in every and "其他地区" not in every


def test_what_departs_from_the_rule_is_one_list(installed: tuple[Engine, Flask, Path]) -> None:
    engine, server, _folder = installed
    with writing(engine) as connection:
        row = {"scheme": SCHEME, "region": JILIN_CITY, "max_level": 2, "starts_at": NOW, "ends_at": NOW, "set_at": NOW}
        connection.execute(insert(schema.silence).values(**row, reason="系统切换", set_by="p-monitor"))
        row = {"scheme": SCHEME, "code": "collection_rate", "starts_on": NOW.date(), "value": "0.95", "set_at": NOW}
        connection.execute(insert(schema.parameter).values(**row, reason="会议纪要", set_by="p-system_admin"))
        connection.execute(
            text("UPDATE threshold SET enabled = 0 WHERE id IN (SELECT MAX(id) FROM threshold WHERE ended_set IS NULL)")
        )
        found = load_departures(connection)
    assert [one.kind for one in found] == sorted((one.kind for one in found), key=KINDS.index)
    assert {"silence", "override", "disabled", "export"} <= {one.kind for one in found}
    reader = sign_in(server, "p-auditor")
    assert "系统切换" in reader.text("/admin?tab=exceptions") and "会议纪要" in reader.text("/admin?tab=exceptions")
    only = reader.text("/admin?tab=exceptions&measure=silence")
    assert "系统切换" in only and "会议纪要" not in only
    file = reader.client.get("/export/admin/exceptions.csv?tab=exceptions&measure=export").data.decode("utf-8-sig")
    assert file.count("59.csv") == 1


# --- 取数包


def packed(reader: Reader, query: str) -> zipfile.ZipFile:
    """The package of an address, written in the background and fetched."""
    begun = reader.client.post(f"/export-job/admin/package?{query}", data={"kind": "zip"})
    assert begun.status_code == 202, begun.text
    said = begun.get_json()
    until = time.monotonic() + 120
    while said["state"] == "running" and time.monotonic() < until:
        time.sleep(0.05)
        said = reader.client.get(said["status"]).get_json()
    assert said["state"] == "done", said
    return zipfile.ZipFile(io.BytesIO(reader.client.get(said["file"]).data))


def test_a_package_is_what_the_pages_show_and_verifies_itself(
    installed: tuple[Engine, Flask, Path], tmp_path: Path
) -> None:
    engine, server, _folder = installed
    with packed(sign_in(server, "p-auditor"), "tab=package&show=2026-09&span=2026-10") as archive:
        archive.extractall(tmp_path)
    for sums, command in (("SHA256SUMS", "sha256"), ("SM3SUMS", "sm3")):
        lines = [line.split("  ") for line in (tmp_path / sums).read_text(encoding="utf-8").splitlines()]
        assert len(lines) == len(TABLES) + 4
        for digest, name in lines:
            assert hashlib.new(command, (tmp_path / name).read_bytes()).hexdigest() == digest, name
    totals = rows_of(tmp_path / "totals.csv")
    assert totals and all(row["entries_fen"] == row["facts_fen"] for row in totals)
    with reading(engine) as connection:
        facts = load_facts(connection, SCHEME)
    first, last = facts.index(202609), facts.index(202610)
    moved = {row["movement"]: int(row["facts_fen"]) for row in totals}
    assert moved["collect"] == int(facts.moved(PROVINCE, "collect")[first : last + 1].sum()) > 0
    listed = {row["file"]: row for row in rows_of(tmp_path / "manifest.csv")}
    entries = rows_of(tmp_path / "data" / "ledger_entry.csv")
    assert int(listed["data/ledger_entry.csv"]["rows"]) == len(entries) > 0
    assert int(listed["data/ledger_entry.csv"]["amount_fen"]) == sum(
        int(r["amount_fen"]) for r in entries if not r["ended_by"]
    )
    assert {row["month"] for row in entries} == {"202609", "202610"}
    with engine.connect() as connection:
        kept = connection.execute(
            text("SELECT details FROM audit_event WHERE actor = 'p-auditor' AND action = 'export'")
        )
        assert '"since": 202609' in kept.scalars().all()[-1]


def test_a_package_holds_nothing_from_outside_the_readers_region(
    installed: tuple[Engine, Flask, Path], tmp_path: Path
) -> None:
    engine, server, _folder = installed
    with writing(engine) as connection:
        create_account(
            connection, login="a-jilin", name="A", role=Role.AUDITOR, region=JILIN_CITY, valid_to=date(2026, 12, 31)
        )
        account = schema.account
        known = select(account.c.password_hash).where(account.c.login == "p-auditor").scalar_subquery()
        connection.execute(update(account).where(account.c.login == "a-jilin").values(password_hash=known))
    reader = sign_in(server, "a-jilin")
    with packed(reader, "tab=package&show=2026-10&span=2026-11") as archive:
        archive.extractall(tmp_path)
    for name in ("ledger_entry", "monthly_fact", "indicator_value", "silence", "gap_item"):
        found = {row["region"] for row in rows_of(tmp_path / "data" / f"{name}.csv")}
        assert {region for region in found if not within(region, JILIN_CITY)} == set(), name
    actors = {row["actor"] for row in rows_of(tmp_path / "data" / "audit_event.csv")}
    assert "c-jilin" in actors and not {"p-monitor", "far", "p-tax"} & actors
    refused = reader.client.post(f"/export-job/admin/package?tab=package&region={PROVINCE}", data={"kind": "zip"})
    assert refused.status_code == 403
    for login in ("p-monitor", "p-security_admin", "p-system_admin"):
        asked = sign_in(server, login).client.post("/export-job/admin/package?tab=package", data={"kind": "zip"})
        assert asked.status_code == 403, login


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
