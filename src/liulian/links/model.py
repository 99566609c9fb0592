"""The nouns of a short link. Values only: no storage, no web, no time of their own."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from liulian.base.errors import FieldError
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


class Unset(Enum):
    """Says that something was not mentioned, where None already has a meaning."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """What a caller wishes of a new link: raw, not yet checked. `slug` None asks for a random one.

    `guard` and `audience` are objects as `rules.py` reads them, None for the usual. `expires_at` is an RFC 3339 text;
    None: never; UNSET: as usual for this caller. `errors` is what was already refused while the wish was read; only
    beside such an error `destination` may be None.
    """

    destination: str | None
    slug: str | None = None
    title: str | None = None
    guard: object = None
    audience: object = None
    expires_at: object = UNSET
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """What a caller wishes to be different: raw, not yet checked. None or UNSET leaves a field as it is.

    A title can also be taken away, so `sets_title` says whether `title` is meant at all. A guard, an audience and an
    expiry of None are taken away too.
    """

    destination: str | None = None
    slug: str | None = None
    title: str | None = None
    sets_title: bool = False
    guard: object = UNSET
    audience: object = UNSET
    expires_at: object = UNSET
    errors: tuple[FieldError, ...] = ()


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
