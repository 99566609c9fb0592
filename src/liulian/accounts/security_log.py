"""Write down what changes how a person signs in, where those who answer for their workspaces can read it."""

from liulian.accounts.model import UserActor
from liulian.accounts.newcomers import NOBODY
from liulian.accounts.people import User
from liulian.accounts.store import Desk


async def record_security(user: User, action: str, *, desk: Desk, about: str | None = None) -> None:
    """Record an act of a person on their own account, in each of their workspaces. `about`: a name they gave."""
    for place in await desk.tx.workspaces.list_of(user.id):
        actor = UserActor(workspace_id=place.workspace_id, user_id=user.id, session_id=NOBODY, role=place.role)
        await desk.tx.audit.record(actor, action, "user", user.id, now=desk.now, about=about)
