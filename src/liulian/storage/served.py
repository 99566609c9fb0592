"""Read what the way of one click needs of domains: which are served, their files, what proves a claim. Never writes."""

from sqlalchemy import bindparam, select

from liulian.base.ids import DomainId
from liulian.links.domain_model import ServedDomain
from liulian.links.model import DEFAULT_DOMAIN
from liulian.storage.database import Database
from liulian.storage.domain_tables import domain_files, domains

SERVED_MAX = 50_000  # Domains in the memory of each web process: about 40 MB.
CLAIMS_MAX = 2  # More than one is one too many already, see `claims`.

_SERVED = (
    select(
        domains.c.id,
        domains.c.host,
        domains.c.root_destination,
        domains.c.not_found_destination,
        domains.c.icp_number,
        domains.c.police_number,
    )
    .where(domains.c.verified_at.is_not(None))
    .order_by(domains.c.id)
    .limit(SERVED_MAX)
)
_NAMES = (
    select(domain_files.c.domain_id, domain_files.c.name)
    .outerjoin(domains, domains.c.id == domain_files.c.domain_id)
    .where(domains.c.verified_at.is_not(None) | (domain_files.c.domain_id == DEFAULT_DOMAIN))
    .order_by(domain_files.c.domain_id)
    .limit(SERVED_MAX)
)
_CLAIMS = select(domains.c.proof).where(domains.c.host == bindparam("host")).limit(CLAIMS_MAX)
_VERIFIED = select(domains.c.id).where(domains.c.host == bindparam("host"), domains.c.verified_at.is_not(None))


class ServedReader:
    """What is served, for the edge. Raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def served(self) -> list[ServedDomain]:
        """Return all verified domains, and the installation's own (with an empty host) when it has files."""
        async with self._database.read() as tx:
            rows = (await tx.connection.execute(_SERVED)).all()
            names: dict[int, set[str]] = {}
            for domain_id, name in await tx.connection.execute(_NAMES):
                names.setdefault(domain_id, set()).add(name)
        own = ServedDomain(id=DEFAULT_DOMAIN, host="", files=frozenset(names.get(DEFAULT_DOMAIN, ())))
        return [own, *(
            ServedDomain(
                id=DomainId(row.id),
                host=row.host,
                root_destination=row.root_destination,
                not_found_destination=row.not_found_destination,
                icp_number=row.icp_number,
                police_number=row.police_number,
                files=frozenset(names.get(row.id, ())),
            )
            for row in rows
        )]  # fmt: skip

    async def file(self, domain_id: DomainId, name: str) -> bytes | None:
        """Return what a file of a domain says."""
        async with self._database.read() as tx:
            return await tx.domain_files.find(domain_id, name)

    async def claim(self, host: str) -> str | None:
        """Return the proof of the one workspace that claims a host; None when nobody does, or more than one.

        That a host leads here says that its owner means this server, not which of two workspaces.
        """
        async with self._database.read() as tx:
            found = (await tx.connection.scalars(_CLAIMS, {"host": host})).all()
        return found[0] if len(found) == 1 else None

    async def is_verified(self, host: str) -> bool:
        """Tell whether a host is served."""
        async with self._database.read() as tx:
            return await tx.connection.scalar(_VERIFIED, {"host": host}) is not None
