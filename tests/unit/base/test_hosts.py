"""A host somebody can own has one spelling, and what nobody can own is refused with a reason."""

import pytest

from liulian.base.errors import FieldRefused
from liulian.base.hosts import is_local, parse_host


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("go.example.com", "go.example.com"),
        ("  Go.Example.COM. ", "go.example.com"),
        ("短链.中国", "xn--s7y033d.xn--fiqs8s"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("go。example。com", "go.example.com"),
        ("lnk.localhost", "lnk.localhost"),
        ("links.test", "links.test"),
        ("web.de", "web.de"),
        ("shop.com.cn", "shop.com.cn"),
    ],
)
def test_a_host_has_one_spelling(typed: str, host: str) -> None:
    assert parse_host(typed) == host


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "domain_invalid"),
        ("localhost", "domain_invalid"),
        ("https://go.example.com", "domain_invalid"),
        ("go.example.com/path", "domain_invalid"),
        ("go.example.com:8000", "domain_invalid"),
        ("me@go.example.com", "domain_invalid"),
        ("*.example.com", "domain_invalid"),
        ("go_on.example.com", "domain_invalid"),
        ("go..example.com", "domain_invalid"),
        ("-go.example.com", "domain_invalid"),
        ("go.example%2ecom", "domain_invalid"),
        ("a." * 127 + "example", "domain_invalid"),
        ("127.0.0.1", "domain_address"),
        ("2130706433", "domain_address"),
        ("0x7f.1", "domain_address"),
        ("[::1]", "domain_invalid"),
        ("com.cn", "domain_suffix"),
        ("co.uk", "domain_suffix"),
        ("home.arpa", "domain_suffix"),
    ],
)
def test_what_nobody_can_own_is_refused(typed: str, code: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        parse_host(typed)

    assert refused.value.code == code


@pytest.mark.parametrize("host", ["lnk.localhost", "links.test", "go.local", "go.internal", "go.home.arpa"])
def test_names_of_one_network_are_local(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["go.example.com", "localhost.example.com", "nottest"])
def test_names_of_the_whole_world_are_not_local(host: str) -> None:
    assert not is_local(host)
