"""Keep one warm process beside a web process: it has the decoders loaded, and forks a child for each task (`child.py`).

Started with the first task, and again whenever it is gone; it ends by itself when it has had nothing to do for a while,
and at once when the web process ends, however that ends. Bounds how long a task may take; how many there may be is for
`apart.py` to say.
"""

import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any

from liulian.base.errors import Unavailable
from liulian.base.log import logger

PATIENCE_S = 8.0  # Twice what the largest picture takes on a slow machine, and within the time that a stop may take.
PATIENCE_MORE_S = 1.0  # The nursery ends a child that is too slow; were it stuck itself, nobody waits much longer.
IDLE_S = 60.0  # Whoever scans one poster scans the next one too; after that nothing is kept for nobody.
TRIES_MAX = 3  # The nursery may end just as a task comes, and be killed once more; then something is wrong for good.
RETRY_AFTER_S = 2

STARTED = b"+"  # What a child says first: from here on, whatever happens to the task is the task's doing.
LENGTH = struct.Struct("!Q")  # Before an answer, so that one that was cut off is known.

_SOURCE = Path(__file__).parents[2]


class Nursery:
    """Belongs to one process. Its threads may call `run` at the same time."""

    def __init__(self, *, patience_s: float = PATIENCE_S, idle_s: float = IDLE_S) -> None:
        self._patience_s = patience_s
        self._idle_s = idle_s
        self._lock = Lock()
        self._orders: socket.socket | None = None
        self.pid: int | None = None  # Of the warm process, which may have ended meanwhile.

    def run(self, task: bytes, given: bytes) -> bytes | None:
        """Return what a child answered to a task (`child.TASKS`), None when it died over it.

        Raises Unavailable where no child can be had.
        """
        for _ in range(TRIES_MAX):
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    orders = self._order(task, theirs)
                is_started, answer = _ask(ours, given, until=monotonic() + self._patience_s + PATIENCE_MORE_S)
            if is_started:
                return answer
            self._forget(orders)
        raise Unavailable(retry_after_s=RETRY_AFTER_S)

    def _order(self, task: bytes, place: socket.socket) -> socket.socket | None:
        """Hand one end of a connection to the warm process; return where it was handed in, None if it was not."""
        with self._lock:
            if self._orders is None:
                self._orders = self._start()
            orders = self._orders
        try:
            socket.send_fds(orders, [task], [place.fileno()])
        except OSError:  # It has ended.
            return orders
        return orders

    def _forget(self, orders: socket.socket | None) -> None:
        """Let the next task start another warm process, unless somebody else has done so already."""
        with self._lock:
            if self._orders is orders and orders is not None:
                orders.close()
                self._orders = None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "liulian.qr.child", str(self._patience_s), str(self._idle_s)]
        environment: dict[str, Any] = {"PATH": os.defpath, "PYTHONPATH": str(_SOURCE), "MALLOC_ARENA_MAX": "2"}
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - The command is ours; only its tasks are not.
                command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
            )
        self.pid = process.pid
        Thread(target=_wait_for, args=(process,), name="qr-nursery", daemon=True).start()
        return ours


def _wait_for(process: "subprocess.Popen[bytes]") -> None:
    """Take note of the end of a warm process, so that no dead one stays in the list of processes."""
    status = process.wait()
    if status != 0:
        logger.warning("qr_nursery_died", status=status)


def _ask(place: socket.socket, given: bytes, *, until: float) -> tuple[bool, bytes | None]:
    """Return whether a child was there at all, and what it answered, None when it died or took too long."""
    is_started = False
    try:
        _send(place, given, until=until)
        is_started = _receive(place, len(STARTED), until=until) == STARTED
        (length,) = LENGTH.unpack(_receive(place, LENGTH.size, until=until))
        return True, _receive(place, length, until=until)
    except EOFError:
        return is_started, None
