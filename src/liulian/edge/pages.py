"""Pages in place of a redirect, as both lanes answer them: status, headers, and the page with the link's own part.

Scanners and people get the same rules and the same pages.
"""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from liulian.base.i18n import choose_language
from liulian.base.net import NO_PROXIES, TrustedProxies, plain_address
from liulian.clicks.outcome import Outcome
from liulian.edge.compile import Route
from liulian.edge.hosts import is_safe_host
from liulian.interstitials.compiled import Pages
from liulian.interstitials.gaps import OwnPart
from liulian.interstitials.pages import PAGE_POLICY
from liulian.links.audience import EVERYONE
from liulian.links.decide import Answer, Gone, Guide, NotAllowed, OpenApp, Preview
from liulian.visitors.model import VisitorClass

PAGE_HEADERS = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"content-security-policy", PAGE_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"user-agent, accept-language"),
)
_HEAD = b"".join(name + b": " + value + b"\r\n" for name, value in PAGE_HEADERS)
_OUTCOMES = {
    Guide: Outcome.GUIDE,
    Preview: Outcome.PREVIEW,
    OpenApp: Outcome.APP,
    NotAllowed: Outcome.NOT_ALLOWED,
    Gone: Outcome.GONE,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page needs to know of the request. Header values as they came, empty where there was none."""

    path: bytes
    host: bytes
    accept_language: bytes
    forwarded_proto: bytes
    peer: bytes


class LinkPages:
    """One per process. `base_url` None: short links are shown as the visitor spelt the host."""

    def __init__(self, *, base_url: str | None = None, proxies: TrustedProxies = NO_PROXIES) -> None:
        self._base_url = base_url
        self._proxies = proxies
        self._pages = Pages()

    def body(self, answer: Answer, route: Route, visitor: VisitorClass, asked: Asked) -> bytes:
        """Return the page for an answer that is no redirect."""
        destination = route.destination.decode("ascii")
        own = OwnPart(
            host=urlsplit(destination).netloc,
            destination=destination,
            short_url=self.origin(asked) + asked.path.decode("ascii"),
            audience=route.ruled.rules.audience if route.ruled else EVERYONE,
        )
        language = choose_language(accepted=asked.accept_language.decode("latin-1"))
        return self._pages.page(answer, visitor=visitor, language=language, own=own)

    def origin(self, asked: Asked) -> str:
        """Return scheme and host of our own addresses; behind a proxy of ours the scheme is what the proxy says."""
        if self._base_url is not None:
            return self._base_url
        host, told = asked.host.decode("latin-1"), asked.forwarded_proto.decode("latin-1").lower()
        is_believed = told in ("http", "https") and self._proxies.trusts(plain_address(asked.peer))
        return f"{told if is_believed else 'http'}://{host if is_safe_host(host) else 'localhost'}"


def status_of(answer: Answer) -> HTTPStatus:
    """Return the status a page is answered with."""
    if isinstance(answer, Gone):
        return HTTPStatus.GONE
    return HTTPStatus.FORBIDDEN if isinstance(answer, NotAllowed) else HTTPStatus.OK


def outcome_of(answer: Answer) -> Outcome:
    """Return under which name a page is counted."""
    return _OUTCOMES[type(answer)]


def page_answer(answer: Answer, body: bytes, *, date: bytes, close: bool) -> bytes:
    """Return a whole answer as the fast lane writes it."""
    status = status_of(answer)
    return b"".join(
        (
            b"HTTP/1.1 %d %s\r\ndate: " % (status, status.phrase.encode()),
            date,
            b"\r\n",
            _HEAD,
            b"connection: close\r\n" if close else b"",
            b"content-length: %d\r\n\r\n" % len(body),
            body,
        )
    )
