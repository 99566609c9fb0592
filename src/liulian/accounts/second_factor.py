"""Turn the codes of an authenticator app on and off. Who signs in with them is in `sign_in.py`."""

from liulian.accounts.people import SignedInUser, User
from liulian.accounts.recovery import new_recovery_codes, recovery_fingerprint
from liulian.accounts.security_log import record_security
from liulian.accounts.sessions import require_fresh
from liulian.accounts.sign_in import is_second_factor, totp_place
from liulian.accounts.store import Desk
from liulian.accounts.totp import matching_step, new_secret
from liulian.accounts.vault import Vault
from liulian.base.errors import Conflict, Forbidden


class TotpEnabledAlready(Conflict):
    """A code is asked for already; a new secret would lock the present phone out."""

    code = "totp_enabled_already"


class TotpNotStarted(Conflict):
    """There is no secret that waits to be confirmed."""

    code = "totp_not_started"


class CodeWrong(Forbidden):
    """The code does not belong to the secret, or was used before."""

    code = "code_wrong"


async def offer_totp(known: SignedInUser, *, vault: Vault, desk: Desk) -> str:
    """Return a new secret. It counts once a code was confirmed. Raises SignInAgain or TotpEnabledAlready."""
    require_fresh(known, now=desk.now)
    user = await _present(known, desk=desk)
    if user.has_totp:
        raise TotpEnabledAlready
    secret = new_secret()
    sealed = vault.seal(secret.encode(), about=totp_place(user))
    await desk.tx.users.update(user.id, totp_secret=sealed, totp_step=None)
    return secret


async def confirm_totp(known: SignedInUser, code: str, *, vault: Vault, desk: Desk) -> list[str]:
    """Ask for codes from now on, and return the recovery codes, which nobody can show again.

    Raises SignInAgain, TotpEnabledAlready, TotpNotStarted or CodeWrong.
    """
    require_fresh(known, now=desk.now)
    user = await _present(known, desk=desk)
    if user.has_totp:
        raise TotpEnabledAlready
    if user.totp_secret is None:
        raise TotpNotStarted
    step = matching_step(vault.open(user.totp_secret, about=totp_place(user)), code, now=desk.now)
    if step is None or not await desk.tx.users.use_totp_step(user.id, step):
        raise CodeWrong
    await desk.tx.users.update(user.id, totp_enabled_at=desk.now)
    codes = new_recovery_codes()
    await desk.tx.users.replace_recovery_codes(user.id, map(recovery_fingerprint, codes))
    await desk.tx.sessions.end_all(user.id, but=known.session.id)
    await record_security(user, "user.totp_enabled", desk=desk)
    return codes


async def confirm_code(known: SignedInUser, code: str, *, vault: Vault, desk: Desk) -> None:
    """Use a code up to show that it is really them. Raises SignInAgain or CodeWrong.

    A code alone is one factor of two: the other must have been shown a short while ago.
    """
    require_fresh(known, now=desk.now)
    if not await is_second_factor(known.user, code, vault=vault, desk=desk):
        raise CodeWrong


async def remove_totp(user: User, *, desk: Desk, by_system: bool = False) -> None:
    """Ask for no codes any more, and forget the secret and the recovery codes."""
    await desk.tx.users.update(user.id, totp_secret=None, totp_enabled_at=None, totp_step=None)
    await desk.tx.users.replace_recovery_codes(user.id, ())
    await record_security(user, "user.totp_disabled", desk=desk, by_system=by_system)


async def _present(known: SignedInUser, *, desk: Desk) -> User:
    return await desk.tx.users.find(known.user.id, for_update=True) or known.user
