"""A short link is followed to its end, and nowhere that strangers must not reach: real sockets, every trick we know."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liulian.base.errors import InvalidRequest
from liulian.safety.expand import HOPS_MAX, Ending, Expansion
from liulian.safety.fetch import Fetched
from tests.web.foreign import NAMES, PRIVATE, PUBLIC, ForeignWeb, an_expander, foreign_web


@pytest.fixture
async def web() -> AsyncIterator[ForeignWeb]:
    async with foreign_web() as web:
        yield web


@pytest.fixture
def expand(web: ForeignWeb, tmp_path: Path) -> "Expand":
    return Expand(web, tmp_path)


class Expand:
    def __init__(self, web: ForeignWeb, folder: Path) -> None:
        self._web, self._folder = web, folder

    async def __call__(self, typed: str, *, whole_s: float = 5.0) -> Expansion:
        async def own(url: str) -> Fetched:
            return Fetched(302, self._web.url("/end")) if url.endswith("/known") else Fetched(404)

        expander = an_expander(self._web, self._folder, whole_s=whole_s)
        return await expander.expand(typed, own_hosts={"s.example.com"}, own_ports={80, 443}, own_link=own)


def statuses(found: Expansion) -> list[int | None]:
    return [hop.status for hop in found.hops]


async def test_every_hop_is_shown_to_the_end(web: ForeignWeb, expand: Expand) -> None:
    web.redirect("/a", "/b", status=301)
    web.redirect("/b", web.url("/end?x=1", host="shop.abroad.net"), status=307)
    web.page("/end?x=1", b"here")

    found = await expand(web.url("/a"))

    assert found.ending is Ending.ARRIVED
    assert [(hop.url, hop.host, hop.status) for hop in found.hops] == [
        (web.url("/a"), "short.abroad.net", 301),
        (web.url("/b"), "short.abroad.net", 307),
        (web.url("/end?x=1", host="shop.abroad.net"), "shop.abroad.net", 200),
    ]


async def test_page_that_refreshes_to_elsewhere_is_a_hop(web: ForeignWeb, expand: Expand) -> None:
    web.page("/a", b"<html><META content=\"0; URL='/end?a=1&amp;b=2'\" http-equiv=refresh>")
    web.page("/end?a=1&b=2", b"here")

    assert statuses(await expand(web.url("/a"))) == [200, 200]


async def test_link_is_found_in_a_text_made_to_share(web: ForeignWeb, expand: Expand) -> None:
    found = await expand(f"看看这个：{web.url('/a')}，复制打开")

    assert found.hops[0].url == web.url("/a")


@pytest.mark.parametrize("typed", ["", "  ", "ftp://example.com/", "javascript:alert(1)", "http://a:b@example.com/"])
async def test_what_is_no_address_is_refused(expand: Expand, typed: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await expand(typed)

    assert [error.code for error in refused.value.errors] == ["expand_url_invalid"]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "169.254.169.254",
        "[::1]",
        "[::ffff:7f00:1]",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "inner.abroad.net",
        "metadata.abroad.net",
        "six.abroad.net",
        "mapped.abroad.net",
        "zero.abroad.net",
        "nobody.abroad.net",
    ],
)
async def test_private_address_is_never_reached_and_ends_like_a_dead_one(
    web: ForeignWeb, expand: Expand, host: str
) -> None:
    web.redirect("/a", web.url("/secret", host=host))

    behind, directly = await expand(web.url("/a")), await expand(web.url("/secret", host=host))

    assert (behind.ending, directly.ending) == (Ending.UNREACHABLE, Ending.UNREACHABLE)
    assert (statuses(behind), statuses(directly)) == ([302, None], [None])
    assert web.trapped == []


async def test_name_with_both_kinds_of_addresses_is_reached_at_the_public_one(web: ForeignWeb, expand: Expand) -> None:
    web.page("/a", b"here")

    assert (await expand(web.url("/a", host="both.abroad.net"))).ending is Ending.ARRIVED
    assert web.trapped == []


async def test_name_that_turns_private_between_two_hops_is_not_reached(
    web: ForeignWeb, expand: Expand, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.redirect("/a", "/b")
    answers = iter([[PUBLIC], [PRIVATE]])

    class Turning(dict[str, list[str]]):
        def __getitem__(self, host: str) -> list[str]:
            return next(answers)

    monkeypatch.setattr("tests.web.foreign.NAMES", Turning(NAMES))

    assert statuses(await expand(web.url("/a"))) == [302, None]
    assert web.trapped == []


async def test_port_that_is_not_of_the_web_is_not_reached(web: ForeignWeb, expand: Expand) -> None:
    web.redirect("/a", "http://short.abroad.net:22/")

    assert statuses(await expand(web.url("/a"))) == [302, None]


@pytest.mark.parametrize(
    "location", ["data:text/html,hello", "file://secret", "javascript:alert(1)", "weixin://dl/chat", "gopher://a/"]
)
async def test_redirect_that_leaves_the_web_ends_there(web: ForeignWeb, expand: Expand, location: str) -> None:
    web.redirect("/a", location)

    found = await expand(web.url("/a"))

    assert (found.ending, statuses(found)) == (Ending.OTHER, [302, None])


async def test_loop_is_called_a_loop(web: ForeignWeb, expand: Expand) -> None:
    web.redirect("/a", "/b")
    web.redirect("/b", "/a")

    found = await expand(web.url("/a"))

    assert (found.ending, statuses(found)) == (Ending.LOOP, [302, 302])


async def test_way_without_end_is_left_after_ten_hops(web: ForeignWeb, expand: Expand) -> None:
    for number in range(20):
        web.redirect(f"/{number}", f"/{number + 1}")

    found = await expand(web.url("/0"))

    assert (found.ending, len(found.hops)) == (Ending.TOO_MANY_HOPS, HOPS_MAX)


async def test_endless_page_is_left_after_its_beginning(web: ForeignWeb, expand: Expand) -> None:
    web.endless["/a"] = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x" * 65536)
    web.answers["/a"] = b""

    assert (await expand(web.url("/a"))).ending is Ending.ARRIVED


async def test_page_that_drips_is_not_waited_for(web: ForeignWeb, expand: Expand) -> None:
    web.endless["/a"] = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<ht", b"")
    web.answers["/a"] = b""

    assert (await expand(web.url("/a"))).ending is Ending.ARRIVED


@pytest.mark.parametrize(
    ("beginning", "again"),
    [
        (b"HTTP/1.1 200 O", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 65536),
        (b"nonsense\r\n", b"nonsense" * 1000),
    ],
)
async def test_head_that_never_ends_is_no_answer(
    web: ForeignWeb, expand: Expand, beginning: bytes, again: bytes
) -> None:
    web.endless["/a"] = (beginning, again)
    web.answers["/a"] = b""

    found = await expand(web.url("/a"), whole_s=0.3)

    assert (found.ending, statuses(found)) == (Ending.UNREACHABLE, [None])


async def test_compressed_page_is_never_unpacked(web: ForeignWeb, expand: Expand) -> None:
    bomb = gzip.compress(b'<meta http-equiv="refresh" content="0;url=/b">' + b"\0" * 10_000_000)
    web.page("/a", bomb, headers="Content-Encoding: gzip\r\n")

    assert statuses(await expand(web.url("/a"))) == [200]


async def test_no_cookie_credential_or_proxy_goes_along(
    web: ForeignWeb, expand: Expand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{PRIVATE}:{web.port}")
    web.answers["/a"] = b"HTTP/1.1 302 Found\r\nSet-Cookie: id=1\r\nLocation: /b\r\n\r\n"

    await expand(web.url("/a"))

    names = {line.split(b":")[0].lower() for head in web.heads for line in head.split(b"\r\n")[1:] if line}
    assert names == {b"host", b"user-agent", b"accept", b"accept-encoding", b"connection"}
    assert web.trapped == []


async def test_our_own_link_is_read_and_not_requested(web: ForeignWeb, expand: Expand) -> None:
    web.page("/end", b"here")

    found = await expand("s.example.com/known")

    assert [(hop.host, hop.status) for hop in found.hops] == [("s.example.com", 302), ("short.abroad.net", 200)]


async def test_what_a_feed_knows_is_said(web: ForeignWeb, expand: Expand, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("shop.abroad.net\n")
    web.redirect("/a", web.url("/end", host="shop.abroad.net"))
    web.page("/end", b"here")

    found = await expand(web.url("/a"))

    assert found.listed is not None
    assert found.listed.source == "bad.txt"


async def test_our_own_link_is_read_where_we_are_at_home_too(web: ForeignWeb, tmp_path: Path) -> None:
    async def own(url: str) -> Fetched:
        return Fetched(404)

    expander, own_hosts, own_ports = an_expander(web, tmp_path), {"localhost"}, {8000}

    found = await expander.expand("http://localhost:8000/x", own_hosts=own_hosts, own_ports=own_ports, own_link=own)
    for other in ("http://localhost:22/", "http://localhost/", "https://localhost/"):
        not_ours = await expander.expand(other, own_hosts=own_hosts, own_ports=own_ports, own_link=own)
        assert (not_ours.ending, statuses(not_ours)) == (Ending.UNREACHABLE, [None])

    assert (found.ending, statuses(found)) == (Ending.ARRIVED, [404])


async def test_doubt_about_the_last_host_is_said_even_where_nobody_answers(expand: Expand) -> None:
    found = await expand("https://www.paypa1.com/login")

    assert (found.ending, found.flags) == (Ending.UNREACHABLE, ("lookalike",))
