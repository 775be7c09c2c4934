"""Composition root: settings → store → refresh clock → site → server. Only the servers and Flask's CLI import it.

``python app.py`` runs everything in one process (embedded SQLite, demonstration data on first start). In production
gunicorn serves ``app:create_app()`` by ``deploy/gunicorn.conf.py`` and ``flask scheduler`` is a process of its own, which web
workers ask for refreshes: they load nothing of what takes files in, which would be half of their memory.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask
from sqlalchemy import Engine, select

from commands import channels_on, places_of, register_commands
from dashboard import Site, create_site
from dashboard.pages.briefings.scheduled import SECONDS, drafting
from data_access.books.published import PublishedCache
from data_access.intake.asking import ask_for_refresh
from data_access.store import schema
from data_access.store.clock import SteadyClock
from data_access.store.engine import create_store, demand_current, is_empty
from data_access.store.identity import prepare, recognise
from logs import log_as_set
from rules.errors import PoolwatchError
from settings import Settings, load_settings, settings_or_exit
from terminal import terminal_progress
from workflows.warnings.rhythm import Rhythm

if TYPE_CHECKING:
    from monitoring.scheduler import RefreshScheduler

log = logging.getLogger("poolwatch")
EXAMPLES = Path(__file__).parent / "examples"
FEED_SECONDS = 120


def now_utc() -> datetime:
    return datetime.now(UTC)


def build(settings: Settings, engine: Engine, clock: SteadyClock, scheduler: RefreshScheduler | None = None) -> Flask:
    """The WSGI application with Flask's commands, on an open store."""
    site = Site(
        engine=engine,
        cache=PublishedCache(settings.province),
        secret_key=settings.secret(),
        now=clock.likely,
        steady=clock,
        demo_sign_in=settings.loopback and settings.demo != "off",
        var=settings.var,
        idle=timedelta(minutes=settings.idle_minutes),
        single_sign_on=settings.single_sign_on,
        language=settings.reader_language,
        watermark=settings.watermark == "reader",
        fonts=settings.fonts,
        hosts=settings.known_hosts,
        proxies=settings.proxies,
        metrics_from=settings.metrics_readers,
        rhythm=Rhythm(settings.refresh_cron, settings.timezone),
        settings=settings.shown(),
        refresh=scheduler.trigger if scheduler is not None else partial(ask_for_refresh, settings.var),
    )
    server: Flask = create_site(site).server
    register_commands(server, settings)
    return server


def create_app() -> Flask:
    """For gunicorn and ``flask``: serves an initialised store; refreshing is the scheduler process's work.

    With ``gunicorn --preload`` it is made once and workers are forked from it: what it holds is in memory once.
    """
    settings = settings_or_exit()
    engine = create_store(settings.store_url, settings.sealing())
    if click.get_current_context(silent=True) is None:  # a command opens the store itself, and restores a lost one
        recognise(engine, settings.var)
        demand_current(engine)
    server = build(settings, engine, SteadyClock(engine, settings.var))
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))  # each worker has connections of its own
    gc.collect()
    gc.freeze()  # a collection writes to what it looks at, so what is shared is left alone
    return server


def main() -> None:
    """One process: prepare the store, load the demonstration into an empty one, serve, refresh by the clock."""
    from demonstration.load import feed
    from monitoring.scheduler import Job, RefreshScheduler, give_back_memory

    settings = load_settings()
    log_as_set(settings)
    settings.var.mkdir(parents=True, exist_ok=True)
    engine = create_store(settings.store_url, settings.sealing())
    prepare(engine, settings.var)
    if settings.demo == "on" or (settings.demo == "auto" and (is_empty(engine) or demonstration_broke_off(engine))):
        _demonstrate(engine)
        give_back_memory()
    places = places_of(settings)
    places.inbox.folder.mkdir(parents=True, exist_ok=True)
    clock = SteadyClock(engine, settings.var)
    scheduler = RefreshScheduler(
        engine,
        places,
        cron=settings.refresh_cron,
        timezone=settings.timezone,
        channels=channels_on(settings),
        jobs=[Job("feed", FEED_SECONDS, lambda: feed(engine, clock()))],
        clock=clock,
    )
    server = build(settings, engine, clock, scheduler)
    scheduler.add(Job("briefings", SECONDS, drafting(server, engine, settings.province, clock)))
    threading.Thread(target=scheduler.start, name="first-refresh", daemon=True).start()
    _serve(server, settings)


def demonstration_broke_off(engine: Engine) -> bool:
    """Whether a first load was interrupted: its schemes are there, the published tables, which come last, are not."""
    with engine.connect() as connection:
        begun = connection.execute(select(schema.scheme.c.code).where(schema.scheme.c.demo)).first() is not None
        return begun and connection.execute(select(schema.published_total).limit(1)).first() is None


def _demonstrate(engine: Engine) -> None:
    """The demonstration with an account for each role and its briefings, and the published tables of the examples (real figures)."""
    from demonstration_briefings import load_with_briefings
    from monitoring.refresh import import_files

    print("Loading the demonstration (simulated data of five systems) and the published examples …", flush=True)
    with terminal_progress() as progress:
        load_with_briefings(engine, now_utc(), progress)
        import_files(engine, sorted(EXAMPLES.glob("published*.csv")), progress=progress)


def _serve(server: Flask, settings: Settings) -> None:
    from dashboard.guard.embedded import embedded

    try:
        serving = embedded(server, settings.host, settings.port)
    except OSError as problem:
        sys.exit(
            f"Port {settings.port} on {settings.host} cannot be used ({problem}). Set POOLWATCH_PORT to a free one."
        )
    print(f"Poolwatch: http://{settings.host}:{settings.port}", flush=True)
    serving.run()


if __name__ == "__main__":
    try:
        main()
    except PoolwatchError as problem:
        sys.exit(str(problem))
