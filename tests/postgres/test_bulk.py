"""COPY keeps apart what looks alike: nothing, an empty text, and texts with quotes and line ends."""

from __future__ import annotations

import pyarrow as pa
from sqlalchemy import select

from data_access.store.bulk import insert_if_new, insert_rows, upsert
from data_access.store.bulk_frames import insert_frame
from data_access.store.engine import create_store, writing
from data_access.store.schema import region

TEXTS = ['say "so"', "a,b", "line\nend", "\\N", "\\.", ""]


def test_texts_come_out_of_copy_as_they_went_in(postgres_url: str) -> None:
    engine = create_store(postgres_url)
    codes = [f"{number:06d}" for number in range(len(TEXTS))]
    frame = pa.table(
        {"code": codes, "name": TEXTS, "name_en": TEXTS, "level": codes, "kind": codes, "parent": [None, *TEXTS[1:]]}
    )
    with writing(engine) as connection:
        insert_frame(connection, "region", frame)
    with engine.connect() as connection:
        rows = connection.execute(select(region).order_by(region.c.code)).all()
    assert [row.name for row in rows] == TEXTS
    assert [row.parent for row in rows] == [None, *TEXTS[1:]]
    engine.dispose()


def test_tuples_and_upserts_meet_in_the_same_rows(postgres_url: str) -> None:
    engine = create_store(postgres_url)
    row = {"code": "320000", "name": "江苏省", "name_en": "Jiangsu", "level": "province", "kind": "division"}
    with writing(engine) as connection:
        insert_rows(connection, region, list(row), [tuple(row.values())])
        upsert(connection, region, [{**row, "name": "江苏"}])
        connection.execute(insert_if_new(connection, region), [{**row, "name": "another"}])
    with engine.connect() as connection:
        assert connection.execute(select(region.c.name)).scalars().all() == ["江苏"]
    engine.dispose()
