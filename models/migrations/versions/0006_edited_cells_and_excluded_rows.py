"""cells that were corrected and rows that were left out, beside the source"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edited_cell",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("import_id", "row", "column"),
    )
    op.create_index("ix_edited_cell_tenant_id", "edited_cell", ["tenant_id"], unique=False)
    op.create_table(
        "excluded_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("import_id", "row"),
    )
    op.create_index("ix_excluded_row_tenant_id", "excluded_row", ["tenant_id"], unique=False)


def downgrade() -> None:
    op.drop_table("excluded_row")
    op.drop_table("edited_cell")
