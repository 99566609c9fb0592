"""Which domain a Host header means, however it is spelt."""

from typing import Any

import pytest

from liulian.base.ids import DomainId
from liulian.base.imprint import Imprint
from liulian.edge.hosts import Hosts, domain_of, host_name, is_plain, with_host
from liulian.links.domain_model import ServedDomain
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


def a_domain(host: str, number: int = 7, **different: Any) -> ServedDomain:
    return ServedDomain(id=DomainId(number), host=host, **different)


@pytest.mark.parametrize("base_host", [None, "lnk.example.com"])
@pytest.mark.parametrize(
    "header", [b"go.example.net", b"GO.example.NET:8443", b"go.example.net.", b"me.localhost:8000"]
)
def test_a_domain_of_a_workspace_is_found_however_it_is_spelt(base_host: str | None, header: bytes) -> None:
    hosts = Hosts(base_host=base_host)

    hosts.take([a_domain("go.example.net"), a_domain("me.localhost", 7)])

    assert hosts.domain_of(header) == DomainId(7)


def test_nobody_takes_the_name_of_the_installation() -> None:
    hosts = Hosts(base_host="lnk.example.com")

    hosts.take([a_domain("lnk.example.com")])

    assert hosts.domain_of(b"lnk.example.com") == DEFAULT_DOMAIN


def test_a_domain_that_is_no_longer_served_is_a_name_like_any_other() -> None:
    hosts = Hosts(base_host="lnk.example.com")
    hosts.take([a_domain("go.example.net")])

    hosts.take([])

    assert hosts.domain_of(b"go.example.net") is None
    assert hosts.served(b"go.example.net") is None


def test_a_filing_number_belongs_to_one_domain_alone() -> None:
    own = Imprint(operator="Somebody", icp_number="own", police_number="own too")
    hosts = Hosts(base_host="lnk.example.com", imprint=own)

    hosts.take([a_domain("a.example.net", 7, icp_number="theirs"), a_domain("b.example.net", 8)])

    assert hosts.imprint_of(b"lnk.example.com") == own
    assert hosts.imprint_of(b"a.example.net:443") == Imprint(operator="Somebody", icp_number="theirs")
    assert hosts.imprint_of(b"b.example.net") == Imprint(operator="Somebody")


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://lnk.example.com", "https://go.example.net"),
        ("http://127.0.0.1:8000", "http://go.example.net:8000"),
        ("http://[::1]:8000", "http://go.example.net:8000"),
        ("http://[::1]", "http://go.example.net"),
    ],
)
def test_another_host_is_reached_the_same_way(origin: str, expected: str) -> None:
    assert with_host(origin, "go.example.net") == expected
