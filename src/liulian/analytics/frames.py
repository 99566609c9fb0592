"""What travels between web processes and the query process: msgpack behind a length of four bytes, on a Unix socket."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from liulian.analytics.query import StatsQuery
from liulian.analytics.stats import LinkStats

FRAME_BYTES_MAX = 8 << 20  # A full answer has under 200 KB.
SOCKET_PATH_MAX = 100  # The kernel's limit is 107 bytes; data folders may lie deeper.

T = TypeVar("T")


class Ask(msgspec.Struct, array_like=True, frozen=True):
    """A question."""

    query: StatsQuery


class Reply(msgspec.Struct, array_like=True, frozen=True):
    """An answer, or the word for why there is none: `busy`, `slow`, `failed`."""

    stats: LinkStats | None = None
    problem: str = ""


_encoder = msgspec.msgpack.Encoder()


async def read_frame(reader: asyncio.StreamReader, kind: type[T]) -> T:
    """Return the next message. Raises IncompleteReadError at the end, ValueError for anything else than `kind`."""
    size = int.from_bytes(await reader.readexactly(4), "big")
    if size > FRAME_BYTES_MAX:
        raise ValueError("a frame too long to be ours")
    return msgspec.msgpack.decode(await reader.readexactly(size), type=kind)


async def write_frame(writer: asyncio.StreamWriter, message: msgspec.Struct) -> None:
    """Send one message."""
    data = _encoder.encode(message)
    writer.write(len(data).to_bytes(4, "big") + data)
    await writer.drain()


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Give a name for a socket's path that the kernel accepts, however deep the folder lies."""
    if len(os.fsencode(path)) <= SOCKET_PATH_MAX:
        yield str(path)
        return
    folder_fd = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder_fd}/{path.name}"
    finally:
        os.close(folder_fd)
