"""The spool: nothing acknowledged is lost, nothing is read twice, nothing half-written is ever believed."""

import errno
import os
from pathlib import Path

import pytest

from liulian.base.meters import Meter, Meters
from liulian.clicks import spool_writer
from liulian.clicks.spool import FIRST_OFFSET, RECORD_BYTES_MAX, position_of, segment_numbers, segment_path, spool_ids
from liulian.clicks.spool_reader import SpoolReader
from liulian.clicks.spool_slot import claim_slot
from liulian.clicks.spool_writer import SpoolWriter

SMALL = 4_096
HEAD = b"GET /abc?from=timeline HTTP/1.1\r\nHost: x\r\nUser-Agent: y\r\n\r\n"


def a_writer(root: Path, *, segment_bytes: int = SMALL) -> SpoolWriter:
    return SpoolWriter(claim_slot(root), meters=Meters.unshared(), segment_bytes=segment_bytes)


def append(writer: SpoolWriter, link_id: int = 7, *, head: bytes = HEAD) -> bool:
    return writer.append(link_id, 3, 21, 1, b"\x01\x02\x03\x04", head)


def read_all(root: Path, spool_id: str, position: int = 0) -> list[int]:
    reader, ids = SpoolReader(root, spool_id), []
    while (batch := reader.read(position, limit=10)).records:
        ids += [record.link_id for record in batch.records]
        position = batch.position
    return ids


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)

    assert append(writer)

    (record,) = SpoolReader(tmp_path, writer.slot.spool_id).read(0, limit=10).records
    assert record.position == position_of(1, FIRST_OFFSET)
    assert (record.link_id, record.workspace_id, record.visitor_class, record.outcome) == (7, 3, 21, 1)
    assert (record.address, record.head) == (b"\x01\x02\x03\x04", HEAD)


def test_records_are_read_once_and_in_order_over_many_segments(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)

    for link_id in range(500):
        append(writer, link_id)

    assert len(segment_numbers(writer.slot.folder)) > 5
    assert read_all(tmp_path, writer.slot.spool_id) == list(range(500))


def test_a_reader_that_caught_up_sees_what_is_written_next(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    append(writer, 1)
    reader = SpoolReader(tmp_path, writer.slot.spool_id)
    position = reader.read(0, limit=10).position

    assert not reader.read(position, limit=10).records
    append(writer, 2)

    assert [record.link_id for record in reader.read(position, limit=10).records] == [2]


def test_a_damaged_record_is_not_yet_there_and_torn_once_the_next_segment_has_begun(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    append(writer, 1)
    append(writer, 2)
    spool_id = writer.slot.spool_id
    reader = SpoolReader(tmp_path, spool_id)
    second = reader.read(0, limit=1).position
    with segment_path(writer.slot.folder, 1).open("r+b") as file:
        file.seek((second & 0xFFFFFFFF) + 40)
        file.write(b"\xff")

    waiting = reader.read(0, limit=10)
    writer.close()
    after = a_writer(tmp_path)
    append(after, 3)
    finished = reader.read(waiting.position, limit=10)

    assert [record.link_id for record in waiting.records] == [1]
    assert waiting.torn == 0
    assert [record.link_id for record in finished.records] == [3]
    assert finished.torn == 1


def test_the_next_process_takes_the_same_spool_and_never_a_number_again(tmp_path: Path) -> None:
    first = a_writer(tmp_path)
    append(first, 1)
    first.close()
    position = SpoolReader(tmp_path, first.slot.spool_id).read(0, limit=10).position
    SpoolReader(tmp_path, first.slot.spool_id).delete_before(position)

    second = a_writer(tmp_path)
    append(second, 2)

    assert spool_ids(tmp_path) == [first.slot.spool_id] == [second.slot.spool_id]
    assert read_all(tmp_path, second.slot.spool_id, position) == [2]


def test_two_living_processes_have_two_spools(tmp_path: Path) -> None:
    first, second = a_writer(tmp_path), a_writer(tmp_path)

    assert spool_ids(tmp_path) == sorted([first.slot.spool_id, second.slot.spool_id])


def test_only_consumed_and_finished_segments_are_deleted(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    for link_id in range(100):
        append(writer, link_id)
    reader = SpoolReader(tmp_path, writer.slot.spool_id)
    batch = reader.read(0, limit=70)

    reader.delete_before(batch.position)

    assert segment_numbers(writer.slot.folder)[0] == batch.position >> 32
    assert read_all(tmp_path, writer.slot.spool_id, batch.position) == list(range(70, 100))


def test_the_last_segment_of_a_dead_writer_is_deleted_once_it_was_read(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    append(writer)
    reader = SpoolReader(tmp_path, writer.slot.spool_id)
    position = reader.read(0, limit=10).position

    reader.delete_before(position)
    assert segment_numbers(writer.slot.folder)
    writer.close()
    reader.delete_before(position)

    assert segment_numbers(writer.slot.folder) == []


def test_a_full_disk_drops_and_counts_and_heals_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meters, clock = Meters.unshared(), [100.0]
    monkeypatch.setattr(spool_writer, "monotonic", lambda: clock[0])
    writer = SpoolWriter(claim_slot(tmp_path), meters=meters, segment_bytes=SMALL)
    with monkeypatch.context() as full_disk:
        full_disk.setattr(os, "posix_fallocate", _no_space)
        assert not append(writer, 1)
    assert not append(writer, 2), "the disk is not asked again at once"
    assert segment_numbers(writer.slot.folder) == []

    clock[0] += 1
    assert append(writer, 3)

    assert meters.counts[Meter.DROPPED] == 2
    assert meters.counts[Meter.SPOOLED] == 1
    assert read_all(tmp_path, writer.slot.spool_id) == [3]


def test_an_old_segment_is_finished_so_that_its_addresses_can_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(spool_writer, "monotonic", lambda: clock[0])
    writer = a_writer(tmp_path)
    append(writer, 1)
    reader = SpoolReader(tmp_path, writer.slot.spool_id)
    position = reader.read(0, limit=10).position

    clock[0] += spool_writer.AGE_MAX_S + 1
    writer.turn()
    reader.delete_before(position)  # Where the lake stands: nothing came after it that it could have stored.

    assert segment_numbers(writer.slot.folder) == [2]


def test_segments_are_used_in_order_also_when_one_was_prepared(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    for link_id in range(200):
        if writer.wants_next:
            writer.prepare()
        append(writer, link_id)

    assert read_all(tmp_path, writer.slot.spool_id) == list(range(200))


def test_a_record_that_is_too_long_is_dropped_not_torn(tmp_path: Path) -> None:
    writer = a_writer(tmp_path, segment_bytes=1 << 20)

    assert not append(writer, head=b"x" * RECORD_BYTES_MAX)
    assert append(writer, 2)

    assert read_all(tmp_path, writer.slot.spool_id) == [2]


def test_spool_files_are_readable_by_nobody_else(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    append(writer)

    modes = {path.stat().st_mode & 0o077 for path in writer.slot.folder.iterdir()}
    assert modes == {0}
    assert writer.slot.folder.stat().st_mode & 0o077 == 0


def test_a_finished_segment_is_brought_to_the_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, synced = a_writer(tmp_path), list[str]()
    monkeypatch.setattr(os, "fdatasync", lambda fd: synced.append(Path(f"/proc/self/fd/{fd}").readlink().name))
    for link_id in range(100):
        append(writer, link_id)

    writer.sync()
    writer.sync()

    assert synced == [f"{number:08x}.seg" for number in segment_numbers(writer.slot.folder)]


def test_old_segments_do_not_pile_up_where_nobody_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(spool_writer, "monotonic", lambda: clock[0])
    writer = a_writer(tmp_path)

    for link_id in range(10):
        append(writer, link_id)
        clock[0] += spool_writer.AGE_MAX_S + 1
        writer.turn()

    assert len(segment_numbers(writer.slot.folder)) == 2
    assert read_all(tmp_path, writer.slot.spool_id) == list(range(10))


def test_nothing_is_deleted_before_it_is_safe_elsewhere(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    for link_id in range(100):
        append(writer, link_id)
    reader = SpoolReader(tmp_path, writer.slot.spool_id)
    position, seen = reader.read(0, limit=1_000).position, list[list[int]]()

    reader.delete_before(position, make_safe=lambda: seen.append(segment_numbers(writer.slot.folder)))
    reader.delete_before(position, make_safe=lambda: seen.append([]))

    assert len(seen) == 1, "it is asked for only where something is deleted"
    assert len(seen[0]) > 1


def _no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
