"""`/metrics` for Prometheus: what all processes of this machine have counted, added up. Never a link, never a visitor.

Only this machine may read it, or whoever holds the token; for everybody else there is no such page.
"""

import asyncio
from collections.abc import Iterator
from hmac import compare_digest
from pathlib import Path

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from liulian.base.errors import NotFound
from liulian.base.meters import Meter, add_up
from liulian.base.net import is_loopback
from liulian.edge.lane import packed_address
from liulian.web.process import nothing_here
from liulian.web.visit import Application, Receive, Scope, Send

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# A proxy on this machine also comes from loopback, but says for whom.
FORWARDING_HEADERS = ("x-forwarded-for", "forwarded", "via", "x-real-ip")

_HELP = {
    Meter.SPOOLED: ("requests_recorded", "Answered requests for links, written to the spool."),
    Meter.DROPPED: ("requests_dropped", "Answered requests for links that could not be written: the disk was full."),
    Meter.REDIRECTS_FULL: ("redirects_slow_lane", "Redirects answered by the application."),
    Meter.PAGES: ("pages", "Pages shown instead of a redirect: previews, unknown links."),
    Meter.HANDED_OVER: ("requests_handed_over", "Requests that the fast lane left to the full parser."),
    Meter.REQUESTS_FULL: ("requests_full", "Requests read by the full parser."),
    Meter.REFUSED: ("connections_refused", "Connections over the limit."),
    Meter.EXPIRED: ("connections_expired", "Connections ended because they were slow or idle."),
    Meter.CONNECTIONS_NOW: ("connections", "Open connections."),
    Meter.ROUTES_NOW: ("routes", "Links held in memory, added up over the web processes."),
    Meter.ROUTE_LOADS: ("route_loads", "Links asked of the database one by one."),
    Meter.UNKNOWN_SLUGS: ("unknown_slugs", "Requests for links that do not exist."),
    Meter.CHANGES: ("link_changes", "Changes of links heard of, added up over the web processes."),
    Meter.RESTARTS: ("process_restarts", "Processes that had to be started again."),
    Meter.INGESTED: ("records_ingested", "Records committed to the lake."),
    Meter.INGEST_COMMITS: ("ingest_commits", "Commits to the lake."),
    Meter.INGEST_FAILURES: ("ingest_failures", "Attempts to store clicks that failed and were repeated."),
    Meter.DROPPED_AT: ("dropped_timestamp_seconds", "When a request could last not be recorded."),
    Meter.INGEST_TORN: ("records_torn", "Records whose writer died over them, before it could answer."),
    Meter.UNDERIVABLE: ("values_underivable", "Facts about a click that could not be told; it was stored without."),
    Meter.TOTALS_FAILURES: ("totals_failures", "Failed attempts to add clicks to the totals of links; repeated later."),
}


class ProcessCollector(Collector):
    """Reads the meter files at each scrape."""

    def __init__(self, meters_dir: Path) -> None:
        self._meters_dir = meters_dir

    def collect(self) -> Iterator[Metric]:
        totals = add_up(self._meters_dir)
        for meter, (name, documentation) in _HELP.items():
            kind = GaugeMetricFamily if meter.name.endswith(("_NOW", "_AT")) else CounterMetricFamily
            yield kind(f"liulian_{name}", documentation, value=totals[meter])


def add_metrics(app: FastAPI, *, meters_dir: Path, token: str | None) -> None:
    """Let the application answer `/metrics`."""
    registry = _registry(meters_dir)

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        if not _may_read(request, token):
            raise NotFound
        return _page(registry)


def metrics_only(*, meters_dir: Path, token: str | None) -> Application:
    """Return an application that answers `/metrics` by the same rules, and nothing else: that of an edge process."""
    registry = _registry(meters_dir)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] == "http" and scope["path"] == "/metrics" and scope["method"] in ("GET", "HEAD")
        if is_asked and _may_read(Request(scope), token):
            page = await asyncio.to_thread(_page, registry)
            await page(scope, receive, send)  # type: ignore[arg-type] # Starlette's own names for the same shapes.
        else:
            await nothing_here(scope, receive, send)

    return answer


def _registry(meters_dir: Path) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(ProcessCollector(meters_dir))
    return registry


def _page(registry: CollectorRegistry) -> Response:
    return Response(generate_latest(registry), media_type=CONTENT_TYPE, headers={"cache-control": "no-store"})


def _may_read(request: Request, token: str | None) -> bool:
    sent = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and compare_digest(sent.encode(), token.encode()):
        return True
    return _is_this_machine(request)


def _is_this_machine(request: Request) -> bool:
    if any(name in request.headers for name in FORWARDING_HEADERS):
        return False
    return is_loopback(packed_address(request.scope.get("client")))
