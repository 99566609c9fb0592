"""Ask the DNS whether a destination's host is a public one: in 300 milliseconds at most, and remembered for a while.

Nothing is fetched. A host that has a public address now may have a private one tomorrow: whoever connects checks again.
"""

import asyncio
import contextlib
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from threading import BoundedSemaphore, Thread
from time import monotonic

from liulian.base.urls import is_reachable

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Awaitable[list[Address]]]

ANSWER_S = 0.3  # A person waits for the short link meanwhile.
KEPT_S, UNRESOLVED_KEPT_S = 300.0, 30.0
HOSTS_MAX = 20_000  # About 4 MB.
LOOKUPS_MAX = 64  # Threads. Those that wait for a dead server end by themselves after some seconds.

# Benchmark networks, which some proxies give out for every name there is: such an answer says nothing about the host.
_MEANINGLESS = IPv4Network("198.18.0.0/15")


class Reach(Enum):
    """What the addresses of a host say."""

    PUBLIC = "public"
    PRIVATE = "private"
    UNRESOLVED = "unresolved"


class Names:
    """Answers, remembered. Belongs to one event loop. `resolve` raises OSError for a name that has no address."""

    def __init__(self, *, resolve: Resolve | None = None, clock: Callable[[], float] = monotonic) -> None:
        self._resolve = resolve or SystemResolver()
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Reach]] = OrderedDict()

    async def reach_of(self, host: str) -> Reach:
        """Return what is known of a host (normal form), asking the DNS when it is nothing."""
        until_s, reach = self._known.get(host, (0.0, Reach.UNRESOLVED))
        if self._clock() < until_s:
            return reach
        reach = await self._ask(host)
        kept_s = UNRESOLVED_KEPT_S if reach is Reach.UNRESOLVED else KEPT_S
        self._known[host] = (self._clock() + kept_s, reach)
        if len(self._known) > HOSTS_MAX:
            self._known.popitem(last=False)
        return reach

    async def _ask(self, host: str) -> Reach:
        with contextlib.suppress(ValueError):
            return Reach.PUBLIC if is_reachable(ip_address(host.strip("[]"))) else Reach.PRIVATE
        try:
            async with asyncio.timeout(ANSWER_S):
                addresses = await self._resolve(host)
        except (OSError, TimeoutError, UnicodeError):
            return Reach.UNRESOLVED
        telling = [address for address in addresses if address.version == 6 or address not in _MEANINGLESS]
        if not telling:
            return Reach.UNRESOLVED
        # One private address among public ones is enough: a browser tries them all, and settles on any.
        return Reach.PUBLIC if all(is_reachable(address) for address in telling) else Reach.PRIVATE


class SystemResolver:
    """The resolver of this machine, in threads that nobody waits for: neither a caller who gave up nor a shutdown."""

    def __init__(self) -> None:
        self._free = BoundedSemaphore(LOOKUPS_MAX)

    async def __call__(self, host: str) -> list[Address]:
        if not self._free.acquire(blocking=False):
            raise OSError("too many lookups at once")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Address]] = loop.create_future()
        Thread(target=self._look_up, args=(host, loop, answer), daemon=True).start()
        return await answer

    def _look_up(self, host: str, loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[list[Address]]") -> None:
        found: list[Address] | OSError
        try:
            rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            found = [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
        except (OSError, UnicodeError) as problem:
            found = OSError(str(problem))
        finally:
            self._free.release()
        with contextlib.suppress(RuntimeError):  # The loop is closed: nobody is there to hear it.
            loop.call_soon_threadsafe(_tell, answer, found)


def _tell(answer: "asyncio.Future[list[Address]]", found: list[Address] | OSError) -> None:
    if answer.done():
        return
    if isinstance(found, OSError):
        answer.set_exception(found)
    else:
        answer.set_result(found)
