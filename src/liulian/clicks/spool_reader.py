"""Read a spool from another process while it is being written. Never changes a segment, deletes only finished ones.

Whether a record is whole is told by its checksum. One that is not whole is *not yet* written as long as no later
segment has been started, and *torn* afterwards: its writer died before it could answer.
"""

import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from liulian.clicks.spool import (
    FIELDS,
    FIRST_OFFSET,
    LOCK_NAME,
    MAGIC,
    PREFIX,
    RECORD_BYTES_MAX,
    RECORD_BYTES_MIN,
    STARTED_AT,
    Record,
    position_of,
    segment_numbers,
    segment_path,
    spool_ids,
)
from liulian.clicks.spool_slot import try_lock

__all__ = ["Batch", "Record", "SpoolReader", "spool_ids"]

_FIELDS_AT = PREFIX.size
_BODY_AT = RECORD_BYTES_MIN
_unpack_prefix = PREFIX.unpack_from
_unpack_fields = FIELDS.unpack_from


@dataclass(frozen=True, slots=True)
class Batch:
    """Records in the order they were written, and the position at which the next read begins.

    `torn` counts segments that ended in a record whose writer died over it.
    """

    records: list[Record]
    position: int
    torn: int = 0


class SpoolReader:
    """The one reader of a spool."""

    def __init__(self, root: Path, spool_id: str) -> None:
        self.spool_id = spool_id
        self._folder = root / spool_id

    def read(self, position: int, *, limit: int) -> Batch:
        """Return at most `limit` records from `position` (0 at first) on."""
        records: list[Record] = []
        torn = 0
        numbers = [number for number in segment_numbers(self._folder) if number >= position >> 32]
        for index, number in enumerate(numbers):
            offset = position & 0xFFFFFFFF if number == position >> 32 else FIRST_OFFSET
            # Asked before reading: what a later segment's start makes final must be read after it was seen.
            finished = any(self._is_started(later) for later in numbers[index + 1 :])
            with self._mapped(number) as memory:
                if memory is None or (memory[STARTED_AT] == 0 and not finished):
                    break
                end = _read_records(memory, number, offset, records, limit)
                position = position_of(number, end)
                if len(records) >= limit or not finished:
                    break
                torn += _unpack_prefix(memory, end)[0] != 0 if end + PREFIX.size <= len(memory) else 0
            if index + 1 < len(numbers):
                position = position_of(numbers[index + 1], FIRST_OFFSET)
        return Batch(records, position, torn)

    def delete_before(self, position: int, *, make_safe: Callable[[], None] = lambda: None) -> None:
        """Delete the segments that end before `position` or hold nothing behind it; all of them once nobody writes.

        `make_safe` is called before anything is deleted: what was read must be on a disk elsewhere by then.
        """
        batch = self.read(position, limit=1)
        reached = position if batch.records else batch.position
        numbers = segment_numbers(self._folder)
        self._delete([number for number in numbers if number < reached >> 32], make_safe)
        if numbers and not batch.records:
            self._delete_abandoned(position, make_safe)

    def _delete_abandoned(self, position: int, make_safe: Callable[[], None]) -> None:
        """Delete what a writer left that lives no more, unless it wrote on to the end."""
        try:
            lock_fd = os.open(self._folder / LOCK_NAME, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            if try_lock(lock_fd) and not self.read(position, limit=1).records:
                self._delete(segment_numbers(self._folder), make_safe)
        finally:
            os.close(lock_fd)

    def _delete(self, numbers: Sequence[int], make_safe: Callable[[], None]) -> None:
        if numbers:
            make_safe()
        for number in numbers:
            segment_path(self._folder, number).unlink(missing_ok=True)

    def _is_started(self, number: int) -> bool:
        try:
            with segment_path(self._folder, number).open("rb", buffering=0) as file:
                head = file.read(FIRST_OFFSET)
        except FileNotFoundError:
            return False
        return len(head) == FIRST_OFFSET and head[STARTED_AT] == 1

    @contextmanager
    def _mapped(self, number: int) -> Iterator[mmap.mmap | None]:
        """Map a segment for reading; None while its writer is still making it."""
        with segment_path(self._folder, number).open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size <= FIRST_OFFSET:
                yield None
                return
            with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as memory:
                yield memory if memory[: len(MAGIC)] == MAGIC else None


def _read_records(memory: mmap.mmap, number: int, offset: int, records: list[Record], limit: int) -> int:
    """Append whole records from `offset` on to `records` and return the offset after the last."""
    end, base = len(memory), number << 32
    append, make = records.append, Record._make
    room = limit - len(records)
    while room > 0 and offset + RECORD_BYTES_MIN <= end:
        size, checksum = _unpack_prefix(memory, offset)
        if not RECORD_BYTES_MIN <= size <= RECORD_BYTES_MAX or offset + size > end:
            break
        body = memory[offset + _FIELDS_AT : offset + size]
        if crc32(body) != checksum:
            break
        at_us, link_id, workspace_id, visitor_class, outcome, address_bytes = _unpack_fields(body)
        split = FIELDS.size + address_bytes
        append(
            make(
                (
                    base | offset,
                    at_us,
                    link_id,
                    workspace_id,
                    visitor_class,
                    outcome,
                    body[FIELDS.size : split],
                    body[split:],
                )
            )
        )
        offset += size
        room -= 1
    return offset
