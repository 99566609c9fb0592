"""Domains of workspaces and the files served at their root."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "domains",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("verified_at", sa.BigInteger),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("root_destination", sa.Text),
        sa.Column("not_found_destination", sa.Text),
        sa.Column("icp_number", sa.Text),
        sa.Column("police_number", sa.Text),
        sa.PrimaryKeyConstraint("id", name="domains_pkey"),
        sa.UniqueConstraint("workspace_id", "host", name="domains_workspace_id_host_key"),
    )
    op.create_index("domains_host", "domains", ["host"])
    is_verified = sa.text("verified_at IS NOT NULL")
    op.create_index(
        "domains_verified_host",
        "domains",
        ["host"],
        unique=True,
        sqlite_where=is_verified,
        postgresql_where=is_verified,
    )
    op.create_table(
        "domain_files",
        sa.Column("domain_id", BigId, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("domain_id", "name", name="domain_files_pkey"),
    )
