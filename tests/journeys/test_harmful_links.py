"""A harmful link: reported, taken down for every process at once, put back; and one that a list names."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.installation import Installation
from tests.journeys.journey import BROWSER, Visitor, started

GOOD, FAILED = 0, 1
SEEN_S = 2.0  # A change is known within 0.2 s; a machine that does much else at once is given more.
LISTED_S = 12.0  # The folder is looked at every five seconds.


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with started(tmp_path_factory.mktemp("running"), LIULIAN_ANONYMOUS_LINKS_PER_HOUR="3") as installation:
        yield installation


def status_of(installation: Installation, path: str) -> int:
    with Visitor(installation, BROWSER) as visitor:
        return visitor.ask(path)[0]


def post(installation: Installation, path: str, **fields: str) -> int:
    """Post a form over a connection of its own and return the status: any of the processes may answer."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=10)
    try:
        connection.request("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def test_link_is_reported_taken_down_and_put_back(running: Installation) -> None:
    running.run("shorten", "https://example.com/", "--slug", "bad")
    note = "asks for\npasswords"
    assert post(running, "/report", url=f"{running.address}/bad", reason="phishing", note=note) == 200

    reports = running.run("safety", "reports")
    assert reports.stdout.endswith("  bad  phishing  asks for passwords\n")

    down = running.run("safety", "disable", "bad", "--reason", "phishing")
    assert (down.returncode, down.stdout.split(";")[0]) == (GOOD, "bad is taken down")
    running.wait_until(lambda: status_of(running, "/bad") == 410, limit_s=SEEN_S)
    assert running.run("safety", "reports").stdout == "No reports are waiting.\n"

    up = running.run("safety", "enable", "bad")
    assert (up.returncode, up.stdout) == (GOOD, "bad leads where it did.\n")
    running.wait_until(lambda: status_of(running, "/bad") == 302, limit_s=SEEN_S)


@pytest.mark.parametrize("typed", ["{address}/whole", "{address}/whole+", "127.0.0.1/whole/open", " whole "])
def test_link_is_taken_down_however_it_is_typed(running: Installation, typed: str) -> None:
    running.run("shorten", "https://example.com/", "--slug", "whole")

    down = running.run("safety", "disable", typed.format(address=running.address), "--reason", "spam")
    up = running.run("safety", "enable", typed.format(address=running.address))

    assert (down.returncode, up.returncode) == (GOOD, GOOD)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("disable", "nobody", "--reason", "spam"), "There is nothing here, or it is not yours to see.\n"),
        (("disable", "bad", "--reason", "dislike"), "Choose one of these reasons: phishing, malware,"),
        (("disable", "http://[/whole", "--reason", "spam"), "There is nothing here, or it is not yours to see.\n"),
        (("disable", "http://127.0.0.1/api/docs", "--reason", "spam"), "There is nothing here, or it is not yours"),
        (("enable", "nobody"), "There is nothing here, or it is not yours to see.\n"),
    ],
)
def test_command_that_cannot_be_done_is_a_sentence(
    running: Installation, command: tuple[str, ...], sentence: str
) -> None:
    done = running.run("safety", *command)

    assert (done.returncode, done.stdout) == (FAILED, "")
    assert done.stderr.startswith(sentence)


def test_listed_destination_is_gone_while_it_is_listed(running: Installation) -> None:
    running.run("shorten", "https://www.example.org/", "--slug", "listed")
    assert status_of(running, "/listed") == 302
    feed = running.data_dir / "feeds" / "bad.txt"
    feed.parent.mkdir()

    feed.write_text("example.org\n")

    running.wait_until(lambda: status_of(running, "/listed") == 410, limit_s=LISTED_S)
    refused = running.run("shorten", "https://example.org/")
    assert (refused.returncode, refused.stdout) == (FAILED, "")
    assert (
        refused.stderr == "example.org is on this server’s list of harmful addresses; no short link can lead there.\n"
    )

    feed.write_text("")
    doctor = running.run("doctor")
    assert doctor.returncode == FAILED
    assert "✗ The list bad.txt cannot be read (empty)." in doctor.stdout

    feed.unlink()
    running.wait_until(lambda: status_of(running, "/listed") == 302, limit_s=LISTED_S)


def test_stranger_makes_as_many_links_as_an_hour_may_have_whichever_process_answers(running: Installation) -> None:
    statuses = [post(running, "/", destination="https://example.com/") for _ in range(8)]

    assert statuses == [201] * 3 + [429] * 5


def test_where_strangers_may_not_make_links_members_still_can(tmp_path: Path) -> None:
    with started(tmp_path, workers=1, LIULIAN_ANONYMOUS_LINKS="off") as installation:
        assert post(installation, "/", destination="https://example.com/") == 403
        assert installation.run("shorten", "https://example.com/").returncode == GOOD
