"""`liulian doctor`: look at everything this installation needs and say, in words, what is wrong and what to do.

Looks, and changes nothing. Each examination is one function that returns findings; none of them stops the others.
"""

import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from time import time

from rich.console import Console

from liulian.base.errors import Unavailable
from liulian.base.i18n import Language, text
from liulian.base.meters import Meter, add_up
from liulian.bootstrap import read_feeds
from liulian.clicks.spool_reader import SpoolReader, spool_ids
from liulian.config import Settings
from liulian.storage.database import Database
from liulian.storage.migrate import is_current

FREE_BYTES_MIN = 1 << 30  # A busy day of clicks, twice over.
DROP_REMEMBERED_S = 86_400.0  # A drop stays a problem for a day; afterwards it is history, and still told.
LAG_MAX_S = 180.0  # A segment is finished after one minute and deleted within another; a click that lies longer waits.
SQLITE_FIXED = (3, 51, 3)  # A rare corruption of the write-ahead log; also fixed in these two:
SQLITE_FIXED_TOO = ((3, 50, 7), (3, 44, 6))


class Level(Enum):
    """How a finding is shown. Only PROBLEM makes the command fail."""

    GOOD = "[green]✓[/]"
    NOTICE = "[yellow]![/]"
    PROBLEM = "[red]✗[/]"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence: `doctor.<key>` with its params."""

    level: Level
    key: str
    params: dict[str, str | int] = field(default_factory=dict)


async def examine(settings: Settings, *, language: Language, console: Console) -> bool:
    """Print all findings; True when there is no problem."""
    findings = [finding for look in LOOKS for finding in await look(settings)]
    for finding in findings:
        console.print(finding.level.value, text(language, f"doctor.{finding.key}", **finding.params), soft_wrap=True)
    return all(finding.level is not Level.PROBLEM for finding in findings)


async def look_at_folder(settings: Settings) -> list[Finding]:
    """Is the data folder there, ours alone, and is there room?"""
    folder = settings.data_dir
    if not folder.is_dir():
        return [Finding(Level.PROBLEM, "no_folder", {"folder": str(folder)})]
    if not os.access(folder, os.W_OK):
        return [Finding(Level.PROBLEM, "folder_not_writable", {"folder": str(folder)})]
    findings = [Finding(Level.GOOD, "folder", {"folder": str(folder)})]
    free = shutil.disk_usage(folder).free
    level = Level.GOOD if free >= FREE_BYTES_MIN else Level.PROBLEM
    findings.append(Finding(level, "disk" if level is Level.GOOD else "disk_low", {"free": _size(free)}))
    secret = folder / "secret.key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        findings.append(Finding(Level.PROBLEM, "secret_open", {"file": str(secret)}))
    return findings


async def look_at_database(settings: Settings) -> list[Finding]:
    """Does the database answer, and is it up to date?"""
    database = Database.open(settings.database_url)
    try:
        current = await is_current(database)
    except Unavailable:
        return [Finding(Level.PROBLEM, "database_away")]
    finally:
        await database.close()
    findings = [Finding(Level.GOOD, "database") if current else Finding(Level.NOTICE, "database_old")]
    version = sqlite3.sqlite_version_info
    if database.is_sqlite and version < SQLITE_FIXED and version not in SQLITE_FIXED_TOO:
        findings.append(Finding(Level.NOTICE, "sqlite_old", {"version": sqlite3.sqlite_version}))
    return findings


async def look_at_spool(settings: Settings, *, clock: Callable[[], float] = time) -> list[Finding]:
    """Are clicks being stored, and were any dropped?"""
    totals = add_up(settings.meters_dir)
    findings = []
    if totals[Meter.DROPPED]:
        is_recent = clock() - totals[Meter.DROPPED_AT] < DROP_REMEMBERED_S
        level = Level.PROBLEM if is_recent else Level.NOTICE
        findings.append(Finding(level, "dropped", {"count": totals[Meter.DROPPED]}))
    waiting_s = max((clock() - since for since in _waiting_since(settings)), default=0.0)
    if waiting_s > LAG_MAX_S:
        findings.append(Finding(Level.PROBLEM, "not_stored", {"minutes": round(waiting_s / 60)}))
    if not findings:
        findings.append(Finding(Level.GOOD, "spool", {"count": totals[Meter.INGESTED]}))
    if totals[Meter.INGEST_TORN]:
        findings.append(Finding(Level.NOTICE, "torn", {"count": totals[Meter.INGEST_TORN]}))
    return findings


async def look_at_settings(settings: Settings) -> list[Finding]:
    """What should be set before strangers come?"""
    findings = []
    if settings.base_url is None:
        findings.append(Finding(Level.NOTICE, "no_base_url"))
    if not any(settings.geo_dir.glob("*.*")):
        findings.append(Finding(Level.NOTICE, "no_geo"))
    return findings


async def look_at_feeds(settings: Settings) -> list[Finding]:
    """Can every list of harmful addresses be read?"""
    feeds = read_feeds(settings)
    bad = [
        Finding(Level.PROBLEM, "feed_unreadable", {"feed": feed.name, "problem": feed.problem})
        for feed in feeds.feeds
        if feed.problem
    ]
    if bad or not feeds.feeds:
        return bad
    return [Finding(Level.GOOD, "feeds", {"count": len(feeds.feeds), "entries": sum(map(len, feeds.feeds))})]


def _waiting_since(settings: Settings) -> Iterator[float]:
    """Yield when the oldest click in each spool was written, stored or not: by now its file should be deleted."""
    for spool_id in spool_ids(settings.spool_dir):
        with suppress(FileNotFoundError):  # Stored and deleted while we looked.
            for record in SpoolReader(settings.spool_dir, spool_id).read(0, limit=1).records:
                yield record.at_us / 1_000_000


def _size(number: int) -> str:
    return f"{number / (1 << 30):.1f} GiB"


LOOKS: tuple[Callable[[Settings], Awaitable[list[Finding]]], ...] = (
    look_at_folder,
    look_at_database,
    look_at_spool,
    look_at_feeds,
    look_at_settings,
)
