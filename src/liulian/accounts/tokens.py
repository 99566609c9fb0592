"""Tokens that work once: what each is for and how long it waits. Only fingerprints are stored."""

from datetime import timedelta
from enum import StrEnum

from liulian.accounts.people import OneTime
from liulian.accounts.store import Desk
from liulian.base.errors import AppError
from liulian.base.ids import UserId
from liulian.base.secrets import fingerprint, random_token


class Purpose(StrEnum):
    """What a token opens. One for one purpose opens nothing else."""

    SETUP = "setup"
    PASSWORD = "password"  # noqa: S105 - A word, not a secret.
    PASSKEY_SIGN_IN = "passkey_sign_in"
    PASSKEY_ADD = "passkey_add"
    OIDC = "oidc"


LIVES = {
    Purpose.SETUP: timedelta(hours=24),
    Purpose.PASSWORD: timedelta(hours=2),
    Purpose.PASSKEY_SIGN_IN: timedelta(minutes=5),
    Purpose.PASSKEY_ADD: timedelta(minutes=5),
    Purpose.OIDC: timedelta(minutes=10),
}


class TokenInvalid(AppError):
    """A token that was used, is too old, or never was one."""

    status, code = 410, "token_invalid"


async def issue(
    purpose: Purpose, *, desk: Desk, user_id: UserId | None = None, data: dict[str, str] | None = None
) -> str:
    """Return a new token. `data` waits beside it until it is used."""
    token = random_token()
    expires_at = desk.now + LIVES[purpose]
    await desk.tx.one_time.add(
        fingerprint(token), purpose=purpose.value, expires_at=expires_at, user_id=user_id, data=data
    )
    return token


async def redeem(token: str, purpose: Purpose, *, desk: Desk) -> OneTime:
    """Use a token up and return what waited beside it. Raises TokenInvalid."""
    found = await desk.tx.one_time.use(fingerprint(token), purpose=purpose.value, now=desk.now)
    if found is None:
        raise TokenInvalid
    return found
