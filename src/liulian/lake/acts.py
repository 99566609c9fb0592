"""The table of acts of members as its writer sees it: batches in, and ids of members exchanged where that is asked for.

A batch is known by its number, which is the position of the one source there is. What is exchanged are ids of people
who turned out to be one, or who were erased: the files that hold the old id are written anew, and go with the next
vacuum, as does the log that names them.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from liulian.lake.schema import ACTS
from liulian.lake.table import LakeTable
from liulian.lake.urls import acts_url

SOURCE = "acts"
REWRITTEN_MAX = 100  # Members in one pass: their ids stand in one statement.

ActColumns = Mapping[str, list[Any]]


class ActLake(LakeTable):
    """The acts of all communities."""

    def __init__(self, lake_url: str) -> None:
        super().__init__(acts_url(lake_url), schema=ACTS, partition_by=["month"], name="acts")

    @property
    def newest_batch(self) -> int:
        """Return the number of the newest batch our snapshot holds, 0 at first."""
        return self.position(SOURCE)

    def store(self, columns: ActColumns, *, batch: int) -> bool:
        """Store a batch of acts, given column by column; False when another worker was faster."""
        rows = pa.Table.from_pydict(dict(columns), schema=ACTS)
        return self.commit(rows, positions={SOURCE: batch})

    def drop_after(self, batch: int) -> None:
        """Take out what came with later batches: after a restore nobody knows of them."""
        self._table.delete(f"batch > {int(batch)}")

    def exchange(self, new_ids: Mapping[int, int]) -> None:
        """Give the acts of members other members' ids, in all files that have any."""
        old = list(new_ids)
        for start in range(0, len(old), REWRITTEN_MAX):
            some = old[start : start + REWRITTEN_MAX]
            cases = " ".join(f"WHEN {int(each)} THEN {int(new_ids[each])}" for each in some)
            chosen = ", ".join(str(int(each)) for each in some)
            self._table.update(
                updates={"member_id": f"CASE member_id {cases} ELSE member_id END"},
                predicate=f"member_id IN ({chosen})",
            )

    def forget_log(self) -> None:
        """Let the log say what there is, and drop its older parts: they name the ids that were exchanged."""
        self._table.create_checkpoint()
        self._table.cleanup_metadata()
