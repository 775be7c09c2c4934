"""accounts: one-time passwords, second factor, single sign-on, a first day; sessions that say where from; attempts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Column by column and an index instead of a constraint: else SQLite makes the table anew, and the tokens that name its
    # rows go with the old one.
    op.add_column("account", sa.Column("one_time_until", sa.DateTime(), nullable=True))
    op.add_column("account", sa.Column("totp_secret", sa.Text(), nullable=True))
    op.add_column("account", sa.Column("totp_confirmed_at", sa.DateTime(), nullable=True))
    op.add_column("account", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("account", sa.Column("subject", sa.Text(), nullable=True))
    op.add_column("account", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("account", sa.Column("signed_in_at", sa.DateTime(), nullable=True))
    op.create_index("uq_account_subject", "account", ["subject"], unique=True)
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["account.login"], name="fk_recovery_code_login", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_login", "recovery_code", ["login"])
    op.create_table(
        "factor_role",
        sa.Column("role", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("role", name="pk_factor_role"),
    )
    op.create_table(
        "attempt",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_attempt"),
    )
    # Where a session of before came from is not known, so everyone signs in again.
    op.execute("DELETE FROM session")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage", sa.Text(), nullable=False))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(), nullable=False))
        batch_op.add_column(sa.Column("address", sa.Text(), nullable=False))
        batch_op.add_column(sa.Column("agent", sa.Text(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("agent")
        batch_op.drop_column("address")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("stage")
    op.drop_table("attempt")
    op.drop_table("factor_role")
    op.drop_index("ix_recovery_code_login", table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index("uq_account_subject", table_name="account")
    op.drop_column("account", "signed_in_at")
    op.drop_column("account", "valid_from")
    op.drop_column("account", "subject")
    op.drop_column("account", "totp_step")
    op.drop_column("account", "totp_confirmed_at")
    op.drop_column("account", "totp_secret")
    op.drop_column("account", "one_time_until")
