"""Communities and what they are built from."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _make_communities()
    _make_goals()
    _make_badges()
    _make_rituals()
    _make_ritual_changes()
    _make_services()
    _make_service_versions()
    _make_module_money()
    _make_channel_links()
    _make_sends()
    _make_connectors()


def _make_communities() -> None:
    op.create_table(
        "communities",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("problem_who", sa.Text, nullable=False),
        sa.Column("problem_situation", sa.Text, nullable=False),
        sa.Column("problem_outcome", sa.Text, nullable=False),
        sa.Column("symbols", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("template", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="communities_pkey"),
        sa.UniqueConstraint("slug", name="communities_slug_key"),
    )
    op.create_index("communities_workspace_id_id", "communities", ["workspace_id", "id"])


def _make_goals() -> None:
    op.create_table(
        "goals",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.Column("reach", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("baseline", sa.Float, nullable=False),
        sa.Column("target", sa.Float, nullable=False),
        sa.Column("starts_on", sa.Integer, nullable=False),
        sa.Column("ends_on", sa.Integer, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("factor", sa.Float),
        sa.Column("factor_unit", sa.Text),
        sa.Column("factor_source", sa.Text),
        sa.PrimaryKeyConstraint("id", name="goals_pkey"),
    )
    op.create_index("goals_community_id_position_id", "goals", ["community_id", "position", "id"])


def _make_badges() -> None:
    op.create_table(
        "badges",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.Column("emblem", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="badges_pkey"),
    )
    op.create_index("badges_community_id_position_id", "badges", ["community_id", "position", "id"])


def _make_rituals() -> None:
    op.create_table(
        "rituals",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("rrule", sa.Text, nullable=False),
        sa.Column("starts_at", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("attend", sa.Text, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("sequence", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="rituals_pkey"),
    )
    op.create_index("rituals_community_id_position_id", "rituals", ["community_id", "position", "id"])


def _make_ritual_changes() -> None:
    op.create_table(
        "ritual_changes",
        sa.Column("ritual_id", BigId, autoincrement=False, nullable=False),
        sa.Column("occurrence", sa.Text, autoincrement=False, nullable=False),
        sa.Column("moved_to", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("ritual_id", "occurrence", name="ritual_changes_pkey"),
    )


def _make_services() -> None:
    op.create_table(
        "services",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="services_pkey"),
    )
    op.create_index("services_community_id_position_id", "services", ["community_id", "position", "id"])


def _make_service_versions() -> None:
    op.create_table(
        "service_versions",
        sa.Column("service_id", BigId, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("service_id", "version", name="service_versions_pkey"),
    )


def _make_module_money() -> None:
    op.create_table(
        "module_money",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("service_id", sa.BigInteger),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("cost", sa.Float, nullable=False),
        sa.Column("income", sa.Float, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="module_money_pkey"),
        sa.UniqueConstraint("community_id", "key", name="module_money_community_id_key_key"),
    )
    op.create_index("module_money_community_id_day_id", "module_money", ["community_id", "day", "id"])


def _make_channel_links() -> None:
    op.create_table(
        "channel_links",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("link_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("stimulus_share", sa.Float),
        sa.Column("stimulus_amount", sa.Float),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="channel_links_pkey"),
        sa.UniqueConstraint("link_id", name="channel_links_link_id_key"),
    )
    op.create_index("channel_links_community_id_id", "channel_links", ["community_id", "id"])


def _make_sends() -> None:
    op.create_table(
        "sends",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("stimulus_share", sa.Float),
        sa.Column("stimulus_amount", sa.Float),
        sa.Column("sums", sa.Text, nullable=False),
        sa.Column("week", sa.Integer),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("channel", sa.Text),
        sa.Column("key", sa.Text),
        sa.PrimaryKeyConstraint("id", name="sends_pkey"),
        sa.UniqueConstraint("community_id", "kind", "week", name="sends_community_id_kind_week_key"),
        sa.UniqueConstraint("community_id", "key", name="sends_community_id_key_key"),
    )
    op.create_index("sends_community_id_id", "sends", ["community_id", "id"])


def _make_connectors() -> None:
    op.create_table(
        "connectors",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("public", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("is_on", sa.SmallInteger, nullable=False, server_default=sa.text("1")),
        sa.PrimaryKeyConstraint("id", name="connectors_pkey"),
        sa.UniqueConstraint("community_id", "kind", name="connectors_community_id_kind_key"),
    )
