"""What the service of domains asks of a store. The one implementation is `storage/domains.py`, on two databases."""

from collections.abc import Collection, Mapping
from typing import Protocol

from liulian.base.ids import DomainId, WorkspaceId
from liulian.links.domain_model import Domain, DomainFile


class HostIsTaken(Exception):
    """Another workspace has proved that the host is theirs."""


class DomainStore(Protocol):
    """The domains of one transaction. Nothing is committed here. The installation's own domain is not among them."""

    async def add(self, domain: Domain) -> bool:
        """Insert a new domain; False when the workspace has one with this host."""

    async def find(self, domain_id: DomainId, *, workspace_id: WorkspaceId, for_update: bool = False) -> Domain | None:
        """Return a domain of a workspace. With `for_update` nobody else changes it before the transaction ends."""

    async def find_verified(self, host: str) -> Domain | None:
        """Return the domain that is served under a host, whosever it is."""

    async def find_default(self, workspace_id: WorkspaceId) -> Domain | None:
        """Return the verified domain that a workspace's new links get, None for the installation's own."""

    async def keep(self, domain_id: DomainId) -> bool:
        """Hold a domain until the transaction ends, so that nobody removes it; False when there is none."""

    async def list_of(self, workspace_id: WorkspaceId, *, limit: int) -> list[Domain]:
        """Return at most `limit` domains of a workspace, oldest first, with their files and number of links."""

    async def link_count(self, domain_id: DomainId, *, workspace_id: WorkspaceId) -> int:
        """Return how many links of a workspace a domain has, as far as they are counted."""

    async def replace(self, domain: Domain) -> None:
        """Store a domain in the place of the one with its id. Raises HostIsTaken."""

    async def clear_default(self, workspace_id: WorkspaceId) -> None:
        """Let a workspace have no default but the installation's own domain."""

    async def remove(self, domain_id: DomainId) -> None:
        """Remove a domain and its files."""

    async def hosts_of(self, domain_ids: Collection[DomainId]) -> Mapping[DomainId, str]:
        """Return the host of each of these domains; the installation's own is not among them."""


class FileStore(Protocol):
    """The files of domains, in one transaction."""

    async def list_of(self, domain_id: DomainId, *, limit: int) -> list[DomainFile]:
        """Return at most `limit` files of a domain by name."""

    async def find(self, domain_id: DomainId, name: str) -> bytes | None:
        """Return what a file says."""

    async def put(self, domain_id: DomainId, name: str, body: bytes) -> None:
        """Store a file, in the place of one with its name."""

    async def remove(self, domain_id: DomainId, name: str) -> bool:
        """Remove a file; False when there is none."""
