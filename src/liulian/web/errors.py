"""Every failure as an answer: RFC 9457 `application/problem+json` for programs, a page for people. The one place."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from liulian.base.errors import AppError, FieldError, InvalidRequest
from liulian.base.i18n import Language, choose_language, text
from liulian.base.log import logger
from liulian.interstitials.pages import not_found_page

MEDIA_TYPE = "application/problem+json"
LANGUAGE_COOKIE = "lang"

# What the framework says by a number alone.
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_type"}
# What a type checker of the framework calls it, and what we call it; anything else is `field_type`.
_FIELD_CODES = {
    "missing": "field_required",
    "extra_forbidden": "field_unknown",
    "greater_than_equal": "field_range",
    "less_than_equal": "field_range",
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


def problem_of(error: AppError, language: Language) -> dict[str, Any]:
    """Return a failure as the members of an RFC 9457 problem. `type` leads to what /api/docs says of the code."""
    errors = [field_problem(each, language) for each in error.errors]
    sentence = text(language, f"errors.{error.code}", **error.params)
    return {
        "type": f"/api/docs#{error.code}",
        "title": text(language, f"api.status_{error.status}"),
        "status": error.status,
        "code": error.code,
        "detail": errors[0]["message"] if len(errors) == 1 else sentence,
        "errors": errors,
    }


def field_problem(error: FieldError, language: Language) -> dict[str, str]:
    message = text(language, f"errors.{error.code}", **error.params)
    return {"field": error.field, "code": error.code, "message": message}


def field_errors(found: list[Any], *, skip: int = 0) -> tuple[FieldError, ...]:
    """Return what pydantic found as errors of ours; the first `skip` steps of each path are the framework's own."""
    return tuple(FieldError(path(each["loc"][skip:]), _FIELD_CODES.get(each["type"], "field_type")) for each in found)


def path(steps: tuple[str | int, ...]) -> str:
    """Return `("links", 3, "slug")` as `links[3].slug`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _answer(request: Request, error: AppError, *, headers: Mapping[str, str] | None = None) -> Response:
    members = problem_of(error, language_of(request)) | {"instance": request.url.path}
    answer = Response(json.dumps(members, ensure_ascii=False), status_code=error.status, media_type=MEDIA_TYPE)
    answer.headers.update(headers or {})
    if error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="liulian"'
    if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        answer.headers["Connection"] = "close"  # The rest of the body is on its way and nobody will read it.
    return answer


async def _app_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, AppError):
        raise error
    return _answer(request, error)


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.NOT_FOUND and not request.url.path.startswith("/api"):
        return HTMLResponse(not_found_page(language_of(request)), status_code=404)
    return _answer(request, _named(error.status_code), headers=error.headers)


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
