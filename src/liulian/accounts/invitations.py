"""Invite people into a workspace by a link that works once. Its token is shown when it is made, and never again."""

from datetime import timedelta

from liulian.accounts.api_keys import person_behind
from liulian.accounts.checks import TooManyThings
from liulian.accounts.emails import email_key
from liulian.accounts.members import RoleTooHigh
from liulian.accounts.model import Actor, require
from liulian.accounts.newcomers import join
from liulian.accounts.people import Invitation, User
from liulian.accounts.permissions import ROLE_SCOPES, Role, Scope, role_within
from liulian.accounts.store import Accounts, Desk
from liulian.accounts.tokens import TokenInvalid
from liulian.base.errors import Conflict, Forbidden, NotFound
from liulian.base.ids import InvitationId, WorkspaceId
from liulian.base.secrets import fingerprint, random_token

LIVES = timedelta(days=7)
WAITING_MAX = 200
MEMBERS_MAX = 500


class MemberAlready(Conflict):
    """Whoever is invited, or wants to join, belongs to the workspace."""

    code = "member_already"


class InvitationOtherEmail(Forbidden):
    """The invitation is for somebody with another address."""

    code = "invitation_other_email"


async def list_invitations(actor: Actor, *, desk: Desk) -> list[Invitation]:
    """Return those of the actor's workspace that still wait, newest first."""
    workspace_id = require(actor, Scope.MEMBERS_READ).workspace_id
    return await desk.tx.invitations.list_open(workspace_id, now=desk.now)


async def invite(actor: Actor, *, email: str | None, role: Role, desk: Desk) -> tuple[Invitation, str]:
    """Return a new invitation and its token. `email` in normal form. Raises RoleTooHigh or MemberAlready."""
    asked_by = require(actor, Scope.MEMBERS_WRITE)
    if not role_within(asked_by.scopes, role):
        raise RoleTooHigh
    workspace = await desk.tx.workspaces.find(asked_by.workspace_id, for_update=True)
    if workspace is None:
        raise NotFound
    waiting = await desk.tx.invitations.list_open(workspace.id, now=desk.now)
    members = await desk.tx.workspaces.count_members(workspace.id)
    if len(waiting) >= WAITING_MAX or members >= MEMBERS_MAX:
        raise TooManyThings(max=WAITING_MAX if len(waiting) >= WAITING_MAX else MEMBERS_MAX)
    if email is not None:
        await _refuse_member(email, asked_by.workspace_id, tx=desk.tx)
    invitation = Invitation(
        id=InvitationId(desk.ids()),
        workspace_id=workspace.id,
        workspace_name=workspace.name,
        email=email,
        role=role,
        created_at=desk.now,
        expires_at=desk.now + LIVES,
        created_by=await person_behind(asked_by, store=desk.tx),
    )
    token = random_token()
    await desk.tx.invitations.add(invitation, fingerprint=fingerprint(token))
    await desk.tx.audit.record(
        actor, "invitation.created", "invitation", invitation.id, now=desk.now, role=role.value, email=email
    )
    return invitation, token


async def revoke_invitation(actor: Actor, invitation_id: InvitationId, *, desk: Desk) -> None:
    """Make an invitation useless. Raises NotFound."""
    workspace_id = require(actor, Scope.MEMBERS_WRITE).workspace_id
    if not await desk.tx.invitations.close(invitation_id, now=desk.now, workspace_id=workspace_id):
        raise NotFound
    await desk.tx.audit.record(actor, "invitation.revoked", "invitation", invitation_id, now=desk.now)


async def look_at(token: str, *, desk: Desk) -> Invitation:
    """Return the invitation behind a link, if it still waits. Raises TokenInvalid."""
    found = await desk.tx.invitations.find(fingerprint(token))
    if found is None or found.closed_at is not None or found.expires_at <= desk.now:
        raise TokenInvalid
    if not await _is_meant(found, tx=desk.tx):
        raise TokenInvalid
    return found


async def accept(token: str, user: User, *, desk: Desk) -> Invitation:
    """Give a person the place that waited for them. Raises TokenInvalid, InvitationOtherEmail or MemberAlready."""
    invitation = await look_at(token, desk=desk)
    if invitation.email is not None and email_key(invitation.email) != email_key(user.email):
        raise InvitationOtherEmail
    if not await desk.tx.invitations.close(invitation.id, now=desk.now):
        raise TokenInvalid
    if not await join(user, invitation.workspace_id, invitation.role, action="member.joined", desk=desk):
        raise MemberAlready
    return invitation


async def _is_meant(invitation: Invitation, *, tx: Accounts) -> bool:
    """Tell whether who invited may do so still. They may have gone in the very moment, or long before we asked."""
    if invitation.created_by is None:
        return True
    maker = await tx.workspaces.find_member(invitation.workspace_id, invitation.created_by)
    if maker is None or maker.is_disabled:
        return False
    scopes = ROLE_SCOPES[maker.role]
    return Scope.MEMBERS_WRITE in scopes and role_within(scopes, invitation.role)


async def _refuse_member(email: str, workspace_id: WorkspaceId, *, tx: Accounts) -> None:
    user = await tx.users.find_by_email(email)
    if user is not None and await tx.workspaces.find_member(workspace_id, user.id) is not None:
        raise MemberAlready
