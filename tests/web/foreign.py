"""A foreign web for tests: real sockets on loopback addresses, of which one counts as public, and a DNS of our own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

from liulian.safety.expand import Expander
from liulian.safety.fetch import Fetcher
from liulian.screening.feeds import Feeds
from liulian.screening.names import Address, Names
from liulian.screening.screen import Screen

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.1"
NAMES = {
    "short.abroad.net": [PUBLIC],
    "shop.abroad.net": [PUBLIC],
    "inner.abroad.net": [PRIVATE],
    "both.abroad.net": [PRIVATE, PUBLIC],
    "metadata.abroad.net": ["169.254.169.254"],
    "six.abroad.net": ["::1"],
    "mapped.abroad.net": ["::ffff:127.0.0.1"],
    "zero.abroad.net": ["0.0.0.0"],
}


async def resolve(host: str) -> list[Address]:
    """The names of the foreign web."""
    if host not in NAMES:
        raise OSError(host)
    return [ip_address(text) for text in NAMES[host]]


async def public_names(host: str) -> list[Address]:
    """What screening is told of them."""
    return [ip_address("203.0.114.9")]


class ForeignWeb:
    """Answers by path on the public address; on the private one it only notes that somebody came."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: dict[str, bytes] = {}
        self.endless: dict[str, tuple[bytes, bytes]] = {}
        self.heads: list[bytes] = []
        self.trapped: list[bytes] = []

    def url(self, path: str, *, host: str = "short.abroad.net") -> str:
        return f"http://{host}:{self.port}{path}"

    def redirect(self, path: str, location: str, *, status: int = 302) -> None:
        self.answers[path] = f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\n\r\n".encode()

    def page(self, path: str, body: bytes, *, headers: str = "") -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        self.answers[path] = head.encode() + body

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        path = head.split(b" ", 2)[1].decode()
        try:
            writer.write(self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
            if path in self.endless:
                first, again = self.endless[path]
                writer.write(first)
                while again:
                    writer.write(again)
                    await writer.drain()
                await reader.read()  # Until the other side gives up.
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def trap(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.trapped.append(await reader.read(10))
        writer.close()


@asynccontextmanager
async def foreign_web() -> AsyncIterator[ForeignWeb]:
    """Serve the foreign web on one port of both addresses."""
    web = ForeignWeb()
    public = await asyncio.start_server(web.answer, PUBLIC, 0)
    web.port = public.sockets[0].getsockname()[1]
    private = await asyncio.start_server(web.trap, PRIVATE, web.port)
    try:
        yield web
    finally:
        for server in (public, private):
            server.close()


def an_expander(
    web: ForeignWeb,
    feeds: Path,
    *,
    whole_s: float = 5.0,
    allows: Callable[[Address], bool] = lambda address: str(address) == PUBLIC,
) -> Expander:
    """Return an expander that may reach the public part of the foreign web."""
    fetcher = Fetcher(resolve=resolve, allows=allows, ports={web.port}, page_s=0.1)
    found = Feeds(feeds)
    found.refresh()
    return Expander(fetcher=fetcher, screen=Screen(feeds=found, names=Names(resolve=public_names)), whole_s=whole_s)
