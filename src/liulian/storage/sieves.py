"""Filters of a list of links, each as an index to walk along and as a question about one link.

Second step of a list: `listing.py` joins them. Executes nothing but the look-up of tags by their names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Table,
    exists,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.clock import to_micros
from liulian.base.ids import first_id_of
from liulian.links.labels import LABELS_MAX
from liulian.links.listing import LinkFilter, ListQuery, State
from liulian.links.model import UNSET, Shelf
from liulian.links.search import is_found_by, words_of
from liulian.storage.organisation_tables import favourites, link_tags, tags
from liulian.storage.sql import is_postgres
from liulian.storage.tables import links
from liulian.storage.words import Search, all_found, is_found

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Sieve:
    """One filter on one shelf. `id` is the link's id in its index, `conditions` choose the rows there.

    `asked` is the condition that it lets one link through, known to be on the shelf. Where it does not narrow, it lets
    all of them through, and nobody needs to ask. Where its index is not in the order of ids, few links are gathered.
    """

    shelf: Shelf
    id: ColumnElement[int]
    conditions: tuple[Condition, ...]
    asked: Callable[[ColumnElement[int]], Condition]
    narrows: bool = True
    in_order: bool = True


async def find_search(connection: AsyncConnection, query: ListQuery) -> Search | None:
    """Return what is looked for, with the tags whose names have the words; None where no words are."""
    if not query.filter.words:
        return None
    visible = (tags.c.workspace_id == query.workspace_id, tags.c.removed_at.is_(None))
    rows = (await connection.execute(select(tags.c.id, tags.c.name).where(*visible).limit(LABELS_MAX))).all()
    names = [(row.id, set(words_of(row.name))) for row in rows]
    return Search(
        query.workspace_id,
        tuple(
            (wanted, tuple(tag_id for tag_id, words in names if is_found_by(wanted, words)))
            for wanted in query.filter.words
        ),
    )


def sieves_of(query: ListQuery, shelf: Shelf, *, search: Search | None, connection: AsyncConnection) -> list[Sieve]:
    """Return the sieves of a list on one shelf, at least one; none that lets everything through beside others."""
    wanted, found = query.filter, []
    if search is not None:
        found.append(_by_words(search, shelf, postgres=is_postgres(connection)))
    found += [_by_rows(link_tags, query, shelf, {"tag_id": tag_id}) for tag_id in wanted.tag_ids]
    if wanted.is_favourite:
        found.append(_by_rows(favourites, query, shelf, {"user_id": query.user_id}))
    by_links = _by_links(query, shelf)
    return [*found, by_links] if by_links.narrows or not found else found


def made_within(wanted: LinkFilter, link_id: ColumnElement[int]) -> list[Condition]:
    """Return the conditions on when a link was made, which its id tells."""
    conditions = []
    if wanted.created_from is not None:
        conditions.append(link_id >= _first_id(wanted.created_from))
    if wanted.created_to is not None:
        conditions.append(link_id < _first_id(wanted.created_to))
    return conditions


def _by_words(search: Search, shelf: Shelf, *, postgres: bool) -> Sieve:
    link_id, condition = all_found(search, shelf, postgres=postgres)
    return Sieve(
        shelf,
        link_id,
        (condition,),
        lambda other: is_found(search, other, shelf, postgres=postgres),
        in_order=not postgres,
    )


def _by_rows(table: Table, query: ListQuery, shelf: Shelf, value: dict[str, object]) -> Sieve:
    """Return the sieve of a table that has a row for each link, with the link's shelf in it."""
    rows = table.alias()
    here = tuple(rows.c[name] == wanted for name, wanted in value.items())
    of_shelf = (rows.c.workspace_id == query.workspace_id, *here, rows.c.shelf == shelf)
    return Sieve(shelf, rows.c.link_id, of_shelf, lambda other: _has(rows.alias(), "link_id", other, value))


def _by_links(query: ListQuery, shelf: Shelf) -> Sieve:
    """Return the sieve of the links' own rows."""
    of_shelf = (links.c.workspace_id == query.workspace_id, links.c.shelf == shelf)
    conditions = _of_link(links, query)

    def asked(other: ColumnElement[int]) -> Condition:
        one = links.alias()
        return exists(select(literal(1)).select_from(one).where(one.c.id == other, *_of_link(one, query)))

    return Sieve(shelf, links.c.id, (*of_shelf, *conditions), asked, narrows=bool(conditions))


def _has(rows: FromClause, link_id: str, other: ColumnElement[int], value: dict[str, object]) -> Condition:
    here = (rows.c[name] == wanted for name, wanted in value.items())
    return exists(select(literal(1)).select_from(rows).where(rows.c[link_id] == other, *here))


def _of_link(one: FromClause, query: ListQuery) -> list[Condition]:
    """Return the conditions on a link's own row, beside workspace and shelf."""
    wanted, now = query.filter, to_micros(query.now)
    conditions = [*_of_state(one, wanted.state, now)]
    if wanted.folder_id is not UNSET:
        conditions.append(one.c.folder_id == wanted.folder_id)  # None becomes IS NULL.
    if wanted.domain_id is not None:
        conditions.append(one.c.domain_id == wanted.domain_id)
    if wanted.is_guarded is not None:
        conditions.append(one.c.guard.is_not(None) if wanted.is_guarded else one.c.guard.is_(None))
    return conditions


def _of_state(one: FromClause, state: State, now: int) -> tuple[Condition, ...]:
    ends = type_coerce(one.c.expires_at, BigInteger)
    match state:
        case State.ACTIVE:
            return or_(ends.is_(None), ends > now), one.c.taken_down.is_(None)
        case State.EXPIRED:
            return ends.is_not(None), ends <= now
        case State.TAKEN_DOWN:
            return (one.c.taken_down.is_not(None),)
        case State.UNARCHIVED | State.ARCHIVED | State.ALL | State.DELETED:
            return ()
        case _:
            assert_never(state)


def _first_id(at: datetime) -> int:
    return first_id_of(-(-to_micros(at) // 1000))  # Rounded up: an id knows no less than a millisecond.
