"""The QR code of a link is public, says the short URL, and exists only while the link does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from liulian.base.ids import DomainId, LinkId
from liulian.base.meters import Meters
from liulian.bootstrap import lookup_of
from liulian.edge.routes import Routes
from liulian.links.model import DEFAULT_DOMAIN, Link, Target
from liulian.qr.encode import qr_svg
from liulian.safety.budget import MISSES_MAX
from tests.web.pages_app import ADDRESS, open_pages

AT = datetime(2026, 1, 1, tzinfo=UTC)


def a_link(number: int, slug: str) -> Link:
    return Link(
        id=LinkId(number),
        workspace_id=None,
        domain_id=DEFAULT_DOMAIN,
        slug=slug,
        destination="https://example.com/",
        title=None,
        created_at=AT,
        updated_at=AT,
    )


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with open_pages(tmp_path) as (client, database):
        async with database.write() as tx:
            await tx.links.add([a_link(1, "AbCdEfG"), a_link(2, "冬季茶饮")])
        yield client


async def test_code_says_the_short_url(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/q/AbCdEfG.svg")

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.content == qr_svg(f"{ADDRESS}/AbCdEfG")


async def test_slug_may_be_chinese(client: httpx2.AsyncClient) -> None:
    slug = quote("冬季茶饮")

    assert (await client.get(f"/q/{slug}.svg")).content == qr_svg(f"{ADDRESS}/{slug}")


async def test_unknown_and_reserved_slugs_have_no_code(client: httpx2.AsyncClient) -> None:
    for slug in ("abcdefg", "api", "a+b"):
        assert (await client.get(f"/q/{slug}.svg")).status_code == 404


async def test_download_saves_under_the_name_of_the_slug(client: httpx2.AsyncClient) -> None:
    shown = await client.get("/q/AbCdEfG.svg")
    saved = await client.get("/q/AbCdEfG.svg?download=1")

    assert "content-disposition" not in shown.headers
    assert saved.headers["content-disposition"] == "attachment; filename*=UTF-8''AbCdEfG.svg"


async def test_browser_that_has_the_code_is_not_sent_it_again(client: httpx2.AsyncClient) -> None:
    first = await client.get("/q/AbCdEfG.svg")

    again = await client.get("/q/AbCdEfG.svg", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.content == b""


class CountingStore:
    """A store without links that notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def find(self, *, domain_id: DomainId, slug: str) -> Target | None:
        assert domain_id == DEFAULT_DOMAIN
        self.asked.append(slug)
        return None


async def test_unknown_slug_is_asked_of_the_database_once_until_links_change(tmp_path: Path) -> None:
    store, routes = CountingStore(), Routes(routes_max=10, meters=Meters.unshared())
    async with open_pages(tmp_path, is_link=lookup_of(routes, store)) as (client, _):
        assert {(await client.get("/q/abcdefg.svg")).status_code for _ in range(5)} == {404}
        assert store.asked == ["abcdefg"]

        routes.forget(DEFAULT_DOMAIN, "abcdefg", b"/abcdefg")
        await client.get("/q/abcdefg.svg")
        assert store.asked == ["abcdefg"] * 2


async def test_slugs_cannot_be_guessed_by_their_codes(client: httpx2.AsyncClient) -> None:
    for number in range(MISSES_MAX):
        assert (await client.get(f"/q/abcde{number:02}.svg")).status_code == 404

    for slug in ("abcdefg", "AbCdEfG"):
        answer = await client.get(f"/q/{slug}.svg")
        assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)
