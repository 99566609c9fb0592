"""Workspaces: make one, rename it, delete it. Works inside the caller's transaction and never commits."""

from liulian.accounts.checks import TooManyThings
from liulian.accounts.model import Actor, WorkspaceActor, require
from liulian.accounts.newcomers import join
from liulian.accounts.people import DEFAULT_WORKSPACE, SignedInUser, Workspace
from liulian.accounts.permissions import Role, Scope
from liulian.accounts.sessions import require_fresh_person
from liulian.accounts.store import Accounts, Desk
from liulian.base.errors import Conflict, FieldError, InvalidRequest, NotFound, NotSignedIn
from liulian.base.ids import WorkspaceId

WORKSPACES_MAX = 50  # Of one person. Whoever needs more wants domains or tags.


class WorkspaceHasLinks(Conflict):
    """Links that lead somewhere would have nobody left who could change them."""

    code = "workspace_has_links"


class WorkspaceIsDefault(Conflict):
    """The command line works in this one."""

    code = "workspace_is_default"


def of_workspace(actor: Actor) -> WorkspaceActor:
    """Return the actor when it belongs to a workspace. Raises NotSignedIn."""
    if not isinstance(actor, WorkspaceActor):
        raise NotSignedIn
    return actor


async def workspace_for(actor: Actor, *, store: Accounts) -> tuple[Workspace, int]:
    """Return the actor's workspace and how many people belong to it. Raises NotFound when it was deleted."""
    workspace_id = of_workspace(actor).workspace_id
    workspace = await store.workspaces.find(workspace_id)
    if workspace is None:
        raise NotFound
    return workspace, await store.workspaces.count_members(workspace_id)


async def create_workspace(known: SignedInUser, name: str, *, desk: Desk) -> Workspace:
    """Return a new workspace, owned by whoever made it. Raises TooManyThings."""
    if len(await desk.tx.workspaces.list_of(known.user.id)) >= WORKSPACES_MAX:
        raise TooManyThings(max=WORKSPACES_MAX)
    workspace = Workspace(id=WorkspaceId(desk.ids()), name=name, created_at=desk.now)
    await desk.tx.workspaces.add(workspace)
    await join(known.user, workspace.id, Role.OWNER, action="workspace.created", desk=desk)
    return workspace


async def rename_workspace(actor: Actor, name: str, *, desk: Desk) -> None:
    """Call the actor's workspace something else."""
    workspace_id = require(actor, Scope.WORKSPACE_WRITE).workspace_id
    await desk.tx.workspaces.rename(workspace_id, name)
    await desk.tx.audit.record(actor, "workspace.renamed", "workspace", workspace_id, now=desk.now, name=name)


async def delete_workspace(actor: Actor, *, confirmed_by: str, desk: Desk) -> None:
    """Delete the actor's workspace, its keys, invitations, domains and communities.

    Raises when it is still needed, not meant, or asked for in a browser where nobody signed in of late.
    """
    asked_by = require(actor, Scope.WORKSPACE_WRITE)
    require_fresh_person(asked_by, now=desk.now)
    workspace_id = asked_by.workspace_id
    workspace = await desk.tx.workspaces.find(workspace_id, for_update=True)
    if workspace is None:
        raise NotFound
    if confirmed_by != workspace.name:
        raise InvalidRequest(errors=(FieldError("name", "confirm_name"),))
    if workspace_id == DEFAULT_WORKSPACE:
        raise WorkspaceIsDefault
    if await desk.tx.workspaces.has_links(workspace_id):
        raise WorkspaceHasLinks
    await desk.tx.api_keys.revoke_all(workspace_id, now=desk.now)
    await desk.tx.invitations.close_all(workspace_id, now=desk.now)
    await desk.tx.domains.remove_of(workspace_id)
    await desk.tx.communities.remove_of(workspace_id, now=desk.now)
    await desk.tx.audit.record(actor, "workspace.deleted", "workspace", workspace_id, now=desk.now)
    await desk.tx.workspaces.remove(workspace_id, now=desk.now)
