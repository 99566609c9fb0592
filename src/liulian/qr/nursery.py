"""Keep one warm process beside a web process: it has the decoders loaded, and forks a child for each task (`child.py`).

Started with the first task, and again whenever it is gone; it ends by itself when it has had nothing to do for a while,
and at once when the web process ends, however that ends. How many tasks there may be is for `apart.py` to say.
"""

import os
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from time import monotonic

from liulian.base.errors import Unavailable
from liulian.base.log import logger

PATIENCE_S = 8.0  # Twice what the largest picture takes on a slow machine, and within the time that a stop may take.
START_S = 5.0  # What the warm process may take to start, on a slow machine; were it stuck, nobody waits much longer.
IDLE_S = 60.0  # Whoever scans one poster scans the next one too; after that it is kept for nobody.
TRIES_MAX = 3  # It may end just as a task comes, and once more be killed; a third time something is wrong for good.
RETRY_AFTER_S = 2

STARTED = b"+"  # What a child says first: from here on, whatever happens to a task is that task's doing.
LENGTH = struct.Struct("!Q")  # Before an answer, so that one that was cut off is known.

_SOURCE = Path(__file__).parents[2]


class _NobodyThere(Exception):
    """No child took the task: it may be given again."""


@dataclass(frozen=True, slots=True, eq=False)
class _Warm:
    """A warm process and where it takes orders."""

    process: "subprocess.Popen[bytes]"
    orders: socket.socket


class Nursery:
    """Belongs to one process. Its threads may call `run` at the same time; they last as long as the process does.

    (Linux counts the thread that starts a process as its parent: the warm process would die with it.)
    """

    def __init__(self, *, patience_s: float = PATIENCE_S, idle_s: float = IDLE_S) -> None:
        self._patience_s = patience_s
        self._idle_s = idle_s
        self._lock = Lock()
        self._warm: _Warm | None = None

    @property
    def pid(self) -> int | None:
        """The warm process, None where there is none; it may have ended a moment ago."""
        warm = self._warm
        return None if warm is None or warm.process.poll() is not None else warm.process.pid

    def run(self, task: bytes, given: bytes) -> bytes | None:
        """Return what a child answered to a task (`child.TASKS`), None when it died over it.

        Raises Unavailable where no child is to be had.
        """
        until = monotonic() + START_S + self._patience_s
        with suppress(OSError):  # No memory, or too many processes or files: maybe in a while.
            for _ in range(TRIES_MAX):
                warm = self._warm_process()
                try:
                    return _ask(warm, task, given, until=until)
                except _NobodyThere:
                    self._forget(warm)
                    if monotonic() >= until:  # It is stuck.
                        warm.process.kill()
        raise Unavailable(retry_after_s=RETRY_AFTER_S)

    def close(self) -> None:
        """Let the warm process end, after the tasks under way. Another task would start another one."""
        with self._lock:
            warm = self._warm
        if warm is not None:
            self._forget(warm)

    def _warm_process(self) -> _Warm:
        with self._lock:
            if self._warm is None:
                self._warm = _start(str(os.getpid()), str(self._patience_s), str(self._idle_s))
            return self._warm

    def _forget(self, warm: _Warm) -> None:
        """Let the next task start another one, unless somebody has seen to that already."""
        with self._lock:
            if self._warm is warm:
                self._warm = None
                warm.orders.close()  # It ends when its last child has.


def _start(*arguments: str) -> _Warm:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-P", "-m", "liulian.qr.child", *arguments]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(_SOURCE), "MALLOC_ARENA_MAX": "2"}
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - The command is ours; only its tasks are not.
            command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )
    Thread(target=_see_off, args=(process,), name="qr-nursery", daemon=True).start()
    return _Warm(process, ours)


def _see_off(process: "subprocess.Popen[bytes]") -> None:
    """Wait for a process to end, so that no dead one stays in the list of processes."""
    status = process.wait()
    if status != 0:
        logger.warning("qr_nursery_died", status=status)


def _ask(warm: _Warm, task: bytes, given: bytes, *, until: float) -> bytes | None:
    """Return what a child answered, None when it died or was too slow. Raises _NobodyThere."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs, suppress(OSError):  # The warm process has ended: nobody will say that the task is started.
            socket.send_fds(warm.orders, [task], [theirs.fileno()])
        with suppress(OSError):  # The child died while it was told; what it said before is still to be read.
            ours.settimeout(_left_s(until))
            ours.sendall(given)
            ours.shutdown(socket.SHUT_WR)
        if _received(ours, len(STARTED), until=until) != STARTED:
            raise _NobodyThere
        head = _received(ours, LENGTH.size, until=until)
        length = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else -1
        answer = _received(ours, max(0, length), until=until)
        return answer if len(answer) == length else None


def _received(place: socket.socket, count: int, *, until: float) -> bytes:
    """Return `count` bytes, fewer where there are no more or time is over."""
    told = bytearray()
    with suppress(OSError):
        while len(told) < count:
            place.settimeout(_left_s(until))
            part = place.recv(count - len(told))
            if not part:
                break
            told += part
    return bytes(told)


def _left_s(until: float) -> float:
    return max(0.001, until - monotonic())
