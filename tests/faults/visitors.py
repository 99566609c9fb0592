"""Visitors who click without pause, remember every answer, and come back when a connection breaks."""

import asyncio
import contextlib
import itertools
import re
from dataclasses import dataclass, field
from typing import Self

_ANSWER = re.compile(rb"HTTP/1\.1 302 Found\r\n(?:[^\r]+\r\n)*?location: ([^\r]+)\r\n(?:[^\r]+\r\n)*\r\n")
_HEAD = (
    "GET {path}?utm_content={number} HTTP/1.1\r\nHost: test\r\nUser-Agent: Mozilla/5.0 AppleWebKit/5 Chrome/126\r\n\r\n"
)
PAUSE_S = 0.02  # After a broken connection.


@dataclass(slots=True)
class Visitors:
    """Every click carries a number of its own, which the lake keeps as `content`.

    `answered` were answered in full; `cut_off` were sent, and their connection broke before the whole answer came.
    """

    port: int
    path: str
    answered: set[int] = field(default_factory=set)
    cut_off: set[int] = field(default_factory=set)
    broken: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._click_on()) for _ in range(16)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _click_on(self) -> None:
        while True:
            writer = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                while True:
                    await self._click(reader, writer)
            except (OSError, asyncio.IncompleteReadError):
                self.broken += 1
                await asyncio.sleep(PAUSE_S)
            finally:
                if writer is not None:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()

    async def _click(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = next(self._numbers)
        self.cut_off.add(number)
        writer.write(_HEAD.format(path=self.path, number=number).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert _ANSWER.fullmatch(answer), answer
        self.cut_off.discard(number)
        self.answered.add(number)
