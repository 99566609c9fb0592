"""One request as the slow lane reads it, and answers in plain ASGI: for all that stands before the application."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.requests import cookie_parser

from liulian.base.i18n import LANGUAGE_COOKIE, Language, choose_language
from liulian.base.net import TrustedProxies
from liulian.edge.compile import Route
from liulian.edge.head import HEAD_BYTES_MAX
from liulian.edge.lane import packed_address
from liulian.edge.pages import PAGE_HEADERS, LinkPages, Page, language_of
from liulian.links.decide import Answer
from liulian.visitors.recognise import visitor_class_of

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]


class Visit:
    """What a request says of itself."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        # Of a header that comes twice the later one counts, in both lanes and in the statistics.
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self.is_head = scope["method"] == "HEAD"
        self.host = self._headers.get(b"host", b"")
        self.visitor = visitor_class_of(self._headers.get(b"user-agent", b""))
        self.peer = packed_address(scope.get("client"))

    @property
    def language(self) -> Language:
        """Return the language of pages that belong to no link, as the application's own pages choose it.

        Pages of a link do not ask the cookie: the fast lane answers them too, and both lanes answer alike.
        """
        cookies = cookie_parser(self._headers.get(b"cookie", b"").decode("latin-1"))
        accepted = self._headers.get(b"accept-language", b"").decode("latin-1")
        return choose_language(remembered=cookies.get(LANGUAGE_COOKIE), accepted=accepted)

    def caller(self, proxies: TrustedProxies) -> bytes:
        """Return the address of whoever asks, behind proxies of ours the one they say."""
        return proxies.client_address(self.peer, self._headers.get(b"x-forwarded-for", b"").decode("latin-1"))

    def page_of(self, pages: LinkPages, decided: Answer, route: Route, *, path: bytes) -> Page:
        """Return the page of a link that this request is shown."""
        proto = self._headers.get(b"x-forwarded-proto", b"")
        origin = pages.origin(self.host, forwarded_proto=proto, peer=self.peer)
        language = language_of(self._headers.get(b"accept-language", b""))
        return pages.page(decided, route, self.visitor, path=path, host=self.host, language=language, origin=origin)

    def head(self) -> bytes:
        """Return the request head as it may have looked, for the spool: its parser ignores the case of names."""
        scope = self.scope
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        lines = [b"%s %s%s HTTP/1.1" % (scope["method"].encode(), scope["raw_path"], query)]
        lines += [name + b": " + value for name, value in scope["headers"]]
        return b"\r\n".join(lines)[: HEAD_BYTES_MAX - 4] + b"\r\n\r\n"

    async def answer_page(self, send: Send, status: int, page: bytes, headers: Headers = ()) -> None:
        """Send a page of ours; to HEAD only what it is."""
        length = (b"content-length", b"%d" % len(page))
        await answer(send, status, [*PAGE_HEADERS, length, *headers], b"" if self.is_head else page)


async def answer(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    """Send one whole answer."""
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})
