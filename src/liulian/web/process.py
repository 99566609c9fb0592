"""One web process: the fast lane before uvicorn, the slow lane before the application, and the loops beside them.

It starts whether or not the database is there, and answers every link it knows.
"""

import gc
import resource
import socket
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import uvicorn

from liulian.base.net import TrustedProxies
from liulian.base.signals import hear_stop
from liulian.edge.hosts import DomainSource
from liulian.edge.lane import Lane
from liulian.edge.server import FastLane
from liulian.edge.upkeep import Feed, Store, Watch, upkeep
from liulian.safety.budget import MissBudget
from liulian.web.by_host import ByHost
from liulian.web.redirect import LinkLane
from liulian.web.visit import Application, Receive, Scope, Send

STOP_S = 3  # How long answers in progress may take after SIGTERM.
BACKLOG = 4_096
# How long a thread keeps the interpreter from another. With Python's 5 ms the thread of SQLite waits so long after each
# statement while answers are made, and all writers wait for it.
SWITCH_S = 0.0005


def serve_links(
    application: Application,
    *,
    lane: Lane,
    feed: Feed,
    store: Store,
    domains: DomainSource,
    routes_max: int,
    watches: Sequence[Watch],
    budget: MissBudget,
    proxies: TrustedProxies,
    listener: socket.socket,
) -> None:
    """Answer on `listener` until SIGTERM. Never returns before everything appended to the spool is on disk."""
    _allow_connections(lane.limits.connections_max)
    links = LinkLane(application, lane=lane, source=store, budget=budget, proxies=proxies)
    asgi = _WithUpkeep(
        ByHost(links, lane=lane, domains=domains),
        lane=lane, feed=feed, store=store, domains=domains, routes_max=routes_max, watches=watches,
    )  # fmt: skip
    config = uvicorn.Config(
        asgi,
        http=_protocol_factory(lane),
        loop="uvloop",
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,  # The lane tells it, so that both lanes say the same.
        proxy_headers=False,  # Whom to believe is decided in one place: base/net.py.
        timeout_graceful_shutdown=STOP_S,
        backlog=BACKLOG,
    )
    gc.freeze()
    sys.setswitchinterval(SWITCH_S)
    uvicorn.Server(config).run(sockets=[listener])


def _protocol_factory(lane: Lane) -> Any:
    """Return what uvicorn calls for each new connection, always with the same arguments."""

    def make(**uvicorn_arguments: Any) -> FastLane:
        if lane.full_arguments is None:
            lane.adopt(uvicorn_arguments)
        return FastLane(lane)

    return make


class _WithUpkeep:
    """Runs the loops between uvicorn's start-up and shut-down."""

    def __init__(self, application: Application, *, lane: Lane, **upkeep_arguments: Any) -> None:
        self._application = application
        self._lane = lane
        self._arguments = upkeep_arguments

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._application(scope, receive, send)
            return
        async with AsyncExitStack() as stack:
            await receive()
            await stack.enter_async_context(upkeep(self._lane, **self._arguments))
            await send({"type": "lifespan.startup.complete"})
            hear_stop()  # uvicorn's handlers are in place.
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _allow_connections(connections_max: int) -> None:
    """Raise the limit on open files as far as this system lets us."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections_max + 256
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - The shape of ASGI.
    """Answer 404 to whatever is no link: nearly all there is to the application of an edge process."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
