"""Addresses as packed bytes, and whom we believe when it says for whom it speaks.

The one place that decides which address a request came from, for both lanes and for the ingester. Never resolves names.
"""

import ipaddress
from collections.abc import Iterable
from typing import Self

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

WORDS = {
    "loopback": ("127.0.0.0/8", "::1/128"),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"),
}
HOPS_MAX = 32  # No real chain of proxies is longer; the rest was written by the visitor.
_MAPPED = bytes(10) + b"\xff\xff"  # An IPv4 address as IPv6 sockets show it.


def pack_address(text: str) -> bytes | None:
    """Return 4 or 16 bytes for an address as proxies write it (`1.2.3.4`, `1.2.3.4:80`, `[::1]:80`), else None."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return plain_address(ipaddress.ip_address(text.partition("%")[0]).packed)
    except ValueError:
        return None


def plain_address(packed: bytes) -> bytes:
    """Return an IPv4 address that wears IPv6 as its 4 bytes, everything else unchanged."""
    return packed[12:] if len(packed) == 16 and packed.startswith(_MAPPED) else packed


def is_loopback(packed: bytes) -> bool:
    """Tell whether an address is this machine's own. A Unix socket (empty address) is not an address: False."""
    packed = plain_address(packed)
    return packed[:1] == b"\x7f" if len(packed) == 4 else packed == bytes(15) + b"\x01"


class TrustedProxies:
    """The networks whose `X-Forwarded-For` we believe. With none of them the peer is the client."""

    def __init__(self, networks: Iterable[Network]) -> None:
        # Bytes of one length compare like the numbers they are, so a range is two comparisons.
        self._ranges = tuple((net.network_address.packed, net.broadcast_address.packed) for net in networks)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a comma list of networks, addresses and the words `loopback` and `private`. Raises ValueError."""
        names = [name.strip().lower() for name in text.split(",") if name.strip()]
        return cls(ipaddress.ip_network(net, strict=False) for name in names for net in WORDS.get(name, (name,)))

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def trusts(self, packed: bytes) -> bool:
        """Tell whether `packed` lies in one of the networks. An empty address, a Unix socket's, counts as loopback."""
        address = packed or b"\x7f\x00\x00\x01"
        size = len(address)
        return any(len(low) == size and low <= address <= high for low, high in self._ranges)

    def client_address(self, peer: bytes, forwarded_for: str | None) -> bytes:
        """Return the address of the visitor: the first hop from the right that is no proxy of ours.

        What stands left of that hop was written by the visitor and is never read.
        """
        address = plain_address(peer)
        if not forwarded_for or not self._ranges or not self.trusts(address):
            return address
        for hop in reversed(forwarded_for.rsplit(",", HOPS_MAX)[-HOPS_MAX:]):
            packed = pack_address(hop)
            if packed is None:
                break
            address = packed
            if not self.trusts(address):
                break
        return address


NO_PROXIES = TrustedProxies(())
