"""Every failure as an answer: RFC 9457 `application/problem+json` for programs, a page for people. The one place."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from liulian.base.errors import AppError, FieldError, InvalidRequest, NotSignedIn
from liulian.base.i18n import LANGUAGE_COOKIE, Language, catalogue, choose_language, text
from liulian.base.log import logger
from liulian.interstitials.pages import PAGE_POLICY, not_found_page
from liulian.web.auth import SESSION_COOKIE, clear_session_cookie
from liulian.web.place import domain_asked, imprint_of

MEDIA_TYPE = "application/problem+json"

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# What the framework says by a number alone.
_CODES = {404: "not_found", 405: "method_not_allowed"}
# What pydantic calls it, and what we call it; anything else is `field_type`.
_FIELD_CODES = {
    "missing": "field_required",
    "extra_forbidden": "field_unknown",
    "greater_than_equal": "field_range",
    "less_than_equal": "field_range",
    "string_too_long": "field_form",
    "string_too_short": "field_form",
    "string_pattern_mismatch": "field_form",
}


def install_errors(app: FastAPI) -> None:
    """Answer every failure of an application here."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _framework_refusal)
    app.add_exception_handler(Exception, _fault)


def language_of(request: Request) -> Language:
    """Return the reader's language: `?lang`, else the cookie, else `Accept-Language`, else Chinese."""
    return choose_language(
        asked=request.query_params.get("lang"),
        remembered=request.cookies.get(LANGUAGE_COOKIE),
        accepted=request.headers.get("accept-language"),
    )


def problem_of(error: AppError, language: Language, *, within: str = "") -> dict[str, Any]:
    """Return a failure as the members of an RFC 9457 problem. `type` leads to what /api/docs says of the code.

    `within` is where in the request the refused fields stand: `links[3]`.
    """
    errors = [field_problem(each, language, within=within) for each in error.errors]
    waiting = {} if error.retry_after_s is None else {"retry_after_s": error.retry_after_s}
    sentence = text(language, f"errors.{error.code}", **error.params)
    return {
        "type": f"/api/docs#{error.code}",
        "title": _title(error.status, language),
        "status": error.status,
        "code": error.code,
        "detail": errors[0]["message"] if len(errors) == 1 else sentence,
        "errors": errors,
        **waiting,
    }


def _title(status: int, language: Language) -> str:
    """Return a few words for a status; one without words of its own is called like its whole class."""
    sentences = catalogue(language)
    return sentences.get(f"api.status_{status}") or sentences[f"api.status_{status // 100}00"]


def field_problem(error: FieldError, language: Language, *, within: str) -> dict[str, str]:
    message = text(language, f"errors.{error.code}", **error.params)
    field = f"{within}.{error.field}".strip(".")
    return {"field": field, "code": error.code, "message": message}


def field_errors(found: list[Any], *, skip: int = 0) -> tuple[FieldError, ...]:
    """Return what pydantic found as errors of ours; the first `skip` steps of each path are the framework's own."""
    return tuple(FieldError(path(each["loc"][skip:]), _FIELD_CODES.get(each["type"], "field_type")) for each in found)


def path(steps: tuple[str | int, ...]) -> str:
    """Return `("links", 3, "slug")` as `links[3].slug`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _answer(request: Request, error: AppError, *, headers: Mapping[str, str] | None = None) -> Response:
    members = problem_of(error, language_of(request)) | {"instance": request.url.path}
    answer = Response(msgspec.json.encode(members), status_code=error.status, media_type=MEDIA_TYPE)
    answer.headers.update(headers or {})
    if error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="liulian"'
        _take_back_cookie(request, answer, error)
    if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        answer.headers["Connection"] = "close"  # The rest of the body is on its way and nobody will read it.
    return answer


def _take_back_cookie(request: Request, answer: Response, error: AppError) -> None:
    """Sign a browser out whose session has ended: the next request is a stranger's, and may do what strangers may."""
    has_ended = isinstance(error, NotSignedIn) and "authorization" not in request.headers
    if has_ended and SESSION_COOKIE in request.cookies:
        clear_session_cookie(answer, request)


async def _app_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, AppError):
        raise error
    return _answer(request, error)


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.NOT_FOUND and not request.url.path.startswith("/api"):
        page = _not_found(request)
        return HTMLResponse(page, status_code=404, headers={"Content-Security-Policy": PAGE_POLICY})
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed_methods(request)
    return _answer(request, _named(error.status_code), headers=headers)


def _allowed_methods(request: Request) -> str:
    """Return all methods of an address; the framework names only those of the first route that it meets."""
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    allowed = [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return ", ".join(allowed or ("GET", "HEAD"))  # A mounted folder only shows its files.


def _not_found(request: Request) -> bytes:
    has_home = domain_asked(request) is None
    return not_found_page(language_of(request), imprint_of(request), has_home=has_home)


async def _framework_refusal(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    return _answer(request, InvalidRequest(errors=field_errors(list(found), skip=1)))


async def _fault(request: Request, error: Exception) -> Response:
    # The server writes the traceback; here only what makes it countable, and nothing of the request's content.
    logger.error("request_failed", path=request.scope.get("route_path", ""), problem=type(error).__name__)
    return _answer(request, _named(HTTPStatus.INTERNAL_SERVER_ERROR))


def _named(status: int) -> AppError:
    """Return the failure behind a bare status number."""
    fallback = "bad_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "internal"
    kind = type("BareFailure", (AppError,), {"status": status, "code": _CODES.get(status, fallback)})
    failure: AppError = kind()
    return failure
