"""The second factor 第二验证: one-time codes of an authenticator application (TOTP, RFC 6238), and codes for when it is lost.

The secret is kept encrypted with a key derived from the site's own: who has the store alone makes no codes. A code opens
once, and within half a minute of its own.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from hmac import compare_digest

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from data_access.store import schema
from rules.errors import PoolwatchError
from workflows.people.accounts import Role

ACCOUNT, CODE, POLICY = schema.account, schema.recovery_code, schema.factor_role
ISSUER = "Poolwatch"
SECONDS, WINDOW = 30, 1
RECOVERY_CODES = 10
# 24 letters of 32: 120 bits, so that a plain digest keeps them.
GROUPS, GROUP = 6, 4
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class FactorRefused(PoolwatchError):
    """A second factor cannot be set up or used so; ``why`` is one of WHY."""

    WHY = ("wrong_code", "standing", "lost")

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.code = f"factor_{self.WHY[self.WHY.index(why)]}"


def begin(connection: Connection, login: str, site_key: str) -> str:
    """The secret of a set-up that is begun; asked again before it is confirmed, the same one.

    Raises FactorRefused where a second factor stands: it is taken away first.
    """
    row = connection.execute(select(ACCOUNT.c.totp_secret, ACCOUNT.c.totp_confirmed_at).where(_is(login))).one()
    if row.totp_confirmed_at is not None:
        raise FactorRefused("a second factor is set up already", "standing")
    if row.totp_secret is not None:
        try:
            return _opened(row.totp_secret, site_key)
        except FactorRefused:
            pass  # begun under another key of the site: begun anew
    secret = pyotp.random_base32()
    kept = _cipher(site_key).encrypt(secret.encode()).decode()
    connection.execute(update(ACCOUNT).where(_is(login)).values(totp_secret=kept, totp_step=None))
    return secret


def address(login: str, secret: str) -> str:
    """What an authenticator application reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def confirm(connection: Connection, login: str, code: str, site_key: str, now: datetime) -> tuple[str, ...]:
    """The set-up is proven by a first code; returns the recovery codes, which nobody is told again.

    Raises FactorRefused for a wrong code, or where a second factor stands.
    """
    begin(connection, login, site_key)
    if not _code_opens(connection, login, code, site_key, now):
        raise FactorRefused("the code is wrong or was used", "wrong_code")
    connection.execute(update(ACCOUNT).where(_is(login)).values(totp_confirmed_at=now))
    return new_recovery_codes(connection, login)


def new_recovery_codes(connection: Connection, login: str) -> tuple[str, ...]:
    """Fresh recovery codes in the place of those there were."""
    made = tuple(
        "-".join("".join(secrets.choice(LETTERS) for _place in range(GROUP)) for _group in range(GROUPS))
        for _number in range(RECOVERY_CODES)
    )
    connection.execute(delete(CODE).where(CODE.c.login == login))
    connection.execute(insert(CODE), [{"code_hash": _digest(code), "login": login} for code in made])
    return made


def opens(connection: Connection, login: str, code: str, site_key: str, now: datetime) -> str | None:
    """What a code is to an account with a second factor: totp, recovery, or None. Whichever it is, it is used by this.

    Raises FactorRefused where the secret was encrypted under another key of the site.
    """
    used = delete(CODE).where(CODE.c.login == login, CODE.c.code_hash == _digest(code))
    if connection.execute(used).rowcount:
        return "recovery"
    return "totp" if _code_opens(connection, login, code, site_key, now) else None


def remove(connection: Connection, login: str) -> bool:
    """Take the second factor and its recovery codes away; False where there was none. A set-up that was begun is none."""
    connection.execute(delete(CODE).where(CODE.c.login == login))
    standing = update(ACCOUNT).where(_is(login), ACCOUNT.c.totp_confirmed_at.is_not(None))
    empty = {"totp_secret": None, "totp_confirmed_at": None, "totp_step": None}
    return bool(connection.execute(standing.values(**empty)).rowcount)


def is_set_up(connection: Connection, login: str) -> bool:
    return connection.execute(select(ACCOUNT.c.totp_confirmed_at).where(_is(login))).scalar() is not None


def codes_left(connection: Connection, login: str) -> int:
    """How many recovery codes are unused."""
    return int(connection.execute(select(func.count()).select_from(CODE).where(CODE.c.login == login)).scalar_one())


def demanded(connection: Connection) -> frozenset[Role]:
    """The roles that need a second factor."""
    return frozenset(Role(role) for role in connection.execute(select(POLICY.c.role)).scalars())


def demand(connection: Connection, roles: Collection[Role]) -> None:
    """From now on these roles need a second factor, and no others. Sessions of those who have none end: they set it up
    when they next sign in."""
    connection.execute(delete(POLICY))
    if roles:
        connection.execute(insert(POLICY), [{"role": role.value} for role in sorted(set(roles))])
    without = select(ACCOUNT.c.login).where(ACCOUNT.c.role.in_(roles), ACCOUNT.c.totp_confirmed_at.is_(None))
    password = ACCOUNT.c.password_hash.is_not(None)
    connection.execute(delete(schema.session).where(schema.session.c.login.in_(without.where(password))))


def _code_opens(connection: Connection, login: str, code: str, site_key: str, now: datetime) -> bool:
    """Whether a code is of now, half a minute ago or ahead, and later than the last one taken; then it is taken."""
    kept = connection.execute(select(ACCOUNT.c.totp_secret).where(_is(login))).scalar()
    given = "".join(code.split())
    if kept is None or not (given.isascii() and given.isdigit()):
        return False
    totp, step = pyotp.TOTP(_opened(kept, site_key), interval=SECONDS), int(now.timestamp()) // SECONDS
    for one in range(step - WINDOW, step + WINDOW + 1):
        if compare_digest(totp.generate_otp(one), given):
            later = or_(ACCOUNT.c.totp_step.is_(None), ACCOUNT.c.totp_step < one)
            return bool(connection.execute(update(ACCOUNT).where(_is(login), later).values(totp_step=one)).rowcount)
    return False


def _is(login: str) -> ColumnElement[bool]:
    return ACCOUNT.c.login == login


def _cipher(site_key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"poolwatch second factor").derive(site_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _opened(kept: str, site_key: str) -> str:
    try:
        return _cipher(site_key).decrypt(kept.encode()).decode()
    except InvalidToken:
        raise FactorRefused("the secret was encrypted under another key of the site", "lost") from None


def _digest(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
