"""Where this installation is, as a caller sees it: what short URLs begin with, and which host names are ours."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from fastapi import Request

from liulian.base.errors import AppError
from liulian.base.ids import DomainId
from liulian.base.imprint import Imprint
from liulian.base.net import pack_address
from liulian.edge.hosts import Hosts, host_name, is_safe_host, with_host
from liulian.links.domain_model import ServedDomain
from liulian.links.model import DEFAULT_DOMAIN
from liulian.links.slugs import slug_path
from liulian.web.parts import parts_of


class BadHost(AppError):
    """The Host header is missing or is no host."""

    code = "bad_host"


class OwnHosts(Collection[str]):
    """The names of an installation and all its domains, without a copy of the table for each request."""

    def __init__(self, names: frozenset[str], domains: Mapping[str, object]) -> None:
        self._names = names
        self._domains = domains

    def __contains__(self, host: object) -> bool:
        return host in self._names or host in self._domains

    def __iter__(self) -> Iterator[str]:
        yield from self._names.union(self._domains)

    def __len__(self) -> int:
        return len(self._names.union(self._domains))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`origin` is `scheme://host[:port]`, `domain` its host and port: those of the domain a request was sent to.

    `own_hosts` are the names of this server, lower case and without port; `system_hosts` those of the installation's
    own domain.
    """

    origin: str
    domain: str
    own_hosts: Collection[str]
    system_hosts: frozenset[str] = frozenset()
    domain_id: DomainId = DEFAULT_DOMAIN
    hosts: Hosts = field(default_factory=Hosts)

    def domain_named(self, host: str) -> DomainId | None:
        """Return the domain behind a name (lower case, no port), None for a name that is not ours."""
        return self.hosts.domain_of(host.encode("latin-1", "replace")) if host in self.own_hosts else None

    def host_named(self, host: str) -> str:
        """Return the host of the domain behind a name of ours, empty for the installation's own."""
        return host if host in self.hosts.by_name and host not in self.system_hosts else ""

    def origin_of(self, host: str) -> str:
        """Return the origin of a domain by its host; an empty one is the domain of this place."""
        return with_host(self.origin, host) if host else self.origin

    def short_url(self, slug: str, *, host: str = "") -> str:
        return self.origin_of(host) + slug_path(slug).decode("ascii")

    def qr_url(self, slug: str, *, host: str = "") -> str:
        return f"{self.origin_of(host)}/q{slug_path(slug).decode('ascii')}.svg"


def place_of(request: Request) -> Place:
    """Return the place a request was sent to: the configured one, a domain of a workspace, or as its Host says.

    Raises BadHost.
    """
    parts = parts_of(request)
    header = request.headers.get("host", "")
    served = domain_asked(request)
    system = frozenset({host_name(header.encode("latin-1"))} - {""}) if served is None else frozenset()
    if parts.site.base_url is not None:
        origin = parts.site.base_url.rstrip("/")
        system |= {host_name(urlsplit(origin).netloc.encode())}
        origin = origin if served is None else with_host(origin, served.host)
    elif is_safe_host(header):
        origin = f"{scheme_of(request)}://{header}"
    else:
        raise BadHost
    return Place(
        origin=origin,
        domain=urlsplit(origin).netloc,
        own_hosts=OwnHosts(system, parts.hosts.by_name),
        system_hosts=system,
        domain_id=DEFAULT_DOMAIN if served is None else served.id,
        hosts=parts.hosts,
    )


def domain_asked(request: Request) -> ServedDomain | None:
    """Return the domain of a workspace that a request was sent to; None for the installation's own."""
    return parts_of(request).hosts.served(request.headers.get("host", "").encode("latin-1"))


def imprint_of(request: Request) -> Imprint:
    """Return who answers for the host that was asked: numbers of the settings belong to the own domain alone."""
    own, domain = parts_of(request).site.imprint, domain_asked(request)
    if domain is None:
        return own
    return replace(own, icp_number=domain.icp_number, police_number=domain.police_number)


def caller_address(request: Request) -> bytes:
    """Return the packed address of whoever is behind a request, empty for a Unix socket."""
    return parts_of(request).proxies.client_address(_peer(request), request.headers.get("x-forwarded-for"))


def _peer(request: Request) -> bytes:
    return (pack_address(request.client.host) if request.client else None) or b""


def is_secure(request: Request) -> bool:
    """Tell whether cookies may ask for https: the caller used it, or comes by the name that is reached by it alone.

    A proxy nobody told us to trust may have taken the https off.
    """
    base = urlsplit(parts_of(request).site.base_url or "")
    asked = host_name(request.headers.get("host", "").encode("latin-1"))
    return scheme_of(request) == "https" or (base.scheme == "https" and asked == host_name(base.netloc.encode()))


def scheme_of(request: Request) -> str:
    """Return the scheme the caller used: our own proxy knows, nobody else is believed."""
    parts = parts_of(request)
    told = request.headers.get("x-forwarded-proto", "").lower()
    is_believed = told in ("http", "https") and parts.proxies.trusts(_peer(request))
    return told if is_believed else request.url.scheme
