"""Members of communities, the log of their acts, their exchange and its order."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _make_members()
    _make_member_identities()
    _make_member_codes()
    _make_consents()
    _make_calendar_feeds()
    _make_attempts()
    _make_member_files()
    _make_check_in_notes()
    _make_member_blocks()
    _make_acts()
    _make_act_batches()
    _make_act_rewrites()
    _make_goal_days()
    _make_week_places()
    _make_posts()
    _make_thanks()
    _make_flags()


def _make_members() -> None:
    op.create_table(
        "members",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("nickname", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False, server_default=sa.text("'member'")),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("joined_at", sa.BigInteger, nullable=False),
        sa.Column("joined_on", sa.Integer, nullable=False),
        sa.Column("left_at", sa.BigInteger),
        sa.Column("seen_at", sa.BigInteger),
        sa.Column("source_link_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("ward", sa.Text),
        sa.Column("shares", sa.Text, nullable=False, server_default=sa.text("'all'")),
        sa.Column("is_ranked", sa.SmallInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("is_advised", sa.SmallInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("is_trusted", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("silenced_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="members_pkey"),
    )
    op.create_index("members_community_id_channel_id_id", "members", ["community_id", "channel_id", "id"])
    op.create_index("members_community_id_state_id", "members", ["community_id", "state", "id"])


def _make_member_identities() -> None:
    op.create_table(
        "member_identities",
        sa.Column("community_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, autoincrement=False, nullable=False),
        sa.Column("subject", sa.LargeBinary, autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("label", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("community_id", "kind", "subject", name="member_identities_pkey"),
    )
    op.create_index("member_identities_member_id", "member_identities", ["member_id"])


def _make_member_codes() -> None:
    op.create_table(
        "member_codes",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="member_codes_pkey"),
    )
    op.create_index("member_codes_community_id_kind_subject", "member_codes", ["community_id", "kind", "subject"])
    op.create_index("member_codes_expires_at", "member_codes", ["expires_at"])


def _make_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="consents_pkey"),
    )
    op.create_index("consents_member_id_kind_id", "consents", ["member_id", "kind", "id"])


def _make_calendar_feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="calendar_feeds_pkey"),
    )
    op.create_index("calendar_feeds_fingerprint", "calendar_feeds", ["fingerprint"], unique=True)
    op.create_index("calendar_feeds_member_id", "calendar_feeds", ["member_id"])


def _make_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("service_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("band", sa.Text),
        sa.Column("is_shared", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="attempts_pkey"),
    )
    op.create_index("attempts_community_id_is_shared_id", "attempts", ["community_id", "is_shared", "id"])
    op.create_index("attempts_member_id_service_id_id", "attempts", ["member_id", "service_id", "id"])


def _make_member_files() -> None:
    op.create_table(
        "member_files",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("act_id", sa.BigInteger),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("likeness", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="member_files_pkey"),
    )
    op.create_index("member_files_act_id", "member_files", ["act_id"])
    op.create_index("member_files_community_id_likeness", "member_files", ["community_id", "likeness"])
    op.create_index("member_files_member_id_id", "member_files", ["member_id", "id"])


def _make_check_in_notes() -> None:
    op.create_table(
        "check_in_notes",
        sa.Column("act_id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("act_id", name="check_in_notes_pkey"),
    )
    op.create_index("check_in_notes_member_id_act_id", "check_in_notes", ["member_id", "act_id"])


def _make_member_blocks() -> None:
    op.create_table(
        "member_blocks",
        sa.Column("member_id", BigId, autoincrement=False, nullable=False),
        sa.Column("blocked_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "blocked_id", name="member_blocks_pkey"),
    )
    op.create_index("member_blocks_blocked_id", "member_blocks", ["blocked_id"])


def _make_acts() -> None:
    op.create_table(
        "acts",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("for_day", sa.Integer),
        sa.Column("object_kind", sa.Text),
        sa.Column("object_id", sa.BigInteger),
        sa.Column("value", sa.Float),
        sa.Column("link_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("send_id", sa.BigInteger),
        sa.Column("purpose", sa.Text),
        sa.Column("stimulus_share", sa.Float),
        sa.Column("stimulus_amount", sa.Float),
        sa.Column("detail", sa.Text),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("batch", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="acts_pkey"),
        sa.UniqueConstraint("community_id", "key", name="acts_community_id_key_key"),
    )
    _index_where("acts_batch", "acts", ["batch"], "batch IS NOT NULL")
    op.create_index("acts_community_id_day_kind", "acts", ["community_id", "day", "kind"])
    op.create_index("acts_community_id_object_id_kind_id", "acts", ["community_id", "object_id", "kind", "id"])
    op.create_index("acts_member_id_kind_day", "acts", ["member_id", "kind", "day"])
    _index_where("acts_waiting", "acts", ["id"], "batch IS NULL")


def _make_act_batches() -> None:
    op.create_table(
        "act_batches",
        sa.Column("number", BigId, autoincrement=False, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("shipped_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="act_batches_pkey"),
    )


def _make_act_rewrites() -> None:
    op.create_table(
        "act_rewrites",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("old_id", sa.BigInteger, nullable=False),
        sa.Column("new_id", sa.BigInteger, nullable=False),
        sa.Column("requested_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="act_rewrites_pkey"),
    )
    op.create_index("act_rewrites_done_at_id", "act_rewrites", ["done_at", "id"])


def _make_goal_days() -> None:
    op.create_table(
        "goal_days",
        sa.Column("goal_id", BigId, autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("total", sa.Float, nullable=False),
        sa.Column("acts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("goal_id", "day", name="goal_days_pkey"),
    )


def _make_week_places() -> None:
    op.create_table(
        "week_places",
        sa.Column("member_id", BigId, autoincrement=False, nullable=False),
        sa.Column("week", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("league", sa.Integer, nullable=False),
        sa.Column("points", sa.Float, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "week", name="week_places_pkey"),
    )
    op.create_index(
        "week_places_community_id_week_league_points", "week_places", ["community_id", "week", "league", "points"]
    )


def _make_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("question_id", sa.BigInteger),
        sa.Column("about_kind", sa.Text, nullable=False),
        sa.Column("about_id", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("thanks", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("answers", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("is_solution", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("solved_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("edited_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="posts_pkey"),
    )
    op.create_index(
        "posts_community_id_about_kind_about_id_id", "posts", ["community_id", "about_kind", "about_id", "id"]
    )
    op.create_index("posts_community_id_state_id", "posts", ["community_id", "state", "id"])
    op.create_index("posts_member_id_id", "posts", ["member_id", "id"])
    op.create_index("posts_question_id_id", "posts", ["question_id", "id"])


def _make_thanks() -> None:
    op.create_table(
        "thanks",
        sa.Column("object_id", BigId, autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("object_kind", sa.Text, nullable=False),
        sa.Column("to_member_id", sa.BigInteger, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("object_id", "member_id", name="thanks_pkey"),
    )
    op.create_index("thanks_member_id", "thanks", ["member_id"])
    op.create_index("thanks_to_member_id_created_at", "thanks", ["to_member_id", "created_at"])


def _make_flags() -> None:
    op.create_table(
        "flags",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("object_kind", sa.Text, nullable=False),
        sa.Column("object_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("reporter_id", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("score", sa.Float),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("appeal", sa.Text),
        sa.Column("verdict", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("closed_by", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="flags_pkey"),
    )
    op.create_index("flags_community_id_state_id", "flags", ["community_id", "state", "id"])
    op.create_index("flags_member_id_id", "flags", ["member_id", "id"])
    op.create_index("flags_object_id", "flags", ["object_id"])
    op.create_index("flags_reporter_id", "flags", ["reporter_id"])


def _index_where(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
