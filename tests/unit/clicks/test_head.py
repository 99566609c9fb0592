"""Reading recorded request heads."""

from hypothesis import given
from hypothesis import strategies as st

from liulian.clicks.head import HEADER_BYTES_MAX, Head, parse_head


def test_a_head_gives_its_query_and_the_headers_we_use() -> None:
    head = parse_head(
        b"GET /abc?from=timeline&isappinstalled=0 HTTP/1.1\r\nHost: a.example\r\nUSER-AGENT:  Browser/1 \r\n"
        b"Referer: https://b.example/\r\naccept-language: zh-CN,zh;q=0.9\r\nX-Forwarded-For: 8.8.8.8\r\n"
        b"Sec-Purpose: Prefetch;prerender\r\n\r\n"
    )
    assert head == Head(
        b"from=timeline&isappinstalled=0",
        b"Browser/1",
        b"https://b.example/",
        b"zh-CN,zh;q=0.9",
        b"8.8.8.8",
        b"Prefetch;prerender",
    )


def test_what_was_not_sent_is_empty() -> None:
    assert parse_head(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == Head(b"", b"", b"", b"", b"", b"")


def test_a_header_is_found_by_its_whole_name_only() -> None:
    head = parse_head(b"GET /x HTTP/1.1\r\nX-Referer: a\r\nNot-User-Agent: b\r\nCookie: user-agent: c\r\n\r\n")
    assert (head.referer, head.user_agent) == (b"", b"")


def test_folded_lines_are_joined() -> None:
    assert (
        parse_head(b"GET /x HTTP/1.1\r\nUser-Agent: one\r\n\t two\r\n three\r\nA: b\r\n\r\n").user_agent
        == b"one two three"
    )


def test_bare_line_feeds_are_lines_too() -> None:
    assert parse_head(b"GET /x?q HTTP/1.1\nUser-Agent: one\nReferer: two\n\n")[:3] == (b"q", b"one", b"two")


def test_a_second_forwarded_line_follows_the_first() -> None:
    head = parse_head(
        b"GET /x HTTP/1.1\r\nX-Forwarded-For: 1.1.1.1\r\nA: b\r\nx-forwarded-for: 2.2.2.2, 3.3.3.3\r\n\r\n"
    )
    assert head.forwarded_for == b"1.1.1.1,2.2.2.2, 3.3.3.3"


def test_a_head_that_ends_in_the_middle_gives_what_is_there() -> None:
    assert parse_head(b"GET /x?a=1").query == b"a=1"
    assert parse_head(b"GET /x HTTP/1.1\r\nUser-Agent: hal").user_agent == b"hal"


def test_endless_values_are_cut() -> None:
    head = parse_head(b"GET /x?" + b"q" * 9000 + b" HTTP/1.1\r\nUser-Agent: " + b"u" * 9000 + b"\r\n\r\n")
    assert len(head.query) == len(head.user_agent) == HEADER_BYTES_MAX


def test_older_words_for_prefetch_are_heard() -> None:
    assert (
        parse_head(b"GET /x HTTP/1.1\r\nPurpose: prefetch\r\nX-Moz: prefetch\r\n\r\n").purpose == b"prefetch,prefetch"
    )


@given(st.binary(max_size=400))
def test_no_bytes_make_it_stumble(junk: bytes) -> None:
    for head in (junk, b"GET /x HTTP/1.1\r\n" + junk, b"GET /x HTTP/1.1\r\nUser-Agent:" + junk + b"\r\n\r\n"):
        assert all(isinstance(part, bytes) for part in parse_head(head))
