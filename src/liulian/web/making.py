"""What requests need to make or change links: their wishes checked and screened, and the workshop of a transaction.

The API and the home page's form share it, so that both follow the same rules.
"""

from collections.abc import Sequence

from fastapi import Request

from liulian.accounts.model import Actor
from liulian.base.errors import AppError
from liulian.links.check import CheckedChange
from liulian.links.model import Link, LinkChange, LinkDraft
from liulian.links.screened import check_drafts, check_wish
from liulian.links.service import Workshop, create_link, create_links
from liulian.storage.database import Transaction
from liulian.storage.limits import Claim
from liulian.storage.workshop import workshop_in
from liulian.web.parts import parts_of
from liulian.web.place import Place, place_of
from liulian.web.strangers import claim_link, claim_links, give_back_links, links_left, too_many_links


async def checked_drafts(
    request: Request, drafts: Sequence[LinkDraft], actor: Actor, *, place: Place
) -> list[CheckedChange]:
    """Return drafts checked and screened; of a stranger's no more are screened than an hour has room for.

    Names are looked up for it: not to be called inside a transaction.
    """
    left = await links_left(request, actor)
    return await check_drafts(
        drafts, actor, own_hosts=place.own_hosts, screen=parts_of(request).screen, screened_max=left
    )


async def checked_change(
    request: Request, change: LinkChange, actor: Actor, *, old: Link, place: Place
) -> CheckedChange:
    """Return a change of a link checked and screened. Names are looked up for it: never inside a transaction."""
    return await check_wish(change, actor, old=old, own_hosts=place.own_hosts, screen=parts_of(request).screen)


def workshop_of(request: Request, tx: Transaction) -> Workshop:
    """Return what it takes to make or change links in a transaction."""
    parts = parts_of(request)
    return workshop_in(
        tx,
        ids=parts.ids,
        now=parts.clock(),
        strangers_days=parts.strangers.link_days,
        system_hosts=place_of(request).system_hosts,
    )


async def make_link(request: Request, tx: Transaction, wish: CheckedChange, actor: Actor) -> Link:
    """Return the new link. Raises as `create_link` does, and where strangers may not make it, or not so many."""
    await claim_link(request, tx, actor)
    if not wish.is_screened:  # There was no room a moment ago, and now there is.
        raise too_many_links(request, Claim(granted=0))
    return await create_link(wish, actor, workshop=workshop_of(request, tx))


async def make_links(
    request: Request, tx: Transaction, wishes: Sequence[CheckedChange], actor: Actor
) -> list[Link | AppError]:
    """Return, for each wish in order, the new link or why there is none. Only links that come about are counted.

    What was not screened is not made. Raises where strangers may not make links, or none for now.
    """
    proper = sum(not wish.errors for wish in wishes)
    claim = await claim_links(request, tx, actor, wished=proper)
    if proper and not claim.granted:
        raise too_many_links(request, claim)
    left, passes = claim.granted, []
    for wish in wishes:
        passes.append(bool(wish.errors) or (wish.is_screened and left > 0))
        left -= not wish.errors
    tried = [wish for wish, may_pass in zip(wishes, passes, strict=True) if may_pass]
    made = iter(await create_links(tried, actor, workshop=workshop_of(request, tx)))
    results = [next(made) if may_pass else None for may_pass in passes]
    unmade = claim.granted - sum(isinstance(result, Link) for result in results)
    await give_back_links(request, tx, actor, number=unmade)
    refusal = too_many_links(request, claim if not unmade else Claim(granted=0))
    return [refusal if result is None else result for result in results]
