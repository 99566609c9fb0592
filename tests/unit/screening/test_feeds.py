"""Lists of harmful destinations in the forms they come in; what cannot be read is unknown, never clean."""

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ada_url import URL

from liulian.screening.feeds import Feeds
from liulian.screening.verdict import Listing


def feeds_of(folder: Path, **files: str | bytes) -> Feeds:
    """Return the feeds of a folder with these files: `bad_txt` is `bad.txt`."""
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    feeds = Feeds(folder)
    feeds.refresh()
    return feeds


def is_listed(feeds: Feeds, url: str) -> bool:
    host = url.partition("://")[2].partition("/")[0].partition(":")[0]
    return feeds.is_listed(host, url) is not None


def test_name_is_listed_with_everything_below_it(tmp_path: Path) -> None:
    feeds = feeds_of(tmp_path, bad_txt="# Bad ones\n\nevil.example\n*.worse.example\n||worst.example^\n坏.example\n")

    for host in (
        "evil.example",
        "www.evil.example",
        "a.worse.example",
        "worst.example",
        URL("http://坏.example").hostname,
    ):
        assert is_listed(feeds, f"https://{host}/x")
    for host in ("example", "notevil.example", "evil.example.com"):
        assert not is_listed(feeds, f"https://{host}/")


def test_hosts_file_lists_hosts_alone(tmp_path: Path) -> None:
    feeds = feeds_of(
        tmp_path, hosts="127.0.0.1 localhost\n0.0.0.0 evil.example other.example # both\n::1 six.example\n"
    )

    assert is_listed(feeds, "http://evil.example/")
    assert is_listed(feeds, "http://other.example/")
    assert is_listed(feeds, "http://six.example/")
    assert not is_listed(feeds, "http://www.evil.example/")
    assert not is_listed(feeds, "http://both/")


def test_url_is_listed_alone_however_it_is_spelt(tmp_path: Path) -> None:
    feeds = feeds_of(tmp_path, urls_txt="http://shop.example/login?id=1#top\nHTTPS://Other.example:8443/A\n")

    assert is_listed(feeds, "https://shop.example/login?id=1")
    assert is_listed(feeds, "http://other.example:8443/A")
    assert not is_listed(feeds, "http://other.example/A")
    assert not is_listed(feeds, "https://shop.example/")
    assert not is_listed(feeds, "https://shop.example/login")


@pytest.mark.parametrize(
    "content",
    [
        'id,date,URL,status\n1,2026-01-01,"http://evil.example/a,b",online\n',
        '# id,date,url\n"1","2026-01-01","http://evil.example/a,b","online"\n',
        'url\n"http://evil.example/a,b"\n',
    ],
)
def test_csv_is_read_by_its_names_or_by_what_looks_like_it(tmp_path: Path, content: str) -> None:
    assert is_listed(feeds_of(tmp_path, bad_csv=content), "http://evil.example/a,b")


@pytest.mark.parametrize(
    "content",
    [
        ["evil.example"],
        [{"domain": "evil.example", "note": "other.example"}],
        {"1": [{"url_status": "online", "host": "evil.example"}], "2": []},
        {"meta": {"source": "x"}, "domains": ["evil.example"]},
    ],
)
def test_json_is_read_in_the_shapes_it_comes_in(tmp_path: Path, content: object) -> None:
    feeds = feeds_of(tmp_path, bad_json=json.dumps(content))

    assert is_listed(feeds, "https://evil.example/")
    assert not is_listed(feeds, "https://other.example/")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("bad_json", "{", "syntax"),
        ("bad_json", "[]", "empty"),
        ("bad_csv", 'url\n"http://evil.example', "syntax"),
        ("bad_txt", "", "empty"),
        ("bad_txt", "# only comments\n", "empty"),
        ("bad_txt", b"evil.example\n\xff\xfe", "encoding"),
        ("bad_txt", "<html><body>404 not found</body></html>\n", "content"),
        ("bad_txt", "evil.example\nthis is\nno list\nat all it seems\n", "content"),
    ],
)
def test_feed_that_cannot_be_read_is_called_out(tmp_path: Path, name: str, content: str | bytes, problem: str) -> None:
    feeds = feeds_of(tmp_path, **{name: content})

    assert [feed.problem for feed in feeds.feeds] == [problem]
    assert not feeds.is_whole


def test_feed_that_breaks_keeps_what_it_said(tmp_path: Path) -> None:
    feeds = feeds_of(tmp_path, bad_txt="evil.example\n")

    (tmp_path / "bad.txt").write_text("")

    assert feeds.refresh()
    assert is_listed(feeds, "https://evil.example/")
    assert not feeds.is_whole


def test_change_of_the_folder_is_noticed_and_only_a_change(tmp_path: Path) -> None:
    feeds = feeds_of(tmp_path, bad_txt="evil.example\n")

    assert not feeds.refresh()
    (tmp_path / "more.txt").write_text("other.example\n")
    assert feeds.refresh()
    assert is_listed(feeds, "https://other.example/")
    (tmp_path / "more.txt").unlink()
    assert feeds.refresh()
    assert not is_listed(feeds, "https://other.example/")


def test_hosts_file_lists_none_of_the_names_of_the_machine_itself(tmp_path: Path) -> None:
    own = "127.0.0.1 localhost\n127.0.0.1 localhost.localdomain\n::1 localhost ip6-localhost ip6-loopback\n"
    own += "255.255.255.255 broadcasthost\n0.0.0.0 0.0.0.0\n127.0.0.1 localhost www.localhost evil.example\n"

    feeds = feeds_of(tmp_path, hosts_txt=own)

    assert is_listed(feeds, "http://evil.example/")
    assert [len(feed) for feed in feeds.feeds] == [1]


async def test_watcher_looks_at_the_folder_whoever_else_has_just_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liulian.screening.feeds.WATCH_EVERY_S", 0.0)
    feeds, noticed = feeds_of(tmp_path, bad_txt="evil.example\n"), asyncio.Event()
    monkeypatch.setattr("liulian.screening.feeds.monotonic", lambda: 0.0)  # Only a moment ago, for ever.
    watching = asyncio.create_task(feeds.watch(noticed.set))

    (tmp_path / "more.txt").write_text("other.example\n")

    async with asyncio.timeout(5):
        await noticed.wait()
    watching.cancel()
    assert is_listed(feeds, "https://other.example/")


def test_verdict_names_the_source_and_its_time(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("evil.example\n")
    os.utime(tmp_path / "bad.txt", (1_700_000_000, 1_700_000_000))

    feeds = feeds_of(tmp_path)

    assert feeds.is_listed("evil.example", "https://evil.example/") == Listing(
        source="bad.txt", at=datetime.fromtimestamp(1_700_000_000, UTC)
    )


def test_unfinished_files_are_left_alone_and_no_folder_is_no_feed(tmp_path: Path) -> None:
    (tmp_path / "bad.txt.part").write_text("<html>")
    (tmp_path / ".hidden").write_text("<html>")

    assert feeds_of(tmp_path).feeds == ()
    assert feeds_of(tmp_path).is_whole
    missing = Feeds(tmp_path / "nowhere")
    assert not missing.refresh()
    assert missing.is_whole
