"""Inputs: append-only, a correction is a new row."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Table, Text

from data_access.store.schema.base import Instant, RowId, delivered, metadata, partial

scheme = Table(
    "scheme",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("fund", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("kind", Text, nullable=False),  # ledger | published
    Column("demo", Boolean, nullable=False),
)

region = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("level", Text, nullable=False),  # nation | province | city | county | district
    Column("parent", Text),
    Column("kind", Text, nullable=False),  # division | own | zone | functional
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("successor", Text),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("item", Text, nullable=False),  # empty where the movement carries none
    Column("movement", Text, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("month", Integer, nullable=False),
    Column("booked_at", Instant, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_ref", Text, nullable=False),
    Column("corrects", Text),  # source_ref of the entry that this one reverses 红字冲销
    *delivered("ledger_entry", "source", "source_ref", primary=False),
    # From a figure back to the files behind it: entries of source databases and feeds are not in it.
    partial("ix_ledger_entry_in_file", "cell IS NOT NULL", "scheme", "month"),
)

opening_balance = Table(
    "opening_balance",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("as_of", Date, nullable=False),
    *delivered("opening_balance", "scheme", "account", "region"),
)

plan = Table(
    "plan",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("version", Integer, primary_key=True),  # 0 年初预算, later = approved adjustments
    Column("amount_fen", BigInteger, nullable=False),
    Column("approval_ref", Text, nullable=False),
    Column("approved_on", Date, nullable=False),
    *delivered("plan", "scheme", "year", "region", "item", "version"),
)

agency_total = Table(
    "agency_total",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("department", Text, primary_key=True),  # tax | treasury | fiscal | agency
    Column("measure", Text, primary_key=True),  # premium_collected
    Column("amount_fen", BigInteger, nullable=False),
    *delivered("agency_total", "scheme", "region", "day", "department", "measure"),
)

unreached_item = Table(
    "unreached_item",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),  # the department whose books have it
    Column("missing_at", Text, nullable=False),  # the department whose books do not have it yet
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("arose_on", Date, nullable=False),
    Column("cleared_on", Date),
    *delivered("unreached_item", "scheme", "ref"),
)

legacy_balance = Table(
    "legacy_balance",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("owed_fen", BigInteger, nullable=False),
    Column("handed_before_fen", BigInteger, nullable=False),
    Column("due_on", Date, nullable=False),
    *delivered("legacy_balance", "scheme", "region"),
)

# 启动资金预调: what was asked of the balances when pooling began, before the day of the legacy balances.
pre_transfer = Table(
    "pre_transfer",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("balance_fen", BigInteger, nullable=False),  # negative where the region had a deficit
    Column(
        "monthly_fen", BigInteger, nullable=False
    ),  # the whole province's expenditure of a month, as the sharing used it
    Column("amount_fen", BigInteger, nullable=False),
    Column("paid_on", Date),  # empty: nothing was asked of it
    Column("document", Text, nullable=False),
    *delivered("pre_transfer", "scheme", "region"),
)

deposit = Table(
    "deposit",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("account", Text, nullable=False),  # deposit | legacy_deposit
    Column("bank", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("rate", Text, nullable=False),  # decimal string, per year
    Column("starts_on", Date, nullable=False),
    Column("matures_on", Date, nullable=False),
    *delivered("deposit", "scheme", "ref"),
    Column("kind", Text),  # deposit | bond; a deposit where it is not said
)

published_total = Table(
    "published_total",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("period", Text, primary_key=True),  # of the year: Q1, 03, 01-09; empty for the whole
    Column("region", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("value", Text, nullable=False),  # decimal string, exactly as published
    Column("unit", Text, nullable=False),
    Column("citation", Text, nullable=False),
    Column("counted", Text),  # of a unit listed apart: within | apart from its province's figure; empty: not said
    Column("note", Text),  # the mark or remark that the table has beside the figure
    *delivered("published_total", "scheme", "year", "period", "region", "measure"),
)

central_year = Table(
    "central_year",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("region", Text, primary_key=True),  # a province
    Column("participants", BigInteger, nullable=False),  # persons in work and insured
    Column("enterprise_employees", BigInteger, nullable=False),
    Column("retirees", BigInteger, nullable=False),
    Column("nonprivate_wage_yuan", BigInteger, nullable=False),
    Column("nonprivate_employees", BigInteger, nullable=False),
    Column("private_wage_yuan", BigInteger, nullable=False),
    Column("private_employees", BigInteger, nullable=False),
    *delivered("central_year", "year", "region"),
)

# Insured persons by age at a year's end, for the long-run projection 中长期测算.
population_structure = Table(
    "population_structure",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("insured_group", Text, primary_key=True),  # as rules.projection.groups names it
    Column("age", Integer, primary_key=True),  # full years at the year's end
    Column("contributors", BigInteger, nullable=False),
    Column("retirees", BigInteger, nullable=False),
    Column("mean_base_fen", BigInteger, nullable=False),  # contribution base of a head and month, after its limits
    Column("mean_pension_fen", BigInteger, nullable=False),  # of a head and month
    *delivered("population_structure", "scheme", "year", "region", "insured_group", "age"),
)

mortality_table = Table(
    "mortality_table",
    metadata,
    Column("name", Text, primary_key=True),
    Column("sex", Text, primary_key=True),  # m | f
    Column("age", Integer, primary_key=True),
    Column("q", Text, nullable=False),  # decimal string: of those of the age, who die within a year
    Column("source", Text, nullable=False),
    *delivered("mortality_table", "name", "sex", "age"),
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", Text, nullable=False),  # holiday | workday
    Column("name", Text, nullable=False),
)
