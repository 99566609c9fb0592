"""Imports: uploaded files, how far each is, and what became of their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON_TEXTS = ("columns", "sample", "mapping", "options", "hosts")
NUMBERS = ("position", "created", "skipped", "failed")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("file_bytes", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in JSON_TEXTS),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by_kind", sa.Text),
        sa.Column("created_by", sa.BigInteger),
        sa.Column("total", sa.Integer),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("dry_run", sa.SmallInteger, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in NUMBERS),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("problem", sa.Text),
        sa.Column("lease", sa.BigInteger),
        sa.Column("lease_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="imports_pkey"),
    )
    op.create_index("imports_workspace_id_id", "imports", ["workspace_id", "id"])
    _index_where("imports_running", "imports", ["started_at"], "state = 'running'")
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("run", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("slug", sa.Text),
        sa.Column("destination", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("link_id", sa.BigInteger),
        sa.PrimaryKeyConstraint("import_id", "run", "number", name="import_rows_pkey"),
    )
    _index_where("import_rows_others", "import_rows", ["import_id", "run", "state", "number"], "state <> 'created'")


def _index_where(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
