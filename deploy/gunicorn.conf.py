"""gunicorn as an installation runs it: ``gunicorn --config deploy/gunicorn.conf.py "app:create_app()"``.

The site is made once, before the workers are forked from it. ``WEB_CONCURRENCY`` says how many workers, ``--bind``
where to listen instead; a socket that systemd hands over goes before.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from gunicorn import glogging

chdir = str(Path(__file__).resolve().parents[1])
sys.path.insert(0, chdir)

# Each worker counts into files of this folder, by which whoever is asked adds up. Named before the site is imported.
measures = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="poolwatch-measures-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = measures

from logs import log_as_set  # noqa: E402
from settings import settings_or_exit  # noqa: E402

settings = settings_or_exit()

bind = "unix:/run/poolwatch/web.sock"
preload_app = True
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(os.cpu_count() or 2, 8))
# As many as the store keeps connections and the places of who signs in are reckoned for.
threads = 8
# A worker is forked anew now and then, which costs next to nothing and gives back what libraries keep.
max_requests, max_requests_jitter = 100_000, 20_000
timeout = 60
# What is under way may end: the longest answers are files, which take seconds.
graceful_timeout = 60
# The proxy opens a connection for each request, so that none is handed to a worker that is just ending.
keepalive = 2
backlog = 2048
limit_request_line = 8190
# Whose word counts for address and scheme, POOLWATCH_PROXIES says, and the site reads it.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
control_socket_disable = True
# Heartbeats of workers; a disk that is busy would let them seem dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


class logger_class(glogging.Logger):  # type: ignore[misc]
    """gunicorn's own lines go where the site's go; requests are noted by the site, with route and number."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        log_as_set(settings)


def on_starting(_server: object) -> None:
    shutil.rmtree(measures, ignore_errors=True)
    Path(measures).mkdir(parents=True, exist_ok=True)


def child_exit(_server: object, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    shutil.rmtree(measures, ignore_errors=True)
