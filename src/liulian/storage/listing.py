"""Pages of links, out of up to a million, each by an index. Implements `links.listing.ListStore`.

Every filter is a sieve: it knows an index in which its links stand by id, and it can be asked about one link. A list by
age walks along the index of the sieve that lets the fewest through and asks the others. Any other order takes the
index of that order and asks all sieves; where few links come through, those are gathered and sorted instead.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, select, text, tuple_, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import LinkId, UserId
from liulian.links.listing import COUNTED_MAX, Around, LinkPage, ListQuery, Position, Sort, State, about
from liulian.links.model import Link, Maker, Shelf
from liulian.storage.around import read_around
from liulian.storage.links import read_links
from liulian.storage.sieves import Sieve, find_search, made_within, sieves_of
from liulian.storage.sql import is_postgres
from liulian.storage.tables import link_totals, links

GATHERED_MAX = 2 * COUNTED_MAX  # Between two pages a list that was counted may have grown.
_SHELVES = {
    State.ARCHIVED: (Shelf.ARCHIVED,),
    State.ALL: (Shelf.LISTED, Shelf.ARCHIVED),
    State.DELETED: (Shelf.DELETED,),
}
_LISTED = (Shelf.LISTED,)
_PLAN_EACH = text("SET LOCAL plan_cache_mode = force_custom_plan")

# For each order its table, the link's id there, and what is compared: numbers as they are stored.
_SORTS = {
    Sort.CLICKS: (link_totals, link_totals.c.link_id, link_totals.c.clicks),
    Sort.UPDATED: (links, links.c.id, type_coerce(links.c.updated_at, BigInteger)),
    Sort.TITLE: (links, links.c.id, links.c.title_key),
}

Sieves = list[Sieve]


class ListRows:
    """The lists of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(self, query: ListQuery) -> LinkPage:
        """Return one page; on the first one the list is counted."""
        await self._plan_each()
        shelves = await self._shelves(query)
        shelves, total = await self._prepare(query, shelves)
        if total == 0:
            return LinkPage(links=[], total=0, next=None)
        rows = (await self._connection.execute(_page(query, shelves, total=total))).all()
        found = await read_links(self._connection, [row.id for row in rows[: query.limit]], query.workspace_id)
        if len(rows) <= query.limit:
            return LinkPage(links=found, total=total, next=None)
        last = rows[query.limit - 1]
        key = last.key if query.order.sort is not Sort.CREATED else None
        place = Position(about=about(query.filter, query.order), key=key, link_id=last.id, total=total)
        return LinkPage(links=found, total=total, next=place)

    async def ids(self, query: ListQuery) -> list[LinkId]:
        """Return the ids of at most `limit` links of a list, newest first, whatever its order; `after` is heeded."""
        await self._plan_each()
        shelves = await self._choose(query, await self._shelves(query))
        found = [_newest(query, sieves) for sieves in shelves]
        if len(found) > 1:
            whole = _union(found).subquery()
            found = [select(whole.c.id).order_by(whole.c.id.desc()).limit(query.limit)]
        return [LinkId(row.id) for row in await self._connection.execute(found[0])]

    async def _plan_each(self) -> None:
        """Keep PostgreSQL from planning once for all: a tag may be on three links, or on three hundred thousand."""
        if is_postgres(self._connection):
            await self._connection.execute(_PLAN_EACH)

    async def around(
        self,
        links: Collection[Link],
        *,
        user_id: UserId | None,
        tagged: Collection[LinkId] | None = None,
        names: Mapping[Maker, str] | None = None,
    ) -> Around:
        """Return what is shown beside links. `tagged` links have tags and makers have `names`, where it is known."""
        return await read_around(self._connection, links, user_id=user_id, tagged=tagged, names=names)

    async def _shelves(self, query: ListQuery) -> list[Sieves]:
        """Return the sieves of a list, for each shelf that it shows."""
        search = await find_search(self._connection, query)
        shelves = _SHELVES.get(query.filter.state, _LISTED)
        return [sieves_of(query, shelf, search=search, connection=self._connection) for shelf in shelves]

    async def _prepare(self, query: ListQuery, shelves: list[Sieves]) -> tuple[list[Sieves], int | None]:
        """Return the sieves, the one to walk along first, and how many links there are."""
        shelves = await self._choose(query, shelves)
        if query.after is not None:
            return shelves, query.after.total
        counted = [await self._count(_narrowed(query, sieves)) for sieves in shelves]
        total = sum(counted)
        return shelves, None if total > COUNTED_MAX else total

    async def _choose(self, query: ListQuery, shelves: list[Sieves]) -> list[Sieves]:
        """Put the sieve that lets the fewest links through first."""
        if len(shelves[0]) == 1:
            return shelves
        sizes = [0] * len(shelves[0])
        for number in range(len(sizes)):
            for sieves in shelves:
                sizes[number] += await self._count(_narrowed(query, [sieves[number]]))
        first = sizes.index(min(sizes))
        return [[sieves[first], *sieves[:first], *sieves[first + 1 :]] for sieves in shelves]

    async def _count(self, wanted: Select[Any]) -> int:
        if is_postgres(self._connection):
            wanted = wanted.with_only_columns()  # Rows without columns are counted from the index alone, nearly always.
        some = wanted.limit(COUNTED_MAX + 1).subquery()
        return int(await self._connection.scalar(select(func.count()).select_from(some)) or 0)


def _page(query: ListQuery, shelves: Sequence[Sieves], *, total: int | None) -> Any:
    """Return the statement for one page and one row more, of ids and what they are sorted by."""
    if query.order.sort is Sort.CREATED:
        is_gathered = total is not None and not shelves[0][0].in_order
        pages = [_by_age(query, sieves, is_gathered=is_gathered) for sieves in shelves]
    elif total is None or not _is_narrow(query, shelves[0]):
        pages = [_walked(query, sieves) for sieves in shelves]
    else:
        pages = [_gathered(query, shelves)]
    if len(pages) == 1:
        return pages[0]
    whole = _union(pages).subquery()
    columns = (whole.c.id,) if query.order.sort is Sort.CREATED else (whole.c.key, whole.c.id)
    return select(*whole.c).order_by(*_directed(query, columns)).limit(query.limit + 1)


def _newest(query: ListQuery, sieves: Sieves) -> Select[Any]:
    """Return ids of one shelf, newest first."""
    page, link_id = _narrowed(query, sieves), sieves[0].id
    if query.after is not None:
        page = page.where(link_id < query.after.link_id)
    return page.order_by(link_id.desc()).limit(query.limit)


def _by_age(query: ListQuery, sieves: Sieves, *, is_gathered: bool) -> Select[Any]:
    """Walk along the first sieve's own index; or sort what few come out of it, where it has another order."""
    page, link_id = _narrowed(query, sieves), sieves[0].id
    if is_gathered:
        few = page.limit(GATHERED_MAX).subquery()
        page, link_id = select(few.c.id), few.c.id
    if query.after is not None:
        after = query.after.link_id
        page = page.where(link_id < after if query.order.is_descending else link_id > after)
    return page.order_by(*_directed(query, (link_id,))).limit(query.limit + 1)


def _walked(query: ListQuery, sieves: Sieves) -> Select[Any]:
    """Walk along the index of the order, and ask every sieve about each link."""
    table, link_id, key = _SORTS[query.order.sort]
    of_shelf = (table.c.workspace_id == query.workspace_id, table.c.shelf == sieves[0].shelf)
    asked = [each.asked(link_id) for each in sieves if each.narrows] + made_within(query.filter, link_id)
    return _sorted(query, select(link_id.label("id"), key.label("key")).where(*of_shelf, *asked), (key, link_id))


def _gathered(query: ListQuery, shelves: Sequence[Sieves]) -> Select[Any]:
    """Sort the few links that come through."""
    _, link_id, key = _SORTS[query.order.sort]
    few = _union([_narrowed(query, sieves).limit(GATHERED_MAX) for sieves in shelves]).subquery()
    return _sorted(query, select(link_id.label("id"), key.label("key")).join(few, few.c.id == link_id), (key, link_id))


def _sorted(query: ListQuery, wanted: Select[Any], columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    page = wanted.order_by(*_directed(query, columns)).limit(query.limit + 1)
    if query.after is None:
        return page
    place, after = tuple_(*columns), (query.after.key, query.after.link_id)
    return page.where(place < after if query.order.is_descending else place > after)


def _narrowed(query: ListQuery, sieves: Sieves) -> Select[Any]:
    """Return the ids that come through all sieves, from the index of the first."""
    first, *others = sieves
    asked = [each.asked(first.id) for each in others if each.narrows]
    return select(first.id.label("id")).where(*first.conditions, *asked, *made_within(query.filter, first.id))


def _is_narrow(query: ListQuery, sieves: Sieves) -> bool:
    is_aged = query.filter.created_from is not None or query.filter.created_to is not None
    return is_aged or any(each.narrows for each in sieves)


def _directed(query: ListQuery, columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [column.desc() if query.order.is_descending else column.asc() for column in columns]


def _union(parts: Sequence[Select[Any]]) -> Any:
    """Join statements with a limit each; SQLite takes those only as tables."""
    if len(parts) == 1:
        return parts[0]
    return union_all(*(select(*part.c) for part in (each.subquery() for each in parts)))
