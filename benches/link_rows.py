"""A workspace full of links, put into an empty database by the shortest way: rows as the program would write them."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Index, text
from sqlalchemy.schema import CreateIndex

from liulian.accounts.people import DEFAULT_WORKSPACE
from liulian.base.clock import to_micros
from liulian.base.ids import LinkId, WorkspaceId, first_id_of
from liulian.links.model import DEFAULT_DOMAIN, FolderId, Shelf, TagId
from liulian.links.search import link_words, title_key
from liulian.storage.database import Database
from liulian.storage.organisation_tables import folders, link_tags, tags
from liulian.storage.tables import link_totals, links
from liulian.storage.words import Entry, indexed_words

BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
APART_MS = 1_000
TAG, RARE_TAG = TagId(101), TagId(102)  # On every tenth link, on every ten-thousandth.
FOLDER, RARE_FOLDER = FolderId(201), FolderId(202)  # Likewise.
NOUNS = ("poster", "menu", "coupon", "landing", "invitation", "newsletter", "survey", "signup", "catalogue", "event")
SEASONS = ("spring", "summer", "autumn", "winter")
BATCH = 10_000
STATEMENT_S = 900.0  # The program itself gives up much earlier, but it makes no index of a million rows.
GIN = "CREATE INDEX link_words_words ON link_words USING gin (words)"

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """One link, in the rows of every table."""

    link: Row
    total: Row
    tags: list[Row]
    words: Entry


LINK_COLUMNS = (
    "id", "workspace_id", "domain_id", "slug", "destination", "title", "created_at", "updated_at", "archived_at",
    "shelf", "folder_id", "title_key",
)  # fmt: skip
TOTAL_COLUMNS = ("link_id", "clicks", "human_clicks", "workspace_id", "shelf")
TAG_COLUMNS = ("link_id", "tag_id", "workspace_id", "shelf")


def link_id(number: int) -> LinkId:
    """Return the id of the n-th link."""
    return LinkId(first_id_of(to_micros(BEGAN) // 1000 + number * APART_MS) + number % 1000)


def made(number: int, chance: random.Random) -> Made:
    """Return the n-th link: every twentieth is archived, every fiftieth has 茶饮 in its title."""
    identity, at = link_id(number), to_micros(BEGAN) + number * APART_MS * 1000
    shelf = Shelf.ARCHIVED if number % 20 == 7 else Shelf.LISTED
    slug = f"s{number:06x}"
    noun = NOUNS[number % 10]
    title = f"{SEASONS[number % 4]} {noun} {number}" + (" 夏日茶饮" if number % 50 == 0 else "")
    destination = f"https://shop.example.com/{noun}/{number}"
    folder = RARE_FOLDER if number % 10_000 == 1 else FOLDER if number % 10 == 2 else None
    tag = RARE_TAG if number % 10_000 == 3 else TAG if number % 10 == 4 else None
    clicks = int(chance.paretovariate(1.2)) - 1
    words = link_words(slug=slug, destination=destination, title=title, tag_ids=[tag] if tag else ())
    return Made(
        link=(
            identity, DEFAULT_WORKSPACE, DEFAULT_DOMAIN, slug, destination, title, at, at + clicks,
            at if shelf else None, shelf, folder, title_key(title, slug),
        ),
        total=(identity, clicks, clicks, DEFAULT_WORKSPACE, shelf),
        tags=[(identity, tag, DEFAULT_WORKSPACE, shelf)] if tag else [],
        words=Entry(link_id=identity, workspace_id=WorkspaceId(DEFAULT_WORKSPACE), shelf=shelf, words=words),
    )  # fmt: skip


async def fill(database: Database, *, number: int) -> None:
    """Put links into a migrated database, tags and folders too. Indexes are made afterwards, which is faster."""
    indexes = [index for table in (links, link_totals, link_tags) for index in table.indexes]
    async with database.writer.begin() as connection:
        await connection.run_sync(_drop, indexes)
        for table, (first, second) in ((tags, (TAG, RARE_TAG)), (folders, (FOLDER, RARE_FOLDER))):
            more = {"colour": "husk"} if table is tags else {}
            for key, name in ((first, "campaign"), (second, "rare")):
                row = {"id": key, "workspace_id": DEFAULT_WORKSPACE, "name": name, "name_key": name, **more}
                await connection.execute(table.insert(), row | {"created_at": BEGAN})
    chance = random.Random(7)
    rows = (made(each, chance) for each in range(number))
    while batch := list(islice(rows, BATCH)):
        await (_put_sqlite(database, batch) if database.is_sqlite else _put_postgres(database, batch))
    await _finish(database, indexes)


def _drop(connection: Connection, indexes: list[Index]) -> None:
    for index in indexes:
        index.drop(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP INDEX link_words_words"))


async def _finish(database: Database, indexes: list[Index]) -> None:
    """Make the indexes, and do what PostgreSQL does by itself within minutes: look at what is in the tables."""
    made = [str(CreateIndex(index).compile(dialect=database.writer.dialect)) for index in indexes]
    if database.is_sqlite:
        async with database.writer.begin() as connection:
            for statement in made:
                await connection.exec_driver_sql(statement)
        return
    looked = [f"VACUUM ANALYZE {name}" for name in ("links", "link_totals", "link_tags", "link_words")]
    async with database.writer.connect() as connection:
        settled = await connection.execution_options(isolation_level="AUTOCOMMIT")
        driver: Any = (await settled.get_raw_connection()).driver_connection
        for statement in ("SET maintenance_work_mem = '512MB'", *made, GIN, *looked):
            await driver.execute(statement, timeout=STATEMENT_S)


async def _put_sqlite(database: Database, batch: list[Made]) -> None:
    with sqlite3.connect(str(database.url.database)) as file:
        for name, columns, rows in _tables(batch):
            marks = ", ".join("?" * len(columns))
            file.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)
        words = ((each.words.link_id, " ".join(indexed_words(each.words))) for each in batch)
        file.executemany("INSERT INTO link_words (rowid, words) VALUES (?, ?)", words)
    file.close()


async def _put_postgres(database: Database, batch: list[Made]) -> None:
    async with database.writer.begin() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        for name, columns, rows in _tables(batch):
            await driver.copy_records_to_table(name, records=list(rows), columns=columns)
        await driver.execute("CREATE TEMPORARY TABLE IF NOT EXISTS found_by (link_id BIGINT, words TEXT[])")
        await driver.execute("TRUNCATE found_by")
        words = [(each.words.link_id, indexed_words(each.words)) for each in batch]
        await driver.copy_records_to_table("found_by", records=words)
        await driver.execute("INSERT INTO link_words SELECT link_id, array_to_tsvector(words) FROM found_by")


def _tables(batch: list[Made]) -> Iterator[tuple[str, tuple[str, ...], list[Row]]]:
    yield "links", LINK_COLUMNS, [each.link for each in batch]
    yield "link_totals", TOTAL_COLUMNS, [each.total for each in batch]
    yield "link_tags", TAG_COLUMNS, [row for each in batch for row in each.tags]
