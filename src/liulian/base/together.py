"""Those who come while work is under way wait, and are then served together, as one piece of work. Knows no database.

Nobody waits for company: whoever comes when nothing is under way is served at once, alone. What all cost together
(a commit to disk above all) is shared by more the more there are, so that a rush slows itself down.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

Work = Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]]


class Together(Generic[Asked, Answer]):
    """One piece of work at a time, for at most `at_most` who ask, in the order they came.

    The work answers each of them, in the same order; an exception among the answers is raised to whom it is for.
    """

    def __init__(self, work: "Work[Asked, Answer]", *, at_most: int) -> None:
        self._work = work
        self._at_most = at_most
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self._serving: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        """Return what the work answers. Whoever is no longer there when their turn comes is passed over."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())
        return await answer

    async def _serve(self) -> None:
        try:
            while self._waiting:
                some = [self._waiting.popleft() for _ in range(min(self._at_most, len(self._waiting)))]
                await self._answer([each for each in some if not each[1].done()])
        finally:
            self._serving = None
            while self._waiting:  # Only where this very task was cancelled: the process ends.
                self._waiting.popleft()[1].cancel()

    async def _answer(self, some: Sequence[tuple[Asked, "asyncio.Future[Answer]"]]) -> None:
        if not some:
            return
        try:
            answers = await self._work([asked for asked, _ in some])
        except asyncio.CancelledError:
            for _, waiting in some:
                waiting.cancel()
            raise
        except Exception as fault:  # noqa: BLE001 - One of them may be at fault for all: each is tried once more, alone.
            if len(some) > 1:
                for each in some:
                    await self._answer([each])
                return
            answers = [fault]
        for (_, waiting), answer in zip(some, answers, strict=True):
            _tell(waiting, answer)


def _tell(waiting: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if waiting.done():  # Whoever asked went away; what they asked for is done all the same.
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
