"""`kill -9` in the middle of an import. Every row is dealt with, once, and whoever looks is told the truth."""

import json
import sqlite3
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.installation import Installation

ROWS = 6_000
KILLS = 2
LIMIT_S = 60.0  # A lease of a killed worker ends after fifteen seconds.


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path / "data", workers=1)
    installation.start()
    yield installation
    installation.stop()
    assert installation.processes() == [], "a process outlived its installation"


def test_every_row_is_imported_once_though_its_worker_is_killed(installation: Installation) -> None:
    token = installation.run("api-key", "create", "--name", "import").stdout.strip()
    rows = "url,slug,tags\n" + "".join(f"https://example.com/{n},row-{n},spring\n" for n in range(ROWS))
    path = f"/api/v1/imports/{upload(installation, rows, token=token)['id']}"
    installation.request(f"{path}/start", method="POST", token=token, body={"dry_run": False})

    for kill in range(1, KILLS + 1):
        wait_for_row(installation, path, token=token, row=kill * ROWS // (KILLS + 2))
        installation.kill("worker")
    done = wait_for_row(installation, path, token=token, row=ROWS)

    while done["state"] == "running":
        done = installation.request(path, token=token)
    assert (done["state"], done["created"], done["skipped"], done["failed"]) == ("done", ROWS, 0, 0)
    with sqlite3.connect(installation.data_dir / "liulian.db") as database:
        links = database.execute("SELECT slug, destination FROM links ORDER BY slug").fetchall()
        numbers = database.execute("SELECT number FROM import_rows WHERE state = 'created' ORDER BY number").fetchall()
        tagged = database.execute("SELECT COUNT(*) FROM link_tags").fetchone()
    database.close()
    assert links == sorted((f"row-{n}", f"https://example.com/{n}") for n in range(ROWS))
    assert numbers == [(number,) for number in range(1, ROWS + 1)]
    assert tagged == (ROWS,)


def upload(installation: Installation, rows: str, *, token: str) -> Any:
    """Send a file as a browser does."""
    edge = uuid.uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="links.csv"\r\n\r\n'
    request = urllib.request.Request(
        f"{installation.address}/api/v1/imports",
        data=f"{head}{rows}\r\n--{edge}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={edge}", "Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def wait_for_row(installation: Installation, path: str, *, token: str, row: int) -> Any:
    """Return an import once it has come to a row."""
    until = time.monotonic() + LIMIT_S
    while (task := installation.request(path, token=token))["position"] < row:
        assert time.monotonic() < until, task
        time.sleep(0.02)
    return task
