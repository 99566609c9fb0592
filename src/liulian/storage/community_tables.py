"""Communities and what they are built from: problem, goals, symbols, rituals, services, and the links that lead there.

Shapes only, like `tables.py`. A row with `removed_at` is invisible; acts of the log may still name it. `rule`,
`measure`, `symbols`, `settings` and `definition` are JSON, written and read by the modules of `community/` alone.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
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


def _part(name: str, *columns: Column[object]) -> Table:
    """Return a table of one kind of parts of communities, which have an order of their own."""
    return Table(
        name,
        metadata,
        Column("id", BigId, primary_key=True, autoincrement=False),
        Column("community_id", BigInteger, nullable=False),
        Column("position", Integer, nullable=False, server_default=text("0")),
        Column("name", Text, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("removed_at", Instant),
        *columns,
        Index(None, "community_id", "position", "id"),
    )


# `slug` is its address, /c/{slug}: unique in the installation. `zone` is an IANA name; days of the whole are its days.
communities = Table(
    "communities",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("problem_who", Text, nullable=False),
    Column("problem_situation", Text, nullable=False),
    Column("problem_outcome", Text, nullable=False),
    Column("symbols", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("template", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("removed_at", Instant),
    UniqueConstraint("slug"),
    Index(None, "workspace_id", "id"),
)

# Days are counted from 1970-01-01. `reach`: member or together. `factor`: what one unit means in `factor_unit`.
goals = _part(
    "goals",
    Column("reach", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("baseline", Float, nullable=False),
    Column("target", Float, nullable=False),
    Column("starts_on", Integer, nullable=False),
    Column("ends_on", Integer, nullable=False),
    Column("measure", Text, nullable=False),
    Column("factor", Float),
    Column("factor_unit", Text),
    Column("factor_source", Text),
)

badges = _part(
    "badges",
    Column("emblem", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("rule", Text, nullable=False),
)

# `starts_at` is local wall time, `YYYY-MM-DDTHH:MM`, in `zone`. `sequence` grows with each change, for calendars.
rituals = _part(
    "rituals",
    Column("about", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("rrule", Text, nullable=False),
    Column("starts_at", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("attend", Text, nullable=False),
    Column("code", Text),
    Column("sequence", Integer, nullable=False, server_default=text("0")),
    Column("updated_at", Instant, nullable=False),
)

# What differs from the rule: one occurrence, named by its local wall time, moved or cancelled.
ritual_changes = Table(
    "ritual_changes",
    metadata,
    Column("ritual_id", BigId, primary_key=True, autoincrement=False),
    Column("occurrence", Text, primary_key=True),
    Column("moved_to", Text),
    Column("note", Text),
    Column("sequence", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

# `kind`: challenge, self_test or advice. `version` is that of `definition`, which is also kept in `service_versions`.
services = _part(
    "services",
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

service_versions = Table(
    "service_versions",
    metadata,
    Column("service_id", BigId, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("definition", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

# What a module cost and brought in on a day. `service_id` null: the community as a whole.
module_money = Table(
    "module_money",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("service_id", BigInteger),
    Column("day", Integer, nullable=False),
    Column("cost", Float, nullable=False),
    Column("income", Float, nullable=False),
    Column("currency", Text, nullable=False),
    Column("note", Text),
    Column("key", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("community_id", "key"),
    Index(None, "community_id", "day", "id"),
)

# One target, one link for each channel: so the people of each channel can be followed.
channel_links = Table(
    "channel_links",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("link_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("stimulus_share", Float),
    Column("stimulus_amount", Float),
    Column("created_at", Instant, nullable=False),
    Column("removed_at", Instant),
    UniqueConstraint("link_id"),
    Index(None, "community_id", "id"),
)

# What was said to many members at once. `kind`: broadcast (ours, `sums` is JSON: the figures as they were when it was
# written) or external (sent by something else, which calls it by `key`, on its `channel`).
sends = Table(
    "sends",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("stimulus_share", Float),
    Column("stimulus_amount", Float),
    Column("sums", Text, nullable=False),
    Column("week", Integer),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("channel", Text),
    Column("key", Text),
    UniqueConstraint("community_id", "kind", "week"),
    UniqueConstraint("community_id", "key"),
    Index(None, "community_id", "id"),
)

# Official accounts and providers of a community. `public` is JSON that may be shown, `sealed` what may not.
connectors = Table(
    "connectors",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("public", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("is_on", SmallInteger, nullable=False, server_default=text("1")),
    UniqueConstraint("community_id", "kind"),
)
