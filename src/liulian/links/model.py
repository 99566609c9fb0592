"""The nouns of a short link. Values only: no storage, no web, no time of their own."""

from dataclasses import dataclass
from datetime import datetime

from liulian.base.ids import DomainId, LinkId, WorkspaceId
from liulian.links.audience import EVERYONE, Audience
from liulian.links.decide import Rules
from liulian.links.guard import NO_GUARD, Guard

DEFAULT_DOMAIN = DomainId(1)
DEFAULT_WORKSPACE = WorkspaceId(1)
TITLE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A short link. `workspace_id` None: made by a stranger, managed by its manage token alone.

    `destination` is the parser's normal form, ASCII. `clicks` and `human_clicks` follow the lake within seconds.
    From `expires_at` on the link leads nowhere; None: for ever. `taken_down` is the code of the reason, None for a link
    in good standing. `flags` are what screening noticed and let pass, such as `shortener`.
    """

    id: LinkId
    workspace_id: WorkspaceId | None
    domain_id: DomainId
    slug: str
    destination: str
    title: str | None
    created_at: datetime
    updated_at: datetime
    clicks: int = 0
    human_clicks: int = 0
    guard: Guard = NO_GUARD
    audience: Audience = EVERYONE
    expires_at: datetime | None = None
    taken_down: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """What a caller wishes: raw text, not yet checked. `slug` None asks for a random one."""

    destination: str
    slug: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """What a caller wishes to be different: raw text, not yet checked. None leaves a field as it is.

    A title can also be taken away, so `sets_title` says whether `title` is meant at all.
    """

    destination: str | None = None
    slug: str | None = None
    title: str | None = None
    sets_title: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the way of one click needs to know of a link, and nothing else.

    `workspace_id` is 0 for a stranger's link. `path` is the canonical request path as bytes, `/` included. Without
    `rules` the link goes straight through, for everyone, for ever.
    """

    link_id: LinkId
    workspace_id: int
    domain_id: DomainId
    path: bytes
    destination: str
    rules: Rules | None = None
