"""What the service of links asks of a store. The one implementation is `storage/links.py`, on two databases."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from liulian.accounts.model import Actor
from liulian.base.ids import LinkId, UserId, WorkspaceId
from liulian.links.model import Link, TagId


class SlugIsTaken(Exception):
    """Another link of the domain has this slug, or had it once."""


class ScreenVerdict(Protocol):
    """What screening says of one address."""

    @property
    def flags(self) -> tuple[str, ...]:
        """What was noticed and is let pass, such as `shortener`."""

    @property
    def refused(self) -> str | None:
        """The code of the error, None for an address that may be led to."""


class DestinationScreen(Protocol):
    """Whoever judges addresses before links lead to them: `screening/`."""

    async def check(self, url: str, *, stranger: bool) -> ScreenVerdict:
        """Return the verdict on an address in normal form. `stranger`: asked for by somebody without a key."""


class LinkStore(Protocol):
    """The links of one transaction. Nothing is committed here."""

    async def add(self, new: Sequence[Link], *, tags: Mapping[LinkId, Collection[TagId]] | None = None) -> set[LinkId]:
        """Insert new links and return the ids of those that went in; of the others slug or id is taken."""

    async def find(self, link_id: LinkId, *, for_update: bool = False, even_deleted: bool = False) -> Link | None:
        """Return a link. With `for_update` nobody else changes it before the transaction ends."""

    async def find_many(
        self, link_ids: Collection[LinkId], *, workspace_id: WorkspaceId, even_deleted: bool = False
    ) -> list[Link]:
        """Return those of the links that a workspace has, by id, locked until the transaction ends."""

    async def replace(self, old: Link, new: Link, *, tombstone_id: LinkId) -> None:
        """Store `new` in the place of `old`; an earlier slug is kept from strangers. Raises SlugIsTaken."""

    async def replace_many(self, changed: Sequence[tuple[Link, Link]]) -> None:
        """Store the second of each pair in the place of the first, found `for_update`. No slug is different."""

    async def remove(self, link: Link, *, now: datetime) -> None:
        """Let a link lead nowhere and be in no list. Its slug stays taken, and it can come back."""

    async def reindex(self, link_ids: Collection[LinkId]) -> None:
        """Let links be found by their tags as they are now."""

    async def take_down(self, link: Link, *, reason: str | None, now: datetime) -> None:
        """Put the code of a reason in front of a link, or take it away with None. Its slug and its owner stay."""


class OrganisedStore(Protocol):
    """What people hang on links: tags, and that they are somebody's favourites; and the numbers beside them."""

    async def tags_of(self, link_ids: Collection[LinkId]) -> Mapping[LinkId, list[TagId]]:
        """Return the tags of links."""

    async def add_tags(self, links: Collection[Link], tag_ids: Collection[TagId]) -> None:
        """Let links of a workspace carry tags, also where they do already."""

    async def drop_tags(self, link_ids: Collection[LinkId], tag_ids: Collection[TagId]) -> None:
        """Take tags off links."""

    async def put_favourite(self, link: Link, user_id: UserId) -> None:
        """Let a link of a workspace be a person's favourite."""

    async def drop_favourite(self, link_id: LinkId, user_id: UserId) -> None:
        """Let a link be no favourite of a person."""

    async def clicks_of(
        self, link_ids: Collection[LinkId], *, workspace_id: WorkspaceId
    ) -> Mapping[LinkId, tuple[int, int]]:
        """Return (clicks, human clicks) of those of the links that a workspace has."""


class AuditLog(Protocol):
    """Where acts in a workspace are written down."""

    async def record(
        self,
        actor: Actor,
        action: str,
        kind: str,
        object_id: int | str,
        *,
        now: datetime,
        workspace_id: WorkspaceId | None = None,
        **details: object,
    ) -> None:
        """Write down one act."""
