"""The one policy: role × page, role × action, and whose figures; closed unless it says open."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from dashboard import EVERYWHERE, PAGES
from data_access.books.published import Published
from data_access.books.regions import NATION, RegionTree
from rules.department import Department
from rules.errors import NotAllowed
from tests.demonstration_store import JILIN_CITY, PROVINCE, SIPING, YONGJI
from workflows.people import rights
from workflows.people.accounts import Account, Role
from workflows.people.rights import Scope

FIGURES = "/ /budget /funds /gap /assessment /region /warnings /issues /calendar /messages /account"
PROVINCE_PAGES = f"{FIGURES} /central"
# Which pages each role may open.
OPEN = {
    Role.LEADER: f"{PROVINCE_PAGES} /outlook /data /briefings /one-page",
    Role.MONITOR: f"{PROVINCE_PAGES} /outlook /data /thresholds /briefings /one-page",
    Role.ASSESSOR: f"{PROVINCE_PAGES} /outlook",
    Role.FINANCE: f"{PROVINCE_PAGES} /outlook /data",
    Role.TAX: f"{PROVINCE_PAGES} /data",
    Role.TREASURY: f"{PROVINCE_PAGES} /data",
    Role.AGENCY: f"{PROVINCE_PAGES} /data",
    Role.CITY: f"{FIGURES} /data",
    Role.WRITER: f"{PROVINCE_PAGES} /briefings /one-page",
    Role.AUDITOR: f"{PROVINCE_PAGES} /outlook /data /thresholds /briefings /admin",
    Role.SYSTEM_ADMIN: "/admin /data /thresholds /gap /messages /account",
    Role.SECURITY_ADMIN: "/admin /messages /account",
    Role.AUDIT_ADMIN: "/admin /messages /account",
}
MEETINGS = "meeting_register meeting_correct meeting_withdraw decision_enter"
KEEP = "keep unkeep"
DUTIES = "deadline_done deadline_reopen"
BENCH = "open_on_workbench decide_on_workbench choose_sheet leave_out_rows put_away take_from_workbench"
BUDGET = "budget_open budget_figure budget_driver budget_advance budget_back budget_adjust"
WRITES = (
    "briefing_open briefing_edit briefing_confirm briefing_redraft briefing_move briefing_add briefing_remove"
    " briefing_replace briefing_keep briefing_place briefing_cite briefing_head briefing_send briefing_pass"
    " briefing_drop briefing_return briefing_schedule"
    " briefing_take briefing_take_over briefing_leave"
)
RECONCILES = "reconcile_explain reconcile_take_back reconcile_sign"
REVIEWS = "income_compare income_report income_take_back"
OUTLOOK = "outlook_resize outlook_reverse"
JUDGES = "uphold_suspicion clear_suspicion withdraw_suspicion"
FINAL = "final_explain final_sign final_take_back"
# What each role may do.
DEEDS = {
    Role.LEADER: f"{OUTLOOK} outlook_bring instruct finish_instruction briefing_sign briefing_return {KEEP}",
    Role.MONITOR: f"{OUTLOOK} outlook_save outlook_confirm outlook_bring {JUDGES} see_persons {FINAL} {DUTIES} upload {BUDGET} {BENCH} {WRITES} cancel_delivery close_month ask_reopening withdraw_reopening reopen_month decline_reopening refresh confirm_delivery decline_delivery withdraw_delivery case_sign case_assign case_return case_close case_except case_decide"
    " case_remind case_silence case_unsilence case_letter report_instruction finish_instruction"
    " write_explanation withdraw_explanation add_annotation withdraw_annotation"
    " gap_register gap_assess gap_exclude gap_sign gap_tell gap_answer gap_withdraw gap_credits"
    " issue_register issue_verify issue_dismiss issue_amount issue_assign issue_recover issue_exclude issue_extend"
    " issue_study issue_ask_close issue_close issue_decline issue_reopen"
    f" assessment_enter assessment_sign save_scenario {MEETINGS} {KEEP}"
    " save_limit end_limit confirm_limits dry_run_limits apply_limits approve_limits reject_limits",
    Role.ASSESSOR: f"{OUTLOOK} outlook_save {JUDGES} {DUTIES} write_explanation withdraw_explanation"
    " gap_register gap_assess gap_exclude gap_sign gap_tell gap_answer"
    " issue_register issue_verify issue_dismiss issue_amount issue_assign issue_recover issue_exclude issue_extend"
    " issue_study issue_ask_close issue_close issue_decline issue_reopen"
    " assessment_enter assessment_sign save_scenario",
    Role.FINANCE: f"{OUTLOOK} outlook_save {JUDGES} national_enter {FINAL} final_decide {DUTIES} upload {BUDGET} budget_issue {BENCH} {RECONCILES} cancel_delivery reopen_month decline_reopening confirm_delivery decline_delivery withdraw_delivery case_sign case_hand_down case_submit case_ask report_instruction"
    " write_explanation withdraw_explanation gap_sign gap_payment gap_budget gap_issue"
    " fund_return fund_cut fund_review fund_order deposit_decide cash_floor"
    " issue_register issue_verify issue_dismiss issue_amount issue_assign issue_recover issue_extend"
    " issue_study issue_ask_close issue_close issue_decline assessment_sign save_scenario",
    Role.TAX: f"{JUDGES} see_persons {REVIEWS} income_note {DUTIES} upload {BUDGET} {BENCH} {RECONCILES} cancel_delivery case_sign case_hand_down case_submit case_ask report_instruction"
    " write_explanation withdraw_explanation gap_sign"
    " issue_register issue_verify issue_dismiss issue_amount issue_assign issue_recover issue_extend"
    " issue_study issue_ask_close issue_close issue_decline assessment_sign",
    Role.TREASURY: f"{DUTIES} upload {BENCH} {RECONCILES} cancel_delivery case_sign case_hand_down case_submit case_ask report_instruction"
    " write_explanation withdraw_explanation",
    Role.AGENCY: f"{JUDGES} see_persons {REVIEWS} income_note {FINAL} {DUTIES} upload {BUDGET} {BENCH} {RECONCILES} cancel_delivery case_sign case_hand_down case_submit case_ask report_instruction"
    " write_explanation withdraw_explanation fund_need fund_draft fund_apply fund_unpaid fund_paid_up"
    " issue_register issue_verify issue_dismiss issue_amount issue_assign issue_recover issue_extend"
    " issue_study issue_ask_close issue_close issue_decline",
    Role.CITY: f"{REVIEWS} {DUTIES} upload budget_agree budget_want budget_receive {BENCH} reconcile_explain reconcile_take_back cancel_delivery case_sign case_hand_down case_submit case_ask report_instruction"
    " write_explanation withdraw_explanation add_annotation withdraw_annotation gap_object gap_budget issue_answer"
    " fund_need fund_unpaid fund_paid_up",
    Role.WRITER: f"{MEETINGS} {WRITES} {KEEP}",
    Role.AUDITOR: f"{OUTLOOK} verify_seals",
    Role.SYSTEM_ADMIN: f"upload {BENCH} cancel_delivery refresh set_parameter approve_limits reject_limits template_keep template_end send_again",
    Role.SECURITY_ADMIN: "account_create account_change account_disable account_enable account_one_time account_sessions"
    " account_factor account_tokens account_find session_end token_revoke factor_policy",
    Role.AUDIT_ADMIN: "verify_seals",
}
EVERYBODY = {"messages_read", "account_password", "account_factor_end", "account_session_end"}
EVERYBODY |= {"account_sessions_end", "account_token_end", "account_letters"}
EVERYBODY |= {"messages_mute", "messages_unmute"}
# What of it is the province's: a role of a city or county does not do it for its own region either.
WHOLE = (
    f"{OUTLOOK} outlook_save outlook_confirm outlook_bring {JUDGES} income_note {FINAL} final_decide national_enter "
    f"{MEETINGS} {BUDGET} budget_issue "
    "reconcile_sign factor_policy close_month ask_reopening withdraw_reopening reopen_month decline_reopening set_parameter save_scenario assessment_enter assessment_sign"
    " gap_register gap_assess gap_exclude gap_sign gap_tell gap_answer gap_withdraw gap_credits gap_issue gap_payment"
    " issue_register issue_verify issue_dismiss issue_amount issue_assign issue_recover issue_exclude issue_extend"
    " issue_study issue_ask_close issue_close issue_decline issue_reopen template_keep template_end"
    " fund_draft fund_apply fund_return fund_cut fund_review fund_order deposit_decide cash_floor"
)


ACTS = {act.name: act for act in (*(act for page in PAGES for act in page.acts), *EVERYWHERE)}


@pytest.fixture(scope="module")
def jilin(shared_published: Published) -> RegionTree:
    return shared_published.tree(PROVINCE)


def scope(role: Role, region: str) -> Scope:
    return Scope(role, region, None)


def test_the_table_names_every_role_and_every_page() -> None:
    assert set(OPEN) == set(DEEDS) == set(Role)
    assert {page.path for page in PAGES} == set(rights.PAGES)
    assert {path for pages in OPEN.values() for path in pages.split()} == set(rights.PAGES)
    assert {action for deeds in DEEDS.values() for action in deeds.split()} | EVERYBODY == set(ACTS)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_the_pages_of_the_table_and_no_other(role: Role) -> None:
    for path in rights.PAGES:
        assert rights.may_open(scope(role, PROVINCE), path) == (path in OPEN[role].split()), path


@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_what_the_table_says_and_nothing_else(role: Role) -> None:
    for name, act in ACTS.items():
        assert act.permits(scope(role, PROVINCE)) == (name in EVERYBODY | set(DEEDS[role].split())), name


def test_what_is_the_provinces_is_asked_of_who_sees_all_of_it() -> None:
    assert {name for name, act in ACTS.items() if act.whole} == set(WHOLE.split())


@dataclass(frozen=True)
class Delivered:
    uploaded_by: str | None
    province: str | None = PROVINCE


def test_a_city_sees_no_delivery_but_its_own_and_a_province_all() -> None:
    for by, city, province in (("c-jilin", True, True), ("c-siping", False, True), (None, False, True)):
        assert rights.sees_delivery(scope(Role.CITY, JILIN_CITY), "c-jilin", Delivered(by)) is city
        assert rights.sees_delivery(scope(Role.FINANCE, PROVINCE), "p-finance", Delivered(by)) is province
    assert not rights.sees_delivery(scope(Role.FINANCE, "320000"), "js-finance", Delivered(None))
    assert rights.sees_delivery(scope(Role.FINANCE, "320000"), "js-finance", Delivered(None, None))
    assert rights.sees_delivery(scope(Role.FINANCE, NATION), "n-finance", Delivered(None))


def test_who_delivers_decides_on_nothing_of_their_own_and_on_nothing_elsewhere() -> None:
    for role in Role:
        may = role in (Role.MONITOR, Role.FINANCE)
        assert rights.decides(scope(role, PROVINCE), "p-other", Delivered("p-tax")) is may
        assert not rights.decides(scope(role, PROVINCE), "p-tax", Delivered("p-tax"))
        assert not rights.decides(scope(role, JILIN_CITY), "c-other", Delivered("p-tax"))
        assert not rights.decides(scope(role, "320000"), "js-other", Delivered("p-tax"))


@pytest.mark.parametrize("role", list(Role))
def test_what_the_policy_does_not_name_is_closed_to_everyone(role: Role) -> None:
    anyone = scope(role, NATION)
    for path in ("/admins", "/budget/", "", "/secret", "//"):
        assert not rights.may_open(anyone, path)
        with pytest.raises(NotAllowed):
            rights.demand_page(anyone, path)


def test_a_city_sees_its_own_subtree_and_nothing_beside_or_above(jilin: RegionTree) -> None:
    city = scope(Role.CITY, JILIN_CITY)
    inside = set(jilin.subtree(JILIN_CITY))
    assert YONGJI in inside and len(inside) > 5
    for code in jilin.codes:
        assert city.covers(jilin, code) == (code in inside), code


def test_a_county_does_not_see_its_city(jilin: RegionTree) -> None:
    county = scope(Role.CITY, YONGJI)
    assert [code for code in jilin.codes if county.covers(jilin, code)] == [YONGJI]


def test_a_province_sees_its_whole_tree_and_no_region_that_is_not_in_it(jilin: RegionTree) -> None:
    province = scope(Role.LEADER, PROVINCE)
    assert all(province.covers(jilin, code) for code in jilin.codes)
    assert not province.covers(jilin, "320500")
    assert not province.covers(jilin, "")
    assert not scope(Role.LEADER, "320000").covers(jilin, PROVINCE)


def test_published_tables_of_the_nation_are_open_to_every_scope(shared_published: Published) -> None:
    nation = shared_published.tree(NATION)
    assert scope(Role.CITY, JILIN_CITY).covers(nation, "440000")


def test_two_accounts_share_answers_only_when_role_region_and_department_are_the_same() -> None:
    one = Scope(Role.CITY, JILIN_CITY, Department.SOCIAL)
    others = [
        replace(one, region=SIPING),
        replace(one, role=Role.MONITOR),
        replace(one, department=Department.FISCAL),
        replace(one, department=None),
    ]
    assert one.key == replace(one).key
    assert len({one.key, *(other.key for other in others)}) == 5


# --- departments


@pytest.mark.parametrize("role", list(Role))
def test_an_account_belongs_to_its_own_department_or_to_that_of_its_role(role: Role) -> None:
    of_role = {
        Role.MONITOR: "social",
        Role.ASSESSOR: "social",
        Role.FINANCE: "fiscal",
        Role.TAX: "tax",
        Role.TREASURY: "treasury",
        Role.AGENCY: "agency",
    }
    assert rights.department_of(scope(role, PROVINCE)) == of_role.get(role)
    assert rights.department_of(Scope(role, PROVINCE, Department.TAX)) == "tax"


def test_three_departments_sign_each_for_itself_and_only_in_the_roles_that_may() -> None:
    signing = {role: rights.signs_for(scope(role, PROVINCE)) for role in Role}
    assert {role: department for role, department in signing.items() if department} == {
        Role.MONITOR: "social",
        Role.ASSESSOR: "social",
        Role.FINANCE: "fiscal",
        Role.TAX: "tax",
    }
    assert rights.signs_for(Scope(Role.ASSESSOR, PROVINCE, Department.FISCAL)) == "fiscal"
    assert rights.signs_for(Scope(Role.MONITOR, PROVINCE, Department.AGENCY)) is None
    assert rights.signs_for(Scope(Role.CITY, JILIN_CITY, Department.SOCIAL)) is None


def test_an_account_and_its_scope_see_the_same_regions(jilin: RegionTree) -> None:
    for region in (NATION, PROVINCE, JILIN_CITY, YONGJI, "320000"):
        account = Account("a", "A", Role.CITY, region, None, False)
        seen = {code for code in jilin.codes if rights.covers(account, jilin, code)}
        assert seen == {code for code in jilin.codes if rights.scope_of(account).covers(jilin, code)}
        assert rights.covers_whole(account, jilin) == (seen == set(jilin.codes))
