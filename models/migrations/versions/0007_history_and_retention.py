"""what the history is ordered and searched by, what retention has swept, and where fields come from"""

import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ORDERED = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")
MOMENTS = ("file_swept_at", "chunks_swept_at", "issues_swept_at", "journal_swept_at", "swept_at", "sweeping_since")
ORDERS = {"created": "created_at", "filename": "filename_key", "total": "total"}
INDEXES = {
    "ix_import_job_file": (["phase_started_at"], "file_swept_at IS NULL"),
    "ix_import_job_chunks": (["phase_started_at"], "chunks_swept_at IS NULL"),
    "ix_import_job_issues": (["phase_started_at"], "issues_swept_at IS NULL"),
    "ix_import_job_journal": (["phase_started_at"], "journal_swept_at IS NULL"),
    "ix_import_job_whole": (["phase_started_at"], "deleted_at IS NULL"),
    "ix_import_job_sweeping": (["sweeping_since"], "sweeping_since IS NOT NULL"),
}
IMPORTS_AT_A_TIME = 1_000


def upgrade() -> None:
    op.create_table(
        "contact_origin",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "contact_id"),
    )
    op.add_column("import_job", sa.Column("filename_key", ORDERED, nullable=False, server_default=sa.text("''")))
    op.add_column("import_job", sa.Column("search_text", sa.Text(), nullable=False, server_default=sa.text("''")))
    for name in MOMENTS:
        op.add_column("import_job", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _fill()
    op.create_index("ix_import_job_tenant_external_id", "import_job", ["tenant_id", "external_id"])
    for name, (columns, condition) in INDEXES.items():
        op.create_index(name, "import_job", columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))
    op.drop_index("ix_import_job_tenant_status", table_name="import_job")
    op.create_index("ix_import_job_tenant_status", "import_job", ["tenant_id", "status", "deleted_at", "created_at", "id"])
    searched = ["search_text"] if op.get_bind().dialect.name == "sqlite" else []
    kept = sa.text("deleted_at IS NULL")
    for name, column in ORDERS.items():
        columns = ["tenant_id", column, "id", "status", *searched]
        op.create_index(f"ix_import_job_history_{name}", "import_job", columns, sqlite_where=kept, postgresql_where=kept)
    op.add_column("report", sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True))
    kept = sa.text("swept_at IS NULL")
    op.create_index("ix_report_kept", "report", ["finished_at"], sqlite_where=kept, postgresql_where=kept)
    op.create_index("ix_import_event_at", "import_event", ["at"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["tenant_id", "at", "id"])
    op.drop_index("ix_audit_entry_tenant_id", table_name="audit_entry")


def downgrade() -> None:
    op.create_index("ix_audit_entry_tenant_id", "audit_entry", ["tenant_id"])
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
    op.drop_index("ix_import_event_at", table_name="import_event")
    op.drop_index("ix_report_kept", table_name="report")
    op.drop_column("report", "swept_at")
    for name in ORDERS:
        op.drop_index(f"ix_import_job_history_{name}", table_name="import_job")
    op.drop_index("ix_import_job_tenant_status", table_name="import_job")
    op.create_index("ix_import_job_tenant_status", "import_job", ["tenant_id", "status"])
    for name in INDEXES:
        op.drop_index(name, table_name="import_job")
    op.drop_index("ix_import_job_tenant_external_id", table_name="import_job")
    for name in (*MOMENTS, "search_text", "filename_key"):
        op.drop_column("import_job", name)
    op.drop_table("contact_origin")


def _fill() -> None:
    """Fold the names of the imports that are there, as models.folding does."""
    connection = op.get_bind()
    job = sa.table("import_job", *(sa.column(name) for name in ("filename", "external_id", "created_by", "filename_key", "search_text")))
    job.append_column(sa.column("id", sa.Uuid()))
    after = None
    while True:
        found = sa.select(job.c.id, job.c.filename, job.c.external_id, job.c.created_by).order_by(job.c.id).limit(IMPORTS_AT_A_TIME)
        rows = connection.execute(found if after is None else found.where(job.c.id > after)).all()
        for row in rows:
            names = [_fold(name) for name in row[1:] if name]
            values = {"filename_key": _fold(row.filename or "")[:200], "search_text": "\n".join(names)}
            connection.execute(sa.update(job).where(job.c.id == row.id).values(values))
        if len(rows) < IMPORTS_AT_A_TIME:
            return
        after = rows[-1].id


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
