"""What stands, against what was acknowledged: nothing lost, nothing twice, nothing by half."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select

from data_access.books.checks import run_checks
from data_access.books.versions import reading
from data_access.store import schema
from data_access.store.audit import broken_seals
from data_access.store.integrity.heads import NAME, faults_of_heads
from tests.faults.deeds import SOURCE, Answer, Told


@dataclass(frozen=True)
class Line:
    """One count: what was said, what stands, and what is wrong with it, "" for nothing."""

    what: str
    said: int
    stands: int
    wrong: str = ""


def reckoned(engine: Engine, var: Path, told: Told, delivered: Sequence[str]) -> list[Line]:
    """Every count. ``delivered``: the keys of the messages that arrived at the group."""
    with reading(engine) as connection:
        ledger, acts, keys = schema.ledger_entry, schema.annotation, schema.outbox
        rows = connection.execute(
            select(ledger.c.source_ref, ledger.c.amount_fen).where(ledger.c.source == SOURCE)
        ).all()
        stands = {row.source_ref: row.amount_fen for row in rows}
        texts = list(connection.execute(select(acts.c.text)).scalars())
        sent = list(connection.execute(select(keys.c.key).where(keys.c.state == "sent")).scalars())
        made = connection.execute(select(func.count()).select_from(keys)).scalar_one()
        distinct = connection.execute(select(func.count(keys.c.key.distinct()))).scalar_one()
        waiting = connection.execute(
            select(func.count()).where(schema.import_batch.c.state.in_(("queued", "running")))
        ).scalar_one()
        faults = [f"{one.code}: {one.differences[:2]}" for one in run_checks(connection) if one.at_fault]
        broken = [str(one.day) for one in broken_seals(connection)]
        heads = [one.where for one in faults_of_heads(connection, var / NAME)]
        versions = connection.execute(select(func.count()).select_from(schema.data_version)).scalar_one()
    lost = [ref for ref, fen in told.taken.items() if stands.get(ref) != fen]
    offered = {ref: fen for one in told.offered for ref, fen in one.items()}
    strange = [ref for ref, fen in stands.items() if offered.get(ref) != fen]
    halves = [one for one in told.offered if 0 < len(one.keys() & stands.keys()) < len(one)]
    done = [text for text, known in told.acts.items() if known]
    undone = [text for text in done if text not in texts]
    return [
        Line(
            "entries", len(told.taken), len(stands), _wrong(lost=lost, twice=len(rows) - len(stands), strange=strange)
        ),
        Line("deliveries", len(told.offered), len(told.offered) - len(halves), _wrong(halves=halves)),
        Line("files and pushes that still wait", 0, waiting, _wrong(waiting=waiting)),
        Line("acts", len(done), len(texts), _wrong(lost=undone, twice=len(texts) - len(set(texts)))),
        Line("messages", len(sent), made, _wrong(lost=sorted(set(sent) - set(delivered)), twice=made - distinct)),
        Line("figures of versions", len(told.figures), versions, _wrong(contradictory=told.contradictions)),
        Line("identities, seals", 0, 0, _wrong(faults=faults, broken=broken, heads=heads)),
    ]


def _wrong(**found: list[object] | list[str] | list[dict[str, int]] | int) -> str:
    return "; ".join(
        f"{name}: {what if isinstance(what, int) else f'{len(what)} {what[:3]}'}"
        for name, what in found.items()
        if what
    )


def recoveries(happened: Sequence[tuple[str, float, float]], answers: Sequence[Answer]) -> dict[str, list[list[float]]]:
    """By trouble and what was asked (read, act, push): the seconds from its end until the next good answer to a question
    that was asked after it."""
    found = dict[str, list[list[float]]]()
    for name, _begun, ended in happened:
        kinds = found.setdefault(name, [[], [], []])
        for kind, seconds in zip(("read", "act", "push"), kinds, strict=True):
            good = [one.at for one in answers if one.kind == kind and one.good and one.at - one.seconds > ended]
            seconds.append(min(good, default=math.inf) - ended)
    return found


def quiet(answers: Sequence[Answer], happened: Sequence[tuple[str, float, float]], settled: float) -> list[Answer]:
    """The answers of readers that were asked while nothing was wrong, or had been within so many seconds."""
    spans = [(begun, ended + settled) for _name, begun, ended in happened]
    return [
        one
        for one in answers
        if one.kind == "read" and not any(begun < one.at and one.at - one.seconds < ended for begun, ended in spans)
    ]


def share(answers: Sequence[Answer], part: float) -> float:
    """The seconds within which so large a part was answered; NaN where nothing was."""
    ordered = sorted(one.seconds for one in answers)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else math.nan
