"""What the service of links asks of a store. The one implementation is `storage/links.py`, on two databases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liulian.base.ids import LinkId, WorkspaceId
from liulian.links.model import Link


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

    async def add(self, new: Sequence[Link]) -> set[LinkId]:
        """Insert new links and return the ids of those that went in; of the others slug or id is taken."""

    async def find(self, link_id: LinkId, *, for_update: bool = False) -> Link | None:
        """Return a link. With `for_update` nobody else changes it before the transaction ends."""

    async def list_page(self, *, workspace_id: WorkspaceId, before: LinkId | None, limit: int) -> list[Link]:
        """Return at most `limit` links of a workspace, newest first, all made before the link `before`."""

    async def replace(self, old: Link, new: Link, *, tombstone_id: LinkId) -> None:
        """Store `new` in the place of `old`; an earlier slug is kept from strangers. Raises SlugIsTaken."""

    async def take_down(self, link: Link, *, reason: str | None, now: datetime) -> None:
        """Put the code of a reason in front of a link, or take it away with None. Its slug and its owner stay."""

    async def remove(self, link: Link, *, now: datetime) -> None:
        """Make a link invisible. Its slug stays taken."""
