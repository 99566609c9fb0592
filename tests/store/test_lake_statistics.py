"""Statistics from stored rows: the right figures, whatever the zone, and never from a file outside the lake."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from liulian.analytics.engine import Engine, FileVanished, TookTooLong
from liulian.analytics.local import link_stats_of
from liulian.analytics.query import Interval, StatsQuery
from liulian.analytics.service import Statistics
from liulian.analytics.sql import Statement
from liulian.analytics.stats import LinkStats, Tally, Value
from liulian.base.clock import to_micros
from liulian.base.ids import LinkId, WorkspaceId
from liulian.clicks.outcome import Outcome
from liulian.lake.clicks import ClickLake
from tests.lake_rows import SHANGHAI, a_row, click_table

SPOOL = "aaaaaaaa-0001"


class Shelf:
    """A lake to fill and to ask."""

    def __init__(self, folder: Path) -> None:
        self.url = str(folder / "lake")
        self.statistics = Statistics(self.url, temp_folder=folder / "temp")
        self._stored = 0

    def store(self, *rows: dict[str, Any]) -> None:
        lake = ClickLake(self.url)
        self._stored += len(rows)
        assert lake.commit(click_table(list(rows)), positions={SPOOL: self._stored})
        self.statistics._files.refresh(at_once=True)

    def ask(
        self, since: str = "2026-11-20T00:00+08:00", until: str = "2026-11-23T00:00+08:00", **query: Any
    ) -> LinkStats:
        asked: dict[str, Any] = {"interval": Interval.DAY, "zone": "Asia/Shanghai", "link_id": LinkId(1)} | query
        return self.statistics.link_stats(
            StatsQuery(
                from_us=to_micros(datetime.fromisoformat(since)),
                to_us=to_micros(datetime.fromisoformat(until)),
                **asked,
            )
        )


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.statistics.close()


def series(stats: LinkStats) -> dict[str, tuple[int, int, int]]:
    return {point.start: (point.clicks, point.human_clicks, point.visitors) for point in stats.series if point.clicks}


def test_a_lake_that_does_not_exist_answers_zeros(shelf: Shelf) -> None:
    stats = shelf.ask()
    assert stats.totals == Tally(0, 0, 0)
    assert [point.clicks for point in stats.series] == [0, 0, 0]
    assert stats.outcomes == {outcome.name.lower(): 0 for outcome in Outcome}
    assert set(stats.breakdowns["city"]) == set()


def test_clicks_are_redirects_humans_are_unflagged_visitors_are_distinct(shelf: Shelf) -> None:
    shelf.store(
        a_row(visitor=1),
        a_row(visitor=1, outcome="open"),
        a_row(visitor=2),
        a_row(visitor=3, flags=1),
        a_row(visitor=4, outcome="head"),
        a_row(visitor=5, outcome="preview"),
        a_row(visitor=5, outcome="guide"),
        a_row(visitor=5, outcome="not_allowed"),
        a_row(visitor=6, link_id=2),
    )
    stats = shelf.ask()
    assert stats.totals == Tally(4, 3, 2)
    counted = {"redirect": 3, "open": 1, "head": 1, "preview": 1, "guide": 1, "app": 0, "not_allowed": 1, "gone": 0}
    assert stats.outcomes == counted


def test_from_is_included_and_to_is_not(shelf: Shelf) -> None:
    shelf.store(a_row("2026-11-20T00:00:00+08:00"), a_row("2026-11-22T23:59:59.999999+08:00"))
    shelf.store(a_row("2026-11-19T23:59:59.999999+08:00"), a_row("2026-11-23T00:00:00+08:00"))
    assert shelf.ask().totals.clicks == 2


def test_the_series_has_every_day_with_its_own_visitors(shelf: Shelf) -> None:
    shelf.store(
        a_row("2026-11-20T23:59:59+08:00", visitor=1),
        a_row("2026-11-22T00:00:00+08:00", visitor=2),
        a_row("2026-11-22T09:00:00+08:00", visitor=2),
    )
    stats = shelf.ask()
    assert [point.start[:10] for point in stats.series] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert series(stats) == {"2026-11-20T00:00:00+08:00": (1, 1, 1), "2026-11-22T00:00:00+08:00": (2, 2, 1)}
    assert stats.totals == Tally(3, 3, 2)


def test_days_of_another_zone_follow_its_summer_time(shelf: Shelf) -> None:
    shelf.store(
        a_row("2026-10-24T23:30:00+02:00"),
        a_row("2026-10-25T00:30:00+02:00"),
        a_row("2026-10-25T23:30:00+01:00"),
        a_row("2026-10-26T00:30:00+01:00"),
    )
    stats = shelf.ask("2026-10-24T00:00+02:00", "2026-10-27T00:00+01:00", zone="Europe/Berlin")
    assert [point.clicks for point in stats.series] == [1, 2, 1]
    hours = shelf.ask("2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", zone="Europe/Berlin", interval=Interval.HOUR)
    assert list(series(hours)) == ["2026-10-25T00:00:00+02:00", "2026-10-25T23:00:00+01:00"]


@pytest.mark.parametrize(
    ("interval", "starts"),
    [
        (Interval.WEEK, {"2026-11-16T00:00:00+08:00": (1, 1, 1), "2026-11-23T00:00:00+08:00": (1, 1, 1)}),
        (Interval.MONTH, {"2026-11-01T00:00:00+08:00": (2, 2, 1)}),
        (Interval.HOUR, {"2026-11-22T23:00:00+08:00": (1, 1, 1), "2026-11-23T00:00:00+08:00": (1, 1, 1)}),
    ],
)
def test_weeks_months_and_hours_are_local(
    shelf: Shelf, interval: Interval, starts: dict[str, tuple[int, int, int]]
) -> None:
    shelf.store(a_row("2026-11-22T23:30:00+08:00"), a_row("2026-11-23T00:30:00+08:00"))
    assert series(shelf.ask("2026-11-16T00:00+08:00", "2026-11-30T00:00+08:00", interval=interval)) == starts


def test_breakdowns_rank_values_by_clicks_and_leave_out_what_is_no_click(shelf: Shelf) -> None:
    shelf.store(
        a_row(app="wechat", visitor=1),
        a_row(app="wechat", visitor=1),
        a_row(app="qq", flags=1),
        a_row(app="browser", outcome="head"),
    )
    assert shelf.ask(breakdowns=("app",)).breakdowns == {"app": (Value("wechat", 2, 2, 1), Value("qq", 1, 0, 0))}


def test_a_breakdown_holds_a_hundred_values(shelf: Shelf) -> None:
    shelf.store(*(a_row(city=f"city {n:03}") for n in range(130)), a_row(city="city 129"))
    cities = shelf.ask(breakdowns=("city",)).breakdowns["city"]
    assert (len(cities), cities[0].value, cities[1].value) == (100, "city 129", "city 000")


def test_a_workspace_sums_its_links(shelf: Shelf) -> None:
    shelf.store(a_row(workspace_id=3, link_id=1), a_row(workspace_id=3, link_id=2), a_row(workspace_id=4))
    assert shelf.ask(link_id=None, workspace_id=WorkspaceId(3)).totals.clicks == 2


def test_rows_committed_meanwhile_are_seen(shelf: Shelf) -> None:
    for count in range(1, 4):
        shelf.store(a_row())
        assert shelf.ask().totals.clicks == count


def test_words_from_outside_are_values_never_sql(shelf: Shelf) -> None:
    evil = "'); DROP TABLE x; -- \" ${} % ?"
    shelf.store(a_row(referrer=evil))
    assert shelf.ask(breakdowns=("referrer",)).breakdowns["referrer"][0].value == evil


def test_compaction_and_vacuum_between_snapshot_and_query_are_survived(shelf: Shelf) -> None:
    for _ in range(5):
        shelf.store(a_row())
    shelf.statistics._files.refresh(at_once=True)
    lake = ClickLake(shelf.url)
    assert lake.compact_if_due()
    lake._table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    shelf.statistics._files._fresh_until = float("inf")  # The query takes the old snapshot, whose files are gone.
    assert shelf.ask().totals.clicks == 5


def test_queries_during_ingest_compaction_and_vacuum_never_see_less_than_was_stored(shelf: Shelf) -> None:
    lake, stored = ClickLake(shelf.url), 0

    def ask() -> tuple[int, int]:
        before = stored
        return before, shelf.ask(breakdowns=("app",)).totals.clicks

    with ThreadPoolExecutor(2) as pool:
        for round_ in range(60):
            asked = pool.submit(ask)
            assert lake.commit(click_table([a_row()]), positions={SPOOL: round_ + 1})
            lake.compact_if_due()
            if round_ % 20 == 19:
                lake._table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
            shelf.statistics._files.refresh(at_once=True)
            stored += 1
            before, seen = asked.result()
            assert before <= seen <= stored


def test_many_threads_get_their_own_answers(shelf: Shelf) -> None:
    shelf.store(*(a_row(link_id=link) for link in range(1, 9) for _ in range(link)))
    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(lambda link: (link, shelf.ask(link_id=LinkId(link)).totals.clicks), list(range(1, 9)) * 3)
        )
    assert all(link == clicks for link, clicks in found)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/liulian-escape.csv'",
        "ATTACH '/tmp/liulian-escape.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "SET enable_external_access = true",
    ],
)
def test_the_engine_is_fenced_in(tmp_path: Path, text: str) -> None:
    engine = Engine(lake_folder=tmp_path / "lake", temp_folder=tmp_path / "temp")
    with pytest.raises((duckdb.Error, FileVanished)):
        engine.run(Statement(text, []))
    engine.close()


def test_a_query_that_takes_too_long_is_interrupted(tmp_path: Path) -> None:
    engine = Engine(lake_folder=None, temp_folder=tmp_path, query_s=0.05)
    with pytest.raises(TookTooLong):
        engine.run(Statement("SELECT count(*) FROM range(1000000000) a, range(1000000000) b", []))
    assert engine.run(Statement("SELECT 1", [])) == [(1,)]
    engine.close()


def test_a_statement_without_a_limit_is_refused(tmp_path: Path) -> None:
    engine = Engine(lake_folder=None, temp_folder=tmp_path)
    with pytest.raises(ValueError, match="LIMIT"):
        engine.run(Statement("SELECT * FROM range(10001)", []))
    engine.close()


def test_a_lake_elsewhere_is_read_through_arrow(shelf: Shelf) -> None:
    shelf.store(a_row(app="qq"), a_row(link_id=2))
    shelf.statistics._files.folder = None  # As with s3://: no file may be opened by DuckDB itself.
    assert shelf.ask(breakdowns=("app",)).breakdowns == {"app": (Value("qq", 1, 1, 1),)}


def test_the_command_line_reads_the_lake_by_itself(shelf: Shelf) -> None:
    shelf.store(a_row(), a_row("2026-11-21T00:00:00+08:00"))
    since, until = (datetime.fromisoformat(text) for text in ("2026-11-20T00:00+08:00", "2026-11-23T00:00+08:00"))
    stats = asyncio.run(link_stats_of(shelf.url, LinkId(1), since=since, until=until, zone=SHANGHAI))
    assert [point.clicks for point in stats.series] == [0, 1, 1]
