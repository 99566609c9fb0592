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
        if stranger and is_shortener(host):
            return Verdict(refused=Refusal.SHORTENER)
        doubts = {Flag.UNRESOLVED: reach is Reach.UNRESOLVED, Flag.UNKNOWN: not self.feeds.is_whole}
        return Verdict(flags=seen_in(host) + _raised(doubts))


def seen_in(host: str) -> tuple[str, ...]:
    """Return the flags that a host shows by its name alone: nobody is asked."""
    return _raised({Flag.SHORTENER: is_shortener(host), Flag.LOOKALIKE: is_lookalike(host)})


def _raised(flags: dict[Flag, bool]) -> tuple[str, ...]:
    return tuple(flag.value for flag, is_so in flags.items() if is_so)
