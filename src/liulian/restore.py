"""`liulian restore`: a backup into an installation that was never started. Nothing of it is used before all is checked.

The settings say where to: another data folder, another kind of database, a lake elsewhere. The spool begins anew under
a new name, so its numbers never meet those that the lake remembers.
"""

import gzip
import os
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from typing import Any

from rich.console import Console

from liulian.backup import FORMAT
from liulian.base.archive import BinaryStream, DamagedArchive, OnBytes, read_manifest, read_members
from liulian.base.errors import AppError
from liulian.base.progress import bytes_shown
from liulian.base.secrets import mark_of
from liulian.bootstrap import SECRET_FILE, folders_of, open_database, prepare_data_dir, secret_of
from liulian.config import Settings
from liulian.storage.database import Database
from liulian.storage.dump import is_unused, load_table, prepare_tables
from liulian.storage.migrate import migrate
from liulian.storage.rewording import reword_some


class NotUnused(AppError):
    """There is something already where the backup should go; nothing was changed."""

    code = "restore_not_empty"


class UnknownFormat(AppError):
    """The backup was made by a newer program."""

    code = "restore_newer"


class OtherSecret(AppError):
    """LIULIAN_SECRET_KEY is set, and it is not the one under which the backup was made."""

    code = "restore_other_secret"


async def restore_backup(settings: Settings, source: Path, *, console: Console) -> dict[str, Any]:
    """Put a backup in place and return what it says of itself.

    Raises DamagedArchive, UnknownFormat, NotUnused or OtherSecret before anything is changed.
    """
    with bytes_shown(console, total=2 * _size_of(source)) as on_bytes:
        manifest = read_manifest(source, on_bytes=on_bytes)
        _check(manifest, settings, source)
        prepare_data_dir(settings)
        database = open_database(settings)
        try:
            await _check_unused(database, settings)
            await _fill(database, settings, source, manifest=manifest, on_bytes=on_bytes)
        finally:
            await database.close()
    return manifest


def _size_of(source: Path) -> int:
    return source.stat().st_size


def _check(manifest: dict[str, Any], settings: Settings, source: Path) -> None:
    if manifest.get("format") != FORMAT:
        raise UnknownFormat(program=str(manifest.get("program")))
    if not {"tables", "secret", "made_at"} <= manifest.keys():
        raise DamagedArchive(name=source.name)
    if settings.secret_key is not None and mark_of(secret_of(settings)) != manifest["secret"]:
        raise OtherSecret


async def _check_unused(database: Database, settings: Settings) -> None:
    from liulian.lake.copying import is_empty

    for place, is_free in (
        (SECRET_FILE, not (settings.data_dir / SECRET_FILE).exists()),
        ("lake", is_empty(settings.lake_url)),
        ("database", await is_unused(database)),
        ("spool", not settings.spool_dir.exists() or not any(settings.spool_dir.glob("*/*"))),
    ):
        if not is_free:
            raise NotUnused(place=place)


async def _fill(
    database: Database, settings: Settings, source: Path, *, manifest: dict[str, Any], on_bytes: OnBytes
) -> None:
    from liulian.lake.copying import LakeFiller

    await prepare_tables(database, version=str(manifest["tables"]))
    lake = LakeFiller(settings.lake_url)
    folders = folders_of(settings)
    for name, stream in read_members(source, on_bytes=on_bytes):
        top, rest = name.parts[0], PurePosixPath(*name.parts[1:])
        if top == "database":
            with gzip.open(stream) as lines:
                await load_table(database, rest.name.removesuffix(".jsonl.gz"), lines)
        elif top == "lake":
            lake.put(rest, stream)
        elif top in folders:
            _put(folders[top] / rest, stream)
        elif str(name) == SECRET_FILE and settings.secret_key is None:
            _put(settings.data_dir / SECRET_FILE, stream)
    await migrate(database)
    while await reword_some(database):  # The index of words is not in the dump, and a search must not come before it.
        pass


def _put(path: Path, stream: BinaryStream) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - For its owner.
        copyfileobj(stream, file)
