"""The files of members' pictures, as far as this part needs them: to hand them over, and to delete them.

They lie in `parts.pictures_dir`, named by their id. A file that is gone already is no failure.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from fastapi import Request

from liulian.base.ids import FileId
from liulian.community.photos import path_of
from liulian.web.parts import parts_of

EXPORTED_BYTES_MAX = 200 * 1024 * 1024  # In memory at once. A year of check-ins with a picture has some 60 MB.


async def pictures_of(request: Request, file_ids: Iterable[int]) -> list[tuple[str, bytes]]:
    """Return names and contents of pictures, as many as fit into one export."""
    return await asyncio.to_thread(_read, _folder(request), list(file_ids))


async def delete_pictures(request: Request, file_ids: Sequence[FileId]) -> None:
    """Delete pictures for good."""
    folder = _folder(request)
    if folder is not None:
        await asyncio.to_thread(_delete, folder, file_ids)


def _folder(request: Request) -> Path | None:
    return parts_of(request).pictures_dir


def _read(folder: Path | None, file_ids: Sequence[int]) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    room = EXPORTED_BYTES_MAX
    for file_id in file_ids if folder is not None else ():
        path = path_of(folder or Path(), FileId(file_id))
        with suppress(FileNotFoundError):
            room -= path.stat().st_size
            if room > 0:
                found.append((path.name, path.read_bytes()))
    return found


def _delete(folder: Path, file_ids: Sequence[FileId]) -> None:
    for file_id in file_ids:
        path_of(folder, file_id).unlink(missing_ok=True)
