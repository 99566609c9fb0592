"""Judge a destination before a link leads to it: feeds, the DNS, known shorteners, lookalikes. In this order.

Depends on the destination, and on whether a stranger asks or a member; on nothing else, and on nobody in particular.
"""

from liulian.base.urls import host_of
from liulian.screening.feeds import Feeds
from liulian.screening.hosts import is_shortener
from liulian.screening.lookalike import is_lookalike
from liulian.screening.names import Names, Reach
from liulian.screening.verdict import Flag, Refusal, Verdict


class Screen:
    """One per process. Implements `links.store.DestinationScreen`."""

    def __init__(self, *, feeds: Feeds, names: Names) -> None:
        self.feeds = feeds
        self._names = names

    async def check(self, url: str, *, stranger: bool) -> Verdict:
        """Return the verdict on a destination in normal form."""
        await self.feeds.keep_fresh()
        host = host_of(url)
        listed = self.feeds.is_listed(host, url)
        if listed is not None:
            return Verdict(refused=Refusal.LISTED, listed=listed)
        reach = await self._names.reach_of(host)
        if reach is Reach.PRIVATE:
            return Verdict(refused=Refusal.PRIVATE)
        hides = is_shortener(host)
        if hides and stranger:
            return Verdict(refused=Refusal.SHORTENER)
        noticed = {
            Flag.SHORTENER: hides,
            Flag.LOOKALIKE: is_lookalike(host),
            Flag.UNRESOLVED: reach is Reach.UNRESOLVED,
            Flag.UNKNOWN: not self.feeds.is_whole,
        }
        return Verdict(flags=tuple(flag.value for flag, is_so in noticed.items() if is_so))
