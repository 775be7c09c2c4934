"""What the security administrator does with accounts: done, refused, and each on record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.store.engine import writing
from tests.demonstration_store import PASSWORD, digest
from tests.workflows.people_store import NOW, PROVINCE, people, recorded, with_factor
from workflows.people import administration as admin, second_factor
from workflows.people.accounts import AccountError, Role
from workflows.people.sessions import Stage
from workflows.people.sign_in import sign_in
from workflows.people.tokens import Scope, new_token

BY: dict[str, Any] = {"by": "keeper", "now": NOW}


@pytest.fixture
def engine(sqlite_store: Engine) -> Engine:
    return people(sqlite_store)


def listed(engine: Engine, login: str) -> admin.Listed:
    with engine.connect() as connection:
        return next(one for one in admin.list_accounts(connection, NOW) if one.account.login == login)


def test_accounts_are_listed_with_what_their_administrator_decides_on(store: Engine) -> None:
    people(store)
    sign_in(store, "leader", PASSWORD, NOW)
    with_factor(store, "leader", NOW)
    with writing(store) as connection:
        new_token(connection, "read", "leader", {Scope.FIGURES}, NOW + timedelta(days=9), by="keeper", now=NOW)
        admin.disable(connection, "monitor", **BY)
    leader, monitor, auditor = (listed(store, login) for login in ("leader", "monitor", "auditor"))
    assert (leader.sessions, leader.tokens, leader.second_factor, leader.signed_in_at) == (1, 1, True, NOW)
    assert leader.usable and not monitor.usable and monitor.disabled_at == NOW
    assert auditor.valid_to == date(2027, 6, 30) and not auditor.waits and auditor.has_password
    with writing(store) as connection:
        assert admin.revoke_tokens(connection, "leader", **BY) == 1
        assert admin.end_sessions(connection, "leader", **BY) == 1
        admin.reset_second_factor(connection, "leader", **BY)
        admin.enable(connection, "monitor", **BY)
    leader = listed(store, "leader")
    assert (leader.sessions, leader.tokens, leader.second_factor) == (0, 0, False) and listed(store, "monitor").usable
    assert [(actor, action, subject) for actor, action, subject, _told in recorded(store) if action][1:] == [
        ("keeper", "disabled", "monitor"),
        ("keeper", "tokens_revoked", "leader"),
        ("keeper", "sessions_ended", "leader"),
        ("keeper", "factor_reset", "leader"),
        ("keeper", "enabled", "monitor"),
    ]


def test_an_account_is_created_changed_and_given_a_password_that_must_be_changed(engine: Engine) -> None:
    new: dict[str, Any] = {
        "login": "wang",
        "name": "王某",
        "role": Role.FINANCE,
        "region": PROVINCE,
        "digest": digest(),
        **BY,
    }
    with writing(engine) as connection:
        admin.create(connection, **new)
    assert sign_in(engine, "wang", PASSWORD, NOW).stage is Stage.PASSWORD and listed(engine, "wang").waits
    same: dict[str, Any] = {
        "name": "王某",
        "role": Role.FINANCE,
        "region": PROVINCE,
        "department": None,
        "valid_from": None,
    }
    with writing(engine) as connection:
        admin.change(connection, "wang", **same, valid_to=None, **BY)
        admin.change(connection, "wang", **same, valid_to=date(2026, 12, 31), **BY)
        admin.reset_password(connection, "wang", digest(), own=True, **BY)
    assert listed(engine, "wang").sessions == 0
    assert sign_in(engine, "wang", PASSWORD, NOW).stage is Stage.OPEN
    made, changed, reset, _came = recorded(engine)
    assert made[:3] == ("keeper", "created", "wang") and made[3]["role"] == "finance" and "digest" not in made[3]
    assert changed == ("keeper", "changed", "wang", {"valid_to": {"was": None, "is": "2026-12-31"}})
    assert reset == ("keeper", "password_reset", "wang", {})


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"login": "no/login"}, "account_login"),
        ({"login": ""}, "account_login"),
        ({"login": "leader"}, "account_taken"),
        ({"region": "999999"}, "account_region"),
        ({"role": Role.AUDITOR}, "account_auditor"),
        ({"valid_from": date(2026, 12, 1), "valid_to": date(2026, 11, 30)}, "account_days"),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_what_is_wrong(
    engine: Engine, given: dict[str, object], code: str
) -> None:
    sound: dict[str, Any] = {
        "login": "wang",
        "name": "王某",
        "role": Role.FINANCE,
        "region": PROVINCE,
        "digest": digest(),
        **BY,
    }
    with pytest.raises(AccountError) as refused, writing(engine) as connection:
        admin.create(connection, **{**sound, **given})
    assert refused.value.code == code and recorded(engine) == []


def test_nobody_changes_their_own_account_and_the_last_administrator_stays(engine: Engine) -> None:
    same = {"name": "n", "region": PROVINCE, "department": None, "valid_from": None, "valid_to": None}

    def code(deed: str, login: str, by: str, **given: object) -> str:
        with pytest.raises(AccountError) as refused, writing(engine) as connection:
            getattr(admin, deed)(connection, login, **given, by=by, now=NOW)
        return refused.value.code

    for deed, given in (
        ("disable", {}),
        ("enable", {}),
        ("reset_second_factor", {}),
        ("change", {**same, "role": Role.AUDITOR}),
    ):
        assert code(deed, "keeper", "keeper", **given) == "account_own"
    assert code("reset_second_factor", "leader", "keeper") == "account_no_factor"
    # Whoever has looked at the picture and not confirmed it has no second factor yet.
    with writing(engine) as connection:
        second_factor.begin(connection, "leader", "key of the site")
    assert code("reset_second_factor", "leader", "keeper") == "account_no_factor"
    assert code("disable", "nobody", "keeper") == "account_unknown"
    with writing(engine) as connection:
        admin.disable(connection, "keeper-2", **BY)
    assert code("disable", "keeper", "command:root") == "account_last"
    assert code("change", "keeper", "command:root", **same, role=Role.MONITOR) == "account_last"


def test_which_roles_need_a_second_factor_is_kept_and_on_record(engine: Engine) -> None:
    with writing(engine) as connection:
        admin.demand_second_factor(connection, {Role.LEADER, Role.CITY}, **BY)
        assert admin.second_factor_roles(connection) == {Role.LEADER, Role.CITY}
        admin.demand_second_factor(connection, {Role.LEADER}, **BY)
    assert [told for _actor, _action, _subject, told in recorded(engine)] == [
        {"was": [], "is": ["city", "leader"]},
        {"was": ["city", "leader"], "is": ["leader"]},
    ]
