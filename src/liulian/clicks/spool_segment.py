"""One segment file as its writer sees it: made whole beforehand, mapped, filled, never truncated."""

import mmap
import os
from dataclasses import dataclass
from pathlib import Path

from liulian.clicks.spool import FIRST_OFFSET, MAGIC, SEGMENT_HEAD, STARTED_AT, segment_path


@dataclass(slots=True)
class Segment:
    """A mapped segment. `offset` is where the next record goes."""

    number: int
    fd: int
    memory: mmap.mmap
    offset: int = FIRST_OFFSET

    def start(self) -> None:
        """Tell readers that every earlier segment is finished."""
        self.memory[STARTED_AT] = 1

    def close(self) -> None:
        """Let go of memory and file. What was written stays: the kernel owns the pages."""
        self.memory.close()
        os.close(self.fd)


def make_segment(folder: Path, number: int, *, size: int) -> Segment:
    """Make, preallocate and map a segment. Raises OSError, and leaves nothing behind, where the disk is full.

    Every block is allocated before mapping: a hole that cannot be filled later would end the process with SIGBUS.
    """
    path = segment_path(folder, number)
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(fd, 0, size)
        memory = mmap.mmap(fd, size)
    except OSError:
        os.close(fd)
        path.unlink()
        raise
    memory[: SEGMENT_HEAD.size] = SEGMENT_HEAD.pack(MAGIC, 0)
    return Segment(number, fd, memory)
