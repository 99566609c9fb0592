"""Answer a query from the lake: newest files, one statement, one retry when a file vanished under it.

Runs in the query process, in threads; never in a process that serves pages.
"""

from pathlib import Path

from liulian.analytics.engine import Engine, FileVanished
from liulian.analytics.query import StatsQuery
from liulian.analytics.sql import link_statement
from liulian.analytics.stats import LinkStats, stats_of
from liulian.lake.files import LiveFiles


class Statistics:
    """The lake and the engine over it."""

    def __init__(self, lake_url: str, *, temp_folder: Path) -> None:
        self._files = LiveFiles(lake_url)
        self._engine = Engine(lake_folder=self._files.folder, temp_folder=temp_folder)

    def link_stats(self, query: StatsQuery) -> LinkStats:
        """Return the statistics, as of a moment ago at most. Raises TookTooLong, and FileVanished after a retry."""
        self._files.refresh()
        try:
            return self._answer(query)
        except FileVanished:
            self._files.refresh(at_once=True)
            return self._answer(query)

    def interrupt(self) -> None:
        """End all queries that run now."""
        self._engine.interrupt()

    def close(self) -> None:
        """Let go of the engine."""
        self._engine.close()

    def _answer(self, query: StatsQuery) -> LinkStats:
        files = self._files.between(query.from_us, query.to_us)
        if not files:
            return stats_of(query, [])
        if self._files.folder:
            return stats_of(query, self._engine.run(link_statement(query, files=files)))
        return stats_of(query, self._engine.run(link_statement(query, files=None), view=self._files.dataset()))
