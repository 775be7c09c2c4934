"""The refresh step that computes indicators: the published figures go into the rules, what changed is written.

Only touched keys are computed again: a region that received entries, and every region above it, from the first touched
month on. What moves with the day (the running month, ages) is computed for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from data_access.books.facts import Facts
from data_access.books.funds import load_deposits, load_legacy_duties
from data_access.books.indicators import IndicatorRow, month_period, outside, write_changes
from data_access.books.live import cover_value, identity_value, reconciled_values, waiting_values
from data_access.books.parameters import newest_setting
from data_access.books.reconciliation import load_reconciliation
from data_access.books.standing import touched
from data_access.books.treasury import load_disbursed, load_received
from data_access.books.versions import Version, registers_differ
from data_access.intake.sources.status import source_statuses
from data_access.store import schema
from monitoring.indicators.central import central
from monitoring.indicators.figures import RECENT_MONTHS, ComputedValue, Figures
from monitoring.indicators.ledger import Ledger, accounts, anomalies, disbursement, gaps, legacy, prepaid, subsidy
from monitoring.indicators.outlook import outlook
from monitoring.indicators.people import Reported, collection, heads, load_reported, payment, pensions, rates
from monitoring.indicators.pooling import Pooled, pooling
from monitoring.indicators.progress import balances, progress
from monitoring.indicators.registers import Registers, load_registers, management, violations
from monitoring.scheme_books import SchemeBooks
from rules.calendar import months_before
from rules.deadlines import pooled_by
from rules.errors import NotInForce, ProfileError
from rules.indicators import INDICATORS, Value
from rules.month import SHANGHAI, Month
from rules.scheme import Scheme
from workflows.gap.register import overdue_values

# Tables whose rows any region's figures may rest on.
CHANGES_ALL = ("region", "scheme", "central_year", "central_payment")
Touched = Mapping[str, int]  # region → first month to compute again
EVERY_MONTH, NEVER = 0, 999912


def update_indicators(
    connection: Connection,
    version: Version,
    previous: Version | None,
    batches: Sequence[int],
    ledgers: Sequence[SchemeBooks],
    *,
    full: bool = False,
) -> int:
    """Compute what the version's batches and the passing of time changed, and write it; returns how many values."""
    as_of = version.as_of.astimezone(SHANGHAI)
    last_day = None if previous is None or full else previous.as_of.astimezone(SHANGHAI).date()
    touched = _touched(connection, batches)
    withdrew = full or _withdrew(connection, batches)
    stands_otherwise = previous is not None and registers_differ(connection, previous, version)
    written = 0
    for books in ledgers:
        code = books.code
        rows = list(_source_rows(connection, version, books.scheme))
        rows += _outlook_rows(connection, version, books.scheme)
        moved = touched.get(code, {}) if EVERY_MONTH not in touched.get("", {}).values() else None
        # A parameter set since the last version may change any month.
        if previous is not None and newest_setting(connection, code) > previous.published_at:
            moved = None
        if full or last_day is None or moved is None:
            rows += _figure_rows(connection, version, books, None, EVERY_MONTH)
        elif moved or last_day != as_of.date() or stands_otherwise:
            # On the same day the running months of what did not change are what they were.
            running = NEVER if last_day == as_of.date() else Month.of(last_day)
            rows += _figure_rows(connection, version, books, moved, running)
        if withdrew:
            first, last = (books.facts.months or (NEVER,))[0], (books.facts.months or (EVERY_MONTH,))[-1]
            rows += outside(connection, code, first, last, version.id)
        written += write_changes(connection, code, version.id, rows)
    return written


def _withdrew(connection: Connection, batches: Sequence[int]) -> bool:
    """Whether any of the batches took another one back."""
    batch = schema.import_batch
    withdrawal = select(batch.c.id).where(batch.c.id.in_(batches), batch.c.withdraws.is_not(None))
    return connection.execute(withdrawal.limit(1)).first() is not None


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
    planned = select(plan.c.scheme, plan.c.region, func.min(plan.c.year)).where(touched(plan, batches))
    for scheme, region, year in connection.execute(planned.group_by(plan.c.scheme, plan.c.region)):
        note(scheme, region, Month.at(year, 1))
    for table in (opening, schema.legacy_balance, schema.deposit):
        for scheme, region in connection.execute(
            select(table.c.scheme, table.c.region).where(touched(table, batches)).distinct()
        ):
            note(scheme, region, EVERY_MONTH + 1)
    for table in (schema.statistic, schema.disbursement_request):
        wanted = select(table.c.scheme, table.c.region, func.min(table.c.month)).where(touched(table, batches))
        for scheme, region, month in connection.execute(wanted.group_by(table.c.scheme, table.c.region)):
            note(scheme, region, month)
    for scheme, region in connection.execute(
        select(schema.violation.c.scheme, schema.violation.c.region).where(schema.violation.c.batch.in_(batches))
    ):
        note(scheme, region, NEVER)
    batch = schema.import_batch
    # Of problems withdrawn no row is left to tell where they were.
    gone = and_(batch.c.target == schema.violation.name, batch.c.withdraws.is_not(None))
    other = select(batch.c.target).where(batch.c.id.in_(batches), or_(batch.c.target.in_(CHANGES_ALL), gone))
    if connection.execute(other).first():
        note("", "", EVERY_MONTH)
    # Reconciliation has no months of its own; any new total is enough to look again.
    for table in (schema.agency_total, schema.unreached_item):
        for scheme in connection.execute(select(table.c.scheme).where(touched(table, batches)).distinct()).scalars():
            found[scheme].setdefault("", NEVER)
    return found


def _figure_rows(
    connection: Connection, version: Version, books: SchemeBooks, moved: Touched | None, running: int
) -> Iterator[IndicatorRow]:
    """Everything that rests on the ledger: months of touched regions (None: of all), the running months of all."""
    scheme = books.scheme
    as_of = version.as_of.astimezone(SHANGHAI)
    registers = load_registers(connection, scheme.code)
    figures = _figures(connection, books, as_of.date(), moved, running, registers)
    reported = load_reported(connection, figures)
    levels = {region: figures.tree.region(region).level for region in figures.tree.codes}
    if figures.months:
        for region, (indicator, part, month, value) in _month_values(connection, version, figures, registers, reported):
            if levels[region] in INDICATORS[indicator].levels:
                yield IndicatorRow(indicator, month_period(month), region, part, version.id, value)
    for indicator, part, month, value in central(connection, scheme, as_of.date()):
        yield IndicatorRow(indicator, month_period(month), scheme.province, part, version.id, value)
    minute = as_of.strftime("%Y-%m-%dT%H:%M")
    for indicator, region, value in _live_values(connection, figures.facts, scheme, as_of.date()):
        yield IndicatorRow(indicator, minute, region, "", version.id, value)
    if figures.months:
        cover = cover_value(figures.facts, reported.requests, figures.months[-1], as_of.date())
        yield IndicatorRow("account_cover", minute, scheme.province, "", version.id, cover)
    for region, value in overdue_values(figures.tree, registers.settlements, as_of.date()):
        yield IndicatorRow("gap_overdue", minute, region, "", version.id, value)


def _figures(
    connection: Connection, books: SchemeBooks, as_of: date, moved: Touched | None, running: int, registers: Registers
) -> Figures:
    """The figures of a scheme, and from which month on each region is to be computed again."""
    scheme, facts = books.scheme, books.facts
    tree = facts.tree
    months = [month for month in facts.months if month <= Month.of(as_of)]
    known = _known_months(connection, scheme, "income_progress")
    # A month that no region had yet is new to every region.
    first = dict.fromkeys(tree.codes, min([running, *(month for month in months if month not in known)]))
    for region, month in (moved or {}).items():
        for node in tree.path(region) if region in tree else ():
            first[node] = min(first[node], month)
    # What was begun earlier is kept up.
    begun = _known_months(connection, scheme, "expenditure_account_months")
    recent = min([months_before(Month.of(as_of), RECENT_MONTHS - 1), *begun])
    return Figures(scheme, facts, books.plans, as_of, months, first, recent, registers.regions(tree))


def _month_values(
    connection: Connection, version: Version, figures: Figures, registers: Registers, reported: Reported
) -> Iterator[tuple[str, ComputedValue]]:
    """Every month indicator of every region, by region."""
    scheme, tree, first = figures.scheme.code, figures.tree, min(figures.first.values())
    pooled = Pooled(figures, load_received(connection, scheme, tree, _windows(figures, first)))
    ledger = Ledger(
        load_legacy_duties(connection, scheme, version.id),
        load_deposits(connection, scheme, version.id),
        load_disbursed(connection, scheme, max(figures.first[tree.root], figures.recent)),
    )
    families: tuple[Callable[[str], Iterator[ComputedValue]], ...] = (
        lambda region: progress(figures, region),
        lambda region: balances(figures, region),
        lambda region: pooling(figures, region, pooled),
        lambda region: prepaid(figures, region),
        lambda region: subsidy(figures, region),
        lambda region: accounts(figures, region),
        lambda region: legacy(figures, region, ledger),
        lambda region: disbursement(figures, region, ledger),
        lambda region: gaps(figures, region),
        lambda region: anomalies(figures, region),
        lambda region: heads(figures, region, reported),
        lambda region: collection(figures, region, reported),
        lambda region: payment(figures, region, reported),
        lambda region: rates(figures, region, reported),
    )
    for region in tree.codes:
        if figures.first[region] <= figures.months[-1]:
            for family in families:
                for found in family(region):
                    yield region, found
        for found in _every_version(figures, region, registers, reported):
            yield region, found


def _every_version(figures: Figures, region: str, registers: Registers, reported: Reported) -> Iterator[ComputedValue]:
    """What may move without an entry of the region: registers, and the province's own growth."""
    yield from management(figures, region, registers)
    yield from violations(figures, region, registers)
    yield from pensions(figures, region, reported)


def _known_months(connection: Connection, scheme: Scheme, indicator: str) -> set[int]:
    """Months for which the province has an indicator that it has for every month there is."""
    table = schema.indicator_value
    periods = connection.execute(
        select(table.c.period)
        .where(table.c.scheme == scheme.code, table.c.indicator == indicator, table.c.region == scheme.province)
        .distinct()
    )
    return {int(period.replace("-", "")) for period in periods.scalars()}


def _windows(figures: Figures, first: int) -> dict[int, tuple[date, date]]:
    """For each month the days whose receipts need not be transferred by its end; none without a rule in force."""
    windows = {}
    for month in figures.months:
        if month >= first:
            last = figures.day(month)
            try:
                windows[month] = (_first_not_due(figures.scheme, last), last)
            except (NotInForce, ProfileError):
                continue
    return windows


def _first_not_due(scheme: Scheme, day: date) -> date:
    """The earliest day whose receipts need not be pooled by the end of a day; the day after it when there is none."""
    earliest = day + timedelta(days=1)
    while pooled_by(scheme, earliest - timedelta(days=1)) > day:
        earliest -= timedelta(days=1)
    return earliest


def _live_values(connection: Connection, facts: Facts, scheme: Scheme, as_of: date) -> Iterator[tuple[str, str, Value]]:
    for region, value in waiting_values(connection, facts, as_of).items():
        yield "pooling_delay", region, value
        if facts.months:
            yield "balance_identity", region, identity_value(facts, region)
    kept = load_reconciliation(connection, scheme.code, facts.tree, date(as_of.year, 1, 1))
    for region, value in reconciled_values(kept, as_of):
        yield "reconciliation_difference", region, value


def _outlook_rows(connection: Connection, version: Version, scheme: Scheme) -> Iterator[IndicatorRow]:
    """A projection may be made anew without an entry: by a signature, a parameter, a structure."""
    for indicator, part, month, value in outlook(connection, scheme):
        yield IndicatorRow(indicator, month_period(month), scheme.province, part, version.id, value)


def _source_rows(connection: Connection, version: Version, scheme: Scheme) -> Iterator[IndicatorRow]:
    minute = version.as_of.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    for source in source_statuses(connection, version.as_of, scheme.code):
        values = {
            "data_age": INDICATORS["data_age"].value(working_days_late=source.working_days_late),
            "rejected_share": INDICATORS["rejected_share"].value(
                rejected_rows=source.rejected, offered_rows=source.offered
            ),
        }
        for indicator, value in values.items():
            yield IndicatorRow(indicator, minute, scheme.province, source.code, version.id, value)
