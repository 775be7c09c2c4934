"""Real stores for tests, built once per test run, whatever the number of workers; those who write copy them.

The small one is the site's: the demonstration of one scheme, the published examples, accounts of every kind. The other holds
the demonstration of the three provinces' pensions, with a monitor of each.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, update

from dashboard import Site
from dashboard.guard.patience import Patience
from data_access.books.published import LIVE, Published, PublishedCache
from data_access.books.regions import NATION
from data_access.books.snapshot import State
from data_access.intake.originals import ORIGINALS
from data_access.store import schema
from data_access.store.engine import migrate, writing
from demonstration.load import load_demonstration
from monitoring.refresh import import_files, refresh
from tests import gap_cases
from tests.run import alone
from tests.stores import open_store
from workflows.people import passwords
from workflows.people.accounts import Role, create_account, disable_account, ensure_demo_accounts

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)  # 10:15 in Beijing
SCHEME, PROVINCE = "jilin-work-injury", "220000"
JILIN_CITY, SIPING, YONGJI = "220200", "220300", "220221"
PASSWORD = "a passphrase of the tests"
PENSIONS = {"jiangsu-pension": "320000", "shanxi-pension": "140000", "jilin-pension": "220000"}
EXAMPLES = Path(__file__).parent.parent / "examples"

LAST = {Role.AUDITOR: date(2027, 6, 30)}  # an auditor's account is for a time
# login → role, region, last valid day
PEOPLE: dict[str, tuple[Role, str, date | None]] = {
    **{f"p-{role.value}": (role, PROVINCE, LAST.get(role)) for role in Role if role is not Role.CITY},
    "c-jilin": (Role.CITY, JILIN_CITY, None),
    "c-jilin-2": (Role.CITY, JILIN_CITY, None),
    "c-siping": (Role.CITY, SIPING, None),
    "c-yongji": (Role.CITY, YONGJI, None),
    "monitor-of-jilin": (Role.MONITOR, JILIN_CITY, None),
    "until-yesterday": (Role.MONITOR, PROVINCE, date(2026, 11, 19)),
    "disabled": (Role.MONITOR, PROVINCE, None),
    "nation": (Role.LEADER, NATION, None),
}


@cache
def digest() -> str:
    """The digest of the tests' password."""
    return passwords.new_digest(PASSWORD)


def build(path: Path) -> None:
    """Make the site's store at a path: about ten seconds."""
    engine = open_store(f"sqlite:///{path}")
    migrate(engine)
    load_demonstration(engine, NOW, schemes=(SCHEME,))
    import_files(engine, sorted(EXAMPLES.glob("published*.csv")), clock=lambda: NOW, originals=path.parent / ORIGINALS)
    # After the refresh, so that what the tests register is not judged.
    gap_cases.enter(engine, SCHEME, NOW)
    with writing(engine) as connection:
        ensure_demo_accounts(connection)
    _people(engine, PEOPLE)
    with writing(engine) as connection:
        disable_account(connection, "disabled", NOW)
    _close(engine)


def build_pensions(path: Path) -> None:
    """Make the store of three pensions at a path: about a minute."""
    engine = open_store(f"sqlite:///{path}")
    migrate(engine)
    load_demonstration(engine, NOW, schemes=tuple(PENSIONS))
    # As the running server does: what the registers hold is judged too.
    refresh(engine, clock=lambda: NOW + timedelta(minutes=10))
    _people(engine, {f"monitor-{province}": (Role.MONITOR, province, None) for province in PENSIONS.values()})
    _close(engine)


def _people(engine: Engine, people: dict[str, tuple[Role, str, date | None]]) -> None:
    with writing(engine) as connection:
        for login, (role, region, valid_to) in people.items():
            create_account(
                connection, login=login, name=f"Name of {login}", role=role, region=region, valid_to=valid_to
            )
        connection.execute(update(schema.account).where(~schema.account.c.demo).values(password_hash=digest()))


def _close(engine: Engine) -> None:
    with writing(engine) as connection:
        # Not the product's: the twins sum entries in many ways, which takes half as long with it.
        columns = "scheme, region, month, movement, item, amount_fen, batch, business_date"
        connection.exec_driver_sql(f"CREATE INDEX of_tests ON ledger_entry ({columns})")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def built_once(run_folder: Path, name: str = "demonstration", build: Callable[[Path], None] = build) -> Path:
    """A store of this test run; the first worker that asks builds it, the others wait for it."""
    path = run_folder / f"{name}.db"
    with alone(run_folder, name):
        if not path.exists():
            making = run_folder / f"{name}.making.db"
            build(making)
            shutil.copy(making, _untouched(path))
            making.rename(path)
    return path


def pensions_once(run_folder: Path) -> Path:
    return built_once(run_folder, "pensions", build_pensions)


def _untouched(store: Path) -> Path:
    """Its twin, which is only copied: a process that opens and closes the file of a store itself loses the locks that its
    connections hold on it, and another that closes the store then takes it for the last and its log away."""
    return store.with_suffix(".untouched")


def copied(store: Path, folder: Path) -> Path:
    """A copy that may be written to."""
    return Path(shutil.copy(_untouched(store), folder / "store.db"))


@contextmanager
def copy_of(store: Path, folder: Path) -> Iterator[Engine]:
    """A copy that may be written to, open."""
    engine = open_store(f"sqlite:///{copied(store, folder)}")
    _copies[engine] = store
    try:
        yield engine
    finally:
        engine.dispose()


# Of which store an engine's is a copy.
_copies: WeakKeyDictionary[Engine, Path] = WeakKeyDictionary()


@cache
def _states(store: Path) -> tuple[State, ...]:
    """What a store shows of its scheme now and at the last signature: it takes longer to read than most tests."""
    engine = open_store(f"sqlite:///{store}")
    with engine.connect() as connection:
        published = Published(connection)
        states = tuple(published.snapshot(SCHEME, period).state for period in (LIVE, ""))
    engine.dispose()
    return states


def _known(engine: Engine) -> PublishedCache:
    """A process's cache, which on a copy has read what the copied versions show: a version never changes."""
    known = PublishedCache()

    def keep(state: State) -> None:
        known.states.get((SCHEME, state.facts.version), lambda: state)

    for state in _states(_copies[engine]) if engine in _copies else ():
        keep(state)
    return known


def site_on(engine: Engine, var: Path, *, demo_sign_in: bool = True, language: str = "zh", known: bool = True) -> Site:
    """A site over an open store, at the tests' instant. ``known``: on a copy, what the copied versions show is taken as
    read; no where a test changes it behind their back."""
    return Site(
        engine=engine,
        cache=_known(engine) if known else PublishedCache(),
        secret_key="a key of the tests",
        now=lambda: NOW,
        demo_sign_in=demo_sign_in,
        var=var,
        language=language,
        refresh=lambda: None,
        hosts=frozenset({"localhost", "127.0.0.1"}),
        rated=False,
        patience=Patience(0),
    )
