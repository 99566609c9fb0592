"""Have a picture read, or many codes drawn, in a child process: a web process keeps its memory and its pace.

A few children at a time, a few tasks waiting, then 503: a flood of pictures takes nothing from the redirects. The
decoders are loaded in the child only; a web process that never decodes stays as small as it is.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from liulian.base.errors import Unavailable
from liulian.base.log import logger
from liulian.qr.model import IMAGE_REFUSALS, Code, ImageBroken

CHILDREN_MAX = 2  # Of each web process. They are kept for nobody: each does one task and ends.
TASKS_MAX = 8  # Under way and waiting; each holds up to 10 MB.
PATIENCE_S = 8  # Twice what the largest picture takes on a slow machine, and within the time that a stop may take.
RETRY_AFTER_S = 2

_SOURCE = Path(__file__).parents[2]
_threads = ThreadPoolExecutor(CHILDREN_MAX, thread_name_prefix="qr")
_open_tasks: set[object] = set()


class _Answer(msgspec.Struct):
    codes: list[Code] = []
    refused: str | None = None
    params: dict[str, int] = {}


async def decode_apart(picture: bytes) -> list[Code]:
    """Return the codes of a picture. Raises what `read_codes` raises, and Unavailable when there is too much to do."""
    told = await _apart("decode", picture)
    if told is None:
        raise ImageBroken
    answer = msgspec.json.decode(told, type=_Answer)
    if answer.refused is not None:
        raise IMAGE_REFUSALS[answer.refused](errors=(), retry_after_s=None, **answer.params)
    return answer.codes


async def zip_apart(urls: Sequence[str]) -> bytes:
    """Return the ZIP file of `sheets.qr_zip`. Raises Unavailable."""
    made = await _apart("zip", msgspec.json.encode(list(urls)))
    if made is None:
        raise Unavailable(retry_after_s=RETRY_AFTER_S)
    return made


async def _apart(task: str, given: bytes) -> bytes | None:
    """Return what a child answered, None when it died. Raises Unavailable when as many tasks wait as may."""
    if len(_open_tasks) >= TASKS_MAX:
        raise Unavailable(retry_after_s=RETRY_AFTER_S)
    work = asyncio.get_running_loop().run_in_executor(_threads, _run, task, given)
    _open_tasks.add(work)
    work.add_done_callback(_open_tasks.discard)
    return await asyncio.shield(work)  # Whoever asked may leave; the task counts as open until its child has ended.


def _run(task: str, given: bytes) -> bytes | None:
    command = [sys.executable, "-P", "-m", "liulian.qr.child", task]
    environment: dict[str, Any] = {"PATH": os.defpath, "PYTHONPATH": str(_SOURCE), "MALLOC_ARENA_MAX": "2"}
    try:
        ended = subprocess.run(  # noqa: S603 - The command is ours; only its input is not.
            command, input=given, env=environment, timeout=PATIENCE_S, capture_output=True, check=False
        )
    except subprocess.TimeoutExpired:
        logger.warning("qr_task_too_slow", task=task)
        return None
    if ended.returncode != 0:
        logger.warning("qr_task_died", task=task, status=ended.returncode)
        return None
    return ended.stdout
