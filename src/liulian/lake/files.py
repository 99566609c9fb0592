"""The table of clicks as its readers see it: which files are alive now, and which of them a range of time needs."""

import re
from datetime import date
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import unquote

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from liulian.base.zones import DAY_US, day_number
from liulian.lake.urls import clicks_url, local_folder

FRESH_S = 0.2  # A snapshot this young is taken as it is: many queries of one page share it.

_DAY = re.compile(r"/day=(\d{4}-\d\d-\d\d)/[^/]*$")


class LiveFiles:
    """The newest snapshot of the table. For any number of threads. An empty lake has no files and is no error."""

    def __init__(self, lake_url: str) -> None:
        self._url = clicks_url(lake_url)
        self._lock = Lock()
        self._table: DeltaTable | None = None
        self._version = -1
        self._fresh_until = 0.0
        self._files: list[tuple[int, str]] = []
        self.folder = local_folder(self._url)

    def refresh(self, *, at_once: bool = False) -> None:
        """Take the newest snapshot, unless ours is young enough. Raises DeltaError where the lake is away."""
        with self._lock:
            if not at_once and monotonic() < self._fresh_until:
                return
            self._update()
            self._fresh_until = monotonic() + FRESH_S

    def between(self, from_us: int, until_us: int) -> list[str]:
        """Return the paths of all files that may hold clicks of `[from_us, until_us)`."""
        # The day of a file is local, of a zone that may have changed: one day more on both sides is always enough.
        first, last = from_us // DAY_US - 1, (until_us - 1) // DAY_US + 1
        return [path for day, path in self._files if first <= day <= last]

    def dataset(self) -> Any:
        """Return the snapshot as an Arrow dataset: the way to a lake that is no local folder. None when it is empty."""
        with self._lock:
            return self._table.to_pyarrow_dataset() if self._table is not None and self._files else None

    def _update(self) -> None:
        try:
            if self._table is None:
                self._table = DeltaTable(self._url)
            else:
                self._table.update_incremental()
        except TableNotFoundError:
            self._table, self._version, self._files = None, -1, []
            return
        except DeltaError:
            self._table = DeltaTable(self._url)
        if self._table.version() != self._version:
            self._files = [(_day_of(uri), unquote(uri)) for uri in self._table.file_uris()]
            self._version = self._table.version()


def _day_of(uri: str) -> int:
    match = _DAY.search(uri)
    if match is None:
        raise ValueError(f"a file of the lake lies outside the folders of days: {uri}")
    return day_number(date.fromisoformat(match[1]))
