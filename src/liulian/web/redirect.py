"""The slow lane: the same answers as `edge/server.py`, for every request for a link that the fast lane left alone.

It stands before the application and answers whatever is not a reserved word: known links, previews, and a friendly page
for everything else. It uses the same table, the same spool and the same compiled routes; it decides nothing of its own.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from liulian.base.errors import AppError
from liulian.base.i18n import Language, choose_language
from liulian.base.ids import DomainId
from liulian.base.log import logger
from liulian.base.meters import Meter
from liulian.base.net import NO_PROXIES, TrustedProxies, plain_address
from liulian.clicks.outcome import Outcome
from liulian.edge.compile import REDIRECT_HEADERS, Route
from liulian.edge.head import HEAD_BYTES_MAX
from liulian.edge.hosts import is_safe_host
from liulian.edge.lane import Lane, packed_address
from liulian.edge.routes import TargetSource
from liulian.edge.target import LinkRequest, Wish, link_request
from liulian.interstitials.pages import PAGE_POLICY, not_found_page, preview_page, unavailable_page
from liulian.links.slugs import slug_path
from liulian.visitors.recognise import visitor_class_of

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

_OUTCOMES = {Wish.FOLLOW: Outcome.REDIRECT, Wish.GO_ON: Outcome.OPEN, Wish.SHOW: Outcome.PREVIEW}
_PAGE_HEADERS = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"content-security-policy", PAGE_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"accept-language"),
)


class LinkLane:
    """An ASGI application around another: answers for links, and passes on the rest."""

    def __init__(
        self,
        application: Application,
        *,
        lane: Lane,
        source: TargetSource,
        base_url: str | None = None,
        proxies: TrustedProxies = NO_PROXIES,
    ) -> None:
        self._application = application
        self._lane = lane
        self._source = source
        self._base_url = base_url
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = link_request(scope["raw_path"]) if scope["type"] == "http" else None
        if asked is None:
            await self._application(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")])
            return
        await self._answer_link(_Visit(scope), asked, send)

    async def _answer_link(self, visit: "_Visit", asked: LinkRequest, send: Send) -> None:
        domain_id = self._lane.domain_of(visit.host)
        try:
            route = await self._find(domain_id, asked.slug)
        except (AppError, OSError, TimeoutError) as error:
            logger.warning("link_lookup_failed", error=type(error).__name__)
            await visit.answer_page(send, 503, unavailable_page(visit.language), [(b"retry-after", b"2")])
            return
        if route is None or domain_id is None or asked.slug is None:
            self._lane.counts[Meter.UNKNOWN_SLUGS] += 1
            self._lane.counts[Meter.PAGES] += 1
            await visit.answer_page(send, 404, not_found_page(visit.language))
            return
        self._record(visit, route, Outcome.HEAD if visit.is_head else _OUTCOMES[asked.wish])
        if asked.wish is Wish.SHOW:
            self._lane.counts[Meter.PAGES] += 1
            short_url = (self._base_url or visit.origin(self._proxies)) + slug_path(asked.slug).decode("ascii")
            page = preview_page(visit.language, short_url=short_url, destination=route.destination.decode(), title=None)
            await visit.answer_page(send, 200, page)
            return
        self._lane.counts[Meter.REDIRECTS_FULL] += 1
        await _answer(send, 302, [*REDIRECT_HEADERS, (b"location", route.destination)])

    async def _find(self, domain_id: DomainId | None, slug: str | None) -> Route | None:
        if domain_id is None or slug is None:
            return None
        route = await self._lane.routes.find(self._source, domain_id=domain_id, slug=slug, path=slug_path(slug))
        if route is not None:
            route.used = True
        return route

    def _record(self, visit: "_Visit", route: Route, outcome: Outcome) -> None:
        self._lane.append(
            route.link_id,
            route.workspace_id,
            visitor_class_of(visit.user_agent).code,
            outcome,
            visit.peer,
            visit.head(),
        )


class _Visit:
    """One request as the slow lane reads it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        # Of a header that comes twice the later one counts, in both lanes and in the statistics.
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self.is_head = scope["method"] == "HEAD"
        self.host = self._headers.get(b"host", b"")
        self.user_agent = self._headers.get(b"user-agent", b"")
        self.peer = packed_address(scope.get("client"))

    @property
    def language(self) -> Language:
        return choose_language(accepted=self._headers.get(b"accept-language", b"").decode("latin-1"))

    def origin(self, proxies: TrustedProxies) -> str:
        """Return scheme and host as the visitor typed them; behind a proxy of ours, as the proxy says."""
        host = self.host.decode("latin-1")
        told = self._headers.get(b"x-forwarded-proto", b"").decode("latin-1").lower()
        is_believed = told in ("http", "https") and proxies.trusts(plain_address(self.peer))
        return f"{told if is_believed else self.scope['scheme']}://{host if is_safe_host(host) else 'localhost'}"

    def head(self) -> bytes:
        """Return the request head as it may have looked, for the spool: its parser ignores the case of names."""
        scope = self.scope
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        lines = [b"%s %s%s HTTP/1.1" % (scope["method"].encode(), scope["raw_path"], query)]
        lines += [name + b": " + value for name, value in scope["headers"]]
        return b"\r\n".join(lines)[: HEAD_BYTES_MAX - 4] + b"\r\n\r\n"

    async def answer_page(self, send: Send, status: int, page: bytes, headers: Headers = ()) -> None:
        length = (b"content-length", b"%d" % len(page))
        await _answer(send, status, [*_PAGE_HEADERS, length, *headers], b"" if self.is_head else page)


async def _answer(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})
