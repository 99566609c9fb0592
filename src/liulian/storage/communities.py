"""Communities in the database, and all they are built from. Decides nothing: who may see what is said by the services.

What is removed is invisible here; only the slug of a removed community stays taken.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.i18n import Language
from liulian.base.ids import ChannelId, CommunityId, GoalId, RitualId, ServiceId, WorkspaceId
from liulian.community.model import (
    PARTS_MAX,
    Badge,
    ChannelLink,
    Community,
    CommunitySettings,
    CommunityState,
    Goal,
    MemberState,
    Problem,
    Ritual,
    RitualChange,
    Service,
    ServiceKind,
    ServiceVersion,
    Symbols,
)
from liulian.links.model import Link
from liulian.storage.community_parts import BADGES, CHANNELS, GOALS, RITUALS, SERVICES, PartRows, json_text
from liulian.storage.community_tables import channel_links, communities, ritual_changes, service_versions
from liulian.storage.goal_counting import count_goal
from liulian.storage.links import read_links
from liulian.storage.member_tables import members
from liulian.storage.sql import insert_or_ignore

CHANGES_MAX = 500  # Of one ritual: nine years of weeks, each of them different.
VERSIONS_MAX = 1_000

_VISIBLE = select(*(column for column in communities.c if column.name != "removed_at")).where(
    communities.c.removed_at.is_(None)
)
_BY_SLUG = _VISIBLE.where(communities.c.slug == bindparam("of_slug"))
_GONE_BY_SLUG = select(*(column for column in communities.c if column.name != "removed_at")).where(
    communities.c.removed_at.is_not(None), communities.c.slug == bindparam("of_slug")
)
_BY_ID = _VISIBLE.where(communities.c.id == bindparam("of_id"))
_THEIRS = _BY_ID.where(communities.c.workspace_id == bindparam("of_workspace"))
_LIST = (
    _VISIBLE.where(communities.c.workspace_id == bindparam("of_workspace"), communities.c.id > bindparam("after"))
    .order_by(communities.c.id)
    .limit(bindparam("at_most"))
)
_OPEN = (
    _VISIBLE.where(communities.c.state == CommunityState.OPEN.value, communities.c.id > bindparam("after"))
    .order_by(communities.c.id)
    .limit(bindparam("at_most"))
)
_COUNT = select(func.count()).where(
    communities.c.workspace_id == bindparam("of_workspace"), communities.c.removed_at.is_(None)
)
_CHANGES = (
    select(ritual_changes)
    .where(ritual_changes.c.ritual_id.in_(bindparam("ritual_ids", expanding=True)))
    .order_by(ritual_changes.c.ritual_id, ritual_changes.c.occurrence)
    .limit(bindparam("at_most"))
)
_VERSION = select(service_versions).where(
    service_versions.c.service_id == bindparam("of_service"), service_versions.c.version == bindparam("of_version")
)
_VERSIONS = (
    select(service_versions)
    .where(service_versions.c.service_id == bindparam("of_service"))
    .order_by(service_versions.c.version.desc())
    .limit(bindparam("at_most"))
)
_BROUGHT = (
    select(members.c.channel_id, func.count().label("number"))
    .where(members.c.community_id == bindparam("of_community"), members.c.channel_id.is_not(None))
    .group_by(members.c.channel_id)
    .limit(PARTS_MAX)
)
_MEMBERS = (
    select(members.c.community_id, func.count().label("number"))
    .where(
        members.c.community_id.in_(bindparam("community_ids", expanding=True)),
        members.c.state == MemberState.ACTIVE.value,
    )
    .group_by(members.c.community_id)
)


class CommunityRows:
    """The communities of one transaction. `goals`, `badges`, `rituals`, `services`, `channels` are their parts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.goals = PartRows(connection, GOALS)
        self.badges = PartRows(connection, BADGES)
        self.rituals = PartRows(connection, RITUALS)
        self.services = PartRows(connection, SERVICES)
        self.channels = PartRows(connection, CHANNELS)

    async def add(self, community: Community) -> bool:
        """Insert a community; False when its slug is, or was, another's."""
        statement = insert_or_ignore(self._connection, communities).returning(communities.c.id)
        return (await self._connection.execute(statement, _values(community))).one_or_none() is not None

    async def find(
        self, community_id: CommunityId, *, workspace_id: WorkspaceId, for_update: bool = False
    ) -> Community | None:
        """Return a community of a workspace. With `for_update` nobody else changes it before the transaction ends."""
        values = {"of_id": community_id, "of_workspace": workspace_id}
        return await self._find(_THEIRS.with_for_update() if for_update else _THEIRS, values)

    async def find_by_id(self, community_id: CommunityId) -> Community | None:
        """Return a community, whosever it is: for what no operator asks."""
        return await self._find(_BY_ID, {"of_id": community_id})

    async def find_by_slug(self, slug: str) -> Community | None:
        """Return the community at `/c/{slug}`, also a draft or a closed one."""
        return await self._find(_BY_SLUG, {"of_slug": slug})

    async def find_gone(self, slug: str) -> Community | None:
        """Return the removed community that was at `/c/{slug}`: for its members, whose data is theirs."""
        return await self._find(_GONE_BY_SLUG, {"of_slug": slug})

    async def list_of(self, workspace_id: WorkspaceId, *, after: int = 0, limit: int) -> list[Community]:
        """Return at most `limit` communities of a workspace with ids above `after`, oldest first."""
        values = {"of_workspace": workspace_id, "after": after, "at_most": limit}
        return [_community(row) for row in await self._connection.execute(_LIST, values)]

    async def list_open(self, *, after: int = 0, limit: int) -> list[Community]:
        """Return at most `limit` open communities of the installation with ids above `after`, oldest first."""
        return [_community(row) for row in await self._connection.execute(_OPEN, {"after": after, "at_most": limit})]

    async def count_of(self, workspace_id: WorkspaceId) -> int:
        """Return how many communities a workspace has."""
        return int(await self._connection.scalar(_COUNT, {"of_workspace": workspace_id}) or 0)

    async def is_taken(self, slug: str) -> bool:
        """Tell whether a slug is, or was, a community's."""
        taken = select(communities.c.id).where(communities.c.slug == slug)
        return await self._connection.scalar(taken) is not None

    async def replace(self, community: Community) -> bool:
        """Store a community in the place of the one with its id; False when its new slug is, or was, another's."""
        changed = update(communities).where(communities.c.id == community.id).values(_values(community))
        try:
            async with self._connection.begin_nested():  # A refusal would end PostgreSQL's whole transaction.
                await self._connection.execute(changed)
        except IntegrityError:
            return False
        return True

    async def remove(self, community_id: CommunityId, *, now: datetime) -> None:
        """Let a community be seen no more. Its slug stays taken."""
        this = update(communities).where(communities.c.id == community_id)
        await self._connection.execute(this.values(removed_at=now))

    async def remove_of(self, workspace_id: WorkspaceId, *, now: datetime) -> None:
        """Let all communities of a workspace, which is about to end, be seen no more."""
        theirs = update(communities).where(
            communities.c.workspace_id == workspace_id, communities.c.removed_at.is_(None)
        )
        await self._connection.execute(theirs.values(removed_at=now))

    async def goals_of(self, community_id: CommunityId) -> list[Goal]:
        """Return the goals of a community, in their order."""
        return await self.goals.list_of(community_id)

    async def find_goal(self, goal_id: GoalId, *, community_id: CommunityId) -> Goal | None:
        """Return a goal of a community."""
        return await self.goals.find(goal_id, community_id=community_id)

    async def count_goal(self, goal: Goal) -> None:
        """Write what all did for a goal as the log has it."""
        await count_goal(self._connection, goal)

    async def badges_of(self, community_id: CommunityId) -> list[Badge]:
        """Return the badges of a community, in their order."""
        return await self.badges.list_of(community_id)

    async def rituals_of(self, community_id: CommunityId) -> list[Ritual]:
        """Return the rituals of a community, in their order."""
        return await self.rituals.list_of(community_id)

    async def find_ritual(self, ritual_id: RitualId, *, community_id: CommunityId) -> Ritual | None:
        """Return a ritual of a community."""
        return await self.rituals.find(ritual_id, community_id=community_id)

    async def services_of(self, community_id: CommunityId, *, kind: ServiceKind | None = None) -> list[Service]:
        """Return the services of a community, of one kind or all, in whatever state, in their order."""
        found = await self.services.list_of(community_id)
        return [service for service in found if kind is None or service.kind is kind]

    async def find_service(self, service_id: ServiceId, *, community_id: CommunityId) -> Service | None:
        """Return a service of a community."""
        return await self.services.find(service_id, community_id=community_id)

    async def channels_of(self, community_id: CommunityId) -> list[ChannelLink]:
        """Return the channel links of a community, oldest first."""
        return await self.channels.list_of(community_id)

    async def find_channel(self, channel_id: ChannelId, *, community_id: CommunityId) -> ChannelLink | None:
        """Return a channel link of a community."""
        return await self.channels.find(channel_id, community_id=community_id)

    async def find_channel_of_link(self, link_id: int) -> ChannelLink | None:
        """Return the channel that a short link stands for."""
        table = channel_links
        wanted = select(table.c.id, table.c.community_id).where(table.c.link_id == link_id)
        row = (await self._connection.execute(wanted)).one_or_none()
        return None if row is None else await self.find_channel(row.id, community_id=row.community_id)

    async def members_brought(self, community_id: CommunityId) -> dict[ChannelId, int]:
        """Return how many members each channel brought, also those who have left; none for those without any."""
        rows = await self._connection.execute(_BROUGHT, {"of_community": community_id})
        return {ChannelId(row.channel_id): row.number for row in rows}

    async def members_of(self, community_ids: Sequence[CommunityId]) -> dict[CommunityId, int]:
        """Return how many members communities have now; none for those without any."""
        if not community_ids:
            return {}
        rows = await self._connection.execute(_MEMBERS, {"community_ids": list(community_ids)})
        return {CommunityId(row.community_id): row.number for row in rows}

    async def links_of_channels(self, community: Community) -> list[Link]:
        """Return the short links of a community's channels that are not deleted."""
        channels = await self.channels_of(community.id)
        link_ids = [channel.link_id for channel in channels]
        found = await read_links(self._connection, link_ids, community.workspace_id) if link_ids else []
        return [link for link in found if link.deleted_at is None]

    async def ritual_changes_of(self, ritual_ids: Sequence[RitualId]) -> list[RitualChange]:
        """Return what differs from the rules of rituals, by ritual and occurrence."""
        at_most = CHANGES_MAX * max(1, len(ritual_ids))
        rows = await self._connection.execute(_CHANGES, {"ritual_ids": list(ritual_ids), "at_most": at_most})
        return [_ritual_change(row) for row in rows]

    async def put_ritual_change(self, change: RitualChange) -> None:
        """Store what differs in one occurrence, in the place of what was said of it before."""
        await self.drop_ritual_change(change.ritual_id, change.occurrence)
        values = {
            "ritual_id": change.ritual_id,
            "occurrence": change.occurrence,
            "moved_to": change.moved_to,
            "note": change.note,
            "sequence": change.sequence,
            "changed_at": change.changed_at,
        }
        await self._connection.execute(insert(ritual_changes), values)

    async def drop_ritual_change(self, ritual_id: RitualId, occurrence: str) -> bool:
        """Let one occurrence follow the rule again; False when it did."""
        this = ritual_changes.delete().where(
            ritual_changes.c.ritual_id == ritual_id, ritual_changes.c.occurrence == occurrence
        )
        return (await self._connection.execute(this)).rowcount == 1

    async def add_version(self, version: ServiceVersion) -> None:
        """Keep a version of what a service says."""
        values = {
            "service_id": version.service_id,
            "version": version.version,
            "definition": json_text(version.definition),
            "created_at": version.created_at,
        }
        await self._connection.execute(insert(service_versions), values)

    async def find_version(self, service_id: ServiceId, version: int) -> ServiceVersion | None:
        """Return what a service said in one version."""
        values = {"of_service": service_id, "of_version": version}
        row = (await self._connection.execute(_VERSION, values)).one_or_none()
        return _version(row) if row else None

    async def versions_of(self, service_id: ServiceId, *, limit: int = VERSIONS_MAX) -> list[ServiceVersion]:
        """Return at most `limit` versions of a service, newest first."""
        rows = await self._connection.execute(_VERSIONS, {"of_service": service_id, "at_most": limit})
        return [_version(row) for row in rows]

    async def _find(self, statement: Any, values: Mapping[str, object]) -> Community | None:
        row = (await self._connection.execute(statement, values)).one_or_none()
        return _community(row) if row else None


def _values(community: Community) -> dict[str, Any]:
    return {
        "id": community.id,
        "workspace_id": community.workspace_id,
        "slug": community.slug,
        "name": community.name,
        "state": community.state.value,
        "language": community.language.value,
        "zone": community.zone,
        "problem_who": community.problem.who,
        "problem_situation": community.problem.situation,
        "problem_outcome": community.problem.outcome,
        "symbols": json_text(community.symbols),
        "settings": json_text(community.settings),
        "template": community.template,
        "created_at": community.created_at,
        "updated_at": community.updated_at,
    }


def _community(row: Row[*tuple[Any, ...]]) -> Community:
    return Community(
        id=CommunityId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        slug=row.slug,
        name=row.name,
        state=CommunityState(row.state),
        language=Language(row.language),
        zone=row.zone,
        problem=Problem(who=row.problem_who, situation=row.problem_situation, outcome=row.problem_outcome),
        symbols=msgspec.json.decode(row.symbols, type=Symbols),
        settings=msgspec.json.decode(row.settings, type=CommunitySettings),
        template=row.template,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _ritual_change(row: Row[*tuple[Any, ...]]) -> RitualChange:
    return RitualChange(
        ritual_id=RitualId(row.ritual_id),
        occurrence=row.occurrence,
        moved_to=row.moved_to,
        note=row.note,
        sequence=row.sequence,
        changed_at=row.changed_at,
    )


def _version(row: Row[*tuple[Any, ...]]) -> ServiceVersion:
    return ServiceVersion(
        service_id=ServiceId(row.service_id),
        version=row.version,
        definition=msgspec.json.decode(row.definition),
        created_at=row.created_at,
    )
