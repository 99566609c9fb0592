"""`liulian backup`: everything this installation knows, into one file, while it runs.

The order makes it whole: the database first, then the lake, which is never behind it; totals that the lake is ahead of
are counted anew after a restore. Clicks still in the spool are not in it: they hold addresses, and are younger than the
backup. Neither redirects nor statistics wait for it.
"""

import gzip
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Self

from rich.console import Console

from liulian.__about__ import __version__
from liulian.base.archive import ArchiveWriter
from liulian.base.clock import utc_now
from liulian.base.progress import bytes_shown
from liulian.base.secrets import mark_of
from liulian.bootstrap import SECRET_FILE, folders_of, open_database, secret_of
from liulian.config import Settings
from liulian.storage.dump import dump_tables
from liulian.storage.migrate import HEAD

FORMAT = 2
STANDARD_OUTPUT = "-"


async def write_backup(settings: Settings, target: str, *, console: Console) -> None:
    """Write a backup to a file, or to standard output for `-`. A file appears only when it is complete."""
    with _opened(target) as file, bytes_shown(console) as on_bytes:
        archive = ArchiveWriter(file, on_bytes=on_bytes)
        await _add_tables(archive, settings)
        _add_lake(archive, settings)
        for name, path in _files(settings):
            with suppress(FileNotFoundError):  # A member's photo that was deleted just now.
                archive.add_path(name, path)
        archive.close(
            format=FORMAT,
            program=__version__,
            tables=HEAD,
            made_at=utc_now().isoformat(),
            secret=mark_of(secret_of(settings)),
        )


async def _add_tables(archive: ArchiveWriter, settings: Settings) -> None:
    """Add each table as a packed file of lines. It lies on the disk first: an archive wants to know its size."""
    database = open_database(settings)
    folder = settings.data_dir / "temporary"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _PackedTables(archive, folder) as tables:
            async for name, lines in dump_tables(database):
                tables.add(name, lines)
    finally:
        await database.close()


class _PackedTables:
    """Gathers the lines of one table after another and hands each finished one to the archive."""

    def __init__(self, archive: ArchiveWriter, folder: Path) -> None:
        self._archive = archive
        self._folder = folder
        self._name: str | None = None
        self._file: IO[bytes] | None = None
        self._packed: gzip.GzipFile | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._finish(is_whole=kind is None)

    def add(self, name: str, lines: bytes) -> None:
        if name != self._name or self._packed is None:
            self._finish(is_whole=True)
            self._name = name
            self._file = NamedTemporaryFile(dir=self._folder, prefix="backup-")  # noqa: SIM115 - Ends in `_finish`.
            self._packed = gzip.GzipFile(fileobj=self._file, mode="wb", compresslevel=4, mtime=0)
        self._packed.write(lines)

    def _finish(self, *, is_whole: bool) -> None:
        if self._file is None or self._packed is None:
            return
        self._packed.close()
        if is_whole:
            size = self._file.tell()
            self._file.seek(0)
            self._archive.add(f"database/{self._name}.jsonl.gz", self._file, size=size)
        self._file.close()
        self._file = None


def _add_lake(archive: ArchiveWriter, settings: Settings) -> None:
    from liulian.lake.copying import files_of_newest

    for name, size, stream in files_of_newest(settings.lake_url):
        archive.add(f"lake/{name}", stream, size=size)


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield the operator's own files, and the secret where it is a file."""
    for name, folder in folders_of(settings).items():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{name}/{path.relative_to(folder)}", path
    if settings.secret_key is None:
        yield SECRET_FILE, settings.data_dir / SECRET_FILE


@contextmanager
def _opened(target: str) -> Iterator[IO[bytes]]:
    """Open the target. A file is for its owner alone, and gets its name when it is complete and on the disk."""
    if target == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    path = Path(target).absolute()
    draft = path.with_name(path.name + ".part")
    draft.touch(mode=0o600)
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
