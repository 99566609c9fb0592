"""Pages in place of a redirect, as both lanes answer them: status, headers, and the page with the link's own part.

Scanners and people get the same rules and the same pages.
"""

from collections import OrderedDict
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from liulian.base.i18n import ACCEPT_LANGUAGE_BYTES_MAX, Language, choose_language
from liulian.base.imprint import NO_IMPRINT, Imprint
from liulian.base.net import NO_PROXIES, TrustedProxies, plain_address
from liulian.clicks.outcome import Outcome
from liulian.edge.compile import Route
from liulian.edge.hosts import Hosts, is_safe_host, with_host
from liulian.interstitials.compiled import Pages
from liulian.interstitials.gaps import OwnPart
from liulian.interstitials.pages import PAGE_POLICY
from liulian.links.decide import Answer, Gone, Guide, NotAllowed, OpenApp, Preview, Rules
from liulian.links.guard import Mode
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
KEPT_BYTES = 32 << 20
KEPT_ENTRY_BYTES = 500  # Of a kept page: its key, its place in the table, its length.
ORIGINS_MAX = 4_096  # Spellings of Host headers remembered; anybody can send new ones.
STATUSES = (HTTPStatus.OK, HTTPStatus.FORBIDDEN, HTTPStatus.GONE)
LANGUAGES_MAX = 1_024  # Values of Accept-Language remembered; visitors send a few hundred.
_OUTCOMES = {
    Guide: Outcome.GUIDE,
    Preview: Outcome.PREVIEW,
    OpenApp: Outcome.APP,
    NotAllowed: Outcome.NOT_ALLOWED,
    Gone: Outcome.GONE,
}


class Page(NamedTuple):
    """A page that is ready but for the head of the second, in parts: most are shared by all links.

    The link's own parts are small. `length_line` ends the head.
    """

    status: HTTPStatus
    outcome: int
    length_line: bytes
    parts: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        """The page itself."""
        return b"".join(self.parts)

    @property
    def own_bytes(self) -> int:
        """What keeping it costs, about: every second part is the link's own."""
        return KEPT_ENTRY_BYTES + sum(map(len, self.parts[1::2])) + 48 * len(self.parts)


# Route by identity (an edited link is another one), answer by identity (kept by its rules), class, language, origin.
_Key = tuple[Route, int, int, Language, str]


class LinkPages:
    """One per process. `base_url` None: short links are shown as the visitor spelt the host. `imprint` is the site's.

    Pages that were joined are kept as far as `kept_bytes` go, the least recently shown dropped first: a popular link in
    a blocked app is shown thousands of times a second.
    """

    def __init__(
        self,
        *,
        base_url: str | None = None,
        proxies: TrustedProxies = NO_PROXIES,
        imprint: Imprint = NO_IMPRINT,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        self.imprint = imprint
        self.hosts = Hosts(imprint=imprint)  # The lane's own, once there is a lane.
        self._base_url = base_url
        self._proxies = proxies
        # Whether a proxy may have to be asked for the scheme: else nobody needs to look for its header.
        self.heeds_proxies = base_url is None and bool(proxies)
        self._pages = Pages()
        self._kept: OrderedDict[_Key, Page] = OrderedDict()
        self._room = self._kept_bytes = kept_bytes
        self._origins: dict[bytes, str] = {}

    def page(
        self,
        answer: Answer,
        route: Route,
        visitor: VisitorClass,
        *,
        path: bytes,
        host: bytes,
        language: Language,
        origin: str,
    ) -> Page:
        """Return the page for an answer that is no redirect. `path` is the link's, without `/open`."""
        # Two links have never the same path, and one Route never two: the path need not be in the key.
        key = (route, id(answer), visitor.code, language, origin)
        page = self._kept.get(key)
        if page is None:
            imprint = self.hosts.imprint_of(host)  # Of the link's domain, so it need not be in the key either.
            page = self._joined(answer, route, visitor, language, origin + path.decode("ascii"), imprint)
            self._keep(key, page)
        else:
            self._kept.move_to_end(key)
        return page

    def origin(self, host: bytes, *, forwarded_proto: bytes, peer: bytes) -> str:
        """Return scheme and host of our own addresses; behind a proxy of ours the scheme is what the proxy says.

        Header values as they came, empty where there was none.
        """
        if self.heeds_proxies and forwarded_proto and self._proxies.trusts(plain_address(peer)):
            told = forwarded_proto.decode("latin-1").lower()
            return _origin(told if told in ("http", "https") else "http", host)
        origin = self._origins.get(host)
        if origin is None:
            if len(self._origins) >= ORIGINS_MAX:
                self._origins.clear()
            origin = self._origins[host] = self._origin_of(host)
        return origin

    def forget(self) -> None:
        """Domains changed: pages name them, and under which numbers they are filed."""
        self._kept.clear()
        self._room = self._kept_bytes
        self._origins.clear()

    def _origin_of(self, host: bytes) -> str:
        """Return how a visitor of a domain is shown our address where no proxy has a say."""
        if self._base_url is None:
            return _origin("http", host)
        domain = self.hosts.served(host)
        return self._base_url if domain is None else with_host(self._base_url, domain.host)

    def _joined(
        self,
        answer: Answer,
        route: Route,
        visitor: VisitorClass,
        language: Language,
        short_url: str,
        imprint: Imprint,
    ) -> Page:
        destination = route.destination.decode("ascii")
        rules = route.ruled.rules if route.ruled else Rules()
        own = OwnPart(
            host=urlsplit(destination).netloc,
            destination=destination,
            short_url=short_url,
            audience=rules.audience,
            app_url=rules.guard.app_url if rules.guard.mode is Mode.APP else None,
        )
        parts = self._pages.parts(answer, visitor=visitor, language=language, own=own, imprint=imprint)
        length_line = b"content-length: %d\r\n\r\n" % sum(map(len, parts))
        return Page(status_of(answer), int(outcome_of(answer)), length_line, parts)

    def _keep(self, key: _Key, page: Page) -> None:
        self._kept[key] = page
        self._room -= page.own_bytes
        while self._room < 0:
            _, dropped = self._kept.popitem(last=False)
            self._room += dropped.own_bytes


def _origin(scheme: str, header: bytes) -> str:
    host = header.decode("latin-1")
    return f"{scheme}://{host if is_safe_host(host) else 'localhost'}"


def language_of(accepted: bytes) -> Language:
    """Return the language of a link's pages. No cookie is asked: both lanes see the same."""
    return _language(accepted[:ACCEPT_LANGUAGE_BYTES_MAX])


@lru_cache(maxsize=LANGUAGES_MAX)
def _language(accepted: bytes) -> Language:
    return choose_language(accepted=accepted.decode("latin-1"))


def status_of(answer: Answer) -> HTTPStatus:
    """Return the status a page is answered with."""
    if isinstance(answer, Gone):
        return HTTPStatus.GONE
    return HTTPStatus.FORBIDDEN if isinstance(answer, NotAllowed) else HTTPStatus.OK


def outcome_of(answer: Answer) -> Outcome:
    """Return under which name a page is counted."""
    return _OUTCOMES[type(answer)]


def page_heads(date: bytes, *, close: bool) -> dict[HTTPStatus, bytes]:
    """Return what all pages of one second begin with, by status; a page goes on with its `length_line`."""
    line_end = b"\r\nconnection: close\r\n" if close else b"\r\n"
    return {
        status: b"HTTP/1.1 %d %s\r\ndate: " % (status, status.phrase.encode()) + date + line_end + _HEAD
        for status in STATUSES
    }
