"""What is shown beside links: their tags, folders, makers, domains, and whose favourites they are. Never writes.

A few statements for a page, however many links are on it.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import DomainId, LinkId, UserId
from liulian.links.labels import Folder, Tag
from liulian.links.listing import Around
from liulian.links.model import DEFAULT_DOMAIN, FolderId, Link, Maker
from liulian.storage.account_tables import api_keys, users
from liulian.storage.domain_tables import domains
from liulian.storage.organisation_tables import favourites, folders, link_tags, tags

_MAKERS = {"user": users, "api_key": api_keys}


def _among(column: Any) -> Any:
    """Return the condition that a column has one of the values a statement is given."""
    return column.in_(bindparam("values", expanding=True))


_TAGS = (
    select(link_tags.c.link_id, tags.c.id, tags.c.name, tags.c.created_at, tags.c.colour)
    .join(tags, tags.c.id == link_tags.c.tag_id)
    .where(tags.c.removed_at.is_(None), _among(link_tags.c.link_id))
    .order_by(tags.c.name_key)
)
_FOLDERS = select(folders.c.id, folders.c.name, folders.c.created_at).where(
    folders.c.removed_at.is_(None), _among(folders.c.id)
)
_NAMED = {kind: select(table.c.id, table.c.name).where(_among(table.c.id)) for kind, table in _MAKERS.items()}
_HOSTS = select(domains.c.id, domains.c.host).where(_among(domains.c.id))
_FAVOURITES = select(favourites.c.link_id).where(
    favourites.c.user_id == bindparam("user_id"), _among(favourites.c.link_id)
)


async def read_around(
    connection: AsyncConnection,
    links: Collection[Link],
    *,
    user_id: UserId | None,
    tagged: Collection[LinkId] | None = None,
    names: Mapping[Maker, str] | None = None,
) -> Around:
    """Return what is shown beside links. `user_id`: whose favourites.

    What a caller knows is not read: `tagged` are the links that have tags, None for any of them; `names` are of makers.
    """
    known = names or {}
    ours = [link.id for link in links if link.workspace_id is not None]
    return Around(
        tags=await _tags(connection, ours if tagged is None else tagged),
        folders=await _folders(connection, {link.folder_id for link in links if link.folder_id is not None}),
        makers={**known, **await _makers(connection, {link.created_by for link in links} - {None, *known})},
        hosts=await _hosts(connection, {link.domain_id for link in links} - {DEFAULT_DOMAIN}),
        favourites=await _favourites(connection, ours, user_id=user_id),
    )


async def _tags(connection: AsyncConnection, link_ids: Collection[LinkId]) -> Mapping[LinkId, tuple[Tag, ...]]:
    found: dict[LinkId, tuple[Tag, ...]] = {}
    for row in await _rows(connection, _TAGS, link_ids):
        tag = Tag(id=row.id, name=row.name, created_at=row.created_at, colour=row.colour)
        found[row.link_id] = (*found.get(row.link_id, ()), tag)
    return found


async def _folders(connection: AsyncConnection, folder_ids: Collection[FolderId]) -> Mapping[FolderId, Folder]:
    rows = await _rows(connection, _FOLDERS, folder_ids)
    return {row.id: Folder(id=row.id, name=row.name, created_at=row.created_at) for row in rows}


async def _makers(connection: AsyncConnection, makers: Collection[Maker | None]) -> Mapping[Maker, str]:
    """Return names, also of people who left and of keys that were revoked."""
    found: dict[Maker, str] = {}
    for kind, named in _NAMED.items():
        known = {maker.id: maker for maker in makers if maker is not None and maker.kind == kind}
        rows = await _rows(connection, named, known)
        found |= {known[row.id]: row.name for row in rows}
    return found


async def _hosts(connection: AsyncConnection, domain_ids: Collection[DomainId]) -> Mapping[DomainId, str]:
    rows = await _rows(connection, _HOSTS, domain_ids)
    return {row.id: row.host for row in rows}


async def _favourites(
    connection: AsyncConnection, link_ids: Collection[LinkId], *, user_id: UserId | None
) -> frozenset[LinkId] | None:
    if user_id is None:
        return None
    return frozenset(row.link_id for row in await _rows(connection, _FAVOURITES, link_ids, user_id=user_id))


async def _rows(connection: AsyncConnection, statement: Any, values: Iterable[int], **more: int) -> Iterable[Any]:
    """Return the rows with one of these values; nobody is asked for none."""
    wanted = sorted(values)
    return (await connection.execute(statement, {"values": wanted, **more})).all() if wanted else ()
