"""The tables of links and their clicks. Shapes only: who reads and writes them is in the repositories beside this file.

What a table looks like today is written here; how it came to look so is in `migrations/`. A test holds the two equal.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from liulian.storage.schema import BigId, Instant, metadata


def _index_where(name: str, *columns: str, where: str) -> Index:
    """Return an index of those few rows that are not as usual."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# A row with `deleted_at` is invisible, but its slug stays taken: a printed code must never lead to a stranger's page.
# `kept_for` marks such a row as an earlier slug of that link, which the same link may take back.
# `guard` and `audience` are written by `rules.py`; null is direct and everyone. `flags` are words with spaces between.
# `shelf` says in one number what `archived_at`, `deleted_at` and `kept_for` say, so that lists can be read by an index.
# `title_key` is what titles are sorted by: bytes, because databases disagree about letters.
links = Table(
    "links",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger),
    Column("domain_id", BigInteger, nullable=False),
    Column("slug", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("title", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("deleted_at", Instant),
    Column("kept_for", BigInteger),
    Column("guard", Text),
    Column("audience", Text),
    Column("expires_at", Instant),
    Column("taken_down", Text),
    Column("flags", Text),
    Column("note", Text),
    Column("folder_id", BigInteger),
    Column("archived_at", Instant),
    Column("shelf", SmallInteger, nullable=False, server_default=text("0")),
    Column("title_key", LargeBinary),
    Column("created_by_kind", Text),
    Column("created_by", BigInteger),
    UniqueConstraint("domain_id", "slug"),
    Index(None, "workspace_id", "shelf", "id"),
    Index(None, "workspace_id", "shelf", "updated_at", "id"),
    Index(None, "workspace_id", "shelf", "title_key", "id"),
    Index(None, "workspace_id", "folder_id", "shelf", "id"),
    Index(None, "workspace_id", "domain_id", "shelf", "id"),
    _index_where("links_guarded", "workspace_id", "shelf", "id", where="guard IS NOT NULL"),
    _index_where("links_expiring", "workspace_id", "shelf", "id", where="expires_at IS NOT NULL"),
    _index_where("links_taken_down", "workspace_id", "shelf", "id", where="taken_down IS NOT NULL"),
    _index_where("links_deleted", "deleted_at", where="shelf = 2"),
)

# Apart from `links`, because counting clicks must neither rewrite a link's row nor look like a change of the link.
# Every link of a workspace has a row from the start, a stranger's from its first click.
link_totals = Table(
    "link_totals",
    metadata,
    Column("link_id", BigId, primary_key=True, autoincrement=False),
    Column("clicks", BigInteger, nullable=False),
    Column("human_clicks", BigInteger, nullable=False),
    Column("workspace_id", BigInteger),
    Column("shelf", SmallInteger, nullable=False, server_default=text("0")),
    Index(None, "workspace_id", "shelf", "clicks", "link_id"),
)

# Up to where the clicks of each spool are contained in `link_totals`.
total_positions = Table(
    "total_positions",
    metadata,
    Column("spool_id", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

# AUTOINCREMENT: a number that was trimmed away is never given again, or a reader would take new for old.
link_changes = Table(
    "link_changes",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=True),
    Column("domain_id", BigInteger, nullable=False),
    Column("slug", Text, nullable=False),
    sqlite_autoincrement=True,
)

# `status` and `body` are null only inside the transaction that is still making them.
idempotency = Table(
    "idempotency",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("body", LargeBinary),
    Column("created_at", Instant, nullable=False),
    Index(None, "created_at"),
)

# `day` is an ISO date in the installation's zone.
salts = Table(
    "salts",
    metadata,
    Column("day", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
)

# `slug` as it was when somebody reported it. Nothing is kept of who that was.
reports = Table(
    "reports",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("link_id", BigInteger, nullable=False),
    Column("slug", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index(None, "closed_at", "id"),
    Index(None, "link_id"),
)

# `caller` is a keyed hash of an address; `minute` counts since 1970.
caller_counts = Table(
    "caller_counts",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("caller", LargeBinary, primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Index(None, "minute"),
)
