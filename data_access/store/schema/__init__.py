"""Every table, in plain SQL terms that SQLite and PostgreSQL share. The names are the contract with other systems.

Three families: **inputs** are append-only (a correction is a new row), **derived** tables can be rebuilt from them,
**running** tables record what the system did. Money is integer fen, a month is the integer yyyymm, instants are UTC.

How versions work: an import writes its rows and, in the same transaction, what they change in the roll-ups
(``*_change``, keyed by batch). Publishing gives the waiting batches a data version and adds their changes to the
``*_fact`` tables. So readers of the facts always see one published version, and any earlier one is the present
facts less the changes published since.
"""

from __future__ import annotations

from data_access.store.schema.assessment import (
    assessment_confirmation as assessment_confirmation,
    assessment_entry as assessment_entry,
    assessment_score as assessment_score,
)
from data_access.store.schema.base import Instant as Instant, RowId as RowId, metadata as metadata
from data_access.store.schema.briefings import (
    basket_item as basket_item,
    briefing as briefing,
    briefing_schedule as briefing_schedule,
    briefing_section as briefing_section,
    briefing_step as briefing_step,
    briefing_template as briefing_template,
)
from data_access.store.schema.budget import (
    budget_driver as budget_driver,
    budget_figure as budget_figure,
    budget_round as budget_round,
    budget_step as budget_step,
)
from data_access.store.schema.cash import deposit_decision as deposit_decision
from data_access.store.schema.closing import month_step as month_step
from data_access.store.schema.comparisons import (
    comparison_run as comparison_run,
    suspicion as suspicion,
    suspicion_month as suspicion_month,
    suspicion_step as suspicion_step,
)
from data_access.store.schema.delivery import (
    channel as channel,
    system_alert as system_alert,
    system_alert_reading as system_alert_reading,
)
from data_access.store.schema.derived import (
    account_change as account_change,
    account_fact as account_fact,
    daily_change as daily_change,
    daily_fact as daily_fact,
    indicator_value as indicator_value,
    monthly_change as monthly_change,
    monthly_fact as monthly_fact,
)
from data_access.store.schema.final_accounts import final_step as final_step
from data_access.store.schema.fund_requests import fund_request as fund_request
from data_access.store.schema.gap import (
    credit as credit,
    gap_factor as gap_factor,
    gap_item as gap_item,
    gap_step as gap_step,
    parameter as parameter,
    scenario as scenario,
    settlement as settlement,
    settlement_payment as settlement_payment,
)
from data_access.store.schema.income_review import income_review as income_review
from data_access.store.schema.inputs import (
    agency_total as agency_total,
    calendar_day as calendar_day,
    central_year as central_year,
    deposit as deposit,
    ledger_entry as ledger_entry,
    legacy_balance as legacy_balance,
    mortality_table as mortality_table,
    opening_balance as opening_balance,
    plan as plan,
    population_structure as population_structure,
    pre_transfer as pre_transfer,
    published_total as published_total,
    region as region,
    scheme as scheme,
    unreached_item as unreached_item,
)
from data_access.store.schema.integrity import (
    row_change as row_change,
    rows_seal as rows_seal,
    table_seal as table_seal,
)
from data_access.store.schema.meetings import meeting as meeting
from data_access.store.schema.outlook import (
    annotation as annotation,
    assumption_set as assumption_set,
    assumption_value as assumption_value,
    explanation as explanation,
    forecast as forecast,
    outlook_run as outlook_run,
)
from data_access.store.schema.proposals import threshold_proposal as threshold_proposal
from data_access.store.schema.reconciling import reconciliation_step as reconciliation_step
from data_access.store.schema.registers import (
    attachment as attachment,
    central_payment as central_payment,
    disbursement_request as disbursement_request,
    national_pooling as national_pooling,
    statistic as statistic,
    violation as violation,
    violation_step as violation_step,
)
from data_access.store.schema.reports import (
    bank_statement as bank_statement,
    reported_total as reported_total,
    trial_balance as trial_balance,
)
from data_access.store.schema.running import (
    CHANGING as CHANGING,
    account as account,
    api_token as api_token,
    attempt as attempt,
    audit_event as audit_event,
    batch_source as batch_source,
    data_version as data_version,
    factor_role as factor_role,
    import_batch as import_batch,
    lease as lease,
    month_close as month_close,
    recovery_code as recovery_code,
    refresh_run as refresh_run,
    rejected_row as rejected_row,
    replaced_row as replaced_row,
    session as session,
    source as source,
    store_identity as store_identity,
    workbench_draft as workbench_draft,
)
from data_access.store.schema.statutory import deadline_mark as deadline_mark
from data_access.store.schema.warnings import (
    alert_episode as alert_episode,
    alert_event as alert_event,
    alert_run as alert_run,
    alert_state as alert_state,
    audit_seal as audit_seal,
    outbox as outbox,
    threshold as threshold,
    threshold_set as threshold_set,
)
from data_access.store.schema.work import (
    case_member as case_member,
    case_request as case_request,
    case_step as case_step,
    instruction as instruction,
    matter_mark as matter_mark,
    silence as silence,
    work_case as work_case,
)
