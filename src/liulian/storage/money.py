"""Costs and income of modules in the database. Implements `community.money.MoneyStore`."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId, ServiceId
from liulian.community.money import Money, MoneyFilter, MoneySum
from liulian.storage.community_tables import module_money
from liulian.storage.sql import insert_or_ignore

KEYS_ASKED_MAX = 500
SUMS_MAX = 1_000  # Modules times currencies.

_M = module_money.c


class MoneyRows:
    """The money of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, entries: Sequence[Money]) -> set[int]:
        """Insert entries and return the ids of those whose key is new."""
        if not entries:
            return set()
        statement = insert_or_ignore(self._connection, module_money).returning(_M.id)
        names = [column.name for column in module_money.columns]
        rows = [{name: getattr(entry, name) for name in names} for entry in entries]
        return {row.id for row in await self._connection.execute(statement, rows)}

    async def ids_of_keys(self, community_id: CommunityId, keys: Collection[str]) -> dict[str, int]:
        """Return which keys are taken, and by which entries."""
        asked, known = list(keys), dict[str, int]()
        for start in range(0, len(asked), KEYS_ASKED_MAX):
            some = asked[start : start + KEYS_ASKED_MAX]
            these = select(_M.key, _M.id).where(_M.community_id == community_id, _M.key.in_(some))
            known |= {row.key: row.id for row in await self._connection.execute(these.limit(KEYS_ASKED_MAX))}
        return known

    async def list_page(
        self, community_id: CommunityId, which: MoneyFilter, *, before: int | None, limit: int
    ) -> list[Money]:
        """Return at most `limit` entries with ids below `before`, those told last first."""
        asked = select(module_money).where(*_which(community_id, which))
        if before is not None:
            asked = asked.where(_M.id < before)
        return [_money(row) for row in await self._connection.execute(asked.order_by(_M.id.desc()).limit(limit))]

    async def sums(self, community_id: CommunityId, which: MoneyFilter) -> list[MoneySum]:
        """Return cost and income of each module in each currency; what is the whole community's comes first."""
        by = (_M.service_id, _M.currency)
        asked = select(*by, func.sum(_M.cost), func.sum(_M.income)).where(*_which(community_id, which)).group_by(*by)
        rows = await self._connection.execute(asked.order_by(func.coalesce(_M.service_id, 0), *by[1:]).limit(SUMS_MAX))
        return [MoneySum(_service(row[0]), row[1], row[2], row[3]) for row in rows]


def _which(community_id: CommunityId, which: MoneyFilter) -> list[Any]:
    asked: list[Any] = [_M.community_id == community_id]
    if which.service_id is not None:
        asked.append(_M.service_id == which.service_id)
    if which.from_day is not None:
        asked.append(_M.day >= which.from_day)
    if which.until_day is not None:
        asked.append(_M.day <= which.until_day)
    return asked


def _service(number: int | None) -> ServiceId | None:
    return None if number is None else ServiceId(number)


def _money(row: Row[*tuple[Any, ...]]) -> Money:
    return Money(
        id=row.id,
        community_id=CommunityId(row.community_id),
        service_id=_service(row.service_id),
        day=row.day,
        cost=row.cost,
        income=row.income,
        currency=row.currency,
        key=row.key,
        created_at=row.created_at,
        note=row.note,
    )
