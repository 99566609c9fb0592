"""Which spool a process writes: the first one that no living process holds.

A spool's id is the node's random name and a small number. The lock goes with the process, however it ends, and the next
process carries on in the same spool, so ids stay few and the lake's list of them short.
"""

import fcntl
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from liulian.clicks.spool import LOCK_NAME, segment_numbers

SLOTS_MAX = 1024  # More web processes than any machine has cores.


@dataclass(frozen=True, slots=True)
class Slot:
    """A spool that is ours as long as `lock_fd` is open."""

    spool_id: str
    folder: Path
    lock_fd: int

    def last_number(self) -> int:
        """Return the highest segment number ever made here, 0 at first."""
        written = os.pread(self.lock_fd, 8, 0)
        return max([int(written, 16) if written else 0, *segment_numbers(self.folder)])

    def remember_number(self, number: int) -> None:
        """Write down a segment number before it is used: deleted segments must not let it come again."""
        os.pwrite(self.lock_fd, b"%08x" % number, 0)
        os.fsync(self.lock_fd)


def claim_slot(root: Path) -> Slot:
    """Return the first free spool below `root`, made if need be. Raises OSError when the folder cannot be written."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    node = _node_name(root)
    for number in range(1, SLOTS_MAX + 1):
        folder = root / f"{node}-{number:04d}"
        folder.mkdir(exist_ok=True, mode=0o700)
        lock_fd = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if try_lock(lock_fd):
            return Slot(folder.name, folder, lock_fd)
        os.close(lock_fd)
    raise OSError(f"all {SLOTS_MAX} spools are in use")


def try_lock(lock_fd: int) -> bool:
    """Take the lock if nobody holds it."""
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _node_name(root: Path) -> str:
    """Return eight letters that tell this spool folder from any other: two nodes may write to one lake."""
    path = root / "node"
    if not path.exists():
        draft = root / f"node.{os.getpid()}"
        draft.write_text(secrets.token_hex(4))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    name = path.read_text().strip()
    if not re.fullmatch(r"[0-9a-f]{8}", name):
        raise OSError(f"{path} should hold eight hexadecimal letters; delete it to get a new name")
    return name
