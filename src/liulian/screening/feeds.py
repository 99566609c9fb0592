"""Lists of harmful destinations in a local folder, kept in memory: asked at creation and at the first click.

Asking is pure and takes microseconds; reading the files happens beside it. Nothing is ever downloaded. A feed that
cannot be read keeps what it said before and is called out: unknown, never clean.
"""

import asyncio
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from time import monotonic

from liulian.base.log import logger
from liulian.screening.feed_files import FeedUnreadable, Kind, parents_of, read_feed, url_key
from liulian.screening.verdict import Listing

WATCH_EVERY_S = 4.0  # Five seconds are promised. One look at the folder: a few microseconds for each file.
_UNFINISHED = ("~", ".tmp", ".part", ".swp")  # Files that somebody is still writing.

Digests = array  # Sorted 64-bit digests: a million names are 8 MB, and two of them never meet by accident.


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One file. `problem` is a word of FeedUnreadable, empty for none; `at` is when the file was written."""

    name: str
    at: datetime
    stamp: tuple[int, int, int]
    problem: str = ""
    digests: "dict[Kind, Digests[int]]" = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return sum(map(len, self.digests.values()))

    def names(self, kind: Kind, keys: Iterable[str]) -> bool:
        """Tell whether one of `keys` is listed as `kind`."""
        digests = self.digests.get(kind)
        return digests is not None and any(_contains(digests, _digest(key)) for key in keys)


class Feeds:
    """The feeds of one folder. One per process; `refresh` may run in another thread than the questions."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked_at = -WATCH_EVERY_S
        self.feeds: tuple[Feed, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether every feed could be read: only then does silence mean anything."""
        return not any(feed.problem for feed in self.feeds)

    def is_listed(self, host: str, url: str) -> Listing | None:
        """Return which feed names a destination in normal form, by host, by a domain above it, or by whole URL."""
        if not self.feeds:
            return None
        host = host.removesuffix(".").strip("[]")
        parents, key = parents_of(host), url_key(url)
        for feed in self.feeds:
            if (
                feed.names(Kind.HOST, (host,))
                or feed.names(Kind.DOMAIN, parents)
                or (key is not None and feed.names(Kind.URL, (key,)))
            ):
                return Listing(source=feed.name, at=feed.at)
        return None

    def refresh(self) -> bool:
        """Read what is new in the folder; True when anything may be listed that was not, or the other way round."""
        self._looked_at = monotonic()
        known = {feed.name: feed for feed in self.feeds}
        try:
            paths = sorted(path for path in self._folder.iterdir() if path.is_file() and _is_finished(path))
        except FileNotFoundError:
            paths = []
        except OSError:
            self.feeds = (_unreadable_folder(self._folder), *(feed for feed in self.feeds if feed.digests))
            return False
        fresh = tuple(_read(path, known.get(path.name)) for path in paths)
        is_changed, self.feeds = fresh != self.feeds, fresh
        return is_changed

    async def keep_fresh(self) -> bool:
        """Refresh beside the event loop, unless that was done a moment ago."""
        if monotonic() - self._looked_at < WATCH_EVERY_S:
            return False
        return await asyncio.to_thread(self.refresh)

    async def watch(self, on_change: Callable[[], None]) -> None:
        """Call back after each change, until cancelled: what was compiled from earlier answers is out of date."""
        seen = self.feeds
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            await asyncio.to_thread(self.refresh)  # Also where somebody has just looked: the next turn is far away.
            if self.feeds != seen:  # Somebody else may have refreshed meanwhile.
                seen = self.feeds
                on_change()


def _read(path: Path, known: Feed | None) -> Feed:
    """Return the feed of a file: the known one when the file is the same, and its old content when the new is bad."""
    try:
        status = path.stat()
    except OSError:
        status = None
    stamp = (status.st_mtime_ns, status.st_size, status.st_ino) if status else (0, 0, 0)
    if known is not None and known.stamp == stamp:
        return known
    at = datetime.fromtimestamp(status.st_mtime if status else 0, UTC)
    try:
        entries = read_feed(path)
    except FeedUnreadable as problem:
        logger.warning("feed_unreadable", feed=path.name, problem=problem.word)
        old = known or Feed(name=path.name, at=at, stamp=stamp)
        return replace(old, stamp=stamp, problem=problem.word)
    digests = {kind: array("Q", sorted({_digest(key) for key in keys})) for kind, keys in entries.items() if keys}
    return Feed(name=path.name, at=at, stamp=stamp, digests=digests)


def _unreadable_folder(folder: Path) -> Feed:
    return Feed(name=folder.name, at=datetime.fromtimestamp(0, UTC), stamp=(0, 0, 0), problem="folder")


def _is_finished(path: Path) -> bool:
    return not path.name.startswith(".") and not path.name.endswith(_UNFINISHED)


def _digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _contains(digests: "Digests[int]", digest: int) -> bool:
    at = bisect_left(digests, digest)
    return at < len(digests) and digests[at] == digest
