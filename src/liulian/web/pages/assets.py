"""Serve what Vite built, and tell pages under which names. The names carry the content, so browsers keep them for ever.

Never builds anything: where the files are missing, pages say how to make them.
"""

import json
from dataclasses import dataclass
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from liulian.base.log import logger

STATIC = Path(__file__).parents[1] / "static"
FOR_EVER = "public, max-age=31536000, immutable"
PACKED = ".gz"  # What the build leaves beside the large files: the reader of QR codes, the console.


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFiles:
    """Addresses of what one page loads. `imports`: what its script asks for at once: fetched beside it."""

    script: str
    styles: tuple[str, ...]
    imports: tuple[str, ...] = ()


class HashedFiles(StaticFiles):
    """Static files under names that change with their content, sent packed where the build has packed them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        packed = f"{path}{PACKED}"
        if not await run_in_threadpool(lambda: self.lookup_path(packed)[1]):
            response = await super().get_response(path, scope)
        elif "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            response = await super().get_response(packed, scope)
            kind = guess_type(path)[0] or "application/octet-stream"
            response.headers.update({"Content-Encoding": "gzip", "Content-Type": kind, "Vary": "Accept-Encoding"})
        else:
            response = await super().get_response(path, scope)
            response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = FOR_EVER
        return response


def mount_static(app: FastAPI) -> None:
    """Serve the built files under `/static`, also when they are built only later."""
    app.mount("/static", HashedFiles(directory=STATIC, check_dir=False), name="static")


@cache
def page_files(page: str, *, folder: Path = STATIC) -> PageFiles:
    """Return the files of an entry such as `home`. Raises NotBuilt."""
    try:
        manifest: dict[str, dict[str, Any]] = json.loads((folder / ".vite/manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        logger.error("front_end_not_built", remedy="make setup")
        raise NotBuilt from None
    entry = next(chunk for chunk in manifest.values() if chunk.get("isEntry") and chunk.get("name") == page)
    shared = {chunk["file"] for name, chunk in manifest.items() if name.startswith("_")}
    # What pages share comes first: the later style has the last word.
    styles = sorted(entry.get("css", ()), key=lambda style: style not in shared)
    imports = tuple(f"/static/{manifest[name]['file']}" for name in entry.get("imports", ()))
    return PageFiles(
        script=f"/static/{entry['file']}", styles=tuple(f"/static/{style}" for style in styles), imports=imports
    )


class NotBuilt(Exception):
    """The front end has not been built."""
