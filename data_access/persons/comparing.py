"""The comparison 数据比对: each rule of :mod:`rules.persons.comparisons` as one expression over ledger and registers.

Every expression gives person, scheme, region, month, ``amount_fen`` at stake and ``facts``, what the registers say, as
``code=text`` joined by ``;``. Registers are what stands: records that another one corrects, or withdraws, are not read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr.types import BooleanValue, IntegerValue, StringValue, Table

from data_access.persons.engines import EngineError, rows_of
from data_access.persons.lake import REGISTERS, SCHEMA, Lake
from rules.month import MONTHS, Month
from rules.persons.comparisons import COMPARISONS, PERIODIC, Comparison, Suspicion
from rules.projection import statutory_age

RECORDS = "person_record"
KEYS = ("person", "scheme", "region", "month")
# 弹性提前退休: at most three years, and not before the original age.
ELASTIC_MONTHS = 36
# 超过三年的补缴须有法律文书: 人社部发〔2016〕132号.
LONGEST_BACK_PAYMENT = 36
FEMALE_AGE = 55
PARTS = 10_000  # in which rates are given
BORN = range(1900 * MONTHS, 2012 * MONTHS)
Known = Mapping[tuple[str, str, str, str], Mapping[int, int]]  # rule, scheme, region, person → month → fen


@dataclass(frozen=True, slots=True)
class Limit:
    """The lower limit of the base of one year, and the rates by which what is missing is counted, in PARTS."""

    scheme: str
    year: int
    lower_fen: int
    employee_rate: int
    flexible_rate: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One rule's answer. ``missing``: the inputs of which nothing was ever delivered: then it was not asked at all."""

    rule: str
    missing: tuple[str, ...]
    suspicions: tuple[Suspicion, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """What a rule's expression reads."""

    rule: Comparison
    entries: Table
    records: Table
    until: int
    limits: Table | None

    def standing(self, kind: str) -> Table:
        """The records of one register that stand, within the rule's schemes where they name one."""
        records = self.records
        replaced = records.filter(records.corrects.notnull()).select("source", replaced="corrects").distinct()
        stands = records.anti_join(
            replaced, [records.source == replaced.source, records.source_ref == replaced.replaced]
        )
        stands = stands.filter(stands.withdrawn.isnull(), stands.kind == kind)
        return stands.filter(stands.scheme.isnull() | stands.scheme.isin(self.rule.schemes))

    def paid(self, persons: Table | None = None, items: Sequence[str] = PERIODIC) -> Table:
        """What was paid by person, place and month, net of what was reversed; of these persons alone."""
        rows = self.entries
        rows = rows.filter(
            rows.movement == "pay",
            rows.item.isin(items),
            rows.month.between(self.rule.since_month, self.until),
            rows.scheme.isin(self.rule.schemes),
        )
        if persons is not None:
            rows = rows.semi_join(persons, "person")
        sums = rows.group_by(KEYS).agg(amount_fen=rows.amount_fen.sum())
        return sums.filter(sums.amount_fen > 0)


def compare(
    engine: BaseBackend, lake: Lake, rules: Sequence[str], until: int, limits: Sequence[Limit], known: Known
) -> list[Compared]:
    """Ask each rule what the ledger says up to a month yyyymm. What earlier runs raised is not raised again; where more
    is at stake for a month than was, the rest is.

    Raises LakeError where a file is missing, EngineError where the engine fails.
    """
    entries = _table(engine, lake, "person_entry", SCHEMA)
    records = _table(engine, lake.registers, RECORDS, REGISTERS.schema)
    there = {"person_entry"} if lake.deliveries() else set()
    there |= {"avg_wage"} if limits else set()
    there |= set(_answer(engine, records.select("kind").distinct())["kind"].to_pylist())
    told = None if not limits else _limits(limits)
    answers = []
    for code in rules:
        rule = COMPARISONS[code]
        missing = tuple(one.code for one in rule.inputs if one.code not in there)
        if missing:
            answers.append(Compared(code, missing))
            continue
        found = _answer(engine, EXPRESSIONS[code](_Asked(rule, entries, records, until, told)))
        answers.append(Compared(code, (), _new(code, found, known)))
    return answers


def _table(engine: BaseBackend, lake: Lake, name: str, columns: pa.Schema) -> Table:
    paths = [lake.path(part) for one in lake.deliveries() for part in one.parts]
    return rows_of(engine, paths, name) if paths else ibis.memtable(columns.empty_table())


def _answer(engine: BaseBackend, query: Table) -> pa.Table:
    try:
        return engine.to_pyarrow(query)
    except Exception as problem:
        said = str(problem).strip().splitlines()
        raise EngineError(f"the comparison failed: {type(problem).__name__}: {said[0] if said else ''}") from problem


def _new(rule: str, found: pa.Table, known: Known) -> tuple[Suspicion, ...]:
    """The suspicions that are new, by scheme, region and person."""
    months: dict[tuple[str, str, str], dict[int, int]] = defaultdict(dict)
    facts: dict[tuple[str, str, str], str] = {}
    for one in found.to_pylist():
        key = (one["scheme"], one["region"], one["person"])
        rest = one["amount_fen"] - known.get((rule, *key), {}).get(one["month"], 0)
        if rest > 0:
            months[key][one["month"]] = rest
            facts[key] = max(facts.get(key, ""), one["facts"])
    return tuple(Suspicion(rule, *key, tuple(sorted(months[key].items())), _read(facts[key])) for key in sorted(months))


def _read(facts: str) -> tuple[tuple[str, str], ...]:
    pairs = (one.partition("=") for one in facts.split(";"))
    return tuple((code, text) for code, _, text in pairs if text)


def _said(**facts: StringValue | IntegerValue) -> StringValue:
    """Facts as one text."""
    text: StringValue = ibis.literal("")
    for code, value in facts.items():
        text = text + ibis.literal(f"{code}=") + value.cast("string").fill_null("").replace(";", ",") + ";"
    return text


def _once(found: Table) -> Table:
    """One row a person, place and month, however many records say it."""
    return found.group_by(KEYS).agg(amount_fen=found.amount_fen.max(), facts=found.facts.max())


def _summed(found: Table) -> Table:
    sums = found.group_by(KEYS).agg(amount_fen=found.amount_fen.sum(), facts=found.facts.max())
    return sums.filter(sums.amount_fen > 0)


def _after_death(asked: _Asked) -> Table:
    dead = asked.standing("person_death")
    # Where two registers differ the later day counts: nobody is suspected for what may be an error of one of them.
    dead = dead.group_by("person").agg(
        died=dead.from_month.max(), died_on=dead.day.max(), document=dead.document.max(), ref=dead.source_ref.max()
    )
    paid = asked.paid(dead)
    both = paid.join(dead, "person")
    both = both.filter(both.month > both.died)
    return both.select(
        *KEYS, "amount_fen", facts=_said(died_on=both.died_on, document=both.document, source_ref=both.ref)
    )


def _in_custody(asked: _Asked) -> Table:
    held = asked.standing("person_custody")
    held = held.select("person", "document", ref="source_ref", since="from_month", until="until_month")
    paid = asked.paid(held, ("pension",))
    both = paid.join(held, "person")
    both = both.filter(both.month > both.since, both.until.isnull() | (both.month < both.until))
    told = _said(from_month=both.since, until_month=both.until, document=both.document, source_ref=both.ref)
    return _once(both.select(*KEYS, "amount_fen", facts=told))


def _twice(asked: _Asked) -> Table:
    rows = asked.entries
    rows = rows.filter(rows.movement == "pay", rows.item.isin(PERIODIC), rows.scheme.isin(asked.rule.schemes))
    places = rows.group_by("person").agg(
        one=rows.region.min(), last=rows.region.max(), scheme=rows.scheme.min(), other=rows.scheme.max()
    )
    moved = places.filter((places.one != places.last) | (places.scheme != places.other))
    paid = asked.paid(moved)
    paid = paid.mutate(place=paid.scheme + "/" + paid.region)
    window = ibis.window(group_by=[paid.person, paid.month], order_by=[paid.amount_fen.desc(), paid.place])
    ranked = paid.mutate(rank=ibis.row_number().over(window), also=paid.place.first().over(window))
    ranked = ranked.filter(ranked["rank"] > 0)
    return ranked.select(*KEYS, "amount_fen", facts=_said(also_paid=ranked.also))


def _early(asked: _Asked) -> Table:
    retired = asked.standing("person_retirement")
    retired = retired.filter(retired.document.isnull(), retired.from_month >= asked.rule.since_month)
    retired = retired.join(_ages(), ["age_kind", "born_month"])
    elastic = (retired.way == "elastic") & (retired.from_month >= retired.elastic_month)
    retired = retired.filter(retired.from_month < retired.due_month, ~elastic, ~_flexible_woman_before_55(retired))
    return _paid_from(asked, retired, retired.due_month)


def _woman_before_55(asked: _Asked) -> Table:
    retired = asked.standing("person_retirement")
    retired = retired.filter(retired.document.isnull(), _flexible_woman_before_55(retired))
    return _paid_from(asked, retired, retired.born_month + FEMALE_AGE * 100)


def _flexible_woman_before_55(retired: Table) -> BooleanValue:
    rule = COMPARISONS["female_flexible_before_55"]
    return (
        retired.scheme.isin(rule.schemes)
        & (retired.sex == "female")
        & (retired.worker == "flexible")
        & (retired.from_month >= rule.since_month)
        & (retired.from_month < retired.born_month + FEMALE_AGE * 100)
    )


def _paid_from(asked: _Asked, retired: Table, due: IntegerValue) -> Table:
    """The pension from the month of retirement until the one in which the age was reached."""
    retired = retired.select("person", "scheme", "way", "worker", since="from_month", due=due, ref="source_ref")
    paid = asked.paid(retired, ("pension",))
    both = paid.join(retired, ["person", "scheme"])
    both = both.filter(both.month >= both.since, both.month < both.due)
    told = _said(retired_month=both.since, due_month=both.due, way=both.way, worker=both.worker, source_ref=both.ref)
    return _once(both.select(*KEYS, "amount_fen", facts=told))


def _back_payment(asked: _Asked) -> Table:
    paid = asked.standing("person_back_payment")
    months = (
        (paid.until_month // 100 - paid.from_month // 100) * MONTHS + paid.until_month % 100 - paid.from_month % 100
    )
    earlier_year = (paid.worker == "flexible") & (paid.from_month // 100 < paid.paid_month // 100)
    too_long = (paid.worker == "employee") & (months + 1 > LONGEST_BACK_PAYMENT)
    paid = paid.filter(
        paid.document.isnull(),
        paid.paid_month.between(asked.rule.since_month, asked.until),
        earlier_year | too_long,
    )
    told = _said(
        from_month=paid.from_month, until_month=paid.until_month, worker=paid.worker, source_ref=paid.source_ref
    )
    return _summed(paid.select("person", "scheme", "region", "amount_fen", month="paid_month", facts=told))


def _account(asked: _Asked) -> Table:
    raised = asked.standing("person_account_change")
    raised = raised.filter(raised.document.isnull(), raised.from_month.between(asked.rule.since_month, asked.until))
    told = _said(source_ref=raised.source_ref)
    return _summed(raised.select("person", "scheme", "region", "amount_fen", month="from_month", facts=told))


def _base(asked: _Asked) -> Table:
    assert asked.limits is not None
    limits = asked.limits
    bases = asked.standing("person_base")
    bases = bases.select(
        "person", "scheme", "region", "worker", "amount_fen", "source_ref", "from_month", "until_month"
    )
    by_month = bases.join(
        limits,
        [
            bases.scheme == limits.scheme,
            bases.from_month <= limits.month,
            bases.until_month >= limits.month,
        ],
    )
    by_month = by_month.filter(by_month.month.between(asked.rule.since_month, asked.until))
    # Who has two employers in a month has one base, their sum.
    sums = by_month.group_by("person", "scheme", "region", "month").agg(
        base=by_month.amount_fen.sum(),
        lower=by_month.lower_fen.max(),
        rate=ibis.cases((by_month.worker == "flexible", by_month.flexible_rate), else_=by_month.employee_rate).max(),
        ref=by_month.source_ref.max(),
    )
    under = sums.filter(sums.base < sums.lower)
    # The half rounded up, as what the fund lacks is positive.
    lacks = ((under.lower - under.base) * under.rate + PARTS // 2) // PARTS
    told = _said(base_fen=under.base, lower_fen=under.lower, source_ref=under.ref)
    return under.select(*KEYS, amount_fen=lacks, facts=told)


EXPRESSIONS: Mapping[str, Callable[[_Asked], Table]] = {
    "paid_after_death": _after_death,
    "paid_in_custody": _in_custody,
    "paid_twice": _twice,
    "early_retirement_unapproved": _early,
    "back_payment_beyond": _back_payment,
    "female_flexible_before_55": _woman_before_55,
    "account_raised": _account,
    "base_under_limit": _base,
}


def _ages() -> Table:
    """The month in which each age is reached by month of birth, and the first in which one may choose to retire."""
    rows: dict[str, list[str | int]] = {"age_kind": [], "born_month": [], "due_month": [], "elastic_month": []}
    for kind in statutory_age.ORIGINAL_AGE:
        for born in BORN:
            year, month = divmod(born, MONTHS)
            result = statutory_age.calculate(statutory_age.Case(kind, year, month + 1))  # type: ignore[arg-type]
            due = Month.at(result.retire_year, result.retire_month)
            original = Month.at(year + statutory_age.ORIGINAL_AGE[kind], month + 1)
            rows["age_kind"].append(kind)
            rows["born_month"].append(Month.at(year, month + 1))
            rows["due_month"].append(due)
            rows["elastic_month"].append(max(original, due.plus(-ELASTIC_MONTHS)))
    return ibis.memtable(pa.table(rows))


def _limits(limits: Sequence[Limit]) -> Table:
    """Limit and rates by scheme and month."""
    rows = [
        {
            "scheme": one.scheme,
            "month": one.year * 100 + number,
            "lower_fen": one.lower_fen,
            "employee_rate": one.employee_rate,
            "flexible_rate": one.flexible_rate,
        }
        for one in limits
        for number in range(1, MONTHS + 1)
    ]
    return ibis.memtable(pa.Table.from_pylist(rows))
