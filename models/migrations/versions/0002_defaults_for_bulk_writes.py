"""defaults for bulk writes, and room for updates beside what they update"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DEFAULTS = {
    "contact": {
        "version": "1",
        "created_at": "CURRENT_TIMESTAMP",
        "updated_at": "CURRENT_TIMESTAMP",
        "consent": "'unknown'",
        "tags": "'[]'",
        "custom": "'{}'",
    },
    "contact_change": {
        "at": "CURRENT_TIMESTAMP",
        "tags_added": "'[]'",
        "tags_removed": "'[]'",
        "lists_added": "'[]'",
        "lists_removed": "'[]'",
    },
}


def upgrade() -> None:
    for table, defaults in DEFAULTS.items():
        with op.batch_alter_table(table) as batch_op:
            for column, default in defaults.items():
                batch_op.alter_column(column, server_default=sa.text(default))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE contact SET (fillfactor = 90)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE contact RESET (fillfactor)")
    for table, defaults in DEFAULTS.items():
        with op.batch_alter_table(table) as batch_op:
            for column in defaults:
                batch_op.alter_column(column, server_default=None)
