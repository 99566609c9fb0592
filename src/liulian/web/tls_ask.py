"""Tell a proxy of ours whether to get a certificate for a host: for Caddy's on-demand TLS. Asks the database, no more.

Without it anybody could point any name here and let us use up the certificates that one address is given. Only this
machine, a trusted proxy itself, or whoever holds the metrics token may ask; for everybody else there is no such page.
"""

from hmac import compare_digest
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response

from liulian.base.errors import FieldRefused, NotFound
from liulian.base.hosts import parse_host
from liulian.base.net import is_loopback
from liulian.edge.hosts import host_name
from liulian.edge.lane import packed_address
from liulian.storage.served import ServedReader
from liulian.web.metrics import FORWARDING_HEADERS
from liulian.web.parts import parts_of

PATH = "/api/v1/tls/ask"

Asked = Annotated[str, Query(alias="domain", max_length=260)]


def add_tls_ask(app: FastAPI, *, token: str | None) -> None:
    """Let the application answer whether a host is one of ours."""

    @app.get(PATH, include_in_schema=False)
    async def ask(request: Request, domain: Asked) -> Response:
        """Answer 200 for the base host and verified domains, 404 for any other name."""
        if not _may_ask(request, token) or not await _is_ours(request, domain):
            raise NotFound
        return Response(status_code=200)


async def _is_ours(request: Request, typed: str) -> bool:
    parts = parts_of(request)
    base_url = parts.site.base_url
    try:
        host = parse_host(typed)
    except FieldRefused:
        return False
    if base_url is not None and host == host_name(base_url.partition("://")[2].encode()):
        return True
    return await ServedReader(parts.database).is_verified(host)


def _may_ask(request: Request, token: str | None) -> bool:
    sent = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and compare_digest(sent.encode(), token.encode()):
        return True
    if any(name in request.headers for name in FORWARDING_HEADERS):
        return False  # A visitor's request that a proxy of ours passed on.
    peer = packed_address(request.scope.get("client"))
    return is_loopback(peer) or parts_of(request).proxies.trusts(peer)
