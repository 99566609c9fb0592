"""Ask one foreign address where it leads, from a server that can reach more than strangers may.

Every address is looked at when the connection is made, whatever name or redirect led to it; what must not be reached
fails like what does not answer. No cookies, no credentials, no proxy, nothing decompressed, everything bounded.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult

from liulian.base.urls import is_reachable
from liulian.screening.names import Address, Resolve, SystemResolver

PORTS = frozenset({80, 443, 8080, 8443})  # Where the web is. Anything else would make a port scanner of us.
PAGE_BYTES_MAX = 64 * 1024  # Of each page, to see whether it refreshes to elsewhere: ten pages stay below 1 MB.
PAGE_S = 1.5
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Liulian link expander)",
    "Accept": "text/html,*/*;q=0.1",
    "Accept-Encoding": "identity",
}
_META = re.compile(rb"<meta\b[^>]{0,2000}>", re.IGNORECASE)
_IS_REFRESH = re.compile(rb"""http-equiv\s*=\s*["']?\s*refresh\b""", re.IGNORECASE)
_REFRESH_URL = re.compile(rb"""content\s*=\s*["']?\s*\d+\s*[;,]\s*url\s*=\s*["']?([^"'>\s]+)""", re.IGNORECASE)


class Unreachable(Exception):
    """There was no answer: no such name, nobody there, not allowed to go there, nonsense. Which of them is not said."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer of one address. `leads_to` is a raw reference, None where it leads no further."""

    status: int
    leads_to: str | None = None


class Fetcher:
    """What may be reached, and how names become addresses. One per process."""

    def __init__(
        self,
        *,
        resolve: Resolve | None = None,
        allows: Callable[[Address], bool] = is_reachable,
        ports: Collection[int] = PORTS,
        page_s: float = PAGE_S,
    ) -> None:
        self._resolve = resolve or SystemResolver()
        self._allows = allows
        self._ports = ports
        self._page_s = page_s

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Fetching"]:
        """Open what one expansion needs; nothing of it is left for the next."""
        connector = aiohttp.TCPConnector(
            resolver=_Resolver(self._resolve), use_dns_cache=False, force_close=True, socket_factory=self._socket
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            auto_decompress=False,
            trust_env=False,
            read_bufsize=PAGE_BYTES_MAX // 2,
        )
        async with session:
            yield Fetching(session, page_s=self._page_s)

    def _socket(self, info: Any) -> socket.socket:
        """Return a socket for an address about to be connected to. Raises OSError for one that must not be."""
        family, kind, protocol, _, (host, port, *_) = info
        if port not in self._ports or not self._allows(ip_address(host.partition("%")[0])):
            raise OSError("not an address we go to")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)  # noqa: FBT003
        return made


class Fetching:
    """The requests of one expansion."""

    def __init__(self, session: aiohttp.ClientSession, *, page_s: float) -> None:
        self._session = session
        self._page_s = page_s

    async def get(self, url: str) -> Fetched:
        """Return what an address in normal form answers. Raises Unreachable."""
        try:
            async with self._session.get(yarl.URL(url, encoded=True), allow_redirects=False) as response:
                try:
                    return await _read(response, page_s=self._page_s)
                finally:
                    response.close()  # Whatever else it wants to send.
        except (aiohttp.ClientError, OSError, ValueError, asyncio.IncompleteReadError):
            raise Unreachable from None

    async def read(self, url: str, *, bytes_max: int) -> bytes | None:
        """Return the beginning of what an address answers with 200; None for another status. Raises Unreachable."""
        try:
            async with self._session.get(yarl.URL(url, encoded=True), allow_redirects=False) as response:
                try:
                    if response.status != HTTPStatus.OK:
                        return None
                    return await _beginning(response, bytes_max=bytes_max)
                finally:
                    response.close()
        except (aiohttp.ClientError, OSError, ValueError, asyncio.IncompleteReadError):
            raise Unreachable from None


async def _beginning(response: aiohttp.ClientResponse, *, bytes_max: int) -> bytes:
    read = bytearray()
    while len(read) < bytes_max and (piece := await response.content.read(bytes_max - len(read))):
        read += piece
    return bytes(read)


async def _read(response: aiohttp.ClientResponse, *, page_s: float) -> Fetched:
    location = response.headers.get("Location")
    if response.status in REDIRECTS and location:
        return Fetched(response.status, location)
    is_page = response.content_type == "text/html" and "Content-Encoding" not in response.headers
    if not is_page or response.status != HTTPStatus.OK:
        return Fetched(response.status)
    return Fetched(response.status, await _refresh(response, page_s=page_s))


async def _refresh(response: aiohttp.ClientResponse, *, page_s: float) -> str | None:
    """Return where the beginning of a page sends its reader by `<meta http-equiv=refresh>`."""
    page = bytearray()
    try:
        async with asyncio.timeout(page_s):
            while len(page) < PAGE_BYTES_MAX and (piece := await response.content.read(PAGE_BYTES_MAX - len(page))):
                page += piece
    except (TimeoutError, aiohttp.ClientError):
        pass  # What has come is enough to look at.
    for meta in _META.findall(page):
        if _IS_REFRESH.search(meta) and (found := _REFRESH_URL.search(meta)):
            return unescape(found[1].decode("utf-8", "replace"))
    return None


class _Resolver(AbstractResolver):
    """Our lookups in the shape of aiohttp's."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=0,
            )
            for address in await self._resolve(host)
            if family in (socket.AF_UNSPEC, socket.AF_INET if address.version == 4 else socket.AF_INET6)
        ]

    async def close(self) -> None:
        """Nothing is held."""
