"""The bytes of an answer: the head of the second and the tail of the link."""

from dataclasses import replace

import pytest

from liulian.base.ids import LinkId
from liulian.edge.compile import REDIRECT_HEADERS, compile_route, redirect_head
from liulian.links.decide import REDIRECT, Gone, Rules
from liulian.links.guard import Guard, Mode
from liulian.links.model import DEFAULT_DOMAIN, Target
from liulian.visitors.recognise import recognise

DATE = b"Sun, 22 Nov 2026 08:00:00 GMT"


def a_target(destination: str) -> Target:
    return Target(link_id=LinkId(7), workspace_id=3, domain_id=DEFAULT_DOMAIN, path=b"/abc", destination=destination)


def test_an_answer_is_a_whole_redirect() -> None:
    route = compile_route(a_target("https://example.com/a?b=c#d"))

    assert redirect_head(DATE, close=False) + route.tail == (
        b"HTTP/1.1 302 Found\r\n"
        b"date: Sun, 22 Nov 2026 08:00:00 GMT\r\n"
        b"cache-control: private, no-store\r\n"
        b"content-length: 0\r\n"
        b"location: https://example.com/a?b=c#d\r\n"
        b"\r\n"
    )


def test_the_last_answer_of_a_connection_says_so() -> None:
    keep, close = redirect_head(DATE, close=False), redirect_head(DATE, close=True)

    assert close == keep + b"connection: close\r\n"


def test_a_route_knows_its_link_and_where_it_leads() -> None:
    route = compile_route(a_target("https://example.com/"))

    assert (route.link_id, route.workspace_id, route.destination) == (7, 3, b"https://example.com/")
    assert not route.used


def test_no_redirect_may_be_kept_by_anybody() -> None:
    assert dict(REDIRECT_HEADERS)[b"cache-control"] == b"private, no-store"


@pytest.mark.parametrize(
    "app_url",
    [
        "https://badapp.example.org/z",
        "weixin://x?a=https://a.example.com/&url=https://badapp.example.org/z",
        "alipays://platformapi/startapp?appId=20000067&url=https%3A%2F%2Fbadapp.example.org",
    ],
)
def test_link_that_leads_an_app_to_a_listed_address_leads_nowhere(app_url: str) -> None:
    guard = Guard(mode=Mode.APP, apps=frozenset({"webview"}), app_url=app_url)
    target = replace(a_target("https://example.com/"), rules=Rules(guard=guard))

    route = compile_route(target, is_listed=lambda url: "badapp" in url)

    assert route.answer(recognise(b"curl/8"), goes_on=False, now_us=0) == Gone("listed")
    assert compile_route(target).answer(recognise(b"curl/8"), goes_on=False, now_us=0) == REDIRECT
