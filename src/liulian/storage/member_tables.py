"""Members of communities: who they are, what they agreed to, what they gave. Shapes only, like `tables.py`.

What erasure must find is here and in `exchange_tables.py`: each table that knows a person has `member_id`.
"""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, SmallInteger, Table, Text, text

from liulian.storage.schema import BigId, Instant, metadata

# `source_link_id` and `channel_id`: what brought this member. `ward` is the nickname of a child whose parent this is.
# `shares`: who sees check-ins (all, hosts, nobody). Flags: 0 or 1. `joined_on` is a local day since 1970-01-01.
members = Table(
    "members",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("nickname", Text, nullable=False),
    Column("role", Text, nullable=False, server_default=text("'member'")),
    Column("zone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("joined_on", Integer, nullable=False),
    Column("left_at", Instant),
    Column("seen_at", Instant),
    Column("source_link_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("ward", Text),
    Column("shares", Text, nullable=False, server_default=text("'all'")),
    Column("is_ranked", SmallInteger, nullable=False, server_default=text("1")),
    Column("is_advised", SmallInteger, nullable=False, server_default=text("1")),
    Column("is_trusted", SmallInteger, nullable=False, server_default=text("0")),
    Column("silenced_at", Instant),
    Index(None, "community_id", "state", "id"),
    Index(None, "community_id", "channel_id", "id"),
)

# How a member is known again. `subject` is a fingerprint or keyed hash; `sealed` the address or open id itself.
member_identities = Table(
    "member_identities",
    metadata,
    Column("community_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("subject", LargeBinary, primary_key=True),
    Column("member_id", BigInteger, nullable=False),
    Column("sealed", LargeBinary),
    Column("label", Text),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Index(None, "member_id"),
)

# Codes that work once: by e-mail, or shown by one browser to be read by another.
member_codes = Table(
    "member_codes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("member_id", BigInteger),
    Column("sealed", LargeBinary),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index(None, "community_id", "kind", "subject"),
    Index(None, "expires_at"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Index(None, "member_id", "kind", "id"),
)

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index(None, "fingerprint", unique=True),
    Index(None, "member_id"),
)

# Answers to self-tests are health data: here and nowhere else. `answers` is JSON. `id` is that of the act.
attempts = Table(
    "attempts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("service_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("answers", Text, nullable=False),
    Column("score", Float),
    Column("band", Text),
    Column("is_shared", SmallInteger, nullable=False, server_default=text("0")),
    Column("created_at", Instant, nullable=False),
    Index(None, "member_id", "service_id", "id"),
    Index(None, "community_id", "is_shared", "id"),
)

# Pictures lie in files named by their id. `likeness` is a perceptual hash of 64 bits.
member_files = Table(
    "member_files",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("act_id", BigInteger),
    Column("bytes", Integer, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("likeness", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Index(None, "member_id", "id"),
    Index(None, "act_id"),
    Index(None, "community_id", "likeness"),
)

# What somebody wrote as proof of a check-in. Never in the log: whoever is erased takes it along.
check_in_notes = Table(
    "check_in_notes",
    metadata,
    Column("act_id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "member_id", "act_id"),
)

member_blocks = Table(
    "member_blocks",
    metadata,
    Column("member_id", BigId, primary_key=True, autoincrement=False),
    Column("blocked_id", BigInteger, primary_key=True, autoincrement=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "blocked_id"),
)
