"""Append clicks to this process's spool: one copy into mapped memory, no system call. Never parses, never waits.

Once `append` has returned True the click survives the death of the process; a power failure costs at most the last
second. Where the disk is full the answer goes out all the same, and the click is counted as dropped.
"""

import os
from collections import deque
from threading import Lock
from time import monotonic, time_ns
from zlib import crc32

from liulian.base.meters import Meter, Meters
from liulian.clicks.spool import FIELDS, FIRST_OFFSET, PREFIX, RECORD_BYTES_MAX, SEGMENT_BYTES, segment_numbers
from liulian.clicks.spool_segment import Segment, make_segment
from liulian.clicks.spool_slot import Slot

PREPARE_AT = 0.25  # Share of a segment after which the next one is made.
AGE_MAX_S = 60.0  # Heads hold addresses, and a segment is deleted only when it is finished.
RETRY_S = 0.5  # How often a full disk is tried again.

_SPOOLED, _DROPPED, _DROPPED_AT = int(Meter.SPOOLED), int(Meter.DROPPED), int(Meter.DROPPED_AT)
_pack_fields = FIELDS.pack
_pack_prefix = PREFIX.pack


class SpoolWriter:
    """The one writer of a spool. Not for several threads: `append` and `turn` belong to the event loop's thread."""

    def __init__(self, slot: Slot, *, meters: Meters, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.slot = slot
        self._counts = meters.counts
        self._segment_bytes = segment_bytes
        self._number = slot.last_number()
        self._segment: Segment | None = None
        self._next: Segment | None = None
        self._started_at = 0.0
        self._retry_at = 0.0
        self._synced_to = 0
        self._finished: deque[Segment] = deque()  # Not yet brought to the disk.
        self._making = Lock()  # Segments are made in two threads, and must be used in the order of their numbers.

    def append(
        self, link_id: int, workspace_id: int, visitor_class: int, outcome: int, address: bytes, head: bytes
    ) -> bool:
        """Write one record; False when it had to be dropped. Arguments by position: names would cost 0.2 µs a click."""
        fields = _pack_fields(time_ns() // 1000, link_id, workspace_id, visitor_class, outcome, len(address))
        body = fields + address + head
        size = len(body) + 8
        segment = self._segment
        if segment is None or segment.offset + size > self._segment_bytes:
            segment = self._advance(size)
            if segment is None:
                self._counts[_DROPPED] += 1
                self._counts[_DROPPED_AT] = time_ns() // 1_000_000_000
                return False
        start = segment.offset
        segment.memory[start : start + size] = _pack_prefix(size, crc32(body)) + body
        segment.offset = start + size
        self._counts[_SPOOLED] += 1
        return True

    @property
    def wants_next(self) -> bool:
        """Whether `prepare` should be called, in any thread, soon."""
        segment = self._segment
        if self._next is not None:
            return False
        return segment is None or segment.offset > self._segment_bytes * PREPARE_AT or self._age_s() > AGE_MAX_S / 2

    def prepare(self) -> None:
        """Make the next segment. Takes milliseconds: call it off the loop. A full disk is no error here."""
        with self._making:
            if self._next is None:
                self._next = self._try_to_make()

    def turn(self) -> None:
        """Finish a segment that has become old, so that the worker may delete the addresses in it.

        Not while it has not deleted an earlier one: where no worker runs, a click a minute must not fill the disk.
        """
        if self._age_s() > AGE_MAX_S and self._segment and segment_numbers(self.slot.folder)[0] >= self._segment.number:
            self._advance(0)

    def sync(self) -> None:
        """Bring what was appended to the disk itself. Call it off the loop, once a second.

        `fdatasync`, never `mmap.flush`, which holds the interpreter's lock while the disk works.
        """
        while self._finished:
            finished = self._finished.popleft()
            os.fdatasync(finished.fd)
            finished.close()
        segment = self._segment
        if segment is None or segment.offset == self._synced_to:
            return
        reached = segment.offset
        os.fdatasync(segment.fd)
        if segment is self._segment:
            self._synced_to = reached

    def close(self) -> None:
        """Let go of the spool. The last segment stays for the worker."""
        for segment in (*self._finished, self._segment, self._next):
            if segment is not None:
                segment.close()
        self._segment = self._next = None
        os.close(self.slot.lock_fd)

    def _advance(self, size: int) -> Segment | None:
        """Go on to the next segment; None when there is none to be had."""
        if size > RECORD_BYTES_MAX or (self._next is None and monotonic() < self._retry_at):
            return None
        with self._making:
            following, self._next = self._next or self._try_to_make(), None
        if following is None:
            return None
        if self._segment is not None:
            self._finished.append(self._segment)  # Its descriptor stays open until `sync` has seen to it.
        following.start()
        self._segment = following
        self._started_at, self._synced_to = monotonic(), 0
        return following

    def _age_s(self) -> float:
        """Return how long the present segment has been holding clicks; 0 while it holds none."""
        segment = self._segment
        return 0.0 if segment is None or segment.offset == FIRST_OFFSET else monotonic() - self._started_at

    def _try_to_make(self) -> Segment | None:
        try:
            number = self._number + 1
            self.slot.remember_number(number)
            self._number = number
            return make_segment(self.slot.folder, number, size=self._segment_bytes)
        except OSError:
            self._retry_at = monotonic() + RETRY_S
            return None
