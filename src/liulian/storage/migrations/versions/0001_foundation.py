"""Links with their totals and changes, API keys, answers already given, daily salts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Types are written out, not imported: this step must mean the same when the program has moved on.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.BigInteger


def upgrade() -> None:
    _create_link_tables()
    _create_count_tables()
    _create_account_tables()


def _create_link_tables() -> None:
    op.create_table(
        "links",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger),
        sa.Column("domain_id", sa.BigInteger, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("deleted_at", Instant),
        sa.Column("kept_for", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="links_pkey"),
        sa.UniqueConstraint("domain_id", "slug", name="links_domain_id_slug_key"),
    )
    op.create_index("links_workspace_id_id", "links", ["workspace_id", "id"])
    op.create_table(
        "link_changes",
        sa.Column("seq", BigId, autoincrement=True, nullable=False),
        sa.Column("domain_id", sa.BigInteger, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="link_changes_pkey"),
        sqlite_autoincrement=True,
    )


def _create_count_tables() -> None:
    op.create_table(
        "link_totals",
        sa.Column("link_id", BigId, autoincrement=False, nullable=False),
        sa.Column("clicks", sa.BigInteger, nullable=False),
        sa.Column("human_clicks", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("link_id", name="link_totals_pkey"),
    )
    op.create_table(
        "total_positions",
        sa.Column("spool_id", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("spool_id", name="total_positions_pkey"),
    )
    op.create_table(
        "salts",
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("day", name="salts_pkey"),
    )


def _create_account_tables() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
        sa.PrimaryKeyConstraint("id", name="api_keys_pkey"),
        sa.UniqueConstraint("fingerprint", name="api_keys_fingerprint_key"),
    )
    op.create_table(
        "idempotency",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.SmallInteger),
        sa.Column("body", sa.LargeBinary),
        sa.Column("created_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="idempotency_pkey"),
    )
    op.create_index("idempotency_created_at", "idempotency", ["created_at"])
