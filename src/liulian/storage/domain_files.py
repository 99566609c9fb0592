"""The files of domains in the database. Implements `links.domain_store.FileStore`. The edge hears of every change."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import DomainId
from liulian.links.domain_model import DOMAINS_CHANGED, DOMAINS_MAX, FILES_MAX, DomainFile
from liulian.storage.change_log import ChangeLog
from liulian.storage.domain_tables import domain_files

_SHOWN = select(domain_files.c.domain_id, domain_files.c.name, func.length(domain_files.c.body).label("size"))
_LIST = (
    _SHOWN.where(domain_files.c.domain_id == bindparam("domain_id"))
    .order_by(domain_files.c.name)
    .limit(bindparam("limit"))
)
_LISTS = (
    _SHOWN.where(domain_files.c.domain_id.in_(bindparam("ids", expanding=True)))
    .order_by(domain_files.c.domain_id, domain_files.c.name)
    .limit(DOMAINS_MAX * FILES_MAX)
)
_BODY = select(domain_files.c.body).where(
    domain_files.c.domain_id == bindparam("domain_id"), domain_files.c.name == bindparam("name")
)


class FileRows:
    """The files of one transaction."""

    def __init__(self, connection: AsyncConnection, *, changes: ChangeLog) -> None:
        self._connection = connection
        self._changes = changes

    async def list_of(self, domain_id: DomainId, *, limit: int) -> list[DomainFile]:
        """Return at most `limit` files of a domain by name."""
        rows = await self._connection.execute(_LIST, {"domain_id": domain_id, "limit": limit})
        return [DomainFile(name=row.name, size=row.size) for row in rows]

    async def find(self, domain_id: DomainId, name: str) -> bytes | None:
        """Return what a file says."""
        return await self._connection.scalar(_BODY, {"domain_id": domain_id, "name": name})

    async def put(self, domain_id: DomainId, name: str, body: bytes) -> None:
        """Store a file, in the place of one with its name."""
        await self.remove(domain_id, name)
        await self._connection.execute(insert(domain_files), {"domain_id": domain_id, "name": name, "body": body})
        self._note()

    async def remove(self, domain_id: DomainId, name: str) -> bool:
        """Remove a file; False when there is none."""
        where = (domain_files.c.domain_id == domain_id) & (domain_files.c.name == name)
        removed = (await self._connection.execute(delete(domain_files).where(where))).rowcount == 1
        self._note()
        return removed

    def _note(self) -> None:
        self._changes.note(domain_id=DOMAINS_CHANGED, slug="")


async def files_of(connection: AsyncConnection, domain_ids: Collection[DomainId]) -> dict[DomainId, list[DomainFile]]:
    """Return the files of several domains in one question, by domain and name."""
    found: dict[DomainId, list[DomainFile]] = {}
    for row in await connection.execute(_LISTS, {"ids": list(domain_ids)}):
        found.setdefault(DomainId(row.domain_id), []).append(DomainFile(name=row.name, size=row.size))
    return found
