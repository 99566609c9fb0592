"""Everything goes into one file while the program runs, and another installation goes on from it."""

import http.client
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from tests.databases import KINDS, unused_postgres
from tests.installation import Installation
from tests.journeys.journey import BROWSER, Visitor, noon_zone, started, stats_of, wait_for_requests

LANDING = "https://example.com/landing"
TOTALS_S = 10.0
LAKE_S = 30.0


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


def test_members_their_acts_and_pictures_go_along(settings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    (tmp_path / "old").mkdir()
    with started(tmp_path / "old") as old:
        key = old.run("api-key", "create", "--name", "test").stdout.strip()
        wish = {"template": "tea", "language": "en"}
        community = old.request("/api/v1/communities/from-template", method="POST", token=key, body=wish)
        member = join(old, community["slug"])
        heads = {"kind": "head_count", "key": "1", "at": "2026-03-01T08:00:00Z", "value": 12, "group": "Tea"}
        here = f"/api/v1/communities/{community['id']}"
        old.request(f"{here}/acts", method="POST", token=key, body={"acts": [heads]})
        picture(old).write_bytes(b"a picture")
        old.wait_until(lambda: kinds_in_lake(old) == ["head_count", "join"], limit_s=LAKE_S)

        assert old.run("backup", str(file)).returncode == 0

    new = Installation(tmp_path / "new", workers=1, LIULIAN_TIME_ZONE=noon_zone(), **settings)
    assert new.run("restore", str(file)).returncode == 0
    assert kinds_in_lake(new) == ["head_count", "join"]
    new.start()
    try:
        assert new.request(here, token=key)["members"] == 1
        assert status_of(new, f"/c/{community['slug']}/me", member) == 200
        assert picture(new).read_bytes() == b"a picture"
        acts = {"acts": [heads, heads | {"key": "2"}]}
        told = new.request(f"{here}/acts", method="POST", token=key, body=acts)
        assert [each["is_new"] for each in told["results"]] == [False, True]
        new.wait_until(lambda: kinds_in_lake(new) == ["head_count", "head_count", "join"], limit_s=LAKE_S)
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


def join(installation: Installation, slug: str) -> str:
    """Become a member and return the cookie by which one is known."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", f"/c/{slug}/join", "nickname=Lin", headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 303
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def status_of(installation: Installation, path: str, cookie: str) -> int:
    with Visitor(installation, BROWSER) as visitor:
        return visitor.ask(path, Cookie=cookie)[0]


def kinds_in_lake(installation: Installation) -> list[str]:
    """Return the kinds of all acts in the lake, none while there is no table."""
    folder = installation.data_dir / "lake" / "acts"
    if not DeltaTable.is_deltatable(str(folder)):
        return []
    return sorted(DeltaTable(str(folder)).to_pyarrow_dataset().to_table(columns=["kind"])["kind"].to_pylist())


def picture(installation: Installation) -> Path:
    folder = installation.data_dir / "members"
    folder.mkdir(exist_ok=True)
    return folder / "22222222222.jpg"


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
