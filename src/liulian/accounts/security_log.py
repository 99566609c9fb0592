"""Write down what changes how a person signs in, where those who answer for their workspaces can read it."""

from liulian.accounts.model import ApiKeyActor, UserActor
from liulian.accounts.newcomers import NOBODY
from liulian.accounts.people import User
from liulian.accounts.store import Desk
from liulian.base.ids import ApiKeyId

COMMAND_LINE = ApiKeyId(0)  # No key: the log calls it the system.


async def record_security(
    user: User, action: str, *, desk: Desk, about: str | None = None, by_system: bool = False
) -> None:
    """Record what was done to a person's account, in each of their workspaces. `about`: a name they gave.

    `by_system`: not by themselves, but by whoever runs the machine.
    """
    for place in await desk.tx.workspaces.list_of(user.id):
        where = place.workspace_id
        themselves = UserActor(workspace_id=where, user_id=user.id, session_id=NOBODY, role=place.role)
        actor = ApiKeyActor(workspace_id=where, api_key_id=COMMAND_LINE) if by_system else themselves
        await desk.tx.audit.record(actor, action, "user", user.id, now=desk.now, about=about)
