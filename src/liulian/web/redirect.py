"""The slow lane: the same answers as `edge/server.py`, for every request for a link that the fast lane left alone.

It stands before the application and answers whatever is not a reserved word: known links, previews, and a friendly page
for everything else. It uses the same table, the same spool and the same compiled routes; it decides nothing of its own.
"""

from liulian.base.errors import AppError
from liulian.base.ids import DomainId
from liulian.base.log import logger
from liulian.base.meters import Meter
from liulian.base.net import NO_PROXIES, TrustedProxies
from liulian.clicks.outcome import Outcome
from liulian.edge.compile import REDIRECT_HEADERS, Route, redirect_headers
from liulian.edge.lane import Lane
from liulian.edge.pages import outcome_of
from liulian.edge.routes import TargetSource
from liulian.edge.target import LinkRequest, Wish, link_request
from liulian.interstitials.pages import not_found_page, too_many_page, unavailable_page
from liulian.links.decide import PREVIEW, REDIRECT, Answer, Gone
from liulian.links.slugs import slug_path
from liulian.safety.budget import MissBudget
from liulian.web.visit import Application, Receive, Scope, Send, Visit, answer

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
        self._hosts = lane.hosts
        self._source = source
        self._budget = budget or MissBudget()
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = link_request(scope["raw_path"]) if scope["type"] == "http" else None
        if asked is None:
            await self._application(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")])
            return
        await self._answer_link(Visit(scope), asked, send)

    async def _answer_link(self, visit: Visit, asked: LinkRequest, send: Send) -> None:
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
            page = unavailable_page(visit.language, self._hosts.imprint_of(visit.host))
            await visit.answer_page(send, 503, page, [(b"retry-after", b"2")])
            return
        if route is None or domain_id is None or asked.slug is None:
            self._lane.counts[Meter.UNKNOWN_SLUGS] += 1
            self._budget.spend(caller, self._lane.now)
            await self._answer_nothing(visit, send)
            return
        decided = self._decide(visit, route, asked.wish)
        self._record(visit, route, asked.wish, decided)
        if decided is REDIRECT:
            self._lane.counts[Meter.REDIRECTS_FULL] += 1
            await answer(send, 302, redirect_headers(route))
            return
        self._lane.counts[Meter.PAGES] += 1
        shown = visit.page_of(self._lane.pages, decided, route, path=slug_path(asked.slug))
        await visit.answer_page(send, shown.status, shown.body)

    async def _answer_nothing(self, visit: Visit, send: Send) -> None:
        """Answer for a slug that names no link: where the domain's owner says, else with a page. Never a click."""
        domain = self._hosts.served(visit.host)
        leads_to = domain.not_found_destination if domain else None
        if leads_to and not self._lane.routes.is_listed(leads_to):
            await answer(send, 302, [*REDIRECT_HEADERS, (b"location", leads_to.encode())])
            return
        self._lane.counts[Meter.PAGES] += 1
        page = not_found_page(visit.language, self._hosts.imprint_of(visit.host), has_home=domain is None)
        await visit.answer_page(send, 404, page)

    async def _answer_too_many(self, visit: Visit, wait_s: int, send: Send) -> None:
        """Ask somebody who guesses to wait, without looking anything up."""
        self._lane.counts[Meter.PAGES] += 1
        page = too_many_page(visit.language, self._hosts.imprint_of(visit.host))
        await visit.answer_page(send, 429, page, [(b"retry-after", b"%d" % wait_s)])

    def _is_known(self, domain_id: DomainId | None, slug: str | None) -> bool:
        """Tell whether a link is in memory: those are opened for everybody, however often they erred before."""
        return domain_id is not None and slug is not None and slug_path(slug) in self._lane.routes.paths(domain_id)

    def _decide(self, visit: Visit, route: Route, wish: Wish) -> Answer:
        """Return what the visitor gets. A preview is for everybody, but not of what is no more."""
        decided = route.answer(visit.visitor, goes_on=wish is Wish.GO_ON, now_us=self._lane.now_us)
        return PREVIEW if wish is Wish.SHOW and not isinstance(decided, Gone) else decided

    async def _find(self, domain_id: DomainId | None, slug: str | None) -> Route | None:
        if domain_id is None or slug is None:
            return None
        route = await self._lane.routes.find(self._source, domain_id=domain_id, slug=slug, path=slug_path(slug))
        if route is not None:
            route.used = True
        return route

    def _record(self, visit: Visit, route: Route, wish: Wish, decided: Answer) -> None:
        outcome = _OUTCOMES[wish] if decided is REDIRECT else outcome_of(decided)
        self._lane.append(
            route.link_id,
            route.workspace_id,
            visit.visitor.code,
            Outcome.HEAD if visit.is_head else outcome,
            visit.peer,
            visit.head(),
        )
