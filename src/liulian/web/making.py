"""What requests need to make or change links: their wishes checked and screened, and the workshop of a transaction.

The API and the home page's form share it, so that both follow the same rules.
"""

from collections.abc import Sequence

from fastapi import Request

from liulian.accounts.model import Actor
from liulian.links.check import CheckedChange
from liulian.links.model import LinkChange, LinkDraft
from liulian.links.screened import check_drafts, check_wish
from liulian.links.service import Workshop
from liulian.storage.database import Transaction
from liulian.web.parts import parts_of
from liulian.web.place import Place


async def checked_drafts(
    request: Request, drafts: Sequence[LinkDraft], actor: Actor, *, place: Place
) -> list[CheckedChange]:
    """Return drafts checked and screened. Names are looked up for it: not to be called inside a transaction."""
    return await check_drafts(drafts, actor, own_hosts=place.own_hosts, screen=parts_of(request).screen)


async def checked_change(request: Request, change: LinkChange, actor: Actor, *, place: Place) -> CheckedChange:
    """Return a change checked and screened. Names are looked up for it: not to be called inside a transaction."""
    return await check_wish(change, actor, own_hosts=place.own_hosts, screen=parts_of(request).screen)


def workshop_of(request: Request, tx: Transaction) -> Workshop:
    """Return what it takes to make links in a transaction."""
    parts = parts_of(request)
    return Workshop(store=tx.links, ids=parts.ids, now=parts.clock(), strangers_days=parts.strangers.link_days)
