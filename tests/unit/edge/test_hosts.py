"""Which domain a Host header means, however it is spelt."""

import pytest

from liulian.edge.hosts import domain_of, host_name, is_plain
from liulian.links.model import DEFAULT_DOMAIN


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"lnk.example.com", "lnk.example.com"),
        (b"LNK.Example.COM", "lnk.example.com"),
        (b"lnk.example.com:8443", "lnk.example.com"),
        (b"lnk.example.com.", "lnk.example.com"),
        (b"lnk.example.com.:443", "lnk.example.com"),
        (b" lnk.example.com ", "lnk.example.com"),
        (b"127.0.0.1:8000", "127.0.0.1"),
        (b"[::1]", "::1"),
        (b"[::1]:8000", "::1"),
        (b"[2001:DB8::A]:80", "2001:db8::a"),
        (b"[::1", "::1"),
        (b"", ""),
        (b":80", ""),
        (b"\xff\xfe", "\xff\xfe".lower()),
    ],
)
def test_a_header_has_a_name(header: bytes, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize("header", [b"lnk.example.com", b"anything", b"", b"localhost", b"10.0.0.9:80"])
def test_without_a_base_host_every_name_is_ours(header: bytes) -> None:
    assert domain_of(header, base_host=None) == DEFAULT_DOMAIN


@pytest.mark.parametrize(
    "header",
    [
        b"lnk.example.com",
        b"LNK.EXAMPLE.COM:443",
        b"lnk.example.com.",
        b"localhost:8000",
        b"app.localhost",
        b"127.0.0.1",
        b"192.168.1.7:8000",
        b"[::1]:8000",
        b"[fe80::1]",
    ],
)
def test_with_a_base_host_that_name_localhost_and_addresses_are_ours(header: bytes) -> None:
    assert domain_of(header, base_host="lnk.example.com") == DEFAULT_DOMAIN


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"example.com",
        b"www.lnk.example.com",
        b"lnk.example.com.evil.net",
        b"evil.net:80",
        b"127.0.0.1.evil.net",
        b"localhost.evil.net",
        b"notlocalhost",
        b"256.1.1.1",
        b"2130706433",
        b"me@lnk.example.com",
    ],
)
def test_with_a_base_host_any_other_name_is_none_of_ours(header: bytes) -> None:
    assert domain_of(header, base_host="lnk.example.com") is None


@pytest.mark.parametrize("name", ["localhost", "a.b.localhost", "0.0.0.0", "::", "::ffff:1.2.3.4"])
def test_localhost_and_addresses_are_plain(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize("name", ["", "example.com", "localhost.com", "1.2.3", "0x7f.1", "127.0.0.01"])
def test_names_are_not_plain(name: str) -> None:
    assert not is_plain(name)
