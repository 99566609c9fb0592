"""Counters in a mapped file: seen by others at once, continued by the next process, safe from half a file."""

from pathlib import Path

import pytest

from liulian.base.meters import FILE_BYTES, SUFFIX, Meter, Meters, read_all


def read(folder: Path) -> dict[str, dict[Meter, int]]:
    return dict(read_all(folder))


def test_what_a_process_counts_is_read_by_others_at_once(tmp_path: Path) -> None:
    meters = Meters(tmp_path / f"web-1{SUFFIX}")

    meters.counts[Meter.SPOOLED] += 3
    meters.counts[Meter.DROPPED] += 1

    assert {meter: count for meter, count in read(tmp_path)["web-1"].items() if count} == {
        Meter.SPOOLED: 3,
        Meter.DROPPED: 1,
    }


def test_the_next_process_in_a_place_goes_on_counting(tmp_path: Path) -> None:
    path = tmp_path / f"web-1{SUFFIX}"
    Meters(path).counts[Meter.SPOOLED] += 3

    Meters(path).counts[Meter.SPOOLED] += 4

    assert read(tmp_path)["web-1"][Meter.SPOOLED] == 7


def test_what_is_true_only_now_begins_at_zero(tmp_path: Path) -> None:
    path = tmp_path / f"web-1{SUFFIX}"
    Meters(path).counts[Meter.CONNECTIONS_NOW] = 50

    Meters(path)

    assert read(tmp_path)["web-1"][Meter.CONNECTIONS_NOW] == 0


def test_each_process_is_read_by_its_own_name(tmp_path: Path) -> None:
    for name in ("b", "a"):
        Meters(tmp_path / f"{name}{SUFFIX}").counts[Meter.PAGES] += ord(name)

    assert [(name, counts[Meter.PAGES]) for name, counts in read_all(tmp_path)] == [("a", 97), ("b", 98)]


@pytest.mark.parametrize("size", [0, 8, FILE_BYTES - 1, FILE_BYTES + 1])
def test_half_a_file_is_left_out(tmp_path: Path, size: int) -> None:
    (tmp_path / f"broken{SUFFIX}").write_bytes(b"\1" * size)

    assert read(tmp_path) == {}


def test_a_folder_that_is_not_there_holds_no_counters(tmp_path: Path) -> None:
    assert read(tmp_path / "nowhere") == {}


def test_counters_of_a_tool_are_seen_by_nobody(tmp_path: Path) -> None:
    meters = Meters.unshared()

    meters.counts[Meter.SPOOLED] += 1

    assert meters.counts[Meter.SPOOLED] == 1
    assert read(tmp_path) == {}


def test_no_two_counters_share_a_place_and_all_fit_the_file() -> None:
    places = [int(meter) for meter in Meter.__members__.values()]

    assert len(set(places)) == len(places)
    assert max(places) * 8 < FILE_BYTES


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "meters" / f"web-1{SUFFIX}"

    Meters(path)

    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
