"""Domains in the database. Implements `links.domain_store.DomainStore`. Every change notes itself in the change log."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import DomainId, WorkspaceId
from liulian.links.domain_model import DOMAINS_CHANGED, LINKS_COUNTED_MAX, Domain
from liulian.links.domain_store import HostIsTaken
from liulian.storage.change_log import ChangeLog
from liulian.storage.domain_files import files_of
from liulian.storage.domain_tables import domain_files, domains
from liulian.storage.sql import insert_or_ignore
from liulian.storage.tables import links

_COLUMNS = select(
    domains.c.id,
    domains.c.workspace_id,
    domains.c.host,
    domains.c.proof,
    domains.c.created_at,
    domains.c.verified_at,
    domains.c.is_default,
    domains.c.root_destination,
    domains.c.not_found_destination,
    domains.c.icp_number,
    domains.c.police_number,
)
# As many rows as are counted at most are read, in the order of an index, for each domain of a list.
_counted = (
    select(literal(1).label("one"))
    .where(links.c.domain_id == domains.c.id, links.c.deleted_at.is_(None))
    .limit(LINKS_COUNTED_MAX)
    .correlate(domains)
    .subquery()
)
_LIST = (
    _COLUMNS.add_columns(select(func.count()).select_from(_counted).scalar_subquery().label("link_count"))
    .where(domains.c.workspace_id == bindparam("workspace_id"))
    .order_by(domains.c.id)
    .limit(bindparam("limit"))
)
_ONE = _COLUMNS.where(domains.c.id == bindparam("id"), domains.c.workspace_id == bindparam("workspace_id"))
_ONE_LOCKED = _ONE.with_for_update()  # SQLite has nothing like it and needs nothing: its writers take turns.
_VERIFIED = _COLUMNS.where(domains.c.host == bindparam("host"), domains.c.verified_at.is_not(None))
_DEFAULT = _COLUMNS.where(
    domains.c.workspace_id == bindparam("workspace_id"), domains.c.is_default, domains.c.verified_at.is_not(None)
)
_KEPT = select(domains.c.id).where(domains.c.id == bindparam("id")).with_for_update(read=True, key_share=True)
_LINKS = (
    select(literal(1).label("one"))
    .where(
        links.c.domain_id == bindparam("domain_id"),
        links.c.workspace_id == bindparam("workspace_id"),
        links.c.deleted_at.is_(None),
    )
    .limit(LINKS_COUNTED_MAX)
    .subquery()
)
_LINK_COUNT = select(func.count()).select_from(_LINKS)
_HOSTS = select(domains.c.id, domains.c.host).where(domains.c.id.in_(bindparam("ids", expanding=True)))
_CLEAR = update(domains).where(domains.c.workspace_id == bindparam("of"), domains.c.is_default).values(is_default=False)


class DomainRows:
    """The domains of one transaction."""

    def __init__(self, connection: AsyncConnection, *, changes: ChangeLog) -> None:
        self._connection = connection
        self._changes = changes

    async def add(self, domain: Domain) -> bool:
        """Insert a new domain; False when the workspace has one with this host."""
        statement = insert_or_ignore(self._connection, domains).returning(domains.c.id)
        return (await self._connection.execute(statement, _values(domain))).one_or_none() is not None

    async def find(self, domain_id: DomainId, *, workspace_id: WorkspaceId, for_update: bool = False) -> Domain | None:
        """Return a domain of a workspace. With `for_update` nobody else changes it before the transaction ends."""
        return await self._find(_ONE_LOCKED if for_update else _ONE, id=domain_id, workspace_id=workspace_id)

    async def find_verified(self, host: str) -> Domain | None:
        """Return the domain that is served under a host, whosever it is."""
        return await self._find(_VERIFIED, host=host)

    async def find_default(self, workspace_id: WorkspaceId) -> Domain | None:
        """Return the verified domain that a workspace's new links get, None for the installation's own."""
        return await self._find(_DEFAULT, workspace_id=workspace_id)

    async def keep(self, domain_id: DomainId) -> bool:
        """Hold a domain until the transaction ends, so that nobody removes it; False when there is none."""
        return await self._connection.scalar(_KEPT, {"id": domain_id}) is not None

    async def list_of(self, workspace_id: WorkspaceId, *, limit: int) -> list[Domain]:
        """Return at most `limit` domains of a workspace, oldest first, with their files and number of links."""
        rows = (await self._connection.execute(_LIST, {"workspace_id": workspace_id, "limit": limit})).all()
        files = await files_of(self._connection, [row.id for row in rows])
        return [_domain(row, link_count=row.link_count, files=tuple(files.get(row.id, ()))) for row in rows]

    async def link_count(self, domain_id: DomainId, *, workspace_id: WorkspaceId) -> int:
        """Return how many links of a workspace a domain has, as far as they are counted."""
        values = {"domain_id": domain_id, "workspace_id": workspace_id}
        return int(await self._connection.scalar(_LINK_COUNT, values) or 0)

    async def replace(self, domain: Domain) -> None:
        """Store a domain in the place of the one with its id. Raises HostIsTaken."""
        try:
            await self._connection.execute(update(domains).where(domains.c.id == domain.id).values(_values(domain)))
        except IntegrityError as taken:
            raise HostIsTaken from taken
        self._note()

    async def clear_default(self, workspace_id: WorkspaceId) -> None:
        """Let a workspace have no default but the installation's own domain."""
        await self._connection.execute(_CLEAR, {"of": workspace_id})

    async def remove(self, domain_id: DomainId) -> None:
        """Remove a domain and its files."""
        await self._connection.execute(delete(domain_files).where(domain_files.c.domain_id == domain_id))
        await self._connection.execute(delete(domains).where(domains.c.id == domain_id))
        self._note()

    async def remove_of(self, workspace_id: WorkspaceId) -> None:
        """Remove all domains of a workspace, which is about to end, and their files."""
        of_theirs = select(domains.c.id).where(domains.c.workspace_id == workspace_id)
        await self._connection.execute(delete(domain_files).where(domain_files.c.domain_id.in_(of_theirs)))
        await self._connection.execute(delete(domains).where(domains.c.workspace_id == workspace_id))
        self._note()

    async def hosts_of(self, domain_ids: Collection[DomainId]) -> Mapping[DomainId, str]:
        """Return the host of each of these domains; the installation's own is not among them."""
        rows = await self._connection.execute(_HOSTS, {"ids": sorted(set(domain_ids))})
        return {DomainId(row.id): row.host for row in rows}

    async def _find(self, statement: Any, **values: object) -> Domain | None:
        row = (await self._connection.execute(statement, values)).one_or_none()
        return _domain(row) if row else None

    def _note(self) -> None:
        self._changes.note(domain_id=DOMAINS_CHANGED, slug="")


def _values(domain: Domain) -> dict[str, Any]:
    return {
        "id": domain.id,
        "workspace_id": domain.workspace_id,
        "host": domain.host,
        "proof": domain.proof,
        "created_at": domain.created_at,
        "verified_at": domain.verified_at,
        "is_default": domain.is_default,
        "root_destination": domain.root_destination,
        "not_found_destination": domain.not_found_destination,
        "icp_number": domain.icp_number,
        "police_number": domain.police_number,
    }


def _domain(row: Row[*tuple[Any, ...]], **more: Any) -> Domain:
    return Domain(
        id=DomainId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        host=row.host,
        proof=row.proof,
        created_at=row.created_at,
        verified_at=row.verified_at,
        is_default=row.is_default,
        root_destination=row.root_destination,
        not_found_destination=row.not_found_destination,
        icp_number=row.icp_number,
        police_number=row.police_number,
        **more,
    )
