"""A person, how they sign in, and the workspaces they belong to. Values only."""

from dataclasses import dataclass
from datetime import datetime

from liulian.accounts.permissions import Role
from liulian.base.ids import InvitationId, PasskeyId, SessionId, UserId, WorkspaceId

DEFAULT_WORKSPACE = WorkspaceId(1)  # There from the start: the command line, and keys made by it, work in it.


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person with an account. `email` as they write it; two that `email_key` makes equal are one address.

    `email_verified_at` None: nobody has shown that the address is theirs. `password_hash` None: they sign in otherwise.
    """

    id: UserId
    email: str
    name: str
    created_at: datetime
    language: str | None = None
    email_verified_at: datetime | None = None
    password_hash: str | None = None
    totp_secret: bytes | None = None
    totp_enabled_at: datetime | None = None
    disabled_at: datetime | None = None

    @property
    def has_totp(self) -> bool:
        """Whether a password alone does not let them in."""
        return self.totp_enabled_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which a person is signed in. `app` and `system` in the words of `visitors/`."""

    id: SessionId
    user_id: UserId
    created_at: datetime
    last_seen_at: datetime
    app: str | None = None
    system: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A key pair of which a person's device holds the secret half. `sign_count` as its device last told it."""

    id: PasskeyId
    user_id: UserId
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a person is at a provider of single sign-on."""

    issuer: str
    subject: str
    user_id: UserId
    email: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Links, domains and keys that a group of people share."""

    id: WorkspaceId
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person's place in one workspace, with its name."""

    workspace_id: WorkspaceId
    workspace_name: str
    role: Role
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of a workspace, as the others see them. `last_seen_at` None: not signed in anywhere now.

    `is_disabled`: keeps the place, and comes in no more.
    """

    user_id: UserId
    email: str
    name: str
    role: Role
    joined_at: datetime
    has_second_factor: bool
    is_disabled: bool = False
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A place in a workspace that waits for somebody. `email` None: for whoever holds its link.

    `closed_at`: when it was accepted or revoked. A link works once.
    """

    id: InvitationId
    workspace_id: WorkspaceId
    workspace_name: str
    email: str | None
    role: Role
    created_at: datetime
    expires_at: datetime
    created_by: UserId | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTime:
    """What was put beside a token that works once, when it was made."""

    user_id: UserId | None
    data: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInUser:
    """A person and the session by which they ask."""

    user: User
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act in a workspace. `actor_name` is today's; None where who acted is nobody with a name."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    actor_name: str | None
    action: str
    kind: str
    object_id: str
    details: dict[str, object]
