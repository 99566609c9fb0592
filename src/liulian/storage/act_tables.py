"""The log of acts: everything members did, and what was done to reach them. Appended to, never changed. Shapes only.

Two things alone touch old rows: `batch`, the lake's note of what it has, and the exchange of a member's id when two
members turn out to be one person or when a person is erased (`act_rewrites`). The tables of sums at the end hold
nothing that cannot be computed from the log again.
"""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, Table, Text, UniqueConstraint, text

from liulian.storage.schema import BigId, Instant, metadata

# `at` is when it happened, `recorded_at` when we heard of it. `day` is the local day of `at` in `zone`, frozen when it
# was written. `for_day`: the day a check-in counts for, where that is another one (made up later). `detail` is JSON.
acts = Table(
    "acts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("member_id", BigInteger),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("zone", Text, nullable=False),
    Column("day", Integer, nullable=False),
    Column("for_day", Integer),
    Column("object_kind", Text),
    Column("object_id", BigInteger),
    Column("value", Float),
    Column("link_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("send_id", BigInteger),
    Column("purpose", Text),
    Column("stimulus_share", Float),
    Column("stimulus_amount", Float),
    Column("detail", Text),
    Column("key", Text, nullable=False),
    Column("batch", BigInteger),
    UniqueConstraint("community_id", "key"),
    Index(None, "member_id", "kind", "day"),
    Index(None, "community_id", "day", "kind"),
    Index(None, "community_id", "object_id", "kind", "id"),
    Index("acts_waiting", "id", sqlite_where=text("batch IS NULL"), postgresql_where=text("batch IS NULL")),
    Index("acts_batch", "batch", sqlite_where=text("batch IS NOT NULL"), postgresql_where=text("batch IS NOT NULL")),
)

# Which acts go to the lake together: written down before the commit there, so that it happens exactly once.
act_batches = Table(
    "act_batches",
    metadata,
    Column("number", BigId, primary_key=True, autoincrement=False),
    Column("rows", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("shipped_at", Instant),
)

# A member's id that must become another one, here and in the files of the lake. `is_erasure`: nobody keeps which.
act_rewrites = Table(
    "act_rewrites",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("old_id", BigInteger, nullable=False),
    Column("new_id", BigInteger, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index(None, "done_at", "id"),
)

# Sums of a goal for each day, of all members together.
goal_days = Table(
    "goal_days",
    metadata,
    Column("goal_id", BigId, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("total", Float, nullable=False),
    Column("acts", Integer, nullable=False),
)

# Places in the leagues of a week, which is named by the day of its Monday.
week_places = Table(
    "week_places",
    metadata,
    Column("member_id", BigId, primary_key=True, autoincrement=False),
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("league", Integer, nullable=False),
    Column("points", Float, nullable=False),
    Column("last_at", Instant, nullable=False),
    Index(None, "community_id", "week", "league", "points"),
)
