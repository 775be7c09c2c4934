"""The command line does what it says, says what it did, and ends with status 1 when something is wrong."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from getpass import getuser
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from commands import register_commands
from data_access.store import engine
from data_access.store.engine import create_store, known_revisions, writing
from monitoring.lease import hold
from monitoring.refresh import LEASE
from settings import Settings, load_settings
from tests.small_province import PROVINCE, SCHEME, XUANWU

LEDGER = (
    "scheme,region,item,movement,business_date,booked_at,amount_fen,source,source_ref,corrects\n"
    f"{SCHEME},{XUANWU},premium_current,collect,2026-10-09,2026-10-09T16:30:00+08:00,125000000,jiangsu-pension-tax,A-1,\n"
)

BY = f"command:{getuser()}"  # the actor of what a command does


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    for name in list(os.environ):
        if name.startswith("POOLWATCH_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("POOLWATCH_VAR", str(tmp_path / "var"))
    return load_settings()


@pytest.fixture
def flask(settings: Settings):
    app = Flask("poolwatch")
    register_commands(app, settings)

    def run(*arguments: str, **options: str) -> Result:
        return app.test_cli_runner().invoke(args=list(arguments), catch_exceptions=False, **options)

    return run


def commands_of(flask) -> list[tuple[str, ...]]:
    return [
        ("init",),
        ("audit", "verify"),
        ("audit", "accept"),
        ("backup",),
        ("restore",),
        ("upgrade",),
        ("demo",),
        ("import",),
        ("refresh",),
        ("clock",),
        ("scheduler",),
        ("check",),
        ("doctor",),
        ("close-month",),
        ("account", "create"),
        ("account", "list"),
        ("account", "disable"),
        ("account", "enable"),
        ("account", "reset"),
        ("account", "reset-factor"),
        ("token", "new"),
        ("token", "list"),
        ("token", "revoke"),
        ("persons", "import"),
        ("persons", "roll-up"),
        ("persons", "compare"),
        ("persons", "state"),
    ]


def test_every_command_explains_itself_with_an_example(flask) -> None:
    for command in commands_of(flask):
        shown = flask(*command, "--help")
        assert shown.exit_code == 0
        assert "Example:" in shown.output and "flask " + " ".join(command) in " ".join(shown.output.split())


def step_clock(settings: Settings, days: int) -> None:
    """As if the machine's clock had been set ahead since somebody last looked."""
    noted = json.loads((settings.var / "clock.json").read_text(encoding="utf-8"))
    noted["offset"] -= days * 86_400
    (settings.var / "clock.json").write_text(json.dumps(noted), encoding="utf-8")


def test_rows_by_person_come_in_and_their_sums_into_the_ledger(flask, settings: Settings, tmp_path: Path) -> None:
    flask("init")
    good, wrong, number = tmp_path / "good.csv", tmp_path / "wrong.csv", "11010519491231002X"
    head = "person,scheme,region,item,movement,month,amount_fen,source,source_ref\n"
    row = f"{number},{SCHEME},{XUANWU},pension,pay,202610,345600,jiangsu-pension-agency,AG-1\n"
    good.write_text(head + row, encoding="utf-8")
    wrong.write_text(head + row.replace("002X", "0021"), encoding="utf-8")
    taken = flask("persons", "import", str(wrong), str(good))
    assert taken.exit_code == 1 and number[:14] not in taken.output
    assert "wrong.csv: refused, 0 new, 0 known, 1 refused" in taken.output
    assert "good.csv: loaded, delivery 1, 1 new" in taken.output
    step_clock(settings, 3)
    for step in (("import", str(good)), ("roll-up",)):
        refused = flask("persons", *step)
        assert refused.exit_code == 1 and "nothing is written until it is set right" in refused.output
    step_clock(settings, -3)
    assert "persons-202610-320000: loaded, 1 new" in flask("persons", "roll-up").output
    with create_store(settings.store_url, settings.sealing()).connect() as connection:
        entry = connection.execute(text("SELECT region, amount_fen, source_ref FROM ledger_entry")).one()
        kept = connection.execute(text("SELECT count(*) FROM audit_event WHERE action = 'persons_import'")).scalar_one()
    assert (*entry, kept) == (XUANWU, 345600, f"persons:202610:{XUANWU}:pension:pay:1", 1)
    deaths, compare = tmp_path / "deaths.csv", ("persons", "compare", "--until", "2026-10")
    nothing = flask(*compare, "--rule", "paid_in_custody")
    assert nothing.exit_code == 1 and "nothing was ever delivered of person_custody" in nothing.output
    deaths.write_text(
        f"公民身份号码,地区代码,死亡日期,登记来源,登记流水号\n{number},{XUANWU},2026-08-31,民政,D-1\n", encoding="utf-8"
    )
    told = flask("persons", "import", "--register", "death", str(deaths))
    assert told.exit_code == 0 and "deaths.csv: loaded, delivery 1, 1 new" in told.output
    told = flask(*compare, "--rule", "paid_after_death")
    assert told.exit_code == 0 and "paid_after_death: 1 new suspicions, 3,456.00元 at stake" in told.output
    again = flask(*compare)
    assert "paid_after_death: 0 new suspicions" in again.output and again.exit_code == 1
    step_clock(settings, 3)
    assert flask(*compare).exit_code == 1
    step_clock(settings, -3)
    with create_store(settings.store_url, settings.sealing()).connect() as connection:
        leads = connection.execute(text("SELECT comparison, region, suspects, amount_fen FROM violation")).all()
        runs = connection.execute(text("SELECT count(*) FROM comparison_run")).scalar_one()
    assert (leads, runs) == ([("比对26-01", XUANWU, 1, 345600)], 2)
    (lake,) = settings.lake_folder.glob("ledger/*/*/*/*.parquet")
    lake.write_bytes(b"")
    state = flask("persons", "state", "--verify")
    assert "202610 320000: 1 rows, 1 files, 0.0 MB, rolled up" in state.output
    assert state.exit_code == 1 and "Not as it was written: ledger/year=2026/month=202610" in state.output


def test_init_import_check_and_close_a_month(flask, settings: Settings, tmp_path: Path) -> None:
    assert flask("init").exit_code == 0
    assert flask("init").exit_code == 0, "a second time changes nothing"
    file = tmp_path / "october.csv"
    file.write_text(LEDGER, encoding="utf-8")
    assert flask("import", str(file)).exit_code == 0
    unopened = flask("close-month", SCHEME, "2026-10", "--signed-by", "李某某")
    assert unopened.exit_code == 1 and "not met: opening balance" in unopened.output
    opening = tmp_path / "opening.csv"
    opening.write_text(
        f"scheme,account,region,amount_fen,as_of\n{SCHEME},treasury,{PROVINCE},0,2025-12-31\n", encoding="utf-8"
    )
    assert flask("import", str(opening), "--table", "opening_balance").exit_code == 0
    file.write_text(LEDGER.replace("A-1", "A-2"), encoding="utf-8")
    first = flask("import", str(file))
    assert first.exit_code == 0, first.output
    assert "loaded, 1 new" in first.output and "Published version" in first.output
    again = flask("import", str(file))
    assert "duplicate" in again.output and "Nothing is new" in again.output
    nothing = flask("close-month", SCHEME, "2026-09", "--signed-by", "李某某")
    assert nothing.exit_code == 1 and "has nothing of 202609" in nothing.output
    step = ("close-month", SCHEME, "2026-10", "--signed-by", "李某某")
    unexplained = flask(*step)
    assert unexplained.exit_code == 1 and "not explained: sources have reported, diff" in unexplained.output
    closed = flask(*step, "--why", "没有部门报送")
    assert closed.exit_code == 0, closed.output
    repeated = flask(*step, "--why", "没有部门报送")
    assert repeated.exit_code == 1 and "signed already" in repeated.output
    with create_store(settings.store_url).connect() as connection:
        kept = text("SELECT actor, subject, details FROM audit_event WHERE action = 'close_month'")
        actor, subject, details = connection.execute(kept).one()
    assert (actor, subject) == (BY, f"{SCHEME} 202610") and json.loads(details)["signed_by"] == "李某某"
    checked = flask("check")
    assert checked.exit_code == 0, checked.output
    assert "balances" in checked.output and "0 compared" in checked.output  # plans: none came


def test_a_refused_file_ends_with_status_one_and_leaves_nothing(flask, tmp_path: Path) -> None:
    flask("init")
    file = tmp_path / "wrong.csv"
    file.write_text(LEDGER.replace(XUANWU, "999999"), encoding="utf-8")
    refused = flask("import", str(file))
    assert refused.exit_code == 1
    assert "refused, 0 new" in refused.output


def test_a_mapping_is_saved_once_offered_for_the_next_table_and_used_by_every_import(flask, tmp_path: Path) -> None:
    flask("init")
    last, this = tmp_path / "2024.csv", tmp_path / "2025.csv"
    for path, total in ((last, 3), (this, 4)):
        rows = (
            f"江苏省养老保险参保情况（{path.stem}年）,\n单位：万人,\n地区,参保人数\n南京市,1\n无锡市,2\n合计,{total}\n"
        )
        path.write_text(rows, encoding="utf-8")
    assert "must be said first: name scheme" in flask("import", str(last), "--guess").output
    saved = flask("import", str(last), "--guess", "--set", "scheme=pension", "--save", "参保")
    assert saved.exit_code == 0 and "Saved as 参保" in saved.output, saved.output
    assert "reads as mapping 参保, saved on 20" in flask("import", str(this), "--guess").output
    refused = flask("import", str(this))
    assert refused.exit_code == 1 and "refused" in refused.output, "its total does not add up"
    taken = flask("import", str(this), "--explain", "原表如此")
    assert taken.exit_code == 0 and "loaded, 2 new" in taken.output and "报送说明：原表如此" in taken.output, (
        taken.output
    )
    assert flask("import", str(last), "--guess", "--set", "scheme=pension", "--save", "../x").exit_code == 1


def test_a_token_is_made_shown_once_listed_and_revoked(flask, settings: Settings) -> None:
    flask("init")
    made = flask("account", "create", "tax", "--name", "T", "--role", "tax", "--region", PROVINCE, "--one-time")
    assert made.exit_code == 0 and "shown this once" in made.output, made.output
    last = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    asked = ("token", "new", "core", "--account", "tax", "--scope", "push", "--source", f"{SCHEME}-tax", "--until")
    made = flask(*asked, last)
    assert made.exit_code == 0 and f"works until {last}" in made.output, made.output
    secret = made.output.split()[-1]
    listed = flask("token", "list").output
    assert f"core  tax  push  {SCHEME}-tax  until " in listed and "last used never" in listed and secret not in listed
    assert (
        "is taken" in flask(*asked, last).output
        and "400 days" in flask("token", "new", "other", *asked[3:], "2099-01-01").output
    )
    assert flask("token", "revoke", "core").exit_code == 0 and "ended" in flask("token", "list").output
    again = flask("token", "revoke", "core")
    assert again.exit_code == 1 and "no token core" in again.output
    with create_store(settings.store_url).connect() as connection:
        kept = connection.execute(text("SELECT actor, action FROM audit_event WHERE action LIKE 'token%' ORDER BY id"))
        assert [tuple(row) for row in kept] == [(BY, "token_new"), (BY, "token_revoke")]


def test_check_prints_what_differs_and_ends_with_status_one(flask, settings: Settings, tmp_path: Path) -> None:
    flask("init")
    file = tmp_path / "october.csv"
    file.write_text(LEDGER, encoding="utf-8")
    flask("import", str(file))
    with writing(create_store(settings.store_url)) as connection:
        connection.execute(text("UPDATE account_fact SET amount_fen = amount_fen + 1"))
    checked = flask("check")
    assert checked.exit_code == 1
    assert "125000000" in checked.output and "125000001" in checked.output


def test_a_refresh_under_way_elsewhere_is_said_in_one_sentence(flask, settings: Settings) -> None:
    flask("init")
    store = create_store(settings.store_url)
    with hold(store, LEASE):
        for command in (("refresh",), ("refresh", "--full")):
            told = flask(*command)
            assert told.exit_code == 1
            assert "is being done by" in told.output and "Traceback" not in told.output
        with writing(store) as connection:  # the lease is no lock: who signs in writes meanwhile
            assert connection.execute(text("UPDATE account SET language = 'zh'")).rowcount == 0


def test_while_another_process_writes_commands_read_and_those_that_write_say_so(
    flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    flask("init")
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    with writing(create_store(settings.store_url)):
        assert "There are no accounts" in flask("account", "list").output
        told = flask("refresh", "--full")
    assert told.exit_code == 1 and "written to by another process" in told.output and "Traceback" not in told.output


def test_a_store_of_a_development_build_is_said_in_one_sentence(flask, settings: Settings) -> None:
    flask("init")
    with writing(create_store(settings.store_url)) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    told = flask("check")
    assert told.exit_code == 1
    assert "revision 9999" in told.output and "begin a new store" in told.output and "Traceback" not in told.output


def test_full_refresh_publishes_although_nothing_is_new(flask) -> None:
    flask("init")
    assert "Published version 1" in flask("refresh").output
    assert "Nothing is new" in flask("refresh").output
    assert "Published version 2" in flask("refresh", "--full").output


def test_an_account_is_created_disabled_and_given_a_new_password(flask, settings: Settings) -> None:
    flask("init")
    create = ("account", "create", "zhang", "--name", "张某某", "--role", "monitor", "--region", "320000")
    short = flask(*create, input="short\n")
    assert short.exit_code == 1 and "12 to 128 characters" in short.output
    assert "No such option" in flask(*create, "--password", "correct horse battery").output
    unknown = flask(*create, "--department", "zzz", input="correct horse battery\n")
    assert unknown.exit_code == 2 and "'zzz' is not one of" in unknown.output
    made = flask(*create, input="correct horse battery\n")
    assert made.exit_code == 0, made.output
    assert "correct horse" not in made.output
    assert flask(*create, input="correct horse battery\n").exit_code == 1
    auditor = ("account", "create", "audit", "--name", "A", "--role", "auditor", "--region", "320000", "--one-time")
    assert "needs a last day" in flask(*auditor).output and flask(*auditor, "--until", "2099-12-31").exit_code == 0
    assert flask("account", "reset", "zhang", input="another passphrase\n").exit_code == 0
    assert flask("account", "disable", "zhang").exit_code == 0
    listed = flask("account", "list").output
    assert (
        "zhang  张某某  monitor  320000  disabled" in listed and "audit  A  auditor  320000  open, until 2099" in listed
    )
    assert flask("account", "enable", "zhang").exit_code == 0
    assert flask("account", "disable", "nobody").exit_code == 1
    assert "no second factor" in flask("account", "reset-factor", "zhang").output
    with create_store(settings.store_url).connect() as connection:
        done = (
            connection.execute(
                text("SELECT actor, action, subject FROM audit_event WHERE action LIKE 'account:%' ORDER BY id")
            )
            .tuples()
            .all()
        )
    deeds = [
        ("created", "zhang"),
        ("created", "audit"),
        ("password_reset", "zhang"),
        ("disabled", "zhang"),
        ("enabled", "zhang"),
    ]
    assert done == [(BY, f"account:{action}", subject) for action, subject in deeds]


def test_a_month_that_is_none_is_refused(flask) -> None:
    flask("init")
    assert flask("close-month", SCHEME, "2026-13", "--signed-by", "李某某").exit_code == 2


def test_the_audit_is_verified_and_a_tampered_day_is_named(flask, settings: Settings) -> None:
    flask("init")
    assert flask("audit", "verify").output == "0 sealed days, 0 broken; 0 other faults.\n"
    engine = create_store(settings.store_url, settings.sealing())
    with writing(engine) as connection:
        connection.execute(text("UPDATE audit_event SET happened_at = '2026-11-02 04:00:00.000000'"))
    flask("refresh")
    assert flask("audit", "verify").exit_code == 0
    with writing(engine) as connection:
        connection.execute(text("UPDATE audit_event SET actor = 'nobody' WHERE action = 'threshold_preset'"))
    found = flask("audit", "verify")
    assert found.exit_code == 1
    assert "2026-11-02: 1 rows were sealed, 1 are there and do not match." in found.output
    assert "; 0 other faults." in found.output, "with the key of the installation"
    (settings.var / "seals.log").unlink()
    assert "2026-11-02: expected 'a line in seals.log', found 'none'" in flask("audit", "verify").output


def test_what_was_changed_by_hand_fails_the_check_until_a_person_answers_for_it(flask, settings: Settings) -> None:
    flask("init")
    with create_store(settings.store_url).begin() as connection:
        connection.execute(text("UPDATE threshold SET enabled = 0 WHERE id = 1"))
    found = flask("check")
    assert found.exit_code == 1
    assert "threshold 1: expected 'enabled = 1', found 'enabled = 0'" in found.output
    assert "1 differences are on record" in flask("audit", "accept", "--by", "李某某", "--reason", "a repair").output
    assert flask("check").exit_code == 0 and flask("audit", "verify").exit_code == 0
    with create_store(settings.store_url).connect() as connection:
        kept = connection.execute(text("SELECT details FROM audit_event WHERE action = 'accept_as_found'")).scalar_one()
        checks = connection.execute(text("SELECT details FROM audit_event WHERE action = 'checked'")).scalars().all()
    assert [bool(json.loads(one)["at_fault"]) for one in checks] == [True, False]
    (fault,) = json.loads(kept)["faults"]
    assert fault == {"where": "threshold 1", "expected": "enabled = 1", "found": "enabled = 0", "region": None}


def test_a_fresh_provinces_limits_are_on_trial(flask, settings: Settings) -> None:
    flask("init")
    with create_store(settings.store_url).connect() as connection:
        statuses = connection.execute(text("SELECT DISTINCT status FROM threshold")).scalars().all()
    assert statuses == ["trial"]


def test_a_clock_that_jumped_stops_what_writes_until_a_person_answers_for_it(flask, settings: Settings) -> None:
    flask("init")
    assert flask("refresh").exit_code == 0
    assert "The clock agrees" in flask("clock").output
    step_clock(settings, 3)
    for step in (
        ("refresh", "--full"),
        ("close-month", SCHEME, "2026-10", "--signed-by", "李某某"),
        ("clock",),
    ):
        refused = flask(*step)
        assert refused.exit_code == 1 and "nothing is written until it is set right" in refused.output
    assert "The clock agrees" in flask("clock", "--accept", "set right by hand").output
    assert flask("refresh", "--full").exit_code == 0
    with create_store(settings.store_url).connect() as connection:
        kept = connection.execute(text("SELECT subject, details FROM audit_event WHERE action = 'accept_clock'")).one()
    assert "The clock of this machine says" in kept.subject and json.loads(kept.details) == {
        "reason": "set right by hand"
    }


def test_a_store_that_is_gone_is_not_begun_anew(flask, settings: Settings) -> None:
    flask("init")
    (settings.var / "poolwatch.db").rename(settings.var / "elsewhere.db")
    for step in (("init",), ("demo",), ("check",)):
        refused = flask(*step)
        assert refused.exit_code == 1 and "Put the right one back" in refused.output
    assert not (settings.var / "poolwatch.db").exists()
    (settings.var / "elsewhere.db").rename(settings.var / "poolwatch.db")
    assert flask("check").exit_code == 0


def test_a_backup_is_taken_told_on_record_and_restored_elsewhere(
    flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flask("init")
    file = tmp_path / "october.csv"
    file.write_text(LEDGER, encoding="utf-8")
    flask("import", str(file))
    made = flask("backup", "--with-keys", "--keep", "1")
    assert made.exit_code == 0, made.output
    (archive,) = (settings.var / "backups").iterdir()
    assert f"{archive}: " in made.output and "read back whole" in made.output and "The keys are in it" in made.output
    with create_store(settings.store_url).connect() as connection:
        kept = text("SELECT actor, subject, details FROM audit_event WHERE action = 'backup'")
        actor, subject, details = connection.execute(kept).one()
    assert (actor, subject) == (BY, archive.name) and json.loads(details)["sha256"] in made.output
    assert "belong together" in flask("restore", str(archive), "--by", "李某某").output
    again = flask("restore", str(archive))
    assert again.exit_code == 1 and "With --replace it is moved aside" in again.output

    monkeypatch.setenv("POOLWATCH_VAR", str(tmp_path / "other"))
    app, other = Flask("poolwatch"), load_settings()
    register_commands(app, other)
    runner = app.test_cli_runner()
    restored = runner.invoke(args=["restore", str(archive)], catch_exceptions=False)
    assert restored.exit_code == 0, restored.output
    assert "data version 1, as of 20" in restored.output and "verified" in restored.output
    assert other.sealing() == settings.sealing()
    assert runner.invoke(args=["check"], catch_exceptions=False).exit_code == 0
    assert "duplicate" in runner.invoke(args=["import", str(file)], catch_exceptions=False).output


def test_a_store_of_an_earlier_release_is_refused_until_it_is_upgraded(flask, settings: Settings) -> None:
    flask("init")
    store = create_store(settings.store_url)
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :was"), {"was": known_revisions()[1]})
    store.dispose()
    for step in (("init",), ("check",), ("refresh",), ("backup",)):
        told = flask(*step)
        assert told.exit_code == 1 and "run flask upgrade, which backs it up first" in told.output
