"""What callers without a key may do, and how often: counted by a keyed hash of the address, never by the address.

Who is a stranger: whoever sends no API key. A manage token speaks for one link, and makes no other.
"""

from fastapi import Request

from liulian.accounts.model import Actor, WorkspaceActor
from liulian.base.errors import AppError
from liulian.base.secrets import sign
from liulian.safety.budget import caller_part
from liulian.storage.database import Transaction
from liulian.storage.limits import Claim
from liulian.web.parts import parts_of
from liulian.web.place import caller_address

LINK, REPORT = "link", "report"  # Kinds in the database.
REPORTS_PER_HOUR = 10


class AnonymousLinksOff(AppError):
    """This installation makes links only for callers with a key."""

    status, code = 403, "anonymous_links_off"


class TooManyLinks(AppError):
    """A stranger made as many links as an hour may have."""

    status, code = 429, "too_many_links"


class TooManyReports(AppError):
    """Somebody reported as often as an hour may have."""

    status, code = 429, "too_many_reports"


def caller_of(request: Request) -> bytes:
    """Return what stands for the caller in the database: the same for one address, or one IPv6 network."""
    return sign(parts_of(request).site.caller_key, caller_part(caller_address(request))).encode()


async def claim_link(request: Request, tx: Transaction, actor: Actor) -> None:
    """Count one link of a stranger; it is undone with the transaction. Raises AnonymousLinksOff or TooManyLinks."""
    claim = await claim_links(request, tx, actor, wished=1)
    if claim.granted < 1:
        raise too_many_links(request, claim)


async def claim_links(request: Request, tx: Transaction, actor: Actor, *, wished: int) -> Claim:
    """Count up to `wished` links of a stranger, as far as there is room. Raises AnonymousLinksOff."""
    strangers = parts_of(request).strangers
    if isinstance(actor, WorkspaceActor):
        return Claim(granted=wished)
    if not strangers.may_make_links:
        raise AnonymousLinksOff
    if strangers.links_per_hour is None:
        return Claim(granted=wished)
    return await tx.limits.claim(
        LINK, caller_of(request), wished=wished, per_hour=strangers.links_per_hour, now=parts_of(request).clock()
    )


async def links_left(request: Request, actor: Actor) -> int | None:
    """Return how many links a stranger may make now, None for as many as they like. Claims none of them."""
    parts = parts_of(request)
    if isinstance(actor, WorkspaceActor) or parts.strangers.links_per_hour is None:
        return None
    if not parts.strangers.may_make_links:
        return 0
    async with parts.database.read() as tx:
        return await tx.limits.find_room(
            LINK, caller_of(request), per_hour=parts.strangers.links_per_hour, now=parts.clock()
        )


async def give_back_links(request: Request, tx: Transaction, actor: Actor, *, number: int) -> None:
    """Undo a part of a claim made in this transaction: those links did not come about."""
    if not isinstance(actor, WorkspaceActor) and parts_of(request).strangers.links_per_hour is not None:
        await tx.limits.give_back(LINK, caller_of(request), number=number, now=parts_of(request).clock())


def too_many_links(request: Request, claim: Claim) -> TooManyLinks:
    """Return the refusal of what a claim did not grant."""
    wait_s = max(1, claim.retry_after_s)
    per_hour = parts_of(request).strangers.links_per_hour or 0
    return TooManyLinks(retry_after_s=wait_s, max=per_hour, minutes=-(-wait_s // 60))


async def claim_report(request: Request, tx: Transaction) -> None:
    """Count one report. Raises TooManyReports."""
    claim = await tx.limits.claim(
        REPORT, caller_of(request), wished=1, per_hour=REPORTS_PER_HOUR, now=parts_of(request).clock()
    )
    if claim.granted < 1:
        raise TooManyReports(retry_after_s=claim.retry_after_s)
