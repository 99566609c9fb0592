"""What the doctor says of the spool: a worker that does not run is noticed, also where hardly anybody comes."""

from pathlib import Path
from time import monotonic, time

import pytest

from liulian.base.meters import Meters
from liulian.clicks import spool_writer
from liulian.clicks.spool import position_of, segment_numbers
from liulian.clicks.spool_reader import SpoolReader
from liulian.clicks.spool_slot import claim_slot
from liulian.clicks.spool_writer import SpoolWriter
from liulian.config import Settings, read_settings
from liulian.doctor import LAG_MAX_S, look_at_spool

LATER_S = LAG_MAX_S + 60


def settings_of(folder: Path) -> Settings:
    return read_settings({"LIULIAN_DATA_DIR": str(folder)})


def a_writer(folder: Path) -> SpoolWriter:
    return SpoolWriter(claim_slot(settings_of(folder).spool_dir), meters=Meters.unshared(), segment_bytes=4_096)


def click(writer: SpoolWriter) -> None:
    assert writer.append(7, 3, 21, 1, b"", b"GET /abc HTTP/1.1\r\n\r\n")


def finish(writer: SpoolWriter) -> None:
    """Click once, and let the file be finished as it is after a minute."""
    click(writer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool_writer, "monotonic", lambda: monotonic() + spool_writer.AGE_MAX_S + 1)
        writer.turn()


async def said_after(seconds: float, folder: Path) -> dict[str, dict[str, str | int]]:
    findings = await look_at_spool(settings_of(folder), clock=lambda: time() + seconds)
    return {finding.key: finding.params for finding in findings}


async def test_one_click_that_nobody_stores_is_noticed(tmp_path: Path) -> None:
    click(a_writer(tmp_path))

    assert (await said_after(LATER_S, tmp_path))["not_stored"] == {"minutes": 4}


async def test_one_click_in_a_finished_file_that_nobody_stores_is_noticed(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    finish(writer)

    assert "not_stored" in await said_after(LATER_S, tmp_path)


async def test_a_click_of_a_moment_ago_is_no_problem(tmp_path: Path) -> None:
    click(a_writer(tmp_path))

    assert list(await said_after(LAG_MAX_S - 60, tmp_path)) == ["spool"]


async def test_a_quiet_server_whose_clicks_are_stored_is_no_problem(tmp_path: Path) -> None:
    writer = a_writer(tmp_path)
    finish(writer)
    stored = position_of(segment_numbers(writer.slot.folder)[-1], 0)
    SpoolReader(settings_of(tmp_path).spool_dir, writer.slot.spool_id).delete_before(stored)

    assert list(await said_after(LATER_S, tmp_path)) == ["spool"]


async def test_an_installation_that_was_never_started_is_no_problem(tmp_path: Path) -> None:
    assert list(await said_after(LATER_S, tmp_path)) == ["spool"]
