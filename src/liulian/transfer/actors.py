"""For whom an import acts: whoever started it, asked anew for each batch whether they still may."""

from datetime import datetime

from liulian.accounts.model import ApiKeyActor, UserActor, WorkspaceActor
from liulian.accounts.permissions import Scope
from liulian.base.ids import ApiKeyId, SessionId, UserId
from liulian.transfer.store import Stores
from liulian.transfer.task import Import

LOCAL_KEY = ApiKeyId(0)  # The command line: whoever may run programs on this machine.
NO_SESSION = SessionId(0)


class NotAllowed(Exception):
    """Whoever started the import may no longer make links in this workspace."""


async def actor_of(task: Import, *, tx: Stores, now: datetime) -> WorkspaceActor:
    """Return for whom an import acts. Raises NotAllowed."""
    maker = task.created_by
    if maker is None:
        return system_of(task)
    found = await (_person(task, UserId(maker.id), tx) if maker.kind == "user" else _program(task, maker.id, tx, now))
    if found is None or Scope.LINKS_WRITE not in found.scopes:
        raise NotAllowed
    return found


def system_of(task: Import) -> WorkspaceActor:
    """Return the installation itself, acting in the workspace of an import."""
    return ApiKeyActor(workspace_id=task.workspace_id, api_key_id=LOCAL_KEY)


async def _person(task: Import, user_id: UserId, tx: Stores) -> WorkspaceActor | None:
    membership = await tx.workspaces.find_membership(user_id, task.workspace_id)
    if membership is None:
        return None
    return UserActor(workspace_id=task.workspace_id, user_id=user_id, session_id=NO_SESSION, role=membership.role)


async def _program(task: Import, key_id: int, tx: Stores, now: datetime) -> WorkspaceActor | None:
    key = await tx.api_keys.find(ApiKeyId(key_id))
    if key is None or key.workspace_id != task.workspace_id or not key.is_valid(now):
        return None
    return ApiKeyActor(workspace_id=key.workspace_id, api_key_id=key.id, scopes=key.scopes)
