"""The table of clicks as its writer, the ingester, sees it."""

import pyarrow.compute as pc

from liulian.lake.counting import Counts, add_counts, count_by_link
from liulian.lake.schema import CLICKS
from liulian.lake.table import LakeTable
from liulian.lake.urls import clicks_url


class ClickLake(LakeTable):
    """The clicks of all links. Its sources are spools."""

    def __init__(self, lake_url: str) -> None:
        super().__init__(clicks_url(lake_url), schema=CLICKS, partition_by=["day"], name="clicks")

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
