"""编制与下达: a year's budget on its way from the draft to the receipt, and its adjustments.

What becomes a plan stands in ``plan`` once it was issued and taken in; here stands how it came about.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, Table, Text, UniqueConstraint

from data_access.store.schema.base import Instant, metadata

budget_round = Table(
    "budget_round",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # that its plan rows get: 0 年初预算, later = adjustments
    Column("state", Text, nullable=False),  # the step it waits for, as rules.budget.procedure names them; done
    Column("reason", Text),  # why a budget is adjusted; empty of a first one
    Column("delivery", ForeignKey("import_batch.id")),  # with which it was issued
    Column("row_version", Integer, nullable=False),
    UniqueConstraint("scheme", "year", "version"),
)

budget_figure = Table(
    "budget_figure",
    metadata,
    Column("round", ForeignKey("budget_round.id"), primary_key=True),
    Column("region", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("drivers", Text),  # JSON: name → [value, source] of the proposal
    Column("proposed_fen", BigInteger),  # 测算数; empty where a driver is missing
    Column("drafted_fen", BigInteger),  # 一下数
    Column("second_fen", BigInteger),  # 二下数, where it differs from the draft
    Column("why", Text),  # why it differs from what is proposed or was asked for
    Column("row_version", Integer, nullable=False),
)

budget_driver = Table(
    "budget_driver",
    metadata,
    Column("round", ForeignKey("budget_round.id"), primary_key=True),
    Column("region", Text, primary_key=True),  # the province's own holds for every unit that has none
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),  # decimal string
    Column("source", Text, nullable=False),
)

budget_step = Table(
    "budget_step",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("round", ForeignKey("budget_round.id"), nullable=False, index=True),
    Column("step", Text, nullable=False),  # open | figure | driver | agree | want | back | a step of the procedure
    Column("region", Text),
    Column("item", Text),
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("document", Text),
    Column("document_on", Date),
    Column("amount_fen", BigInteger),
    Column("text", Text),
)
