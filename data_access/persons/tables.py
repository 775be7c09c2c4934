"""The tables of the person-level ledger, declared as those of the store are, so that the same door reads them."""

from __future__ import annotations

from dataclasses import replace

from data_access.intake.importers.tables import TABLES, Column, ImportTable
from data_access.intake.importers.tables.declaration import MONTH_RULE, region, scheme

_LEDGER = TABLES["ledger_entry"]

PERSON_ENTRY = ImportTable(
    "person_entry",
    "个人缴费和待遇明细",
    "Entries by person",
    (
        Column(
            "person",
            "公民身份号码",
            "Identity number",
            "text",
            "320102199003071239",
            aliases=("身份证号", "证件号码", "社会保障号码", "id_number"),
            rule="18 位或 15 位；入库前换成加密代号，原号码不保存",
            rule_en="18 or 15 characters; replaced by a keyed hash at the door and never kept",
        ),
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
