"""Twins of what cases, scores and problems rest on: statistics, amounts due to people, gap money, the treasury, entries.

Written from 3-indicators and the data contract: a statistic counts in its newest report, a payment on its day, a problem
as its journal leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, text

from tests.twins.key import BELOW, Key

if TYPE_CHECKING:
    from tests.twins.every import Twins

NEWEST_REPORT = """s.version = (SELECT MAX(t.version) FROM statistic AS t JOIN import_batch AS c ON c.id = t.batch
    WHERE t.scheme = s.scheme AND t.region = s.region AND t.month = s.month AND t.measure = s.measure
    AND c.data_version <= :version)"""
# What a fund pays to people: the items that stand against 应发待遇.
BENEFITS = {
    "pension": ("pension",),
    "work_injury": ("benefit", "benefit_medical", "benefit_disability", "benefit_death"),
}

OWED = """SELECT o.due_on, o.due_fen - COALESCE((SELECT SUM(p.amount_fen) FROM settlement_payment AS p
        WHERE p.settlement = o.id AND p.day <= :day), 0) AS unpaid
    FROM settlement AS o WHERE o.scheme = :scheme AND o.due_on < :day AND o.region IN (SELECT code FROM below)
    AND NOT EXISTS (SELECT 1 FROM gap_step AS g WHERE g.item = o.item AND g.step = 'withdraw')"""

IN_TREASURY = """SELECT e.region, SUM(CASE e.movement WHEN 'collect' THEN e.amount_fen WHEN 'pool' THEN -e.amount_fen
        ELSE 0 END) AS fen
    FROM ledger_entry AS e JOIN import_batch AS b ON b.id = e.batch WHERE e.scheme = :scheme AND e.month <= :month
    AND b.data_version <= :version AND e.region IN (SELECT code FROM below) GROUP BY e.region
    UNION ALL SELECT o.region, o.amount_fen FROM opening_balance AS o JOIN import_batch AS b ON b.id = o.batch
    WHERE o.scheme = :scheme AND o.account = 'treasury' AND b.data_version <= :version
    AND o.region IN (SELECT code FROM below)"""

# Each county and month of the year in which something was owed to people is one case.
CASES = """SELECT COUNT(*) FROM indicator_value v JOIN region r ON r.code = v.region
    WHERE v.scheme = :scheme AND v.indicator = 'unpaid_due' AND v.period BETWEEN :first AND :last
    AND (r.parent = :region OR r.code = :region AND r.kind = 'own') AND CAST(v.value AS NUMERIC) > 0
    AND v.data_version = (SELECT MAX(w.data_version) FROM indicator_value w WHERE w.scheme = v.scheme
    AND w.indicator = v.indicator AND w.period = v.period AND w.region = v.region)"""
# What each department and the books have of the year up to a day, the books as far as every department has reported.
TOTALS = """SELECT department, SUM(amount_fen) AS fen FROM agency_total t JOIN region r ON r.code = t.region
    WHERE t.scheme = :scheme AND t.day BETWEEN :first AND :last AND (t.region = :region OR r.parent = :region)
    GROUP BY department
    UNION ALL SELECT 'ledger', COALESCE(SUM(e.amount_fen), 0) FROM ledger_entry e JOIN region r ON r.code = e.region
    WHERE e.scheme = :scheme AND e.movement = 'collect' AND e.business_date >= :first
    AND e.business_date <= (SELECT MIN(last) FROM (SELECT MAX(t.day) AS last FROM agency_total t
    JOIN region r ON r.code = t.region WHERE t.scheme = :scheme AND t.day <= :last
    AND (t.region = :region OR r.parent = :region) GROUP BY department) reported)
    AND (e.region = :region OR r.parent = :region)"""

STEP = "FROM violation_step AS s WHERE s.scheme = v.scheme AND s.ref = v.ref AND s.step IN"
PROBLEMS = f"""SELECT v.ref, v.region, v.amount_fen AS amount, v.category, v.comparison, v.side,
    COALESCE((SELECT s.due_on {STEP} ('verify', 'assign', 'reopen', 'extend') AND s.due_on IS NOT NULL
        ORDER BY s.place DESC LIMIT 1), v.due_on) AS due_on,
    COALESCE((SELECT s.amount_fen {STEP} ('verify', 'amount') ORDER BY s.place DESC LIMIT 1), 0) AS said,
    COALESCE((SELECT SUM(s.amount_fen) {STEP} ('exclude')), 0) AS excluded,
    COALESCE((SELECT SUM(s.amount_fen) {STEP} ('recover')), 0) AS back,
    COALESCE((SELECT s.step {STEP} ('verify', 'assign', 'reopen', 'close', 'dismiss') ORDER BY s.place DESC LIMIT 1),
        'register') AS led,
    (SELECT s.step {STEP} ('ask_close', 'close', 'decline', 'reopen') ORDER BY s.place DESC LIMIT 1) AS asked
    FROM violation AS v LEFT JOIN import_batch AS b ON b.id = v.batch
    WHERE v.scheme = :scheme AND v.region IN (SELECT code FROM below)
    AND (v.batch IS NULL OR b.data_version IS NOT NULL)"""


def rounded(value: Fraction, places: int = 2) -> Fraction:
    """Half up, away from zero."""
    scaled = abs(value) * 10**places + Fraction(1, 2)
    return Fraction(int(scaled), 10**places) * (1 if value >= 0 else -1)


@dataclass
class Cases:
    """The twins of one store that speak of a place and a month or minute."""

    twins: Twins
    key: Key

    @property
    def day(self) -> date:
        """The day that the figure speaks of: the month's last one, or that of the minute."""
        if len(self.key.period) > 7:
            return date.fromisoformat(self.key.period[:10])
        year, month = divmod(self.key.last, 100)
        return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)

    def rows(self, statement: str, **given: object) -> list[Row[Any]]:
        sqlite = self.twins.connection.dialect.name == "sqlite"
        about = {"place": self.key.place, "scheme": self.key.scheme, "version": self.twins.version(self.key), **given}
        told = {
            name: value.isoformat() if sqlite and isinstance(value, date) else value for name, value in about.items()
        }
        return list(self.twins.connection.execute(text(f"{BELOW} {statement}"), told))

    def booked(self, items: tuple[str, ...], first: int) -> Fraction:
        """What came in or was paid on some items from a month to that of the figure, without what was recovered."""
        statement = f"""SELECT COALESCE(SUM(e.amount_fen), 0) FROM ledger_entry AS e JOIN import_batch AS b
            ON b.id = e.batch WHERE e.scheme = :scheme AND b.data_version <= :version AND e.month BETWEEN :first AND :last
            AND e.region IN (SELECT code FROM below) AND e.movement IN ('collect', 'receive', 'local_receive', 'pay')
            AND e.item IN ({", ".join(f"'{item}'" for item in items)})"""
        return Fraction(int(self.rows(statement, first=first, last=self.key.last)[0][0]))

    # --- statistics

    def statistic(self, measure: str, first: int, last: int) -> int | None:
        """Reported of some months at a place and all below it, each in its newest report; None where nothing was."""
        statement = f"""SELECT SUM(CAST(s.value AS NUMERIC)) FROM statistic AS s JOIN import_batch AS b ON b.id = s.batch
            WHERE s.scheme = :scheme AND s.measure = :measure AND s.month BETWEEN :first AND :last
            AND b.data_version <= :version AND s.region IN (SELECT code FROM below) AND {NEWEST_REPORT}"""
        found = self.rows(statement, measure=measure, first=first, last=last)[0][0]
        return None if found is None else int(found)

    def of_month(self, measure: str, month: int | None = None) -> Fraction | None:
        month = self.key.last if month is None else month
        found = self.statistic(measure, month, month)
        return None if found is None else Fraction(found)

    def premium_due(self) -> Fraction | None:
        found = self.statistic("premium_due", self.key.first, self.key.last)
        return None if found is None else Fraction(found)

    def collected(self) -> Fraction:
        """Premium of the current period; where the fund does not divide it, all of it."""
        return self.booked(("premium", "premium_current"), self.key.first)

    def collection_rate(self) -> Fraction | None:
        due = self.premium_due()
        return rounded(self.collected() * 100 / due) if due else None

    def contributor_growth(self) -> Fraction | None:
        now, before = self.of_month("contributors"), self.of_month("contributors", self.key.last - 100)
        return rounded((now / before - 1) * 100) if now is not None and before else None

    def enrolment_progress(self) -> Fraction | None:
        """Net additions of the year ÷ those planned, less the share of the year that is over."""
        year, month = divmod(self.key.last, 100)
        now, before = self.of_month("participants"), self.of_month("participants", (year - 1) * 100 + 12)
        plan = self.of_month("participants_plan")
        if now is None or before is None or plan is None or plan == before:
            return None
        return rounded(((now - before) / (plan - before) - Fraction(month, 12)) * 100)

    def share_or_entry(self) -> Fraction | None:
        """A share of two measures over the year, else what was entered by hand last."""
        measures = SHARES.get(self.key.part)
        if measures is None:
            return self.entered()
        part, whole = (self.statistic(measure, self.key.first, self.key.last) for measure in measures)
        return rounded(Fraction(part * 100, whole)) if part is not None and whole else None

    def entered(self) -> Fraction | None:
        """What assessors entered of a year: one line of the journal, or the last one before the year was confirmed."""
        code, _dot, number = self.key.part.partition(".")
        statement = """SELECT e.value FROM assessment_entry AS e WHERE e.scheme = :scheme AND e.year = :year
            AND e.region = :place AND e.indicator = :code AND (CAST(e.id AS TEXT) = :number
            OR (:number = '' AND NOT EXISTS (SELECT c.data_version FROM assessment_confirmation AS c
                WHERE c.scheme = e.scheme AND c.year = e.year GROUP BY c.data_version
                HAVING COUNT(DISTINCT c.department) = 3 AND MAX(c.at) < e.at)))
            ORDER BY e.id DESC LIMIT 1"""
        found = self.rows(statement, year=self.key.last // 100, code=code, number=number)
        return Fraction(found[0][0]) if found and found[0][0] is not None else None

    def counted(self) -> Fraction | None:
        if self.key.part != "unpaid_months":
            return self.entered()
        first, last = f"{self.key.last // 100}-01", self.key.period
        return Fraction(self.rows(CASES, region=self.key.place, first=first, last=last)[0][0])

    # --- what people are owed

    def paid(self) -> Fraction:
        """What was paid in the month; what was recovered in it is another matter."""
        return self.booked(BENEFITS[self.twins.schemes[self.key.scheme][0]], self.key.last)

    def unpaid(self) -> Fraction | None:
        due, held = self.of_month("pension_due"), self.of_month("pension_held")
        return None if due is None or held is None else max(due - self.paid() - held, Fraction(0))

    # --- gap money, treasury

    def overdue(self) -> list[tuple[date, int]]:
        rows = self.rows(OWED, day=self.day)
        return [(date.fromisoformat(str(row.due_on)), int(row.unpaid)) for row in rows if row.unpaid > 0]

    def overdue_days(self) -> Fraction:
        return Fraction(max(((self.day - since).days for since, _fen in self.overdue()), default=0))

    def overdue_fen(self) -> Fraction:
        return Fraction(sum(fen for _since, fen in self.overdue()))

    def in_treasury(self) -> Fraction:
        """What is in the treasuries of a place: of each region that holds any."""
        held: dict[str, int] = {}
        for row in self.rows(IN_TREASURY, month=self.key.last):
            held[row.region] = held.get(row.region, 0) + int(row.fen)
        return Fraction(sum(fen for fen in held.values() if fen > 0))

    # --- problems

    def problems(self) -> list[Problem]:
        return [Problem(**row._mapping) for row in self.rows(PROBLEMS)]

    def problem(self) -> Problem:
        return next(one for one in self.problems() if one.ref == self.key.part)

    def summed(self, what: Callable[[Problem], int]) -> Fraction:
        return Fraction(sum(what(one) for one in self.problems() if one.belongs(self.key.part, self.day)))


# docs/assessment.md: *statistics*, a share of two reported measures over the year.
SHARES = {
    "recognition_in_time": ("recognised_in_time", "recognition_applied"),
    "appraisal_in_time": ("assessed_in_time", "assessment_applied"),
}


@dataclass(frozen=True)
class Problem:
    """One problem as its journal leaves it."""

    ref: str
    region: str
    amount: int
    category: str
    comparison: str | None
    side: str
    due_on: object
    said: int
    excluded: int
    back: int
    led: str
    asked: str | None

    @property
    def due(self) -> int:
        return max(self.said - self.excluded, 0)

    @property
    def open(self) -> bool:
        return self.led not in ("close", "dismiss")

    @property
    def paid_out(self) -> bool:
        """待遇少发: what it concerns is to be paid in addition."""
        return self.category == "underpaid"

    def belongs(self, part: str, day: date) -> bool:
        """Whether it is in a sum: open ones (of a side), those at a step, late, upheld, of a comparison."""
        of, _dot, side = part.partition(".")
        at = {"register": "lead", "verify": "verified", "assign": "mending", "reopen": "mending"}.get(self.led)
        return {
            "open": self.open and side in ("", self.side),
            "overdue": self.open and self.due_on is not None and str(self.due_on) < day.isoformat(),
            "upheld": self.led not in ("register", "dismiss"),
            "asked": self.asked == "ask_close",
            "lead": at == "lead",
            "verified": at == "verified",
            "mending": at == "mending",
        }.get(of, self.comparison == part)

    def recovered(self) -> int:
        return 0 if self.paid_out else self.back

    def to_recover(self) -> int:
        return 0 if self.paid_out else self.due

    def to_pay(self) -> int:
        return self.due if self.paid_out else 0

    def paid(self) -> int:
        return self.back if self.paid_out else 0

    def left(self) -> int:
        return max(self.due - self.back, 0)


CASE_TWINS: Mapping[str, Callable[[Cases], Fraction | None]] = {
    "collection_rate": Cases.collection_rate,
    "collection_rate.collected_fen": Cases.collected,
    "collection_rate.due_fen": Cases.premium_due,
    "contributor_growth": Cases.contributor_growth,
    "contributor_growth.contributors": lambda one: one.of_month("contributors"),
    "contributor_growth.contributors_before": lambda one: one.of_month("contributors", one.key.last - 100),
    "enrolment_progress": Cases.enrolment_progress,
    "score.share": Cases.share_or_entry,
    "score.counted": Cases.counted,
    "score.given": Cases.entered,
    "unpaid_due": Cases.unpaid,
    "unpaid_due.due_fen": lambda one: one.of_month("pension_due"),
    "unpaid_due.paid_fen": Cases.paid,
    "unpaid_due.held_fen": lambda one: one.of_month("pension_held"),
    "unpaid_due.unpaid_persons": lambda one: one.of_month("pension_unpaid_persons"),
    "gap_overdue": Cases.overdue_days,
    "gap_overdue.days_overdue": Cases.overdue_days,
    "gap_overdue.overdue_fen": Cases.overdue_fen,
    "pooling_delay.waiting_fen": Cases.in_treasury,
    "issue": lambda one: Fraction(one.problem().amount),
    "issue.due": lambda one: Fraction(one.problem().due),
    "issue.to_pay": lambda one: Fraction(one.problem().due),
    "issue.back": lambda one: Fraction(one.problem().back),
    "issue.paid": lambda one: Fraction(one.problem().back),
    "issue.left": lambda one: Fraction(one.problem().left()),
    "issue.excluded": lambda one: Fraction(one.problem().excluded),
    "issues": lambda one: one.summed(lambda of: of.amount),
    "issues.due": lambda one: one.summed(Problem.to_recover),
    "issues.back": lambda one: one.summed(Problem.recovered),
    "issues.to_pay": lambda one: one.summed(Problem.to_pay),
    "issues.paid": lambda one: one.summed(Problem.paid),
    "issues.left": lambda one: one.summed(Problem.left),
}


def twin(twins: Twins, key: Key) -> Fraction | None:
    """The exact value of a figure of cases, scores or problems; None where there is no twin of what it is."""
    made = CASE_TWINS.get(key.what)
    # An own place stands for its districts too. The register of gap money does not say when a row was entered, so that
    # only its own day's figure can be worked out again, not that of a version before.
    if made is None or key.place.endswith(("~", "-0")) or (key.what.startswith("gap_overdue") and len(key.period) > 7):
        return None
    return made(Cases(twins, key))
