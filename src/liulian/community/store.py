"""What building communities asks of the database. Implemented in `storage/communities.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from liulian.base.ids import ChannelId, CommunityId, IdSource, RitualId, ServiceId, WorkspaceId
from liulian.community.model import (
    Badge,
    ChannelLink,
    Community,
    Goal,
    Ritual,
    RitualChange,
    Service,
    ServiceVersion,
)
from liulian.links.model import Link
from liulian.links.store import AuditLog

Part = TypeVar("Part", bound=Goal | Badge | Ritual | Service | ChannelLink)


class PartStore(Protocol[Part]):
    """The parts of one kind."""

    async def add(self, part: Part) -> None:
        """Insert a part."""

    async def find(self, part_id: int, *, community_id: CommunityId, for_update: bool = False) -> Part | None:
        """Return a part of a community."""

    async def list_of(self, community_id: CommunityId) -> list[Part]:
        """Return the parts of a community, in their order."""

    async def replace(self, part: Part) -> None:
        """Store a part in the place of the one with its id."""

    async def remove(self, part_id: int, *, now: datetime) -> None:
        """Let a part be seen no more."""

    async def reorder(self, part_ids: Sequence[int], *, community_id: CommunityId) -> None:
        """Give parts the order of their ids here."""


class CommunityStore(Protocol):
    """The communities of one transaction."""

    @property
    def goals(self) -> PartStore[Goal]: ...
    @property
    def badges(self) -> PartStore[Badge]: ...
    @property
    def rituals(self) -> PartStore[Ritual]: ...
    @property
    def services(self) -> PartStore[Service]: ...
    @property
    def channels(self) -> PartStore[ChannelLink]: ...

    async def add(self, community: Community) -> bool:
        """Insert a community; False when its slug is taken."""

    async def find(
        self, community_id: CommunityId, *, workspace_id: WorkspaceId, for_update: bool = False
    ) -> Community | None:
        """Return a community of a workspace."""

    async def list_of(self, workspace_id: WorkspaceId, *, after: int = 0, limit: int) -> list[Community]:
        """Return communities of a workspace, oldest first."""

    async def count_of(self, workspace_id: WorkspaceId) -> int:
        """Return how many communities a workspace has."""

    async def members_of(self, community_ids: Sequence[CommunityId]) -> dict[CommunityId, int]:
        """Return how many members communities have now."""

    async def is_taken(self, slug: str) -> bool:
        """Tell whether a slug is, or was, a community's."""

    async def replace(self, community: Community) -> bool:
        """Store a community in the place of the one with its id; False when its new slug is taken."""

    async def remove(self, community_id: CommunityId, *, now: datetime) -> None:
        """Let a community be seen no more."""

    async def members_brought(self, community_id: CommunityId) -> dict[ChannelId, int]:
        """Return how many members each channel brought."""

    async def links_of_channels(self, community: Community) -> list[Link]:
        """Return the short links of a community's channels that are not deleted."""

    async def count_goal(self, goal: Goal) -> None:
        """Write what all did for a goal as the log has it: for one that is new, or measures something else."""

    async def ritual_changes_of(self, ritual_ids: Sequence[RitualId]) -> list[RitualChange]:
        """Return what differs from the rules of rituals."""

    async def put_ritual_change(self, change: RitualChange) -> None:
        """Store what differs in one occurrence."""

    async def drop_ritual_change(self, ritual_id: RitualId, occurrence: str) -> bool:
        """Let one occurrence follow the rule again; False when it did."""

    async def add_version(self, version: ServiceVersion) -> None:
        """Keep a version of what a service says."""

    async def versions_of(self, service_id: ServiceId) -> list[ServiceVersion]:
        """Return the versions of a service, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """What it takes to build communities: the stores of this transaction, ids, the time."""

    store: CommunityStore
    audit: AuditLog
    ids: IdSource
    now: datetime
