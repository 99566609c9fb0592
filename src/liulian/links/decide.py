"""What a visitor of one class gets to see of a link. Pure, and the same for both lanes; the order is fixed here.

Taken down → expired → audience by system and form → guard → audience by container → redirect. Only a redirect is a
click.
"""

from dataclasses import dataclass

from liulian.links.audience import EVERYONE, Audience
from liulian.links.guard import NO_GUARD, Guard, Mode
from liulian.visitors.model import VisitorClass

# Apps that swallow addresses of other apps: there the honest way is the guide.
SWALLOW_APP_ADDRESSES = frozenset({"wechat", "qq", "weibo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What can stand between a visitor and the destination. Times are microseconds UTC.

    `taken_down` is the reason's code, None for a link in good standing.
    """

    guard: Guard = NO_GUARD
    audience: Audience = EVERYONE
    expires_us: int | None = None
    taken_down: str | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go to the destination."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The link is no more: it expired, or it was taken down for a reason."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """Show how to open the link in the system's browser."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Show where the link leads, one tap away."""


@dataclass(frozen=True, slots=True)
class OpenApp:
    """Offer the app's own address, and the destination beside it."""

    app_url: str


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """Say who may open the link. `by_container`: opening it elsewhere helps, so the page says how."""

    by_container: bool


Answer = Redirect | Gone | Guide | Preview | OpenApp | NotAllowed
REDIRECT, GUIDE, PREVIEW = Redirect(), Guide(), Preview()


def decide(rules: Rules, visitor: VisitorClass, *, now_us: int, goes_on: bool = False) -> Answer:
    """Return the answer. `goes_on`: the visitor comes from a page of ours, which stands in for the guard."""
    if rules.taken_down is not None:
        return Gone(rules.taken_down)
    if rules.expires_us is not None and now_us >= rules.expires_us:
        return Gone()
    if not rules.audience.allows_device(visitor):
        return NotAllowed(by_container=False)
    if not goes_on and rules.guard.mode is not Mode.DIRECT and visitor.container in rules.guard.apps:
        return _guarded(rules.guard, visitor)
    if not rules.audience.allows_container(visitor):
        return NotAllowed(by_container=True)
    return REDIRECT


def _guarded(guard: Guard, visitor: VisitorClass) -> Answer:
    if guard.mode is Mode.PREVIEW:
        return PREVIEW
    if guard.mode is Mode.APP and guard.app_url and visitor.container not in SWALLOW_APP_ADDRESSES:
        return OpenApp(guard.app_url)
    return GUIDE
