"""Passwords 口令: which ones are taken, and how they are kept and checked without holding anything up.

A digest takes a quarter of a second and 64 MiB on purpose, so it is never made inside a transaction, and never two at
once: who comes while one is made waits a little and is then told to come again.
"""

from __future__ import annotations

import secrets
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from werkzeug.security import check_password_hash

from rules.errors import PoolwatchError

SHORTEST, LONGEST = 12, 128
# Of 0 to 4 as zxcvbn counts: at least 10⁸ guesses for who knows the common passwords, walks on the keyboard and years.
STRONG = 3
# How many characters must be left without what is guessed at first of this system.
OWN = 8
# What is guessed at first of this system, besides names: product, field and provinces.
GUESSED = (
    *(
        "poolwatch",
        "shebao",
        "jijin",
        "jijinjiance",
        "shebaojijin",
        "renshe",
        "caizheng",
        "shuiwu",
        "yanglao",
        "gongshang",
    ),
    *(
        "社保",
        "基金",
        "社保基金",
        "社会保险",
        "社会保险基金",
        "基金运行监测",
        "社会保险基金运行监测",
    ),
    *("jiangsu", "shanxi", "jilin", "江苏", "山西", "吉林", "woaini", "mima", "password", "admin", "guanliyuan"),
)
# One keeps four cores busy by itself: two at once would take as long for both and leave the readers less.
AT_ONCE, WAIT_SECONDS = 1, 5.0
ONE_TIME_LENGTH = 20
# RFC 9106's profile for less memory: 64 MiB, three passes, four lanes.
HASHER = argon2.PasswordHasher()

_turns = threading.BoundedSemaphore(AT_ONCE)


class PasswordLength(PoolwatchError):
    """A new password that is too short, or longer than anybody types."""

    code = "password_length"


class PasswordGuessable(PoolwatchError):
    """A new password that is guessed early: common, a name, a walk on the keyboard, repeated, a year."""

    code = "password_guessable"


class Busy(PoolwatchError):
    """All that may be checked at once is being checked: come again in a moment."""

    code = "busy"


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy(f"{AT_ONCE} passwords are being checked and others wait", seconds=int(WAIT_SECONDS))
    try:
        yield
    finally:
        _turns.release()


def new_digest(password: str, *names: str) -> str:
    """The digest of a new password, once it is good enough. ``names`` are its owner's: login, name.

    Raises PasswordLength, PasswordGuessable, Busy.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordLength(
            f"the password needs {SHORTEST} to {LONGEST} characters", got=len(password), low=SHORTEST, high=LONGEST
        )
    with _turn():
        if _is_guessed(password, [*GUESSED, *(name for name in names if len(name) > 1)]):
            raise PasswordGuessable("the password is common or easily guessed")
        return HASHER.hash(password)


def _is_guessed(password: str, known: list[str]) -> bool:
    from zxcvbn import zxcvbn  # 14 MB of lists, wanted by the process in which somebody sets a password

    own = password.casefold()
    for word in sorted(known, key=len, reverse=True):
        own = own.replace(word.casefold(), "")
    # What it takes grows with the square of the length, and no more is needed to see that one is strong.
    return len(own) < OWN or int(zxcvbn(password[:72], user_inputs=known)["score"]) < STRONG


def one_time() -> tuple[str, str]:
    """A password that is given to somebody and must be changed, and its digest. Raises Busy."""
    letters = "".join(sorted({*string.ascii_lowercase, *string.digits} - set("l1o0i")))
    password = "".join(secrets.choice(letters) for _place in range(ONE_TIME_LENGTH))
    with _turn():
        return password, HASHER.hash(password)


def matches(digest: str | None, password: str) -> bool:
    """Whether a digest is this password's; False for None after the same work. Raises Busy."""
    if len(password) > LONGEST:
        return False
    with _turn():
        return _is(digest or _nobodys(), password) and digest is not None


def renewed(digest: str, password: str) -> str | None:
    """A digest as they are made now of a password that matches; None where the digest is one. Raises Busy."""
    if digest.startswith("$argon2") and not HASHER.check_needs_rehash(digest):
        return None
    with _turn():
        return HASHER.hash(password)


@cache
def _nobodys() -> str:
    """Checked where there is no such account, so that the answer takes as long."""
    return HASHER.hash(secrets.token_hex(16))


def _is(digest: str, password: str) -> bool:
    if not digest.startswith("$argon2"):
        return check_password_hash(digest, password)  # scrypt, of before; renewed at the next sign-in
    try:
        return HASHER.verify(digest, password)
    except (VerificationError, InvalidHashError):
        return False
