"""Reports of strangers about links, and how often a caller did something that is limited."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("link_id", sa.BigInteger, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="reports_pkey"),
    )
    op.create_index("reports_closed_at_id", "reports", ["closed_at", "id"])
    op.create_index("reports_link_id", "reports", ["link_id"])
    op.create_table(
        "caller_counts",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("caller", sa.LargeBinary, nullable=False),
        sa.Column("minute", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("kind", "caller", "minute", name="caller_counts_pkey"),
    )
    op.create_index("caller_counts_minute", "caller_counts", ["minute"])
