"""People, their workspaces, and who is asking. Values only; people's own things are in `people.py`."""

from dataclasses import dataclass
from datetime import datetime

from liulian.accounts.permissions import KEY_SCOPES, ROLE_SCOPES, Role, Scope
from liulian.base.errors import Forbidden, NotSignedIn
from liulian.base.ids import ApiKeyId, LinkId, SessionId, UserId, WorkspaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A program's key to one workspace. Its token is shown once, when it is made.

    `created_by` None: the command line made it. Of a key that a key made it is whoever made that one: what they may
    do in the workspace now bounds all keys that come from them. `expires_at` None: never.
    """

    id: ApiKeyId
    workspace_id: WorkspaceId
    name: str
    created_at: datetime
    scopes: frozenset[Scope] = KEY_SCOPES
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    created_by: UserId | None = None

    def is_valid(self, now: datetime) -> bool:
        """Tell whether the key has not expired."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A stranger: may make links that belong to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyActor:
    """A program with a key: acts for its workspace, within the scopes of the key. `name` None: nobody has read it."""

    workspace_id: WorkspaceId
    api_key_id: ApiKeyId
    scopes: frozenset[Scope] = KEY_SCOPES
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserActor:
    """A person who signed in, in one of their workspaces. `signed_in_at` None: nobody signed in for this."""

    workspace_id: WorkspaceId
    user_id: UserId
    session_id: SessionId
    role: Role
    signed_in_at: datetime | None = None

    @property
    def scopes(self) -> frozenset[Scope]:
        return ROLE_SCOPES[self.role]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkManager:
    """Who made a link as a stranger and kept its manage token: acts on this one link, while it belongs to nobody."""

    link_id: LinkId


WorkspaceActor = ApiKeyActor | UserActor
Actor = Anonymous | WorkspaceActor | LinkManager


def require(actor: Actor, scope: Scope) -> WorkspaceActor:
    """Return the actor when it may do this in its workspace. Raises NotSignedIn for strangers, else Forbidden."""
    if not isinstance(actor, WorkspaceActor):
        raise NotSignedIn
    if scope not in actor.scopes:
        raise Forbidden(scope=scope.value)
    return actor
