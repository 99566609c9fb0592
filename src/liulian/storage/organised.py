"""Tags on links, favourites, and live numbers of clicks. Implements `links.store.OrganisedStore`."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import LinkId, UserId, WorkspaceId
from liulian.links.model import Link, TagId
from liulian.storage.organisation_tables import favourites, link_tags
from liulian.storage.sql import insert_or_ignore
from liulian.storage.tables import link_totals
from liulian.storage.words import tags_of

_CLICKS = select(link_totals.c.link_id, link_totals.c.clicks, link_totals.c.human_clicks)


class OrganisedRows:
    """What hangs on the links of one transaction. Whoever changes tags has the links indexed anew."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def tags_of(self, link_ids: Collection[LinkId]) -> Mapping[LinkId, list[TagId]]:
        """Return the tags of links."""
        found = await tags_of(self._connection, link_ids)
        return {link_id: [TagId(tag_id) for tag_id in tag_ids] for link_id, tag_ids in found.items()}

    async def add_tags(self, links: Collection[Link], tag_ids: Collection[TagId]) -> None:
        """Let links of a workspace carry tags, also where they do already."""
        rows = [
            {"link_id": link.id, "tag_id": tag_id, "workspace_id": link.workspace_id, "shelf": link.shelf}
            for link in links
            for tag_id in tag_ids
        ]
        if rows:
            await self._connection.execute(insert_or_ignore(self._connection, link_tags), rows)

    async def drop_tags(self, link_ids: Collection[LinkId], tag_ids: Collection[TagId]) -> None:
        """Take tags off links."""
        theirs = link_tags.c.link_id.in_(link_ids) & link_tags.c.tag_id.in_(tag_ids)
        await self._connection.execute(delete(link_tags).where(theirs))

    async def put_favourite(self, link: Link, user_id: UserId) -> None:
        """Let a link of a workspace be a person's favourite."""
        row = {"link_id": link.id, "user_id": user_id, "workspace_id": link.workspace_id, "shelf": link.shelf}
        await self._connection.execute(insert_or_ignore(self._connection, favourites), row)

    async def drop_favourite(self, link_id: LinkId, user_id: UserId) -> None:
        """Let a link be no favourite of a person."""
        theirs = (favourites.c.link_id == link_id) & (favourites.c.user_id == user_id)
        await self._connection.execute(delete(favourites).where(theirs))

    async def clicks_of(
        self, link_ids: Collection[LinkId], *, workspace_id: WorkspaceId
    ) -> Mapping[LinkId, tuple[int, int]]:
        """Return (clicks, human clicks) of those of the links that a workspace has."""
        wanted = _CLICKS.where(link_totals.c.link_id.in_(link_ids), link_totals.c.workspace_id == workspace_id)
        return {row.link_id: (row.clicks, row.human_clicks) for row in await self._connection.execute(wanted)}
