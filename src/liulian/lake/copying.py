"""The files of one version of each table of the lake: read while others write, and put into an empty place.

A version is its files and the log up to it. The log comes along, because it says up to where each spool is stored.
Files that nobody needs any longer stay for an hour, which is how long a copy may take.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import pyarrow.fs as pa_fs
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError
from deltalake.fs import DeltaStorageHandler

from liulian.base.archive import BinaryStream
from liulian.lake.urls import TABLES, local_folder, prepare_folder, table_url

LOG = "_delta_log"
CHUNK_BYTES = 1 << 20

_VERSIONED = re.compile(r"(\d{20})[.\w-]*")


def files_of_newest(lake_url: str) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Yield name, size and contents of each file of the newest versions, each table's data before its log.

    A name begins with that of its table. Nothing for an empty lake. Raises OSError when a file went away meanwhile.
    """
    for table in TABLES:
        for name, size, stream in _files_of(table_url(lake_url, table)):
            yield f"{table}/{name}", size, stream


def _files_of(url: str) -> Iterator[tuple[str, int, IO[bytes]]]:
    try:
        table = DeltaTable(url)
    except TableNotFoundError:
        return
    files = pa_fs.PyFileSystem(DeltaStorageHandler(url))
    names = table.get_add_actions(flatten=True).column("path").to_pylist()
    for name in [*names, *_log_files(files, version=table.version())]:
        with files.open_input_file(name) as stream:
            yield name, stream.size(), stream


def is_empty(lake_url: str) -> bool:
    """Tell whether there is no table yet."""
    return not any(DeltaTable.is_deltatable(table_url(lake_url, table)) for table in TABLES)


class LakeFiller:
    """Puts files into a place where no table is yet. A log should come last: without it nothing is a table."""

    def __init__(self, lake_url: str) -> None:
        urls = {table: table_url(lake_url, table) for table in TABLES}
        for url in urls.values():
            prepare_folder(url)
        # Arrow's own file systems: deltalake's takes no data from Arrow's streams ('Buffer' is not 'bytes').
        root = urls[TABLES[0]].rpartition("/")[0]
        files, self._root = pa_fs.FileSystem.from_uri(Path(root).absolute().as_uri() if local_folder(root) else root)
        self._files = files

    def put(self, name: PurePosixPath, stream: BinaryStream) -> None:
        """Write one file, with the folders above it."""
        path = f"{self._root}/{name}"
        self._files.create_dir(path.rpartition("/")[0])
        with self._files.open_output_stream(path) as out:
            while data := stream.read(CHUNK_BYTES):
                out.write(data)


def _log_files(files: pa_fs.FileSystem, *, version: int) -> list[str]:
    """Return the parts of the log up to a version, the oldest first."""
    found = files.get_file_info(pa_fs.FileSelector(LOG))
    numbered = [(match, each) for each in found if (match := _VERSIONED.match(each.base_name))]
    return sorted(f"{LOG}/{each.base_name}" for match, each in numbered if int(match[1]) <= version)
