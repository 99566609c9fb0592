"""One DuckDB instance in memory, fenced in: it reads the lake's files and nothing else, for a bounded time.

Limits belong to the instance, cursors to a query: a connection shared by threads once returned other queries' rows.
Lives in the query process only.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb

from liulian.analytics.sql import Statement

MEMORY = "512MB"  # Beyond it a query spills to the temporary folder.
SPILL_MAX = "4GB"
THREADS_MAX = 4  # Redirects come first; a dashboard is not made twice as fast by twice the cores.
QUERY_S = 20.0
RESULT_ROWS_MAX = 10_000


class FileVanished(Exception):
    """A file of the snapshot is no longer there: compacted and vacuumed, or never readable. Take a newer snapshot."""


class TookTooLong(Exception):
    """The query was interrupted."""


class Engine:
    """Answers statements, each on a cursor of its own. For any number of threads."""

    def __init__(self, *, lake_folder: Path | None, temp_folder: Path, query_s: float = QUERY_S) -> None:
        temp_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for leftover in temp_folder.glob("duckdb_temp*"):
            leftover.unlink(missing_ok=True)  # Of a killed predecessor.
        self._query_s = query_s
        self._running: set[duckdb.DuckDBPyConnection] = set()
        self._instance = duckdb.connect(":memory:")
        for name, value in _settings(lake_folder, temp_folder).items():
            self._instance.execute(f"SET {name} = {value}")

    def run(self, statement: Statement, *, view: Any = None) -> list[tuple[Any, ...]]:
        """Return the rows. `view` is an Arrow dataset known to the statement as `clicks`.

        Raises FileVanished or TookTooLong.
        """
        cursor = self._instance.cursor()
        self._running.add(cursor)
        timer = Timer(self._query_s, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            if view is not None:
                cursor.register("clicks", view)
            return _checked(cursor.execute(statement.text, statement.values).fetchmany(RESULT_ROWS_MAX + 1))
        except duckdb.InterruptException:
            raise TookTooLong from None
        except (duckdb.IOException, FileNotFoundError) as error:
            raise FileVanished from error
        finally:
            timer.cancel()
            self._running.discard(cursor)
            cursor.close()

    def interrupt(self) -> None:
        """End all statements that run now with TookTooLong."""
        for cursor in list(self._running):
            with suppress(duckdb.Error):
                cursor.interrupt()

    def close(self) -> None:
        """Free the instance. No statement may be running."""
        self._instance.close()


def _checked(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    if len(rows) > RESULT_ROWS_MAX:
        raise ValueError("a statement without a proper LIMIT")
    return rows


def _settings(lake_folder: Path | None, temp_folder: Path) -> dict[str, str]:
    """Return the fence, in the order in which it must be built: folders first, then the gate is shut and locked."""
    folders = [lake_folder] if lake_folder else []
    return {
        "threads": str(min(os.cpu_count() or 1, THREADS_MAX)),
        "memory_limit": _quoted(MEMORY),
        "temp_directory": _quoted(temp_folder),
        "max_temp_directory_size": _quoted(SPILL_MAX),
        "parquet_metadata_cache": "true",
        "validate_external_file_cache": "'NO_VALIDATION'",  # A file of the lake never changes.
        "preserve_insertion_order": "false",
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allowed_directories": f"[{', '.join(_folders(folders))}]",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }


def _folders(folders: Sequence[Path]) -> list[str]:
    return [_quoted(folder) for folder in folders]


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
