"""Links in the database. Implements `links.store.LinkStore`. Every change notes itself in the change log."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.errors import Unavailable
from liulian.base.ids import DomainId, LinkId, WorkspaceId
from liulian.links.audience import EVERYONE
from liulian.links.guard import NO_GUARD
from liulian.links.model import FolderId, Link, Maker, Shelf, TagId
from liulian.links.search import link_words, title_key
from liulian.links.store import SlugIsTaken
from liulian.storage import words
from liulian.storage.change_log import ChangeLog
from liulian.storage.organisation_tables import favourites, link_tags
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
    links.c.note,
    links.c.folder_id,
    links.c.archived_at,
    links.c.deleted_at,
    links.c.created_by_kind,
    links.c.created_by,
    func.coalesce(link_totals.c.clicks, 0).label("clicks"),
    func.coalesce(link_totals.c.human_clicks, 0).label("human_clicks"),
).select_from(links.outerjoin(link_totals, link_totals.c.link_id == links.c.id))
_VISIBLE = _COLUMNS.where(links.c.shelf < Shelf.DELETED)
_ONE = _COLUMNS.where(links.c.id == bindparam("id"), links.c.shelf < bindparam("below"))
_ONE_LOCKED = _ONE.with_for_update(of=links)  # SQLite has nothing like it and needs nothing: its writers take turns.
_BY_SLUG = _VISIBLE.where(links.c.domain_id == bindparam("domain_id"), links.c.slug == bindparam("slug"))
# The sums keep SQLite, which knows no numbers of rows, from walking through a whole workspace instead of these links.
_THESE = _COLUMNS.where(
    links.c.workspace_id + 0 == bindparam("workspace_id"),
    links.c.shelf + 0 < bindparam("below"),
    links.c.id.in_(bindparam("ids", expanding=True)),
)
_THESE_LOCKED = _THESE.order_by(links.c.id).with_for_update(of=links)  # One order for all: no deadlock.
_UPDATE = update(links).where(links.c.id == bindparam("known"))  # The columns come with the values.
_SEARCHED = ("workspace_id", "slug", "destination", "title", "note", "archived_at", "deleted_at")
_WHERE_SHELVED = (
    (link_totals, link_totals.c.link_id),
    (link_tags, link_tags.c.link_id),
    (favourites, favourites.c.link_id),
)

_IN_BATCHES = {"insertmanyvalues_page_size": 100}  # Between two of them the event loop serves others.


async def read_links(connection: AsyncConnection, link_ids: Sequence[LinkId], workspace_id: WorkspaceId) -> list[Link]:
    """Return links of a workspace in the order of their ids as given, without those that are no longer there."""
    values = {"workspace_id": workspace_id, "ids": link_ids, "below": Shelf.KEPT}
    found = {row.id: _link(row) for row in await connection.execute(_THESE, values)}
    return [found[link_id] for link_id in link_ids if link_id in found]


class LinkRows:
    """The links of one transaction."""

    def __init__(self, connection: AsyncConnection, *, changes: ChangeLog) -> None:
        self._connection = connection
        self._changes = changes

    async def add(self, new: Sequence[Link], *, tags: Mapping[LinkId, Collection[TagId]] | None = None) -> set[LinkId]:
        """Insert new links and return the ids of those that went in; of the others slug or id is taken."""
        statement = insert_or_ignore(self._connection, links).returning(links.c.id)
        rows = [_values(link) for link in new]
        inserted = set(await self._connection.scalars(statement, rows, execution_options=_IN_BATCHES))
        made = [link for link in new if link.id in inserted]
        for link in made:
            self._changes.note(domain_id=link.domain_id, slug=link.slug)
        await self._add_surroundings([link for link in made if link.workspace_id is not None], tags=tags or {})
        return inserted

    async def find(self, link_id: LinkId, *, for_update: bool = False, even_deleted: bool = False) -> Link | None:
        """Return a link. With `for_update` nobody else changes it before this transaction ends."""
        values = {"id": link_id, "below": Shelf.KEPT if even_deleted else Shelf.DELETED}
        row = (await self._connection.execute(_ONE_LOCKED if for_update else _ONE, values)).one_or_none()
        return _link(row) if row else None

    async def find_many(
        self, link_ids: Collection[LinkId], *, workspace_id: WorkspaceId, even_deleted: bool = False
    ) -> list[Link]:
        """Return those of the links that a workspace has, by id, locked until the transaction ends."""
        below = Shelf.KEPT if even_deleted else Shelf.DELETED
        values = {"workspace_id": workspace_id, "ids": sorted(link_ids), "below": below}
        return [_link(row) for row in await self._connection.execute(_THESE_LOCKED, values)]

    async def find_by_slug(self, *, domain_id: DomainId, slug: str) -> Link | None:
        values = {"domain_id": domain_id, "slug": slug}
        row = (await self._connection.execute(_BY_SLUG, values)).one_or_none()
        return _link(row) if row else None

    async def replace(self, old: Link, new: Link, *, tombstone_id: LinkId) -> None:
        """Store `new` in the place of `old`, which was found `for_update`. Raises SlugIsTaken.

        When the slug changes, the old one is kept from strangers under `tombstone_id`, and this link can take it back.
        """
        if (new.domain_id, new.slug) != (old.domain_id, old.slug):
            await self._move_slug(old, new, tombstone_id=tombstone_id)
        else:
            await self._update(new)
        await self._follow([(old, new)])

    async def replace_many(self, changed: Sequence[tuple[Link, Link]]) -> None:
        """Store the second of each pair in the place of the first, found by `find_many`. No slug is different."""
        if changed:
            await self._connection.execute(_UPDATE, [{**_values(new), "known": new.id} for _, new in changed])
            await self._follow(changed)

    async def take_down(self, link: Link, *, reason: str | None, now: datetime) -> None:
        """Put the code of a reason in front of a link, or take it away with None. Its slug and its owner stay."""
        values = {"taken_down": reason, "updated_at": now}
        await self._connection.execute(update(links).where(links.c.id == link.id).values(values))
        self._changes.note(domain_id=link.domain_id, slug=link.slug)

    async def remove(self, link: Link, *, now: datetime) -> None:
        """Let a link lead nowhere and be in no list. Its slug stays taken, and it can come back."""
        await self.replace_many([(link, dataclasses.replace(link, deleted_at=now))])

    async def reindex(self, link_ids: Collection[LinkId]) -> None:
        """Let links be found by their tags as they are now."""
        await words.put_anew(self._connection, link_ids)

    async def _add_surroundings(self, made: Sequence[Link], *, tags: Mapping[LinkId, Collection[TagId]]) -> None:
        """Write what lists need beside the rows of links that belong to a workspace."""
        if not made:
            return
        totals = [
            {"link_id": link.id, "clicks": 0, "human_clicks": 0, "workspace_id": link.workspace_id, "shelf": link.shelf}
            for link in made
        ]
        await self._connection.execute(insert_or_ignore(self._connection, link_totals), totals)
        tagged = [
            {"link_id": link.id, "tag_id": tag_id, "workspace_id": link.workspace_id, "shelf": link.shelf}
            for link in made
            for tag_id in tags.get(link.id, ())
        ]
        if tagged:
            await self._connection.execute(insert(link_tags), tagged)
        await words.put(self._connection, [_entry(link, tags.get(link.id, ())) for link in made])

    async def _follow(self, changed: Sequence[tuple[Link, Link]]) -> None:
        """Let everything that is kept beside links be as their rows are now, and tell those who answer clicks."""
        for old, new in changed:
            self._changes.note(domain_id=old.domain_id, slug=old.slug)
            self._changes.note(domain_id=new.domain_id, slug=new.slug)
        ours = [(old, new) for old, new in changed if new.workspace_id is not None]
        moved = [new for old, new in ours if (new.shelf, new.workspace_id) != (old.shelf, old.workspace_id)]
        for place in {(link.workspace_id, link.shelf) for link in moved}:
            await self._shelve([link.id for link in moved if (link.workspace_id, link.shelf) == place], *place)
        unlike = [new.id for old, new in ours if any(getattr(new, name) != getattr(old, name) for name in _SEARCHED)]
        if unlike:
            await words.put_anew(self._connection, unlike)

    async def _shelve(self, link_ids: Sequence[LinkId], workspace_id: WorkspaceId | None, shelf: Shelf) -> None:
        values = {"workspace_id": workspace_id, "shelf": shelf}
        starts = [{"link_id": link_id, "clicks": 0, "human_clicks": 0, **values} for link_id in link_ids]
        await self._connection.execute(insert_or_ignore(self._connection, link_totals), starts)
        for table, link_id in _WHERE_SHELVED:
            await self._connection.execute(update(table).where(link_id.in_(link_ids)).values(values))

    async def _move_slug(self, old: Link, new: Link, *, tombstone_id: LinkId) -> None:
        own_earlier = (links.c.domain_id == new.domain_id) & (links.c.slug == new.slug) & (links.c.kept_for == new.id)
        await self._connection.execute(delete(links).where(own_earlier))
        try:
            await self._update(new)
        except IntegrityError as taken:
            raise SlugIsTaken from taken
        kept = {
            **_values(old),
            "id": tombstone_id,
            "deleted_at": new.updated_at,
            "kept_for": old.id,
            "shelf": Shelf.KEPT,
            "folder_id": None,
        }
        if (await self._connection.execute(insert_or_ignore(self._connection, links), kept)).rowcount != 1:
            raise Unavailable(
                retry_after_s=1
            )  # The id is taken, which happens once in years; the next one will not be.

    async def _update(self, new: Link) -> None:
        await self._connection.execute(_UPDATE, {**_values(new), "known": new.id})


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
        "note": link.note,
        "folder_id": link.folder_id,
        "archived_at": link.archived_at,
        "deleted_at": link.deleted_at,
        "shelf": link.shelf,
        "title_key": title_key(link.title, link.slug),
        "created_by_kind": link.created_by.kind if link.created_by else None,
        "created_by": link.created_by.id if link.created_by else None,
    }


def _entry(link: Link, tag_ids: Collection[int]) -> words.Entry:
    """Return what the index of words is told of a link that belongs to a workspace."""
    found_by = link_words(
        slug=link.slug, destination=link.destination, title=link.title, note=link.note, tag_ids=tag_ids
    )
    return words.Entry(
        link_id=link.id, workspace_id=link.workspace_id or WorkspaceId(0), shelf=link.shelf, words=found_by
    )


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
        note=row.note,
        folder_id=None if row.folder_id is None else FolderId(row.folder_id),
        archived_at=row.archived_at,
        deleted_at=row.deleted_at,
        created_by=Maker(kind=row.created_by_kind, id=row.created_by) if row.created_by_kind else None,
    )
