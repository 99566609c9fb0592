"""What imports ask of a transaction. The one implementation is in `storage/`, on two databases."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from liulian.accounts.model import ApiKey
from liulian.accounts.people import Membership
from liulian.base.ids import ApiKeyId, DomainId, UserId, WorkspaceId
from liulian.links.domain_store import DomainStore
from liulian.links.labels import Folder, LabelStore
from liulian.links.store import AuditLog
from liulian.transfer.task import Counts, Import, ImportId, RowResult, RowState


class ImportStore(Protocol):
    """Imports and what became of their rows. Nothing is committed here."""

    async def add(self, new: Import) -> None:
        """Insert a new import."""

    async def find(self, import_id: ImportId, *, workspace_id: WorkspaceId, for_update: bool = False) -> Import | None:
        """Return an import of a workspace. With `for_update` nobody else changes it before the transaction ends."""

    async def list_of(self, workspace_id: WorkspaceId, *, before: ImportId | None, limit: int) -> list[Import]:
        """Return at most `limit` imports of a workspace older than `before`, newest first."""

    async def count_open(self, workspace_id: WorkspaceId) -> int:
        """Return how many imports of a workspace have not ended."""

    async def replace(self, changed: Import) -> None:
        """Store an import, found `for_update`, in its place. Whoever works on it loses it."""

    async def list_claimable(self, *, now: datetime, limit: int) -> list[Import]:
        """Return at most `limit` running imports on which nobody works, those that were started first first."""

    async def claim(self, import_id: ImportId, *, lease: int, now: datetime, until: datetime) -> bool:
        """Take an import on which nobody works; False when somebody was faster."""

    async def hold(self, task: Import, *, lease: int, until: datetime) -> bool:
        """Keep an import to the end of the transaction; False when it is no longer ours, or not at this position."""

    async def advance(self, task: Import, *, position: int, counts: Counts) -> None:
        """Move a held import on."""

    async def finish(self, task: Import) -> None:
        """Store how a held import ended, and let go of it."""

    async def let_go(self, import_id: ImportId, *, lease: int) -> None:
        """Let somebody else take an import at once."""

    async def set_total(self, import_id: ImportId, total: int) -> None:
        """Store how many rows the file has."""

    async def add_rows(self, task: Import, results: Sequence[RowResult]) -> None:
        """Write down what became of rows."""

    async def list_rows(self, task: Import, *, state: RowState | None, after: int, limit: int) -> list[RowResult]:
        """Return at most `limit` rows of the latest run behind row `after`, in order."""

    async def created_slugs(self, task: Import) -> Mapping[str, str]:
        """Return the slugs that were made in the latest run, each with its destination as far as it is shown."""

    async def existing(
        self, workspace_id: WorkspaceId, wanted: Collection[tuple[DomainId, str]]
    ) -> Mapping[tuple[DomainId, str], str]:
        """Return the destination of those of the (domain, slug) that a workspace has."""

    async def find_ended(self, import_id: ImportId) -> datetime | None:
        """Return since when nobody needs the file of an import; None while somebody may. Raises KeyError for none."""

    async def cancel_unstarted(self, *, made_before: datetime, now: datetime) -> None:
        """End imports that somebody uploaded and never started, or paused and forgot."""

    async def forget_rows(self, *, ended_before: datetime) -> int:
        """Delete some rows of an import that ended long ago, or of its earlier runs; return how many."""

    def rehearse(self) -> AbstractAsyncContextManager[None]:
        """Undo at the end of the block whatever the transaction has changed in it."""


class MembershipStore(Protocol):
    """Who belongs where."""

    async def find_membership(self, user_id: UserId, workspace_id: WorkspaceId | None = None) -> Membership | None: ...


class KeyStore(Protocol):
    """The keys of programs."""

    async def find(self, key_id: ApiKeyId) -> ApiKey | None: ...


class Stores(Protocol):
    """The repositories of one transaction."""

    @property
    def imports(self) -> ImportStore: ...
    @property
    def workspaces(self) -> MembershipStore: ...
    @property
    def api_keys(self) -> KeyStore: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def domains(self) -> DomainStore: ...
    @property
    def folders(self) -> LabelStore[Folder]: ...


class Opened(Protocol):
    """Opens a transaction."""

    def __call__(self) -> AbstractAsyncContextManager[Stores]: ...
