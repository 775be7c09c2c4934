"""Who signs in: what is asked, what is refused alike, who waits how long, and what ends a session."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select, update
from werkzeug.security import generate_password_hash

from data_access.books.published import Published
from data_access.store import schema
from data_access.store.engine import writing
from rules.errors import NotAllowed
from tests.demonstration_store import PASSWORD
from tests.workflows.people_store import KEY, NOW, code, people, recorded, with_factor
from workflows.people import passwords, second_factor
from workflows.people.accounts import Role, disable_account
from workflows.people.attempts import FREE, LONGEST_WAIT, TooManyAttempts, Visit
from workflows.people.passwords import Busy, PasswordGuessable, PasswordLength, new_digest
from workflows.people.second_factor import FactorRefused, demand
from workflows.people.sessions import IDLE, Session, Stage, end_session, end_sessions, session_of, sessions_of
from workflows.people.sign_in import (
    WrongPassword,
    answer_code,
    give_password,
    prove,
    set_up_factor,
    sign_in,
    sign_in_demo,
    sign_out,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
OFFICE, ELSEWHERE = Visit("192.0.2.1", "browser"), Visit("198.51.100.9", "robot")


@pytest.fixture
def engine(sqlite_store: Engine) -> Engine:
    return people(sqlite_store)


def session(engine: Engine, token: str, at: Any = NOW) -> Session | None:
    with engine.connect() as connection:
        return session_of(connection, token, at, IDLE)


def fail(engine: Engine, login: str, visit: Visit, at: Any) -> timedelta | None:
    """A wrong password; how long none is taken where this one was not."""
    try:
        sign_in(engine, login, "wrong", at, visit)
    except TooManyAttempts as problem:
        return timedelta(seconds=int(str(problem.parameters["seconds"])))
    except NotAllowed:
        return None
    raise AssertionError("a wrong password was taken")


# --- who waits how long


def test_who_fails_often_waits_longer_each_time_and_nobody_for_good(store: Engine) -> None:
    people(store)
    at, waits = NOW, []
    for _time in range(14):
        wait = fail(store, "leader", OFFICE, at)
        if wait is not None:
            waits.append(wait)
            # Trying meanwhile makes it no longer.
            assert fail(store, "leader", OFFICE, at + SECOND) == wait - SECOND
            at += wait
    seconds = [15, 30, 60, 120, 240, 480, 900]
    assert waits[: len(seconds)] == [timedelta(seconds=one) for one in seconds[: len(waits)]] and len(waits) >= 4
    assert max(waits) <= LONGEST_WAIT
    assert sign_in(store, "leader", PASSWORD, at + LONGEST_WAIT, OFFICE).stage is Stage.OPEN
    # And begins anew.
    assert [fail(store, "leader", OFFICE, at + LONGEST_WAIT) for _time in range(FREE["here"])] == [None] * FREE["here"]


def test_strangers_keep_out_nobody_elsewhere_nor_on_a_device_that_is_known(engine: Engine) -> None:
    for _time in range(FREE["here"]):
        fail(engine, "leader", ELSEWHERE, NOW)
    assert fail(engine, "leader", ELSEWHERE, NOW) is not None
    assert sign_in(engine, "leader", PASSWORD, NOW, OFFICE).stage is Stage.OPEN
    # From everywhere at once: who is not known waits, who is does not.
    for number in range(FREE["account"]):
        fail(engine, "leader", Visit(f"203.0.113.{number}"), NOW)
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "leader", PASSWORD, NOW, OFFICE)
    known = Visit("192.0.2.1", device="mark", known="leader")
    assert sign_in(engine, "leader", PASSWORD, NOW, known).stage is Stage.OPEN
    with pytest.raises(TooManyAttempts):  # the mark is this account's alone
        sign_in(engine, "leader", PASSWORD, NOW, Visit("192.0.2.1", device="mark", known="monitor"))
    # A stolen mark is no way round either.
    assert [fail(engine, "leader", known, NOW) is None for _time in range(FREE["device"] + 1)][-2:] == [True, False]


def test_one_address_that_tries_many_logins_waits_but_this_machine_may_be_a_proxy(engine: Engine) -> None:
    tried = [fail(engine, f"somebody-{number}", ELSEWHERE, NOW) for number in range(FREE["address"] + 1)]
    assert tried[:-1] == [None] * FREE["address"] and tried[-1] is not None
    here = Visit("127.0.0.1")
    assert {fail(engine, f"somebody-{number}", here, NOW) for number in range(FREE["address"] + 5)} == {None}


def test_a_login_that_does_not_exist_waits_as_one_that_does(engine: Engine) -> None:
    def tried(login: str, visit: Visit) -> list[timedelta | None]:
        return [fail(engine, login, visit, NOW) for _time in range(FREE["here"] + 2)]

    assert tried("nobody", Visit("192.0.2.7")) == tried("leader", Visit("192.0.2.8"))


def test_many_at_once_are_counted_before_any_is_checked(store: Engine) -> None:
    people(store)
    with ThreadPoolExecutor(8) as robots:
        waits = list(robots.map(lambda _turn: fail(store, "leader", ELSEWHERE, NOW), range(16)))
    assert waits.count(None) == FREE["here"]


# --- passwords


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 129,
        "x" * 12,
        "passwordpassword",
        "123456789012",
        "1qaz2wsx3edc",
        "zhangsan-Poolwatch",
        "zhangsan-2026",
        "社会保险基金运行监测系统",
        "shebaojijin2026",
        "P@ssw0rd1234",
        "Admin@123456",
        "Shebao@123456",
        "jiangsu202611",
        "woaini1314520",
    ],
)
def test_a_password_that_is_short_common_or_made_of_names_is_refused(password: str) -> None:
    with pytest.raises((PasswordLength, PasswordGuessable)):
        new_digest(password, "zhangsan", "张三")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "江边的三棵柳树今年都发芽了", "tr4-kUpo#9wLm", "a" + "b c" * 30]
)
def test_a_sentence_in_any_language_is_taken(password: str) -> None:
    assert passwords.matches(new_digest(password, "zhangsan", "张三"), password)


def test_an_installation_makes_digests_as_rfc_9106_says() -> None:
    made = PasswordHasher()
    assert (made.time_cost, made.memory_cost, made.parallelism, made.type.name) == (3, 65536, 4, "ID")


def test_a_digest_of_before_still_opens_and_is_renewed_at_the_sign_in(engine: Engine) -> None:
    account = schema.account

    def kept() -> str:
        with engine.connect() as connection:
            return str(connection.execute(select(account.c.password_hash).where(account.c.login == "leader")).scalar())

    for old in (generate_password_hash(PASSWORD, "scrypt:1024:8:1"), PasswordHasher(1, 16, 1).hash(PASSWORD)):
        with writing(engine) as connection:
            connection.execute(update(account).where(account.c.login == "leader").values(password_hash=old))
        assert fail(engine, "leader", OFFICE, NOW) is None and kept() == old
        assert sign_in(engine, "leader", PASSWORD, NOW, OFFICE).stage is Stage.OPEN
        assert kept().startswith("$argon2id$v=19$m=8,t=1,p=1$") and passwords.matches(kept(), PASSWORD)


class Watching(PasswordHasher):
    """Finds while it works whether anybody who writes would have to wait."""

    engine: Engine

    def verify(self, hash: Any, password: Any) -> Any:
        with writing(self.engine, waits=False) as connection:
            connection.execute(update(schema.account).values(language="zh"))
        return super().verify(hash, password)


def test_who_writes_does_not_wait_for_passwords(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Watching(1, 8, 1)
    watching.engine = engine
    monkeypatch.setattr(passwords, "HASHER", watching)
    assert sign_in(engine, "leader", PASSWORD, NOW).stage is Stage.OPEN
    prove(engine, "leader", PASSWORD, NOW, OFFICE)
    assert fail(engine, "leader", OFFICE, NOW) is None


@pytest.fixture
def all_busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    for _turn in range(passwords.AT_ONCE):
        passwords._turns.acquire()
    yield
    for _turn in range(passwords.AT_ONCE):
        passwords._turns.release()


def test_where_too_many_passwords_are_checked_one_is_told_to_come_again(engine: Engine, all_busy: None) -> None:
    with pytest.raises(Busy):
        sign_in(engine, "leader", PASSWORD, NOW)


# --- sessions


def test_a_sign_in_ends_the_session_the_browser_had(engine: Engine) -> None:
    first = sign_in(engine, "leader", PASSWORD, NOW, OFFICE).token
    second = sign_in(engine, "monitor", PASSWORD, NOW, Visit(token=first)).token
    assert session(engine, first) is None and session(engine, second) is not None


def test_a_person_sees_where_they_are_signed_in_and_ends_one_or_all_others(engine: Engine) -> None:
    here, there, third = (
        sign_in(engine, "leader", PASSWORD, NOW + number * MINUTE, visit).token
        for number, visit in enumerate((OFFICE, ELSEWHERE, Visit("2001:db8::1")))
    )
    stranger = sign_in(engine, "monitor", PASSWORD, NOW).token
    with writing(engine) as connection:
        listed = sessions_of(connection, "leader", NOW + 3 * MINUTE, IDLE)
        assert [(one.address, one.agent) for one in listed] == [
            ("2001:db8::1", ""),
            ("198.51.100.9", "robot"),
            ("192.0.2.1", "browser"),
        ]
        (foreign,) = sessions_of(connection, "monitor", NOW, IDLE)
        assert not end_session(connection, "leader", foreign.handle) and not end_session(connection, "leader", "")
        assert end_session(connection, "leader", listed[1].handle)
    assert [session(engine, token) is None for token in (here, there, third)] == [False, True, False]
    with writing(engine) as connection:
        assert end_sessions(connection, "leader", but=here) == 1
    assert [session(engine, token) is None for token in (here, third, stranger)] == [False, True, False]
    sign_out(engine, here, NOW)
    assert session(engine, here) is None


def test_an_account_signs_in_from_its_first_day_to_its_last_in_shanghai(engine: Engine) -> None:
    day = NOW.astimezone().date()
    with writing(engine) as connection:
        of_leader = update(schema.account).where(schema.account.c.login == "leader")
        connection.execute(of_leader.values(valid_from=day, valid_to=day))
    midnight = NOW.replace(hour=16, minute=0) - timedelta(days=1)  # of Shanghai
    for at, opened in ((midnight - SECOND, False), (midnight, True), (midnight + timedelta(days=1), False)):
        assert (fail_or_open(engine, at)) is opened


def fail_or_open(engine: Engine, at: Any) -> bool:
    try:
        return session(engine, sign_in(engine, "leader", PASSWORD, at).token, at) is not None
    except NotAllowed:
        return False


# --- second factor


def test_with_a_second_factor_the_password_alone_opens_nothing(engine: Engine) -> None:
    secret, _codes = with_factor(engine, "leader", NOW)
    asked = sign_in(engine, "leader", PASSWORD, NOW, OFFICE)
    assert asked.stage is Stage.CODE and session(engine, asked.token) is None
    visit = Visit("192.0.2.1", token=asked.token)
    for wrong in ("", "١٢٣٤٥٦", code(secret, NOW)):  # the last one was used to set it up
        with pytest.raises(NotAllowed):
            answer_code(engine, wrong, KEY, NOW, Visit("192.0.2.1", token=asked.token))
    later = NOW + 16 * SECOND + MINUTE
    opened = answer_code(engine, code(secret, later), KEY, later, visit)
    assert opened.stage is Stage.OPEN and session(engine, opened.token, later) is not None
    assert session(engine, asked.token, later) is None
    with pytest.raises(NotAllowed):  # a session that waits for nothing takes no code
        answer_code(engine, code(secret, later), KEY, later, Visit(token=opened.token))


def test_a_code_opens_half_a_minute_early_or_late_and_only_once(engine: Engine) -> None:
    secret, _codes = with_factor(engine, "leader", NOW)
    at = NOW + 10 * MINUTE
    steps = {away: code(secret, at + away * timedelta(seconds=30)) for away in (-2, -1, 0, 1, 2)}

    def opens(given: str) -> str | None:
        with writing(engine) as connection:
            return second_factor.opens(connection, "leader", given, KEY, at)

    assert [opens(steps[away]) for away in (-2, 2)] == [None, None]
    assert [opens(steps[away]) for away in (-1, -1, 1, 0, 1)] == ["totp", None, "totp", None, None]


def test_who_knows_the_password_cannot_guess_codes_for_ever(engine: Engine) -> None:
    with_factor(engine, "leader", NOW)
    with pytest.raises(TooManyAttempts):
        for _time in range(FREE["here"]):
            asked = sign_in(engine, "leader", PASSWORD, NOW, OFFICE)
            with pytest.raises(NotAllowed):
                answer_code(engine, "000000", KEY, NOW, Visit(OFFICE.address, token=asked.token))


def test_a_recovery_code_opens_once_also_after_the_sites_key_was_changed(engine: Engine) -> None:
    secret, codes = with_factor(engine, "leader", NOW)
    assert len(set(codes)) == second_factor.RECOVERY_CODES

    def answer(given: str, key: str = KEY) -> Stage:
        asked = sign_in(engine, "leader", PASSWORD, NOW + MINUTE, OFFICE)
        return answer_code(engine, given, key, NOW + MINUTE, Visit(token=asked.token)).stage

    assert answer(codes[0].lower().replace("-", " ")) is Stage.OPEN
    with pytest.raises(NotAllowed):
        answer(codes[0])
    with pytest.raises(FactorRefused) as lost:
        answer(code(secret, NOW + MINUTE), "another key of the site, as long as one has to be")
    assert lost.value.code == "factor_lost"
    assert answer(codes[1], "another key of the site, as long as one has to be") is Stage.OPEN
    with engine.connect() as connection:
        assert second_factor.codes_left(connection, "leader") == len(codes) - 2
        stored = connection.execute(
            select(schema.account.c.totp_secret).where(schema.account.c.login == "leader")
        ).scalar()
    assert stored and secret not in stored


def test_a_role_that_needs_a_second_factor_sets_one_up_before_anything_else(engine: Engine) -> None:
    before = sign_in(engine, "leader", PASSWORD, NOW).token
    with writing(engine) as connection:
        demand(connection, [Role.LEADER])
    assert session(engine, before) is None
    asked = sign_in(engine, "leader", PASSWORD, NOW)
    assert asked.stage is Stage.FACTOR and session(engine, asked.token) is None
    assert sign_in(engine, "monitor", PASSWORD, NOW).stage is Stage.OPEN
    with writing(engine) as connection:
        secret = second_factor.begin(connection, "leader", KEY)
        assert second_factor.begin(connection, "leader", KEY) == secret
    visit = Visit(token=asked.token)
    with pytest.raises(FactorRefused):
        set_up_factor(engine, "000000", KEY, NOW, visit)
    opened, codes = set_up_factor(engine, code(secret, NOW), KEY, NOW, visit)
    assert session(engine, opened.token) is not None and len(codes) == second_factor.RECOVERY_CODES
    assert sign_in(engine, "leader", PASSWORD, NOW).stage is Stage.CODE


# --- passwords that were given


def test_a_password_that_was_given_only_opens_the_way_to_ones_own_and_not_for_long(engine: Engine) -> None:
    given, digest = passwords.one_time()
    with writing(engine) as connection:
        of_leader = update(schema.account).where(schema.account.c.login == "leader")
        connection.execute(of_leader.values(password_hash=digest, one_time_until=NOW + MINUTE))
    assert not fail_with(engine, given, NOW) and fail_with(engine, given, NOW + MINUTE)
    asked = sign_in(engine, "leader", given, NOW)
    assert asked.stage is Stage.PASSWORD and session(engine, asked.token) is None
    visit = Visit(token=asked.token)
    for refused in (given, "short", "passwordpassword"):
        with pytest.raises((PasswordGuessable, PasswordLength)):
            give_password(engine, refused, NOW, visit)
    opened = give_password(engine, "江边的三棵柳树今年都发芽了", NOW, visit)
    assert opened.stage is Stage.OPEN and session(engine, opened.token) is not None
    assert fail_with(engine, given, NOW) and not fail_with(engine, "江边的三棵柳树今年都发芽了", NOW)


def fail_with(engine: Engine, password: str, at: Any) -> bool:
    try:
        sign_in(engine, "leader", password, at)
    except NotAllowed:
        return True
    return False


# --- on record


def test_who_comes_and_goes_is_on_record_and_no_page_is_another_for_it(engine: Engine) -> None:
    with engine.connect() as connection:
        stamp = Published(connection).stamp
    with writing(engine) as connection:
        disable_account(connection, "monitor", NOW)
    fail(engine, "leader", OFFICE, NOW)
    fail(engine, "my password, typed too early", OFFICE, NOW)
    with pytest.raises(NotAllowed):
        sign_in(engine, "monitor", PASSWORD, NOW, OFFICE)
    with pytest.raises(WrongPassword):
        prove(engine, "leader", "wrong", NOW, OFFICE)
    sign_out(engine, sign_in(engine, "leader", PASSWORD, NOW, OFFICE).token, NOW)
    with pytest.raises(NotAllowed):
        sign_in_demo(engine, Role.LEADER, NOW)
    address = {"address": OFFICE.address}
    assert recorded(engine) == [
        ("", "sign_in_failed", "leader", {**address, "why": "password"}),
        ("", "sign_in_failed", "", {**address, "why": "unknown"}),
        ("", "sign_in_failed", "monitor", {**address, "why": "closed"}),
        ("", "sign_in_failed", "leader", {**address, "why": "proof"}),
        ("leader", "sign_in", "leader", {**address, "by": "password"}),
        ("leader", "sign_out", "leader", {}),
    ]
    with engine.connect() as connection:
        assert Published(connection).stamp == stamp
        count = select(func.count()).select_from(schema.audit_event)
        assert connection.execute(count).scalar_one() == 6
