"""The yearly assessment 考核评估 in the store: entries by hand, scores of each month, the departments' signatures.

苏政发〔2020〕45号 二（七）; 晋政发〔2019〕4号 二（四）; 吉政发〔2020〕2号政策解读 二（三）七是; 吉政发〔2020〕20号 三（七）.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import Connection, and_, func, insert, select

from data_access.store import schema
from rules import assessment
from rules.assessment import FULL_POINTS, Indicator
from rules.calculators.reading import read
from rules.calculators.registry import as_json
from rules.department import SIGNERS
from rules.errors import PoolwatchError
from rules.month import Month
from workflows.assessment.measures import DECEMBER, by_hand
from workflows.people.accounts import By

ENTRY, SCORE, CONFIRMATION = schema.assessment_entry, schema.assessment_score, schema.assessment_confirmation


class AssessmentSigned(PoolwatchError):
    """The department has signed these scores already, or the person has signed for another department."""

    code = "assessment_signed"


class AssessmentMeasured(PoolwatchError):
    """The value is measured, so that nobody may enter it."""

    code = "assessment_measured"


class AssessmentClosed(PoolwatchError):
    """The year is confirmed, or its December is not scored yet: there is nothing to sign."""

    code = "assessment_closed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One value given by hand with its evidence; ``value`` is None where the one before is taken back."""

    id: int
    year: int
    region: str
    indicator: str
    value: Decimal | None
    evidence: str
    attachment: int | None
    login: str
    name: str
    department: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Scored:
    """One region's month as scored: the rule's case and its areas. ``place`` 名次 is among the local governments whose
    points are all scored; None for any other."""

    region: str
    month: int
    version: int
    case: assessment.Case
    areas: tuple[assessment.AreaScore, ...]
    score: Decimal
    possible: Decimal
    scaled: Decimal | None
    place: int | None

    @property
    def open_points(self) -> Decimal:
        """尚未评定的分值: points that are neither got nor lost, because a value is missing."""
        return FULL_POINTS - self.possible

    @property
    def complete(self) -> bool:
        return not self.open_points

    def area(self, code: str) -> assessment.AreaScore | None:
        return next((area for area in self.areas if area.code == code), None)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One department's signature under a year's scores as they stood at ``version``."""

    year: int
    department: str
    version: int
    document: str
    login: str
    name: str
    at: datetime


# --- entries


def record_entry(
    connection: Connection,
    scheme: str,
    year: int,
    region: str,
    indicator: Indicator,
    value: Decimal | None,
    evidence: str,
    attachment: int | None,
    by: By,
) -> None:
    """Add an entry; it replaces the one before, which stays on record. Raises AssessmentMeasured for an indicator that
    the catalogue or the statistics measure."""
    if not by_hand(indicator):
        raise AssessmentMeasured(f"{indicator.code} is measured", indicator=indicator.code)
    connection.execute(
        insert(ENTRY).values(
            scheme=scheme,
            year=year,
            region=region,
            indicator=indicator.code,
            evidence=evidence,
            attachment=attachment,
            value=None if value is None else format(value, "f"),
            login=by.login,
            name=by.name,
            department=by.department,
            at=by.at,
        )
    )


def load_entries(connection: Connection, scheme: str, year: int) -> Mapping[tuple[str, str], tuple[Entry, ...]]:
    """Every entry of a year by region and indicator, oldest first; the last one counts."""
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    wanted = select(ENTRY).where(ENTRY.c.scheme == scheme, ENTRY.c.year == year).order_by(ENTRY.c.id)
    for row in connection.execute(wanted):
        given = {name: row._mapping[name] for name in Entry.__slots__}
        value = None if row.value is None else Decimal(row.value)
        found[row.region, row.indicator].append(Entry(**{**given, "value": value}))
    return {key: tuple(entries) for key, entries in found.items()}


# --- scores


def scored_months(connection: Connection, scheme: str) -> tuple[int, ...]:
    """Months yyyymm that have scores, oldest first."""
    wanted = select(SCORE.c.month).where(SCORE.c.scheme == scheme).distinct().order_by(SCORE.c.month)
    return tuple(connection.execute(wanted).scalars())


def load_scores(connection: Connection, scheme: str, month: int, version: int | None = None) -> Mapping[str, Scored]:
    """A month's scores by region as a data version knew them (None: the newest)."""
    conditions = [SCORE.c.scheme == scheme, SCORE.c.month == month]
    if version is not None:
        conditions.append(SCORE.c.data_version <= version)
    newest = (
        select(SCORE.c.region, func.max(SCORE.c.data_version).label("newest"))
        .where(*conditions)
        .group_by(SCORE.c.region)
        .subquery()
    )
    same = and_(SCORE.c.region == newest.c.region, SCORE.c.data_version == newest.c.newest)
    rows = connection.execute(select(SCORE).join(newest, same).where(*conditions).order_by(SCORE.c.region))
    return {row.region: _scored(dict(row._mapping)) for row in rows}


def _scored(row: Mapping[str, object]) -> Scored:
    scaled = row["score_scaled"]
    return Scored(
        str(row["region"]),
        int(str(row["month"])),
        int(str(row["data_version"])),
        _case(str(row["given"])),
        _areas(json.loads(str(row["areas"]))),
        Decimal(str(row["score"])),
        Decimal(str(row["possible"])),
        None if scaled is None else Decimal(str(scaled)),
        None if row["place"] is None else int(str(row["place"])),
    )


@lru_cache(maxsize=256)
def _case(given: str) -> assessment.Case:
    """A case as it was kept. Remembered: the rule's whole table stands in each, and the same few are asked for again."""
    return read(assessment.Case, json.loads(given))


def _areas(kept: Sequence[Mapping[str, object]]) -> tuple[assessment.AreaScore, ...]:
    areas = []
    for area in kept:
        given = area["indicators"]
        assert isinstance(given, list)
        scores = tuple(
            assessment.IndicatorScore(one["code"], None if one.get("score") is None else Decimal(one["score"]))
            for one in given
        )
        areas.append(
            assessment.AreaScore(str(area["code"]), Decimal(str(area["score"])), bool(area["incomplete"]), scores)
        )
    return tuple(areas)


def write_scores(
    connection: Connection,
    scheme: str,
    month: int,
    version: int,
    cases: Mapping[str, assessment.Case],
    ranked: Collection[str],
) -> int:
    """Score a month's units and keep what changed, a changed place included; returns how many rows were written.

    ``ranked`` are the units that may have a place; among them only those whose points are all scored get one.
    """
    before = load_scores(connection, scheme, month)
    given = {region: _text(case) for region, case in cases.items()}
    results = {region: assessment.calculate(case) for region, case in cases.items()}
    complete = {
        region: result.score_scaled if region in ranked and result.possible == FULL_POINTS else None
        for region, result in results.items()
    }
    places = assessment.rank(complete)
    rows = [
        {
            "scheme": scheme,
            "month": month,
            "region": region,
            "data_version": version,
            "given": given[region],
            "areas": json.dumps(as_json(result.areas)),
            "score": str(result.score),
            "possible": str(result.possible),
            "score_scaled": None if result.score_scaled is None else str(result.score_scaled),
            "place": places[region],
        }
        for region, result in sorted(results.items())
        if region not in before or _text(before[region].case) != given[region] or before[region].place != places[region]
    ]
    if rows:
        connection.execute(insert(SCORE), rows)
    return len(rows)


def _text(case: assessment.Case) -> str:
    return json.dumps(as_json(case), sort_keys=True)


# --- signatures


def load_confirmations(connection: Connection, scheme: str, year: int) -> tuple[Confirmation, ...]:
    """Every signature under a year, in the order of signing."""
    wanted = select(CONFIRMATION).where(CONFIRMATION.c.scheme == scheme, CONFIRMATION.c.year == year)
    rows = connection.execute(wanted.order_by(CONFIRMATION.c.at))
    return tuple(
        Confirmation(row.year, row.department, row.data_version, row.document, row.login, row.name, row.at)
        for row in rows
    )


def confirmed_at(confirmations: Iterable[Confirmation]) -> int | None:
    """The data version of the scores that all three departments signed; None until they have."""
    by_version: dict[int, set[str]] = defaultdict(set)
    for one in confirmations:
        by_version[one.version].add(one.department)
    return next((version for version, signed in sorted(by_version.items()) if signed >= set(SIGNERS)), None)


def load_confirmed(connection: Connection, scheme: str, year: int) -> Mapping[str, Scored]:
    """A year's scores as the three departments signed them; empty until they have."""
    version = confirmed_at(load_confirmations(connection, scheme, year))
    return {} if version is None else load_scores(connection, scheme, Month.at(year, DECEMBER), version)


def standing(scores: Mapping[str, Scored]) -> int:
    """The data version that the newest of a month's scores carries: what a signature is under."""
    return max(scored.version for scored in scores.values())


def sign_year(connection: Connection, scheme: str, year: int, document: str, by: By) -> Confirmation:
    """One department signs a year's scores as they stand; those of scores that changed since count no more.

    Raises AssessmentClosed when the year is confirmed or December is not scored, AssessmentSigned when the department
    or the person has signed these scores.
    """
    signed = load_confirmations(connection, scheme, year)
    scores = load_scores(connection, scheme, Month.at(year, DECEMBER))
    if confirmed_at(signed) is not None or not scores:
        raise AssessmentClosed(f"{scheme} {year}", year=year)
    version = standing(scores)
    if any(one.version == version and by.department == one.department for one in signed):
        raise AssessmentSigned(f"{by.department} signed {year}", department=by.department)
    if any(one.version == version and by.login == one.login for one in signed):
        raise AssessmentSigned(f"{by.login} signed {year}", department=by.department)
    made = Confirmation(year, by.department, version, document, by.login, by.name, by.at)
    connection.execute(
        insert(CONFIRMATION).values(
            scheme=scheme,
            year=year,
            department=by.department,
            data_version=version,
            document=document,
            login=by.login,
            name=by.name,
            at=by.at,
        )
    )
    return made
