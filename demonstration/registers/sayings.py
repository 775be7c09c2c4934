"""Enter the demonstration's annotations and explanations by the ordinary functions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from data_access.books.indicators import month_period
from data_access.books.parameters import scheme_in_force
from data_access.books.regions import load_tree
from data_access.books.versions import closes
from data_access.store.engine import writing
from demonstration.world import sayings
from workflows.sayings.annotations import add_annotation, load_annotations
from workflows.sayings.explanations import add_explanation

WRITER = "demonstration"


def enter_sayings(engine: Engine, scheme_code: str, now: datetime) -> None:
    """What happened and what was said about the last signed month; nothing when it stands already."""
    with writing(engine) as connection:
        scheme = scheme_in_force(connection, scheme_code)
        signed = closes(connection, scheme_code)
        if not signed or load_annotations(connection, scheme_code, [scheme.province]):
            return
        last = signed[-1].month
        for event in sayings.events(last):
            add_annotation(
                connection,
                scheme=scheme_code,
                region=scheme.province,
                month=event.month,
                day=None,
                kind=event.kind,
                text=event.text,
                text_en=event.text_en,
                by_login=WRITER,
                by_name="省社保中心",
                at=now,
            )
        tree = load_tree(connection, scheme)
        city = next(code for code in tree.children(scheme.province) if tree.region(code).kind == "division")
        for said in sayings.SAYINGS:
            add_explanation(
                connection,
                scheme=scheme_code,
                figure=said.figure,
                region=city if said.city else scheme.province,
                period=month_period(last),
                text=said.text,
                by_login=WRITER,
                by_name=said.by,
                department=said.department,
                at=now,
            )
