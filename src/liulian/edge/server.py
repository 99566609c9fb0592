"""THE WAY OF ONE CLICK begins here: bytes arrive, and the answer of a known link leaves, with no await in between.

uvicorn lets an application bring its own protocol. This one looks at the bytes of a new request. When they are exactly
one strict GET of a link it knows, it writes the click to the spool and the redirect to the wire. Anything else, any
doubt at all, goes unread to the full side (`full.py`), which gives the connection back when it has answered.
"""

import asyncio
from typing import Any

from liulian.base.meters import Meter
from liulian.clicks.outcome import Outcome
from liulian.edge.compile import Route
from liulian.edge.full import FullSide
from liulian.edge.head import HEAD_BYTES_MAX, accept_language, forwarded_proto, strict_head
from liulian.edge.lane import Lane, packed_address
from liulian.edge.pages import language_of
from liulian.links.decide import REDIRECT, Answer
from liulian.visitors.model import VisitorClass
from liulian.visitors.recognise import visitor_class_of

_REDIRECT = int(Outcome.REDIRECT)
_OPEN = int(Outcome.OPEN)
_PAGES = int(Meter.PAGES)
_TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class FastLane(asyncio.Protocol):
    """One connection between requests, or one whose requests are all clicks. Light: 10,000 idle ones cost 12 MB."""

    __slots__ = ("_lane", "_peer", "_transport", "deadline")

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        lane = self._lane
        self._transport = transport
        self._peer = packed_address(transport.get_extra_info("peername"))
        self.deadline = lane.now + lane.limits.head_s
        lane.connections.add(self)
        if len(lane.connections) > lane.limits.connections_max:
            lane.counts[Meter.REFUSED] += 1
            self._transport.write(_TOO_MANY)
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        match = strict_head(data)
        if match is None or len(data) > HEAD_BYTES_MAX:
            self._hand_over(data)
            return
        path, opened, agent_before, close_before, host, agent, close = match.groups()
        lane = self._lane
        paths = lane.paths_of_host.get(host) or lane.paths_for(host)
        route = paths.get(path) if paths else None
        if route is None:
            self._hand_over(data)
            return
        route.used = True
        visitor = visitor_class_of(agent if agent is not None else agent_before or b"")
        if route.ruled is not None or lane.now_us >= route.expires_us:
            answer = route.answer(visitor, goes_on=opened is not None, now_us=lane.now_us)
            if answer is not REDIRECT:
                closes = close is not None or close_before is not None
                self._answer_page(answer, route, visitor, head=data, path=path, host=host, closes=closes)
                return
        lane.append(route.link_id, route.workspace_id, visitor.code, _OPEN if opened else _REDIRECT, self._peer, data)
        if close or close_before:
            self._transport.write(lane.head_close + route.tail)
            self._transport.close()
            return
        self._transport.write(lane.head + route.tail)
        self.deadline = lane.now + lane.limits.keep_alive_s

    def _answer_page(
        self,
        answer: Answer,
        route: Route,
        visitor: VisitorClass,
        *,
        head: bytes,
        path: bytes,
        host: bytes,
        closes: bool,
    ) -> None:
        """Show a page in place of the redirect."""
        lane, pages = self._lane, self._lane.pages
        proto = forwarded_proto(head) if pages.heeds_proxies else b""
        origin = pages.origin(host, forwarded_proto=proto, peer=self._peer)
        language = language_of(accept_language(head))
        page = pages.page(answer, route, visitor, path=path, host=host, language=language, origin=origin)
        lane.append(route.link_id, route.workspace_id, visitor.code, page.outcome, self._peer, head)
        lane.counts[_PAGES] += 1
        heads = lane.page_heads_close if closes else lane.page_heads
        self._transport.write(b"".join((heads[page.status], page.length_line, *page.parts)))
        if closes:
            self._transport.close()
        self.deadline = lane.now + lane.limits.keep_alive_s

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's shape.
        self._lane.connections.discard(self)

    def eof_received(self) -> None:
        """The visitor sends nothing more; the transport closes."""

    def pause_writing(self) -> None:
        """Stop reading from somebody who does not read: else their answers pile up in our memory."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._transport.resume_reading()

    def shutdown(self) -> None:
        """The server stops: nothing is in progress here."""
        self._transport.close()

    def expire(self) -> None:
        """Nothing came for too long, or nothing was fetched: then closing would wait for ever."""
        self._lane.counts[Meter.EXPIRED] += 1
        if self._transport.get_write_buffer_size():
            self._transport.abort()
        else:
            self._transport.close()

    def take_back(self) -> None:
        """The full side has answered and nothing is in progress: wait for the next request here."""
        lane = self._lane
        self.deadline = lane.now + lane.limits.keep_alive_s
        lane.connections.add(self)
        self._transport.set_protocol(self)

    def _hand_over(self, data: bytes) -> None:
        lane = self._lane
        lane.connections.discard(self)
        lane.counts[Meter.HANDED_OVER] += 1
        full = FullSide(lane=lane, light=self, **(lane.full_arguments or {}))
        full.connection_made(self._transport)
        self._transport.set_protocol(full)
        full.data_received(data)
