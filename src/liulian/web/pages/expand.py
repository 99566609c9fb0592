"""The page that follows a short link (短链还原): where does it lead, before anybody opens it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from liulian.accounts.model import Anonymous
from liulian.base.errors import AppError
from liulian.web.errors import language_of, problem_of
from liulian.web.expanding import expansion_of
from liulian.web.pages.fields import fields_of, is_from_here
from liulian.web.pages.tool import tool_page

TEMPLATE = "expand.html"
TYPED_LENGTH_MAX = 8192

router = APIRouter(include_in_schema=False)


@router.api_route("/expand", methods=["GET", "HEAD"])
async def page(request: Request) -> Response:
    """Answer the empty form; `?url=` fills it in and asks nobody yet."""
    typed = request.query_params.get("url", "")[:TYPED_LENGTH_MAX]
    return tool_page(request, TEMPLATE, language_of(request), typed=typed, problem="", found=None)


@router.post("/expand")
async def expand(request: Request) -> Response:
    """Answer the form with the way of the link, or with what is wrong."""
    language, typed = language_of(request), (await fields_of(request)).get("url", "")
    if not is_from_here(request):
        return tool_page(request, TEMPLATE, language, typed=typed, problem="", found=None)
    try:
        found = await expansion_of(request, typed, Anonymous())
    except AppError as error:
        return tool_page(
            request,
            TEMPLATE,
            language,
            status=error.status,
            retry_after_s=error.retry_after_s,
            typed=typed,
            problem=problem_of(error, language)["detail"],
            found=None,
        )
    return tool_page(request, TEMPLATE, language, typed=typed, problem="", found=found)
