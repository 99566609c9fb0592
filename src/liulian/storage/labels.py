"""Tags, folders, views and UTM templates in the database. Implements `links.labels.LabelStore` for each.

Their shapes say which columns there are. What hangs on a tag or folder may be a million links: it is taken off in
steps, the first of them at once.
"""

import dataclasses
from datetime import datetime
from typing import Any, Generic

from sqlalchemy import Delete, Row, Table, Update, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import WorkspaceId
from liulian.links.labels import Label, NameIsTaken, name_key
from liulian.storage.organisation_tables import folders, link_tags, tags
from liulian.storage.tables import links

STEP = 1_000  # Links that lose a removed label in one go: milliseconds, also with a million to come.


class LabelRows(Generic[Label]):
    """The labels of one kind, in one transaction. `shape` has a column for each of its fields."""

    def __init__(self, connection: AsyncConnection, table: Table, shape: type[Label]) -> None:
        self._connection = connection
        self._table = table
        self._shape = shape
        self._names = [field.name for field in dataclasses.fields(shape)]

    async def add(self, label: Label, *, workspace_id: WorkspaceId) -> None:
        """Insert a label. Raises NameIsTaken."""
        values = self._values(label) | {"workspace_id": workspace_id}
        try:
            async with self._connection.begin_nested():  # A refusal would end PostgreSQL's whole transaction.
                await self._connection.execute(insert(self._table), values)
        except IntegrityError as taken:
            raise NameIsTaken from taken

    async def find(self, label_id: int, *, workspace_id: WorkspaceId) -> Label | None:
        """Return a label of a workspace, locked until the transaction ends."""
        wanted = self._visible(workspace_id).where(self._table.c.id == label_id).with_for_update()
        row = (await self._connection.execute(wanted)).one_or_none()
        return self._label(row) if row else None

    async def list_of(self, workspace_id: WorkspaceId, *, limit: int) -> list[Label]:
        """Return at most `limit` labels of a workspace, oldest first."""
        wanted = self._visible(workspace_id).order_by(self._table.c.id).limit(limit)
        return [self._label(row) for row in await self._connection.execute(wanted)]

    async def replace(self, label: Label) -> None:
        """Store a label in the place of the one with its id. Raises NameIsTaken."""
        changed = update(self._table).where(self._table.c.id == label.id).values(self._values(label))
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(changed)
        except IntegrityError as taken:
            raise NameIsTaken from taken

    async def remove(self, label_id: int, *, now: datetime) -> None:
        """Remove a label. Of a tag or folder the name is free at once; links lose it now, or the last of them soon."""
        this = self._table.c.id == label_id
        if self._table not in (tags, folders):
            await self._connection.execute(delete(self._table).where(this))
            return
        # A name of its own, which nobody can type: there is a control character in it.
        hidden = {"removed_at": now, "name_key": f"\x7f{label_id}"}
        await self._connection.execute(update(self._table).where(this).values(hidden))
        await take_off(self._connection, self._table, label_id)

    def _visible(self, workspace_id: WorkspaceId) -> Any:
        columns = select(*(self._table.c[name] for name in self._names))
        return columns.where(self._table.c.workspace_id == workspace_id, self._table.c.removed_at.is_(None))

    def _values(self, label: Label) -> dict[str, Any]:
        return {name: getattr(label, name) for name in self._names} | {"name_key": name_key(label.name)}

    def _label(self, row: Row[*tuple[Any, ...]]) -> Label:
        return self._shape(**row._mapping)


async def take_off(connection: AsyncConnection, table: Table, label_id: int) -> bool:
    """Take a removed tag or folder off at most STEP links; delete it, and return True, when that were the last."""
    left: Delete | Update
    if table is tags:
        some = select(link_tags.c.link_id).where(link_tags.c.tag_id == label_id).limit(STEP)
        left = delete(link_tags).where(link_tags.c.tag_id == label_id, link_tags.c.link_id.in_(some))
    else:
        workspace = select(folders.c.workspace_id).where(folders.c.id == label_id).scalar_subquery()
        some = select(links.c.id).where(links.c.workspace_id == workspace, links.c.folder_id == label_id).limit(STEP)
        left = update(links).where(links.c.id.in_(some)).values(folder_id=None)
    if (await connection.execute(left)).rowcount == STEP:
        return False
    await connection.execute(delete(table).where(table.c.id == label_id))
    return True


async def take_off_removed(connection: AsyncConnection) -> bool:
    """Go one step further with the oldest removed tag or folder; False when there is none."""
    for table in (tags, folders):
        waiting = select(table.c.id).where(table.c.removed_at.is_not(None)).order_by(table.c.id).limit(1)
        label_id = await connection.scalar(waiting)
        if label_id is not None:
            await take_off(connection, table, label_id)
            return True
    return False
