"""Clients of the API, and the usual requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2

from liulian.accounts.api_keys import create_api_key
from liulian.accounts.permissions import ALL_SCOPES, Scope
from liulian.base.ids import IdSource, WorkspaceId
from liulian.storage.database import Database
from liulian.web.app import create_app
from liulian.web.parts import Parts, Site

BASE = "https://s.example"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINKS = "/api/v1/links"
PROBLEM = "application/problem+json"

ids = IdSource()


@asynccontextmanager
async def client_of(
    database: Database,
    *,
    base_url: str | None = None,
    token: str | None = None,
    host: str = "s.example",
    **different: Any,
) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client of a whole application, with parts that are `different`. Sentences come in English."""
    site = Site.of(base_url=base_url, secret=b"secret of a test")
    usual: dict[str, Any] = {"site": site, "database": database, "ids": ids, "clock": lambda: NOON}
    app = create_app(Parts(**usual | different))
    headers = {"Accept-Language": "en"} | ({"Authorization": f"Bearer {token}"} if token else {})
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://{host}", headers=headers) as client:
        yield client


async def api_key(database: Database, *, workspace: int = 1, scopes: frozenset[Scope] = ALL_SCOPES) -> str:
    """Return the token of a new key."""
    async with database.write() as tx:
        _, token = await create_api_key(
            "test", workspace_id=WorkspaceId(workspace), store=tx.api_keys, ids=ids, now=NOON, scopes=scopes
        )
    return token


async def make(client: httpx2.AsyncClient, **wish: Any) -> dict[str, Any]:
    """Return a link just made."""
    answer = await client.post(LINKS, json={"destination": "https://example.com/"} | wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """Return status and code of a refusal, which must look like one."""
    assert answer.headers["Content-Type"] == PROBLEM, answer.text
    members = answer.json()
    assert members["status"] == answer.status_code
    assert {"type", "title", "detail", "code", "errors", "instance"} <= members.keys()
    return answer.status_code, members["code"]


def refused_fields(answer: httpx2.Response) -> dict[str, str]:
    """Return code by field."""
    return {error["field"]: error["code"] for error in answer.json()["errors"]}
