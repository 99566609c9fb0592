"""The tables of imports. Shapes only, like `tables.py`."""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text, text

from liulian.storage.schema import BigId, Instant, metadata

# `columns`, `sample`, `mapping`, `options`, `hosts` and `problem` are JSON. Who holds the `lease` works on it until
# `lease_until`; afterwards anybody may.
imports = Table(
    "imports",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("file_bytes", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("sample", Text, nullable=False),
    Column("mapping", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("hosts", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by_kind", Text),
    Column("created_by", BigInteger),
    Column("total", Integer),
    Column("run", Integer, nullable=False),
    Column("dry_run", SmallInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("problem", Text),
    Column("lease", BigInteger),
    Column("lease_until", Instant),
    Index(None, "workspace_id", "id"),
    Index(
        "imports_running",
        "started_at",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)

# `reason` is JSON. Rows of earlier runs go with the import.
import_rows = Table(
    "import_rows",
    metadata,
    Column("import_id", BigInteger, primary_key=True, autoincrement=False),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("slug", Text),
    Column("destination", Text),
    Column("reason", Text),
    Column("link_id", BigInteger),
    # Most rows are created: those are found by the key.
    Index(
        "import_rows_others",
        "import_id",
        "run",
        "state",
        "number",
        sqlite_where=text("state <> 'created'"),
        postgresql_where=text("state <> 'created'"),
    ),
)
