"""`kill -9` at random moments under load. A click answered is a click counted, once; nobody is left behind.

LIULIAN_KILLS says how many rounds (10 by default; `make faults` runs 100).
"""

import asyncio
import os
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.faults.stored import stored_clicks
from tests.faults.visitors import Visitors
from tests.installation import Installation

KILLS = int(os.environ.get("LIULIAN_KILLS", "10"))
VICTIMS = ("web", "query", "worker", "supervisor", "all")
SURVIVED = ("web", "query", "worker")  # Where others go on answering.
SETTLE_S = 30.0 + KILLS  # A worker that is killed every second stores little meanwhile, and has to catch up.


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path / "data", workers=2)
    installation.start()
    yield installation
    installation.stop()
    assert installation.processes() == [], "a process outlived its installation"


async def test_no_answered_click_is_lost_and_none_is_stored_twice(installation: Installation) -> None:
    chance = random.Random(20_261_122)
    link = installation.create_link()
    path = "/" + link["slug"]

    async with Visitors(installation.port, path) as visitors:
        for number in range(KILLS):
            await asyncio.sleep(chance.uniform(0.05, 0.8))
            await _kill(installation, VICTIMS[number % len(VICTIMS)], visitors)
        await asyncio.sleep(0.5)

    await asyncio.to_thread(_settle, installation, link, visitors)
    stored = stored_clicks(installation.data_dir)
    assert not visitors.answered - stored.keys(), "answered, and not stored"
    assert stored.keys() <= visitors.answered | visitors.cut_off, "stored, and never sent"
    assert max(stored.values()) == 1
    shown = await asyncio.to_thread(_shown, installation, link)
    assert shown == {"link": len(stored), "statistics": len(stored)}


async def _kill(installation: Installation, victim: str, visitors: Visitors) -> None:
    """Kill, and see that the others go on, or that a new start needs no hand."""
    before = len(visitors.answered)
    if victim == "all":
        installation.kill_all()
    else:
        installation.kill(victim)
    if victim in SURVIVED:
        async with asyncio.timeout(5):
            while len(visitors.answered) < before + 100:
                await asyncio.sleep(0.01)
        async with asyncio.timeout(10):
            while not installation.processes(victim):
                await asyncio.sleep(0.05)
        return
    await asyncio.to_thread(installation.wait_until, lambda: not installation.processes(), limit_s=5)
    await asyncio.to_thread(installation.start)


def _settle(installation: Installation, link: dict[str, str], visitors: Visitors) -> None:
    """Wait until everything answered can be seen in the statistics and on the link, or see below what is missing."""

    def is_settled() -> bool:
        try:
            shown = _shown(installation, link)
        except HTTPError as error:
            if error.code != 503:
                raise
            return False  # The query process is still starting.
        if min(shown.values()) < len(visitors.answered):
            return False
        return set(shown.values()) == {sum(stored_clicks(installation.data_dir).values())}

    with suppress(TimeoutError):
        installation.wait_until(is_settled, limit_s=SETTLE_S)


def _shown(installation: Installation, link: dict[str, str]) -> dict[str, int]:
    """Return the clicks that the API shows, on the link and in its statistics."""
    path, token = f"/api/v1/links/{link['id']}", link["manage_token"]
    return {
        "link": installation.request(path, token=token)["clicks"],
        "statistics": installation.request(f"{path}/stats", token=token)["totals"]["clicks"],
    }
