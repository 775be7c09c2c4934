"""The tables of the person-level ledger and its registers, declared as those of the store are, so that the same door
reads them."""

from __future__ import annotations

from dataclasses import replace

from data_access.intake.importers.tables import TABLES, Column, ImportTable
from data_access.intake.importers.tables.declaration import MONTH_RULE, region, scheme

_LEDGER = TABLES["ledger_entry"]
PERSON = Column(
    "person",
    "公民身份号码",
    "Identity number",
    "text",
    "320102199003071239",
    aliases=("身份证号", "证件号码", "社会保障号码", "id_number"),
    rule="18 位或 15 位；入库前换成加密代号，原号码不保存",
    rule_en="18 or 15 characters; replaced by a keyed hash at the door and never kept",
)

PERSON_ENTRY = ImportTable(
    "person_entry",
    "个人缴费和待遇明细",
    "Entries by person",
    (
        PERSON,
        scheme(),
        region(),
        Column(
            "insured_region",
            "参保地代码",
            "Region of insurance",
            "code",
            "320102",
            False,
            "region",
            rule="空则同地区代码",
            rule_en="the region if empty",
        ),
        _LEDGER.column("item"),
        _LEDGER.column("movement"),
        Column("month", "所属月份", "Month", "integer", "202610", rule=MONTH_RULE[0], rule_en=MONTH_RULE[1]),
        replace(_LEDGER.column("amount_fen"), example="345600"),
        _LEDGER.column("booked_at"),
        _LEDGER.column("source"),
        replace(_LEDGER.column("source_ref"), example="AG-202610-000001"),
        _LEDGER.column("corrects"),
    ),
    ("source", "source_ref"),
    "ledger",
)


def _month(code: str, label: str, label_en: str, example: str, required: bool = True) -> Column:
    return Column(code, label, label_en, "integer", example, required, rule=MONTH_RULE[0], rule_en=MONTH_RULE[1])


def _document(label: str, label_en: str, example: str) -> Column:
    return Column("document", label, label_en, "text", example, False)


def _register(code: str, label: str, label_en: str, *columns: Column) -> ImportTable:
    """A register of persons: whose, what it says, and where the record comes from."""
    return ImportTable(
        code,
        label,
        label_en,
        (
            PERSON,
            *columns,
            Column("source", "登记来源", "Source", "text", "civil-affairs"),
            Column("source_ref", "登记流水号", "Reference", "text", f"{code[7:]}-000001"),
            Column(
                "corrects",
                "更正流水号",
                "Corrects",
                "text",
                "",
                False,
                rule="被本行取代的同来源登记",
                rule_en="the record of the same source that this one replaces",
            ),
            Column(
                "withdrawn",
                "作废",
                "Withdrawn",
                "choice",
                "",
                False,
                choices=("yes",),
                names={"是": "yes"},
                rule="只作废被更正的登记，本行不作数",
                rule_en="what it corrects no longer counts, and nothing takes its place",
            ),
        ),
        ("source", "source_ref"),
    )


_WORKER = Column(
    "worker",
    "参保身份",
    "Insured as",
    "choice",
    "employee",
    choices=("employee", "flexible"),
    names={"单位职工": "employee", "灵活就业": "flexible"},
)
_AGE_KIND = Column(
    "age_kind",
    "原法定退休年龄",
    "Original age",
    "choice",
    "male60",
    choices=("male60", "female55", "female50"),
    names={"男60": "male60", "女55": "female55", "女50": "female50"},
)
_WAY = Column(
    "way",
    "退休类别",
    "Kind of retirement",
    "choice",
    "normal",
    choices=("normal", "special_trade", "illness", "elastic"),
    names={"正常": "normal", "特殊工种": "special_trade", "病退": "illness", "弹性提前": "elastic"},
)
_AMOUNT = replace(_LEDGER.column("amount_fen"), example="480000")

REGISTERS = {
    one.name: one
    for one in (
        _register(
            "person_death",
            "死亡登记",
            "Register of deaths",
            region(),
            Column("day", "死亡日期", "Died on", "date", "2026-03-05", aliases=("died_on",)),
            _document("证明文号", "Document", "苏民殡2026-0315"),
        ),
        _register(
            "person_custody",
            "服刑登记",
            "Register of sentences served",
            region(),
            _month("from_month", "收监年月", "In custody from", "202501"),
            _month("until_month", "释放年月", "Until", "202612", required=False),
            _document("执行文号", "Document", "（2025）苏01刑执12号"),
        ),
        _register(
            "person_retirement",
            "退休审批登记",
            "Register of retirements",
            scheme(),
            region(),
            _month("from_month", "退休年月", "Retired in", "202607"),
            _AGE_KIND,
            _WORKER,
            _WAY,
            _document("审批文号", "Document of approval", "宁人社退〔2026〕118号"),
        ),
        _register(
            "person_back_payment",
            "补缴登记",
            "Register of back-payments",
            scheme(),
            region(),
            _month("paid_month", "缴费年月", "Paid in", "202606"),
            _month("from_month", "补缴起始年月", "For months from", "202401"),
            _month("until_month", "补缴截止年月", "Until", "202512"),
            _WORKER,
            _AMOUNT,
            _document("依据文号", "Document", "宁劳人仲案〔2026〕77号"),
        ),
        _register(
            "person_account_change",
            "个人账户调整登记",
            "Register of account changes",
            scheme(),
            region(),
            _month("from_month", "调整年月", "Changed in", "202606"),
            replace(_AMOUNT, label="调整金额（分）", label_en="Change (fen)"),
            _document("依据文号", "Document", "宁社保账〔2026〕9号"),
        ),
        _register(
            "person_base",
            "缴费基数登记",
            "Register of contribution bases",
            scheme(),
            region(),
            _month("from_month", "执行起始年月", "From", "202601"),
            _month("until_month", "执行截止年月", "Until", "202612"),
            _WORKER,
            replace(_AMOUNT, label="月缴费基数（分）", label_en="Monthly base (fen)", example="487900"),
        ),
    )
}
