"""Let somebody in no more, by the will of whoever runs the machine, and in again. Nothing of theirs is lost."""

from liulian.accounts.members import LastOwner
from liulian.accounts.model import ApiKeyActor
from liulian.accounts.parting import close_invitations
from liulian.accounts.people import DEFAULT_WORKSPACE, Membership, User
from liulian.accounts.permissions import Role
from liulian.accounts.security_log import COMMAND_LINE, record_security
from liulian.accounts.store import Desk


async def disable(user: User, *, desk: Desk) -> None:
    """Let somebody in no more, nor their keys, nor whom they invited. Raises LastOwner."""
    places = sorted(await desk.tx.workspaces.list_of(user.id), key=lambda place: place.workspace_id)
    for place in places:  # Always in the same order, so that two who do this never wait for each other.
        await desk.tx.workspaces.find(place.workspace_id, for_update=True)
        await _keep_an_owner(user, place, desk=desk)
    await desk.tx.users.update(user.id, disabled_at=desk.now)
    await desk.tx.sessions.end_all(user.id)
    await record_security(user, "user.disabled", desk=desk, by_system=True)
    for place in places:
        system = ApiKeyActor(workspace_id=place.workspace_id, api_key_id=COMMAND_LINE)
        await close_invitations(system, user.id, desk=desk)


async def enable(user: User, *, desk: Desk) -> None:
    """Let somebody in again."""
    await desk.tx.users.update(user.id, disabled_at=None)
    await record_security(user, "user.enabled", desk=desk, by_system=True)


async def _keep_an_owner(user: User, place: Membership, *, desk: Desk) -> None:
    """Raise LastOwner where others would be left without one. A workspace of one's own protects nobody."""
    if user.disabled_at is not None or place.role is not Role.OWNER:
        return
    members = await desk.tx.workspaces.list_members(place.workspace_id)
    others = [member for member in members if member.user_id != user.id and not member.is_disabled]
    is_needed = bool(others) or place.workspace_id == DEFAULT_WORKSPACE
    if is_needed and not await desk.tx.workspaces.has_owner_besides(place.workspace_id, user.id):
        raise LastOwner
