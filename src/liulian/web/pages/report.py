"""The page where anybody reports a short link, or says that one was taken down by mistake. Keeps nothing of who."""

from urllib.parse import quote

from ada_url import URL
from fastapi import APIRouter, Request
from starlette.responses import Response

from liulian.base.errors import AppError, FieldError, InvalidRequest
from liulian.base.ids import DomainId
from liulian.edge.target import link_request
from liulian.safety.model import NOTE_LENGTH_MAX, REPORT_REASONS
from liulian.safety.reports import report_link
from liulian.web.errors import language_of, problem_of
from liulian.web.pages.fields import fields_of, is_from_here
from liulian.web.pages.tool import tool_page
from liulian.web.parts import parts_of
from liulian.web.place import place_of
from liulian.web.strangers import claim_report

TEMPLATE = "report.html"
TYPED_LENGTH_MAX = 2048

router = APIRouter(include_in_schema=False)


@router.api_route("/report", methods=["GET", "HEAD"])
async def page(request: Request) -> Response:
    """Answer the form; `?url=` fills in the link."""
    return _answer(request, {"url": request.query_params.get("url", "")[:TYPED_LENGTH_MAX]})


@router.post("/report")
async def report(request: Request) -> Response:
    """Put a report in the queue and say so, or say what is wrong. Raises nothing that a person should read as JSON."""
    fields = await fields_of(request)
    if not is_from_here(request):
        return _answer(request, fields)
    try:
        await _store(request, fields)
    except AppError as error:
        problem = problem_of(error, language_of(request))["detail"]
        return _answer(request, fields, status=error.status, retry_after_s=error.retry_after_s, problem=problem)
    return _answer(request, fields, is_sent=True)


async def _store(request: Request, fields: dict[str, str]) -> None:
    domain_id, slug = _link_meant(fields.get("url", ""), request)
    parts = parts_of(request)
    async with parts.database.write() as tx:
        await claim_report(request, tx)
        await report_link(
            slug,
            domain_id=domain_id,
            reason=fields.get("reason", ""),
            note=fields.get("note", ""),
            links=tx.links,
            store=tx.reports,
            ids=parts.ids,
            now=parts.clock(),
        )


def _link_meant(typed: str, request: Request) -> tuple[DomainId, str]:
    """Return domain and slug of a short link of ours, however it was typed: whole, without scheme, or the slug alone.

    A slug alone is one of the domain whose page was asked.
    """
    place = place_of(request)
    domain_id: DomainId | None = place.domain_id
    host, slash, path = typed.partition("://")[2].partition("/") if "://" in typed else typed.partition("/")
    try:
        if slash:
            url = URL(f"http://{host}/{path}")
            domain_id = place.domain_named(url.hostname.removesuffix("."))
            asked = link_request(url.pathname.encode())
        else:
            asked = link_request(b"/" + quote(host, safe="+%").encode())
    except ValueError:
        asked = None
    if domain_id is None or asked is None or asked.slug is None:
        raise InvalidRequest(errors=(FieldError("url", "report_link_unknown"),))
    return domain_id, asked.slug


def _answer(
    request: Request,
    fields: dict[str, str],
    *,
    status: int = 200,
    retry_after_s: int | None = None,
    problem: str = "",
    is_sent: bool = False,
) -> Response:
    return tool_page(
        request,
        TEMPLATE,
        language_of(request),
        status=status,
        retry_after_s=retry_after_s,
        typed=fields,
        problem=problem,
        is_sent=is_sent,
        reasons=REPORT_REASONS,
        note_length_max=NOTE_LENGTH_MAX,
    )
