"""chunks that any worker may judge"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "judged_chunk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("last_row", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=300), nullable=False),
        sa.Column("date_orders", JSON, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("judged_key", sa.String(length=300), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_judged_chunk_run", "judged_chunk", ["import_id", "epoch", "number"], unique=True)
    op.create_index("ix_judged_chunk_tenant_id", "judged_chunk", ["tenant_id"], unique=False)
    due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_judged_chunk_due", "judged_chunk", ["due_at"], unique=False, sqlite_where=due, postgresql_where=due)


def downgrade() -> None:
    op.drop_table("judged_chunk")
