"""The console's page: one shell for every address under /console, which its script fills from the API.

Knows nobody and shows nothing of anybody: who is here is asked by the script. Never cached, because it names files that
change with each version.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from liulian.base.i18n import LANGUAGE_COOKIE, Language
from liulian.base.log import logger
from liulian.web.errors import language_of
from liulian.web.pages.assets import STATIC, NotBuilt
from liulian.web.pages.home import LANGUAGE_KEPT_S
from liulian.web.pages.render import render

ENTRY = "console/main.ts"
SCHEME_COOKIE = "liulian_scheme"
SCHEMES = ("light", "dark")

# Tighter than the public pages: no WebAssembly, no default. Styles stand in files; Vue and Element Plus set single
# properties through the object model, which a policy does not forbid. QR codes are shown from memory (blob:, data:).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellFiles:
    """Addresses of what opens first: the script, what it imports at once, and their styles."""

    script: str
    imports: tuple[str, ...]
    styles: tuple[str, ...]


@router.api_route("/console", methods=["GET", "HEAD"])
@router.api_route("/console/{rest:path}", methods=["GET", "HEAD"])
async def shell(request: Request) -> Response:
    """Answer the shell in the reader's language; `?lang=` is remembered."""
    language = language_of(request)
    page = _page(request, language)
    page.headers.update({"Cache-Control": "no-store", "Content-Security-Policy": POLICY})
    if request.query_params.get("lang") == language.value:
        page.set_cookie(LANGUAGE_COOKIE, language.value, max_age=LANGUAGE_KEPT_S, httponly=True, samesite="lax")
    return page


def _page(request: Request, language: Language) -> HTMLResponse:
    try:
        files = shell_files()
    except NotBuilt:
        return HTMLResponse(render("unbuilt.html", language), status_code=503)
    wish = request.cookies.get(SCHEME_COOKIE)
    scheme = wish if wish in SCHEMES else None
    return HTMLResponse(render("console.html", language, files=files, scheme=scheme))


@cache
def shell_files(*, folder: Path = STATIC / "console") -> ShellFiles:
    """Return what the shell loads. Raises NotBuilt."""
    try:
        manifest: dict[str, dict[str, Any]] = json.loads((folder / ".vite/manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        logger.error("front_end_not_built", remedy="make setup")
        raise NotBuilt from None
    chunks = [manifest[name] for name in _needed(ENTRY, manifest)]
    styles = dict.fromkeys(style for chunk in reversed(chunks) for style in chunk.get("css", ()))
    return ShellFiles(
        script=_address(chunks[0]["file"]),
        imports=tuple(_address(chunk["file"]) for chunk in chunks[1:]),
        styles=tuple(map(_address, styles)),
    )


def _needed(entry: str, manifest: dict[str, dict[str, Any]]) -> list[str]:
    """Return an entry and all it imports at once, the importer before the imported."""
    needed, waiting = [entry], [entry]
    while waiting:
        for name in manifest[waiting.pop()].get("imports", ()):
            if name not in needed:
                needed.append(name)
                waiting.append(name)
    return needed


def _address(file: str) -> str:
    return f"/static/console/{file}"
