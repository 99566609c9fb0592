"""What can stand between a visitor and a link's destination: guard, audience, expiry, take-down; screening's flags."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # All null: a link of before stays what it was, straight through, for everyone, for ever.
    op.add_column("links", sa.Column("guard", sa.Text))
    op.add_column("links", sa.Column("audience", sa.Text))
    op.add_column("links", sa.Column("expires_at", sa.BigInteger))
    op.add_column("links", sa.Column("taken_down", sa.Text))
    op.add_column("links", sa.Column("flags", sa.Text))
