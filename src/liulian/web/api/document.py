"""The OpenAPI 3.1 document, and a page that shows it. The page loads nothing: no script, no other host."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response
from markupsafe import Markup
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from liulian.__about__ import __version__
from liulian.base.i18n import catalogue
from liulian.web.api import (
    account_schemas,
    community_broadcast_schemas,
    community_evidence_schemas,
    community_order_schemas,
    community_part_schemas,
    community_people_schemas,
    community_result_schemas,
    community_schemas,
    domain_schemas,
    list_schemas,
    schemas,
    transfer_schemas,
)
from liulian.web.api.describe import KEYED, PROBLEM_TYPE, problem, reference
from liulian.web.auth import SESSION_COOKIE
from liulian.web.errors import language_of
from liulian.web.pages.render import render
from liulian.web.place import place_of

DESCRIPTION = "Make short links, change them, read how often they were opened. Times are UTC."
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, or the manage token of one link. Strangers need neither to make a link.",
}
SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": SESSION_COOKIE,
    "description": "The session of a person who signed in by `POST /api/v1/session`. The header `Liulian-Workspace`, "
    "or `?workspace=`, chooses one of their workspaces; without it, it is the first they joined.",
}
METHODS = ("get", "post", "patch", "put", "delete")

router = APIRouter(prefix="/api", include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """Answer the document for programs."""
    return JSONResponse(document(request.app))


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Answer the document for people."""
    language = language_of(request)
    codes = {
        key.removeprefix("errors."): sentence
        for key, sentence in sorted(catalogue(language).items())
        if key.startswith("errors.")
    }
    whole = document(request.app)
    page = render(
        "api_docs.html", language, document=whole, codes=codes, origin=place_of(request).origin, style=_style()
    )
    policy = f"default-src 'none'; style-src 'sha256-{_digest(_style())}'; img-src 'self'; base-uri 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy + "; frame-ancestors 'none'"})


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once per application."""
    if app.openapi_schema is None:
        made = get_openapi(
            title="Liulian", version=__version__, openapi_version="3.1.0", description=DESCRIPTION, routes=app.routes
        )
        _add_schemas(made)
        for path in made["paths"].values():
            for method in METHODS:
                if method in path:
                    _complete(path[method])
        app.openapi_schema = made
    return app.openapi_schema


def _add_schemas(made: dict[str, Any]) -> None:
    """Add the shapes of bodies that routes read themselves, and the way to sign in."""
    shapes: tuple[type[BaseModel], ...] = (
        *account_schemas.SHAPES,
        *community_schemas.SHAPES,
        *community_part_schemas.SHAPES,
        *community_broadcast_schemas.SHAPES,
        *community_evidence_schemas.SHAPES,
        *community_order_schemas.SHAPES,
        *community_people_schemas.SHAPES,
        *community_result_schemas.SHAPES,
        *domain_schemas.SHAPES,
        *list_schemas.SHAPES,
        *transfer_schemas.SHAPES,
        schemas.LinkCreate,
        schemas.LinkPatch,
        schemas.LinkBulk,
        schemas.ExpandWish,
        schemas.Link,
        schemas.NewLink,
        schemas.LinkPage,
        schemas.BulkAnswer,
        schemas.Problem,
    )
    _, found = models_json_schema(
        [(shape, "validation") for shape in shapes], ref_template="#/components/schemas/{model}"
    )
    components = made.setdefault("components", {})
    components["schemas"] = components.get("schemas", {}) | found["$defs"]
    components["schemas"].pop("HTTPValidationError", None)
    components["schemas"].pop("ValidationError", None)
    components["securitySchemes"] = {"bearer": BEARER, "session": SESSION}


def _complete(operation: dict[str, Any]) -> None:
    """Say what holds for every operation: how refusals look, and that neither key nor session is needed by others."""
    operation["responses"]["422"] = problem(422)
    any_other = {"description": "Any other failure.", "content": {PROBLEM_TYPE: {"schema": reference("Problem")}}}
    operation["responses"]["default"] = any_other
    operation.setdefault("security", [{}, *KEYED["security"]])


@cache
def _style() -> Markup:
    style = files("liulian.web").joinpath("templates", "api_docs.css")
    return Markup(style.read_text(encoding="utf-8").strip())  # noqa: S704 - It is ours, and no quotation marks are in it.


def _digest(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode()
