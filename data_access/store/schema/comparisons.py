"""Comparison of persons 疑点核查: its runs, what each found, and what was judged of every suspicion.

Nothing here names a person: a suspicion carries the keyed hash of the person-level ledger. Append-only; what became of a
suspicion follows from its journal ``suspicion_step``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from data_access.store.schema.base import Instant, metadata

comparison_run = Table(
    "comparison_run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("label", Text, nullable=False, unique=True),  # 比对26-01
    Column("run_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("until", Integer, nullable=False),  # yyyymm, the last month compared
    Column("delivery", Integer, nullable=False),  # the last delivery of the lake that was read; 0 for none
    Column("digest", Text, nullable=False),  # of that delivery
    Column("rules", Text, nullable=False),  # codes, separated by blanks
    Column("lake_rows", BigInteger, nullable=False),  # how many rows of the lake were read
)

suspicion = Table(
    "suspicion",
    metadata,
    Column("run", ForeignKey("comparison_run.id"), primary_key=True),
    Column("number", Integer, primary_key=True),  # 1, 2, … in its run
    Column("rule", Text, nullable=False),
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("person", Text, nullable=False),  # 32 hexadecimal digits
    Column("facts", Text, nullable=False),  # JSON: [[code, text], …], what the registers say
    Column("ref", Text, nullable=False),  # the problem in which it is worked on
    ForeignKeyConstraint(["scheme", "ref"], ["violation.scheme", "violation.ref"]),
    UniqueConstraint("run", "rule", "scheme", "region", "person"),
    Index("ix_suspicion_ref", "scheme", "ref"),
)

suspicion_month = Table(
    "suspicion_month",
    metadata,
    Column("run", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("month", Integer, primary_key=True),  # yyyymm
    Column("amount_fen", BigInteger, nullable=False),  # at stake
    ForeignKeyConstraint(["run", "number"], ["suspicion.run", "suspicion.number"]),
)

suspicion_step = Table(
    "suspicion_step",
    metadata,
    Column("run", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),  # 1, 2, …: the last one is the suspicion's row version
    Column("step", Text, nullable=False),  # uphold 属实 | clear 排除 | withdraw, the judgement before it
    Column("cause", Text),  # of a clearing: a cause that the rule names, or other
    Column("text", Text, nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    ForeignKeyConstraint(["run", "number"], ["suspicion.run", "suspicion.number"]),
)
