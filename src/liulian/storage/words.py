"""The index of words by which links are found: FTS5 on SQLite, a GIN index on PostgreSQL. Written with the link itself.

Each word carries where it belongs: shelf and workspace are its first letters. A search meets the words of one workspace
and nothing else, also inside the index, and a shelf costs nothing to tell apart. When the rules by which words are
made change, or a database comes from elsewhere, the worker makes all words anew, some at a time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Text,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import LinkId, WorkspaceId
from liulian.links.model import Shelf
from liulian.links.search import BEGINNING_MAX, Wanted, beginnings, link_words, tag_word
from liulian.storage.organisation_tables import link_tags
from liulian.storage.sql import is_postgres
from liulian.storage.tables import links

_SHELVES = {Shelf.LISTED: "a", Shelf.ARCHIVED: "b", Shelf.DELETED: "c", Shelf.KEPT: "d"}
_END = "\u00b7"  # Ends the first letters; no word has it.

sqlite_words = table("link_words", column("rowid", BigInteger), column("words", Text))
postgres_words = table("link_words", column("link_id", BigInteger), column("words"))

_PUT_SQLITE = text("INSERT OR REPLACE INTO link_words (rowid, words) VALUES (:link_id, :words)")
_PUT_POSTGRES = text(
    "INSERT INTO link_words (link_id, words) VALUES (:link_id, array_to_tsvector(:words)) "
    "ON CONFLICT (link_id) DO UPDATE SET words = excluded.words"
).bindparams(bindparam("link_id", type_=BigInteger), bindparam("words", type_=ARRAY(Text)))
_SEARCHED = select(
    links.c.id, links.c.workspace_id, links.c.shelf, links.c.slug, links.c.destination, links.c.title, links.c.note
)
_TAGS = select(link_tags.c.link_id, link_tags.c.tag_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the index is told of a link."""

    link_id: LinkId
    workspace_id: WorkspaceId
    shelf: Shelf
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Search:
    """Words that must all be there. A tag whose name has the word stands in for it: `tag_ids`, for each word."""

    workspace_id: WorkspaceId
    words: tuple[tuple[Wanted, tuple[int, ...]], ...]


async def put(connection: AsyncConnection, entries: Iterable[Entry]) -> None:
    """Index links, new or known ones."""
    rows: list[dict[str, Any]]
    if is_postgres(connection):
        rows = [{"link_id": each.link_id, "words": indexed_words(each)} for each in entries]
        rows.sort(key=lambda row: int(row["link_id"]))  # One order for all: no deadlock.
        statement = _PUT_POSTGRES
    else:
        rows = [{"link_id": each.link_id, "words": " ".join(indexed_words(each))} for each in entries]
        statement = _PUT_SQLITE
    if rows:
        await connection.execute(statement, rows)


async def put_anew(connection: AsyncConnection, link_ids: Collection[LinkId]) -> None:
    """Index links of workspaces as their rows and tags are now."""
    rows = (
        await connection.execute(_SEARCHED.where(links.c.id.in_(link_ids), links.c.workspace_id.is_not(None)))
    ).all()
    tags = await tags_of(connection, [row.id for row in rows])
    await put(connection, [_entry(row, tags.get(row.id, ())) for row in rows])


async def forget(connection: AsyncConnection, link_ids: Collection[LinkId]) -> None:
    """Take links out of the index."""
    gone = (
        delete(postgres_words).where(postgres_words.c.link_id.in_(link_ids))
        if is_postgres(connection)
        else delete(sqlite_words).where(sqlite_words.c.rowid.in_(link_ids))
    )
    await connection.execute(gone)


async def tags_of(connection: AsyncConnection, link_ids: Collection[LinkId]) -> Mapping[LinkId, list[int]]:
    """Return the ids of the tags of links, those that were removed lately among them."""
    found: dict[LinkId, list[int]] = {}
    for row in await connection.execute(_TAGS.where(link_tags.c.link_id.in_(link_ids)).order_by(link_tags.c.tag_id)):
        found.setdefault(row.link_id, []).append(row.tag_id)
    return found


def is_found(search: Search, link_id: ColumnElement[int], shelf: Shelf, *, postgres: bool) -> ColumnElement[bool]:
    """Return the condition that the link with this id is found. It looks at that one link, not at the index."""
    if postgres:
        one = postgres_words.c.link_id == link_id
        return exists(select(literal(1)).where(one, _matches(search, shelf)))
    spaced = literal(" ") + sqlite_words.c.words + literal(" ")
    conditions = [
        or_(*(func.instr(spaced, f" {word}" if is_open else f" {word} ") > 0 for word, is_open in choices))
        for choices in _choices(search, shelf)
    ]
    return exists(select(literal(1)).select_from(sqlite_words).where(sqlite_words.c.rowid == link_id, *conditions))


def all_found(search: Search, shelf: Shelf, *, postgres: bool) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    """Return the column of links' ids in the index, and the condition that finds them there."""
    if postgres:
        return postgres_words.c.link_id, _matches(search, shelf)
    alternatives = [
        " OR ".join(f'"{word}"{"*" if is_open else ""}' for word, is_open in choices)
        for choices in _choices(search, shelf)
    ]
    query = " AND ".join(f"({each})" for each in alternatives)
    return sqlite_words.c.rowid, literal_column("link_words").op("MATCH", is_comparison=True)(literal(query, Text))


def _matches(search: Search, shelf: Shelf) -> ColumnElement[bool]:
    """Return the condition as PostgreSQL's text search has it."""
    alternatives = [
        " | ".join(f"'{word}'{':*' if is_open else ''}" for word, is_open in choices)
        for choices in _choices(search, shelf)
    ]
    query = cast(literal(" & ".join(f"({each})" for each in alternatives), Text), TSQUERY)
    return postgres_words.c.words.op("@@", is_comparison=True)(query)


def _choices(search: Search, shelf: Shelf) -> Iterator[list[tuple[str, bool]]]:
    """Yield, for each word that is looked for, words of the index of which one must be there; True: or begin so.

    There are letters and digits only, so none of them means anything in the language of either index.
    """
    prefix = _prefix(search.workspace_id, shelf)
    for wanted, tag_ids in search.words:
        is_open = wanted.is_beginning and len(wanted.word) > BEGINNING_MAX
        yield [(prefix + wanted.word, is_open), *((prefix + tag_word(tag_id), False) for tag_id in tag_ids)]


def indexed_words(entry: Entry) -> list[str]:
    """Return the words of a link as they stand in the index: with their beginnings, and where they belong.

    FTS5 and GIN could both look for beginnings themselves, by joining the lists of all words that begin so: a fifth of
    a second among a million links. A list that is there needs no joining, and PostgreSQL knows how long it is.
    """
    prefix = _prefix(entry.workspace_id, entry.shelf)
    return [prefix + word for word in beginnings(entry.words)]


def _prefix(workspace_id: WorkspaceId, shelf: Shelf) -> str:
    return f"{_SHELVES[shelf]}{workspace_id:x}{_END}"


def _entry(row: Row[*tuple[Any, ...]], tag_ids: Iterable[int]) -> Entry:
    words = link_words(slug=row.slug, destination=row.destination, title=row.title, note=row.note, tag_ids=tag_ids)
    return Entry(
        link_id=LinkId(row.id), workspace_id=WorkspaceId(row.workspace_id), shelf=Shelf(row.shelf), words=words
    )
