"""Everything goes into one file while the program runs, and another installation goes on from it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import KINDS, unused_postgres
from tests.installation import Installation
from tests.journeys.journey import BROWSER, Visitor, noon_zone, started, stats_of, wait_for_requests

LANDING = "https://example.com/landing"
TOTALS_S = 10.0


@pytest.fixture(params=KINDS)
async def settings(request: pytest.FixtureRequest) -> AsyncIterator[dict[str, str]]:
    """The settings of the installation that is restored to: the backup always comes from SQLite."""
    if request.param == "sqlite":
        yield {}
        return
    async with unused_postgres(f"liulian_restored_{os.getpid()}") as url:
        yield {"LIULIAN_DATABASE_URL": url}


def test_another_installation_goes_on_from_a_backup_made_while_running(
    settings: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    (tmp_path / "old").mkdir()
    with started(tmp_path / "old") as old:
        link = old.create_link(LANDING)
        key = old.run("api-key", "create", "--name", "test").stdout.strip()
        wish = {"destination": LANDING, "title": "夏日茶饮"}
        found = old.request("/api/v1/links", method="POST", token=key, body=wish)
        own_text(old).write_text("Ours\n\nWe keep little.\n")
        click(old, link, times=5)
        wait_for_clicks(old, link, 5)

        written = old.run("backup", str(file))

        later = old.create_link("https://example.com/later")
        click(old, link, times=3)
    assert written.returncode == 0, written.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.glob("backup*")) == [file]

    new = Installation(tmp_path / "new", workers=2, LIULIAN_TIME_ZONE=noon_zone(), **settings)
    restored = new.run("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    new.start()
    try:
        assert shown(new, link)["clicks"] == 5
        listed = new.request("/api/v1/links?q=%E8%8C%B6%E9%A5%AE", token=key)["links"]
        assert [each["id"] for each in listed] == [found["id"]]
        assert own_text(new).read_text().startswith("Ours")
        assert visit(new, later) == (404, None)
        click(new, link, times=2)
        wait_for_clicks(new, link, 7)
    finally:
        new.stop()


def test_restore_touches_nothing_that_is_in_use(tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    with started(tmp_path) as installation:
        link = installation.create_link(LANDING)
        assert installation.run("backup", str(file)).returncode == 0

        refused = installation.run("restore", str(file))

        assert refused.returncode == 1
        assert "Nothing was changed" in refused.stderr
        assert visit(installation, link) == (302, LANDING)


def test_damaged_backup_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    with started(tmp_path) as installation:
        assert installation.run("backup", str(file)).returncode == 0
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    new = Installation(tmp_path / "new")

    refused = new.run("restore", str(file))

    assert refused.returncode == 1
    assert "no complete backup" in refused.stderr
    assert not (tmp_path / "new").exists()


def test_backup_under_another_secret_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    with started(tmp_path) as installation:
        assert installation.run("backup", str(file)).returncode == 0
    new = Installation(tmp_path / "new", LIULIAN_SECRET_KEY="another secret of thirty-two letters")

    refused = new.run("restore", str(file))

    assert refused.returncode == 1
    assert "LIULIAN_SECRET_KEY" in refused.stderr


def own_text(installation: Installation) -> Path:
    folder = installation.data_dir / "texts"
    folder.mkdir(exist_ok=True)
    return folder / "privacy.en.txt"


def click(installation: Installation, link: dict[str, Any], *, times: int) -> None:
    for _ in range(times):
        assert visit(installation, link) == (302, LANDING)


def visit(installation: Installation, link: dict[str, Any]) -> tuple[int, str | None]:
    with Visitor(installation, BROWSER) as visitor:
        return visitor.ask("/" + link["slug"])


def wait_for_clicks(installation: Installation, link: dict[str, Any], clicks: int) -> None:
    """Wait until the statistics and the link's own number say the same."""
    wait_for_requests(installation, link, clicks)
    assert stats_of(installation, link)["totals"]["clicks"] == clicks
    installation.wait_until(lambda: shown(installation, link)["clicks"] == clicks, limit_s=TOTALS_S)


def shown(installation: Installation, link: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = installation.request(f"/api/v1/links/{link['id']}", token=link["manage_token"])
    return found
