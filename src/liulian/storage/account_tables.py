"""The tables of people and what they may do. Shapes only, like `tables.py`.

Whatever opens a door — passwords, tokens, recovery codes — is stored as a hash, or sealed (`accounts/vault.py`).
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, UniqueConstraint

from liulian.storage.schema import BigId, Instant, metadata

# `email_key` is how two spellings of one address are told to be the same. `totp_step` is the newest time step that was
# used, so that no code works twice. `totp_secret` is sealed; without `totp_enabled_at` it still waits to be confirmed.
users = Table(
    "users",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("email_verified_at", Instant),
    Column("name", Text, nullable=False),
    Column("language", Text),
    Column("password_hash", Text),
    Column("totp_secret", LargeBinary),
    Column("totp_enabled_at", Instant),
    Column("totp_step", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    UniqueConstraint("email_key"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", BigId, primary_key=True, autoincrement=False),
    Column("fingerprint", LargeBinary, primary_key=True),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, nullable=False),
    Column("credential_id", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    UniqueConstraint("credential_id"),
    Index(None, "user_id"),
)

# Who a person is at a provider of single sign-on: `subject` never changes there, an e-mail address may.
identities = Table(
    "identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("email", Text),
    Column("created_at", Instant, nullable=False),
    Index(None, "user_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("app", Text),
    Column("system", Text),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    UniqueConstraint("fingerprint"),
    Index(None, "user_id"),
    Index(None, "last_seen_at"),
)

# A token for one purpose that works once. `data` is JSON of whoever made it, and holds no token.
one_time_tokens = Table(
    "one_time_tokens",
    metadata,
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("user_id", BigInteger),
    Column("data", Text),
    Column("expires_at", Instant, nullable=False),
    Index(None, "expires_at"),
    Index(None, "user_id"),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("deleted_at", Instant),
)

memberships = Table(
    "memberships",
    metadata,
    Column("workspace_id", BigId, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("role", Text, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Index(None, "user_id"),
)

# One that was accepted or revoked stays, so that its link can say what became of it.
invitations = Table(
    "invitations",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("email", Text),
    Column("role", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("created_by", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("closed_at", Instant),
    UniqueConstraint("fingerprint"),
    Index(None, "workspace_id", "id"),
)

# `scopes` are words with spaces between; null is all that an editor may, as it was when keys had none.
# `created_by` is null where the command line made it, or a key that came from there.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("scopes", Text),
    Column("expires_at", Instant),
    Column("last_used_at", Instant),
    Column("created_by", BigInteger),
    UniqueConstraint("fingerprint"),
    Index(None, "workspace_id", "id"),
)

# Rows are added and never changed. `details` is a small JSON object without secrets.
audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("workspace_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", BigInteger),
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("details", Text),
    Index(None, "workspace_id", "id"),
    sqlite_autoincrement=True,
)
