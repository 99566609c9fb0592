"""What becomes of what somebody prepared who goes, may do less, or is let in no more: nobody comes in by it later.

Their keys need no act: what a key may do is asked of its maker's present role (`api_keys.scopes_now`).
"""

from liulian.accounts.model import WorkspaceActor
from liulian.accounts.store import Desk
from liulian.base.ids import UserId


async def close_invitations(actor: WorkspaceActor, user_id: UserId, *, desk: Desk) -> None:
    """Make useless what a person, or a key of theirs, invited into the actor's workspace and that still waits."""
    closed = await desk.tx.invitations.close_made_by(user_id, workspace_id=actor.workspace_id, now=desk.now)
    for invitation_id in closed:
        await desk.tx.audit.record(actor, "invitation.revoked", "invitation", invitation_id, now=desk.now)
