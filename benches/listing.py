"""How long a page of a workspace with a million links takes, on each database that is there: service and repository.

Each figure is a median in milliseconds, and its ratio to reading as many links by their ids in the same minute.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from benches.link_rows import FOLDER, RARE_TAG, TAG, fill, link_id
from liulian.accounts.model import UserActor
from liulian.accounts.people import DEFAULT_WORKSPACE
from liulian.accounts.permissions import Role
from liulian.base.ids import LinkId, SessionId, UserId
from liulian.links.listing import LinkFilter, LinkPage, Order, Position, Sort, State, about, cursor_of, list_page
from liulian.links.search import wanted_words
from liulian.storage.database import Database
from liulian.storage.engines import parse_database_url
from liulian.storage.links import read_links
from liulian.storage.migrate import migrate
from tests.postgres import database_url, server_url

LINKS, SMOKE_LINKS = 1_000_000, 2_000
TURNS, SMOKE_TURNS = 31, 3
PAGE = 50
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ACTOR = UserActor(workspace_id=DEFAULT_WORKSPACE, user_id=UserId(7), session_id=SessionId(1), role=Role.OWNER)
POSTGRES_NAME = "liulian_bench"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of page. `deep`: half of the list comes before it. What is not `promised` is measured all the same."""

    filter: LinkFilter = field(default_factory=LinkFilter)
    order: Order = field(default_factory=Order)
    deep: bool = False
    promised: bool = True


def _found(text: str) -> LinkFilter:
    return LinkFilter(words=wanted_words(text))


BY_CLICKS, BY_TITLE = Order(sort=Sort.CLICKS), Order(sort=Sort.TITLE, is_descending=False)
KINDS = {
    "first": Kind(),
    "deep": Kind(deep=True),
    "tag": Kind(LinkFilter(tag_ids=(TAG,))),
    "tag_deep": Kind(LinkFilter(tag_ids=(TAG,)), deep=True),
    "rare_tag": Kind(LinkFilter(tag_ids=(RARE_TAG,))),
    "folder": Kind(LinkFilter(folder_id=FOLDER)),
    "archived": Kind(LinkFilter(state=State.ARCHIVED)),
    "search_chinese": Kind(_found("茶饮")),
    "search_chinese_deep": Kind(_found("茶饮"), deep=True),
    "search_beginning": Kind(_found("exam")),
    "search_rare": Kind(_found("s000123")),
    "search_two": Kind(_found("autumn 茶饮")),
    "search_in_tag": Kind(LinkFilter(words=wanted_words("autumn"), tag_ids=(TAG,)), promised=False),
    "clicks": Kind(order=BY_CLICKS),
    "clicks_deep": Kind(order=BY_CLICKS, deep=True),
    "clicks_in_tag": Kind(LinkFilter(tag_ids=(TAG,)), BY_CLICKS),
    "clicks_in_rare_tag": Kind(LinkFilter(tag_ids=(RARE_TAG,)), BY_CLICKS),
    "clicks_in_search": Kind(_found("茶饮"), BY_CLICKS, promised=False),
    "title": Kind(order=BY_TITLE),
    "title_in_folder": Kind(LinkFilter(folder_id=FOLDER), BY_TITLE, promised=False),
    "all": Kind(LinkFilter(state=State.ALL)),
}


def run(*, smoke: bool = False) -> dict[str, Any]:
    """Return the figures of each database."""
    return asyncio.run(_run(smoke=smoke))


async def _run(*, smoke: bool) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        async for name, database in _databases(Path(folder)):
            await migrate(database)
            await fill(database, number=SMOKE_LINKS if smoke else LINKS)
            figures[name] = await _measure(database, turns=SMOKE_TURNS if smoke else TURNS, smoke=smoke)
    return figures


async def _databases(folder: Path) -> AsyncIterator[tuple[str, Database]]:
    async with _opened(f"sqlite:///{folder / 'liulian.db'}") as database:
        yield "sqlite", database
    server = server_url()
    if server is None:
        return
    await _on_server(server, f"DROP DATABASE IF EXISTS {POSTGRES_NAME}", f"CREATE DATABASE {POSTGRES_NAME}")
    async with _opened(database_url(server, POSTGRES_NAME)) as database:
        yield "postgres", database
    await _on_server(server, f"DROP DATABASE {POSTGRES_NAME}")


async def _measure(database: Database, *, turns: int, smoke: bool) -> dict[str, Any]:
    number = SMOKE_LINKS if smoke else LINKS
    known = [link_id(number * each // PAGE) for each in range(PAGE)]
    plain = await _median(lambda: _by_ids(database, known), turns=turns)
    figures: dict[str, Any] = {"links": number, "by_ids_ms": round(plain * 1000, 2)}
    for name, kind in KINDS.items():
        cursor = await _halfway(database, kind, number) if kind.deep else None
        took = await _median(lambda kind=kind, cursor=cursor: _page(database, kind, cursor), turns=turns)  # type: ignore[misc]
        figures[name] = {"p50_ms": round(took * 1000, 2), "ratio": round(took / plain, 2)}
    figures["slowest_promised_p50_ms"] = max(figures[name]["p50_ms"] for name, kind in KINDS.items() if kind.promised)
    return figures


async def _median(work: Callable[[], Awaitable[object]], *, turns: int) -> float:
    await work()  # The first one also compiles the statements.
    times = []
    for _ in range(turns):
        began = time.perf_counter()
        await work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


async def _by_ids(database: Database, known: list[LinkId]) -> None:
    async with database.read() as tx:
        await read_links(tx.connection, known, DEFAULT_WORKSPACE)


async def _page(database: Database, kind: Kind, cursor: str | None) -> LinkPage:
    async with database.read() as tx:
        page = await list_page(ACTOR, kind.filter, kind.order, store=tx.lists, now=NOW, limit=PAGE, cursor=cursor)
        await tx.lists.around(page.links, user_id=ACTOR.user_id)
    if not page.links:
        raise RuntimeError(f"an empty page: {kind}")
    return page


async def _halfway(database: Database, kind: Kind, number: int) -> str:
    """Return a cursor in the middle of a list, as its first page would lead to in the end."""
    first = await _page(database, kind, None)
    key = 1 if kind.order.sort is Sort.CLICKS else None
    middle = Position(about(kind.filter, kind.order), key, link_id(number // 2), first.total)
    return cursor_of(middle)


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database.open(url)
    try:
        yield database
    finally:
        await database.close()


async def _on_server(server: str, *statements: str) -> None:
    engine = create_async_engine(parse_database_url(server), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
