"""The log of acts in the database: append, and read back in the order of time. Never changes what is written.

Each row is one act; a key that is already there in its community means that the act was told before.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import ActId, ChannelId, CommunityId, LinkId, MemberId, SendId
from liulian.community.acts import NO_SOURCE, NO_STIMULUS, Act, ActKind, ObjectKind, Purpose, Source, Stimulus
from liulian.storage.act_tables import acts
from liulian.storage.sql import insert_or_ignore

ACTS_READ_MAX = 20_000  # Of one member: half a century of acts each day. More is a fault, and is cut off.
KEYS_MAX = 500  # In one question: SQLite takes no more than some thousand parameters.

_ALL = select(*(column for column in acts.c if column.name != "batch"))
_OF_MEMBER = (
    _ALL.where(
        acts.c.member_id == bindparam("of_member"),
        acts.c.kind.in_(bindparam("kinds", expanding=True)),
        acts.c.day >= bindparam("from_day"),
    )
    .order_by(acts.c.at, acts.c.id)
    .limit(ACTS_READ_MAX)
)
_PAGE = (
    _ALL.where(acts.c.community_id == bindparam("of_community"), acts.c.id > bindparam("after"))
    .order_by(acts.c.id)
    .limit(bindparam("at_most"))
)
_KNOWN = select(acts.c.key, acts.c.id).where(
    acts.c.community_id == bindparam("of_community"), acts.c.key.in_(bindparam("keys", expanding=True))
)


class ActRows:
    """The log, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, new: Sequence[Act]) -> set[ActId]:
        """Write acts down and return the ids of those that were not told before. All must be of one statement's size.

        Of two with one key the first is written. Ids that are taken count as told before: they come from `IdSource`.
        """
        if not new:
            return set()
        statement = insert_or_ignore(self._connection, acts).returning(acts.c.id)
        written = await self._connection.execute(statement, [_values(act) for act in new])
        return {ActId(row.id) for row in written}

    async def ids_of_keys(self, community_id: CommunityId, keys: Collection[str]) -> dict[str, ActId]:
        """Return which of at most KEYS_MAX keys are taken, and by which acts."""
        if not keys:
            return {}
        found = await self._connection.execute(_KNOWN, {"of_community": community_id, "keys": list(keys)[:KEYS_MAX]})
        return {row.key: ActId(row.id) for row in found}

    async def of_member(self, member_id: MemberId, *, kinds: Iterable[ActKind], from_day: int = 0) -> list[Act]:
        """Return a member's acts of some kinds from a local day on, oldest first."""
        values = {"of_member": member_id, "kinds": [kind.value for kind in kinds], "from_day": from_day}
        return [act_of(row) for row in await self._connection.execute(_OF_MEMBER, values)]

    async def list_page(self, community_id: CommunityId, *, after: int, limit: int) -> list[Act]:
        """Return at most `limit` acts of a community with ids above `after`, in the order of ids."""
        values = {"of_community": community_id, "after": after, "at_most": limit}
        return [act_of(row) for row in await self._connection.execute(_PAGE, values)]


def act_of(row: Row[*tuple[Any, ...]]) -> Act:
    """Return the act in a row that has all columns of an act."""
    source = Source(
        link_id=None if row.link_id is None else LinkId(row.link_id),
        channel_id=None if row.channel_id is None else ChannelId(row.channel_id),
        send_id=None if row.send_id is None else SendId(row.send_id),
    )
    stimulus = Stimulus(share=row.stimulus_share, amount=row.stimulus_amount)
    return Act(
        id=ActId(row.id),
        community_id=CommunityId(row.community_id),
        member_id=None if row.member_id is None else MemberId(row.member_id),
        kind=ActKind(row.kind),
        at=row.at,
        recorded_at=row.recorded_at,
        zone=row.zone,
        day=row.day,
        key=row.key,
        for_day=row.for_day,
        object_kind=None if row.object_kind is None else ObjectKind(row.object_kind),
        object_id=row.object_id,
        value=row.value,
        source=NO_SOURCE if source == NO_SOURCE else source,
        purpose=None if row.purpose is None else Purpose(row.purpose),
        stimulus=NO_STIMULUS if stimulus == NO_STIMULUS else stimulus,
        detail={} if row.detail is None else msgspec.json.decode(row.detail),
    )


def _values(act: Act) -> dict[str, Any]:
    return {
        "id": act.id,
        "community_id": act.community_id,
        "member_id": act.member_id,
        "kind": act.kind.value,
        "at": act.at,
        "recorded_at": act.recorded_at,
        "zone": act.zone,
        "day": act.day,
        "for_day": act.for_day,
        "object_kind": None if act.object_kind is None else act.object_kind.value,
        "object_id": act.object_id,
        "value": act.value,
        "link_id": act.source.link_id,
        "channel_id": act.source.channel_id,
        "send_id": act.source.send_id,
        "purpose": None if act.purpose is None else act.purpose.value,
        "stimulus_share": act.stimulus.share,
        "stimulus_amount": act.stimulus.amount,
        "detail": msgspec.json.encode(act.detail).decode() if act.detail else None,
        "key": act.key,
    }
