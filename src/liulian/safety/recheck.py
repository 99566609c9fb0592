"""Look again at destinations that the DNS did not know when their links were made. Run by the worker now and then.

What turns out to be public, with all that an app is told to open, loses its flag. What turns out to be private is taken
down: it would have been refused, and a name that answers only later is the usual way around that. What is still unknown
stays so, and is left after two days.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from liulian.base.ids import LinkId
from liulian.base.log import logger
from liulian.links.model import Link
from liulian.safety.model import PRIVATE_NETWORK, Doubt
from liulian.screening.names import Names, Reach
from liulian.screening.verdict import Flag

RECHECKED_FOR = timedelta(days=2)  # A new name is known everywhere within a day or two.
LINKS_MAX = 50  # In one go and all at once: a stop has to wait for 300 milliseconds at worst.


class DoubtStore(Protocol):
    """Flagged links of one transaction."""

    async def list_flagged(self, flag: str, *, since: datetime, limit: int) -> list[Doubt]: ...
    async def lower(self, flag: str, *, of: list[LinkId]) -> None: ...


class LinkStore(Protocol):
    """What is asked of the store of links."""

    async def find(self, link_id: LinkId, *, for_update: bool = False) -> Link | None: ...
    async def take_down(self, link: Link, *, reason: str | None, now: datetime) -> None: ...


class Stores(Protocol):
    """The repositories of one transaction."""

    @property
    def doubts(self) -> DoubtStore: ...
    @property
    def links(self) -> LinkStore: ...


Opened = Callable[[], AbstractAsyncContextManager[Stores]]


async def recheck(*, read: Opened, write: Opened, names: Names, now: datetime) -> None:
    """Decide on what can be looked up by now. The DNS is asked between two transactions, never inside one."""
    async with read() as tx:
        doubtful = await tx.doubts.list_flagged(Flag.UNRESOLVED, since=now - RECHECKED_FOR, limit=LINKS_MAX)
    reach_of = await _reaches({host for doubt in doubtful for host in doubt.hosts}, names=names)
    known = {doubt.link_id: doubt for doubt in doubtful if _is_decided([reach_of[host] for host in doubt.hosts])}
    if not known:
        return
    async with write() as tx:
        links = [link for link_id in known if (link := await tx.links.find(link_id, for_update=True)) is not None]
        same = [link for link in links if _leads_as(known[link.id], link)]
        await tx.doubts.lower(Flag.UNRESOLVED, of=[link.id for link in same])
        private = [link for link in same if any(reach_of[host] is Reach.PRIVATE for host in known[link.id].hosts)]
        for link in private:
            await tx.links.take_down(link, reason=PRIVATE_NETWORK, now=now)
    if private:
        logger.warning("private_destinations_taken_down", count=len(private))


async def _reaches(hosts: Iterable[str], *, names: Names) -> dict[str, Reach]:
    asked = list(hosts)
    return dict(zip(asked, await asyncio.gather(*map(names.reach_of, asked)), strict=True))


def _is_decided(reaches: Sequence[Reach]) -> bool:
    """Tell whether enough is known of a link: one private address says all, an unknown one leaves it open."""
    return Reach.PRIVATE in reaches or Reach.UNRESOLVED not in reaches


def _leads_as(doubt: Doubt, link: Link) -> bool:
    return (link.destination, link.guard.app_url) == (doubt.destination, doubt.app_url)
