"""Destinations: what a link may lead to. Always the parser's normal form, never the typed text.

A browser reads `http://example.com\\@evil.com` and `http://2130706433` in its own way; ada-url reads them likewise,
so what is checked here is what will be opened. Nothing is looked up: a name that resolves to a private address is the
business of whoever fetches.
"""

import re
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from ada_url import URL

from liulian.base.errors import FieldRefused

DESTINATION_BYTES_MAX = 8192  # Browsers take more, proxies and chat apps often do not.

# Names that lead nowhere outside one network, or nowhere at all (RFC 6761, 6762, 7686, 8375; `.internal` is ICANN's for
# private use). `example.com` and its like are for documents too, but they lead somewhere.
PRIVATE_SUFFIXES = (
    ".localhost",
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".private",
    ".corp",
    ".home",
    ".home.arpa",
    ".lan",
    ".invalid",
    ".test",
    ".example",
    ".onion",
)

_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What Python 3.11 takes for public: site-local (RFC 3879) and the newer addresses for documents (RFC 9637).
_NOWHERE = (IPv6Network("fec0::/10"), IPv6Network("3fff::/20"))
_NAT64 = IPv6Network("64:ff9b::/96")


def parse_destination(
    text: str, *, own_hosts: Collection[str], is_own_page: Callable[[str], bool] | None = None
) -> str:
    """Return the normal form of a destination: ASCII, without space or control, fit for a Location header.

    `own_hosts` are host names of ours, lower case, without port: a link to ourselves is a loop, unless `is_own_page`
    says of its path that it is not. Raises FieldRefused.
    """
    url = _parse(text.strip())
    if url.protocol not in ("http:", "https:"):
        raise FieldRefused("destination_scheme", scheme=url.protocol.rstrip(":")[:40])
    if url.username or url.password:
        raise FieldRefused("destination_credentials")
    host = url.hostname.removesuffix(".")
    if host.strip("[]") in own_hosts:
        if is_own_page is not None and is_own_page(url.pathname):
            return _checked(url.href)  # Ours even where the installation is on a private network.
        raise FieldRefused("destination_own", host=host)
    if _is_private(host):
        raise FieldRefused("destination_private", host=host)
    if not _is_public_form(host):
        raise FieldRefused("destination_not_a_url")
    return _checked(url.href)


def host_of(url: str) -> str:
    """Return the host name of a destination in normal form, without port or final dot."""
    return URL(url).hostname.removesuffix(".")


def _parse(text: str) -> URL:
    if not text:
        raise FieldRefused("destination_empty")
    if len(text.encode("utf-8", "replace")) > DESTINATION_BYTES_MAX:
        raise FieldRefused("destination_too_long", max=DESTINATION_BYTES_MAX)
    # The parser would drop tabs and line breaks in silence, and what is seen would not be what is opened.
    if _CONTROL.search(text):
        raise FieldRefused("destination_control")
    try:
        return URL(text)
    except ValueError as problem:  # A lone surrogate ends here too.
        raise FieldRefused("destination_not_a_url") from problem


def _checked(href: str) -> str:
    if len(href) > DESTINATION_BYTES_MAX:  # Every letter beyond ASCII has grown to three characters for each byte.
        raise FieldRefused("destination_too_long", max=DESTINATION_BYTES_MAX)
    if not href.isascii() or not href.isprintable() or " " in href:
        raise FieldRefused("destination_not_a_url")
    return href


def _is_private(host: str) -> bool:
    address = _address(host)
    if address is not None:
        return not is_reachable(address)
    return "." not in host or f".{host}".endswith(PRIVATE_SUFFIXES)


def _is_public_form(host: str) -> bool:
    """Tell whether a host is an address or looks like a name in the DNS; the parser lets `a$b.com` and `a..b` pass."""
    return _address(host) is not None or _NAME.fullmatch(host) is not None


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_reachable(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is a public one, and any IPv4 address carried inside it too."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in _NOWHERE):
            return False
        inner = _carried(address)
        if inner is not None:
            return is_reachable(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a mapped, compatible, 6to4, Teredo or NAT64 address leads to."""
    if address in _NAT64 or int(address) >> 32 == 0:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
