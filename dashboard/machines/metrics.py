"""``/metrics``: what the workers counted, and how the installation stands when it is asked, as Prometheus reads it.

The scheduler needs no door of its own: what it did stands in the store. No label names a person or holds a figure.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator

from flask import Flask, Request, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboard.machines.measures import registry
from dashboard.machines.requests import by_proxy
from dashboard.machines.standing import Standing, standing
from dashboard.site.site import Network, Site
from data_access.books.runs import RunsSoFar
from data_access.store.engine import UNREACHABLE
from workflows.people.outbox import DEAD, WAITING

PATH = "/metrics"


def register(server: Flask, site: Site) -> None:
    """Install the door."""

    @server.get(PATH)
    def metrics() -> Response:
        if not may_read(request, site.metrics_from, site.proxies):
            abort(403)
        asked = registry()
        asked.register(_Installation(site))
        return Response(generate_latest(asked), content_type=CONTENT_TYPE_LATEST)


def may_read(asked: Request, networks: Collection[Network], proxies: int) -> bool:
    """Whether a request comes from an address that was set: nobody may where none is."""
    # Where no proxy is known to stand before the site, the address of what came by one is the proxy's and proves nothing.
    if not networks or (not proxies and by_proxy(asked)):
        return False
    try:
        address = ipaddress.ip_address(asked.remote_addr or "")
    except ValueError:
        return False
    return any(address in network for network in networks)


class _Installation(Collector):
    """How the installation stands, looked up at each scrape."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Metric]:
        try:
            found = standing(self._site)
        except UNREACHABLE:
            yield _gauge("poolwatch_store_up", "Whether the store can be asked.", 0)
            return
        yield _gauge("poolwatch_store_up", "Whether the store can be asked.", 1)
        yield _gauge("poolwatch_ready", "Whether the site can serve.", not found.reason)
        if found.reason == "schema":
            return
        yield from _data(found)
        yield from _sources(found)
        yield from _runs(found.runs)
        yield _gauge("poolwatch_clock_stepped", "Whether the clock cannot be right.", found.clock_stepped)
        yield _gauge("poolwatch_deliveries_waiting", "Deliveries that wait for the next refresh.", found.given)
        messages = GaugeMetricFamily("poolwatch_messages", "Messages to be sent, and given up.", labels=["state"])
        for state in (WAITING, DEAD):
            messages.add_metric([state], found.letters_in(state))
        yield messages
        held = GaugeMetricFamily("poolwatch_lease_held", "Whether a process works under the lease.", labels=["lease"])
        for lease in found.leases:
            held.add_metric([lease.name], bool(lease.holder) and not lease.dead(found.now))
        yield held
        yield _gauge("poolwatch_runs_out", "Calendars and profiles that end within ninety days.", len(found.runs_out))


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _data(found: Standing) -> Iterator[Metric]:
    if found.version is not None:
        yield _gauge("poolwatch_version", "Number of the published version.", found.version.id)
        age = (found.now - found.version.published_at).total_seconds()
        yield _gauge("poolwatch_version_age_seconds", "Since the version was published.", age)
    if found.refreshed_at is not None:
        since = (found.now - found.refreshed_at).total_seconds()
        yield _gauge("poolwatch_refreshed_seconds", "Since a refresh last ended well.", since)
    yield _gauge("poolwatch_refresh_overdue", "Whether no refresh ended well in time.", found.overdue)


def _sources(found: Standing) -> Iterator[Metric]:
    lag = GaugeMetricFamily("poolwatch_source_lag_seconds", "Since the newest entry of a source.", labels=["source"])
    late = GaugeMetricFamily("poolwatch_source_late", "Whether a source owes data.", labels=["source"])
    for one in found.sources:
        if one.newest_booked_at is not None:
            lag.add_metric([one.code], (found.now - one.newest_booked_at).total_seconds())
        late.add_metric([one.code], one.late(found.now))
    yield lag
    yield late


def _runs(runs: RunsSoFar | None) -> Iterator[Metric]:
    if runs is None:
        return
    ended = CounterMetricFamily(
        "poolwatch_refreshes", "Refreshes by outcome, and of failed ones the step.", labels=["state", "step"]
    )
    for (state, step), count in runs.counted.items():
        ended.add_metric([state, step], count)
    yield ended
    if runs.seconds is not None:
        yield _gauge("poolwatch_refresh_seconds", "How long the latest refresh that ended took.", runs.seconds)
