"""Links come in from a file and go out again: by the command line, and by the API while redirects go on."""

import csv
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.journeys.journey import BROWSER, Visitor, started

GOOD, FAILED = 0, 1
ROWS = "url,slug\nhttps://example.com/1,tea\nhttps://example.com/2,console\n"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An installation that was never started."""
    return Installation(tmp_path / "data")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with started(tmp_path_factory.mktemp("running"), workers=1) as installation:
        yield installation


def written(folder: Path, rows: str = ROWS) -> str:
    path = folder / "links.csv"
    path.write_text(rows)
    return str(path)


def test_file_is_imported_without_a_server(installation: Installation, tmp_path: Path) -> None:
    file = written(tmp_path)

    tried = installation.run("import", file, "--dry-run")
    done = installation.run("import", file)
    again = installation.run("import", file)

    assert [each.returncode for each in (tried, done, again)] == [GOOD] * 3
    refusal = "Row 2: “console” is reserved for the system. Try another one.\n"
    assert tried.stdout == f"Dry run: 1 would be created, 0 passed over, 1 fail. Nothing was made.\n{refusal}"
    assert done.stdout == f"Created 1, passed over 0, failed 1.\n{refusal}"
    assert again.stdout == f"Created 0, passed over 1, failed 1.\n{refusal}"


def test_columns_can_be_named(installation: Installation, tmp_path: Path) -> None:
    file = written(tmp_path, "where,what\nhttps://example.com/1,Tea\n")

    unnamed = installation.run("import", file)
    named = installation.run("import", file, "--column", "destination=where", "--column", "title=what")

    assert (unnamed.returncode, unnamed.stderr) == (FAILED, "Choose the column that says where the links lead.\n")
    assert named.stdout == "Created 1, passed over 0, failed 0.\n"


def test_what_is_no_table_is_a_sentence(installation: Installation, tmp_path: Path) -> None:
    done = installation.run("import", written(tmp_path, "url\n"))

    assert (done.returncode, done.stdout) == (FAILED, "")
    assert done.stderr == "There are no rows in this file. Its first line names the columns, the links follow.\n"


def test_links_are_exported_into_the_kind_of_file_that_is_asked_for(installation: Installation, tmp_path: Path) -> None:
    installation.run("import", written(tmp_path))

    for ending in ("csv", "json", "zip"):
        done = installation.run("export", str(tmp_path / f"out.{ending}"))
        assert (done.returncode, done.stdout) == (GOOD, f"{tmp_path}/out.{ending} is complete.\n")
    other = installation.run("export", str(tmp_path / "out.txt"))

    assert (other.returncode, other.stdout) == (FAILED, "")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        assert [row["slug"] for row in csv.DictReader(file)] == ["tea"]
    assert json.loads((tmp_path / "out.json").read_text())["links"][0]["destination"] == "https://example.com/1"
    assert "links.csv" in zipfile.ZipFile(tmp_path / "out.zip").namelist()
    assert not list(tmp_path.glob("*.part"))


def test_imported_links_open_at_once(running: Installation, tmp_path: Path) -> None:
    running.run("import", written(tmp_path, "url,slug\nhttps://example.com/1,imported\n"))

    with Visitor(running, BROWSER) as visitor:
        assert visitor.ask("/imported") == (302, "https://example.com/1")
