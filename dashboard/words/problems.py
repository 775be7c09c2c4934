"""What went wrong, in the reader's words: every failure and every refused value, from its code and parameters.

Each sentence says what is wrong, what is expected and what to do; line, column and value are said by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dashboard.words.wording import LANGUAGES, N_, _, in_language, language
from data_access.intake.importers import TABLES, Rejection
from rules.errors import PoolwatchError
from rules.month import Month

PROBLEMS: dict[str, str] = {
    "error": N_("出现问题，本次操作没有完成。请稍后再试。"),
    "input": N_("填写的内容不能采用：“{path}”不符合要求。请核对后再试。"),
    "profile": N_("制度参数文件里没有所需的内容。请联系系统管理员核对制度文件。"),
    "not_in_force": N_("“{parameter}”在 {on} 尚无规定值。请换一个日期，或联系系统管理员补充参数。"),
    "import_refused": N_("文件没有收下，库内数据没有变动。请按退回原因更正后重新上传。"),
    "lease_held": N_("另一个进程正在刷新数据。请等它完成后再试。"),
    "not_allowed": N_("您的账户没有做这件事的权限。如有需要，请联系安全管理员。"),
    "settings": N_("系统设置有误。请联系系统管理员。"),
    "store": N_("数据库由别的程序版本建立，本版本不能使用。请联系系统管理员。"),
    "nothing_published": N_("还没有已发布的数据。请先上传数据，或等待首次刷新完成。"),
    "account": N_("账户不能这样设置。请核对用户名、地区和口令长度。"),
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
    "month_signed": N_("{month}已经定稿，不能重复签署。"),
    "no_opening": N_("没有导入期初余额，{month}的结余不能计算，不能定稿。请先导入期初余额表（opening_balance）。"),
    "token": N_("令牌不能这样办：名称、账户、来源、权限或截止日不合要求。请核对后再试。"),
    "month_unbalanced": N_("{month}账户合计与收支结余不一致，不能定稿。请先查明差额。"),
}

REJECTIONS: dict[str, str] = {
    "blank": N_("此格必填，现在是空的。请填写。"),
    "too_long": N_("文字太长，最多 {limit} 个字。请缩短。"),
    "control_character": N_("含有看不见的控制字符。请删掉后重新键入。"),
    "amount_missing": N_("这一格没有数。没有数不等于零：请填实际数，或删去这一行；在“导入工作台”可作为“无数”列出。"),
    "number_form": N_("{form}。这里不替您换算：请改成只有数字、小数点和负号的写法，或由“导入工作台”按所选写法导入。"),
    "note_mark": N_("数字旁有注号“{mark}”。请删去注号，数字不要改动。"),
    "percent_sign": N_("数字带百分号（%）。请向原表核对单位：确是百分数的，数字不带百分号，单位写 %；金额没有百分号。"),
    "exponent": N_("数字用了科学计数法，末位可能已丢失。请把单元格设为文本，按原数重填。"),
    "not_a_number": N_("不是数字。请只写数字、小数点和负号，不带单位。"),
    "decimals_in_fen": N_("这一列按分填写，不能有小数。请向填报人核实单位后重新填写。"),
    "too_many_decimals": N_("以元为单位的金额最多 {places} 位小数。请填到分。"),
    "amount_too_large": N_("金额超过 {limit_yuan} 元，明显过大。请核对单位。"),
    "not_a_whole_number": N_("应为整数。请去掉小数和文字。"),
    "out_of_bounds": N_("应在 {low} 至 {high} 之间。请核对。"),
    "bad_date": N_("不是日期。请写成 {expected}，如 2026-10-09。"),
    "day_missing": N_("只有年月，没有日。请写全年月日，如 2026-10-09。"),
    "day_first": N_("看不出哪个是日、哪个是月。请写成 2026-10-09 的样子，或在“导入工作台”选“日月年次序”。"),
    "day_number": N_("这是电子表格的日期序号，像是 {day}。请核对后把单元格改成日期或写成 2026-10-09 的样子。"),
    "bad_year": N_("年度应为四位数，如 2020。跨年度的财政年度和两位数的年份不能直接收。"),
    "month_in_yearly_table": N_("这是月份。年度列只写四位数的年度，月份写在“期间”列；也可在“导入工作台”导入。"),
    "no_such_date": N_("没有这一天。请核对年月日。"),
    "bad_instant": N_("不是时间。请写成 {expected}。"),
    "in_future": N_("晚于今天，最晚为 {latest}。请核对。"),
    "unknown_code": N_("没有这个{kind}代码。最接近的是 {suggestion}，请核对后改正。"),
    "not_a_choice": N_("只能填以下之一：{choices}。"),
    "bad_form": N_("写法不对，应为 {expected}。"),
    "ambiguous_place": N_("这个简称可以指多个地区：{candidates}。请改填六位地区代码。"),
    "not_a_place": N_("没有这个地区。请填代码表里的六位代码或名称。"),
    "total_row": N_("这一行是合计，不是一条数据。请删去合计行；导入后由系统汇总。"),
    "part_row": N_("这一行写明“其中”，是另一行的一部分，收下会重复计算。请删去这一行。"),
    "note_row": N_("这一行是注释，不是数据。请删去这一行。"),
    "example_row": N_("这一行是模板里的示例，没有改过。请填实际数，或删去示例行。"),
    "movement_not_in_scheme": N_("{scheme} 没有“{movement}”这种资金运动。请核对险种或资金运动。"),
    "item_missing": N_("资金运动 {movement} 必须填收支项目。请补填。"),
    "item_not_expected": N_("资金运动 {movement} 不确认收支，收支项目应留空。"),
    "item_not_for_movement": N_("{scheme} 的资金运动 {movement} 不能记入项目 {item}。请改用该运动对应的末级项目。"),
    "item_not_in_scheme": N_("{scheme} 没有收支项目 {item}。请按该险种的科目表填写。"),
    "measure_not_in_scheme": N_("{scheme} 不报送指标 {measure}。请按该险种的指标表填写。"),
    "region_outside_scheme": N_("该地区不在 {scheme} 的统筹范围（{province}）内。请核对地区或险种。"),
    "region_not_yours": N_("您的账户只报送本地区的数据。请删去其他地区的行，或交省级导入。"),
    "not_yours_to_deliver": N_("您的账户不能报送这一项的数据。请由有权的部门报送。"),
    "table_not_of_region": N_("这张表不分地区，由省级导入。请选本地区报送的表。"),
    "region_not_valid": N_("该地区在 {day} 不存在（启用 {valid_from}，停用 {valid_to}）。请改用当时有效或合并后的地区代码。"),
    "before_open_years": N_("早于开放年度，最早为 {earliest}。更早的余额请填入期初余额表。"),
    "amount_zero": N_("金额不得为零。请填实际金额，或删去这一行。"),
    "negative_without_correction": N_("资金运动 {movement} 的金额为负，却没有写冲销单号。红字冲销请填被冲销记录的来源单号。"),
    "negative_amount": N_("金额不得为负。请核对。"),
    "negative_total": N_("公布的合计数为负。请核对原表；确为负数的，由“导入工作台”写明原因后导入。"),
    "unknown_unit": N_("不认识这个单位。请照原表填写，如亿元、万元、元、万人、人、%、元/月；不要改动数字。"),
    "unit_unfit": N_("单位与指标“{measure}”不符。请核对原表的单位和指标。"),
    "corrects_itself": N_("冲销单号与本行来源单号相同。请填被冲销那一笔的来源单号。"),
    "before_other_date": N_("早于同一行的“{other}”（{day}）。请核对两个日期。"),
    "given_together": N_("与“{other}”须同时填写。请补填，或把两格都留空。"),
    "line_open": N_("期初加本期借方减贷方，期末借方净额应为 {expected} 元。请核对这一科目。"),
    "in_and_out": N_("收入和支出不能同时有数，另一项填 0。"),
    "balance_breaks": N_("余额应为 {expected} 元：上一笔余额加收入减支出。请核对这一笔或是否缺了中间的。"),
    "other_year": N_("止月应与起月 {since} 同年，且不早于它。"),
    "source_differs": N_("数据来源应为 {expected}。请改正，或分开上传。"),
    "region_cycle": N_("地区 {code} 的上级绕回了自己（{circle}）。请改正上级代码。"),
    "unknown_parent": N_("地区 {parent} 不在库中，也不在本文件里。请先导入上级地区。"),
    "conflict": N_("编号 {key} 库内已有，内容不同（库内：{stored}）。已入库的不改：明细用红字冲销，预算和统计指标用更高的版本号，其他表填写更正理由后重新报送。"),
    "conflict_in_file": N_("编号 {key} 与第 {first_line} 行重复，内容不同。请只留正确的一行。"),
    "empty_file": N_("文件是空的。请重新导出后上传。"),
    "no_rows": N_("文件只有表头，没有数据行。请填写后上传。"),
    "file_too_large": N_("文件超过 {limit_bytes}。请拆成几个文件。"),
    "sender_not_allowed": N_("上传人的账户已停用，或不再有报送这张表的权限，没有入库。请由有权限的账户重新上传。"),
    "questions_open": N_("还有 {count} 个问题没有回答，没有收下。请到导入工作台说明单位、月份和认不出的名称后再收。"),
    "nothing_offered": N_("没有找到可以入库的表。请到导入工作台说明它是哪张表。"),
    "other_table": N_("按对应关系读出的是另一张表，不是“{table}”。请到导入工作台核对。"),
    "total_differs": N_("单元格 {cell} 的合计与分项相加所得 {computed} 不符。请核对原表；确须照收的，在导入工作台写明原因。"),
    "original_missing": N_("原件已不在，没有入库。请重新上传文件。"),
    "too_many_rows": N_("超过 {limit} 行。请按月份或地区拆成几个文件。"),
    "unknown_encoding": N_("文字编码认不出（第 {byte} 字节起）。请另存为 UTF-8 的 CSV，或上传 XLSX。"),
    "too_many_columns": N_("超过 {limit} 列，不是本系统的表。请删去多余的列后上传。"),
    "too_many_cells": N_("超过 {limit} 格。请拆成几个文件。"),
    "too_many_sheets": N_("工作表超过 {limit} 张。请只留要导入的工作表。"),
    "too_many_merged": N_("合并的单元格超过 {limit} 处。请取消合并后上传。"),
    "unpacks_too_large": N_("展开后超过 {limit_mb} MB，没有读取。请只留要导入的工作表和数据，重新导出后上传。"),
    "reading_took_too_long": N_("读了 {limit_seconds} 秒还没有读完，已停止。请重新导出，或拆成几个文件。"),
    "reading_took_too_much_memory": N_("读取要用的内存超过 {limit_mb} MB，已停止。请重新导出，或拆成几个文件。"),
    "bad_byte": N_("编码是 UTF-8，但本行第 {place} 字节（{byte}）不是。文件可能损坏，请重新导出后上传。"),
    "doubtful_encoding": N_("文字编码不能确定，可能是 {encodings}（按第一种读作：{cells}）。请另存为 UTF-8 的 CSV，或上传 XLSX。"),
    "encrypted": N_("文件加了密码，打不开。请去掉密码后上传。"),
    "broken_sheet": N_("工作表已损坏：{cell} 处不成表格。请在表格软件里打开，另存后上传。"),
    "column_not_text": N_("“{name}”列的文字不是 UTF-8，文件可能损坏。请重新导出后上传。"),
    "json_syntax": N_("不是合格的 JSON（第 {place} 处，行:列）。请检查括号、引号和逗号。"),
    "json_not_utf8": N_("JSON 须用 UTF-8 编码。请重新生成。"),
    "json_form": N_("JSON 应是对象的列表，或 entries 之下的列表；每个对象一行。"),
    "json_nested": N_("这里应是文字、数或空值，不能是列表或对象。请每行只写一层。"),
    "json_repeated_key": N_("同一行里这个键写了不止一次。请只留一个。"),
    "web_page": N_("这是网页（HTML），只是名称像表格。请在表格软件里打开，另存为 XLSX；或在“导入工作台”读取。"),
    "foreign_format": N_("这是 {what} 文件。请在表格软件里另存为 XLSX 后上传；或在“导入工作台”读取。"),
    "several_sheets": N_("不止一张工作表有这样的表，不能只取一张：{sheets}。请每张一个文件，或用 flask import --sheet 指明。"),
    "no_such_sheet": N_("没有这张工作表。有：{sheets}。"),
    "uncomputed_formula": N_("单元格 {cell} 是公式，文件里没有算出的值。请在表格软件里打开，保存一次，再上传。"),
    "line_above_header": N_("这一行像{looks_like}，表头在第 {header_line} 行。请删去表头以上的行，或在“导入工作台”导入。"),
    "not_a_data_line": N_("这一行像{looks_like}，不是数据。请删去这一行，或在“导入工作台”导入。"),
    "unreadable": N_("按 {format} 格式打不开，文件可能损坏或加了密码。请重新导出后上传。"),
    "wrong_delimiter": N_("各列用“{delimiter}”分隔。请改用英文逗号，或上传 XLSX。"),
    "wrong_number_of_columns": N_("应有 {expected} 列，实有 {got} 列。请检查多出或缺少的逗号。"),
    "broken_quotes": N_("引号没有成对。请检查本行及以前的双引号。"),
    "merged_cells": N_("单元格 {cells} 是合并的，无法判断属于哪一行。请取消合并，逐行填写。"),
    "float_column": N_("金额列的类型是 {type}，会有误差。请改为整数分或文本。"),
    "unknown_header": N_("不认识这个列名，最接近的是“{suggestion}”。可用的列：{known}。请改正或删去该列。"),
    "amount_without_unit": N_("列名没有写明单位：是元、分，还是万元？请向填报人问清，在列名里写明；万元由“导入工作台”换算。"),
    "header_unit": N_("列名里的单位这里不收，金额只按分或按元填写。请勿只改列名：数字须一并换算，可由“导入工作台”换算。"),
    "duplicate_header": N_("这一列与“{other}”列重复。请只留一列。"),
    "missing_header": N_("缺少“{label}”列。请按模板补上。"),
    "fen_and_yuan": N_("同一金额既有分列又有元列（{other}）。请只留一列。"),
    "unknown_target": N_("从表头认不出是哪张表。请先选表，或按模板的列名填写；别的式样在“导入工作台”说明一次，存下对应关系，以后同样的表各处都能读入。可用的表：{tables}。"),
    "not_read": N_("文件读不进去（{problem}）。请重新导出后再送；仍不行的，请把文件交系统管理员。"),
    "link": N_("这是指向别处的链接，不是文件，没有读取。请放入文件本身。"),
    "store_full": N_("数据库所在磁盘已满，没有写入。请联系系统管理员，腾出空间后再导入。"),
    "store_busy": N_("数据库正被占用，没有写入。请稍后再导入。"),
    "store_away": N_("数据库连不上或不能写入，没有写入。请联系系统管理员，恢复后再导入。"),
    "not_stored": N_("写入时出现意外（{problem}），没有入库。请联系系统管理员。"),
    "process_ended": N_("程序在导入中途停止，没有入库。请重新导入。"),
    "rejected_before": N_("另有 {count} 处与以前退回的完全相同，不再重列。"),
    "offered_again": N_("来源中有退回的行：每天第一次刷新从 {since} 起重新读取，直到改好。"),
}  # fmt: skip
# How a number is written, and what the workbench calls the choice that takes it.
FORMS: dict[str, tuple[str, str]] = {
    "full_width": (N_("数字用了全角字符"), N_("全角数字")),
    "parentheses": (N_("数字写在括号里"), N_("括号表示负数")),
    "triangle": (N_("数字前有三角号"), N_("三角号表示负数")),
    "apostrophe": (N_("数字前有撇号"), N_("去掉撇号")),
    "currency": (N_("数字带货币符号"), N_("去掉货币符号")),
    "minus": (N_("负号不是普通的减号"), N_("特殊负号")),
    "trailing_minus": (N_("负号写在数字后面"), N_("后置负号")),
    "unit": (N_("数字后面带了单位或文字"), N_("单位随数字")),
    "space": (N_("数字中间有空格或撇号"), N_("空格千位分隔")),
    "dots": (N_("数字里有不止一个点"), N_("小数逗号")),
    "decimal_comma": (N_("逗号不在千位上，可能是小数点"), N_("小数逗号")),
    "grouping": (N_("逗号不在千位上"), N_("千位分隔符")),
    # Of the workbench alone.
    "note_mark": (N_("数字旁有注号，另行记下"), N_("注号另记")),
    "percent": (N_("数字带百分号"), N_("百分数")),
    "float_tail": (N_("数字带浮点尾差，按分读取"), N_("按分读取")),
    "red": (N_("红字表示负数"), N_("红字为负")),
}

# Where nothing known comes near.
WITHOUT_SUGGESTION: dict[str, str] = {
    "unknown_code": N_("没有这个{kind}代码。请按代码表填写。"),
    "unknown_header": N_("不认识这个列名。可用的列：{known}。请改正或删去该列。"),
}

# What a line that is no row of data looks like.
LINES = {
    "title": N_("标题"),
    "unit": N_("单位说明"),
    "header": N_("表头"),
    "note": N_("注"),
    "total": N_("合计行"),
    "signature": N_("签署栏"),
    "text": N_("说明文字"),
}
# What was passed over or taken with a remark.
NOTES = {
    "explained": N_("报送说明：{why}"),
    "saved_mapping": N_("不是模板，按保存的对应关系“{name}”读取（{by} 于 {on} 保存）。"),
    "sheets_not_read": N_("只读了工作表“{read}”，没有读：{sheets}。"),
    "hidden_rows": N_("有 {count} 行是隐藏的，一并读入：第 {lines} 行。"),
    "hidden_columns": N_("有 {count} 列是隐藏的，一并读入：第 {columns} 列。"),
    "noisy_numbers": N_("有 {count} 个数带浮点尾差，按有效的 15 位读取：{cells}。"),
    "red_numbers": N_("有 {count} 个数是红字而没有负号，按正数读入：{cells}。是负数的，请写上负号再报。"),
    "rounded_numbers": N_("有 {count} 个金额带浮点尾差（不到半分），按分读取：第 {lines} 行。"),
}

KINDS = {
    "scheme": N_("险种"),
    "any_scheme": N_("险种"),
    "topic": N_("险种或主题"),
    "region": N_("地区"),
    "place": N_("地区"),
    "item": N_("收支项目"),
    "movement": N_("资金运动"),
    "account": N_("账户"),
    "source": N_("数据来源"),
    "measure": N_("统计指标"),
}


def problem_text(problem: PoolwatchError) -> str:
    """The sentence of an expected failure, from its code and parameters."""
    said = _(PROBLEMS.get(problem.code, PROBLEMS["error"]))
    return said.format_map(_Known({name: _shown(name, value, "") for name, value in problem.parameters.items()}))


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
