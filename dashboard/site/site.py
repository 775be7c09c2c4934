"""What one site is built from, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from sqlalchemy import Engine

from dashboard.exports.blocks import FontSet
from dashboard.guard.patience import Patience
from data_access.books.published import PublishedCache
from workflows.people.sessions import IDLE
from workflows.people.single_sign_on import SingleSignOn
from workflows.warnings.rhythm import Rhythm

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Site:
    """One site.

    ``refresh`` asks for a refresh, which takes in what was given in, and returns at once; ``demo_sign_in`` allows sign-in
    by role without a password; ``var`` is the installation's own folder; ``now`` is the time
    at which is read, ``patience`` with a database that has just gone, ``steady`` the clock by which is written, None for the same; ``watermark``: files carry the name of
    who took them out; ``single_sign_on``: the identity provider, None for none; ``idle`` is how long a session lasts
    unused; ``fonts`` is the set of faces that Word documents name. ``hosts``: the names by which the site is
    asked, without port; ``proxies``: how many proxies before it say who asks; ``rated``: whether there are limits of rate;
    ``metrics_from``: whence metrics may be read; ``rhythm``: when refreshes are due;
    ``settings``: what is set, by its variable, None for a secret.
    """

    engine: Engine
    cache: PublishedCache
    secret_key: str
    now: Callable[[], datetime]
    demo_sign_in: bool
    var: Path
    refresh: Callable[[], None]
    hosts: frozenset[str]
    language: str = "zh"
    watermark: bool = False
    idle: timedelta = IDLE
    single_sign_on: SingleSignOn | None = None
    fonts: FontSet = "gb2312"
    proxies: int = 0
    rated: bool = True
    metrics_from: tuple[Network, ...] = ()
    rhythm: Rhythm = Rhythm()  # noqa: RUF009
    settings: Mapping[str, str | None] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)
    steady: Callable[[], datetime] | None = None

    def written_at(self) -> datetime:
        """The time of what is written now. Raises ClockStepped while the clock cannot be right."""
        return (self.steady or self.now)()
