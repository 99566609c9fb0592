"""What the worker tells others of its rounds."""

from liulian.base.meters import Meter, Meters
from liulian.clicks.ingest import IngestCounts
from liulian.worker import export_counts


def test_each_round_adds_what_it_counted_and_no_more() -> None:
    meters = Meters.unshared()
    first = IngestCounts(rows=10, commits=1, torn=1, underivable=3, totals_failures=1)
    second = IngestCounts(rows=15, commits=2, torn=1, underivable=4, totals_failures=2)

    export_counts(meters, IngestCounts(), first)
    export_counts(meters, first, second)

    told = {meter: meters.counts[meter] for meter in Meter if meters.counts[meter]}
    assert told == {
        Meter.INGESTED: 15,
        Meter.INGEST_COMMITS: 2,
        Meter.INGEST_TORN: 1,
        Meter.UNDERIVABLE: 4,
        Meter.TOTALS_FAILURES: 2,
    }
