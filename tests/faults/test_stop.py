"""Stopping in order: within ten seconds, with every click stored and no address left behind."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.faults.stored import stored_clicks
from tests.faults.visitors import Visitors
from tests.installation import Installation


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_program_ends_within_ten_seconds_and_stores_every_click(
    tmp_path: Path, number: signal.Signals
) -> None:
    installation = Installation(tmp_path / "data")
    installation.start()
    link = installation.create_link()
    async with Visitors(installation.port, "/" + link["slug"]) as visitors:
        while len(visitors.answered) < 1_000:
            await asyncio.sleep(0.02)

    took_s = installation.stop(number)

    stored = stored_clicks(installation.data_dir)
    assert took_s < 10
    assert installation.processes() == []
    assert not visitors.answered - stored.keys()
    assert not list((tmp_path / "data" / "spool").rglob("*.seg")), "addresses were left behind"
