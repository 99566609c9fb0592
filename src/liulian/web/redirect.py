"""The slow lane: the same answers as `edge/server.py`, for every request for a link that the fast lane left alone.

It stands before the application and answers whatever is not a reserved word: known links, previews, and a friendly page
for everything else. It uses the same table, the same spool and the same compiled routes; it decides nothing of its own.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.requests import cookie_parser

from liulian.base.errors import AppError
from liulian.base.i18n import LANGUAGE_COOKIE, Language, choose_language
from liulian.base.ids import DomainId
from liulian.base.log import logger
from liulian.base.meters import Meter
from liulian.base.net import NO_PROXIES, TrustedProxies
from liulian.clicks.outcome import Outcome
from liulian.edge.compile import Route, redirect_headers
from liulian.edge.head import HEAD_BYTES_MAX
from liulian.edge.lane import Lane, packed_address
from liulian.edge.pages import PAGE_HEADERS, LinkPages, Page, language_of, outcome_of
from liulian.edge.routes import TargetSource
from liulian.edge.target import LinkRequest, Wish, link_request
from liulian.interstitials.pages import not_found_page, too_many_page, unavailable_page
from liulian.links.decide import PREVIEW, REDIRECT, Answer, Gone
from liulian.links.slugs import slug_path
from liulian.safety.budget import MissBudget
from liulian.visitors.recognise import visitor_class_of

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

_OUTCOMES = {Wish.FOLLOW: Outcome.REDIRECT, Wish.GO_ON: Outcome.OPEN, Wish.SHOW: Outcome.PREVIEW}


class LinkLane:
    """An ASGI application around another: answers for links, and passes on the rest."""

    def __init__(
        self,
        application: Application,
        *,
        lane: Lane,
        source: TargetSource,
        budget: MissBudget | None = None,
        proxies: TrustedProxies = NO_PROXIES,
    ) -> None:
        self._application = application
        self._lane = lane
        self._imprint = lane.pages.imprint
        self._source = source
        self._budget = budget or MissBudget()
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
        caller = visit.caller(self._proxies)
        wait_s = None if self._is_known(domain_id, asked.slug) else self._budget.wait_s(caller, self._lane.now)
        if wait_s is not None:
            await self._answer_too_many(visit, wait_s, send)
            return
        try:
            route = await self._find(domain_id, asked.slug)
        except (AppError, OSError, TimeoutError) as error:
            logger.warning("link_lookup_failed", error=type(error).__name__)
            page = unavailable_page(visit.language, self._imprint)
            await visit.answer_page(send, 503, page, [(b"retry-after", b"2")])
            return
        if route is None or domain_id is None or asked.slug is None:
            self._lane.counts[Meter.UNKNOWN_SLUGS] += 1
            self._lane.counts[Meter.PAGES] += 1
            self._budget.spend(caller, self._lane.now)
            await visit.answer_page(send, 404, not_found_page(visit.language, self._imprint))
            return
        answer = self._decide(visit, route, asked.wish)
        self._record(visit, route, asked.wish, answer)
        if answer is REDIRECT:
            self._lane.counts[Meter.REDIRECTS_FULL] += 1
            await _answer(send, 302, redirect_headers(route))
            return
        self._lane.counts[Meter.PAGES] += 1
        shown = visit.page_of(self._lane.pages, answer, route, path=slug_path(asked.slug))
        await visit.answer_page(send, shown.status, shown.body)

    async def _answer_too_many(self, visit: "_Visit", wait_s: int, send: Send) -> None:
        """Ask somebody who guesses to wait, without looking anything up."""
        self._lane.counts[Meter.PAGES] += 1
        page = too_many_page(visit.language, self._imprint)
        await visit.answer_page(send, 429, page, [(b"retry-after", b"%d" % wait_s)])

    def _is_known(self, domain_id: DomainId | None, slug: str | None) -> bool:
        """Tell whether a link is in memory: those are opened for everybody, however often they erred before."""
        return domain_id is not None and slug is not None and slug_path(slug) in self._lane.routes.paths(domain_id)

    def _decide(self, visit: "_Visit", route: Route, wish: Wish) -> Answer:
        """Return what the visitor gets. A preview is for everybody, but not of what is no more."""
        answer = route.answer(visit.visitor, goes_on=wish is Wish.GO_ON, now_us=self._lane.now_us)
        return PREVIEW if wish is Wish.SHOW and not isinstance(answer, Gone) else answer

    async def _find(self, domain_id: DomainId | None, slug: str | None) -> Route | None:
        if domain_id is None or slug is None:
            return None
        route = await self._lane.routes.find(self._source, domain_id=domain_id, slug=slug, path=slug_path(slug))
        if route is not None:
            route.used = True
        return route

    def _record(self, visit: "_Visit", route: Route, wish: Wish, answer: Answer) -> None:
        outcome = _OUTCOMES[wish] if answer is REDIRECT else outcome_of(answer)
        self._lane.append(
            route.link_id,
            route.workspace_id,
            visit.visitor.code,
            Outcome.HEAD if visit.is_head else outcome,
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
        self.visitor = visitor_class_of(self._headers.get(b"user-agent", b""))
        self.peer = packed_address(scope.get("client"))

    @property
    def language(self) -> Language:
        """Return the language of pages that belong to no link, as the application's own pages choose it.

        Pages of a link do not ask the cookie: the fast lane answers them too, and both lanes answer alike.
        """
        cookies = cookie_parser(self._headers.get(b"cookie", b"").decode("latin-1"))
        accepted = self._headers.get(b"accept-language", b"").decode("latin-1")
        return choose_language(remembered=cookies.get(LANGUAGE_COOKIE), accepted=accepted)

    def caller(self, proxies: TrustedProxies) -> bytes:
        """Return the address of whoever asks, behind proxies of ours the one they say."""
        return proxies.client_address(self.peer, self._headers.get(b"x-forwarded-for", b"").decode("latin-1"))

    def page_of(self, pages: LinkPages, answer: Answer, route: Route, *, path: bytes) -> Page:
        """Return the page of a link that this request is shown."""
        proto = self._headers.get(b"x-forwarded-proto", b"")
        origin = pages.origin(self.host, forwarded_proto=proto, peer=self.peer)
        language = language_of(self._headers.get(b"accept-language", b""))
        return pages.page(answer, route, self.visitor, path=path, language=language, origin=origin)

    def head(self) -> bytes:
        """Return the request head as it may have looked, for the spool: its parser ignores the case of names."""
        scope = self.scope
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        lines = [b"%s %s%s HTTP/1.1" % (scope["method"].encode(), scope["raw_path"], query)]
        lines += [name + b": " + value for name, value in scope["headers"]]
        return b"\r\n".join(lines)[: HEAD_BYTES_MAX - 4] + b"\r\n\r\n"

    async def answer_page(self, send: Send, status: int, page: bytes, headers: Headers = ()) -> None:
        length = (b"content-length", b"%d" % len(page))
        await _answer(send, status, [*PAGE_HEADERS, length, *headers], b"" if self.is_head else page)


async def _answer(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})
