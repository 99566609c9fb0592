"""Both lanes side by side, in one process, over transports made of memory: the judge of the differential fuzz test.

A head goes through the fast lane and, separately, through the full side with the slow lane behind it. Either the fast
lane stood aside, or both said the same: one answer, status, location, whether the connection goes on, and what was
recorded.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from liulian.base.ids import DomainId, LinkId
from liulian.base.meters import Meters
from liulian.edge.full import FullSide
from liulian.edge.lane import Lane, Limits
from liulian.edge.pages import LinkPages
from liulian.edge.routes import Routes
from liulian.edge.server import FastLane
from liulian.links.audience import Audience
from liulian.links.decide import Rules
from liulian.links.domain_model import ServedDomain
from liulian.links.guard import GUARDABLE, Guard, Mode
from liulian.links.model import DEFAULT_DOMAIN, Target
from liulian.links.slugs import slug_path
from liulian.web.by_host import ByHost
from liulian.web.process import nothing_here
from liulian.web.redirect import LinkLane

SLUGS = ("abcdefg", "spring-2026", "A_b-C", "茶饮", "Zz9")
WECHAT_QQ = frozenset({"wechat", "qq"})
RULES = {
    "guided": Rules(guard=Guard(mode=Mode.GUIDE, apps=WECHAT_QQ)),
    "shown": Rules(guard=Guard(mode=Mode.PREVIEW, apps=GUARDABLE)),
    "in-app": Rules(guard=Guard(mode=Mode.APP, apps=GUARDABLE, app_url="weixin://dl/business/?t=abc")),
    "phones": Rules(audience=Audience(forms=frozenset({"mobile"}))),
    "browsers": Rules(audience=Audience(containers=frozenset({"browser"}))),
    "both": Rules(
        guard=Guard(mode=Mode.GUIDE, apps=frozenset({"wechat"})),
        audience=Audience(systems=frozenset({"iOS", "Android"}), containers=frozenset({"wechat", "qq"})),
    ),
    "over": Rules(expires_us=1),
    "not-yet": Rules(expires_us=2**62),
    "down": Rules(taken_down="phishing", expires_us=1),
}
DATE = b"Sun, 22 Nov 2026 08:00:00 GMT"
_ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r]*\r\n((?:[^\r]+\r\n)*)\r\n")


class MemoryTransport(asyncio.Transport):
    """Keeps what is written. Nobody reads from it."""

    def __init__(self) -> None:
        super().__init__(extra={"peername": ("203.0.113.9", 40_000), "sockname": ("127.0.0.1", 8_000)})
        self.sent = bytearray()
        self.protocol: Any = None
        self._closing = False

    def write(self, data: Any) -> None:
        if not self._closing:
            self.sent += data

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True

    abort = close

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Nothing is read anyway."""

    def resume_reading(self) -> None:
        """Nothing is read anyway."""


class _FastLaneAlone(FastLane):
    """Says that it would hand over, and does not."""

    stood_aside = False

    def _hand_over(self, data: bytes) -> None:  # noqa: ARG002 - The method it replaces.
        self.stood_aside = True


@dataclass(slots=True)
class MemorySpool:
    """Keeps what is recorded."""

    records: list[tuple[int, int, int, int, bytes]] = field(default_factory=list)

    def append(
        self, link_id: int, workspace_id: int, visitor_class: int, outcome: int, address: bytes, head: bytes
    ) -> bool:
        del head  # Rebuilt by the slow lane: the same headers in another dress.
        self.records.append((link_id, workspace_id, visitor_class, outcome, address))
        return True


class NoLinks:
    """A store that knows nothing beyond what is in memory."""

    async def find(self, *, domain_id: DomainId, slug: str) -> Target | None:  # noqa: ARG002 - The store's shape.
        return None


class NoDomains:
    """A store of domains that has none beyond what the lane was given."""

    async def served(self) -> list[ServedDomain]:
        return []

    async def file(self, domain_id: DomainId, name: str) -> bytes | None:  # noqa: ARG002 - The store's shape.
        return None

    async def claim(self, host: str) -> str | None:  # noqa: ARG002 - The store's shape.
        return None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one lane did with one head. `answers`: status and location of each, and its headers and body in full;
    `records`: what was written.
    """

    answers: list[tuple[int, bytes | None]]
    wholes: list[tuple[frozenset[bytes], bytes]]
    closes: bool
    records: list[tuple[int, int, int, int, bytes]]


class Judge:
    """Runs heads through both lanes. Use within one running event loop. `pages` None: those of a site without settings.

    `rules` are the links that have some, by slug. All visitors come from 203.0.113.9.
    """

    def __init__(self, *, pages: LinkPages | None = None, rules: Mapping[str, Rules] = RULES) -> None:
        meters = Meters.unshared()
        routes = Routes(routes_max=1_000, meters=meters)
        targets = [
            Target(
                link_id=LinkId(number),
                workspace_id=number % 2,
                domain_id=DEFAULT_DOMAIN,
                path=slug_path(slug),
                destination=f"https://example.com/{number}?a=b#c",
            )
            for number, slug in enumerate(SLUGS, 1)
        ]
        targets += [
            Target(
                link_id=LinkId(number),
                workspace_id=1,
                domain_id=DEFAULT_DOMAIN,
                path=slug_path(slug),
                destination=f"https://shop.example.com/{slug}?x=<y>",
                rules=ruled,
            )
            for number, (slug, ruled) in enumerate(rules.items(), 100)
        ]
        routes.start_warming()
        routes.warm(targets)
        routes.end_warming()
        self._spool = MemorySpool()
        spool: Any = self._spool
        self.lane = Lane(routes=routes, spool=spool, meters=meters, limits=Limits(), base_host=None, pages=pages)
        self.lane.tick(DATE)
        self._state = ServerState()
        self._state.default_headers = [(b"date", DATE)]
        links: Any = LinkLane(nothing_here, lane=self.lane, source=NoLinks())
        application: Any = ByHost(links, lane=self.lane, domains=NoDomains())
        config = uvicorn.Config(application, log_config=None, lifespan="off", ws="none", access_log=False)
        config.load()
        self._arguments = self.lane.full_arguments = {"config": config, "server_state": self._state, "app_state": {}}

    def connect(self) -> "Connection":
        """Return a connection as a visitor has it, with both lanes behind it."""
        return Connection(FastLane(self.lane), self._state)

    def fast(self, head: bytes) -> Verdict | None:
        """Return what the fast lane answered by itself; None when it stood aside."""
        transport = MemoryTransport()
        protocol = _FastLaneAlone(self.lane)
        protocol.connection_made(transport)
        protocol.data_received(head)
        protocol.connection_lost(None)
        return None if protocol.stood_aside else self._verdict(transport)

    async def full(self, head: bytes) -> Verdict:
        """Return what the full side and the slow lane answered."""
        transport = MemoryTransport()
        light = FastLane(self.lane)
        light.connection_made(transport)
        self.lane.connections.discard(light)
        protocol = FullSide(lane=self.lane, light=light, **self._arguments)
        protocol.connection_made(transport)
        protocol.data_received(head)
        while self._state.tasks:
            await asyncio.gather(*self._state.tasks)
        (transport.protocol or protocol).connection_lost(None)
        return self._verdict(transport)

    def _verdict(self, transport: MemoryTransport) -> Verdict:
        records, self._spool.records = self._spool.records, []
        found = list(_answers(bytes(transport.sent)))
        answers = [(status, _header(headers, b"location")) for status, headers, _ in found]
        wholes = [(frozenset(headers.lower().split(b"\r\n")), body) for _, headers, body in found]
        return Verdict(answers, wholes, transport.is_closing(), records)


class Connection:
    """A visitor's side of one connection."""

    def __init__(self, light: FastLane, state: ServerState) -> None:
        self._state = state
        self.transport = MemoryTransport()
        self.transport.protocol = light
        light.connection_made(self.transport)

    @property
    def protocol(self) -> Any:
        """Whoever has the connection at this moment."""
        return self.transport.protocol

    def send(self, data: bytes) -> None:
        """Send bytes; answers that need the application come later."""
        self.protocol.data_received(data)

    async def answers(self) -> list[int]:
        """Wait for the application and return the status of every answer so far."""
        while self._state.tasks:
            await asyncio.gather(*self._state.tasks)
        return [status for status, _, _ in _answers(bytes(self.transport.sent))]


def _answers(sent: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Cut what was sent into answers: status, headers, body."""
    at = 0
    while match := _ANSWER.match(sent, at):
        length = int(_header(match[2], b"content-length") or 0)
        # An answer to HEAD names the length of a body that it does not have; the next answer begins at once.
        has_body = not sent.startswith(b"HTTP/1.1 ", match.end()) and len(sent) > match.end()
        at = match.end() + (length if has_body else 0)
        yield int(match[1]), match[2], sent[match.end() : at]


def _header(headers: bytes, wanted: bytes) -> bytes | None:
    for line in headers.split(b"\r\n"):
        name, _, value = line.partition(b": ")
        if name.lower() == wanted:
            return value
    return None
