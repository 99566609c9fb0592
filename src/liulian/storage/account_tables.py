"""The tables of people and what they may do. Shapes only, like `tables.py`."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text, UniqueConstraint

from liulian.storage.schema import BigId, Instant, metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    UniqueConstraint("fingerprint"),
)
