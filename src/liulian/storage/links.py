"""Links in the database. Implements `links.store.LinkStore`. Every change notes itself in the change log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.errors import Unavailable
from liulian.base.ids import DomainId, LinkId, WorkspaceId
from liulian.links.audience import EVERYONE
from liulian.links.guard import NO_GUARD
from liulian.links.model import Link
from liulian.links.store import SlugIsTaken
from liulian.storage.change_log import ChangeLog
from liulian.storage.rules import audience_text, guard_text, read_audience, read_guard
from liulian.storage.sql import insert_or_ignore
from liulian.storage.tables import link_totals, links

_COLUMNS = select(
    links.c.id,
    links.c.workspace_id,
    links.c.domain_id,
    links.c.slug,
    links.c.destination,
    links.c.title,
    links.c.created_at,
    links.c.updated_at,
    links.c.guard,
    links.c.audience,
    links.c.expires_at,
    links.c.taken_down,
    links.c.flags,
    func.coalesce(link_totals.c.clicks, 0).label("clicks"),
    func.coalesce(link_totals.c.human_clicks, 0).label("human_clicks"),
).select_from(links.outerjoin(link_totals, link_totals.c.link_id == links.c.id))
_VISIBLE = _COLUMNS.where(links.c.deleted_at.is_(None))
_ONE = _VISIBLE.where(links.c.id == bindparam("id"))
_ONE_LOCKED = _ONE.with_for_update(of=links)  # SQLite has nothing like it and needs nothing: its writers take turns.
_BY_SLUG = _VISIBLE.where(links.c.domain_id == bindparam("domain_id"), links.c.slug == bindparam("slug"))
_PAGE = (
    _VISIBLE.where(links.c.workspace_id == bindparam("workspace_id"), links.c.id < bindparam("before"))
    .order_by(links.c.id.desc())
    .limit(bindparam("limit"))
)


_IN_BATCHES = {"insertmanyvalues_page_size": 100}  # Between two of them the event loop serves others.


class LinkRows:
    """The links of one transaction."""

    def __init__(self, connection: AsyncConnection, *, changes: ChangeLog) -> None:
        self._connection = connection
        self._changes = changes

    async def add(self, new: Sequence[Link]) -> set[LinkId]:
        """Insert new links and return the ids of those that went in; of the others slug or id is taken."""
        statement = insert_or_ignore(self._connection, links).returning(links.c.id)
        rows = [_values(link) for link in new]
        inserted = set(await self._connection.scalars(statement, rows, execution_options=_IN_BATCHES))
        for link in new:
            if link.id in inserted:
                self._changes.note(domain_id=link.domain_id, slug=link.slug)
        return inserted

    async def find(self, link_id: LinkId, *, for_update: bool = False) -> Link | None:
        """Return a link. With `for_update` nobody else changes it before this transaction ends."""
        row = (await self._connection.execute(_ONE_LOCKED if for_update else _ONE, {"id": link_id})).one_or_none()
        return _link(row) if row else None

    async def find_by_slug(self, *, domain_id: DomainId, slug: str) -> Link | None:
        values = {"domain_id": domain_id, "slug": slug}
        row = (await self._connection.execute(_BY_SLUG, values)).one_or_none()
        return _link(row) if row else None

    async def list_page(self, *, workspace_id: WorkspaceId, before: LinkId | None, limit: int) -> list[Link]:
        """Return at most `limit` links of a workspace, newest first, all made before the link `before`."""
        values = {"workspace_id": workspace_id, "before": before if before is not None else 2**63 - 1, "limit": limit}
        return [_link(row) for row in await self._connection.execute(_PAGE, values)]

    async def replace(self, old: Link, new: Link, *, tombstone_id: LinkId) -> None:
        """Store `new` in the place of `old`, which was found `for_update`. Raises SlugIsTaken.

        When the slug changes, the old one is kept from strangers under `tombstone_id`, and this link can take it back.
        """
        if new.slug != old.slug:
            await self._move_slug(old, new, tombstone_id=tombstone_id)
        else:
            await self._update(new)
        self._changes.note(domain_id=old.domain_id, slug=old.slug)
        self._changes.note(domain_id=new.domain_id, slug=new.slug)

    async def take_down(self, link: Link, *, reason: str | None, now: datetime) -> None:
        """Put the code of a reason in front of a link, or take it away with None. Its slug and its owner stay."""
        values = {"taken_down": reason, "updated_at": now}
        await self._connection.execute(update(links).where(links.c.id == link.id).values(values))
        self._changes.note(domain_id=link.domain_id, slug=link.slug)

    async def remove(self, link: Link, *, now: datetime) -> None:
        """Make a link invisible. Its slug stays taken."""
        await self._connection.execute(update(links).where(links.c.id == link.id).values(deleted_at=now))
        self._changes.note(domain_id=link.domain_id, slug=link.slug)

    async def _move_slug(self, old: Link, new: Link, *, tombstone_id: LinkId) -> None:
        own_earlier = (links.c.domain_id == new.domain_id) & (links.c.slug == new.slug) & (links.c.kept_for == new.id)
        await self._connection.execute(delete(links).where(own_earlier))
        try:
            await self._update(new)
        except IntegrityError as taken:
            raise SlugIsTaken from taken
        kept = {**_values(old), "id": tombstone_id, "deleted_at": new.updated_at, "kept_for": old.id}
        if (await self._connection.execute(insert_or_ignore(self._connection, links), kept)).rowcount != 1:
            raise Unavailable(
                retry_after_s=1
            )  # The id is taken, which happens once in years; the next one will not be.

    async def _update(self, new: Link) -> None:
        await self._connection.execute(update(links).where(links.c.id == new.id).values(_values(new)))


def _values(link: Link) -> dict[str, Any]:
    return {
        "id": link.id,
        "workspace_id": link.workspace_id,
        "domain_id": link.domain_id,
        "slug": link.slug,
        "destination": link.destination,
        "title": link.title,
        "created_at": link.created_at,
        "updated_at": link.updated_at,
        "guard": guard_text(link.guard),
        "audience": audience_text(link.audience),
        "expires_at": link.expires_at,
        "taken_down": link.taken_down,
        "flags": " ".join(link.flags) or None,
    }


def _link(row: Row[*tuple[Any, ...]]) -> Link:
    return Link(
        id=LinkId(row.id),
        workspace_id=None if row.workspace_id is None else WorkspaceId(row.workspace_id),
        domain_id=DomainId(row.domain_id),
        slug=row.slug,
        destination=row.destination,
        title=row.title,
        created_at=row.created_at,
        updated_at=row.updated_at,
        clicks=row.clicks,
        human_clicks=row.human_clicks,
        guard=read_guard(row.guard) if row.guard else NO_GUARD,
        audience=read_audience(row.audience) if row.audience else EVERYONE,
        expires_at=row.expires_at,
        taken_down=row.taken_down,
        flags=tuple(row.flags.split()) if row.flags else (),
    )
