"""A table of days as a calendar file ICS: one entry a row, for the whole day; who did what is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from dashboard.components.table import Table

# What an entry tells: its title, and under it whose it is and on what ground.
TITLE, TOLD = "what", ("whose", "ground")


def ics_bytes(table: Table) -> bytes:
    """The file of a table that names the column of its days; rows without a day are left out."""
    made = Calendar()
    made.add("prodid", "-//Poolwatch//ZH")
    made.add("version", "2.0")
    made.add("x-wr-calname", table.title)
    now = datetime.now(UTC)
    for row in table.rows:
        day = row.values[table.days]
        if day is None:
            continue
        entry = Event()
        # The same day keeps its name, so that a later file replaces the entry.
        entry.add("uid", f"{row.part}@poolwatch")
        entry.add("dtstamp", now)
        entry.add("dtstart", day)
        entry.add("dtend", day + timedelta(days=1))
        entry.add("summary", str(row.values[TITLE]))
        entry.add("description", "\n".join(str(row.values[told]) for told in TOLD))
        entry.add("transp", "TRANSPARENT")
        made.add_component(entry)
    return bytes(made.to_ical())
