"""The headers every answer carries, unless it has chosen its own. Plain ASGI: nothing is buffered or copied."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# No answer of ours loads anything from another host; a page that needs less says so itself. The reader of QR codes is
# WebAssembly, which this allows to run; text never becomes script.
CONTENT_POLICY = (
    b"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; object-src 'none'; "
    b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# A page we lead to may learn our host, and so count us as a source; never a slug, a query or a token.
REFERRER_POLICY = b"strict-origin-when-cross-origin"

_ALL = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", REFERRER_POLICY))
_PAGES = ((b"content-security-policy", CONTENT_POLICY),)
_API = ((b"cache-control", b"no-store"),)  # Answers of the API hold tokens and numbers that change.


class SecureHeaders:
    """Wraps an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(message, is_api=scope["path"].startswith("/api/v"))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _add(message: Message, *, is_api: bool) -> None:
    headers: list[tuple[bytes, bytes]] = message.setdefault("headers", [])
    present = dict(headers)
    is_page = present.get(b"content-type", b"").startswith(b"text/html")
    wanted = _ALL + (_PAGES if is_page else ()) + (_API if is_api else ())
    headers.extend(header for header in wanted if header[0] not in present)
