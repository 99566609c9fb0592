"""Coming in by WeChat, WeCom and single sign-on, with everything that can go wrong over there."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from liulian.base.ids import CommunityId
from liulian.community.connectors import Connector, ConnectorKind
from liulian.community.model import MemberState
from liulian.community.people import IdentityKind
from liulian.web.elsewhere import Elsewhere
from liulian.web.parts import Site
from tests.web import oidc_server, wechat_server, wecom_server
from tests.web.api import BASE
from tests.web.api import NOON as CLOCK_NOON
from tests.web.members.a_community import NOON
from tests.web.members.browsers import WECHAT_AGENT, Square, hidden, join
from tests.web.oidc_server import Provider, a_provider
from tests.web.wechat_server import Wechat, a_wechat
from tests.web.wecom_server import Wecom, a_wecom

VAULT = Site.of(base_url=BASE, secret=b"secret of a test").vault
BUSY, BROKEN, HALF = 503, "<html>502 Bad Gateway</html>", '{"access_token": "half'


@pytest.fixture
def wechat(httpserver: HTTPServer, square: Square) -> Iterator[Wechat]:
    with a_wechat(httpserver) as wechat:
        square.parts["elsewhere"] = Elsewhere(wechat_hosts=wechat.hosts)
        yield wechat


@pytest.fixture
def wecom(httpserver: HTTPServer, square: Square) -> Iterator[Wecom]:
    with a_wecom(httpserver) as wecom:
        square.parts["elsewhere"] = Elsewhere(wecom_hosts=wecom.hosts)
        yield wecom


@pytest.fixture
def provider(httpserver: HTTPServer, square: Square) -> Iterator[Provider]:
    with a_provider(httpserver, now=CLOCK_NOON) as provider:
        square.parts["elsewhere"] = Elsewhere(allows=lambda _: True)
        yield provider


async def connect(square: Square, kind: ConnectorKind, values: dict[str, str], secret: str) -> None:
    """Set an account of the community up."""
    sealed = VAULT.seal(secret.encode(), about=f"connector:7:{kind.value}")
    connector = Connector(
        id=1,
        community_id=CommunityId(7),
        kind=kind,
        values=values,
        sealed=sealed,
        created_at=NOON,
        updated_at=NOON,
    )
    async with square.database.write() as tx:
        await tx.connectors.put(connector)


async def with_wechat(square: Square, *, scope: str = "snsapi_base", secret: str = wechat_server.SECRET) -> None:
    await square.plant()
    await connect(square, ConnectorKind.WECHAT, {"app_id": wechat_server.APP_ID, "scope": scope}, secret)


async def with_wecom(square: Square, *, secret: str = wecom_server.SECRET) -> None:
    await square.plant()
    values = {"corp_id": wecom_server.CORP_ID, "agent_id": wecom_server.AGENT_ID}
    await connect(square, ConnectorKind.WECOM, values, secret)


async def set_out(client: httpx2.AsyncClient, kind: str, **fields: str) -> str:
    """Tap the button of an account elsewhere, and return where the browser is sent."""
    page = await client.post(f"/c/tea/oauth/{kind}", data=fields)
    assert page.status_code == 200, page.text
    url = page.headers["Refresh"].removeprefix("0; url=")
    assert url in unescape(page.text)
    return url


async def come_back(client: httpx2.AsyncClient, kind: str, back: dict[str, str]) -> httpx2.Response:
    return await client.get(f"/c/tea/oauth/{kind}/callback", params=back)


async def trip(client: httpx2.AsyncClient, there: Any, kind: str, **fields: str) -> httpx2.Response:
    """Go there, agree, and come back."""
    return await come_back(client, kind, there.authorize(await set_out(client, kind, **fields)))


async def test_one_tap_in_wechat_joins_and_the_next_browser_of_the_same_person_comes_in(
    square: Square, wechat: Wechat
) -> None:
    await with_wechat(square)
    async with square.browser(**{"User-Agent": WECHAT_AGENT}) as one, square.browser() as two:
        offered = await one.get("/c/tea/join")
        first = await trip(one, wechat, "wechat", nickname="小林", zone="Europe/Berlin")
        second = await trip(two, wechat, "wechat")
        home = await two.get("/c/tea/me")

    (member,) = await square.members()
    assert 'formaction="/c/tea/oauth/wechat"' in offered.text
    assert (first.status_code, second.headers["Location"]) == (303, "/c/tea")
    assert (member.nickname, member.zone) == ("小林", "Europe/Berlin")
    assert "小林" in home.text


async def test_wechat_is_offered_inside_wechat_alone(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    async with square.browser() as client:
        assert "/oauth/wechat" not in (await client.get("/c/tea/join")).text


async def test_userinfo_gives_a_nickname_and_the_id_of_all_accounts_of_one_owner(
    square: Square, wechat: Wechat
) -> None:
    await with_wechat(square, scope="snsapi_userinfo")
    wechat.union_id = "union-1"
    async with square.browser() as one, square.browser() as two:
        await trip(one, wechat, "wechat")
        wechat.open_id = "another-account-of-the-owner"
        await trip(two, wechat, "wechat")

    (member,) = await square.members()
    async with square.database.read() as tx:
        kinds = sorted(way.kind for way in await tx.member_identities.list_of(member.id))
    assert member.nickname == "小林🍵"
    assert kinds == sorted([IdentityKind.DEVICE] * 2 + [IdentityKind.WECHAT] * 2 + [IdentityKind.WECHAT_UNION])


EXCHANGE, PERSON = "/sns/oauth2/access_token", "/sns/userinfo"


@pytest.mark.parametrize(
    ("path", "fault", "status", "words"),
    [
        (EXCHANGE, 40029, 410, "used before or is too old"),
        (EXCHANGE, 40163, 410, "used before or is too old"),
        (EXCHANGE, 41008, 410, "used before or is too old"),
        (EXCHANGE, 42002, 410, "used before or is too old"),
        (EXCHANGE, 42003, 410, "used before or is too old"),
        (EXCHANGE, 40001, 502, "not set up properly"),
        (EXCHANGE, 40013, 502, "not set up properly"),
        (EXCHANGE, 40125, 502, "not set up properly"),
        (EXCHANGE, 40164, 502, "not set up properly"),
        (EXCHANGE, 48001, 502, "not set up properly"),
        (EXCHANGE, 61004, 502, "not set up properly"),
        (EXCHANGE, 10003, 502, "not set up properly"),
        (EXCHANGE, 45009, 503, "no more requests"),
        (EXCHANGE, 45011, 503, "no more requests"),
        (EXCHANGE, -1, 503, "busy"),
        (EXCHANGE, 50001, 403, "no permission"),
        (EXCHANGE, 50002, 403, "no permission"),
        (EXCHANGE, BROKEN, 503, "busy"),
        (EXCHANGE, HALF, 503, "busy"),
        (EXCHANGE, "", 503, "busy"),
        (EXCHANGE, "[]", 503, "busy"),
        (EXCHANGE, "{}", 503, "busy"),
        (EXCHANGE, '{"openid": 5}', 503, "busy"),
        (EXCHANGE, '{"errcode": "odd"}', 503, "busy"),
        (EXCHANGE, '{"openid": "me"}', 503, "busy"),
        (PERSON, 40001, 410, "used before or is too old"),
        (PERSON, 40003, 403, "no permission"),
        (PERSON, 42001, 410, "used before or is too old"),
        (PERSON, 42007, 403, "no permission"),
        (PERSON, 48001, 403, "no permission"),
        (PERSON, 45011, 503, "no more requests"),
        (PERSON, -1, 503, "busy"),
        (PERSON, BROKEN, 503, "busy"),
        (PERSON, '{"openid": "somebody-else"}', 503, "busy"),
    ],
)
async def test_whatever_wechat_says_is_a_clear_page_and_nobody_has_joined(
    square: Square, wechat: Wechat, path: str, fault: int | str, status: int, words: str
) -> None:
    await with_wechat(square, scope="snsapi_userinfo")
    wechat.faults[path] = fault
    async with square.browser() as client:
        await client.get("/c/tea/join?lang=en")
        answer = await trip(client, wechat, "wechat")

    assert answer.status_code == status
    assert words in answer.text
    assert "nothing has changed" in answer.text
    assert str(fault) not in re.sub(r"<script.*?</script>", "", answer.text) or fault in ("", -1, "[]", "{}")
    assert wechat_server.SECRET not in answer.text
    assert await square.members() == []
    assert await square.acts() == []


async def test_wechat_that_does_not_answer_is_busy(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    async with square.browser() as client:
        back = wechat.authorize(await set_out(client, "wechat"))
        wechat.server.stop()
        answer = await come_back(client, "wechat", back)
    wechat.server.start()

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


async def test_wrong_secret_is_the_operators_to_mend(square: Square, wechat: Wechat) -> None:
    await with_wechat(square, secret="another-secret")
    async with square.browser() as client:
        assert (await trip(client, wechat, "wechat")).status_code == 502


async def test_who_only_looks_at_a_preview_has_no_identity(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    wechat.is_snapshot = True
    async with square.browser() as client:
        assert (await trip(client, wechat, "wechat")).status_code == 403


async def test_who_says_no_is_told_so(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    async with square.browser() as client:
        back = wechat.authorize(await set_out(client, "wechat"))
        answer = await come_back(client, "wechat", {"state": back["state"]})

    assert answer.status_code == 403
    assert wechat.asked == []


async def test_nobody_comes_back_twice_from_elsewhere_or_to_elsewhere(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    await square.plant(id=8, slug="books")
    async with square.browser() as client, square.browser() as thief:
        back = wechat.authorize(await set_out(client, "wechat"))
        stolen = await come_back(thief, "wechat", back)
        forged = await come_back(client, "wechat", back | {"state": "0" * 64})
        await set_out(client, "wechat")
        old_state = await come_back(client, "wechat", back)
        books = await client.get("/c/books/oauth/wechat/callback", params=back)
        fresh = wechat.authorize(await set_out(client, "wechat"))
        cookies = dict(client.cookies)
        done = await come_back(client, "wechat", fresh)
        for name, value in cookies.items():
            client.cookies.set(name, value, domain="s.example", path="/c/tea/oauth")
        again = await come_back(client, "wechat", fresh)

    assert [answer.status_code for answer in (stolen, forged, old_state)] == [410, 410, 410]
    assert books.status_code == 404
    assert (done.status_code, again.status_code) == (303, 410)
    assert len(await square.members()) == 1
    assert len(await square.acts()) == 1


async def test_trip_that_took_too_long_is_over(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    async with square.browser() as client:
        back = wechat.authorize(await set_out(client, "wechat"))
        square.clock.pass_by(minutes=10)
        assert (await come_back(client, "wechat", back)).status_code == 410


async def test_member_connects_wechat_and_is_asked_where_it_belongs_to_another(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    async with square.browser() as one, square.browser() as two:
        await join(one, nickname="一")
        added = await trip(one, wechat, "wechat")
        known = await trip(one, wechat, "wechat")
        square.clock.pass_by(minutes=1)
        await join(two, nickname="二")
        question = await trip(two, wechat, "wechat")
        merged = await two.post("/c/tea/merge", data={"token": hidden(question, "token")})

    (member,) = await square.members()
    assert added.headers["Location"] == "/c/tea/me?done=added"
    assert known.headers["Location"] == "/c/tea/me?done=known"
    assert merged.headers["Location"] == "/c/tea/me?done=merged"
    assert member.nickname == "一"


async def test_who_left_comes_back_by_wechat(square: Square, wechat: Wechat) -> None:
    await with_wechat(square)
    async with square.browser() as one, square.browser() as two:
        await trip(one, wechat, "wechat", nickname="小林")
        await one.post("/c/tea/me/leave")
        await trip(two, wechat, "wechat")

    (member,) = await square.members()
    assert (member.nickname, member.state) == ("小林", MemberState.ACTIVE)


async def test_connector_that_is_off_or_unknown_is_not_there(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        assert (await client.post("/c/tea/oauth/wechat")).status_code == 404
        assert (await client.post("/c/tea/oauth/nonsense")).status_code == 404


async def test_staff_and_guests_come_in_by_wecom_with_one_token(square: Square, wecom: Wecom) -> None:
    await with_wecom(square)
    async with square.browser() as staff, square.browser() as same, square.browser() as guest:
        await trip(staff, wecom, "wecom")
        await trip(same, wecom, "wecom")
        wecom.person = {"openid": "lin", "external_userid": "wm-1"}  # No member of the company, though so called.
        await trip(guest, wecom, "wecom")

    assert len(await square.members()) == 2
    assert wecom.asked.count("/cgi-bin/gettoken") == 1


async def test_token_that_ended_early_is_asked_for_anew_once(square: Square, wecom: Wecom) -> None:
    await with_wecom(square)
    async with square.browser() as one, square.browser() as two:
        await trip(one, wecom, "wecom")
        wecom.token = "token-2"
        done = await trip(two, wecom, "wecom")

    assert done.status_code == 303
    assert wecom.asked.count("/cgi-bin/gettoken") == 2


TOKEN, WHO = "/cgi-bin/gettoken", "/cgi-bin/auth/getuserinfo"


@pytest.mark.parametrize(
    ("path", "fault", "status"),
    [
        (TOKEN, -1, 503),
        (TOKEN, 40001, 502),
        (TOKEN, 40013, 502),
        (TOKEN, 42001, 502),
        (TOKEN, 45009, 503),
        (TOKEN, 60020, 502),
        (TOKEN, BROKEN, 503),
        (TOKEN, "{}", 503),
        (WHO, 40029, 410),
        (WHO, 41008, 410),
        (WHO, 42003, 410),
        (WHO, 40014, 503),
        (WHO, 42001, 503),
        (WHO, 45009, 503),
        (WHO, 45011, 503),
        (WHO, 50001, 502),
        (WHO, 60011, 403),
        (WHO, 60111, 403),
        (WHO, 301002, 502),
        (WHO, -1, 503),
        (WHO, BROKEN, 503),
        (WHO, HALF, 503),
        (WHO, '{"errcode": 0}', 503),
    ],
)
async def test_whatever_wecom_says_is_a_clear_page_and_nobody_has_joined(
    square: Square, wecom: Wecom, path: str, fault: int | str, status: int
) -> None:
    await with_wecom(square)
    wecom.faults[path] = fault
    async with square.browser() as client:
        answer = await trip(client, wecom, "wecom")

    assert answer.status_code == status
    assert "什么都没有改变" in answer.text
    assert await square.members() == []


async def with_provider(square: Square, provider: Provider) -> None:
    await square.plant()
    values = {"issuer": provider.issuer, "client_id": oidc_server.CLIENT_ID, "name": "Tea House"}
    await connect(square, ConnectorKind.OIDC, values, oidc_server.CLIENT_SECRET)


async def to_provider(client: httpx2.AsyncClient, provider: Provider) -> httpx2.Response:
    code, state = provider.authorize(await set_out(client, "oidc"))
    return await come_back(client, "oidc", {"code": code, "state": state})


async def test_provider_of_a_community_brings_the_same_person_back(square: Square, provider: Provider) -> None:
    await with_provider(square, provider)
    async with square.browser() as one, square.browser() as two:
        offered = await one.get("/c/tea/join")
        await to_provider(one, provider)
        await to_provider(two, provider)

    assert "Tea House" in offered.text
    assert len(await square.members()) == 1


async def test_provider_that_cannot_be_believed_lets_nobody_in(square: Square, provider: Provider) -> None:
    await with_provider(square, provider)
    provider.claims = {"nonce": "another"}
    async with square.browser() as client:
        answer = await to_provider(client, provider)

    assert answer.status_code == 502
    assert await square.members() == []


async def test_provider_inside_our_own_network_is_never_asked(square: Square, provider: Provider) -> None:
    square.parts["elsewhere"] = Elsewhere()
    await with_provider(square, provider)
    async with square.browser() as client:
        answer = await client.post("/c/tea/oauth/oidc")

    assert answer.status_code == 502
    assert provider.server.log == []
