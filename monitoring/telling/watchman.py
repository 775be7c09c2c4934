"""Alerts of the system itself 系统告警: the dead-man switch 失联告警 of the judging, and what runs out within ninety days.

They are on a path of their own: a table that system administrators read in their inbox, and one channel of the
settings, used directly. Each is raised once, told once, and ends by itself when its cause does. ``flask watch`` does
the same from outside, for the case that this clock is what died.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import Engine

from data_access.intake.sources.expiry import load_expiries
from data_access.store.engine import writing
from monitoring.lease import Clock, utc_now
from monitoring.telling.channels import Channels, Text
from rules.alerts.threshold import Level
from workflows.people.outbox import MAIL, Message
from workflows.warnings.rhythm import Rhythm
from workflows.warnings.watch import NOT_EVALUATED, Raised, keep_raised, last_sign, note_told, raised

log = logging.getLogger(__name__)


def watch(engine: Engine, rhythm: Rhythm, channels: Channels, *, clock: Clock = utc_now) -> bool:
    """Look once; True while the warnings are not judged. Raises, tells and ends the system's own alerts."""
    now = clock()
    with writing(engine) as connection:
        since = last_sign(connection)
        late = since is not None and rhythm.late(since, now)
        kinds = [expiry.code for expiry in load_expiries(connection, now)]
        keep_raised(connection, [NOT_EVALUATED, *kinds] if late else kinds, now)
        alerts = raised(connection)
    for alert in alerts:
        if alert.told_at is None:
            _tell(engine, alert, channels, now)
    return late


def _tell(engine: Engine, alert: Raised, channels: Channels, now: datetime) -> None:
    text = Text(*channels.words.alert(alert, None))
    for name, send in channels.senders().items():
        # Mail goes to persons by their login; this tells whoever watches the common channel.
        if name == MAIL:
            continue
        try:
            send(_message(alert, name), text)
        except Exception as problem:
            log.warning("the system alert by %s: %s", name, problem)
            continue
        with writing(engine) as connection:
            note_told(connection, alert.id, now)
        return


def _message(alert: Raised, channel: str) -> Message:
    """The alert in the form that channels take; it is in no outbox."""
    key = f"system-alert-{alert.id}"
    level = Level.RED if alert.kind == NOT_EVALUATED else Level.BLUE
    return Message(0, key, 0, channel, channel, 0, "", "", "", "", "", "system", level, None)
