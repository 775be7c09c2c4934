"""The rhythm of the refresh 刷新节奏: when the next one was due, and whether it is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

GRACE = timedelta(minutes=30)


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
