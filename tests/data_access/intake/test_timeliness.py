"""How punctual sources were by month, from the books of deliveries alone."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, insert

from data_access.intake.sources.timeliness import Timeliness, load_timeliness
from data_access.store import schema
from data_access.store.engine import writing

SCHEME = "jilin-work-injury"
# 10:15 in Beijing on a Friday; the months up to October are due.
NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)


def deliver(engine: Engine, source: str, newest: datetime, finished: datetime) -> None:
    counted = {f"rows_{name}": 1 for name in ("offered", "inserted", "done")} | {"rows_known": 0, "rows_rejected": 0}
    batch, brought = schema.import_batch, schema.batch_source
    with writing(engine) as connection:
        number = connection.execute(
            insert(batch)
            .values(target="ledger_entry", source=source, origin="", state="loaded", demo=False, **counted)
            .values(started_at=finished, finished_at=finished)
            .returning(batch.c.id)
        ).scalar_one()
        connection.execute(insert(brought).values(batch=number, source=source, newest_booked_at=newest))


def test_a_month_is_on_time_late_missing_or_before_anything_is_known(store: Engine) -> None:
    with writing(store) as connection:
        for code, rhythm, due in (("m", "monthly", "5"), ("d", "daily", "10:00"), ("n", "monthly", "5")):
            row = {"code": code, "name": code, "name_en": code, "department": "tax", "scheme": SCHEME}
            connection.execute(insert(schema.source).values(**row, rhythm=rhythm, due=due))
    # July came on 4 August, in time; August on 7 September, two days late; of September and October nothing.
    deliver(store, "m", datetime(2026, 7, 31, 8, tzinfo=UTC), datetime(2026, 8, 4, 1, tzinfo=UTC))
    deliver(store, "m", datetime(2026, 8, 31, 8, tzinfo=UTC), datetime(2026, 9, 7, 1, tzinfo=UTC))
    # September's last working day is owed by 10:00 of the next one, and came at 9:00 and at 11:00.
    deliver(store, "d", datetime(2026, 9, 30, 8, tzinfo=UTC), datetime(2026, 10, 1, 1, tzinfo=UTC))
    deliver(store, "d", datetime(2026, 10, 30, 8, tzinfo=UTC), datetime(2026, 11, 2, 3, tzinfo=UTC))
    with store.connect() as connection:
        found = load_timeliness(connection, SCHEME, NOW)
    unknown = Timeliness.UNKNOWN
    assert [month for month, _one in found["m"].months] == [202511, 202512, *range(202601, 202611)]
    assert [one for _month, one in found["m"].months] == [
        *[unknown] * 8,
        Timeliness.ON_TIME,
        Timeliness.LATE,
        Timeliness.MISSING,
        Timeliness.MISSING,
    ]
    assert [one for _month, one in found["d"].months] == [*[unknown] * 10, Timeliness.ON_TIME, Timeliness.LATE]
    assert found["n"].count(unknown) == 12 and found["m"].count(Timeliness.MISSING) == 2
