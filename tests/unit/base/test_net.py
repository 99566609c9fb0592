"""Which address a request came from."""

from ipaddress import ip_address

import pytest

from liulian.base.net import TrustedProxies, is_loopback, pack_address, plain_address


def packed(text: str) -> bytes:
    return ip_address(text).packed


def test_without_trusted_proxies_the_peer_is_the_client() -> None:
    assert TrustedProxies.parse("").client_address(packed("127.0.0.1"), "8.8.8.8") == packed("127.0.0.1")


def test_a_peer_that_is_no_proxy_of_ours_cannot_name_another_address() -> None:
    proxies = TrustedProxies.parse("loopback")
    assert proxies.client_address(packed("9.9.9.9"), "8.8.8.8") == packed("9.9.9.9")


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("1.1.1.1, 8.8.8.8", "8.8.8.8"),
        ("1.1.1.1, 8.8.8.8, 10.0.0.7", "8.8.8.8"),
        ("10.0.0.9, 10.0.0.7", "10.0.0.9"),
        ("8.8.8.8:4711", "8.8.8.8"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"2001:db8::1"', "2001:db8::1"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("fe80::1%eth0, 8.8.8.8,", "127.0.0.1"),
        ("8.8.8.8, unknown", "127.0.0.1"),
        ("8.8.8.8, unknown, 10.0.0.7", "10.0.0.7"),
        ("", "127.0.0.1"),
    ],
)
def test_the_client_is_the_first_hop_from_the_right_that_is_no_proxy(forwarded: str, client: str) -> None:
    proxies = TrustedProxies.parse("loopback, private")
    assert proxies.client_address(packed("127.0.0.1"), forwarded) == packed(client)


def test_an_endless_list_of_hops_is_read_from_the_right_only() -> None:
    proxies = TrustedProxies.parse("loopback, 10.0.0.0/8")
    assert proxies.client_address(packed("::1"), "6.6.6.6," + "10.0.0.1," * 5000 + "10.0.0.2") == packed("10.0.0.1")


def test_the_peer_of_a_unix_socket_counts_as_loopback() -> None:
    assert TrustedProxies.parse("loopback").client_address(b"", "8.8.8.8") == packed("8.8.8.8")
    assert TrustedProxies.parse("10.0.0.0/8").client_address(b"", "8.8.8.8") == b""


def test_an_ipv4_address_in_ipv6_form_is_the_same_address() -> None:
    assert plain_address(packed("::ffff:1.2.3.4")) == packed("1.2.3.4")
    assert TrustedProxies.parse("10.0.0.0/8").client_address(packed("::ffff:10.0.0.1"), "8.8.8.8") == packed("8.8.8.8")


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        TrustedProxies.parse("loopback, nonsense")


@pytest.mark.parametrize("junk", ["", "-", "999.1.1.1", "a:b", "[", "1.2.3", "::ffff:999.1.1.1", "\x00", "１.2.3.4"])
def test_what_is_no_address_is_none(junk: str) -> None:
    assert pack_address(junk) is None


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("128.0.0.1", False),
        ("::2", False),
    ],
)
def test_loopback_is_this_machine(address: str, own: bool) -> None:
    assert is_loopback(packed(address)) is own


def test_a_unix_socket_is_no_address() -> None:
    assert not is_loopback(b"")
