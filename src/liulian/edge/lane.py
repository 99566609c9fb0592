"""What all connections of one web process share: the table of links, the spool, the counters, the second's date.

The protocols in `server.py` and `full.py` hold one reference to a Lane and no state of their own but their
connection's.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from liulian.base.clock import micros_now
from liulian.base.ids import DomainId
from liulian.base.meters import Meters
from liulian.clicks.spool_writer import SpoolWriter
from liulian.edge.compile import redirect_head
from liulian.edge.hosts import Hosts
from liulian.edge.pages import LinkPages, page_heads
from liulian.edge.routes import Paths, Routes
from liulian.links.domain_model import ServedDomain

HOSTS_MAX = 4_096  # Spellings of Host headers remembered; anybody can send new ones.
HOST_BYTES_MAX = 261  # A name of 253 letters, a final dot, a port and brackets; longer ones must not fill the memory.
FOR_EVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a connection may cost. Seconds, and connections per web process."""

    head_s: float = 10.0
    keep_alive_s: float = 15.0
    body_s: float = 120.0
    connections_max: int = 20_000


class Lane:
    """Shared by all connections of one process; belongs to the event loop's thread."""

    def __init__(
        self,
        *,
        routes: Routes,
        spool: SpoolWriter,
        meters: Meters,
        limits: Limits,
        base_host: str | None,
        pages: LinkPages | None = None,
    ) -> None:
        self.routes = routes
        self.spool = spool
        self.append = spool.append
        self.meters = meters
        self.counts = meters.counts
        self.limits = limits
        self.pages = pages or LinkPages()
        self.hosts = self.pages.hosts = Hosts(base_host=base_host, imprint=self.pages.imprint)
        self.paths_of_host: dict[bytes, Paths] = {}
        self.connections: set[Any] = set()  # uvicorn's own set, once the first connection has come.
        self.full_arguments: dict[str, Any] | None = None  # What uvicorn gives to the protocol of a connection.
        self.now = monotonic()
        self.now_us = micros_now()  # When links expire: the same moment in both lanes, a second at most behind.
        self.head = self.head_close = b""
        self.page_heads = self.page_heads_close = page_heads(b"", close=False)
        self.date = b""

    def tick(self, date: bytes) -> None:
        """Once a second: the date of all answers, the coarse time of all connections, the end of slow ones."""
        self.now = monotonic()
        self.now_us = micros_now()
        if date != self.date:
            self.date = date
            self.head = redirect_head(date, close=False)
            self.head_close = redirect_head(date, close=True)
            self.page_heads = page_heads(date, close=False)
            self.page_heads_close = page_heads(date, close=True)
            self._tell_date()
        for connection in [each for each in self.connections if each.deadline <= self.now]:
            connection.expire()

    def adopt(self, uvicorn_arguments: dict[str, Any]) -> None:
        """Take note of what uvicorn gives to every connection's protocol: once, with the first connection."""
        self.full_arguments = uvicorn_arguments
        self.connections = uvicorn_arguments["server_state"].connections
        self._tell_date()

    def _tell_date(self) -> None:
        """Let the full side's answers carry the same date as ours: uvicorn's own clock ticks when it likes."""
        if self.full_arguments is not None:
            headers = [(b"date", self.date)]
            self.full_arguments["config"].encoded_headers = headers
            self.full_arguments["server_state"].default_headers = headers

    def paths_for(self, host: bytes) -> Paths | None:
        """Return the links of the domain that a Host header means, and remember the spelling."""
        domain_id = self.domain_of(host)
        if domain_id is None:
            return None
        paths = self.routes.paths(domain_id)
        if len(host) <= HOST_BYTES_MAX:
            if len(self.paths_of_host) >= HOSTS_MAX:
                self.paths_of_host.clear()
            self.paths_of_host[host] = paths
        return paths

    def domain_of(self, host: bytes) -> DomainId | None:
        """Return the domain that a Host header means; None when it is none of ours."""
        return self.hosts.domain_of(host)

    def take_domains(self, domains: Iterable[ServedDomain]) -> None:
        """Serve these domains from now on. What was compiled or remembered by host is old."""
        self.hosts.take(domains)
        self.paths_of_host.clear()
        self.pages.forget()


def packed_address(peer: object) -> bytes:
    """Return a peer name's address as 4 or 16 bytes; none for a Unix socket."""
    if not isinstance(peer, tuple):
        return b""
    text = str(peer[0]).partition("%")[0]
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    try:
        return socket.inet_pton(family, text)
    except OSError:
        return b""
