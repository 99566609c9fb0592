"""Follow a short link of any service to its end, hop by hop, and say what screening thinks of it (短链还原).

Our own links are read, not requested: expanding one is no click. What one hop answers decides the next; nothing of a
page is kept. Private and dead addresses end in the same words.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from ada_url import URL

from liulian.base.errors import FieldError, FieldRefused, InvalidRequest, Unavailable
from liulian.base.urls import host_of, parse_destination
from liulian.safety.budget import MissBudget
from liulian.safety.fetch import Fetched, Fetcher, Fetching, Unreachable
from liulian.screening.screen import Screen, seen_in
from liulian.screening.verdict import Listing

HOPS_MAX = 10
WHOLE_S = 5.0
AT_ONCE = 16  # Per process. Each may hold a connection for five seconds.
TEXT_LENGTH_MAX = 10_000
EXPANSIONS_MAX, WINDOW_S = 30, 600.0  # Per address and process: enough for a person, too few for a scan.
SHOWN_LENGTH_MAX = 2000
USUAL_PORTS = {"http:": 80, "https:": 443}

_URL_IN_TEXT = re.compile(r"https?://[^\s<>\"'，。；！？、）】》」』]+", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

OwnLink = Callable[[str], Awaitable[Fetched]]


class Ending(StrEnum):
    """How an expansion ended. `unreachable`: no answer, whatever the reason; `other`: an address that is not http."""

    ARRIVED = "arrived"
    UNREACHABLE = "unreachable"
    TOO_MANY_HOPS = "too_many_hops"
    LOOP = "loop"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One address on the way. `status` None: it did not answer, or was not asked."""

    url: str
    host: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """The way of a short link. `flags` are those of the last hop; `listed` names the first hop that a feed knows."""

    hops: tuple[Hop, ...]
    ending: Ending
    flags: tuple[str, ...] = ()
    listed: Listing | None = None


@dataclass(frozen=True, slots=True)
class _Own:
    """Where our own links are, and how to read one."""

    hosts: Collection[str]
    ports: Collection[int]
    link: OwnLink

    def is_at(self, url: str) -> bool:
        """Tell whether an address is ours: its host may then be one that leads nowhere from outside: localhost.

        Another port of the same host is somebody else's, and we would claim to know what is there.
        """
        try:
            parsed = URL(url)
        except ValueError:
            return False
        usual = USUAL_PORTS.get(parsed.protocol)
        if usual is None or int(parsed.port or usual) not in self.ports:
            return False
        return host_of(url).strip("[]") in self.hosts


class Expander:
    """One per process. `budget` is for whoever lets strangers in."""

    def __init__(self, *, fetcher: Fetcher, screen: Screen, whole_s: float = WHOLE_S) -> None:
        self.budget = MissBudget(misses=EXPANSIONS_MAX, window_s=WINDOW_S)
        self._fetcher = fetcher
        self._screen = screen
        self._whole_s = whole_s
        self._running = 0

    async def expand(
        self, typed: str, *, own_hosts: Collection[str], own_ports: Collection[int], own_link: OwnLink
    ) -> Expansion:
        """Return the way from what was typed. Raises InvalidRequest for what is no address, or Unavailable."""
        own = _Own(own_hosts, own_ports, own_link)
        url = _address_in(typed, own=own)
        if self._running >= AT_ONCE:
            raise Unavailable(retry_after_s=2)
        self._running += 1
        try:
            async with self._fetcher.opened() as fetching:
                way = _Way(fetching, own=own)
                ending = await way.follow(url, whole_s=self._whole_s)
        finally:
            self._running -= 1
        return await self._judged(way.hops, ending)

    async def _judged(self, hops: list[Hop], ending: Ending) -> Expansion:
        last = hops[-1]
        if ending is Ending.ARRIVED:
            flags = (await self._screen.check(last.url, stranger=False)).flags
        else:  # The whole check asks the DNS, and its answer on an address that was not reached would tell why.
            flags = seen_in(last.host)
        listings = (self._screen.feeds.is_listed(hop.host, hop.url) for hop in hops)
        listed = next((listing for listing in listings if listing), None)
        return Expansion(hops=tuple(hops), ending=ending, flags=flags, listed=listed)


class _Way:
    """The hops of one expansion, as they are taken."""

    def __init__(self, fetching: Fetching, *, own: _Own) -> None:
        self.hops: list[Hop] = []
        self._fetching = fetching
        self._own = own

    async def follow(self, url: str, *, whole_s: float) -> Ending:
        """Take hops until there is none, and return why."""
        try:
            async with asyncio.timeout(whole_s):
                while (answer := await self._step(url)) is not None:
                    if answer.leads_to is None:
                        return Ending.ARRIVED
                    url = _next_url(answer.leads_to, url)
                return Ending.LOOP if self._has_been_at(url) else Ending.TOO_MANY_HOPS
        except FieldRefused as refused:
            self.hops.append(_hop(url))
            return Ending.OTHER if refused.code == "destination_scheme" else Ending.UNREACHABLE
        except (Unreachable, TimeoutError):
            self.hops.append(_hop(url))
            return Ending.UNREACHABLE

    async def _step(self, url: str) -> Fetched | None:
        """Return the answer of one hop, None where the way must not go on."""
        is_own = self._own.is_at(url)
        url = str(URL(url).href) if is_own else parse_destination(url, own_hosts=())
        if self._has_been_at(url) or len(self.hops) >= HOPS_MAX:
            return None
        answer = await (self._own.link(url) if is_own else self._fetching.get(url))
        self.hops.append(_hop(url, status=answer.status))
        return answer

    def _has_been_at(self, url: str) -> bool:
        return any(hop.url == url for hop in self.hops)


def _hop(url: str, *, status: int | None = None) -> Hop:
    shown = "".join(letter for letter in url[:SHOWN_LENGTH_MAX] if letter.isprintable())
    try:
        return Hop(url=shown, host=host_of(url), status=status)
    except ValueError:
        return Hop(url=shown, host="", status=status)


def _next_url(reference: str, base: str) -> str:
    """Return an absolute address, or the reference itself when it is none: the next step says what becomes of it."""
    try:
        return str(URL(reference, base).href)
    except ValueError:
        return reference


def _address_in(typed: str, *, own: _Own) -> str:
    """Return the address in what was typed: alone, without its scheme, or inside a text that an app made to share."""
    typed = typed[:TEXT_LENGTH_MAX].strip()
    found = _URL_IN_TEXT.search(typed)
    url = found[0] if found else typed if _SCHEME.match(typed) else f"https://{typed}"
    if own.is_at(url):
        return url
    try:
        return parse_destination(url, own_hosts=())
    except FieldRefused as refused:
        if refused.code == "destination_private" and typed:
            return url  # It ends like an address that does not answer.
        raise InvalidRequest(errors=(FieldError("url", "expand_url_invalid"),)) from refused
