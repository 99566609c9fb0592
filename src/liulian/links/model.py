"""The nouns of a short link. Values only: no storage, no web, no time of their own."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from typing import Final, Literal, NewType

from liulian.base.errors import FieldError
from liulian.base.ids import DomainId, LinkId, WorkspaceId
from liulian.links.audience import EVERYONE, Audience
from liulian.links.decide import Rules
from liulian.links.guard import NO_GUARD, Guard

DEFAULT_DOMAIN = DomainId(1)
TITLE_LENGTH_MAX = 200
NOTE_LENGTH_MAX = 1_000
TAGS_OF_LINK_MAX = 20  # More are no help to whoever looks for the link.

TagId = NewType("TagId", int)
FolderId = NewType("FolderId", int)


class Shelf(IntEnum):
    """Where a link is for its workspace. It works on the first two; a kept one only holds a slug."""

    LISTED = 0
    ARCHIVED = 1
    DELETED = 2
    KEPT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Who made a link, as far as it is known."""

    kind: Literal["user", "api_key"]
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A short link. `workspace_id` None: made by a stranger, managed by its manage token alone.

    `destination` is the parser's normal form, ASCII. `clicks` and `human_clicks` follow the lake within seconds.
    From `expires_at` on the link leads nowhere; None: for ever. `taken_down` is the code of the reason, None for a link
    in good standing. `flags` are what screening noticed and let pass, such as `shortener`. An archived link works as
    before; a deleted one leads nowhere and can be restored for a while.
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
    note: str | None = None
    folder_id: FolderId | None = None
    archived_at: datetime | None = None
    deleted_at: datetime | None = None
    created_by: Maker | None = None

    @property
    def shelf(self) -> Shelf:
        """Where the link is for its workspace."""
        if self.deleted_at is not None:
            return Shelf.DELETED
        return Shelf.LISTED if self.archived_at is None else Shelf.ARCHIVED


class Unset(Enum):
    """Says that something was not mentioned, where None already has a meaning."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """What a caller wishes of a new link: raw, not yet checked. `slug` None asks for a random one.

    `guard` and `audience` are objects as `rules.py` reads them, None for the usual. `expires_at` is an RFC 3339 text;
    None: never; UNSET: as usual for this caller. `tags` are ids or names; a name that is new makes a tag. `domain` is a
    host, None the usual one. `created_at` is when the link was made elsewhere, None: now. `errors` is what was already
    refused while the wish was read; only beside such an error `destination` may be None.
    """

    destination: str | None
    slug: str | None = None
    title: str | None = None
    guard: object = None
    audience: object = None
    expires_at: object = UNSET
    note: str | None = None
    tags: tuple[str, ...] | None = None
    folder: str | None = None
    domain: str | None = None
    created_at: datetime | None = None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """What a caller wishes to be different: raw, not yet checked. None or UNSET leaves a field as it is.

    A title can also be taken away, so `sets_title` says whether `title` is meant at all. A guard, an audience, an
    expiry, a note and a folder of None are taken away too. `tags` are all that the link is to have.
    """

    destination: str | None = None
    slug: str | None = None
    title: str | None = None
    sets_title: bool = False
    guard: object = UNSET
    audience: object = UNSET
    expires_at: object = UNSET
    note: str | Unset | None = UNSET
    tags: tuple[str, ...] | None = None
    folder: str | Unset | None = UNSET
    domain: str | None = None
    created_at: datetime | None = None
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
