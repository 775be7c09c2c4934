"""What went wrong, in the reader's words: every failure and every refused value, from its code and parameters.

Each sentence says what is wrong, what is expected and what to do; line, column and value are said by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dashboard.words.rejections import FORMS, KINDS, LINES, NOTES, REJECTIONS, WITHOUT_SUGGESTION
from dashboard.words.wording import LANGUAGES, N_, _, in_language, language, name_of
from data_access.intake.importers import TABLES, Rejection
from rules.errors import PoolwatchError
from rules.month import Month
from rules.projection.assumptions import ASSUMPTIONS

PROBLEMS: dict[str, str] = {
    "error": N_("出现问题，本次操作没有完成。请稍后再试。"),
    "input": N_("填写的内容不能采用：“{path}”不符合要求。请核对后再试。"),
    "profile": N_("制度参数文件里没有所需的内容。请联系系统管理员核对制度文件。"),
    "not_in_force": N_("“{parameter}”在 {on} 尚无规定值。请换一个日期，或联系系统管理员补充参数。"),
    "import_refused": N_("文件没有收下，库内数据没有变动。请按退回原因更正后重新上传。"),
    "lease_held": N_("另一个进程正在刷新数据。请等它完成后再试。"),
    "not_allowed": N_("您的账户没有做这件事的权限。如有需要，请联系安全管理员。"),
    "settings": N_("系统设置有误。请联系系统管理员。"),
    "store": N_("数据库不是本系统所用的那一个，或由别的程序版本建立，不能使用。请联系系统管理员。"),
    "clock_stepped": N_("服务器时钟有误，为免记错时间，暂不受理。已有数据照常查看；请联系系统管理员核对时钟后再办。"),
    "lake": N_("个人明细账的文件与其清单不符，或代号密钥不是原来的。请联系系统管理员。"),
    "engine": N_("个人明细账的计算引擎不能使用。请联系系统管理员。"),
    "backup": N_("备份或恢复没有做成，没有改动任何内容。请系统管理员看命令给出的说明。"),
    "nothing_published": N_("还没有已发布的数据。请先上传数据，或等待首次刷新完成。"),
    "account_login": N_("用户名“{login}”不能用：只能有字母、数字和 . _ - @，最多64个字符。请换一个。"),
    "account_taken": N_("用户名“{login}”已有人用，停用的也不再给别人。请换一个。"),
    "account_region": N_("没有代码为“{region}”的地区。请核对。"),
    "account_days": N_("截止日早于起始日。请核对账户的有效期。"),
    "account_auditor": N_("审计账户须有截止日。请填写有效期的最后一天。"),
    "account_unknown": N_("没有用户名为“{login}”的账户。请核对。"),
    "account_own": N_("自己的账户不能由自己改。请另一位安全管理员办理。"),
    "account_last": N_("这是最后一个可用的安全管理员账户，不能停用或改作他用。请先设另一个。"),
    "account_no_factor": N_("账户“{login}”没有第二验证，不必重置。"),
    "password_length": N_("口令长度须在{low}至{high}之间，现在是{got}。请换一个，可以是一句话。"),
    "password_guessable": N_(
        "这个口令容易被猜到：常见，或含有姓名、系统名称、键盘顺序、重复、年份，或与原口令相同。请换一个。"
    ),
    "password_differs": N_("两次输入的新口令不一样。请重新输入。"),
    "password_wrong": N_("现用口令不对。请重新输入。"),
    "too_many_attempts": N_("失败次数过多。请在{seconds}秒后再试；忘记口令的，请联系安全管理员。"),
    "busy": N_("正在核对口令的人较多，没有轮到。请过{seconds}秒再试。"),
    "single_sign_on_failed": N_("统一身份认证没有成功。请重新登录；仍不行的，请联系系统管理员。"),
    "single_sign_on_no_role": N_("统一身份认证认得您，但您在本系统没有对应的角色。请联系安全管理员。"),
    "single_sign_on_no_login": N_("统一身份认证没有给出用户名，不能登录。请联系系统管理员。"),
    "single_sign_on_taken": N_("用户名“{login}”在本系统已属于另一人。请联系安全管理员。"),
    "factor_wrong_code": N_("验证码不对、已用过或已过期。请用验证器上现在显示的六位数再试。"),
    "factor_standing": N_("第二验证已经设好。要换手机的，请先停用再设。"),
    "factor_lost": N_("系统密钥已更换，原来的第二验证不能再用。请用恢复码登录，或请安全管理员重置。"),
    "source": N_("来源数据库的对照文件有误，没有读取数据。请联系系统管理员。"),
    "no_such_delivery": N_("没有第{number}批，或它不归您查看。请回到导入批次列表核对。"),
    "not_withdrawn_not_loaded": N_("第{batch}批不能撤回：它没有入库，或已经撤回。请看批次的最新状态。"),
    "not_withdrawn_signed": N_(
        "第{batch}批不能撤回：{month}已定稿，定稿数以它为依据。有误的用红字冲销或更正数据改正。"
    ),
    "not_withdrawn_built_upon": N_("第{batch}批不能撤回：后来的数据或台账以它为依据。请先撤回后来的批次。"),
    "upload_too_large": N_("文件超过 {limit} MB，没有收下。请拆成几个文件，或交系统管理员放入收件目录导入。"),
    "upload_twin_queued": N_("该文件已在第{number}批排队，没有重复收下。请等那一批导入。"),
    "upload_twin_pending": N_("该文件已在第{number}批待复核，没有重复收下。请等第二人复核那一批。"),
    "upload_queue_full": N_("您已有 {limit} 个文件在排队，没有再收。请等它们导入后再传。"),
    "upload_not_kept": N_(
        "服务器没能保存文件：磁盘已满、不能写入，或数据库正被占用。没有收下，请稍后再传；仍不行的，请联系系统管理员。"
    ),
    "mapping": N_("对应关系文件 {mapping} 有误：{problem}。请改正后再用。"),
    "unanswered": N_("还有问题没有回答，没有收下。请先说明单位、月份和认不出的名称。"),
    "no_such_draft": N_("工作台上没有这个文件：已经收下或拿下，或者不是您放的。"),
    "not_readable": N_("文件读不了：{said}"),
    "not_taken": N_("还不能收下：{said}"),
    "upload_empty": N_("没有收到文件内容。请重新选择文件上传。"),
    "field_missing": N_("“{label}”必填。请填写后再提交。"),
    "field_too_long": N_("“{label}”太长，最多 {limit}。请缩短后再提交。"),
    "field_not_number": N_("“{label}”的“{got}”不是数字。请只写数字、小数点和负号，不带单位和千位分隔符。"),
    "field_not_day": N_("“{label}”的“{got}”不是日期。请写成 2026-11-20 的样子。"),
    "field_not_choice": N_("“{label}”没有“{got}”这一项。请从列表中选择。"),
    "field_out_of_range": N_("“{label}”的“{got}”应在 {low} 至 {high} 之间。请核对。"),
    "nothing_to_keep": N_("这里没有这张图或表：页面可能已经更新。请刷新后再加入。"),
    "basket_full": N_("材料篮已有{count}件，放不下了。请先取出不用的。"),
    "no_such_item": N_("材料篮里没有这一件：已经取出，或者不是您放的。"),
    "no_such_matter": N_("您的消息里没有这件事项，可能已由别人办结。请刷新页面再看。"),
    "no_such_briefing": N_("没有这期材料，或它没有这一节。请回到简报材料核对。"),
    "export_failed": N_("这份材料没有写成。请再试一次；仍不行的，请告诉系统管理员。"),
    "export_too_large": N_("这份材料太大，服务器内存不够。请分成几份再导出。"),
    "too_many_exports": N_("您已有 {limit} 份材料在写。请等它们写好或取消后再导出。"),
    "not_converted": N_("LibreOffice没有给出PDF。请先用普通PDF或Word，并告诉系统管理员。"),
    "not_kept": N_("这份材料读不出来，没有改动。请把编号告诉系统管理员。"),
    "template_refused": N_("模板不能用。请换一个文件。"),
    "template_no_word_file": N_("这不是能用的 Word 文件（DOCX，不超过 {limit} MB）。请在 Word 或 WPS 里另存为 DOCX。"),
    "template_foreign_parts": N_("模板里有宏，或引用了文件以外的内容，没有启用。请去掉后再上传。"),
    "template_unknown_names": N_("模板里的名称认不出：{names}。请照样板里的名称改正后再上传。"),
    "template_wrong": N_("模板花括号里的写法有误：{problem}。请照样板改正后再上传。"),
    "budget_exists": N_("{year}年度的这一预算已在编制，不能重复开始。请在“编制与下达”或“调整与决算”里接着办。"),
    "budget_state": N_("预算已不在这一步，或这一步不能这样办。请刷新页面，按最新进度办理。"),
    "budget_office": N_("这一步按编制程序不归您的部门办理。请由程序所列部门办理。"),
    "budget_four_eyes": N_("上一步是您办的，不能由同一人接着办。请由另一人办理。"),
    "budget_reason": N_("这个数须说明理由：偏离测算数较多、调整预算，或要求改数。请写明理由后再提交。"),
    "budget_empty": N_("还有{count}项市县收支没有草案数，或调整没有列项。请填齐后再提交。"),
    "budget_replies": N_("还有市县没有反馈，反馈截止日（{due}）也没有过。请等反馈到齐或过了截止日再汇总。"),
    "budget_day": N_("批准须有文号和日期，日期不晚于{today}，也不早于上一级的批准。请核对。"),
    "budget_not_taken": N_("计划还没有入库，不能签收。请等第二人复核、数据刷新后再签收。"),
    "budget_unit": N_("这一预算没有该地区的这一项。请从列表中选择。"),
    "budget_plan": N_("{year}年度还没有下达的计划，没有可调整的预算。请先下达年初预算。"),
    "briefing_not_signed": N_("{month}还没有定稿。简报只用定稿数，请先定稿，或另选月份。"),
    "briefing_not_a_draft": N_("第{number}期已送核、签发或作废，不能再改。要改的，请先退回拟稿，或另存新期。"),
    "briefing_sections": N_("最多{count}节。请先合并或删去不用的。"),
    "briefing_being_edited": N_(
        "{name}正在改写这一节，您的改动没有存入。请等对方保存后再改，或打开这一节从对方手里接过来。"
    ),
    "briefing_not_now": N_("第{number}期不在这一步，可能已有人办过。请看过最新情况后再办。"),
    "briefing_not_confirmed": N_("还有{count}节是系统生成、没有核过。请逐节核对或改写后再送核。"),
    "briefing_four_eyes": N_("拟稿人不能自己核稿或签发。请由另一人办理。"),
    "fund_not_open": N_("用款计划不在这一步，可能已有人办过。请看过最新情况后再办。"),
    "fund_month": N_("{month}的用款现在不能办：申请只办本月和下月，未发到只登记已到的月份。请核对月份。"),
    "fund_four_eyes": N_("提交申请的人不能自己审核、核减或退回。请由另一人办理。"),
    "fund_missing": N_("还有{count}个单位没有申请数，没有提交。请补齐后再提交。"),
    "fund_above": N_("核减后的数不能多于申请数 {limit_fen} 分。请核对。"),
    "fund_nothing": N_("没有要改的数，或没有未发到的人数和金额。请填写后再提交。"),
    "fund_day": N_("日期不对：拨付和补发不能晚于今天，补发期限不能早于今天。请核对。"),
    "fund_more": N_("金额超过了余下的 {limit_fen} 分。请核对。"),
    "work_conflict": N_("这一步现在不能办：事项已不在这个状态，或已有人办过。请看过最新情况后再办。"),
    "work_already_acked": N_("已经签收，不必重复。"),
    "work_invalid_due": N_("限期已过，或晚于原定限期。请另选日期。"),
    "work_forbidden": N_("只有承办单位可以反馈。请先转办。"),
    "work_evidence_required": N_("反馈须附有关材料。请附上文件后再提交。"),
    "work_four_eyes": N_("提出的人不能自己核实或批准。请由另一人办理。"),
    "work_still_firing": N_("指标还没有回落到标准以内，不能销号。确需销号的，提请批准暂不处置。"),
    "work_expired": N_("暂缓提醒已经结束。"),
    "work_no_assignee": N_("“{got}”与这一事项无关，或没有这个单位。请另选承办单位。"),
    "work_no_letter": N_("没有“{got}”这种文书。"),
    "conflict_stale": N_("刚才有人先改了这一条，您的操作没有执行。请看过最新情况后再办。"),
    "limit_refused": N_("没有保存：{said}"),
    "limit_warnings": N_("请先确认提示，再保存：{said}"),
    "limit_gone": N_("这条标准或改动已经不在，或已有人处理。请刷新页面。"),
    "limits_overlap": N_("同一范围在这段时间刚被别人设了标准，没有保存。请刷新页面后再改。"),
    "four_eyes_limits": N_("追溯改动须由另一人确认，提出人不能自己同意。"),
    "gap_step_not_open": N_("{number}现在的状态不能办这一步。请刷新后按台账所示状态办理。"),
    "assessment_signed": N_("{department}已经确认过这些得分，或您已代表另一部门确认。请由另一人确认。"),
    "assessment_measured": N_("“{indicator}”由系统按指标库或统计报表取数，不接受人工录入。数有误的，请更正来源数据。"),
    "assessment_closed": N_("{year}年度不能确认：已经确认过，或12月尚未计分。"),
    "gap_already_signed": N_("{department}已经会签，或{name}已核定或会签过这一项。请由另一人签署。"),
    "gap_objection_open": N_("{number}有对方申辩尚未答复。请先答复，再会签或告知。"),
    "gap_year_not_over": N_("{year}年尚未终了，未完成收入计划要到年底后核定。"),
    "gap_amount_too_large": N_("金额超过可登记的上限。请核对后重新填写。"),
    "gap_already_paid": N_("{number}已有缴款，不能撤销。请先用红字更正缴款。"),
    "gap_no_entry": N_("账上没有该地区单号为“{got}”的地方补助收入。请核对单号，或留空只登记缴款书。"),
    "gap_no_concept": N_(
        "{document}没有管理性缺口制度。省里另行决定采用后，由系统管理员在“暂定参数”登记起始日期和决定文号，即可启用。"
    ),
    "gap_shares_issued": N_("{year}年地方分担已经下达，每年只下达一次。"),
    "gap_credits_booked": N_("{year}年超收已经登记，每年只登记一次。"),
    "parameter_enacted": N_("“{label}”由{source}规定，不能在此更改。"),
    "parameter_unfit": N_("“{label}”的“{got}”不能采用，应与现值“{expected}”同一写法；比例在0至1之间，权重合计为1。"),
    "attachment_too_large": N_("附件“{name}”是空的或超过 {limit_bytes}，没有收下。"),
    "issue_step_not_open": N_("问题 {ref} 目前不能办这一步。请看过最新情况后再办。"),
    "issue_four_eyes": N_("销号须由另一人同意，申请人不能自己同意。"),
    "issue_not_asked": N_("问题 {ref} 还没有人申请销号。"),
    "issue_amount": N_("金额超过可填的 {limit_fen} 分。请核对。"),
    "issue_exists": N_("编号 {ref} 已有问题登记。"),
    "suspicion_step_not_open": N_("疑点 {code} 目前不能这样判定。请看过最新情况后再办。"),
    "suspicion_cause": N_("排除疑点须选一条规则列明的原因；选“其他”的，须写明理由。"),
    "suspicions_undecided": N_("问题 {ref} 还有{count}条疑点待核。请先逐条判定属实或排除。"),
    "suspicions_cleared": N_("问题 {ref} 的疑点均已排除，不能核实为属实。请办理查否。"),
    "suspicions_upheld": N_("问题 {ref} 有疑点属实，不能查否。请办理核实；判定有误的，先撤回判定。"),
    "suspicions_exceeded": N_("超过判定属实的疑点：共{count}人、{amount_fen} 分。请核对。"),
    "suspicions_reason": N_("少于判定属实的疑点（{count}人、{amount_fen} 分）。确需少报的，请写明理由。"),
    "no_such_deadline": N_("本险种没有这项法定事项。请刷新页面后从法定日历重新选择。"),
    "deadline_done": N_("这项已经登记办结。请刷新页面查看经过；登记有误的，先撤回再登记。"),
    "deadline_open": N_("这项没有登记办结，不能撤回。请刷新页面再看。"),
    "deadline_ahead": N_("办结日期{day}还没有到。请填写实际办结的日期。"),
    "deadline_by_facts": N_("这项由账目和登记判定，不能手工登记办结。数据有误的，请更正数据。"),
    "deposit_matured": N_("存款{ref}已于{day}到期，不再登记去向。请以到期后的实际存款为准。"),
    "deposit_other": N_("存款{ref}不在省级财政专户的定期存款里，这里不登记它的去向。"),
    "meeting_number": N_("已经登记过第{number}次会议。请核对次数，或更正原来登记的那一次。"),
    "meeting_day": N_("这一天已经登记了第{number}次会议，一天只登记一次。请核对日期。"),
    "meeting_month": N_(
        "第{number}次会议不能这样登记：所填数据月份没有定稿，或不在会议之前。请核对月份，或先办月度定稿。"
    ),
    "month_signed": N_("{month}已经定稿，不能重复签署。"),
    "no_opening": N_("没有导入期初余额，{month}的结余不能计算，不能定稿。请先导入期初余额表（opening_balance）。"),
    "token": N_("令牌不能这样办：名称、账户、来源、权限或截止日不合要求。请核对后再试。"),
    "income_review_owed": N_("差额超过应完成数的规定比例，不能只确认已比对。请报送分析，写明问题和措施。"),
    "income_review_given": N_("{name}已经办过这个月的比对。请刷新页面查看；要改的先撤回。"),
    "income_review_missing": N_("这个月没有可办理的比对或分析，或已撤回。请刷新页面查看。"),
    "income_review_noted": N_("{name}已审阅这份分析，不能再改。有新情况请在下月的分析中说明。"),
    "reconciling_explained": N_("这笔账项已有人说明。请刷新页面查看；要改的先撤回原说明。"),
    "reconciling_not_explained": N_("这笔账项没有说明，或已撤回。请刷新页面查看。"),
    "reconciling_open": N_("{month}还有{count}笔账项待说明，不能签署。请先逐笔匹配或说明。"),
    "reconciling_signed": N_("贵部门已签署{month}对账，数据没有变动，不必再签。"),
    "reconciling_no_side": N_("贵部门没有报送{month}的征缴入库数，不参加签署。请核对地区和月份。"),
    "reconciling_running": N_("{month}尚未结束，不能签署对账。请月末后再办。"),
    "month_unmet": N_("{month}定稿清单中必须满足的项目未满足，不能定稿。请先查明。"),
    "month_unexplained": N_("{month}定稿清单有未满足的项目，请逐项写明原因后再签署。"),
    "month_not_last": N_("只能重开最后一个定稿月。请刷新页面，从最近的月份开始。"),
    "month_asked": N_("{month}已有人申请重开，请等待决定。"),
    "month_not_asked": N_("{month}没有待决定的重开申请，可能已撤回或已决定。请刷新页面。"),
    "month_second": N_("申请人不能自己同意。请由另一人决定。"),
    "final_department": N_("决算由财政、人社和经办机构编制和签署。请用这些部门的账户。"),
    "final_signed": N_("本部门已由{name}签署，数据没有变动，不必再签。"),
    "final_unexplained": N_("还有{count}个项目的差异没有写明原因，写明后才能签署。"),
    "final_same": N_("该项目与12月定稿一致，不必说明。请刷新页面。"),
    "final_decided": N_("{year}年决算已经审定，不能再改。"),
    "final_order": N_("现在不能办这一步：须先由三个部门签署，再依次登记审定、批准和备案。请刷新页面。"),
    "final_day": N_("日期须在上一步（{since}）之后、今天之前。"),
    "assumption_unfit": N_(
        "“{assumption}”的“{got}”不能采用。请写百分数，最多6位小数；各年不同的依次写，用空格隔开，如 4.5 4 3.5；"
        "比例在0至100之间，增速在-100至100之间。"
    ),
    "nothing_assumed": N_("所填参数与基准相同，没有可存的方案。请至少改一项；留空的按基准。"),
    "nothing_to_confirm": N_(
        "现在没有可提请确认的：基准没有暂定参数、没有登记拟开的会议，或已经提请过。请刷新页面查看。"
    ),
    "outlook_years": N_("“{name}”的起始年份{first}晚于终止年份{last}。请改正年份。"),
    "no_heads": N_(
        "{year}年末没有参保人员结构，统计月报也缺人数、缴费基数或应征保费，不能从该年末起算。请导入其中一种，下次刷新即算。"
    ),
    "mortality_incomplete": N_("生命表“{name}”缺少{sex}{ages}岁。请补充导入所缺年龄，或核对人员结构的年龄。"),
    "no_projection": N_("还没有测算结果，不能另存方案。请待年度定稿、测算完成后再存。"),
    "month_not_own": N_("只有申请人{name}可以撤回。"),
}


SEXES = {"m": N_("男性"), "f": N_("女性")}


def problem_text(problem: PoolwatchError) -> str:
    """The sentence of an expected failure, from its code and parameters."""
    return problem_words(problem.code, problem.parameters)


def problem_words(code: str, parameters: Mapping[str, object]) -> str:
    """The same of a failure that was kept."""
    said = _(PROBLEMS.get(code, PROBLEMS["error"]))
    return said.format_map(_Known({name: _shown(name, value, "") for name, value in parameters.items()}))


def rejection_text(reason: str, parameters: Mapping[str, object], target: str = "") -> str:
    """Why a value, row or file was refused and what to do, without its place. ``target``: the table, to name columns."""
    texts = WITHOUT_SUGGESTION if reason in WITHOUT_SUGGESTION and parameters.get("suggestion") is None else REJECTIONS
    shown = {name: _shown(name, value, target) for name, value in parameters.items()}
    return _(texts[reason], **shown)


def note_text(note: Mapping[str, object]) -> str:
    """What of a file was passed over, or taken with a remark; a note as ``BatchResult.notes`` has them."""
    return _(NOTES[str(note["note"])], **{name: _plain(value) for name, value in note.items() if name != "note"})


def reasons_in_both(target: str, reasons: Sequence[Rejection]) -> str:
    """Why a file of a table was refused, a line a reason, in Chinese and then in English."""
    said = []
    for code in LANGUAGES:
        with in_language(code):
            said.append("".join(f"{rejection_line(reason, target)}\n" for reason in reasons))
    return "\n".join(said)


def rejection_line(rejection: Rejection, target: str = "") -> str:
    """The whole sentence: line, column, value, what is wrong and what to do."""
    place = _place(rejection, target)
    text = rejection_text(rejection.reason, rejection.parameters, target)
    if not rejection.value:
        return f"{place}{text}"
    value = rejection.value if len(rejection.value) <= 60 else rejection.value[:60] + "…"
    return _("{place}值“{value}”：{reason}", place=place, value=value, reason=text)


def _place(rejection: Rejection, target: str) -> str:
    if not rejection.line:
        return ""
    if cell := rejection.parameters.get("cell"):
        if not rejection.column:
            return _("{cell}，", cell=cell)
        return _("{cell}“{column}”，", cell=cell, column=column_name(target, rejection.column))
    if not rejection.column:
        return _("第 {line} 行，", line=rejection.line)
    return _("第 {line} 行“{column}”列，", line=rejection.line, column=column_name(target, rejection.column))


def table_name(target: str) -> str:
    """An importable table's name in the reader's language; the code itself when it is none."""
    if target not in TABLES:
        return target
    return TABLES[target].label_en if language() == "en" else TABLES[target].label


def column_name(target: str, code: str) -> str:
    """A column's name in the reader's language: the header of the templates."""
    columns = TABLES[target].columns if target in TABLES else ()
    for column in columns:
        if code in (column.code, column.yuan_code):
            if language() == "en":
                return column.label_en.replace("(fen)", "(yuan)") if code == column.yuan_code else column.label_en
            return str(column.yuan_label) if code == column.yuan_code else column.label
    return code


def _shown(name: str, value: object, target: str) -> str:
    """One parameter as the sentence shows it."""
    if name == "kind" and str(value) in KINDS:
        return _(KINDS[str(value)])
    if name == "looks_like" and str(value) in LINES:
        return _(LINES[str(value)])
    if name == "form" and str(value) in FORMS:
        form, option = FORMS[str(value)]
        return _("{form}（工作台选“{option}”）", form=_(form), option=_(option))
    if name == "tables" and isinstance(value, (list, tuple)):
        return _("、").join(table_name(str(code)) for code in value)
    if name == "sex" and str(value) in SEXES:
        return _(SEXES[str(value)])
    if name == "assumption" and str(value) in ASSUMPTIONS:
        return name_of(ASSUMPTIONS[str(value)])
    if name == "label" and target in TABLES:
        return next((column_name(target, c.code) for c in TABLES[target].columns if c.label == value), str(value))
    if name in ("known", "other") and target:
        codes = value if isinstance(value, (list, tuple)) else [value]
        return _("、").join(column_name(target, str(code)) for code in codes)
    if name == "limit_bytes" and isinstance(value, int):
        return f"{value >> 20:,} MB"
    if name in ("limit", "limit_yuan") and isinstance(value, int):
        return f"{value:,}"
    if name == "month" and isinstance(value, int):
        return Month(value).iso
    if isinstance(value, Mapping):
        return _("，").join(f"{column_name(target, str(key))} {_plain(part)}" for key, part in value.items()) or "—"
    return _plain(value)


def _plain(value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, (list, tuple)):
        return _("、").join(_plain(part) for part in value)
    if isinstance(value, Mapping):
        return _("，").join(f"{key} {_plain(part)}" for key, part in value.items())
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


class _Known(dict[str, str]):
    """A failure is raised in many places; one that leaves a parameter out still gets its sentence."""

    def __missing__(self, name: str) -> str:
        return "—"
