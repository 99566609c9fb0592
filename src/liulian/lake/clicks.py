"""The table of clicks as its writer sees it: committed exactly once, compacted, cleaned. The writer is the ingester.

deltalake accepts a repeated application transaction when the snapshot is fresh, so *exactly once* is made of two parts:
what is stored already is read from the snapshot, and the commit is made on that same snapshot object, which refuses
when somebody else has stored anything of the same spools meanwhile. Never write by path: that reads a newer snapshot
than the one that was checked. Never used by a process that serves pages.
"""

from collections.abc import Mapping
from time import monotonic

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from liulian.base.disk import sync_file_system
from liulian.lake.counting import Counts, add_counts, count_by_link
from liulian.lake.schema import CLICKS
from liulian.lake.urls import clicks_url, local_folder, prepare_folder

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


class ClickLake:
    """The table and the snapshot of it we stand on. Not for several threads at once."""

    def __init__(self, lake_url: str) -> None:
        self._url = clicks_url(lake_url)
        self._table = _open_or_create(self._url)
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
        self._table = _open_or_create(self._url)

    def position(self, spool_id: str) -> int:
        """Return up to which position our snapshot holds a spool, 0 at first."""
        return self._table.transaction_version(spool_id) or 0

    def commit(self, rows: pa.Table, *, positions: Mapping[str, int]) -> bool:
        """Store rows and the positions they reach; False when another ingester was faster and nothing was stored."""
        transactions = [Transaction(spool_id, position) for spool_id, position in positions.items()]
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

    def count_between(self, spool_id: str, *, from_position: int, until_position: int) -> Counts:
        """Return clicks and human clicks by link among the rows of one spool in `[from_position, until_position)`."""
        wanted = (
            (pc.field("spool") == spool_id)
            & (pc.field("position") >= from_position)
            & (pc.field("position") < until_position)
        )
        dataset = self._table.to_pyarrow_dataset()
        totals: Counts = {}
        for batch in dataset.to_batches(columns=["link_id", "outcome", "flags"], filter=wanted):
            add_counts(totals, count_by_link(batch))
        return totals

    def compact_if_due(self) -> bool:
        """Put small files together. Another ingester doing the same is no misfortune."""
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


def _open_or_create(url: str) -> DeltaTable:
    try:
        return DeltaTable(url)
    except TableNotFoundError:
        prepare_folder(url)
    try:
        return DeltaTable.create(url, CLICKS, partition_by=["day"], name="clicks", configuration=PROPERTIES)
    except DeltaError:
        return DeltaTable(url)  # Another process created it in the same moment.
