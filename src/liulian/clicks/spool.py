"""The spool's format: how a click lies on disk between the answer and the lake.

A *spool* is a folder of segment files that one web process at a time writes and one worker reads. A segment is a
zeroed, preallocated file: a head, then records one after another. A record is

    u32 length of the whole record · u32 CRC-32 of all that follows · u64 microseconds UTC · u64 link · u64 workspace
    · u16 visitor class · u8 outcome · u8 length of address · address (0, 4 or 16 bytes) · the raw request head

in little-endian order. A *position* is `segment number << 32 | offset`; numbers grow and are never used again, so that
a position says for ever how far a spool has been read.
"""

import re
import struct
from pathlib import Path
from typing import NamedTuple

MAGIC = b"LLSPOOL1"
SEGMENT_BYTES = 32 << 20  # About 60,000 clicks: at full load a new one every second or two, made beforehand.
SEGMENT_HEAD = struct.Struct("<8sB7x")  # Magic, then 1 once the writer has begun to use the segment.
STARTED_AT = 8  # Offset of that flag.
PREFIX = struct.Struct("<II")
FIELDS = struct.Struct("<QQQHBB")
RECORD_BYTES_MIN = PREFIX.size + FIELDS.size
RECORD_BYTES_MAX = 64 << 10  # Four times the longest head; a larger length is not a length of ours.
FIRST_OFFSET = SEGMENT_HEAD.size
LOCK_NAME = "lock"  # Flocked by the writer; holds the highest segment number that was ever made here.

_SEGMENT_NAME = re.compile(r"([0-9a-f]{8})\.seg")
_SPOOL_NAME = re.compile(r"[0-9a-f]{8}-[0-9]{4}")


class Record(NamedTuple):
    """One answered request. `position` is where it begins, `address` the peer's, 0, 4 or 16 bytes."""

    position: int
    at_us: int
    link_id: int
    workspace_id: int
    visitor_class: int
    outcome: int
    address: bytes
    head: bytes


def position_of(segment: int, offset: int) -> int:
    """Return the position of an offset in a segment."""
    return segment << 32 | offset


def segment_path(folder: Path, number: int) -> Path:
    """Return the path of a segment."""
    return folder / f"{number:08x}.seg"


def segment_numbers(folder: Path) -> list[int]:
    """Return the numbers of the segments that lie in a spool, growing."""
    return sorted(int(match[1], 16) for entry in folder.iterdir() if (match := _SEGMENT_NAME.fullmatch(entry.name)))


def spool_ids(root: Path) -> list[str]:
    """Return the ids of all spools below `root`, in order; none when it does not exist yet."""
    if not root.is_dir():
        return []
    return sorted(entry.name for entry in root.iterdir() if _SPOOL_NAME.fullmatch(entry.name))
