"""Passing a community on: signatures for WeChat's JS-SDK, and pictures to long-press."""

from collections.abc import Iterator
from hashlib import sha1

import pytest
from pytest_httpserver import HTTPServer

from liulian.base.ids import encode_id
from liulian.web.elsewhere import Elsewhere
from tests.web.api import BASE
from tests.web.members.browsers import CHANNEL, WECHAT_AGENT, Square
from tests.web.members.test_oauth import with_wechat
from tests.web.wechat_server import APP_ID, TICKET, Wechat, a_wechat

PAGE = f"{BASE}/c/tea?ch=1"
TICKETS, TOKENS = "/cgi-bin/ticket/getticket", "/cgi-bin/stable_token"


@pytest.fixture
def wechat(httpserver: HTTPServer, square: Square) -> Iterator[Wechat]:
    with a_wechat(httpserver) as wechat:
        square.parts["elsewhere"] = Elsewhere(wechat_hosts=wechat.hosts)
        yield wechat


async def test_page_of_the_community_is_signed_and_gets_its_card(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    async with square.browser() as client:
        signed = (await client.get("/c/tea/do/jssdk", params={"url": PAGE})).json()
        await client.get("/c/tea/do/jssdk", params={"url": PAGE})

    message = (
        f"jsapi_ticket={TICKET}&noncestr={signed['nonce']}&timestamp={signed['timestamp']}&url={PAGE}"  # As documented.
    )
    assert signed["app_id"] == APP_ID
    assert signed["signature"] == sha1(message.encode()).hexdigest()
    assert (signed["card"]["title"], signed["card"]["link"]) == ("茶饮健康", f"{BASE}/c/tea")
    assert wechat.asked == [TOKENS, TICKETS]  # Once, for two hours.


async def test_ticket_is_renewed_before_it_ends(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    async with square.browser() as client:
        await client.get("/c/tea/do/jssdk", params={"url": PAGE})
        square.clock.pass_by(hours=2)
        await client.get("/c/tea/do/jssdk", params={"url": PAGE})

    assert wechat.asked.count(TICKETS) == 2


async def test_token_that_another_took_over_is_asked_for_anew(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    async with square.browser() as client:
        wechat.good_tokens = set()
        await client.get("/c/tea/do/jssdk", params={"url": PAGE})
        square.clock.pass_by(minutes=116)  # The ticket is due, the token too old to us and to them.
        wechat.good_tokens.clear()
        answer = await client.get("/c/tea/do/jssdk", params={"url": PAGE})

    assert answer.status_code == 200


@pytest.mark.parametrize(("path", "fault"), [(TOKENS, 40125), (TOKENS, 40164), (TICKETS, -1), (TICKETS, "<html>")])
async def test_what_goes_wrong_there_is_an_error_of_the_script_alone(
    square: Square, wechat: Wechat, path: str, fault: int | str
) -> None:
    await with_wechat(square)
    wechat.faults[path] = fault
    async with square.browser() as client:
        answer = await client.get("/c/tea/do/jssdk", params={"url": PAGE})

    assert answer.status_code in (502, 503)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/c/tea", f"{BASE}/c/tea2", f"{BASE}/console", "", f"{BASE}/c/teapot"]
)
async def test_only_pages_of_this_community_are_signed(square: Square, wechat: Wechat, url: str) -> None:
    await with_wechat(square)
    async with square.browser() as client:
        assert (await client.get("/c/tea/do/jssdk", params={"url": url})).status_code == 404

    assert wechat.asked == []


async def test_without_an_account_there_is_nothing_to_sign_and_a_picture_to_press(square: Square) -> None:
    await square.plant()
    async with square.browser(**{"User-Agent": WECHAT_AGENT}) as client:
        nothing = await client.get("/c/tea/do/jssdk", params={"url": PAGE})
        page = await client.get(f"/c/tea/share?ch={encode_id(CHANNEL.id)}")
        picture = await client.get(f"/c/tea/qr.png?ch={encode_id(CHANNEL.id)}")

    assert nothing.status_code == 204
    assert f'src="/c/tea/qr.png?ch={encode_id(CHANNEL.id)}"' in page.text
    assert "右上角的三个点" in page.text
    assert picture.content.startswith(b"\x89PNG")
