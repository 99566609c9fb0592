"""One table of the lake as its writer sees it: committed exactly once, compacted, cleaned. Clicks and acts are two.

deltalake accepts a repeated application transaction when the snapshot is fresh, so *exactly once* is made of two parts:
what is stored already is read from the snapshot, and the commit is made on that same snapshot object, which refuses
when somebody else has stored anything of the same sources meanwhile. Never write by path: that reads a newer snapshot
than the one that was checked. Never used by a process that serves pages.
"""

from collections.abc import Mapping, Sequence
from time import monotonic

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from liulian.base.disk import sync_file_system
from liulian.lake.urls import local_folder, prepare_folder

COMPACT_EVERY = 50  # Commits. More files make every commit and query slower (36 ms a commit at 500 files).
COMPACTED_BYTES = 64 << 20  # A file of this size is left alone for good: some 1.5 million clicks.
ROW_GROUP_ROWS = 131_072  # Small enough that two cores share a file and that old hours are skipped.
VACUUM_EVERY_S = 3_600.0
FULL_VACUUM_EVERY = 168  # A week of hourly ones. The first after a start is full too: a kill may have left files.
RETENTION_HOURS = 1  # No query lasts as long.
PROPERTIES: dict[str, str | None] = {
    "delta.logRetentionDuration": "interval 1 hours",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
}
_WRITER = WriterProperties(compression="ZSTD", compression_level=3, max_row_group_size=ROW_GROUP_ROWS)


class LakeTable:
    """A table and the snapshot of it we stand on. Not for several threads at once."""

    def __init__(self, url: str, *, schema: pa.Schema, partition_by: Sequence[str], name: str) -> None:
        self._url = url
        self._schema = schema
        self._partition_by = list(partition_by)
        self._name = name
        self._table = self._open_or_create()
        self._commits = COMPACT_EVERY  # Nobody knows how many small files the last process left behind.
        self._vacuums = 0
        self._vacuum_at = 0.0

    def refresh(self) -> None:
        """Stand on the newest snapshot."""
        try:
            self._table.update_incremental()
        except DeltaError:
            self.reopen()

    def reopen(self) -> None:
        """Read the table anew, as after a refused commit. Raises DeltaError where the lake is away."""
        self._table = self._open_or_create()

    def position(self, source: str) -> int:
        """Return up to which position our snapshot holds a source, 0 at first."""
        return self._table.transaction_version(source) or 0

    def commit(self, rows: pa.Table, *, positions: Mapping[str, int]) -> bool:
        """Store rows and the positions they reach; False when another writer was faster and nothing was stored."""
        transactions = [Transaction(source, position) for source, position in positions.items()]
        try:
            write_deltalake(
                self._table,
                rows,
                mode="append",
                target_file_size=COMPACTED_BYTES,
                writer_properties=_WRITER,
                commit_properties=CommitProperties(app_transactions=transactions),
            )
        except CommitFailedError:
            self.reopen()
            return False
        self._commits += 1
        return True

    def compact_if_due(self) -> bool:
        """Put small files together. Another writer doing the same is no misfortune."""
        if self._commits < COMPACT_EVERY:
            return False
        self._commits = 0
        try:
            self._table.optimize.compact(target_size=COMPACTED_BYTES, writer_properties=_WRITER)
        except CommitFailedError:
            self.reopen()
        return True

    def vacuum_if_due(self, *, now_s: float | None = None) -> int:
        """Delete files that no snapshot of the last hour needs; return how many. `now_s` is a monotonic clock."""
        now = monotonic() if now_s is None else now_s
        if now < self._vacuum_at:
            return 0
        self._vacuum_at = now + VACUUM_EVERY_S
        full = self._vacuums % FULL_VACUUM_EVERY == 0
        self._vacuums += 1
        return len(self._table.vacuum(retention_hours=RETENTION_HOURS, dry_run=False, full=full))

    def sync(self) -> None:
        """Bring what was committed to the disk. deltalake leaves that to the kernel, for half a minute or so.

        Elsewhere than in a local folder a commit is safe when it is answered.
        """
        if folder := local_folder(self._url):
            sync_file_system(folder)

    def _open_or_create(self) -> DeltaTable:
        try:
            return DeltaTable(self._url)
        except TableNotFoundError:
            prepare_folder(self._url)
        try:
            return DeltaTable.create(
                self._url, self._schema, partition_by=self._partition_by, name=self._name, configuration=PROPERTIES
            )
        except DeltaError:
            return DeltaTable(self._url)  # Another process created it in the same moment.
