"""Starting and stopping in order: within ten seconds, with every click stored; and starting while the database is away."""

import signal
import sqlite3
import subprocess
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
            import asyncio

            await asyncio.sleep(0.02)

    took_s = installation.stop(number)

    stored = stored_clicks(installation.data_dir)
    assert took_s < 10
    assert installation.processes() == []
    assert not visitors.answered - stored.keys()
    assert not list((tmp_path / "data" / "spool").rglob("*.seg")), "addresses were left behind"


def test_links_that_are_known_are_answered_while_the_database_is_away(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data", workers=1)
    installation.start()
    link = installation.create_link()
    assert _location(installation, link["slug"]) == "https://example.com/landing"

    with sqlite3.connect(tmp_path / "data" / "liulian.db", isolation_level=None) as lock:
        lock.execute("PRAGMA locking_mode = EXCLUSIVE")
        (tmp_path / "data" / "liulian.db").rename(tmp_path / "data" / "away.db")
        assert _location(installation, link["slug"]) == "https://example.com/landing"
        (tmp_path / "data" / "away.db").rename(tmp_path / "data" / "liulian.db")

    installation.stop()


def _location(installation: Installation, slug: str) -> str:
    done = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{redirect_url}", f"{installation.address}/{slug}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
