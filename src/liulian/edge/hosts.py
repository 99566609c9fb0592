"""Which domain a Host header means, and what that domain shows. Both lanes ask; answers are cached by the raw header.

The table of domains is small and replaced whole when one of them changes. Nothing here asks a database.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from liulian.base.ids import DomainId
from liulian.base.imprint import NO_IMPRINT, Imprint
from liulian.links.domain_model import ServedDomain
from liulian.links.model import DEFAULT_DOMAIN

# What may be repeated in an address of ours. A Host header is written by the caller, and ends up in other people's
# chats.
_SAFE_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")


_PORT = re.compile(r":[0-9]{1,5}\Z")
NONE_SERVED: Mapping[str, ServedDomain] = {}


class DomainSource(Protocol):
    """Where domains are kept. Raises AppError when they cannot be read."""

    async def served(self) -> list[ServedDomain]:
        """Return all verified domains; one with an empty host stands for the installation's own."""

    async def file(self, domain_id: DomainId, name: str) -> bytes | None:
        """Return what a file at the root of a domain says."""

    async def claim(self, host: str) -> str | None:
        """Return the proof of the one workspace that claims a host."""


class Hosts:
    """The names this process answers for. `base_host` None: any. `imprint` is that of the installation's own domain.

    Belongs to the event loop's thread. Others than `Lane.take_domains` only read.
    """

    def __init__(self, *, base_host: str | None = None, imprint: Imprint = NO_IMPRINT) -> None:
        self.base_host = base_host
        self.imprint = imprint
        self.is_known = False  # Whether the table was ever read: until then a name may be somebody's.
        self.own_files: frozenset[str] = frozenset()
        self.by_name: Mapping[str, ServedDomain] = NONE_SERVED

    def take(self, domains: Iterable[ServedDomain]) -> None:
        """Serve these domains, and no others."""
        by_name = {domain.host: domain for domain in domains}
        own = by_name.pop("", None)
        self.own_files = own.files if own else frozenset()
        self.by_name = by_name
        self.is_known = True

    def served(self, header: bytes) -> ServedDomain | None:
        """Return the domain of a workspace that a Host header means, None for any other name."""
        return self.by_name.get(host_name(header)) if self.by_name else None

    def domain_of(self, header: bytes) -> DomainId | None:
        """Return the domain that a Host header means; None when it is none of ours."""
        return domain_of(header, base_host=self.base_host, served=self.by_name)

    def imprint_of(self, header: bytes) -> Imprint:
        """Return who answers for what is shown under a host: a filing number belongs to one domain alone."""
        domain = self.served(header)
        if domain is None:
            return self.imprint
        return replace(self.imprint, icp_number=domain.icp_number, police_number=domain.police_number)


def is_safe_host(header: str) -> bool:
    """Tell whether a Host header looks like one, so that it may stand in an address."""
    return _SAFE_HOST.fullmatch(header) is not None


def host_name(header: bytes) -> str:
    """Return the name in a Host header: lower case, without port, brackets or a final dot."""
    text = header.decode("latin-1").strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


def domain_of(
    header: bytes, *, base_host: str | None, served: Mapping[str, ServedDomain] = NONE_SERVED
) -> DomainId | None:
    """Return the domain a request is for; None when this server does not answer for that name.

    Without a base host any name that is no domain of a workspace is the default domain. Localhost and plain addresses
    always are: health checks and people behind a tunnel come by them.
    """
    name = host_name(header)
    if name == base_host:
        return DEFAULT_DOMAIN
    if found := served.get(name):
        return found.id
    return DEFAULT_DOMAIN if base_host is None or is_plain(name) else None


def with_host(origin: str, host: str) -> str:
    """Return the same scheme and port with another host: all domains are reached the way the first one is."""
    scheme, _, place = origin.partition("://")
    port = _PORT.search(place)
    return f"{scheme}://{host}{port[0] if port else ''}"


def is_plain(name: str) -> bool:
    """Tell whether a host is localhost or an address."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
