"""Exchange between members and its order: questions, answers, thanks, reports, suspicions. Shapes only."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, SmallInteger, Table, Text, text

from liulian.storage.schema import BigId, Instant, metadata

# `about_kind` is problem, ritual or service. An answer has a `question_id`. `state`: waiting, shown, hidden or removed.
posts = Table(
    "posts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("question_id", BigInteger),
    Column("about_kind", Text, nullable=False),
    Column("about_id", BigInteger),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("thanks", Integer, nullable=False, server_default=text("0")),
    Column("answers", Integer, nullable=False, server_default=text("0")),
    Column("is_solution", SmallInteger, nullable=False, server_default=text("0")),
    Column("solved_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Index(None, "community_id", "state", "id"),
    Index(None, "community_id", "about_kind", "about_id", "id"),
    Index(None, "question_id", "id"),
    Index(None, "member_id", "id"),
)

# Who thanked for what: a post or a check-in. Once each.
thanks = Table(
    "thanks",
    metadata,
    Column("object_id", BigId, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("object_kind", Text, nullable=False),
    Column("to_member_id", BigInteger, nullable=False),
    Column("community_id", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "to_member_id", "created_at"),
    Index(None, "member_id"),
)

# What somebody should look at: reports of members, and what our own rules suspect. `member_id`: whom it concerns.
flags = Table(
    "flags",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("community_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("object_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("reporter_id", BigInteger),
    Column("reason", Text, nullable=False),
    Column("note", Text),
    Column("score", Float),
    Column("state", Text, nullable=False),
    Column("appeal", Text),
    Column("verdict", Text),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", BigInteger),
    Index(None, "community_id", "state", "id"),
    Index(None, "object_id"),
    Index(None, "member_id", "id"),
    Index(None, "reporter_id"),
)
