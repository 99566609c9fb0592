"""The fast lane and the full side never disagree. `make fuzz` says the same about a million heads."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benches.differential import SLUGS, Judge
from benches.fuzz import DisagreementError, compare
from benches.mutate import Mutator
from liulian.base.net import TrustedProxies
from liulian.edge import server
from liulian.edge.pages import LinkPages

HEADS_PER_EXAMPLE = 100
WECHAT = b"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.49"
GOOD = b"GET /abcdefg?from=timeline HTTP/1.1\r\nHost: lnk.example.com\r\nUser-Agent: curl/8.5.0\r\n\r\n"
GUIDED = GOOD.replace(b"/abcdefg", b"/guided").replace(b"curl/8.5.0", WECHAT)


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(min_value=0, max_value=2**32 - 1))
async def test_both_lanes_say_the_same_about_twenty_thousand_odd_heads(seed: int) -> None:
    judge, mutator = Judge(), Mutator(seed)

    for _ in range(HEADS_PER_EXAMPLE):
        await compare(judge, mutator.head())


@settings(max_examples=300, deadline=None, derandomize=True)
@given(junk=st.binary(max_size=200), at=st.integers(min_value=0, max_value=len(GOOD)))
async def test_both_lanes_say_the_same_about_a_head_with_any_bytes_in_it(junk: bytes, at: int) -> None:
    judge = Judge()

    await compare(judge, GOOD[:at] + junk + GOOD[at:])


async def test_a_good_head_is_answered_by_the_fast_lane() -> None:
    judge = Judge()

    fast = judge.fast(GOOD)

    assert fast is not None
    assert fast.answers == [(302, b"https://example.com/1?a=b#c")]
    assert [record[0] for record in fast.records] == [1]
    assert not fast.closes


@pytest.mark.parametrize("slug", SLUGS)
async def test_every_kind_of_slug_is_answered_by_both_lanes(slug: str) -> None:
    from liulian.links.slugs import slug_path

    judge = Judge()

    assert await compare(judge, GOOD.replace(b"/abcdefg", slug_path(slug)))


@pytest.mark.parametrize(
    ("base_url", "proxies", "origin"),
    [
        (None, "", b"http://lnk.example.com"),
        (None, "203.0.113.0/24", b"https://lnk.example.com"),
        (None, "198.51.100.0/24", b"http://lnk.example.com"),
        ("https://s.example", "203.0.113.0/24", b"https://s.example"),
    ],
)
async def test_both_lanes_show_a_page_with_the_same_address_of_ours(
    base_url: str | None, proxies: str, origin: bytes
) -> None:
    judge = Judge(pages=LinkPages(base_url=base_url, proxies=TrustedProxies.parse(proxies)))
    head = GUIDED.replace(b"\r\nUser", b"\r\nX-FORWARDED-PROTO: http\r\nx-forwarded-proto: https\r\nUser")

    assert await compare(judge, head)
    fast = judge.fast(head)

    assert fast is not None
    assert b'value="%s/guided"' % origin in fast.wholes[0][1]


@pytest.mark.parametrize("line", [b"Host: lnk.example.com", b"User-Agent: " + WECHAT, b"X-Forwarded-Proto: https"])
@pytest.mark.parametrize("blank", [b" ", b"\t", b" \t "])
async def test_spaces_behind_a_value_are_no_part_of_it(line: bytes, blank: bytes) -> None:
    judge = Judge(pages=LinkPages(proxies=TrustedProxies.parse("203.0.113.0/24")))
    head = GUIDED.replace(b"\r\nHost", b"\r\nX-Forwarded-Proto: https\r\nHost")

    assert await compare(judge, head.replace(line, line + blank))


@pytest.mark.parametrize("accepted", [b"en", b"EN-gb;Q=0.3, zh", b"ja, en;q=0.7", b"\xff", b"a" * 300 + b",en", b""])
@pytest.mark.parametrize("name", [b"Accept-Language", b"accept-language", b"ACCEPT-LANGUAGE"])
async def test_both_lanes_show_a_page_in_the_same_language(name: bytes, accepted: bytes) -> None:
    line = b"\r\nAccept-Language: zh-CN\r\n" + name + b":\t" + accepted + b" \r\nUser"

    assert await compare(Judge(), GUIDED.replace(b"\r\nUser", line))


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(GOOD.replace(b"Host", b"X: \0\r\nHost"), id="NUL"),
        pytest.param(GOOD.replace(b"\r\nUser", b"\r\nHost: b\r\nUser"), id="two hosts"),
        pytest.param(GOOD.replace(b"\r\nUser", b"\r\nContent-Length: 5\r\nUser"), id="body"),
    ],
)
async def test_the_judge_notices_a_lane_that_is_too_lenient(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    lenient = re.compile(
        rb"(?s)GET (/\w+)(/open)?\S* HTTP/1\.1\r\n()().*?Host: (\S+)\r\n.*?User-Agent: ([^\r]*)()\r\n.*"
    )
    judge = Judge()
    monkeypatch.setattr(server, "strict_head", lenient.fullmatch)

    with pytest.raises(DisagreementError):
        await compare(judge, head)


async def test_pipelined_requests_get_their_answers_in_order() -> None:
    judge = Judge()

    full = await judge.full(GOOD + GOOD.replace(b"/abcdefg", b"/Zz9") + GOOD.replace(b"/abcdefg", b"/nothing"))

    assert full.answers == [(302, b"https://example.com/1?a=b#c"), (302, b"https://example.com/5?a=b#c"), (404, None)]
