"""Answer a page of one tool: a form, and under it what came of it. Works without script."""

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from liulian.base.i18n import Language
from liulian.web.pages.assets import NotBuilt, page_files
from liulian.web.pages.footer import footer_of
from liulian.web.pages.render import render, unbuilt_page

_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}


def tool_page(
    request: Request,
    template: str,
    language: Language,
    *,
    status: int = 200,
    retry_after_s: int | None = None,
    **values: object,
) -> Response:
    """Return the page, or one that says how to build the front end."""
    try:
        files = page_files("tool")
    except NotBuilt:
        return unbuilt_page(language, headers=_HEADERS)
    page = render(template, language, files=files, footer=footer_of(request), **values)
    waiting = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return HTMLResponse(page, status_code=status, headers=_HEADERS | waiting)
