"""One verdict on each destination, whoever asks, but for strangers and members."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from liulian.screening.feeds import Feeds
from liulian.screening.names import Address, Names
from liulian.screening.screen import Screen
from liulian.screening.verdict import CLEAN, Verdict

ADDRESSES = {"inner.example": "192.168.1.1", "dead.example": None}


async def resolve(host: str) -> list[Address]:
    address = ADDRESSES.get(host, "93.184.215.14")
    if address is None:
        raise OSError(host)
    return [ip_address(address)]


def a_screen(folder: Path, *, feed: str = "evil.example\n") -> Screen:
    (folder / "bad.txt").write_text(feed)
    feeds = Feeds(folder)
    feeds.refresh()
    return Screen(feeds=feeds, names=Names(resolve=resolve))


@pytest.mark.parametrize("stranger", [True, False])
async def test_honest_destination_is_clean_for_everybody(tmp_path: Path, stranger: bool) -> None:
    assert await a_screen(tmp_path).check("https://example.com/", stranger=stranger) == CLEAN


@pytest.mark.parametrize("stranger", [True, False])
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://www.evil.example/", "destination_listed"),
        ("https://inner.example/", "destination_private"),
        ("https://127.0.0.1/", "destination_private"),
    ],
)
async def test_harm_is_refused_for_everybody(tmp_path: Path, url: str, code: str, stranger: bool) -> None:
    assert (await a_screen(tmp_path).check(url, stranger=stranger)).refused == code


async def test_listing_says_where_it_stands(tmp_path: Path) -> None:
    verdict = await a_screen(tmp_path).check("https://evil.example/", stranger=False)

    assert verdict.listed is not None
    assert verdict.listed.source == "bad.txt"


async def test_shortener_is_refused_for_strangers_and_flagged_for_members(tmp_path: Path) -> None:
    screen = a_screen(tmp_path)

    assert await screen.check("https://bit.ly/abc", stranger=True) == Verdict(refused="destination_shortener")
    assert await screen.check("https://bit.ly/abc", stranger=False) == Verdict(flags=("shortener",))


@pytest.mark.parametrize(
    ("url", "flags"),
    [
        ("https://rnicrosoft.com/", ("lookalike",)),
        ("https://dead.example/", ("unresolved",)),
        ("https://xn--pple-43d.com/", ("lookalike",)),
    ],
)
async def test_doubt_is_flagged_and_let_pass(tmp_path: Path, url: str, flags: tuple[str, ...]) -> None:
    assert await a_screen(tmp_path).check(url, stranger=True) == Verdict(flags=flags)


async def test_silence_of_a_broken_feed_is_unknown(tmp_path: Path) -> None:
    screen = a_screen(tmp_path, feed="<html>not found</html>\n")

    assert await screen.check("https://example.com/", stranger=True) == Verdict(flags=("unknown",))
