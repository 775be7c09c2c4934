"""Every table, in plain SQL terms that SQLite and PostgreSQL share. The names are the contract with other systems.

Three families: **inputs** are append-only (a correction is a new row), **derived** tables can be rebuilt from them,
**running** tables record what the system did. Money is integer fen, a month is the integer yyyymm, instants are UTC.

How versions work: an import writes its rows and, in the same transaction, what they change in the roll-ups
(``*_change``, keyed by batch). Publishing gives the waiting batches a data version and adds their changes to the
``*_fact`` tables. So readers of the facts always see one published version, and any earlier one is the present
facts less the changes published since.
"""

from __future__ import annotations

from data_access.schema.base import (
    Instant as Instant,
)
from data_access.schema.base import (
    RowId as RowId,
)
from data_access.schema.base import (
    metadata as metadata,
)
from data_access.schema.derived import (
    account_change as account_change,
)
from data_access.schema.derived import (
    account_fact as account_fact,
)
from data_access.schema.derived import (
    daily_change as daily_change,
)
from data_access.schema.derived import (
    daily_fact as daily_fact,
)
from data_access.schema.derived import (
    indicator_value as indicator_value,
)
from data_access.schema.derived import (
    monthly_change as monthly_change,
)
from data_access.schema.derived import (
    monthly_fact as monthly_fact,
)
from data_access.schema.gap import (
    credit as credit,
)
from data_access.schema.gap import (
    gap_factor as gap_factor,
)
from data_access.schema.gap import (
    gap_item as gap_item,
)
from data_access.schema.gap import (
    gap_step as gap_step,
)
from data_access.schema.gap import (
    parameter as parameter,
)
from data_access.schema.gap import (
    scenario as scenario,
)
from data_access.schema.gap import (
    settlement as settlement,
)
from data_access.schema.gap import (
    settlement_payment as settlement_payment,
)
from data_access.schema.inputs import (
    agency_total as agency_total,
)
from data_access.schema.inputs import (
    calendar_day as calendar_day,
)
from data_access.schema.inputs import (
    central_year as central_year,
)
from data_access.schema.inputs import (
    deposit as deposit,
)
from data_access.schema.inputs import (
    ledger_entry as ledger_entry,
)
from data_access.schema.inputs import (
    legacy_balance as legacy_balance,
)
from data_access.schema.inputs import (
    opening_balance as opening_balance,
)
from data_access.schema.inputs import (
    plan as plan,
)
from data_access.schema.inputs import (
    published_total as published_total,
)
from data_access.schema.inputs import (
    region as region,
)
from data_access.schema.inputs import (
    scheme as scheme,
)
from data_access.schema.inputs import (
    unreached_item as unreached_item,
)
from data_access.schema.proposals import (
    threshold_proposal as threshold_proposal,
)
from data_access.schema.running import (
    batch_source as batch_source,
    account as account,
)
from data_access.schema.running import (
    audit_event as audit_event,
)
from data_access.schema.running import (
    data_version as data_version,
)
from data_access.schema.running import (
    import_batch as import_batch,
)
from data_access.schema.running import (
    lease as lease,
)
from data_access.schema.running import (
    month_close as month_close,
)
from data_access.schema.running import (
    refresh_run as refresh_run,
)
from data_access.schema.running import (
    rejected_row as rejected_row,
)
from data_access.schema.running import (
    session as session,
)
from data_access.schema.running import (
    source as source,
)
from data_access.schema.warnings import (
    alert_episode as alert_episode,
)
from data_access.schema.warnings import (
    alert_event as alert_event,
)
from data_access.schema.warnings import (
    alert_run as alert_run,
)
from data_access.schema.warnings import (
    alert_state as alert_state,
)
from data_access.schema.warnings import (
    audit_seal as audit_seal,
)
from data_access.schema.warnings import (
    inbox as inbox,
)
from data_access.schema.warnings import (
    outbox as outbox,
)
from data_access.schema.warnings import (
    threshold as threshold,
)
from data_access.schema.warnings import (
    threshold_set as threshold_set,
)
