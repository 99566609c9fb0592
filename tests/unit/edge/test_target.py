"""What a path asks of a link, in every spelling."""

import unicodedata
from urllib.parse import quote

import pytest

from liulian.edge.target import LinkRequest, Wish, link_request

FOLLOW, GO_ON, SHOW = Wish.FOLLOW, Wish.GO_ON, Wish.SHOW
TEA = quote("茶饮").encode()
CAFE = "café"


@pytest.mark.parametrize(
    ("path", "slug", "wish"),
    [
        (b"/abc", "abc", FOLLOW),
        (b"/ABC", "ABC", FOLLOW),
        (b"/abc/", "abc", FOLLOW),
        (b"/a-b_c", "a-b_c", FOLLOW),
        (b"/%61bc", "abc", FOLLOW),
        (b"/abc/open", "abc", GO_ON),
        (b"/%61bc/open", "abc", GO_ON),
        (b"/abc+", "abc", SHOW),
        (b"/abc%2B", "abc", SHOW),
        (b"/abc%2b", "abc", SHOW),
        (b"/abc+/", "abc", SHOW),
        (b"/openly", "openly", FOLLOW),
        (b"/apiary", "apiary", FOLLOW),
    ],
)
def test_a_path_names_a_link_and_what_is_wanted_of_it(path: bytes, slug: str, wish: Wish) -> None:
    assert link_request(path) == LinkRequest(slug, wish)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(b"/" + TEA, id="percent-encoded"),
        pytest.param(b"/" + TEA.lower(), id="lower-case hex"),
        pytest.param(b"/" + "茶饮".encode(), id="bare bytes"),
        pytest.param(b"/" + "茶".encode() + quote("饮").encode(), id="half and half"),
    ],
)
def test_chinese_slugs_are_known_in_every_spelling(path: bytes) -> None:
    assert link_request(path) == LinkRequest("茶饮", FOLLOW)
    assert link_request(path + b"/open") == LinkRequest("茶饮", GO_ON)
    assert link_request(path + b"+") == LinkRequest("茶饮", SHOW)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_are_the_same_slug(form: str) -> None:
    path = "/" + quote(unicodedata.normalize("NFD" if form == "NFD" else "NFC", CAFE))

    assert link_request(path.encode()) == LinkRequest(CAFE, FOLLOW)


@pytest.mark.parametrize(
    "path",
    [
        b"/",
        b"",
        b"*",
        b"//abc",
        b"/api",
        b"/api/v1/links",
        b"/API/v1/links",
        b"/metrics",
        b"/q/abc.svg",
        b"/static/app.js",
        b"/robots.txt",
        b"/favicon.ico",
        b"/.well-known/acme-challenge/x",
        b"/MP_verify_abc123.txt",
        b"/WW_verify_abc123.txt",
        b"/console/links",
        b"/open",
    ],
)
def test_reserved_words_belong_to_the_application(path: bytes) -> None:
    assert link_request(path) is None


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(b"/abc/other", id="another word behind it"),
        pytest.param(b"/abc/open/", id="a slash behind open"),
        pytest.param(b"/abc/OPEN", id="open in capitals"),
        pytest.param(b"/abc//", id="two slashes"),
        pytest.param(b"/abc%2Fopen", id="an encoded slash"),
        pytest.param(b"/abc.html", id="a dot"),
        pytest.param(b"/abc%20", id="a space"),
        pytest.param(b"/abc%00", id="NUL"),
        pytest.param(b"/abc%", id="half an escape"),
        pytest.param(b"/abc%2", id="half an escape again"),
        pytest.param(b"/abc%ff", id="no UTF-8"),
        pytest.param(b"/+", id="nothing to show"),
        pytest.param(b"/abc++", id="two plus signs"),
        pytest.param(b"/abc%2b%2B", id="two encoded plus signs"),
        pytest.param(b"/abc%2B+", id="an encoded and a plain plus sign"),
        pytest.param(b"/" + b"a" * 129, id="too long"),
        pytest.param(b"/" + b"%61" * 5_000, id="far too long"),
        pytest.param(b"/..", id="up"),
    ],
)
def test_what_cannot_be_a_slug_is_asked_of_nobody(path: bytes) -> None:
    asked = link_request(path)

    assert asked is not None
    assert asked.slug is None
