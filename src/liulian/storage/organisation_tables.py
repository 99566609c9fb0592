"""Tags, folders, favourites and views: how people find their links again. Shapes only, like `tables.py`.

`name_key` is the name without regard to capitals and width: one workspace has no two tags that look alike. A tag or a
folder with `removed_at` is invisible and waits until it is taken off the last link. `shelf` is that of the link, kept
beside it so that a page of a list is read from one index alone, however many links there are.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text, UniqueConstraint

from liulian.storage.schema import BigId, Instant, metadata


def _named(name: str, *columns: Column[str]) -> Table:
    """Return a table of things that a workspace gives names to."""
    return Table(
        name,
        metadata,
        Column("id", BigId, primary_key=True, autoincrement=False),
        Column("workspace_id", BigInteger, nullable=False),
        Column("name", Text, nullable=False),
        Column("name_key", Text, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("removed_at", Instant),
        *columns,
        UniqueConstraint("workspace_id", "name_key"),
    )


tags = _named("tags", Column("colour", Text, nullable=False))
folders = _named("folders")
views = _named("views", Column("query", Text, nullable=False))  # JSON, as the API takes it.
utm_templates = _named(
    "utm_templates",
    Column("source", Text),
    Column("medium", Text),
    Column("campaign", Text),
    Column("term", Text),
    Column("content", Text),
)

link_tags = Table(
    "link_tags",
    metadata,
    Column("link_id", BigId, primary_key=True, autoincrement=False),
    Column("tag_id", BigInteger, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("shelf", SmallInteger, nullable=False),
    Index(None, "workspace_id", "tag_id", "shelf", "link_id"),
    Index(None, "tag_id"),
)

favourites = Table(
    "favourites",
    metadata,
    Column("link_id", BigId, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("shelf", SmallInteger, nullable=False),
    Index(None, "workspace_id", "user_id", "shelf", "link_id"),
)

# Up to which link the words of all links were made anew, and by which rules: see `words.py`. One row, or none yet.
word_progress = Table(
    "word_progress",
    metadata,
    Column("rules", Integer, primary_key=True, autoincrement=False),
    Column("done_until", BigInteger),
)
