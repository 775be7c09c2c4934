"""The refresh step that computes indicators: the published figures go into the rules, what changed is written.

Only touched keys are computed again: a region that received entries, and every region above it, from the first touched
month on. What moves with the day (the running month, ages) is computed for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, func, select

from data_access import schema
from data_access.facts import Facts, load_facts
from data_access.indicators import IndicatorRow, month_period, write_changes
from data_access.parameters import newest_setting, scheme_in_force
from data_access.plans import Plans, load_plans
from data_access.reconciliation import load_reconciliation
from data_access.regions import RegionTree
from data_access.sources.status import TIME_ZONE, source_statuses
from data_access.treasury import load_received, load_waiting
from data_access.versions import Version
from rules.calendar import closed_years, historical_share, month_end, schedule_share, year_to_date
from rules.errors import NotInForce, ProfileError
from rules.indicators import INDICATORS, Value
from rules.movements import Account
from rules.scheme import Scheme

# Shares are kept as inputs to this many places, so that a value can be computed from its inputs again.
SHARE = Decimal(1).scaleb(-12)
MONTHS = 12
Touched = Mapping[str, int]  # region → first month to compute again
EVERY_MONTH = 0


def month_of(day: date) -> int:
    return day.year * 100 + day.month


def update_indicators(
    connection: Connection, version: Version, previous: Version | None, batches: Sequence[int], *, full: bool = False
) -> int:
    """Compute what the version's batches and the passing of time changed, and write it; returns how many values."""
    as_of = version.as_of.astimezone(TIME_ZONE)
    last_day = None if previous is None or full else previous.as_of.astimezone(TIME_ZONE).date()
    touched = _touched(connection, batches)
    written = 0
    for code in ledger_schemes(connection):
        scheme = scheme_in_force(connection, code)
        rows = list(_source_rows(connection, version, scheme))
        moved = touched.get(code, {}) if EVERY_MONTH not in touched.get("", {}).values() else None
        # A parameter set since the last version may change any month.
        if previous is not None and newest_setting(connection, code) > previous.published_at:
            moved = None
        if full or last_day is None or moved is None:
            rows += _figure_rows(connection, version, scheme, None, EVERY_MONTH)
        elif moved or last_day != as_of.date():
            rows += _figure_rows(connection, version, scheme, moved, month_of(last_day))
        written += write_changes(connection, code, version.id, rows)
    return written


def ledger_schemes(connection: Connection) -> tuple[str, ...]:
    """Schemes in the store that have a ledger, by code."""
    table = schema.scheme
    return tuple(
        connection.execute(select(table.c.code).where(table.c.kind == "ledger").order_by(table.c.code)).scalars()
    )


def _touched(connection: Connection, batches: Sequence[int]) -> dict[str, dict[str, int]]:
    """By scheme the regions that batches changed, with the first month; under ``""`` what changes all."""
    change, account, plan, opening = (
        schema.monthly_change,
        schema.account_change,
        schema.plan,
        schema.opening_balance,
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)

    def note(scheme: str, region: str, month: int) -> None:
        found[scheme][region] = min(month, found[scheme].get(region, month))

    for table, first in ((change, func.min(change.c.month)), (account, func.min(account.c.month))):
        wanted = select(table.c.scheme, table.c.region, first).where(table.c.batch.in_(batches))
        for scheme, region, month in connection.execute(wanted.group_by(table.c.scheme, table.c.region)):
            note(scheme, region, month)
    planned = select(plan.c.scheme, plan.c.region, func.min(plan.c.year)).where(plan.c.batch.in_(batches))
    for scheme, region, year in connection.execute(planned.group_by(plan.c.scheme, plan.c.region)):
        note(scheme, region, year * 100 + 1)
    for scheme, region in connection.execute(
        select(opening.c.scheme, opening.c.region).where(opening.c.batch.in_(batches))
    ):
        note(scheme, region, EVERY_MONTH + 1)
    batch = schema.import_batch
    other = select(batch.c.target).where(batch.c.id.in_(batches), batch.c.target.in_(("region", "scheme")))
    if connection.execute(other).first():
        note("", "", EVERY_MONTH)
    # Reconciliation has no months of its own; any new total is enough to look again.
    for table in (schema.agency_total, schema.unreached_item):
        for scheme in connection.execute(select(table.c.scheme).where(table.c.batch.in_(batches)).distinct()).scalars():
            found[scheme].setdefault("", 999912)
    return found


def _figure_rows(
    connection: Connection, version: Version, scheme: Scheme, moved: Touched | None, running: int
) -> Iterator[IndicatorRow]:
    """Everything that rests on the ledger: months of touched regions (None: of all), the running months of all."""
    facts = load_facts(connection, scheme.code)
    as_of = version.as_of.astimezone(TIME_ZONE)
    tree = facts.tree
    months = [month for month in facts.months if month <= month_of(as_of)]
    known = _known_months(connection, scheme)
    # A month that no region had yet is new to every region.
    first = dict.fromkeys(tree.codes, min([running, *(month for month in months if month not in known)]))
    for region, month in (moved or {}).items():
        for node in tree.path(region) if region in tree else ():
            first[node] = min(first[node], month)
    context = _Context(
        facts,
        load_plans(connection, scheme.code),
        as_of.date(),
        months,
        load_received(connection, scheme.code, tree, _windows(scheme, months, min(first.values()), as_of.date())),
    )
    for region in tree.codes:
        for indicator, month, value in context.month_values(region, first[region]):
            yield IndicatorRow(indicator, month_period(month), region, "", version.id, value)
    minute = as_of.strftime("%Y-%m-%dT%H:%M")
    for indicator, region, value in _live_values(connection, facts, scheme, as_of.date()):
        yield IndicatorRow(indicator, minute, region, "", version.id, value)


def _known_months(connection: Connection, scheme: Scheme) -> set[int]:
    """Months that have values; the province has 收入预算执行率 for every month there is."""
    table = schema.indicator_value
    periods = connection.execute(
        select(table.c.period)
        .where(table.c.scheme == scheme.code, table.c.indicator == "income_progress", table.c.region == scheme.province)
        .distinct()
    )
    return {int(period.replace("-", "")) for period in periods.scalars()}


def _windows(scheme: Scheme, months: Iterable[int], first: int, as_of: date) -> dict[int, tuple[date, date]]:
    """For each month the days whose receipts need not be transferred by its end; none without a rule in force."""
    windows = {}
    for month in months:
        if month < first:
            continue
        last = min(month_end(month), as_of)
        try:
            days = scheme.parameter("pooling_days", last).value
        except (NotInForce, ProfileError):
            continue
        windows[month] = (last - timedelta(days=int(str(days)) - 1), last)
    return windows


@dataclass(frozen=True, slots=True)
class _Context:
    """One scheme's figures while its indicators are computed. ``months`` are those that have begun."""

    facts: Facts
    plans: Plans
    as_of: date
    months: Sequence[int]
    received: Mapping[tuple[str, int], int]

    def month_values(self, region: str, first: int) -> Iterator[tuple[str, int, Value]]:
        """Every month indicator of a region from a month on."""
        if not self.months or self.months[-1] < first:
            return
        scheme, facts, province = self.facts.scheme, self.facts, region == self.facts.tree.root
        income = facts.income(region) if province else facts.items(region, scheme.local_items)
        flows = {
            "income": income.tolist(),
            "premium": facts.item(region, "premium").tolist(),
            "expenditure": facts.expenditure(region).tolist(),
        }
        for code, amounts in flows.items():
            yield from self._progress(region, code, amounts, first)
        if province:
            yield from self._balances(region, flows["expenditure"], first)
        yield from self._pooling(region, first)

    def _begun(self, first: int) -> Iterator[tuple[int, int]]:
        return ((index, month) for index, month in enumerate(self.months) if month >= first)

    def _progress(self, region: str, code: str, amounts: list[int], first: int) -> Iterator[tuple[str, int, Value]]:
        to_date = year_to_date(self.months, amounts)
        years = closed_years(self.months, amounts, self.as_of)
        for index, month in self._begun(first):
            figures = {
                f"{code}_fen": to_date[index],
                f"{code}_plan_fen": self._plan(region, code, month),
            }
            if code != "premium":
                yield f"{code}_progress", month, INDICATORS[f"{code}_progress"].value(**figures)
            share = historical_share(month, self.as_of, years)
            deviation = INDICATORS[f"{code}_deviation"].value(
                **figures,
                historical_share=None if share is None else _kept_share(share),
                schedule_share=_kept_share(schedule_share(month, self.as_of)),
            )
            yield f"{code}_deviation", month, deviation

    def _plan(self, region: str, code: str, month: int) -> int | None:
        year, on = month // 100, month_end(month)
        if code == "expenditure":
            return self.plans.total(region, "expenditure", year, on)
        if code == "premium":
            return self.plans.adjusted(region, "premium", year, on)
        if region == self.facts.tree.root:
            return self.plans.total(region, "income", year, on)
        return self.plans.items(region, self.facts.scheme.local_items, year, on)

    def _balances(self, region: str, expenditure: list[int], first: int) -> Iterator[tuple[str, int, Value]]:
        balance = self.facts.result_balance(region).tolist()
        for index, month in self._begun(first):
            # The running month is not closed: its twelve months end with the one before.
            last = index if month < month_of(self.as_of) else index - 1
            closed = expenditure[last - MONTHS + 1 : last + 1] if last >= MONTHS - 1 else None
            yield "balance_total", month, INDICATORS["balance_total"].value(balance_fen=balance[index])
            payable = INDICATORS["months_payable"].value(
                balance_fen=balance[index], expenditure_12_fen=None if closed is None else sum(closed)
            )
            yield "months_payable", month, payable

    def _pooling(self, region: str, first: int) -> Iterator[tuple[str, int, Value]]:
        collected = year_to_date(self.months, self.facts.moved(region, "collect").tolist())
        pooled = year_to_date(self.months, self.facts.moved(region, "pool").tolist())
        treasury = self.facts.account(region, Account.TREASURY).tolist()
        for index, month in self._begun(first):
            if (region, month) not in self.received:
                continue
            new_year = index - (month % 100 - 1)
            opening = treasury[new_year - 1] if new_year > 0 else self.facts.opening(region, Account.TREASURY)
            value = INDICATORS["pooling_rate"].value(
                waiting_at_new_year_fen=opening,
                collected_fen=collected[index],
                not_yet_due_fen=self.received[region, month],
                pooled_fen=pooled[index],
            )
            yield "pooling_rate", month, value


def _kept_share(share: Fraction) -> Decimal:
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(SHARE)


def _live_values(connection: Connection, facts: Facts, scheme: Scheme, as_of: date) -> Iterator[tuple[str, str, Value]]:
    held = load_waiting(connection, scheme.code, facts.tree, as_of)
    for region in facts.tree.codes:
        waits = held[region]
        delay = INDICATORS["pooling_delay"]
        yield delay.code, region, delay.value(waiting_fen=waits.amount_fen, waiting_fen_days=waits.fen_days)
        if facts.months:
            yield "balance_identity", region, _identity(facts, region)
    yield from _reconciled(connection, facts.tree, scheme, as_of)


def _identity(facts: Facts, region: str) -> Value:
    result, accounts = facts.result_balance(region).tolist(), facts.account_total(region).tolist()
    worst = max(range(len(result)), key=lambda index: (abs(accounts[index] - result[index]), index))
    return INDICATORS["balance_identity"].value(
        result_fen=result[worst], accounts_fen=accounts[worst], month=facts.months[worst]
    )


def _reconciled(
    connection: Connection, tree: RegionTree, scheme: Scheme, as_of: date
) -> Iterator[tuple[str, str, Value]]:
    """The difference of the year so far, by region that reports totals."""
    kept = load_reconciliation(connection, scheme.code, tree, date(as_of.year, 1, 1))
    for region in kept.regions():
        found = kept.year_to_date(region, as_of)
        value = INDICATORS["reconciliation_difference"].value(
            difference_fen=None if found is None else found.difference_fen,
            collected_fen=None if found is None else found.collected_fen,
            unreached_fen=None if found is None else found.unreached_fen,
            days_open=None if found is None or found.open_since is None else (found.day - found.open_since).days + 1,
        )
        yield "reconciliation_difference", region, value


def _source_rows(connection: Connection, version: Version, scheme: Scheme) -> Iterator[IndicatorRow]:
    minute = version.as_of.astimezone(TIME_ZONE).strftime("%Y-%m-%dT%H:%M")
    for source in source_statuses(connection, version.as_of, scheme.code):
        values = {
            "data_age": INDICATORS["data_age"].value(working_days_late=source.working_days_late),
            "rejected_share": INDICATORS["rejected_share"].value(
                rejected_rows=source.rejected, offered_rows=source.offered
            ),
        }
        for indicator, value in values.items():
            yield IndicatorRow(indicator, minute, scheme.province, source.code, version.id, value)
