"""The frame of member pages: language, navigation, headers, and failures that are pages."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response

from liulian.base.clock import utc_now
from liulian.base.errors import Unavailable
from liulian.base.i18n import Language
from liulian.base.ids import IdSource
from liulian.community.model import CommunityState, Member
from liulian.community.people import NotJoined
from liulian.storage.database import Database
from liulian.web.errors import install_errors
from liulian.web.headers import CONTENT_POLICY, SecureHeaders
from liulian.web.members import layout
from liulian.web.members.layout import member_page, member_router
from liulian.web.pages.assets import PageFiles
from liulian.web.parts import Parts, Site
from tests.web.members.a_community import a_community, a_member

FILES = PageFiles(script="/static/member-1.js", styles=("/static/member-1.css",))
ADDRESS = "https://s.example"


@pytest.fixture
def shown() -> dict[str, Any]:
    """What the page shows; a test changes it."""
    return {"community": a_community(), "member": a_member()}


@pytest.fixture
async def client(
    database: Database, shown: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx2.AsyncClient]:
    monkeypatch.setattr(layout, "page_files", lambda _: FILES)
    router = member_router()

    @router.get("/page")
    async def page(request: Request) -> Response:
        member: Member | None = shown["member"]
        return member_page(request, "member/layout.html", shown["community"], member=member, tab="league")

    @router.get("/me")
    @router.get("/league")
    @router.get("")
    async def other_page() -> None: ...

    @router.get("/closed-to-strangers")
    async def members_only() -> Response:
        raise NotJoined

    @router.post("/do/much")
    @router.get("/much")
    async def much() -> Response:
        raise Unavailable(retry_after_s=7)

    app = FastAPI()
    site = Site.of(base_url=ADDRESS, secret=b"secret of a test")
    app.state.parts = Parts(site=site, database=database, ids=IdSource(), clock=utc_now)
    install_errors(app)
    app.include_router(router)
    app.add_middleware(SecureHeaders)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS) as client:
        yield client


async def language_of(client: httpx2.AsyncClient, path: str = "/c/tea/page", **headers: str) -> str:
    found = re.search(r'<html lang="([\w-]+)">', (await client.get(path, headers=headers)).text)
    assert found
    return found[1]


async def test_page_speaks_as_the_member_wishes_then_as_the_community(
    client: httpx2.AsyncClient, shown: dict[str, Any]
) -> None:
    shown["member"] = a_member(language=Language.EN)
    assert await language_of(client, **{"Accept-Language": "zh-CN"}) == "en"

    shown["member"] = None
    assert await language_of(client, **{"Accept-Language": "en"}) == "zh-CN"
    assert await language_of(client, "/c/tea/page?lang=en") == "en"
    assert await language_of(client) == "en"  # As was just asked for.


async def test_page_of_members_is_kept_by_nobody(client: httpx2.AsyncClient) -> None:
    page = await client.get("/c/tea/page")

    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-security-policy"].encode() == CONTENT_POLICY


async def test_navigation_says_where_one_is_and_is_for_members_alone(
    client: httpx2.AsyncClient, shown: dict[str, Any]
) -> None:
    page = (await client.get("/c/tea/page")).text
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', page) == ["/c/tea/league"]
    tabs = page[page.index('<nav class="tabs"') :]
    assert re.findall(r'<a href="([^"]+)"', tabs) == ["/c/tea", "/c/tea/league", "/c/tea/me"]  # What there is.

    shown["member"] = None
    assert '<nav class="tabs"' not in (await client.get("/c/tea/page")).text


async def test_what_a_community_is_called_is_never_markup(client: httpx2.AsyncClient, shown: dict[str, Any]) -> None:
    symbols = replace(a_community().symbols, emblem="<b>")
    shown["community"] = a_community(name="<script>alert(1)</script>", symbols=symbols)

    page = (await client.get("/c/tea/page")).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;" in page


async def test_closed_community_says_so_on_every_page(client: httpx2.AsyncClient, shown: dict[str, Any]) -> None:
    assert "这个社区已经结束" not in (await client.get("/c/tea/page")).text
    shown["community"] = a_community(state=CommunityState.CLOSED)
    assert "这个社区已经结束" in (await client.get("/c/tea/page")).text


async def test_stranger_who_asks_for_a_page_of_members_is_led_to_the_promise(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/c/tea/closed-to-strangers")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/c/tea"


async def test_failure_of_a_page_is_a_page_and_of_a_script_a_problem(client: httpx2.AsyncClient) -> None:
    page = await client.get("/c/tea/much")
    form = await client.post("/c/tea/do/much", data={"a": "b"}, headers={"Accept": "text/html,*/*"})
    script = await client.post("/c/tea/do/much", json={})

    assert {page.status_code, form.status_code, script.status_code} == {503}
    assert page.headers["content-type"] == form.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["retry-after"] == "7"
    assert script.headers["content-type"] == "application/problem+json"
