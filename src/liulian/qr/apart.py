"""Have a picture read, or many codes drawn, in a child process: a web process keeps its memory and its pace.

A few children at a time (`nursery.py`), a few tasks waiting, then 503: a flood of pictures takes nothing from the
redirects. The decoders are never loaded here; a web process that reads no picture stays as small as it is.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from liulian.base.errors import Unavailable
from liulian.base.log import logger
from liulian.qr.model import IMAGE_REFUSALS, Code, ImageBroken, Photo
from liulian.qr.nursery import RETRY_AFTER_S, Nursery

CHILDREN_MAX = 2  # Of each web process, at the same time; each does one task and ends.
TASKS_MAX = 8  # Under way and waiting; each holds up to 10 MB.
DECODE, PHOTO, ZIP = b"d", b"p", b"z"  # What `child.py` can do.

_threads = ThreadPoolExecutor(CHILDREN_MAX, thread_name_prefix="qr")
_nursery = Nursery()
_open_tasks: set[object] = set()


class _Answer(msgspec.Struct):
    codes: list[Code] = []
    refused: str | None = None
    params: dict[str, int] = {}


class _PhotoAnswer(msgspec.Struct):
    photo: Photo | None = None
    refused: str | None = None
    params: dict[str, int] = {}


async def decode_apart(picture: bytes) -> list[Code]:
    """Return the codes of a picture. Raises what `read_codes` raises, and Unavailable when there is too much to do."""
    told = await _apart(DECODE, picture)
    if told is None:
        raise ImageBroken
    answer = msgspec.json.decode(told, type=_Answer)
    if answer.refused is not None:
        raise IMAGE_REFUSALS[answer.refused](errors=(), retry_after_s=None, **answer.params)
    return answer.codes


async def photo_apart(picture: bytes) -> Photo:
    """Return a picture as it may be kept. Raises what `plain_photo` raises, and Unavailable when there is too much."""
    told = await _apart(PHOTO, picture)
    answer = _PhotoAnswer(refused=ImageBroken.code) if told is None else msgspec.msgpack.decode(told, type=_PhotoAnswer)
    if answer.photo is None:
        raise IMAGE_REFUSALS[answer.refused or ImageBroken.code](errors=(), retry_after_s=None, **answer.params)
    return answer.photo


async def zip_apart(urls: Sequence[str]) -> bytes:
    """Return the ZIP file of `sheets.qr_zip`. Raises Unavailable."""
    made = await _apart(ZIP, msgspec.json.encode(list(urls)))
    if made is None:
        raise Unavailable(retry_after_s=RETRY_AFTER_S)
    return made


async def _apart(task: bytes, given: bytes) -> bytes | None:
    """Return what a child answered, None when it died. Raises Unavailable when as many tasks wait as may."""
    if len(_open_tasks) >= TASKS_MAX:
        raise Unavailable(retry_after_s=RETRY_AFTER_S)
    work = asyncio.get_running_loop().run_in_executor(_threads, _run, task, given)
    _open_tasks.add(work)
    work.add_done_callback(_open_tasks.discard)
    return await asyncio.shield(work)  # Whoever asked may leave; the task counts as open until its child has ended.


def _run(task: bytes, given: bytes) -> bytes | None:
    answer = _nursery.run(task, given)
    if answer is None:
        logger.warning("qr_task_died", task=task.decode())
    return answer
