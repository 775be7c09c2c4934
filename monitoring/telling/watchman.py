"""Dead-man switch 失联告警: that the warnings are no longer judged is told even though nothing of them runs.

The alert is on a path of its own: a table that system administrators read in their inbox, and one channel of the
settings, used directly. It is raised once, told once, and ends by itself with the next success. ``flask watch`` does
the same from outside, for the case that this clock is what died.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine

from data_access.store.engine import writing
from monitoring.lease import Clock, utc_now
from monitoring.telling.channels import Channels, Text
from rules.alerts.threshold import Level
from workflows.people.outbox import MAIL, Message
from workflows.warnings.watch import Raised, end_alert, last_sign, note_told, raise_alert, raised

GRACE = timedelta(minutes=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When refreshes are due, by a cron expression."""

    cron: str = "*/15 * * * *"
    timezone: str = "Asia/Shanghai"

    def late(self, since: datetime, now: datetime) -> bool:
        """Whether the refresh due after ``since`` is overdue by more than the grace."""
        zone = ZoneInfo(self.timezone)
        after = since.astimezone(zone)
        due = CronTrigger.from_crontab(self.cron, zone).get_next_fire_time(after, after)
        return due is not None and now > due + GRACE


def watch(engine: Engine, rhythm: Rhythm, channels: Channels, *, clock: Clock = utc_now) -> bool:
    """Look once; True while the warnings are not judged. Raises, tells and ends the system's own alert."""
    now = clock()
    with writing(engine) as connection:
        since = last_sign(connection)
        late = since is not None and rhythm.late(since, now)
        if late:
            raise_alert(connection, now)
        else:
            end_alert(connection, now)
        alert = raised(connection)
    if alert is not None and alert.told_at is None:
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
    return Message(0, key, 0, channel, channel, 0, "", "", "", "", "", "system", Level.RED, None)
