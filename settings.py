"""Settings 设置, from the environment only, each checked before anything starts."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from rules.errors import SettingsError
from workflows.people.single_sign_on import SingleSignOn, grant_of

PREFIX = "POOLWATCH_"
SHORTEST_SECRET = 32
SECRET = ("DATABASE_URL", "SECRET_KEY", "SEAL_KEY", "PERSON_KEY", "MAIL_URL", "WEBHOOK_URL", "ROBOT_URLS")
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")


_ENGINE = re.compile(
    r"duckdb://(\?(threads=\d+|memory_limit=\d+[KMGT]B)(&(threads=\d+|memory_limit=\d+[KMGT]B))?)?|spark://[^\s/]+:\d+"
)


def _parted(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


class Settings(BaseSettings):
    """One installation's settings. Every field is the environment variable ``POOLWATCH_`` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    database_url: str = ""  # empty: SQLite under VAR
    var: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = Field(default=8050, ge=1, le=65535)
    hosts: str = ""  # names by which the site is asked, separated by commas, beside those of loopback and HOST
    proxies: int = Field(default=0, ge=0, le=9)  # how many reverse proxies hand requests on
    metrics_from: str = ""  # addresses and networks that may read /metrics, separated by commas; empty: none
    log: Literal["text", "json"] = "text"  # json: one object a line
    syslog: str = ""  # HOST:PORT (UDP) or /dev/log, where the log goes too
    province: str | None = Field(default=None, pattern=r"^\d{2}0000$")
    secret_key: str = ""
    seal_key: str = ""  # of the seals 封存; empty: made once and kept under VAR
    seal_syslog: str = ""  # HOST:PORT or /dev/log, where the head of each sealed day is sent; empty: nowhere
    seal_mail: str = ""  # address that gets it too, through MAIL_URL
    person_key: str = ""  # by which identifiers of persons become hashes; empty: made once and kept under VAR
    lake: Path | None = None  # folder of the person-level ledger; None: under VAR
    engine_url: str = "duckdb://"  # what reads it: this process, or spark://HOST:PORT
    refresh_cron: str = "*/15 * * * *"
    demo: Literal["auto", "on", "off"] = "auto"
    timezone: str = "Asia/Shanghai"
    language: Literal["zh_CN", "en"] = "zh_CN"
    watermark: Literal["off", "reader"] = "off"  # reader: the name of who takes a file out stands across it
    fonts: Literal["gb2312", "windows", "founder"] = "gb2312"  # the faces that Word documents name
    idle_minutes: int = Field(default=30, ge=5, le=720)  # after which a session that nobody uses ends
    oidc_issuer: str = ""  # identity provider of single sign-on, as it calls itself; empty: none
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    oidc_roles: dict[str, str] = Field(default_factory=dict)  # JSON: the provider's group → ROLE/REGION[/DEPARTMENT]
    oidc_groups_claim: str = "groups"
    oidc_login_claim: str = "preferred_username"
    mail_url: str = ""  # smtps://USER:PASSWORD@HOST:PORT?from=ADDRESS; empty: no mail
    mail_addresses: dict[str, str] = Field(default_factory=dict)  # JSON: login → address
    webhook_url: str = ""
    robot_urls: str = ""  # wecombot://… dingtalk://… feishu://…, separated by blanks

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value:
            try:
                backend = make_url(value).get_backend_name()
            except ArgumentError:
                raise ValueError("is not a database URL such as postgresql://user@host/poolwatch") from None
            if backend not in ("sqlite", "postgresql"):
                raise ValueError(f"names {backend}; only sqlite and postgresql are known")
        return value

    @field_validator("engine_url")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if not _ENGINE.fullmatch(value):
            raise ValueError("is not duckdb://, duckdb://?threads=2&memory_limit=4GB or spark://HOST:PORT")
        return value

    @field_validator("refresh_cron")
    @classmethod
    def _five_fields(cls, value: str) -> str:
        try:
            CronTrigger.from_crontab(value)
        except ValueError as problem:
            raise ValueError(f"is not a cron expression such as */15 * * * * ({problem})") from None
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is not a time zone such as Asia/Shanghai") from None
        return value

    @field_validator("hosts")
    @classmethod
    def _names(cls, value: str) -> str:
        wrong = [name for name in _parted(value) if not _HOST.fullmatch(name)]
        if wrong:
            raise ValueError(f"has {wrong[0]!r}, which is no host name without port such as poolwatch.example")
        return value

    @field_validator("metrics_from")
    @classmethod
    def _networks(cls, value: str) -> str:
        for one in _parted(value):
            try:
                ipaddress.ip_network(one)
            except ValueError:
                raise ValueError(
                    f"has {one!r}, which is no address or network such as 127.0.0.1 or 10.0.0.0/8"
                ) from None
        return value

    @property
    def metrics_readers(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Whence metrics may be read."""
        return tuple(ipaddress.ip_network(one) for one in _parted(self.metrics_from))

    @property
    def known_hosts(self) -> frozenset[str]:
        """The names that a request may ask for: those set, the address served on, and this machine's own."""
        served = f"[{self.host}]" if ":" in self.host else self.host
        return LOOPBACK_HOSTS | {served, *_parted(self.hosts)}

    def shown(self) -> dict[str, str | None]:
        """Every setting as it is in force, by its variable, for the page of the system's state; None for a secret that is
        set, which is nowhere shown, and for whose address is where."""
        found: dict[str, str | None] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            text = "" if value in (None, "", {}) else str(value)
            hidden = name.upper() in (*SECRET, "MAIL_ADDRESSES")
            found[PREFIX + name.upper()] = None if hidden and text else text
        return found

    @field_validator("oidc_issuer")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("is not an address such as https://id.example/realms/province")
        return value

    @field_validator("oidc_roles")
    @classmethod
    def _grants(cls, value: dict[str, str]) -> dict[str, str]:
        for group, text in value.items():
            try:
                grant_of(text)
            except ValueError as problem:
                raise ValueError(f"{group}: {problem}; write ROLE/REGION or ROLE/REGION/DEPARTMENT") from None
        return value

    @property
    def single_sign_on(self) -> SingleSignOn | None:
        """The identity provider; None where none is set. Raises SettingsError where something of it is missing."""
        if not self.oidc_issuer:
            return None
        if not (self.oidc_client_id and self.oidc_client_secret_file and self.oidc_roles):
            raise SettingsError(
                f"{PREFIX}OIDC_ISSUER needs OIDC_CLIENT_ID, OIDC_CLIENT_SECRET_FILE and OIDC_ROLES as well.",
                name="OIDC_ISSUER",
            )
        try:
            secret = self.oidc_client_secret_file.read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise SettingsError(
                f"{PREFIX}OIDC_CLIENT_SECRET_FILE cannot be read ({problem.strerror}).", name="OIDC_CLIENT_SECRET_FILE"
            ) from None
        grants = {group: grant_of(text) for group, text in self.oidc_roles.items()}
        return SingleSignOn(
            self.oidc_issuer, self.oidc_client_id, secret, grants, self.oidc_groups_claim, self.oidc_login_claim
        )

    @property
    def store_url(self) -> str:
        """The database: as set, or SQLite under VAR."""
        return self.database_url or f"sqlite:///{self.var.absolute() / 'poolwatch.db'}"

    @property
    def lake_folder(self) -> Path:
        """Where the person-level ledger stands: as set, or under VAR."""
        return self.lake or self.var / "persons"

    @property
    def reader_language(self) -> str:
        """The language of who has chosen none, as the dashboard names it."""
        return "en" if self.language == "en" else "zh"

    @property
    def loopback(self) -> bool:
        """True when nobody outside this machine can reach the site."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def secret(self) -> str:
        """The key that signs sessions: as set; on loopback made once and kept under VAR.

        Raises SettingsError when it is missing elsewhere, or too short to protect anything.
        """
        if self.secret_key:
            if len(self.secret_key) < SHORTEST_SECRET:
                raise SettingsError(
                    f"{PREFIX}SECRET_KEY needs at least {SHORTEST_SECRET} characters.", name="SECRET_KEY"
                )
            return self.secret_key
        if not self.loopback:
            raise SettingsError(
                f"{PREFIX}SECRET_KEY must be set when the site is served beyond this machine (HOST {self.host}).",
                name="SECRET_KEY",
            )
        return self._kept("secret_key")

    def sealing(self) -> bytes:
        """The key that seals the store 封存: as set, or made once and kept under VAR. Every process on one store needs the same.

        Raises SettingsError when the one that is set is too short to protect anything.
        """
        return self._key("seal_key", self.seal_key)

    def hashing(self) -> bytes:
        """The key by which identifiers of persons become hashes: as set, or made once and kept under VAR. Another key makes other
        hashes, so that no person is found again.

        Raises SettingsError when the one that is set is too short to protect anything.
        """
        return self._key("person_key", self.person_key)

    def _key(self, name: str, told: str) -> bytes:
        if told and len(told) < SHORTEST_SECRET:
            setting = name.upper()
            raise SettingsError(f"{PREFIX}{setting} needs at least {SHORTEST_SECRET} characters.", name=setting)
        return (told or self._kept(name)).encode()

    def _kept(self, name: str) -> str:
        self.var.mkdir(parents=True, exist_ok=True)
        path = self.var / name
        if not path.exists():
            made = self.var / f"{name}.{os.getpid()}"
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(SHORTEST_SECRET))
            # A link appears whole and only once, whichever of several starting processes is first.
            with suppress(FileExistsError):
                os.link(made, path)
            made.unlink()
        return path.read_text(encoding="ascii")


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError, one sentence naming the variable, what it got and needs."""
    try:
        settings = Settings()
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        name = str(first["loc"][0]).upper()
        reason = str(first["msg"]).removeprefix("Value error, ")
        # A database URL may hold a password, which has no business in a log.
        got = "" if name in SECRET else f"={os.environ.get(PREFIX + name, '')!r}"
        raise SettingsError(f"{PREFIX}{name}{got}: {reason}.", name=name) from None
    settings.secret()
    _ = settings.single_sign_on
    settings.sealing()
    return settings


def settings_or_exit() -> Settings:
    """The settings, or the end of the process with the one sentence on standard error and status 1."""
    try:
        return load_settings()
    except SettingsError as problem:
        raise SystemExit(str(problem)) from None
