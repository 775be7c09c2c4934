"""What matters 事项 and their steps are called, on screen and in mail."""

from __future__ import annotations

from dashboard.words.wording import N_
from workflows.matters.records import Kind

KINDS = {
    Kind.CASE: N_("预警"),
    Kind.INSTRUCTION: N_("督办事项"),
    Kind.ISSUE: N_("问题台账"),
    Kind.GAP: N_("管理性缺口"),
    Kind.BRIEFING: N_("简报"),
    Kind.LIMITS: N_("预警标准变更"),
    Kind.DELIVERY: N_("数据报送"),
    Kind.MONTH: N_("月度定稿"),
    Kind.FUNDS: N_("用款计划"),
    Kind.DEPOSIT: N_("存款到期"),
    Kind.DEADLINE: N_("法定事项"),
    Kind.RECONCILING: N_("对账"),
    Kind.BUDGET: N_("预算编制"),
}
# What the reader has to do, by the act of the table.
TO_DO = {
    "case_sign": N_("签收"),
    "case_assign": N_("转办"),
    "case_submit": N_("反馈办理结果"),
    "case_remind": N_("催办"),
    "case_close": N_("核实反馈"),
    "case_decide": N_("答复申请"),
    "instruct": N_("批示"),
    "report_instruction": N_("报告结果"),
    "finish_instruction": N_("确认办结"),
    "issue_verify": N_("核实线索"),
    "issue_assign": N_("交办整改"),
    "issue_answer": N_("反馈整改"),
    "issue_ask_close": N_("审核整改"),
    "issue_close": N_("复核销号"),
    "gap_assess": N_("核定"),
    "gap_sign": N_("会签"),
    "gap_answer": N_("答复申辩"),
    "gap_tell": N_("告知"),
    "gap_payment": N_("登记缴款"),
    "briefing_send": N_("改后再送核"),
    "briefing_pass": N_("核稿"),
    "briefing_sign": N_("签发"),
    "approve_limits": N_("复核标准变更"),
    "confirm_delivery": N_("复核报送"),
    "budget_advance": N_("办理预算编制"),
    "budget_issue": N_("下达计划"),
    "budget_agree": N_("反馈预算意见"),
    "budget_receive": N_("签收预算"),
    "close_month": N_("签署定稿"),
    "deadline_done": N_("按期办结"),
    "reconcile_explain": N_("说明账项"),
    "reconcile_sign": N_("签署对账"),
    "reconcile_take_back": N_("核销或重新说明"),
    "reopen_month": N_("决定是否重开"),
    "fund_need": N_("报用款需求"),
    "fund_apply": N_("提交用款申请"),
    "fund_review": N_("审核用款申请"),
    "fund_order": N_("登记拨付单"),
    "fund_paid_up": N_("登记补发"),
    "deposit_decide": N_("登记到期去向"),
}
# What follows once it is done; ``days``: working days within which an answer is verified.
THEN = {
    "deadline_done": N_("由账目判定的，到账后自动办结；其他的登记文号后办结。"),
    "case_sign": N_("签收后由省级监测岗转办。"),
    "case_assign": N_("转办后由承办单位反馈，到期未反馈的催办。"),
    "case_submit": N_("提交后由省级监测岗{days}个工作日内核实。"),
    "case_remind": N_("催办后仍由承办单位反馈。"),
    "case_close": N_("通过即销号并记入办理过程；退回的由承办单位补充。"),
    "case_decide": N_("答复后按新的限期或结论继续办理。"),
    "instruct": N_("送出即转督办，到期报您，并列入下次会议议定事项。"),
    "report_instruction": N_("报告后由批示人确认办结。"),
    "finish_instruction": N_("办结后不再列入下次会议。"),
}
