"""The limits of the server that is embedded in the one-process installation."""

from __future__ import annotations

from typing import Any

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
