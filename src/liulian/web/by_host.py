"""By which name a request came: the installation's own, a domain of a workspace, or none of ours. Before all else.

The application (tool, console, API) answers under its own name only. A domain shows its links, its files, what its
pages lead to, and nothing that says whose server it is. Nothing here is a click, so nothing is recorded.
"""

from liulian.base.errors import AppError
from liulian.base.log import logger
from liulian.base.meters import Meter
from liulian.edge.compile import REDIRECT_HEADERS
from liulian.edge.hosts import DomainSource, host_name
from liulian.edge.lane import Lane
from liulian.edge.target import link_request
from liulian.interstitials.pages import host_page, no_host_page, not_found_page, unavailable_page
from liulian.links.domain_files import FILE_HEADERS, file_name, file_type
from liulian.links.domain_model import ServedDomain, proof_path, proof_text
from liulian.links.model import DEFAULT_DOMAIN
from liulian.web.visit import Application, Receive, Scope, Send, Visit, answer

# What pages of links lead to, and works by domain. The rest of the application is 404 there.
ON_EVERY_DOMAIN = frozenset({"report", "privacy", "terms", "static", "q", "favicon.ico"})
# These look for themselves at who asks: machines of ours, which may call us by any name.
ON_EVERY_NAME = frozenset({"/metrics", "/api/v1/tls/ask"})
_PROOF = "/.well-known/liulian-"
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")


class ByHost:
    """An ASGI application around that of links."""

    def __init__(self, links: Application, *, lane: Lane, domains: DomainSource) -> None:
        self._links = links
        self._lane = lane
        self._hosts = lane.hosts
        self._domains = domains

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._links(scope, receive, send)
            return
        visit = Visit(scope)
        try:
            file = await self._file(visit) if scope["method"] in ("GET", "HEAD") else None
        except (AppError, OSError, TimeoutError) as error:
            logger.warning("domain_lookup_failed", error=type(error).__name__)
            await self._answer_unavailable(visit, send)
            return
        if file is not None:
            kind, body = file
            length = (b"content-length", b"%d" % len(body))
            await answer(send, 200, [kind, length, *FILE_HEADERS], b"" if visit.is_head else body)
        elif self._hosts.domain_of(visit.host) == DEFAULT_DOMAIN or scope["path"] in ON_EVERY_NAME:
            await self._links(scope, receive, send)
        elif (domain := self._hosts.served(visit.host)) is not None:
            await self._answer_domain(domain, visit, receive, send)
        else:
            await self._answer_stranger(visit, send)

    async def _file(self, visit: Visit) -> tuple[tuple[bytes, bytes], bytes] | None:
        """Return type and content of a file at the root of the host that was asked, where there is one."""
        path: str = visit.scope["path"]
        if path.startswith(_PROOF):
            proof = await self._domains.claim(host_name(visit.host))
            return (_PLAIN, proof_text(proof).encode()) if proof and proof_path(proof) == path else None
        name = file_name(path)
        domain = self._hosts.served(visit.host)
        if domain is None and self._hosts.domain_of(visit.host) is None:
            return None
        if name is None or name not in (domain.files if domain else self._hosts.own_files):
            return None
        body = await self._domains.file(domain.id if domain else DEFAULT_DOMAIN, name)
        return None if body is None else ((b"content-type", file_type(name)), body)

    async def _answer_domain(self, domain: ServedDomain, visit: Visit, receive: Receive, send: Send) -> None:
        path: str = visit.scope["path"]
        if path == "/" and visit.scope["method"] in ("GET", "HEAD"):
            await self._answer_root(domain, visit, send)
        elif link_request(visit.scope["raw_path"]) is not None or path[1:].partition("/")[0] in ON_EVERY_DOMAIN:
            await self._links(visit.scope, receive, send)
        else:
            page = not_found_page(visit.language, self._hosts.imprint_of(visit.host), has_home=False)
            await self._answer_page(visit, send, 404, page)

    async def _answer_root(self, domain: ServedDomain, visit: Visit, send: Send) -> None:
        leads_to = domain.root_destination
        if leads_to and not self._lane.routes.is_listed(leads_to):
            await answer(send, 302, [*REDIRECT_HEADERS, (b"location", leads_to.encode())])
        else:
            imprint = self._hosts.imprint_of(visit.host)
            await self._answer_page(visit, send, 200, host_page(visit.language, domain.host, imprint))

    async def _answer_stranger(self, visit: Visit, send: Send) -> None:
        """Answer for a name that is none of ours; as long as we cannot know that, ask for patience."""
        if self._hosts.is_known:
            await self._answer_page(visit, send, 404, no_host_page(visit.language))
        else:
            await self._answer_unavailable(visit, send)

    async def _answer_unavailable(self, visit: Visit, send: Send) -> None:
        self._lane.counts[Meter.PAGES] += 1
        await visit.answer_page(send, 503, unavailable_page(visit.language), [(b"retry-after", b"2")])

    async def _answer_page(self, visit: Visit, send: Send, status: int, page: bytes) -> None:
        self._lane.counts[Meter.PAGES] += 1
        await visit.answer_page(send, status, page)
