"""A disk without room for one spool segment: redirects go on, drops are counted and said, and it heals by itself."""

import http.client
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from liulian.clicks.spool import SEGMENT_BYTES
from tests.faults.stored import stored_clicks
from tests.installation import Installation
from tests.require import require_or_skip

TOO_SMALL, LARGE = "20m", "300m"  # A segment has 32 MiB.
DROPPED, RECORDED = 50, 50
RECOVER_S = 20.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a small disk. Only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or not mount(folder, f"size={TOO_SMALL}"):
        require_or_skip("right to mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def installation(disk: Path) -> Iterator[Installation]:
    installation = Installation(disk / "data", workers=2)
    installation.start()
    yield installation
    installation.stop()
    assert installation.processes() == []


def test_redirects_go_on_while_the_disk_is_full_and_clicks_are_recorded_again_afterwards(
    installation: Installation, disk: Path
) -> None:
    assert SEGMENT_BYTES > 20 << 20
    link = installation.create_link()
    path = "/" + link["slug"]

    assert click(installation, path, range(DROPPED)) == {302: DROPPED}
    assert installation.metrics()["liulian_requests_dropped_total"] == DROPPED
    assert installation.metrics()["liulian_requests_recorded_total"] == 0
    said = installation.run("doctor")
    assert said.returncode == 1
    assert f"✗ {DROPPED} clicks were answered but not recorded because the disk was full." in said.stdout

    assert mount(disk, f"remount,size={LARGE}")
    installation.wait_until(lambda: is_recording(installation, path), limit_s=RECOVER_S)
    before = installation.metrics()
    assert click(installation, path, range(DROPPED, DROPPED + RECORDED)) == {302: RECORDED}

    after = installation.metrics()
    recorded = after["liulian_requests_recorded_total"]
    assert recorded == before["liulian_requests_recorded_total"] + RECORDED
    assert after["liulian_requests_dropped_total"] == before["liulian_requests_dropped_total"]
    installation.wait_until(lambda: shown(installation, link) == recorded, limit_s=RECOVER_S)
    stored = stored_clicks(installation.data_dir)
    assert set(range(DROPPED, DROPPED + RECORDED)) <= stored.keys()
    assert not set(range(DROPPED)) & stored.keys()


def mount(folder: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "liulian-test", str(folder)]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0


def click(installation: Installation, path: str, numbers: range) -> Counter[int]:
    """Click with numbers that the lake keeps, each on a connection of its own: every process gets some."""
    return Counter(_status(installation, f"{path}?utm_content={number}") for number in numbers)


def is_recording(installation: Installation, path: str) -> bool:
    """Tell whether every process has a segment again, and drops nobody."""
    spools = [folder for folder in (installation.data_dir / "spool").iterdir() if folder.is_dir()]
    if not all(any(folder.glob("*.seg")) for folder in spools):
        return False
    before = installation.metrics()["liulian_requests_dropped_total"]
    click(installation, path, range(1_000, 1_020))
    return installation.metrics()["liulian_requests_dropped_total"] == before


def _status(installation: Installation, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=10)
    try:
        connection.request("GET", path, headers={"User-Agent": "Mozilla/5.0 Chrome/126"})
        return connection.getresponse().status
    finally:
        connection.close()


def shown(installation: Installation, link: dict[str, str]) -> int:
    stats = installation.request(f"/api/v1/links/{link['id']}/stats", token=link["manage_token"])
    clicks: int = stats["totals"]["clicks"]
    return clicks
