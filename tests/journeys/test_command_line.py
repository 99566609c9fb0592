"""The command line as an administrator types it: words on standard output, sentences on standard error, exit codes."""

import re
import socket
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from liulian.__about__ import __version__
from tests.installation import Installation
from tests.journeys.journey import BROWSER, WECHAT, Visitor, started, wait_for_requests

GOOD, FAILED, USAGE = 0, 1, 2


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An installation that was never started."""
    return Installation(tmp_path / "data")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with started(tmp_path_factory.mktemp("running"), workers=1) as installation:
        yield installation


def test_the_version_is_said(installation: Installation) -> None:
    done = installation.run("--version")

    assert (done.returncode, done.stdout) == (GOOD, f"liulian {__version__}\n")


def test_without_a_command_the_commands_are_listed(installation: Installation) -> None:
    done = installation.run()

    assert done.returncode == USAGE
    for command in ("serve", "edge", "worker", "shorten", "stats", "api-key", "geo", "doctor", "recognise"):
        assert command in done.stdout + done.stderr


def test_a_link_is_made_on_an_installation_that_was_never_started(installation: Installation) -> None:
    made = installation.run("shorten", "https://example.com/tea", "--slug", "茶饮", "--title", "Tea")
    again = installation.run("shorten", "https://example.com/tea", "--slug", "茶饮")

    assert (made.returncode, made.stderr) == (GOOD, "")
    assert made.stdout == f"{installation.address}/%E8%8C%B6%E9%A5%AE\n"
    assert (again.returncode, again.stdout) == (FAILED, "")
    assert again.stderr == "“茶饮” is already taken. Try another one.\n"


def test_a_link_made_here_is_followed_there(running: Installation) -> None:
    short_url = running.run("shorten", "https://example.com/tea").stdout.strip()

    with Visitor(running, BROWSER) as visitor:
        assert visitor.ask(short_url.removeprefix(running.address)) == (302, "https://example.com/tea")


def test_a_short_url_has_the_public_origin(installation: Installation) -> None:
    done = installation.run("shorten", "https://example.com/", LIULIAN_BASE_URL="https://lnk.example.com/")

    assert re.fullmatch(r"https://lnk\.example\.com/\w{7}\n", done.stdout)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.com", "A destination begins with https:// or http://, not with ftp:."),
        ("http://127.0.0.1/", "127.0.0.1 is an address inside a private network; other people cannot open it."),
        ("https://lnk.example.com/x", "lnk.example.com is this very server; a short link cannot lead to itself."),
    ],
)
def test_a_destination_that_is_refused_is_a_sentence(installation: Installation, url: str, sentence: str) -> None:
    done = installation.run("shorten", url, LIULIAN_BASE_URL="https://lnk.example.com")

    assert (done.returncode, done.stdout, done.stderr) == (FAILED, "", sentence + "\n")


def test_statistics_are_printed_by_day_with_a_total(running: Installation) -> None:
    link = running.create_link()
    with Visitor(running, BROWSER) as browser, Visitor(running, WECHAT) as wechat, Visitor(running, "curl/8") as curl:
        for visitor in (browser, browser, wechat, curl):
            visitor.ask("/" + link["slug"])
    wait_for_requests(running, link, 4)

    done = running.run("stats", link["slug"], "--days", "2")

    assert (done.returncode, done.stderr) == (GOOD, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["Day", "Clicks", "By", "people", "Visitors"]
    assert lines[-2][1:4] == ["4", "3", "2"]
    assert lines[-1] == ["Total", "4", "3", "2"]


def test_statistics_of_no_link_are_a_sentence(installation: Installation) -> None:
    done = installation.run("stats", "nobody")

    assert (done.returncode, done.stdout) == (FAILED, "")
    assert done.stderr == "There is nothing here, or it is not yours to see.\n"


def test_a_key_is_made_listed_used_and_revoked(running: Installation) -> None:
    made = running.run("api-key", "create", "--name", "shop")
    token = made.stdout.strip()
    assert (made.returncode, made.stderr) == (GOOD, "")
    assert re.fullmatch(r"ll_[\w-]{43}", token)
    assert running.request("/api/v1/links", token=token)["links"] is not None

    listed = running.run("api-key", "list")
    key_id, _, name = listed.stdout.split()
    assert name == "shop"
    assert token not in listed.stdout

    revoked = running.run("api-key", "revoke", key_id)
    assert (revoked.returncode, revoked.stdout) == (GOOD, f"The key {key_id} no longer works.\n")
    assert running.run("api-key", "list").stdout == ""
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        running.request("/api/v1/links", token=token)
    refused.value.close()


@pytest.mark.parametrize("key_id", ["nonsense", "22222222222", "茶"])
def test_a_key_that_does_not_exist_cannot_be_revoked(installation: Installation, key_id: str) -> None:
    done = installation.run("api-key", "revoke", key_id)

    assert (done.returncode, done.stdout) == (FAILED, "")
    assert done.stderr == "There is nothing here, or it is not yours to see.\n"


def test_a_key_needs_a_name(installation: Installation) -> None:
    done = installation.run("api-key", "create", "--name", " ")

    assert (done.returncode, done.stdout) == (FAILED, "")
    assert done.stderr.startswith("A name has 1 to 100 characters")


def test_a_user_agent_is_recognised(installation: Installation) -> None:
    done = installation.run("recognise", WECHAT)

    assert (done.returncode, done.stdout, done.stderr) == (GOOD, "wechat\tiOS\tmobile\n", "")


def test_each_line_of_standard_input_is_recognised_whatever_its_bytes(installation: Installation) -> None:
    lines = [WECHAT.encode(), b"", b"\xff\xfe\x00 no UTF-8", BROWSER.encode() + b"\r", b"curl/8.5.0", BROWSER.encode()]

    done = installation.run("recognise", "-", stdin=b"\n".join(lines))

    assert (done.returncode, done.stderr) == (GOOD, "")
    assert done.stdout.splitlines() == [
        "wechat\tiOS\tmobile",
        "bot\tother\tother",
        "bot\tother\tother",
        "browser\tWindows\tdesktop",
        "bot\tother\tother",
        "browser\tWindows\tdesktop",
    ]


def test_nothing_on_standard_input_is_no_error(installation: Installation) -> None:
    done = installation.run("recognise", "-")

    assert (done.returncode, done.stdout, done.stderr) == (GOOD, "", "")


def test_the_doctor_finds_nothing_wrong_with_a_good_installation(running: Installation) -> None:
    done = running.run("doctor")

    assert (done.returncode, done.stderr) == (GOOD, ""), done.stdout
    assert "✗" not in done.stdout
    assert f"Data folder: {running.data_dir}" in done.stdout
    assert "The database answers and is up to date." in done.stdout
    assert "Clicks are being stored" in done.stdout
    assert "! LIULIAN_BASE_URL is not set" in done.stdout


def test_the_doctor_says_what_is_missing_and_makes_nothing(installation: Installation) -> None:
    done = installation.run("doctor")

    assert (done.returncode, done.stderr) == (FAILED, "")
    assert f"✗ The data folder {installation.data_dir} does not exist." in done.stdout
    assert "✗ The database does not answer." in done.stdout
    assert not installation.data_dir.exists()


def test_the_doctor_sees_a_secret_that_others_can_read(installation: Installation) -> None:
    installation.run("shorten", "https://example.com")
    secret = installation.data_dir / "secret.key"
    secret.write_text("secret of a test")
    secret.chmod(0o644)

    done = installation.run("doctor")

    assert done.returncode == FAILED
    assert f"✗ {secret} can be read by others. Run: chmod 600 {secret}" in done.stdout


@pytest.mark.parametrize("command", [["serve"], ["edge"], ["worker"], ["doctor"], ["shorten", "https://example.com"]])
def test_a_bad_setting_is_a_sentence_and_nothing_is_started(installation: Installation, command: list[str]) -> None:
    done = installation.run(*command, LIULIAN_TIME_ZONE="Nowhere/Land")

    assert (done.returncode, done.stdout) == (USAGE, "")
    assert re.fullmatch(r"LIULIAN_TIME_ZONE='Nowhere/Land': Where a day begins.*\n", done.stderr)
    assert not installation.data_dir.exists()


def test_a_setting_that_does_not_exist_is_warned_about_and_stops_nothing(installation: Installation) -> None:
    done = installation.run("shorten", "https://example.com", LIULIAN_WORKER="4")

    assert done.returncode == GOOD
    assert done.stdout.startswith(installation.address)
    assert "unknown_setting" in done.stderr
    assert "LIULIAN_WORKER" in done.stderr


@pytest.mark.parametrize("command", [["serve"], ["shorten", "https://example.com"], ["api-key", "list"]])
def test_a_data_folder_that_cannot_be_made_is_a_sentence(installation: Installation, command: list[str]) -> None:
    installation.data_dir.touch()

    done = installation.run(*command)

    assert (done.returncode, done.stdout) == (FAILED, "")
    assert str(installation.data_dir) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_a_sentence(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()

        done = installation.run("serve")

    assert (done.returncode, done.stdout) == (FAILED, "")
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["shorten", "https://example.com"], ["stats", "abc"], ["api-key", "list"]])
def test_a_command_does_not_wait_for_a_database_that_is_away(
    installation: Installation, tmp_path: Path, command: list[str]
) -> None:
    url = f"postgresql://nobody@/nothing?host={tmp_path}"

    done = installation.run(*command, LIULIAN_DATABASE_URL=url)

    assert (done.returncode, done.stdout) == (FAILED, "")
    assert done.stderr == "The service cannot answer right now. Try again in a moment.\n"


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "没有找到"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "没有找到"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "There is nothing here"),
        ({"LC_ALL": "", "LANG": "de_DE.UTF-8"}, "There is nothing here"),
    ],
)
def test_sentences_come_in_the_language_of_the_terminal(
    installation: Installation, locale: dict[str, str], sentence: str
) -> None:
    done = installation.run("stats", "nobody", stdin=b"", **locale)

    assert sentence in done.stderr
