"""Destinations are what the browser will open, and only what other people can open too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base.errors import FieldRefused
from liulian.base.urls import DESTINATION_BYTES_MAX, host_of, parse_destination

OWN = {"s.example"}


def refusal(text: str) -> str:
    with pytest.raises(FieldRefused) as refused:
        parse_destination(text, own_hosts=OWN)
    return refused.value.code


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("https://example.com", "https://example.com/"),
        ("  https://example.com/a \n", "https://example.com/a"),
        ("HTTPS://EXAMPLE.com:443/A", "https://example.com/A"),
        ("http://example.com\\@evil.com", "http://example.com/@evil.com"),
        ("https://例子.测试/路?q=茶#下", "https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF?q=%E8%8C%B6#%E4%B8%8B"),
        ("https://ｅｘａｍｐｌｅ．ｃｏｍ/", "https://example.com/"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/%0d%0aSet-Cookie:x", "https://example.com/%0d%0aSet-Cookie:x"),
        ("https://example.com/?a=1&a=2#f?x#y", "https://example.com/?a=1&a=2#f?x#y"),
        ("https://user_content.example.com./", "https://user_content.example.com./"),
        ("http://8.8.8.8:8080/", "http://8.8.8.8:8080/"),
        ("http://[2606:4700:4700::1111]/", "http://[2606:4700:4700::1111]/"),
        ("http:example.com", "http://example.com/"),
        ("https://example.org/", "https://example.org/"),
        ("https://www.example.net/", "https://www.example.net/"),
        ("https://example.com.cn/", "https://example.com.cn/"),
        ("https://contest.com/", "https://contest.com/"),
        ("http://[3fff:1000::1]/", "http://[3fff:1000::1]/"),
    ],
)
def test_destination_has_the_normal_form_of_browsers(typed: str, normal: str) -> None:
    assert parse_destination(typed, own_hosts=OWN) == normal


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST.", "a.localhost", "printer.local", "router", "db.internal", "nas.lan", "x.home.arpa",
        "metadata.google.internal", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "１２７.0.0.1",
        "127.0.0.1.", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[::]", "[::1]", "[fe80::1]",
        "[fc00::1]", "[ff02::1]", "[2001:db8::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]", "[2002:c0a8:101::]", "[2001:0:0:0:0:0:f5ff:fffe]",
        "[fec0::1]", "[feff::1]", "[3fff::1]", "[3fff:fff::1]", "a.test", "a.example", "EXAMPLE.", "a.b.onion",
    ],
)  # fmt: skip
def test_host_that_other_people_cannot_reach_is_refused(host: str) -> None:
    assert refusal(f"http://{host}/") == "destination_private"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "destination_empty"),
        (" \n ", "destination_empty"),
        ("example.com", "destination_not_a_url"),
        ("//example.com/", "destination_not_a_url"),
        ("https://", "destination_not_a_url"),
        ("https://a b.com/", "destination_not_a_url"),
        ("https://a..b/", "destination_not_a_url"),
        ("https://a$b.com/", "destination_not_a_url"),
        ("https://example.com:99999/", "destination_not_a_url"),
        ("https://" + "a" * 64 + ".com/", "destination_not_a_url"),
        ("https://" + "a." * 130 + "com/", "destination_not_a_url"),
        ("https://example.com/\ud800", "destination_not_a_url"),
        ("ftp://example.com/", "destination_scheme"),
        ("javascript:alert(1)", "destination_scheme"),
        ("data:text/html,hello", "destination_scheme"),
        ("mailto:a@example.com", "destination_scheme"),
        ("localhost:8000", "destination_scheme"),
        ("https://user@example.com/", "destination_credentials"),
        ("https://:secret@example.com/", "destination_credentials"),
        ("https://s.example/x", "destination_own"),
        ("https://S.Example.:8443/", "destination_own"),
        ("https://example.com/\r\nSet-Cookie: x", "destination_control"),
        ("https://example.com/\ta", "destination_control"),
        ("https://example.com/\x00", "destination_control"),
        ("https://example.com/\x85a", "destination_control"),
        ("https://example.com/" + "a" * DESTINATION_BYTES_MAX, "destination_too_long"),
        ("https://example.com/" + "路" * 2000, "destination_too_long"),
    ],
)
def test_each_refusal_has_its_own_code(typed: str, code: str) -> None:
    assert refusal(typed) == code


def test_longest_destination_is_accepted_to_the_byte() -> None:
    longest = "https://example.com/".ljust(DESTINATION_BYTES_MAX, "a")

    assert parse_destination(longest, own_hosts=OWN) == longest
    assert refusal(longest + "a") == "destination_too_long"


URLISH = st.one_of(
    st.text(),
    st.tuples(st.sampled_from(["http://", "https:", "https:\\\\", " http://"]), st.text()).map("".join),
    st.from_regex(r"https?://[a-z0-9.\[\]:@%x-]{1,30}[/?#\\]?[^\n]{0,20}", fullmatch=True),
)


@given(URLISH)
def test_whatever_is_typed_what_comes_out_is_fit_for_a_header(typed: str) -> None:
    try:
        normal = parse_destination(typed, own_hosts=OWN)
    except FieldRefused:
        return
    assert normal.isascii()
    assert normal.isprintable()
    assert " " not in normal
    assert normal.startswith(("http://", "https://"))
    assert parse_destination(normal, own_hosts=OWN) == normal


def test_host_of_a_destination_has_no_port() -> None:
    assert host_of("https://example.com.:8443/a") == "example.com"
