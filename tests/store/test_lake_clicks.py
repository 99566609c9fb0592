"""The table of clicks: stored once, whatever happens around it."""

import os
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from liulian.lake.clicks import ClickLake
from liulian.lake.table import COMPACT_EVERY, VACUUM_EVERY_S
from tests.lake_rows import a_row, click_table

SPOOL = "aaaaaaaa-0001"


@pytest.fixture
def lake_url(tmp_path: Path) -> str:
    # Whoever keeps the data in a folder with such a name must not notice.
    return str(tmp_path / "数据 & '1'#" / "lake")


def rows(first: int, *, count: int = 1, link_id: int = 1, spool: str = SPOOL) -> pa.Table:
    return click_table([a_row(position=first + n, link_id=link_id, spool=spool) for n in range(count)])


def stored(lake_url: str) -> list[int]:
    table = DeltaTable(f"{lake_url}/clicks").to_pyarrow_dataset().to_table(columns=["position"])
    return sorted(table.column("position").to_pylist())


def test_a_commit_stores_rows_and_the_position_they_reach(lake_url: str) -> None:
    lake = ClickLake(lake_url)
    assert lake.position(SPOOL) == 0
    assert lake.commit(rows(0, count=3), positions={SPOOL: 3, "aaaaaaaa-0002": 70})
    for same in (lake, ClickLake(lake_url)):
        assert (same.position(SPOOL), same.position("aaaaaaaa-0002")) == (3, 70)
    assert stored(lake_url) == [0, 1, 2]


def test_a_commit_on_an_old_snapshot_is_refused_and_stores_nothing(lake_url: str) -> None:
    ours, theirs = ClickLake(lake_url), ClickLake(lake_url)
    assert theirs.commit(rows(0, count=3), positions={SPOOL: 3})
    assert not ours.commit(rows(0, count=3), positions={SPOOL: 3})
    assert stored(lake_url) == [0, 1, 2]
    assert ours.position(SPOOL) == 3


def test_ingesters_of_different_spools_do_not_hinder_each_other(lake_url: str) -> None:
    ours, theirs = ClickLake(lake_url), ClickLake(lake_url)
    assert theirs.commit(rows(0, spool="bbbbbbbb-0001"), positions={"bbbbbbbb-0001": 1})
    assert ours.commit(rows(0), positions={SPOOL: 1})
    assert len(stored(lake_url)) == 2


def test_positions_survive_checkpoints_and_the_end_of_old_log_entries(lake_url: str) -> None:
    lake, sleeper = ClickLake(lake_url), ClickLake(lake_url)
    for position in range(120):
        assert lake.commit(rows(position), positions={SPOOL: position + 1})
    sleeper.refresh()
    assert sleeper.position(SPOOL) == ClickLake(lake_url).position(SPOOL) == 120


def test_counting_a_range_of_positions_counts_clicks_and_humans_by_link(lake_url: str) -> None:
    lake = ClickLake(lake_url)
    table = click_table(
        [
            a_row(position=10, link_id=1),
            a_row(position=11, link_id=1, outcome="open", flags=1),
            a_row(position=12, link_id=2, outcome="head"),
            a_row(position=13, link_id=3),
            a_row(position=14, link_id=3),
        ]
    )
    assert lake.commit(table, positions={SPOOL: 15})
    assert lake.count_between(SPOOL, from_position=10, until_position=14) == {1: (2, 1), 3: (1, 1)}
    assert lake.count_between("bbbbbbbb-0001", from_position=0, until_position=99) == {}


def test_small_files_are_put_together_without_losing_a_row(lake_url: str) -> None:
    lake = ClickLake(lake_url)
    lake.compact_if_due()
    for position in range(COMPACT_EVERY):
        assert not lake.compact_if_due()
        lake.commit(rows(position), positions={SPOOL: position + 1})
    assert lake.compact_if_due()
    assert len(DeltaTable(f"{lake_url}/clicks").file_uris()) == 1
    assert stored(lake_url) == list(range(COMPACT_EVERY))
    assert lake.position(SPOOL) == COMPACT_EVERY


def test_vacuum_removes_what_a_killed_process_left_but_nothing_young(lake_url: str) -> None:
    lake = ClickLake(lake_url)
    lake.commit(rows(0), positions={SPOOL: 1})
    day = next((Path(lake_url) / "clicks").glob("day=*"))
    orphan, young = day / "part-orphan.zstd.parquet", day / "part-young.zstd.parquet"
    orphan.write_bytes(b"half")
    os.utime(orphan, (0, 0))
    young.write_bytes(b"half")
    assert lake.vacuum_if_due(now_s=0) == 1
    assert (orphan.exists(), young.exists()) == (False, True)
    assert lake.vacuum_if_due(now_s=VACUUM_EVERY_S - 1) == 0
    assert stored(lake_url) == [0]


def test_two_ingesters_writing_the_same_spool_store_every_row_once(lake_url: str) -> None:
    def ingest(lake: ClickLake, done: list[int]) -> None:
        while (position := lake.position(SPOOL)) < 60:
            done.append(lake.commit(rows(position, count=3), positions={SPOOL: position + 3}))

    lakes, done = [ClickLake(lake_url), ClickLake(lake_url)], list[int]()
    threads = [Thread(target=ingest, args=(lake, done)) for lake in lakes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 20
    assert stored(lake_url) == list(range(60))


def test_a_folder_the_engines_cannot_handle_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="may not have"):
        ClickLake(str(tmp_path / "100%"))
