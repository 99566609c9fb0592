"""The first page of a community, in the whole application."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from liulian.community.model import CommunityState
from liulian.storage.database import Database
from liulian.web.members import layout, panels
from liulian.web.members.asking import MEMBER_COOKIE
from liulian.web.members.home import purpose_panel
from liulian.web.members.panels import Panel
from liulian.web.pages.assets import PageFiles
from tests.web.api import BASE, client_of
from tests.web.members.a_community import NOON, TOKEN, plant

MEMBER = {"Cookie": f"{MEMBER_COOKIE}={TOKEN}"}
FILES = PageFiles(script="/static/member-1.js", styles=("/static/member-1.css",))


@pytest.fixture
async def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser that nobody knows."""
    monkeypatch.setattr(layout, "page_files", lambda _: FILES)
    async with client_of(database, base_url=BASE, clock=lambda: NOON) as client:
        yield client


async def test_stranger_sees_the_promise_and_a_member_their_day(client: httpx2.AsyncClient, database: Database) -> None:
    await plant(database)

    stranger = await client.get("/c/tea")
    member = await client.get("/c/tea", headers=MEMBER)

    assert stranger.status_code == member.status_code == 200
    assert '<nav class="tabs"' not in stranger.text
    assert "三周里把含糖饮料换成茶" in stranger.text
    assert '<nav class="tabs"' in member.text


@pytest.mark.parametrize("path", ["/c/tea", "/c/coffee", "/c/", "/c"])
async def test_community_that_is_a_draft_or_nowhere_is_the_same_page(
    client: httpx2.AsyncClient, database: Database, path: str
) -> None:
    await plant(database, state=CommunityState.DRAFT)

    answer = await client.get(path)

    assert answer.status_code == 404
    assert answer.text == (await client.get("/c/nowhere")).text
    assert answer.headers["cache-control"] == "no-store"


async def test_panel_that_fails_or_cannot_be_drawn_leaves_the_page_standing(
    client: httpx2.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def without_template(*_: object) -> Panel:
        return Panel(template="member/_no_such_thing.html", shown=None)

    async def broken(*_: object) -> Panel:
        raise LookupError

    await plant(database)
    shown = {"home:purpose_panel": purpose_panel, "checkin:goals_panel": without_template, "me:me_panel": broken}
    monkeypatch.setattr(panels, "shower", shown.get)

    page = await client.get("/c/tea", headers=MEMBER)

    assert page.status_code == 200
    assert "三周里把含糖饮料换成茶" in page.text
