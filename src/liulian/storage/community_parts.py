"""What communities are built from, in the database: goals, badges, rituals, services, channel links.

All are kept alike: a row belongs to one community, has a place in its order, and is invisible once removed, because
acts of the log may still name it. What a rule or a definition means is known in `community/` alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Row, Select, Table, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import BadgeId, ChannelId, CommunityId, GoalId, LinkId, RitualId, ServiceId
from liulian.community.acts import NO_STIMULUS, Purpose, Stimulus
from liulian.community.model import (
    PARTS_MAX,
    Attend,
    Badge,
    BadgeRule,
    ChannelLink,
    Goal,
    Measure,
    Reach,
    Ritual,
    Service,
    ServiceKind,
    ServiceState,
)
from liulian.storage.community_tables import badges, channel_links, goals, rituals, services

Part = TypeVar("Part", bound=Goal | Badge | Ritual | Service | ChannelLink)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf(Generic[Part]):
    """Where parts of one kind are, and how they go in and come out."""

    table: Table
    values: Callable[[Part], dict[str, Any]]
    part: Callable[[Row[*tuple[Any, ...]]], Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Questions:
    """What is asked of a table again and again: made once, because making costs more than asking."""

    one: Select[tuple[Any, ...]]
    all: Select[tuple[Any, ...]]


@cache
def _questions_to(table: Table) -> _Questions:
    visible = select(*(column for column in table.c if column.name != "removed_at")).where(
        table.c.removed_at.is_(None), table.c.community_id == bindparam("of_community")
    )
    order = [table.c.position, table.c.id] if "position" in table.c else [table.c.id]
    return _Questions(
        one=visible.where(table.c.id == bindparam("part_id")),
        all=visible.order_by(*order).limit(bindparam("at_most")),
    )


class PartRows(Generic[Part]):
    """The parts of one kind, in one transaction."""

    def __init__(self, connection: AsyncConnection, shelf: Shelf[Part]) -> None:
        self._connection = connection
        self._shelf = shelf

    async def add(self, part: Part) -> None:
        """Insert a part."""
        await self._connection.execute(insert(self._shelf.table), self._shelf.values(part))

    async def find(self, part_id: int, *, community_id: CommunityId, for_update: bool = False) -> Part | None:
        """Return a part of a community. With `for_update` nobody else changes it before the transaction ends."""
        wanted = _questions_to(self._shelf.table).one
        values = {"part_id": part_id, "of_community": community_id}
        asked = wanted.with_for_update() if for_update else wanted
        row = (await self._connection.execute(asked, values)).one_or_none()
        return self._shelf.part(row) if row else None

    async def list_of(self, community_id: CommunityId, *, limit: int = PARTS_MAX) -> list[Part]:
        """Return at most `limit` parts of a community, in their order."""
        values = {"of_community": community_id, "at_most": limit}
        rows = await self._connection.execute(_questions_to(self._shelf.table).all, values)
        return [self._shelf.part(row) for row in rows]

    async def count_of(self, community_id: CommunityId) -> int:
        """Return how many parts of this kind a community has."""
        table = self._shelf.table
        wanted = select(func.count()).where(table.c.community_id == community_id, table.c.removed_at.is_(None))
        return int(await self._connection.scalar(wanted) or 0)

    async def replace(self, part: Part) -> None:
        """Store a part in the place of the one with its id."""
        table = self._shelf.table
        await self._connection.execute(update(table).where(table.c.id == part.id).values(self._shelf.values(part)))

    async def remove(self, part_id: int, *, now: datetime) -> None:
        """Let a part be seen no more."""
        table = self._shelf.table
        await self._connection.execute(update(table).where(table.c.id == part_id).values(removed_at=now))

    async def reorder(self, part_ids: Sequence[int], *, community_id: CommunityId) -> None:
        """Give parts of a community the order of their ids here. Not for channel links, which have none."""
        table = self._shelf.table
        for position, part_id in enumerate(part_ids):
            this = update(table).where(table.c.id == part_id, table.c.community_id == community_id)
            await self._connection.execute(this.values(position=position))


def json_text(value: object) -> str:
    """Return a value as the JSON that is stored of it."""
    return msgspec.json.encode(value).decode()


def _goal_values(goal: Goal) -> dict[str, Any]:
    return {
        "id": goal.id,
        "community_id": goal.community_id,
        "position": goal.position,
        "name": goal.name,
        "created_at": goal.created_at,
        "reach": goal.reach.value,
        "unit": goal.unit,
        "baseline": goal.baseline,
        "target": goal.target,
        "starts_on": goal.starts_on,
        "ends_on": goal.ends_on,
        "measure": json_text(goal.measure),
        "factor": goal.factor,
        "factor_unit": goal.factor_unit,
        "factor_source": goal.factor_source,
    }


def _goal(row: Row[*tuple[Any, ...]]) -> Goal:
    return Goal(
        id=GoalId(row.id),
        community_id=CommunityId(row.community_id),
        position=row.position,
        name=row.name,
        created_at=row.created_at,
        reach=Reach(row.reach),
        unit=row.unit,
        baseline=row.baseline,
        target=row.target,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        measure=msgspec.json.decode(row.measure, type=Measure),
        factor=row.factor,
        factor_unit=row.factor_unit,
        factor_source=row.factor_source,
    )


def _badge_values(badge: Badge) -> dict[str, Any]:
    return {
        "id": badge.id,
        "community_id": badge.community_id,
        "position": badge.position,
        "name": badge.name,
        "created_at": badge.created_at,
        "emblem": badge.emblem,
        "about": badge.about,
        "rule": json_text(badge.rule),
    }


def _badge(row: Row[*tuple[Any, ...]]) -> Badge:
    return Badge(
        id=BadgeId(row.id),
        community_id=CommunityId(row.community_id),
        position=row.position,
        name=row.name,
        created_at=row.created_at,
        emblem=row.emblem,
        about=row.about,
        rule=msgspec.json.decode(row.rule, type=BadgeRule),
    )


def _ritual_values(ritual: Ritual) -> dict[str, Any]:
    return {
        "id": ritual.id,
        "community_id": ritual.community_id,
        "position": ritual.position,
        "name": ritual.name,
        "created_at": ritual.created_at,
        "about": ritual.about,
        "host": ritual.host,
        "rrule": ritual.rrule,
        "starts_at": ritual.starts_at,
        "zone": ritual.zone,
        "minutes": ritual.minutes,
        "attend": ritual.attend.value,
        "code": ritual.code,
        "sequence": ritual.sequence,
        "updated_at": ritual.updated_at,
    }


def _ritual(row: Row[*tuple[Any, ...]]) -> Ritual:
    return Ritual(
        id=RitualId(row.id),
        community_id=CommunityId(row.community_id),
        position=row.position,
        name=row.name,
        created_at=row.created_at,
        about=row.about,
        host=row.host,
        rrule=row.rrule,
        starts_at=row.starts_at,
        zone=row.zone,
        minutes=row.minutes,
        attend=Attend(row.attend),
        code=row.code,
        sequence=row.sequence,
        updated_at=row.updated_at,
    )


def _service_values(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "community_id": service.community_id,
        "position": service.position,
        "name": service.name,
        "created_at": service.created_at,
        "kind": service.kind.value,
        "state": service.state.value,
        "purpose": service.purpose.value,
        "version": service.version,
        "definition": json_text(service.definition),
        "updated_at": service.updated_at,
    }


def _service(row: Row[*tuple[Any, ...]]) -> Service:
    return Service(
        id=ServiceId(row.id),
        community_id=CommunityId(row.community_id),
        position=row.position,
        name=row.name,
        created_at=row.created_at,
        kind=ServiceKind(row.kind),
        state=ServiceState(row.state),
        purpose=Purpose(row.purpose),
        version=row.version,
        definition=msgspec.json.decode(row.definition),
        updated_at=row.updated_at,
    )


def _channel_values(channel: ChannelLink) -> dict[str, Any]:
    return {
        "id": channel.id,
        "community_id": channel.community_id,
        "link_id": channel.link_id,
        "name": channel.name,
        "purpose": channel.purpose.value,
        "stimulus_share": channel.stimulus.share,
        "stimulus_amount": channel.stimulus.amount,
        "created_at": channel.created_at,
    }


def _channel(row: Row[*tuple[Any, ...]]) -> ChannelLink:
    stimulus = Stimulus(share=row.stimulus_share, amount=row.stimulus_amount)
    return ChannelLink(
        id=ChannelId(row.id),
        community_id=CommunityId(row.community_id),
        link_id=LinkId(row.link_id),
        name=row.name,
        purpose=Purpose(row.purpose),
        stimulus=NO_STIMULUS if stimulus == NO_STIMULUS else stimulus,
        created_at=row.created_at,
    )


GOALS = Shelf(table=goals, values=_goal_values, part=_goal)
BADGES = Shelf(table=badges, values=_badge_values, part=_badge)
RITUALS = Shelf(table=rituals, values=_ritual_values, part=_ritual)
SERVICES = Shelf(table=services, values=_service_values, part=_service)
CHANNELS = Shelf(table=channel_links, values=_channel_values, part=_channel)
