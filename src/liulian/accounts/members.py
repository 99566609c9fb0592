"""Who belongs to a workspace, and as what. Nobody grants, changes or takes a role that may do more than they may."""

from liulian.accounts.model import Actor, UserActor, require
from liulian.accounts.parting import close_invitations
from liulian.accounts.people import Member
from liulian.accounts.permissions import ROLE_SCOPES, Role, Scope, role_within
from liulian.accounts.store import Accounts, Desk
from liulian.base.errors import Conflict, Forbidden, NotFound
from liulian.base.ids import UserId, WorkspaceId


class LastOwner(Conflict):
    """A workspace without an owner could never be changed again."""

    code = "last_owner"


class RoleTooHigh(Forbidden):
    """The role may do more than whoever wants to give or change it."""

    code = "role_too_high"


async def list_members(actor: Actor, *, store: Accounts) -> list[Member]:
    """Return who belongs to the actor's workspace, the first who joined first."""
    return await store.workspaces.list_members(require(actor, Scope.MEMBERS_READ).workspace_id)


async def change_role(actor: Actor, user_id: UserId, role: Role, *, desk: Desk) -> Member:
    """Return the member in the new role. Raises NotFound, RoleTooHigh or LastOwner."""
    asked_by = require(actor, Scope.MEMBERS_WRITE)
    member = await _member(asked_by.workspace_id, user_id, desk=desk)
    if not (role_within(asked_by.scopes, member.role) and role_within(asked_by.scopes, role)):
        raise RoleTooHigh
    if role is not member.role:
        await _keep_an_owner(asked_by.workspace_id, member, desk=desk)
        await desk.tx.workspaces.set_role(asked_by.workspace_id, user_id, role)
        if not role_within(ROLE_SCOPES[role], member.role):
            await close_invitations(asked_by, user_id, desk=desk)
        await desk.tx.audit.record(
            actor, "member.role_changed", "user", user_id, now=desk.now, before=member.role.value, role=role.value
        )
    found = await desk.tx.workspaces.find_member(asked_by.workspace_id, user_id)
    return found or member


async def remove_member(actor: Actor, user_id: UserId, *, desk: Desk) -> None:
    """Take a member's place away; anybody may leave. Raises NotFound, RoleTooHigh or LastOwner."""
    is_leaving = isinstance(actor, UserActor) and actor.user_id == user_id
    asked_by = require(actor, Scope.MEMBERS_READ if is_leaving else Scope.MEMBERS_WRITE)
    member = await _member(asked_by.workspace_id, user_id, desk=desk)
    if not is_leaving and not role_within(asked_by.scopes, member.role):
        raise RoleTooHigh
    await _keep_an_owner(asked_by.workspace_id, member, desk=desk)
    await desk.tx.workspaces.remove_member(asked_by.workspace_id, user_id)
    await close_invitations(asked_by, user_id, desk=desk)
    action = "member.left" if is_leaving else "member.removed"
    await desk.tx.audit.record(actor, action, "user", user_id, now=desk.now, role=member.role.value)


async def _member(workspace_id: WorkspaceId, user_id: UserId, *, desk: Desk) -> Member:
    """Return a member, while nobody else changes who belongs to the workspace. Raises NotFound."""
    await desk.tx.workspaces.find(workspace_id, for_update=True)
    member = await desk.tx.workspaces.find_member(workspace_id, user_id)
    if member is None:
        raise NotFound
    return member


async def _keep_an_owner(workspace_id: WorkspaceId, member: Member, *, desk: Desk) -> None:
    if member.role is Role.OWNER and not await desk.tx.workspaces.has_owner_besides(workspace_id, member.user_id):
        raise LastOwner
