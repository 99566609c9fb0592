"""What people change about themselves: name, language, address, password. The password guards what signs them in."""

from dataclasses import dataclass
from datetime import datetime

from liulian.accounts.checks import Checks
from liulian.accounts.clearing import clear_for_owner
from liulian.accounts.emails import email_key, parse_email
from liulian.accounts.names import parse_name
from liulian.accounts.newcomers import EmailTaken
from liulian.accounts.passwords import Passwords, parse_password
from liulian.accounts.people import SignedInUser, User
from liulian.accounts.security_log import record_security
from liulian.accounts.sessions import require_fresh
from liulian.accounts.store import Desk
from liulian.accounts.tokens import Purpose, TokenInvalid, issue, redeem
from liulian.base.errors import Forbidden


class PasswordWrong(Forbidden):
    """The present password is not right."""

    code = "password_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    """What is to be different; None: as it is. `sets_language`: also to nothing."""

    name: str | None = None
    email: str | None = None
    language: str | None = None
    sets_language: bool = False


def check_profile(change: ProfileChange) -> ProfileChange:
    """Return the change in normal form. Raises InvalidRequest with every refused field."""
    checks = Checks()
    name, email = change.name, change.email
    if change.name is not None:
        typed_name = change.name
        name = checks.field("name", lambda: parse_name(typed_name), otherwise=typed_name)
    if change.email is not None:
        typed_email = change.email
        email = checks.field("email", lambda: parse_email(typed_email), otherwise=typed_email)
    checks.done()
    return ProfileChange(name=name, email=email, language=change.language, sets_language=change.sets_language)


async def confirm_password(known: SignedInUser, password: str | None, *, passwords: Passwords, now: datetime) -> None:
    """Return when it is really them. Raises PasswordWrong; SignInAgain for who has no password and came long ago."""
    if known.user.password_hash is None:
        require_fresh(known, now=now)
        return
    if password is None or not await passwords.is_right(password, known.user.password_hash):
        raise PasswordWrong


async def change_profile(known: SignedInUser, change: ProfileChange, *, desk: Desk) -> User:
    """Return the person as they now are. Another address counts as not yet shown to be theirs. Raises EmailTaken."""
    values: dict[str, object] = {}
    if change.name is not None:
        values["name"] = change.name
    if change.sets_language:
        values["language"] = change.language
    if values:
        await desk.tx.users.update(known.user.id, **values)
    if change.email is not None and change.email != known.user.email:
        is_same = email_key(change.email) == email_key(known.user.email)
        verified_at = known.user.email_verified_at if is_same else None
        if not await desk.tx.users.change_email(known.user.id, change.email, verified_at=verified_at):
            raise EmailTaken
        await desk.tx.one_time.drop(purpose=Purpose.PASSWORD.value, user_id=known.user.id)
        await record_security(known.user, "user.email_changed", desk=desk)
    return await desk.tx.users.find(known.user.id) or known.user


def check_new_password(text: str, *, email: str, field: str) -> str:
    """Return a new password in its normal form. Raises InvalidRequest."""
    checks = Checks()
    password = checks.field(field, lambda: parse_password(text, email=email), otherwise=text)
    checks.done()
    return password


async def change_password(known: SignedInUser, password_hash: str, *, desk: Desk) -> None:
    """Give a person another password, and sign them out everywhere but here."""
    await desk.tx.users.update(known.user.id, password_hash=password_hash)
    await desk.tx.sessions.end_all(known.user.id, but=known.session.id)
    await desk.tx.one_time.drop(purpose=Purpose.PASSWORD.value, user_id=known.user.id)
    await record_security(known.user, "user.password_changed", desk=desk)


async def offer_reset(user: User, *, desk: Desk) -> str:
    """Return the token of a link by which a person sets a new password. An earlier one no longer works."""
    await desk.tx.one_time.drop(purpose=Purpose.PASSWORD.value, user_id=user.id)
    return await issue(Purpose.PASSWORD, desk=desk, user_id=user.id)


async def reset_password(token: str, password: str, *, password_hash: str, desk: Desk) -> User:
    """Return whose password was set anew; they are signed out everywhere. Raises TokenInvalid or InvalidRequest.

    The link came by their mail, or from whoever runs the machine: from now on the address is known to be theirs. Until
    then the account may have been anybody's, who keeps no way in.
    """
    waiting = await redeem(token, Purpose.PASSWORD, desk=desk)
    user = await desk.tx.users.find(waiting.user_id) if waiting.user_id is not None else None
    if user is None or user.disabled_at is not None:
        raise TokenInvalid
    check_new_password(password, email=user.email, field="password")
    if user.email_verified_at is None:
        await clear_for_owner(user, desk=desk)
    await desk.tx.users.update(user.id, password_hash=password_hash)
    await desk.tx.sessions.end_all(user.id)
    await record_security(user, "user.password_reset", desk=desk)
    return user
