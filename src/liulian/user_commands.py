"""What the command line does about people. Each command is one transaction, like a request."""

from liulian.accounts.disabling import disable, enable
from liulian.accounts.newcomers import add_person, check_newcomer, join
from liulian.accounts.people import DEFAULT_WORKSPACE, User
from liulian.accounts.permissions import Role
from liulian.accounts.profile import offer_reset
from liulian.accounts.second_factor import remove_totp
from liulian.accounts.store import Desk
from liulian.base.clock import utc_now
from liulian.base.errors import FieldError, InvalidRequest, NotFound
from liulian.base.i18n import Language, text
from liulian.base.ids import IdSource
from liulian.commands import ready_database
from liulian.config import Settings
from liulian.storage.database import Transaction


async def list_users(settings: Settings, *, language: Language) -> list[str]:
    """Return a line for each account: address, day it was made, name, and whether it is disabled."""
    database = await ready_database(settings)
    try:
        async with database.read() as tx:
            people = await tx.users.list_all()
    finally:
        await database.close()
    return [_line(user, language) for user in people]


async def create_user(settings: Settings, *, email: str, name: str, role: str, language: Language) -> list[str]:
    """Make an account in the default workspace; return what to tell, with the link to set a password."""
    newcomer = check_newcomer(email=email, name=name, password=None)
    place = _role(role)
    database = await ready_database(settings)
    try:
        async with database.write() as tx:
            desk = _desk(tx)
            await tx.workspaces.lock_default(name=text(language, "accounts.first_workspace"), now=desk.now)
            user = await add_person(newcomer, password_hash=None, language=None, is_verified=True, desk=desk)
            await join(user, DEFAULT_WORKSPACE, place, action="member.joined", desk=desk)
            token = await offer_reset(user, desk=desk)
    finally:
        await database.close()
    return [text(language, "accounts.user_created", email=user.email), _link(settings, token)]


async def reset_user(settings: Settings, *, email: str, removes_factor: bool, language: Language) -> list[str]:
    """Return what to tell, with a link to set a new password. Raises NotFound."""
    database = await ready_database(settings)
    lines = []
    try:
        async with database.write() as tx:
            desk, user = _desk(tx), await _find(tx, email)
            if removes_factor:
                await remove_totp(user, desk=desk, by_system=True)
                lines.append(text(language, "accounts.user_factors_removed", email=user.email))
            token = await offer_reset(user, desk=desk)
    finally:
        await database.close()
    return [*lines, text(language, "accounts.user_reset", email=user.email), _link(settings, token)]


async def disable_user(settings: Settings, *, email: str, language: Language) -> str:
    """Let somebody in no more and say so. Raises NotFound or LastOwner."""
    database = await ready_database(settings)
    try:
        async with database.write() as tx:
            desk, user = _desk(tx), await _find(tx, email)
            await disable(user, desk=desk)
    finally:
        await database.close()
    return text(language, "accounts.user_disabled", email=user.email)


async def enable_user(settings: Settings, *, email: str, language: Language) -> str:
    """Let somebody in again and say so. Raises NotFound."""
    database = await ready_database(settings)
    try:
        async with database.write() as tx:
            desk, user = _desk(tx), await _find(tx, email)
            await enable(user, desk=desk)
    finally:
        await database.close()
    return text(language, "accounts.user_enabled", email=user.email)


async def _find(tx: Transaction, email: str) -> User:
    user = await tx.users.find_by_email(email)
    if user is None:
        raise NotFound
    return user


def _role(typed: str) -> Role:
    try:
        return Role(typed)
    except ValueError:
        allowed = ", ".join(role.value for role in Role)
        raise InvalidRequest(
            errors=(FieldError("role", "choice_unknown", {"name": typed, "allowed": allowed}),)
        ) from None


def _desk(tx: Transaction) -> Desk:
    return Desk(tx=tx, ids=IdSource(), now=utc_now())


def _link(settings: Settings, token: str) -> str:
    origin = settings.base_url or f"http://{settings.host}:{settings.port}"
    return f"  {origin}/console/reset#{token}"


def _line(user: User, language: Language) -> str:
    mark = text(language, "accounts.user_is_disabled") if user.disabled_at else ""
    return f"{user.email}  {user.created_at:%Y-%m-%d}  {user.name}  {mark}".rstrip()
