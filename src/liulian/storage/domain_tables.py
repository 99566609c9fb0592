"""The tables of domains and the files served at their root. Shapes only, like `tables.py`."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, Table, Text, UniqueConstraint, text

from liulian.storage.schema import BigId, Instant, metadata

# Any workspace may claim a host; only one can have proved that it is theirs. The installation's own domain has no row.
domains = Table(
    "domains",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("host", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("verified_at", Instant),
    Column("is_default", Boolean, nullable=False),
    Column("root_destination", Text),
    Column("not_found_destination", Text),
    Column("icp_number", Text),
    Column("police_number", Text),
    UniqueConstraint("workspace_id", "host"),
    Index("domains_host", "host"),
    Index(
        "domains_verified_host",
        "host",
        unique=True,
        sqlite_where=text("verified_at IS NOT NULL"),
        postgresql_where=text("verified_at IS NOT NULL"),
    ),
)

# The installation's own domain may have files too: `domain_id` is no reference.
domain_files = Table(
    "domain_files",
    metadata,
    Column("domain_id", BigId, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
