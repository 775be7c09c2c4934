"""The store of the installation, and what it tells of the processes that work on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dashboard.pages.admin.health import BACKUP_AGE
from data_access.backup.taking import DEED as BACKUP
from data_access.books.versions import current_version, reading
from data_access.intake.importers.history import waiting
from data_access.intake.sources.expiry import load_expiries
from data_access.intake.sources.status import source_statuses
from data_access.store.audit import CHECKED, last_of
from data_access.store.clock import SteadyClock
from data_access.store.engine import UNREACHABLE
from data_access.store.health import broken, head, leases, revision, server_state, store_state
from data_access.store.trouble import store_trouble
from doctor.finding import Finding, fail, warn, well
from rules.errors import StoreError
from rules.month import SHANGHAI
from settings import PREFIX
from workflows.people.outbox import dead_letters
from workflows.warnings.rhythm import Rhythm
from workflows.warnings.watch import last_sign

OLDEST_SERVER = 150_000  # as PostgreSQL numbers its releases
FEWEST_CONNECTIONS = 20
CHECK_AGE = timedelta(days=2)
QUEUED = 50


def store_findings(engine: Engine, rhythm: Rhythm, now: datetime) -> Iterator[Finding]:
    """Everything that the store tells; where it cannot be asked, that alone."""
    url = engine.url.render_as_string(hide_password=True)
    try:
        with reading(engine) as connection:
            yield from _database(connection)
            at = revision(connection)
            if at != head():
                remedy = "run flask init" if at is None else "run flask upgrade, or start the release that made it"
                yield fail("database", f"Its schema is {at or 'missing'}, this program needs {head()}: {remedy}.")
                return
            yield from _work(connection, rhythm, now)
            yield from _care(connection, now)
    except StoreError as problem:
        yield fail("database", str(problem))
    except UNREACHABLE as problem:
        why = str(getattr(problem, "orig", problem)).splitlines()[0]
        yield fail("database", f"{url} cannot be asked ({why}): start it, or mend {PREFIX}DATABASE_URL.")
    except DBAPIError as problem:
        said = store_trouble(problem) or str(problem.orig).splitlines()[0]
        yield fail("database", f"{url} is no store that can be read ({said}): restore a backup.")


def _database(connection: Connection) -> Iterator[Finding]:
    wrong = broken(connection)
    if wrong:
        yield fail("database", f"The file of the store is damaged ({wrong}): stop the site and restore a backup.")
    server = server_state(connection)
    if server is None:
        yield well("database", "The store is SQLite: for one machine.")
        return
    if server.release < OLDEST_SERVER:
        yield fail("database", f"PostgreSQL {server.release // 10_000} is too old: move to 15 or newer.")
    if server.encoding != "UTF8":
        yield fail(
            "database", f"The database is in {server.encoding}: make one with ENCODING 'UTF8' and restore into it."
        )
    if not server.temporary:
        yield fail("database", "The site's role may make no temporary tables: GRANT TEMPORARY ON DATABASE … TO it.")
    if server.connections_left < FEWEST_CONNECTIONS:
        yield warn(
            "database",
            f"Of {server.connections} connections {server.connections_left} are left, and each worker takes up to 18: raise "
            "max_connections, or start fewer workers.",
        )
    yield well(
        "database",
        f"PostgreSQL {server.release // 10_000}, {server.connections_left} of {server.connections} connections are left.",
    )


def _work(connection: Connection, rhythm: Rhythm, now: datetime) -> Iterator[Finding]:
    version, sign = current_version(connection), last_sign(connection)
    late = "Is the scheduler running? systemctl status poolwatch-scheduler; journalctl -u poolwatch-scheduler"
    if sign is None:
        yield warn("refresh", "Nothing was ever refreshed: import data and run flask refresh, or start the scheduler.")
    elif rhythm.late(sign, now):
        yield fail("refresh", f"No refresh has ended well since {_moment(sign)}. {late}.")
    for lease in leases(connection):
        if lease.dead(now):
            yield warn(
                "refresh",
                f"{lease.holder} died at the work {lease.name} at {_moment(lease.heartbeat_at)}; the next one goes on.",
            )
    queued = len(waiting(connection))
    if queued > QUEUED:
        yield warn("refresh", f"{queued} deliveries wait to be taken in. {late}.")
    if version is not None:
        yield well("refresh", f"Version {version.id} is published, as of {_moment(version.as_of)}.")
    lagging = [one.code for one in source_statuses(connection, now) if one.late(now)]
    if lagging:
        yield warn(
            "sources", f"Data are late of {', '.join(lagging)}: ask who sends them, or look at the page 数据接入."
        )
    dead = dead_letters(connection)
    if dead:
        yield warn("messages", f"{dead} messages were given up: 系统管理 › 运行状况 says why and sends them again.")
    for one in load_expiries(connection, now):
        what = "The calendar" if one.kind == "calendar" else f"What {', '.join(one.schemes)} rests on"
        remedy = (
            "import the holidays" if one.kind == "calendar" else "install the release that has been verified for it"
        )
        yield warn("calendar", f"{what} ends before {one.day}: {remedy}.")


def _care(connection: Connection, now: datetime) -> Iterator[Finding]:
    checked, backed = last_of(connection, CHECKED), last_of(connection, BACKUP)
    if checked is None or now - checked[0] > CHECK_AGE:
        since = f"since {_moment(checked[0])}" if checked else "ever"
        yield warn("care", f"The store was not checked {since}: run flask check, by poolwatch-check.timer.")
    elif checked[1].get("at_fault"):
        yield fail("care", f"flask check of {_moment(checked[0])} found faults: run it again and follow what it says.")
    if backed is None or now - backed[0] > BACKUP_AGE:
        since = f"since {_moment(backed[0])}" if backed else "ever"
        yield warn("care", f"The store was not backed up {since}: run flask backup, by poolwatch-backup.timer.")
    else:
        yield well("care", f"The last backup is of {_moment(backed[0])}.")


def clock_findings(clock: SteadyClock) -> Iterator[Finding]:
    """Whether the time can be right, against the machine's own count, the database and the last version."""
    problem = clock.trouble()
    yield (fail("clock", str(problem)) if problem else well("clock", "The clock runs steadily."))


def size_of(engine: Engine) -> int:
    """The bytes of a store that lies on this machine; 0 of any other, and of one that cannot be asked."""
    if engine.dialect.name != "sqlite":
        return 0
    try:
        with reading(engine) as connection:
            return store_state(connection).size
    except (*UNREACHABLE, DBAPIError):
        return 0


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
