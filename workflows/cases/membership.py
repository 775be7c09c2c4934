"""Which case 事项 an episode is worked in: the live one of its place and group, opened where there is none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, select, update

from data_access.store import schema
from data_access.store.bulk import insert_if_new
from rules.alerts.casework import group_of
from rules.month import SHANGHAI
from workflows.warnings.alerts import Subject
from workflows.warnings.episodes import EpisodeRow

CASE, MEMBER, EPISODE = schema.work_case, schema.case_member, schema.alert_episode


def settle_case(connection: Connection, subject: Subject, episode: EpisodeRow, now: datetime) -> None:
    """Put a live episode into its case; close the case with its last member."""
    known = connection.execute(select(MEMBER.c.work_case).where(MEMBER.c.episode == episode.id)).scalar()
    if known is None and episode.live:
        place, group = subject.region, group_of(subject.indicator)
        known = _live_case(connection, subject.scheme, place, group, now)
        connection.execute(insert(MEMBER).values(episode=episode.id, work_case=known))
    if known is not None and not episode.live:
        close_if_done(connection, int(known), now)


def close_if_done(connection: Connection, case: int, now: datetime) -> bool:
    """Close a case whose members are all closed; True when it is closed now."""
    open_members = (
        select(func.count())
        .select_from(MEMBER.join(EPISODE, EPISODE.c.id == MEMBER.c.episode))
        .where(MEMBER.c.work_case == case, EPISODE.c.closed_at.is_(None))
    )
    if connection.execute(open_members).scalar_one():
        return False
    connection.execute(update(CASE).where(CASE.c.id == case, CASE.c.closed_at.is_(None)).values(closed_at=now))
    return True


def _live_case(connection: Connection, scheme: str, place: str, group: str, now: datetime) -> int:
    live = select(CASE.c.id).where(
        and_(CASE.c.scheme == scheme, CASE.c.place == place, CASE.c.work_group == group, CASE.c.closed_at.is_(None))
    )
    known = connection.execute(live).scalar()
    if known is not None:
        return int(known)
    # Two processes may open the first episodes of one case at once: the second one finds the first one's case.
    values = {"number": f"{scheme}/{place}/{group}", "scheme": scheme, "place": place, "work_group": group}
    made = insert_if_new(connection, CASE).values(**values, opened_at=now).returning(CASE.c.id)
    new = connection.execute(made).scalar()
    if new is None:
        return int(connection.execute(live).scalar_one())
    number = f"{now.astimezone(SHANGHAI).year}-{int(new):04d}"
    connection.execute(update(CASE).where(CASE.c.id == new).values(number=number))
    return int(new)
