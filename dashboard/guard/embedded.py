"""The server that is embedded in the one-process installation: its limits, and who waits for whom."""

from __future__ import annotations

from typing import Any

from waitress.server import create_server
from waitress.task import ThreadedTaskDispatcher

from dashboard.guard.crowd import STRANGERS, at_the_door

# As waitress names them. A connection that says nothing is closed after a minute, and hundreds of them leave room.
# Headers of proxies are left as they came: who believes them, and who is on guard because of them, is decided in the site.
SERVING: dict[str, Any] = {
    "threads": 8,
    "connection_limit": 800,
    "asyncore_use_poll": True,  # select() ends at descriptor 1024
    "channel_timeout": 60,
    "cleanup_interval": 5,
    "max_request_header_size": 32 << 10,
    "max_request_body_size": 128 << 20,
    "clear_untrusted_proxy_headers": False,
    "ident": "",
}


class Lanes(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The threads that answer. Who signs in waits in a line of their own, in turn, and nobody who reads waits behind them."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.door = ThreadedTaskDispatcher()
        self.set_thread_count(threads)
        self.door.set_thread_count(STRANGERS)

    def add_task(self, task: Any) -> None:
        asked = task.requests[0]
        if at_the_door(asked.command, asked.path):
            self.door.add_task(task)
        else:
            super().add_task(task)

    def shutdown(self, *given: Any, **named: Any) -> Any:
        self.door.shutdown(*given, **named)
        return super().shutdown(*given, **named)


def embedded(application: Any, host: str, port: int, **otherwise: Any) -> Any:
    """The server on an address, not yet running. Raises OSError where the address cannot be had."""
    limits = SERVING | otherwise
    return create_server(application, host=host, port=port, _dispatcher=Lanes(limits["threads"]), **limits)
