"""Put the web side together: routers, errors, headers, static files. `/{slug}` is answered before it gets here."""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from liulian.web.api import links
from liulian.web.errors import install_errors
from liulian.web.headers import SecureHeaders
from liulian.web.parts import Parts

STATIC = Path(__file__).parent / "static"


def create_app(parts: Parts) -> FastAPI:
    """Return the application of one web process. It touches neither database nor network until it is asked."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.parts = parts
    install_errors(app)
    app.include_router(links.router, prefix="/api/v1")
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False), name="static")
    app.add_middleware(SecureHeaders)
    return app
