"""The processes that touch foreign pictures and do long work: `python -m liulian.qr.child`, started by `nursery.py`.

The warm process loads the decoders and never sees a picture. For each task it forks a child, bounded in memory and in
time, which gives one answer and ends: where a decoder goes wrong, that child dies and nothing else does, and no picture
is left behind for the next one. Never writes a file.
"""

import gc
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import NoReturn

import msgspec

from liulian.base.errors import AppError
from liulian.base.processes import die_with_parent, name_process
from liulian.qr.decode import read_codes
from liulian.qr.nursery import LENGTH, STARTED
from liulian.qr.photo import plain_photo

MEMORY_BYTES_MAX = 1024**3  # 40 megapixels with colours and opacity take a third of it.
CPU_S_MAX = 10
NICENESS = 10  # Redirects come first.
PART_BYTES = 1024**2


def main() -> None:
    """Take orders until there are none for a while."""
    parent, patience_s, idle_s = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    die_with_parent(parent)
    name_process("qr")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the web process says when to end.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.nice(NICENESS)
    gc.freeze()  # Children share these objects; a collection would copy every page of them.
    serve(socket.socket(fileno=sys.stdin.fileno()), patience_s=patience_s, idle_s=idle_s)


def serve(orders: socket.socket, *, patience_s: float, idle_s: float) -> None:
    """Fork a child for each order. Ends when none came for `idle_s`, or none can come any more."""
    ended = _ends_of_children()
    deadlines: dict[int, float] = {}
    is_open = True
    while is_open or deadlines:
        heard = [ended, orders] if is_open else [ended]
        wait_s = max(0.0, min(deadlines.values()) - monotonic()) if deadlines else idle_s
        readable, _, _ = select.select(heard, [], [], wait_s)
        if orders in readable:
            task, places, _, _ = socket.recv_fds(orders, 1, 1)
            is_open = bool(places)  # Else the web process has hung up.
            deadlines |= {pid: monotonic() + patience_s for place in places if (pid := _fork(task, place, orders))}
        elif not readable and not deadlines:
            return
        _reap(deadlines, ended)


def _ends_of_children() -> socket.socket:
    """Return what can be read from as soon as a child ends."""
    heard, told = socket.socketpair()
    heard.settimeout(0)
    told.settimeout(0)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(told.detach(), warn_on_full_buffer=False)
    return heard


def _fork(task: bytes, place: int, orders: socket.socket) -> int | None:
    """Give a task to a new child and return its id. Where none can be had, hanging up says so."""
    nursery = os.getpid()
    with socket.socket(fileno=place) as connection:
        try:
            pid = os.fork()
        except OSError:  # No memory, or too many processes.
            return None
        if pid == 0:
            orders.close()
            _be_child(task, connection, nursery=nursery)
    return pid


def _reap(deadlines: dict[int, float], ended: socket.socket) -> None:
    """Take note of children that ended, and end those that are too slow."""
    with suppress(BlockingIOError):
        ended.recv(PART_BYTES)
    for pid, deadline in [*deadlines.items()]:
        if monotonic() >= deadline:
            os.kill(pid, signal.SIGKILL)  # Until it is waited for, the number is nobody else's.
        if os.waitpid(pid, os.WNOHANG)[0]:
            del deadlines[pid]


def _be_child(task: bytes, connection: socket.socket, *, nursery: int) -> NoReturn:
    """Do one task; never returns."""
    code = 1
    try:
        die_with_parent(nursery)
        _accept_limits()
        connection.sendall(STARTED)
        answer = TASKS[task](_read_all(connection))
        connection.sendall(LENGTH.pack(len(answer)) + answer)
        code = 0
    finally:
        os._exit(code)


def _accept_limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # A picture of somebody must not stay behind in a core file.


def _read_all(connection: socket.socket) -> bytes:
    given = bytearray()
    while part := connection.recv(PART_BYTES):
        given += part
    return bytes(given)


def _decode(picture: bytes) -> bytes:
    try:
        return msgspec.json.encode({"codes": read_codes(picture)})
    except AppError as refused:
        return msgspec.json.encode({"refused": refused.code, "params": refused.params})


def _photo(picture: bytes) -> bytes:
    try:
        return msgspec.msgpack.encode({"photo": plain_photo(picture)})
    except AppError as refused:
        return msgspec.msgpack.encode({"refused": refused.code, "params": refused.params})


def _zip(texts: bytes) -> bytes:
    from liulian.qr.sheets import qr_zip

    return qr_zip(msgspec.json.decode(texts, type=list[str]))


TASKS: dict[bytes, Callable[[bytes], bytes]] = {b"d": _decode, b"p": _photo, b"z": _zip}

if __name__ == "__main__":
    main()
