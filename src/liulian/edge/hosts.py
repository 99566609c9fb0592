"""Which domain a Host header means. Pure, and cached by the raw header in each process."""

import ipaddress
import re

from liulian.base.ids import DomainId
from liulian.links.model import DEFAULT_DOMAIN

# What may be repeated in an address of ours. A Host header is written by the caller, and ends up in other people's
# chats.
_SAFE_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")


def is_safe_host(header: str) -> bool:
    """Tell whether a Host header looks like one, so that it may stand in an address."""
    return _SAFE_HOST.fullmatch(header) is not None


def host_name(header: bytes) -> str:
    """Return the name in a Host header: lower case, without port, brackets or a final dot."""
    text = header.decode("latin-1").strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


def domain_of(header: bytes, *, base_host: str | None) -> DomainId | None:
    """Return the domain a request is for; None when this server does not answer for that name.

    Without a base host any name is the default domain. Localhost and plain addresses always are: health checks and
    people behind a tunnel come by them.
    """
    name = host_name(header)
    if base_host is None or name == base_host or is_plain(name):
        return DEFAULT_DOMAIN
    return None


def is_plain(name: str) -> bool:
    """Tell whether a host is localhost or an address."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
