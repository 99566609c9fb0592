"""How often an address may try, and how often an account may be tried, in any hour. Who succeeds is not counted.

An account is counted for each address apart: a stranger's guesses must not keep its owner out. All addresses together
have a far higher limit, so that a thousand of them are no way round. Who is signed in already is counted by session.
An attempt is counted before it is made, in a transaction of its own: a refusal must not take the count back with it.
"""

from dataclasses import dataclass

from fastapi import Request

from liulian.accounts.emails import email_key
from liulian.base.errors import AppError
from liulian.base.secrets import sign
from liulian.storage.database import Transaction
from liulian.web.parts import parts_of
from liulian.web.strangers import caller_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is tried. `per_account` None: it is about no account. `in_all` is for an account from all addresses."""

    name: str
    per_address: int
    per_account: int | None = None
    in_all: int | None = None


# An office behind one address has a few people who mistype; a list of a million passwords needs years.
SIGN_IN = Kind(name="sign_in", per_address=60, per_account=20, in_all=200)
CONFIRM = Kind(name="confirm", per_address=60, per_account=20)  # By somebody signed in; the account is the session.
RESET = Kind(name="reset", per_address=20, in_all=3)  # Whoever asks, it is one letter box that fills.
TOKEN = Kind(name="token", per_address=60)
OPTIONS = Kind(name="options", per_address=300)  # Each leaves a row for some minutes.


class TooManyAttempts(AppError):
    """Somebody tries too often."""

    status, code = 429, "too_many_attempts"


async def count_attempt(request: Request, kind: Kind, *, account: str | None = None) -> None:
    """Count an attempt, about an account where there is one (its address, or a session). Raises TooManyAttempts."""
    parts = parts_of(request)
    retry_after_s = 0
    async with parts.database.write() as tx:
        for caller, per_hour in _limits(request, kind, account=account):
            claim = await tx.limits.claim(kind.name, caller, wished=1, per_hour=per_hour, now=parts.clock())
            if not claim.granted:
                retry_after_s = max(retry_after_s, claim.retry_after_s)
    if retry_after_s:
        raise TooManyAttempts(retry_after_s=retry_after_s)


async def forgive_attempt(request: Request, tx: Transaction, kind: Kind, *, account: str | None = None) -> None:
    """Take the count of an attempt back that succeeded, in the transaction of the success."""
    for caller, _ in _limits(request, kind, account=account):
        await tx.limits.give_back(kind.name, caller, number=1, now=parts_of(request).clock())


def _limits(request: Request, kind: Kind, *, account: str | None) -> list[tuple[bytes, int]]:
    """Return who is counted, each with its limit: the address, and the account by a keyed hash."""
    caller, key = caller_of(request), parts_of(request).site.caller_key
    limits = [(caller, kind.per_address)]
    if account is not None:
        about = b"account:" + email_key(account).encode("utf-8", "replace")
        if kind.per_account is not None:
            limits.append((sign(key, about + b" from:" + caller).encode(), kind.per_account))
        if kind.in_all is not None:
            limits.append((sign(key, about).encode(), kind.in_all))
    return limits
