"""when an import last came further, and small indexes of the imports that are under way"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENTS = ("begun_at", "moved_at", "stuck_since", "resent_at")
INDEXES = {
    "ix_import_job_moving": (
        "status",
        "status IN ('uploaded', 'inspecting', 'planning', 'queued', 'applying', 'cancelling', 'rolling_back')",
    ),
    "ix_import_job_unpublished": ("id", "published_version <> version"),
}


def upgrade() -> None:
    for name in MOMENTS:
        op.add_column("import_job", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("import_job", sa.Column("furthest", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    for name, (column, condition) in INDEXES.items():
        op.create_index(name, "import_job", [column], sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="import_job")
    for name in ("furthest", *MOMENTS):
        op.drop_column("import_job", name)
