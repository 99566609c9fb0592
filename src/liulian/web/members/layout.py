"""What all pages of a community share: their frame, language, foot, headers, and what becomes of a failure.

A page is `member_page(request, "member/league.html", community, member=member, tab="league", …)`; its template extends
`member/layout.html`, which fills `content`. Routes hang on `member_router()`, which answers a failure of a page as a
page and one under `/do/` as the API does. Never reads the database.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from liulian.base.errors import AppError, NotFound
from liulian.base.i18n import LANGUAGE_COOKIE, Language, choose_language, text
from liulian.base.ids import encode_id
from liulian.community.model import Community, Member
from liulian.community.people import NotJoined
from liulian.web.errors import language_of, problem_of
from liulian.web.pages.assets import NotBuilt, page_files
from liulian.web.pages.footer import footer_of, has_page
from liulian.web.pages.home import LANGUAGE_KEPT_S
from liulian.web.pages.render import client_messages, render, unbuilt_page

ENTRY = "member"
TABS = (("today", ""), ("exchange", "/exchange"), ("league", "/league"), ("me", "/me"))
# Pages tell who is here and what they did: nothing between us and the reader may keep them.
HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}
_DO = "/do/"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def member_language(request: Request, community: Community, member: Member | None = None) -> Language:
    """Return the language of a page: what the address asks for, the cookie, the member's, the community's."""
    usual = community.language if member is None else member.language
    return choose_language(
        asked=request.query_params.get("lang"), remembered=request.cookies.get(LANGUAGE_COOKIE), accepted=usual.value
    )


def member_page(
    request: Request,
    template: str,
    community: Community,
    *,
    member: Member | None = None,
    tab: str = "",
    status: int = 200,
    **values: object,
) -> Response:
    """Return a page of a community. `tab`: which place of the bottom navigation it is: today, exchange, league or me.

    Templates are given `community`, `symbols`, `member` (None: a stranger), `base` (`/c/{slug}`), `t`, `language` and
    `other` beside the `values`.
    """
    language = member_language(request, community, member)
    try:
        page = _rendered(request, template, language, community=community, member=member, tab=tab, **values)
    except NotBuilt:
        return unbuilt_page(language, headers=HEADERS)
    return _remembering(request, language, HTMLResponse(page, status_code=status, headers=HEADERS))


def member_router(prefix: str = "/c/{slug}") -> APIRouter:
    """Return a router for pages of communities and what their scripts ask (`/do/…`). Not in the OpenAPI document."""
    return APIRouter(prefix=prefix, include_in_schema=False, route_class=_MemberRoute)


def part_of_page(
    request: Request, template: str, community: Community, *, member: Member | None, **values: object
) -> Markup:
    """Return a part of a page, with the same names at hand as in the page."""
    language = member_language(request, community, member)
    return Markup(render(template, language, **_names(request, community, member), **values))  # noqa: S704 - Escaped.


def _rendered(
    request: Request,
    template: str,
    language: Language,
    *,
    community: Community | None,
    member: Member | None,
    **values: object,
) -> str:
    frame = {
        "files": page_files(ENTRY),
        "messages": client_messages(language, "member"),
        "footer": footer_of(request),
        "tab": "",
    }
    return render(template, language, **_names(request, community, member) | frame | values)


def _names(request: Request, community: Community | None, member: Member | None) -> dict[str, object]:
    """Return what every template of a community is given."""
    return {
        "community": community,
        "symbols": None if community is None else community.symbols,
        "base": "" if community is None else f"/c/{community.slug}",
        "member": member,
        "member_code": "" if member is None else encode_id(member.id),
        "path": request.url.path,
        "tabs": tabs_of(request),
    }


def tabs_of(request: Request) -> tuple[tuple[str, str], ...]:
    """Return name and path, below the community's, of the places that the bottom navigation leads to and that exist."""
    return tuple((name, end) for name, end in TABS if has_page(request, f"/c/any{end}"))


def _remembering(request: Request, language: Language, page: Response) -> Response:
    """Remember a language that the reader has just asked for."""
    if request.query_params.get("lang") == language.value:
        page.set_cookie(LANGUAGE_COOKIE, language.value, max_age=LANGUAGE_KEPT_S, httponly=True, samesite="lax")
    return page


class _MemberRoute(APIRoute):
    """A route whose failures are pages, except where a script asks."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except AppError as error:
                if _is_script(request):
                    raise
                return failure_page(request, error)

        return answer


def _is_script(request: Request) -> bool:
    """Tell whether a program reads the answer: a script of ours says so by what it accepts or sends."""
    if _DO not in request.url.path:
        return False
    kinds = request.headers.get("content-type", ""), request.headers.get("accept", "")
    return kinds[0].startswith("application/json") or "text/html" not in kinds[1]


def failure_page(request: Request, error: AppError) -> Response:
    """Return a failure as a page; who has not joined is led to where one joins."""
    if isinstance(error, NotJoined) and (slug := request.path_params.get("slug")):
        return RedirectResponse(f"/c/{slug}", HTTPStatus.SEE_OTHER, headers=HEADERS)
    if isinstance(error, NotFound):
        return _nothing_here(request)
    language = language_of(request)
    heading, sentence = text(language, "member.failure.heading"), problem_of(error, language)["detail"]
    page = _plain_page(request, language, status=error.status, heading=heading, sentence=sentence, has_back=True)
    if error.retry_after_s is not None:
        page.headers["Retry-After"] = str(error.retry_after_s)
    return page


def _nothing_here(request: Request) -> Response:
    """Return the one page for communities that are not there, not open yet, or none of the asker's business."""
    language = language_of(request)
    heading, sentence = text(language, "member.nothing.heading"), text(language, "member.nothing.what_now")
    return _plain_page(request, language, status=HTTPStatus.NOT_FOUND, heading=heading, sentence=sentence)


def _plain_page(
    request: Request, language: Language, *, status: int, heading: str, sentence: str, has_back: bool = False
) -> Response:
    slug = request.path_params.get("slug", "")
    values = {"heading": heading, "sentence": sentence, "back": f"/c/{quote(slug)}" if has_back and slug else ""}
    try:
        page = _rendered(request, "member/nothing.html", language, community=None, member=None, **values)
    except NotBuilt:
        return unbuilt_page(language, headers=HEADERS)
    return HTMLResponse(page, status_code=status, headers=HEADERS)
