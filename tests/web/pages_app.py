"""The public pages on a real database of their own, without the rest of the program."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from fastapi import FastAPI

from liulian.base.clock import utc_now
from liulian.base.ids import DomainId, IdSource
from liulian.base.imprint import NO_IMPRINT, Imprint
from liulian.storage.database import Database
from liulian.storage.migrate import migrate
from liulian.web.errors import install_errors
from liulian.web.headers import SecureHeaders
from liulian.web.pages import home, qr, texts
from liulian.web.pages.assets import mount_static
from liulian.web.parts import UNLIMITED, Parts, Site, Strangers

ADDRESS = "https://s.example"


@asynccontextmanager
async def open_pages(
    folder: Path,
    *,
    imprint: Imprint = NO_IMPRINT,
    strangers: Strangers = UNLIMITED,
    is_link: Callable[[DomainId, str], Awaitable[bool]] | None = None,
) -> AsyncIterator[tuple[httpx2.AsyncClient, Database]]:
    """Give a client of the pages, and the database behind them."""
    database = Database.open(f"sqlite:///{folder / 'liulian.sqlite3'}")
    await migrate(database)
    app = FastAPI()
    app.state.parts = Parts(
        site=Site.of(base_url=ADDRESS, secret=b"secret of a test", imprint=imprint),
        database=database,
        ids=IdSource(),
        clock=utc_now,
        strangers=strangers,
        is_link=is_link,
    )
    install_errors(app)
    app.include_router(home.router)
    app.include_router(qr.router)
    app.include_router(texts.router)
    mount_static(app)
    app.add_middleware(SecureHeaders)
    transport = httpx2.ASGITransport(app=app, client=("203.0.113.7", 4711))
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client, database
    await database.close()
