"""The register of comparisons 比对批次 and of the suspicions 疑点 they raised, as others read it, and how a run is written.

A run raises one lead of the register of problems 问题台账 for each scheme, rule and region; its suspicions are judged one
by one, what is recovered stands with the problem. A person is 32 hexadecimal digits here and never a name.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

from data_access.store import audit, schema
from data_access.store.numbering import next_number
from rules.errors import StaleRow, refused
from rules.month import SHANGHAI, Month
from rules.persons.comparisons import COMPARISONS, Comparison, Suspicion
from workflows.issues import steps as issue_steps
from workflows.issues.steps import NewIssue
from workflows.people.accounts import By

RUN, SUSPICION, MONTH, STEP = (
    schema.comparison_run,
    schema.suspicion,
    schema.suspicion_month,
    schema.suspicion_step,
)
OPENED = "comparison_run"
_HASH = re.compile(r"[0-9a-f]{32}")
# What a step of the journal leaves a suspicion in.
LEADS_TO = {"uphold": "upheld", "clear": "cleared", "withdraw": "open"}
# (rule, scheme, region, person)
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the comparison. ``until`` is the last month compared, yyyymm; ``delivery`` and ``digest`` name the last
    delivery of the person-level ledger that was read, 0 and "" for none; ``lake_rows`` how many of its rows were."""

    number: int
    label: str
    run_at: datetime
    login: str
    name: str
    department: str
    until: int
    delivery: int
    digest: str
    rules: tuple[str, ...]
    lake_rows: int

    def concerns(self, scheme: str) -> bool:
        """Whether a rule was run that compares persons of a scheme."""
        return any(rule in COMPARISONS and scheme in COMPARISONS[rule].schemes for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One step of a suspicion's journal. ``cause`` says of a clearing why: a code of the rule's causes, or ``other``."""

    place: int
    step: str
    cause: str | None
    text: str
    happened_at: datetime
    login: str
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class Raised:
    """One suspicion as its journal leaves it: ``state`` open 待核, upheld 属实 or cleared 排除. ``months``: (yyyymm, fen at
    stake) in their order. ``row_version`` is the number of its last step, 0 where nobody has judged it."""

    run: int
    number: int
    rule: str
    scheme: str
    region: str
    person: str
    facts: tuple[tuple[str, str], ...]
    ref: str
    months: tuple[tuple[int, int], ...]
    steps: tuple[Judgement, ...]

    @property
    def amount_fen(self) -> int:
        return sum(fen for _month, fen in self.months)

    @property
    def state(self) -> str:
        return LEADS_TO[self.steps[-1].step] if self.steps else "open"

    @property
    def row_version(self) -> int:
        return self.steps[-1].place if self.steps else 0

    @property
    def cause(self) -> str | None:
        """Why it was cleared; None where it was not."""
        return self.steps[-1].cause if self.steps else None

    @property
    def code(self) -> str:
        """代号: the first eight digits of the hash, by which it is spoken of."""
        return self.person[:8]


@dataclass(frozen=True, slots=True)
class Tally:
    """Of some suspicions: how many, in each state, and fen at stake in all and in those upheld."""

    count: int
    open: int
    upheld: int
    cleared: int
    amount_fen: int
    upheld_fen: int


def tally(found: Sequence[Raised]) -> Tally:
    states = [one.state for one in found]
    return Tally(
        len(found),
        states.count("open"),
        states.count("upheld"),
        states.count("cleared"),
        sum(one.amount_fen for one in found),
        sum(one.amount_fen for one in found if one.state == "upheld"),
    )


# --- reading


def runs(connection: Connection, scheme: str | None = None) -> tuple[Run, ...]:
    """Every run, or those that concern a scheme, the newest first."""
    found = [_run(row) for row in connection.execute(select(RUN).order_by(RUN.c.id.desc())).mappings()]
    return tuple(one for one in found if scheme is None or one.concerns(scheme))


def _run(row: Mapping[Any, Any]) -> Run:
    given = {name: row[name] for name in Run.__slots__ if name in row}
    return Run(**{**given, "number": row["id"], "rules": tuple(row["rules"].split())})


def suspicions(
    connection: Connection, scheme: str, *, ref: str | None = None, run: int | None = None
) -> tuple[Raised, ...]:
    """The suspicions of a scheme, of one problem or of one run, in the order of their numbers."""
    wanted: list[ColumnElement[bool]] = [SUSPICION.c.scheme == scheme]
    if ref is not None:
        wanted.append(SUSPICION.c.ref == ref)
    if run is not None:
        wanted.append(SUSPICION.c.run == run)
    months: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    journal: dict[tuple[int, int], list[Judgement]] = defaultdict(list)
    belongs = SUSPICION.c.run == MONTH.c.run, SUSPICION.c.number == MONTH.c.number
    for row in connection.execute(select(MONTH).join(SUSPICION, belongs[0] & belongs[1]).where(*wanted)):
        months[row.run, row.number].append((row.month, row.amount_fen))
    belongs = SUSPICION.c.run == STEP.c.run, SUSPICION.c.number == STEP.c.number
    steps = select(STEP).join(SUSPICION, belongs[0] & belongs[1]).where(*wanted).order_by(STEP.c.place)
    for step in connection.execute(steps).mappings():
        journal[step["run"], step["number"]].append(Judgement(**{name: step[name] for name in Judgement.__slots__}))
    rows = connection.execute(select(SUSPICION).where(*wanted).order_by(SUSPICION.c.run, SUSPICION.c.number))
    return tuple(
        Raised(
            row.run,
            row.number,
            row.rule,
            row.scheme,
            row.region,
            row.person,
            tuple((code, text) for code, text in json.loads(row.facts)),
            row.ref,
            tuple(sorted(months[row.run, row.number])),
            tuple(journal[row.run, row.number]),
        )
        for row in rows
    )


def known(connection: Connection) -> dict[Key, dict[int, int]]:
    """What was raised before, whatever became of it: (rule, scheme, region, person) → month yyyymm → fen."""
    found: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    belongs = (SUSPICION.c.run == MONTH.c.run) & (SUSPICION.c.number == MONTH.c.number)
    key = SUSPICION.c.rule, SUSPICION.c.scheme, SUSPICION.c.region, SUSPICION.c.person
    for row in connection.execute(select(*key, MONTH.c.month, MONTH.c.amount_fen).join_from(SUSPICION, MONTH, belongs)):
        found[row.rule, row.scheme, row.region, row.person][row.month] += row.amount_fen
    return {person: dict(months) for person, months in found.items()}


def last_run(connection: Connection) -> int:
    """The number of the newest run; 0 where there is none."""
    return connection.execute(select(RUN.c.id).order_by(RUN.c.id.desc()).limit(1)).scalar() or 0


# --- writing


def open_run(
    connection: Connection,
    found: Sequence[Suspicion],
    *,
    until: int,
    rules: Sequence[str],
    delivery: tuple[int, str],
    rows: int,
    by: By,
    after: int | None = None,
) -> Run:
    """Write a run with what it found, and register a lead for each scheme, rule and region. One that found nothing is
    written too, so that no silence passes for health.

    ``delivery`` is number and digest of the last delivery read, ``after`` what :func:`last_run` said before what is
    known was read. Raises StaleRow where another run was written since: it may have raised the same.
    """
    year = by.at.astimezone(SHANGHAI).year
    prefix = f"比对{year % 100:02d}-"
    label = f"{prefix}{next_number(connection, RUN.c.label, prefix):02d}"
    if after is not None and last_run(connection) != after:
        raise StaleRow("another run was written meanwhile", ref=label)
    values = {"login": by.login, "name": by.name, "department": by.department, "until": until, "lake_rows": rows}
    values |= {"delivery": delivery[0], "digest": delivery[1], "rules": " ".join(rules), "label": label}
    number = connection.execute(insert(RUN).values(run_at=by.at, **values).returning(RUN.c.id)).scalar_one()
    groups: dict[tuple[str, str, str], list[Suspicion]] = defaultdict(list)
    for one in found:
        groups[one.scheme, one.rule, one.region].append(one)
    place = 0
    for (scheme, rule, region), members in sorted(groups.items()):
        lead = _lead(COMPARISONS[rule], region, members, label, until, by)
        ref = issue_steps.register(connection, scheme, lead, by).ref
        _write(connection, number, place, ref, sorted(members, key=lambda one: one.person))
        place += len(members)
    told = {"until": until, "delivery": delivery[0], "suspicions": place, "leads": len(groups), "rules": list(rules)}
    audit.record(connection, by.login, OPENED, label, told, by.at)
    row = connection.execute(select(RUN).where(RUN.c.id == number)).mappings().one()
    return _run(row)


def _write(connection: Connection, run: int, before: int, ref: str, members: Sequence[Suspicion]) -> None:
    rows, months = [], []
    for place, one in enumerate(members, before + 1):
        facts = json.dumps(one.facts, ensure_ascii=False)
        values = {"rule": one.rule, "scheme": one.scheme, "region": one.region, "person": one.person}
        rows.append({"run": run, "number": place, "facts": facts, "ref": ref, **values})
        months += [{"run": run, "number": place, "month": month, "amount_fen": fen} for month, fen in one.months]
        _demand(one)
    connection.execute(insert(SUSPICION), rows)
    connection.execute(insert(MONTH), months)


def _demand(one: Suspicion) -> None:
    """Raises InputError for what is no hash, so that no identity number gets in, and where nothing is at stake."""
    if not _HASH.fullmatch(one.person):
        raise refused("person", f"{len(one.person)} characters", "32 hexadecimal digits")
    if not one.months or any(fen <= 0 for _month, fen in one.months):
        raise refused("months", list(one.months), "positive amounts in fen by month")


def _lead(rule: Comparison, region: str, members: Sequence[Suspicion], label: str, until: int, by: By) -> NewIssue:
    """The lead that stands for what a rule found in a region, in words and without any person."""
    months = sorted(month for one in members for month, _fen in one.months)
    span = " 至 ".join(_named(month) for month in dict.fromkeys((months[0], months[-1])))
    return NewIssue(
        region=region,
        department=rule.department,
        origin="comparison",
        side=rule.side,
        category=rule.category,
        title=f"{rule.name}：数据比对疑点{len(members)}条",
        found_on=by.at.astimezone(SHANGHAI).date(),
        amount_fen=sum(one.amount_fen for one in members),
        evidence=f"{rule.article}；{label} 比对至{_named(until)}，疑点{len(members)}条，涉及 {span}。"
        f"金额为{rule.amount}，待逐条核实。",
        comparison=label,
        suspects=len(members),
    )


def _named(month: int) -> str:
    return f"{Month(month).year}年{Month(month).number}月"
