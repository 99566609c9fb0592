"""All tables of this program, known to one `metadata`: for migrations and for the tests that hold them true."""

from liulian.storage import (
    account_tables,
    act_tables,
    community_tables,
    domain_tables,
    exchange_tables,
    member_tables,
    organisation_tables,
    tables,
    transfer_tables,
)
from liulian.storage.schema import metadata

__all__ = [
    "account_tables",
    "act_tables",
    "community_tables",
    "domain_tables",
    "exchange_tables",
    "member_tables",
    "metadata",
    "organisation_tables",
    "tables",
    "transfer_tables",
]
