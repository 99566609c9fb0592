"""People, sessions, workspaces, invitations, scopes of keys, the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.BigInteger
DEFAULT_WORKSPACE = 1
DEFAULT_NAME = "Liulian"  # Until whoever sets up this installation calls it something else.


def upgrade() -> None:
    _create_people()
    _create_ways_to_sign_in()
    _create_sessions()
    _create_workspaces()
    _create_invitations()
    _create_audit()
    _extend_keys()


def _create_people() -> None:
    op.create_table(
        "users",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("email_verified_at", Instant),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("password_hash", sa.Text),
        sa.Column("totp_secret", sa.LargeBinary),
        sa.Column("totp_enabled_at", Instant),
        sa.Column("totp_step", sa.BigInteger),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("disabled_at", Instant),
        sa.PrimaryKeyConstraint("id", name="users_pkey"),
        sa.UniqueConstraint("email_key", name="users_email_key_key"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", BigId, autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "fingerprint", name="recovery_codes_pkey"),
    )


def _create_ways_to_sign_in() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("credential_id", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("last_used_at", Instant),
        sa.PrimaryKeyConstraint("id", name="passkeys_pkey"),
        sa.UniqueConstraint("credential_id", name="passkeys_credential_id_key"),
    )
    op.create_index("passkeys_user_id", "passkeys", ["user_id"])
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("created_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="identities_pkey"),
    )
    op.create_index("identities_user_id", "identities", ["user_id"])


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("app", sa.Text),
        sa.Column("system", sa.Text),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("last_seen_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="sessions_pkey"),
        sa.UniqueConstraint("fingerprint", name="sessions_fingerprint_key"),
    )
    op.create_index("sessions_user_id", "sessions", ["user_id"])
    op.create_index("sessions_last_seen_at", "sessions", ["last_seen_at"])
    op.create_table(
        "one_time_tokens",
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("data", sa.Text),
        sa.Column("expires_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="one_time_tokens_pkey"),
    )
    op.create_index("one_time_tokens_expires_at", "one_time_tokens", ["expires_at"])
    op.create_index("one_time_tokens_user_id", "one_time_tokens", ["user_id"])


def _create_workspaces() -> None:
    workspaces = op.create_table(
        "workspaces",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("deleted_at", Instant),
        sa.PrimaryKeyConstraint("id", name="workspaces_pkey"),
    )
    op.bulk_insert(workspaces, [{"id": DEFAULT_WORKSPACE, "name": DEFAULT_NAME, "created_at": 0}])
    op.create_table(
        "memberships",
        sa.Column("workspace_id", BigId, autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("joined_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="memberships_pkey"),
    )
    op.create_index("memberships_user_id", "memberships", ["user_id"])


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("created_by", sa.BigInteger),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("closed_at", Instant),
        sa.PrimaryKeyConstraint("id", name="invitations_pkey"),
        sa.UniqueConstraint("fingerprint", name="invitations_fingerprint_key"),
    )
    op.create_index("invitations_workspace_id_id", "invitations", ["workspace_id", "id"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("workspace_id", sa.BigInteger, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("actor_id", sa.BigInteger),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("details", sa.Text),
        sa.PrimaryKeyConstraint("id", name="audit_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_workspace_id_id", "audit", ["workspace_id", "id"])


def _extend_keys() -> None:
    """Keys that are there already keep working: no scopes are an editor's."""
    op.add_column("api_keys", sa.Column("scopes", sa.Text))
    op.add_column("api_keys", sa.Column("expires_at", Instant))
    op.add_column("api_keys", sa.Column("last_used_at", Instant))
    op.add_column("api_keys", sa.Column("created_by", sa.BigInteger))
    op.create_index("api_keys_workspace_id_id", "api_keys", ["workspace_id", "id"])
