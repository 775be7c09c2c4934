"""long-run projection: insured persons by age, mortality, scenarios, results"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KEYS = {
    "mortality_table": ["name", "sex", "age"],
    "population_structure": ["scheme", "year", "region", "insured_group", "age"],
}


def upgrade() -> None:
    op.create_table(
        "population_structure",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("insured_group", sa.Text(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("contributors", sa.BigInteger(), nullable=False),
        sa.Column("retirees", sa.BigInteger(), nullable=False),
        sa.Column("mean_base_fen", sa.BigInteger(), nullable=False),
        sa.Column("mean_pension_fen", sa.BigInteger(), nullable=False),
        *_delivered("population_structure"),
    )
    op.create_table(
        "mortality_table",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("q", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        *_delivered("mortality_table"),
    )
    for name, key in KEYS.items():
        ended, standing = sa.text("ended_by IS NOT NULL"), sa.text("ended_by IS NULL")
        op.create_index(f"ix_{name}_ended", name, ["ended_by"], sqlite_where=ended, postgresql_where=ended)
        op.create_index(f"uq_{name}_standing", name, key, unique=True, sqlite_where=standing, postgresql_where=standing)
    _upgrade_of_results()


def _delivered(name: str) -> list[sa.Column[int] | sa.Column[str] | sa.Constraint]:
    return [
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f(f"fk_{name}_batch")),
        sa.ForeignKeyConstraint(["ended_by"], ["import_batch.id"], name=op.f(f"fk_{name}_ended_by")),
        sa.PrimaryKeyConstraint(*KEYS[name], "batch", name=op.f(f"pk_{name}")),
    ]


def _upgrade_of_results() -> None:
    op.create_table(
        "assumption_set",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assumption_set")),
        sa.UniqueConstraint("scheme", "name", "version", name=op.f("uq_assumption_set_scheme_name_version")),
    )
    op.create_table(
        "assumption_value",
        sa.Column("assumption_set", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assumption_set"], ["assumption_set.id"], name=op.f("fk_assumption_value_assumption_set")
        ),
        sa.PrimaryKeyConstraint("assumption_set", "code", name=op.f("pk_assumption_value")),
    )
    op.create_table(
        "outlook_run",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("assumption_set", sa.Integer(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("scheme", "assumption_set", "variant", "data_version", name=op.f("pk_outlook_run")),
    )


def downgrade() -> None:
    op.drop_table("outlook_run")
    op.drop_table("assumption_value")
    op.drop_table("assumption_set")
    for name in KEYS:
        op.drop_index(f"uq_{name}_standing", table_name=name)
        op.drop_index(f"ix_{name}_ended", table_name=name)
        op.drop_table(name)
