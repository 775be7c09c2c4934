"""Every table of the store: by what a row changed by hand is noticed, or why nothing vouches for it."""

from __future__ import annotations

from enum import StrEnum


class Means(StrEnum):
    """By what a changed row is noticed."""

    ROW_BY_ROW = "row_by_row"  # every change is sealed in its own transaction
    DELIVERY = "delivery"  # the rows of a delivery are sealed with it
    VERSION = "version"  # the rows of a data version are sealed with it
    COMPUTED = "computed"  # computed again from rows that are vouched for
    NOTHING = "nothing"


# Made anew, passing or of no one's statement: nothing vouches for these, for the reason given.
NOT_VOUCHED = {
    "attempt": "failed sign-ins of the last hour, by which one waits; that they were stands in audit_event",
    "basket_item": "a reader's own collection of charts; what goes into a briefing is kept there",
    "lease": "which process refreshes now; rewritten every few seconds",
    "matter_mark": "what a reader has read or wants to hear no more of; the matters stand in their registers",
    "outbox": "attempts to deliver; what was to be told stands in alert_event and in the matters",
    "rejected_row": "rows that were not taken: no figure rests on them; how many they were stands in import_batch",
    "row_change": "what was changed by hand is seen by its rows; taking them away breaks the seal of the table",
    "session": "digests of signed-in browsers, which end by themselves; sign-ins stand in audit_event",
    "store_identity": "which store this is, compared with what is noted beside it",
    "system_alert_reading": "who has seen a message of the system itself",
    "table_seal": "sealed itself: each row carries the keyed digest of what it says",
    "workbench_draft": "a file looked at and not taken; taking it makes a delivery",
}
_DELIVERED = (
    "agency_total bank_statement central_payment central_year deposit disbursement_request ledger_entry legacy_balance "
    "mortality_table national_pooling opening_balance plan population_structure pre_transfer published_total reported_total statistic trial_balance unreached_item"
)
_OF_VERSION = "assessment_score forecast indicator_value"
_COMPUTED = "account_change account_fact daily_change daily_fact monthly_change monthly_fact"
_ROW_BY_ROW = (
    "account alert_episode alert_event alert_run alert_state annotation api_token assessment_confirmation "
    "assessment_entry assumption_set assumption_value attachment audit_event audit_seal batch_source briefing briefing_schedule briefing_section "
    "briefing_step briefing_template budget_driver budget_figure budget_round budget_step calendar_day "
    "case_member case_request case_step channel comparison_run credit data_version deadline_mark deposit_decision "
    "explanation factor_role final_step fund_request gap_factor gap_item gap_step import_batch income_review instruction meeting "
    "month_close month_step outlook_run parameter reconciliation_step recovery_code refresh_run region replaced_row rows_seal "
    "scenario scheme settlement settlement_payment silence source suspicion suspicion_month suspicion_step "
    "system_alert threshold threshold_proposal threshold_set violation violation_step work_case"
)
VOUCHED: dict[str, Means] = {
    **dict.fromkeys(_ROW_BY_ROW.split(), Means.ROW_BY_ROW),
    **dict.fromkeys(_DELIVERED.split(), Means.DELIVERY),
    **dict.fromkeys(_OF_VERSION.split(), Means.VERSION),
    **dict.fromkeys(_COMPUTED.split(), Means.COMPUTED),
    **dict.fromkeys(NOT_VOUCHED, Means.NOTHING),
}


def by(means: Means) -> tuple[str, ...]:
    """The tables vouched for by one means, in alphabetical order."""
    return tuple(sorted(name for name, one in VOUCHED.items() if one is means))
