"""The foot of every public page: where to report, what we keep, and the numbers the law asks for.

A page that no route answers is not offered. Nothing here sends a request by itself: the numbers are plain links.
"""

from dataclasses import dataclass

from fastapi import Request
from starlette.routing import Match, Mount

from liulian.__about__ import __version__
from liulian.base.imprint import Imprint
from liulian.web.by_host import ON_EVERY_DOMAIN
from liulian.web.place import domain_asked, imprint_of

# In the order of the foot; `home.footer.report` is what a link is called.
PAGES = (("report", "/report"), ("expand", "/expand"), ("privacy", "/privacy"), ("terms", "/terms"))
DOCUMENTATION = ("documentation", "/api/docs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """What `footer.html` shows. `links` are names and addresses, those that this application answers."""

    links: tuple[tuple[str, str], ...]
    imprint: Imprint
    version: str = __version__


def footer_of(request: Request) -> Footer:
    """Return the foot of a page of this application."""
    links = tuple((name, path) for name, path in (*PAGES, DOCUMENTATION) if _is_offered(request, path))
    return Footer(links=links, imprint=imprint_of(request))


def _is_offered(request: Request, path: str) -> bool:
    return has_page(request, path) and (domain_asked(request) is None or path.strip("/") in ON_EVERY_DOMAIN)


def has_page(request: Request, path: str, *, method: str = "GET") -> bool:
    """Tell whether some route answers this path. A folder of files does not count.

    Asked once of an application: its routes do not change while it answers.
    """
    state = request.app.state
    if not hasattr(state, "known_pages"):
        state.known_pages = {}
    known: dict[tuple[str, str], bool] = state.known_pages
    if (path, method) not in known:
        scope = {**request.scope, "method": method, "path": path}
        routes = (route for route in request.app.routes if not isinstance(route, Mount))
        known[path, method] = any(route.matches(scope)[0] is Match.FULL for route in routes)
    return known[path, method]
