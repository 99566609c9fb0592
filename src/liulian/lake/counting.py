"""How clicks are counted, in one place: by the ingester for what it commits, and from stored rows to make up for it."""

import pyarrow as pa
import pyarrow.compute as pc

from liulian.lake.schema import CLICK_OUTCOMES

Counts = dict[int, tuple[int, int]]  # Link id → (clicks, human clicks).


def count_by_link(rows: pa.RecordBatch | pa.Table) -> Counts:
    """Count rows that have the columns `link_id`, `outcome` and `flags`. Links without a click are left out."""
    is_click = pc.is_in(rows.column("outcome").cast(pa.string()), value_set=pa.array(CLICK_OUTCOMES))
    is_human = pc.and_(is_click, pc.equal(rows.column("flags"), 0))
    table = pa.table(
        {"link_id": rows.column("link_id"), "click": is_click.cast(pa.int64()), "human": is_human.cast(pa.int64())}
    )
    sums = table.group_by("link_id").aggregate([("click", "sum"), ("human", "sum")])
    columns = (sums.column(name).to_pylist() for name in ("link_id", "click_sum", "human_sum"))
    return {link_id: (clicks, humans) for link_id, clicks, humans in zip(*columns, strict=True) if clicks}


def add_counts(totals: Counts, counts: Counts) -> None:
    """Add `counts` to `totals` in place."""
    for link_id, (clicks, humans) in counts.items():
        before = totals.get(link_id, (0, 0))
        totals[link_id] = (before[0] + clicks, before[1] + humans)
