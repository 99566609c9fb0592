"""Every address under /c/: asked by a stranger, by a member of another community, and with somebody else's cookie.

The addresses come from what the application takes in, so a new one is tried without anybody thinking of it.
"""

import re
from typing import Any

import httpx2
from fastapi.routing import APIRoute

from liulian.base.ids import CommunityId, encode_id
from liulian.web.members.asking import MEMBER_COOKIE
from liulian.web.members.routers import ROUTERS
from tests.web.members.browsers import Square, join

# What is for everybody: the promise, joining, and coming in from elsewhere; what they say depends on the address alone.
FOR_STRANGERS = {
    "GET /c",
    "GET /c/",
    "GET /c/{slug}",
    "GET /c/{slug}/join",
    "POST /c/{slug}/join",
    "POST /c/{slug}/oauth/{kind}",
    "GET /c/{slug}/oauth/{kind}/callback",
    "GET /c/{slug}/code",
    "POST /c/{slug}/code",
    "POST /c/{slug}/code/check",
    "GET /c/{slug}/pair",
    "POST /c/{slug}/pair",
    "GET /c/{slug}/pair/wait",
    "GET /c/{slug}/share",
    "GET /c/{slug}/qr.png",
    "GET /c/{slug}/do/jssdk",
    "POST /c/{slug}/do/visit",  # A stranger's visit is a visit.
    "GET /c/{slug}/calendar/{token}.ics",  # The token is the permission.
}
NOBODYS, NOWHERE = (303, 400, 401, 403, 404), (400, 404, 415, 422)
SECRET = "小林的秘密昵称"


def addresses() -> list[str]:
    """Return every method and path below /c that the application answers."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return sorted({f"{method} {route.path}" for route in routes for method in (route.methods or set()) - {"HEAD"}})


ADDRESSES = addresses()
MEMBERS_ONLY = [each for each in ADDRESSES if each not in FOR_STRANGERS]


async def ask(client: httpx2.AsyncClient, address: str, slug: str = "tea", **headers: str) -> httpx2.Response:
    """Ask an address of a community, its places filled with ids of nothing."""
    method, path = address.split(" ", 1)
    path = re.sub(r"\{(\w+)(:\w+)?\}", lambda place: slug if place[1] == "slug" else encode_id(5), path)
    sent: dict[str, Any] = {"json": {}} if method == "POST" and "/do/" in path else {}
    return await client.request(method, path, headers=headers, **sent)


def test_there_are_addresses_of_members_alone() -> None:
    assert len(MEMBERS_ONLY) > 10
    assert "GET /c/{slug}/me" in MEMBERS_ONLY


async def test_stranger_and_member_of_another_community_are_let_nowhere(square: Square) -> None:
    await square.plant()
    await square.plant(id=CommunityId(8), slug="books")
    faults = []
    async with square.browser() as stranger, square.browser() as member, square.browser() as other:
        await join(member, nickname=SECRET)
        await join(other, slug="books")
        theirs = other.cookies.get(MEMBER_COOKIE, path="/c/books")
        before = len(await square.acts())
        for address in MEMBERS_ONLY:
            answers = [
                await ask(stranger, address),
                await ask(other, address),
                await ask(stranger, address, Cookie=f"{MEMBER_COOKIE}={theirs}"),  # Sent where no browser sends it.
                await ask(stranger, address, Cookie=f"{MEMBER_COOKIE}=nonsense"),
            ]
            faults += [f"{address}: {answer.status_code}" for answer in answers if not is_refused(answer)]
        after = len(await square.acts())

    assert not faults
    assert after == before


def is_refused(answer: httpx2.Response) -> bool:
    """Tell whether an answer says nothing and leads to where one joins, at most."""
    is_led_home = answer.status_code != 303 or answer.headers["Location"] == "/c/tea"
    return answer.status_code in NOBODYS and is_led_home and SECRET not in answer.text


async def test_community_that_is_nowhere_is_found_by_nobody(square: Square) -> None:
    await square.plant()
    faults = []
    async with square.browser() as member:
        await join(member)
        cookie = f"{MEMBER_COOKIE}={member.cookies.get(MEMBER_COOKIE, path='/c/tea')}"
        for address in ADDRESSES:
            if "{slug}" in address and not address.endswith("/visit"):
                answer = await ask(member, address, slug="nowhere", Cookie=cookie)
                faults += [] if answer.status_code in NOWHERE else [f"{address}: {answer.status_code}"]

    assert not faults


async def test_page_of_another_site_changes_nothing_with_a_members_cookie(square: Square) -> None:
    await square.plant()
    faults = []
    async with square.browser() as member:
        await join(member, nickname=SECRET)
        before = await square.members(), await square.acts()
        for address in ADDRESSES:
            if address.startswith("POST") and not address.endswith("/visit"):
                foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
                answer = await ask(member, address, **foreign)
                faults += [] if answer.status_code == 403 else [f"{address}: {answer.status_code}"]

    assert not faults
    assert (await square.members(), await square.acts()) == before
