"""Make accounts: the first one by the set-up link, others by the command line or an invitation."""

from dataclasses import dataclass

from liulian.accounts.checks import Checks
from liulian.accounts.emails import parse_email
from liulian.accounts.model import UserActor
from liulian.accounts.names import parse_name
from liulian.accounts.passwords import parse_password
from liulian.accounts.people import User
from liulian.accounts.permissions import Role
from liulian.accounts.store import Desk
from liulian.accounts.tokens import Purpose, issue, redeem
from liulian.base.errors import Conflict
from liulian.base.ids import SessionId, UserId, WorkspaceId

NOBODY = SessionId(0)  # Who acts before there is a session.


class AlreadySetUp(Conflict):
    """Somebody has an account: the set-up link has done its work."""

    code = "already_set_up"


class EmailTaken(Conflict):
    """Another account has this address."""

    code = "email_taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Who is to get an account, checked. `password` None: they set it by a link."""

    email: str
    name: str
    password: str | None


def check_newcomer(*, email: str, name: str, password: str | None) -> Newcomer:
    """Return a newcomer in normal form. Raises InvalidRequest with every refused field."""
    checks = Checks()
    email = checks.field("email", lambda: parse_email(email), otherwise=email)
    name = checks.field("name", lambda: parse_name(name), otherwise=name)
    if password is not None:
        typed = password
        password = checks.field("password", lambda: parse_password(typed, email=email), otherwise=typed)
    checks.done()
    return Newcomer(email=email, name=name, password=password)


async def offer_setup(*, desk: Desk) -> str | None:
    """Return the token of a new set-up link; None when somebody has an account already."""
    return None if await desk.tx.users.is_any() else await issue(Purpose.SETUP, desk=desk)


async def set_up(
    newcomer: Newcomer, *, token: str, password_hash: str, workspace_name: str, language: str, desk: Desk
) -> User:
    """Return the first person, owner of the default workspace. Raises TokenInvalid or AlreadySetUp."""
    # First the lock: two who redeemed a token each would wait for one another's when all tokens are dropped.
    workspace = await desk.tx.workspaces.lock_default(name=workspace_name, now=desk.now)
    await redeem(token, Purpose.SETUP, desk=desk)
    if await desk.tx.users.is_any():
        raise AlreadySetUp
    await desk.tx.workspaces.rename(workspace.id, workspace_name)
    user = await add_person(newcomer, password_hash=password_hash, language=language, is_verified=True, desk=desk)
    await desk.tx.one_time.drop(purpose=Purpose.SETUP.value)
    await join(user, workspace.id, Role.OWNER, action="workspace.set_up", desk=desk)
    return user


async def add_person(
    newcomer: Newcomer, *, password_hash: str | None, language: str | None, is_verified: bool, desk: Desk
) -> User:
    """Return a new person who belongs nowhere yet. Raises EmailTaken."""
    user = User(
        id=UserId(desk.ids()),
        email=newcomer.email,
        name=newcomer.name,
        created_at=desk.now,
        language=language,
        email_verified_at=desk.now if is_verified else None,
        password_hash=password_hash,
    )
    if not await desk.tx.users.add(user):
        raise EmailTaken
    return user


async def join(user: User, workspace_id: WorkspaceId, role: Role, *, action: str, desk: Desk) -> bool:
    """Give a person a place in a workspace; False when they have one."""
    if not await desk.tx.workspaces.add_member(workspace_id, user.id, role, now=desk.now):
        return False
    actor = UserActor(workspace_id=workspace_id, user_id=user.id, session_id=NOBODY, role=role)
    await desk.tx.audit.record(actor, action, "user", user.id, now=desk.now, role=role.value)
    return True
