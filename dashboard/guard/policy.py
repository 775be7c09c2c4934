"""What a browser may do with what the site says: the content security policy and its companions."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

# The style elements that the scripts of Dash and of the chart library make when they are loaded, by digest. A digest that
# is missing after an upgrade stands in the browser's console, which tests read, and the new one with it.
LIBRARY_STYLES = (
    "Do5Z9ZqsPvCQTUBQS9BnDm/2+on7omuzuLYk5sbA+2s=",  # Dash: undo and redo
    "ITR5T9OwskhdqdsliUJRmgp9ltOFAHgXe1F7eRvGnmQ=",  # dash.dcc, from here on: button
    "0IJGrxhCP5NUIafylLkj5118xkZH1kp5FmNio7NOckI=",  # check list
    "Z8VokGxeiKThZOEmkdUgfW+jxbvItBwAXC8M1c4wqAM=",  # list of options
    "VUA+tqvhK3niMn7AdszqidMFPRh9FLqxB2iINUrsiTw=",  # input
    "Aq43X0SlmB69maWGob4rp/UuSHhwePalkRRExtsxOJ8=",  # radio items
    "SkhFDxgIcEjMhRh19uSHWrkdnAlZ9rlskgr9yLsipa8=",  # slider
    "uDiOZWps1U7E8/0BTaQrclYMhVhRVE4dT0vb5X6nXOw=",  # tabs
    "+QoPrsxO0auPnxSulD3bAr9CoDGgzv7YRfYE0vfxeQI=",  # text area
    "MJs2ke1SA6Cy3tTCZu2QH0rj0r//iNqU0idy9bM4leg=",  # tooltip
    "X2TqJwnIiE/ceDVeAdr7v7BOWBU6CEzE6qxlNzBzvBk=",  # colours
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",  # plotly.js: empty, its rules are inserted one by one
    "ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o=",  # plotly.js: maps
)
NEEDED_BY_NOBODY = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
FOR_A_YEAR = ("Strict-Transport-Security", "max-age=31536000")
EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{one}=()" for one in NEEDED_BY_NOBODY)),
)


def digest(text: str) -> str:
    """A text's digest as a policy names it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


# The one style attribute there is: bold words of a chart.
CHART_BOLD = digest("font-weight:bold")


def policy(scripts: Sequence[str], style: str = "") -> str:
    """The policy of a document. ``scripts``: its inline scripts as Dash names them; ``style``: the digest of its own style
    element, "" for none."""
    styles = " ".join(f"'sha256-{one}'" for one in (*LIBRARY_STYLES, style) if one)
    return (
        f"default-src 'self'; script-src 'self' {' '.join(scripts)}; style-src 'self' {styles}; "
        f"style-src-attr 'unsafe-hashes' 'sha256-{CHART_BOLD}'; "
        "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        "frame-ancestors 'none'; form-action 'self'"
    )


# Of what is no document: wherever it is opened, nothing in it does anything.
INERT = "default-src 'none'; frame-ancestors 'none'"
