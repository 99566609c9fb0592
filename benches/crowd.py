"""A community with a crowd in it, put into a database of SQLite by the shortest way: rows as the program writes them.

Everybody checked in on each of the last days, and is in a league of every week, as the log has it; the sums are then
computed from that log by the program itself.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from liulian.base.clock import to_micros
from liulian.base.ids import first_id_of
from liulian.base.secrets import fingerprint
from liulian.base.zones import DAY_US
from liulian.bootstrap import migrate_until_done, prepare_data_dir
from liulian.community.days import local_day, week_of, zone_named
from liulian.config import read_settings
from liulian.storage.database import Database
from liulian.storage.rebuild import rebuild
from tests.browser.member.planted import ZH, ZONE, Planted, plant_in

LEAGUE_SIZE = 30
BATCH = 10_000

_MEMBER = """
    INSERT INTO members (id, community_id, state, nickname, zone, language, joined_at, joined_on)
    VALUES (?, ?, 'active', ?, ?, 'zh-CN', ?, ?)
"""
_DEVICE = """
    INSERT INTO member_identities (community_id, kind, subject, member_id, created_at, seen_at)
    VALUES (?, 'device', ?, ?, ?, ?)
"""
_ACT = """
    INSERT INTO acts
      (id, community_id, member_id, kind, at, recorded_at, zone, day, object_kind, object_id, detail, key)
    VALUES (?, ?, ?, 'check_in', ?, ?, ?, ?, 'service', ?, ?, ?)
"""


def make_crowd(data_dir: Path, *, members: int, days: int, now: datetime) -> Planted:
    """Make a data folder with a community of so many members, each of whom checked in on so many days before today."""
    settings = read_settings({"LIULIAN_DATA_DIR": str(data_dir)})
    prepare_data_dir(settings)
    asyncio.run(migrate_until_done(settings))
    return asyncio.run(_make(settings.database_url, data_dir / "liulian.db", members=members, days=days, now=now))


def token_of(number: int) -> str:
    """Return the token of the browser of a member."""
    return f"token-of-browser-{number:07d}"


async def _make(url: str, path: Path, *, members: int, days: int, now: datetime) -> Planted:
    database = Database.open(url)
    planted = await plant_in(database, ZH, now=now, days=0, others=0)
    _fill(path, planted, members=members, days=days, now=now)
    async with database.write() as tx:
        await rebuild(tx.connection, planted.community.id)
    await database.close()
    return planted


def _fill(path: Path, planted: Planted, *, members: int, days: int, now: datetime) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    _insert(connection, _MEMBER, _members(planted, members, days, now))
    _insert(connection, _DEVICE, _devices(planted, members, days, now))
    _insert(connection, _ACT, _acts(planted, members, days, now))
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _insert(connection: sqlite3.Connection, statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    while some := list(islice(rows, BATCH)):
        connection.executemany(statement, some)
    connection.commit()


def _began(days: int, now: datetime) -> datetime:
    return now - timedelta(days=days + 1)


def member_id(number: int, days: int, now: datetime) -> int:
    """Return the id of a member: they joined one after the other, the day before the first check-in."""
    return first_id_of(to_micros(_began(days, now)) // 1000) + number


def _members(planted: Planted, members: int, days: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    joined_us, day = to_micros(_began(days, now)), _today(now) - days - 1
    for number in range(members):
        member = member_id(number, days, now)
        yield member, planted.community.id, f"成员{number}", ZONE, joined_us, day


def _devices(planted: Planted, members: int, days: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    joined_us = to_micros(_began(days, now))
    for number in range(members):
        member = member_id(number, days, now)
        yield planted.community.id, fingerprint(token_of(number)), member, joined_us, joined_us


def _acts(planted: Planted, members: int, days: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield check-ins in the order they were made; the first of a week says which league it brought the member into."""
    tap, today, led = planted.services["tap"], _today(now), set[int]()
    for ago in range(days, 0, -1):
        day, at_us = today - ago, to_micros(now) - ago * DAY_US
        begins_week, first_id = week_of(day) not in led, first_id_of(at_us // 1000)
        led.add(week_of(day))
        for number in range(members):
            detail = f'{{"league":{number // LEAGUE_SIZE + 1}}}' if begins_week else None
            act, member = first_id + number, member_id(number, days, now)
            key = f"crowd-{ago}-{number}"
            yield act, planted.community.id, member, at_us + number, at_us + number, ZONE, day, tap, detail, key


def _today(now: datetime) -> int:
    return local_day(now, zone_named(ZONE))
