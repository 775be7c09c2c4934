"""What a process counts of its requests. With several workers each writes its counts to a folder, named by the variable of
``FOLDER`` before this is imported (``deploy/gunicorn.conf.py``), and whichever is asked adds them up."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
OWN = CollectorRegistry()
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("poolwatch_requests", "Requests by route and status.", ("method", "route", "status"), registry=OWN)
DURATIONS = Histogram(
    "poolwatch_request_seconds", "Seconds until an answer was made.", ("route",), registry=OWN, buckets=SECONDS
)
ANSWERS = Counter(
    "poolwatch_answers",
    "Answers that may be kept: remembered ones were kept before, made ones had to be made.",
    ("how",),
    registry=OWN,
)


def registry() -> CollectorRegistry:
    """What was counted, by all workers where there are several; a new registry each time, to which more may be added."""
    asked = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(asked)  # type: ignore[no-untyped-call]
    else:
        asked.register(OWN)  # a registry collects as a collector does
    return asked
