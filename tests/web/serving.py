"""An application on a port of its own, in a thread of its own, for clients that need a real one."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

import uvicorn
from fastapi import FastAPI

START_S = 60


@contextmanager
def served(make: Callable[[], AbstractAsyncContextManager[FastAPI]]) -> Iterator[int]:
    """Give the port of an application. It is made, and what it was made from is closed, in the serving thread."""
    serving = _Serving(make)
    thread = threading.Thread(target=lambda: asyncio.run(serving.run()))
    thread.start()
    try:
        assert serving.is_up.wait(START_S)
        yield serving.port
    finally:
        serving.stop()
        thread.join()


class _Serving:
    def __init__(self, make: Callable[[], AbstractAsyncContextManager[FastAPI]]) -> None:
        self._make = make
        self.port = 0
        self.is_up = threading.Event()
        self._server: uvicorn.Server | None = None

    async def run(self) -> None:
        async with self._make() as app:
            config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off", ws="none")
            self._server = uvicorn.Server(config)
            serving = asyncio.create_task(self._server.serve())
            while not self._server.started:
                await asyncio.sleep(0.01)
            self.port = self._server.servers[0].sockets[0].getsockname()[1]
            self.is_up.set()
            await serving

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
