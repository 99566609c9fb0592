"""Empty links that were deleted long enough ago. What stays is the slug, so that nobody else ever gets it."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import LinkId
from liulian.links.model import Shelf
from liulian.storage.organisation_tables import favourites, link_tags
from liulian.storage.tables import link_totals, links
from liulian.storage.words import forget

STEP = 1_000  # Links in one transaction.

_EMPTY: dict[str, Any] = {
    "shelf": Shelf.KEPT,
    "workspace_id": None,
    "destination": "",
    "title": None,
    "title_key": None,
    "note": None,
    "guard": None,
    "audience": None,
    "folder_id": None,
    "created_by_kind": None,
    "created_by": None,
    "flags": None,
}


async def empty_deleted(connection: AsyncConnection, *, deleted_before: datetime) -> int:
    """Empty at most STEP links and return how many there were."""
    waiting = (
        select(links.c.id)
        .where(links.c.shelf == Shelf.DELETED, links.c.deleted_at < deleted_before)
        .order_by(links.c.deleted_at)
        .limit(STEP)
        .with_for_update()
    )
    found = [LinkId(link_id) for link_id in await connection.scalars(waiting)]
    if not found:
        return 0
    for link_id in (link_totals.c.link_id, link_tags.c.link_id, favourites.c.link_id):
        await connection.execute(delete(link_id.table).where(link_id.in_(found)))
    await forget(connection, found)
    await connection.execute(update(links).where(links.c.id.in_(found)).values(_EMPTY))
    return len(found)
