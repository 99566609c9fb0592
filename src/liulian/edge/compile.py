"""From a link to its answers. Fourth step of a click. Computed once, when a link or a class of visitors is first met.

A redirect is the head of the second (status and date, the same for all redirects) and the tail of the link. A link with
rules also keeps what it decided for each class of visitors; pages are joined when they are sent (`pages.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from liulian.base.ids import LinkId
from liulian.links.app_urls import opened_urls
from liulian.links.audience import EVERYONE
from liulian.links.decide import REDIRECT, Answer, Gone, Rules, decide
from liulian.links.guard import NO_GUARD
from liulian.links.model import Target
from liulian.visitors.model import VisitorClass

_LOCATION = b"location: "
_LINE_END = b"\r\n"
_VARY = b"vary: user-agent\r\n"  # Where rules look at the user agent, no cache may mix up visitors.
FOR_EVER_US: Final = 2**63
RULES_SHARED_MAX = 4_096
LISTED = "listed"  # Why a link was taken down that no person has judged yet.
GONE: Final = Gone()

# The one answer to a click. 302 and no-store: an edited link leads to its new destination at once, and every visit is
# seen. `private` for proxies that know only HTTP/1.0 rules.
REDIRECT_HEADERS = ((b"cache-control", b"private, no-store"), (b"content-length", b"0"))


IsListed = Callable[[str], bool]


def nothing_is_listed(destination: str) -> bool:  # noqa: ARG001 - The shape of IsListed.
    """Tell that no feed names this destination: there are none."""
    return False


class Ruled:
    """Rules without their time, and what they came to for each class of visitors that was met.

    Equal rules of different links share one Ruled: a hundred thousand guarded links have few different guards.
    """

    __slots__ = ("_answers", "rules")

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._answers: dict[int, Answer] = {}

    def answer(self, visitor: VisitorClass, *, goes_on: bool) -> Answer:
        """Return what this class of visitors gets as long as the link has not expired."""
        key = visitor.code << 1 | goes_on
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = decide(self.rules, visitor, now_us=0, goes_on=goes_on)
        return found


ruled_by = lru_cache(maxsize=RULES_SHARED_MAX)(Ruled)


class Route:
    """A link as the fast lane holds it: about 400 bytes with its place in the table. `ruled` None: straight through."""

    __slots__ = ("expires_us", "link_id", "ruled", "tail", "used", "workspace_id")

    def __init__(
        self, link_id: LinkId, workspace_id: int, tail: bytes, *, expires_us: int, ruled: Ruled | None
    ) -> None:
        self.link_id = link_id
        self.workspace_id = workspace_id
        self.tail = tail
        self.expires_us = expires_us
        self.ruled = ruled
        self.used = False

    @property
    def destination(self) -> bytes:
        """Return where the link leads, as it stands in the Location header."""
        return self.tail[len(_LOCATION) : self.tail.index(_LINE_END)]

    def answer(self, visitor: VisitorClass, *, goes_on: bool, now_us: int) -> Answer:
        """Return what a visitor gets now. What was taken down stays so after its expiry: the reason says more."""
        if now_us >= self.expires_us and (self.ruled is None or self.ruled.rules.taken_down is None):
            return GONE
        return REDIRECT if self.ruled is None else self.ruled.answer(visitor, goes_on=goes_on)


def compile_route(target: Target, *, is_listed: IsListed = nothing_is_listed) -> Route:
    """Return the Route of a link; one that leads, or leads an app, to what a feed names leads nowhere.

    A destination is ASCII without spaces or line ends: `base/urls.py` sees to that.
    """
    rules = target.rules or Rules()
    if rules.taken_down is None and any(map(is_listed, _led_to(target.destination, app_url=rules.guard.app_url))):
        rules = replace(rules, taken_down=LISTED)
    looks_at_visitor = rules.guard != NO_GUARD or rules.audience != EVERYONE
    location = _LOCATION + target.destination.encode("ascii") + _LINE_END
    return Route(
        target.link_id,
        target.workspace_id,
        location + (_VARY if looks_at_visitor else b"") + _LINE_END,
        expires_us=FOR_EVER_US if rules.expires_us is None else rules.expires_us,
        ruled=ruled_by(replace(rules, expires_us=None)) if looks_at_visitor or rules.taken_down is not None else None,
    )


def _led_to(destination: str, *, app_url: str | None) -> list[str]:
    """Return the addresses that visitors may end up at."""
    return [destination] if app_url is None else [destination, *opened_urls(app_url)]


def redirect_headers(route: Route) -> list[tuple[bytes, bytes]]:
    """Return the headers of a redirect as the slow lane sends them: the same as the fast lane's."""
    headers = [*REDIRECT_HEADERS, (b"location", route.destination)]
    if _VARY in route.tail:
        headers.append((b"vary", b"user-agent"))
    return headers


def redirect_head(date: bytes, *, close: bool) -> bytes:
    """Return what all redirects of one second begin with."""
    lines = [b"HTTP/1.1 302 Found", b"date: " + date]
    lines += [name + b": " + value for name, value in REDIRECT_HEADERS]
    if close:
        lines.append(b"connection: close")
    return b"\r\n".join(lines) + b"\r\n"
