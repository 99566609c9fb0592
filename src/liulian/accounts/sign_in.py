"""Let a person in who proves who they are: by password and, where it is on, a second factor.

What is said of a wrong address and of a wrong password is the same, and takes the same work.
"""

from liulian.accounts.passwords import Passwords
from liulian.accounts.people import User
from liulian.accounts.recovery import is_recovery_code, recovery_fingerprint
from liulian.accounts.security_log import record_security
from liulian.accounts.store import Desk
from liulian.accounts.totp import matching_step
from liulian.accounts.vault import Vault
from liulian.base.errors import AppError


class SignInFailed(AppError):
    """Address, password or code is not right; which of them is not said."""

    status, code = 401, "sign_in_failed"


class TotpRequired(AppError):
    """The password is right, and a code is needed too."""

    status, code = 401, "totp_required"


async def right_person(user: User | None, password: str, *, passwords: Passwords) -> User:
    """Return the person if this is their password. Raises SignInFailed, after as much work as a right one takes."""
    may_come_in = user is not None and user.disabled_at is None
    is_right = await passwords.is_right(password, user.password_hash if user is not None and may_come_in else None)
    if user is None or not is_right:
        raise SignInFailed
    return user


async def pass_second_factor(user: User, code: str, *, vault: Vault, desk: Desk) -> None:
    """Use up a person's code, or one of their recovery codes. Raises SignInFailed for one that does not count."""
    if not await is_second_factor(user, code, vault=vault, desk=desk):
        raise SignInFailed


async def is_second_factor(user: User, code: str, *, vault: Vault, desk: Desk) -> bool:
    """Tell whether a code counts, and use it up: none works twice."""
    if is_recovery_code(code):
        is_known = await desk.tx.users.use_recovery_code(user.id, recovery_fingerprint(code))
        if is_known:
            await record_security(user, "user.recovery_code_used", desk=desk)
        return is_known
    if user.totp_secret is None:
        return False
    step = matching_step(vault.open(user.totp_secret, about=totp_place(user)), code, now=desk.now)
    return step is not None and await desk.tx.users.use_totp_step(user.id, step)


def totp_place(user: User) -> str:
    """Return what a sealed secret belongs to: moved to another person's row it does not open."""
    return f"totp:{user.id}"
