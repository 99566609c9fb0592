"""Where this installation is, as a caller sees it: what short URLs begin with, and which host names are ours."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request

from liulian.base.errors import AppError
from liulian.base.net import pack_address
from liulian.edge.hosts import host_name, is_safe_host
from liulian.links.slugs import slug_path
from liulian.web.parts import parts_of


class BadHost(AppError):
    """The Host header is missing or is no host."""

    code = "bad_host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`origin` is `scheme://host[:port]`, `domain` its host and port. `own_hosts` have no port and lower case."""

    origin: str
    domain: str
    own_hosts: frozenset[str]

    def short_url(self, slug: str) -> str:
        return self.origin + slug_path(slug).decode("ascii")

    def qr_url(self, slug: str) -> str:
        return f"{self.origin}/q{slug_path(slug).decode('ascii')}.svg"


def place_of(request: Request) -> Place:
    """Return the configured place, else the one this request was sent to. Raises BadHost."""
    parts = parts_of(request)
    header = request.headers.get("host", "")
    own = {host_name(header.encode("latin-1"))} - {""}
    if parts.site.base_url is not None:
        origin = parts.site.base_url.rstrip("/")
        domain = urlsplit(origin).netloc
        return Place(origin=origin, domain=domain, own_hosts=frozenset(own | {host_name(domain.encode())}))
    if not is_safe_host(header):
        raise BadHost
    return Place(origin=f"{scheme_of(request)}://{header}", domain=header, own_hosts=frozenset(own))


def caller_address(request: Request) -> bytes:
    """Return the packed address of whoever is behind a request, empty for a Unix socket."""
    return parts_of(request).proxies.client_address(_peer(request), request.headers.get("x-forwarded-for"))


def _peer(request: Request) -> bytes:
    return (pack_address(request.client.host) if request.client else None) or b""


def scheme_of(request: Request) -> str:
    """Return the scheme the caller used: our own proxy knows, nobody else is believed."""
    parts = parts_of(request)
    told = request.headers.get("x-forwarded-proto", "").lower()
    is_believed = told in ("http", "https") and parts.proxies.trusts(_peer(request))
    return told if is_believed else request.url.scheme
