"""Counters of one process that others can read and that survive its death: eight bytes each in a mapped file.

Every web process writes its own file, named after its spool, so that the next process in that place goes on counting;
`/metrics` and `doctor` read and add up all of them. An increment costs as much as one on a list.
"""

import mmap
import os
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

FILE_BYTES = 4096  # One page: room for 512 counters; numbers are never reused.
SUFFIX = ".meters"


class Meter(IntEnum):
    """The place of a counter in the file. Totals, except those that end in _NOW."""

    SPOOLED = 0  # Answers to requests for links that were recorded.
    DROPPED = 1  # The same, but the disk was full.
    REDIRECTS_FULL = 2  # Redirects that took the slow lane.
    PAGES = 3  # Pages answered instead of a redirect: previews, unknown links.
    HANDED_OVER = 4  # Requests the fast lane left alone.
    REQUESTS_FULL = 5  # Requests the full side has read.
    REFUSED = 6  # Connections over the limit.
    EXPIRED = 7  # Connections ended for being slow or idle.
    CONNECTIONS_NOW = 8
    ROUTES_NOW = 9
    ROUTE_LOADS = 10  # Questions to the database about one slug.
    UNKNOWN_SLUGS = 11
    CHANGES = 12  # Changes of links that were heard of.
    RESTARTS = 13  # Processes that had to be started again.
    INGESTED = 14  # Clicks committed to the lake.
    INGEST_COMMITS = 15
    INGEST_FAILURES = 16
    INGEST_TORN = 17  # Records whose writer died over them, before it could answer.
    DROPPED_AT = 18  # Seconds since 1970 of the latest drop. The latest of all processes counts, not the sum.
    UNDERIVABLE = 19  # Values of a click's request that a parser failed on; the click was stored without them.
    TOTALS_FAILURES = 20  # Rounds after which the totals of links could not be written; they are made good later.


class Meters:
    """The counters of this process. `counts[Meter.X] += 1` is all there is to it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.truncate(fd, FILE_BYTES)
            self._memory = mmap.mmap(fd, FILE_BYTES)
        finally:
            os.close(fd)
        self.counts = memoryview(self._memory).cast("Q")
        for meter in Meter:
            if meter.name.endswith("_NOW"):
                self.counts[meter] = 0

    @classmethod
    def unshared(cls) -> "Meters":
        """Return counters that nobody else sees, for tools and tests."""
        meters = cls.__new__(cls)
        meters._memory = mmap.mmap(-1, FILE_BYTES)
        meters.counts = memoryview(meters._memory).cast("Q")
        return meters


def add_up(folder: Path) -> dict[Meter, int]:
    """Return what all processes have counted, together."""
    totals = dict.fromkeys(Meter, 0)
    for _, counts in read_all(folder):
        for meter, count in counts.items():
            totals[meter] = max(totals[meter], count) if meter is Meter.DROPPED_AT else totals[meter] + count
    return totals


def read_all(folder: Path) -> Iterator[tuple[str, dict[Meter, int]]]:
    """Yield the name of each process that ever counted here, and its counters."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        data = path.read_bytes()
        if len(data) == FILE_BYTES:
            counts = memoryview(data).cast("Q")
            yield path.name.removesuffix(SUFFIX), {meter: counts[meter] for meter in Meter}
