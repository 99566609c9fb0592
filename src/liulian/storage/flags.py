"""Flags in the database, and the acts they are about. Implements `community.reports.FlagStore`."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import ActId, CommunityId, FlagId, MemberId, UserId
from liulian.community.acts import Act, ActKind
from liulian.community.reports import Flag, FlagKind, FlagObject, FlagState, Verdict
from liulian.storage.act_tables import acts
from liulian.storage.acts import act_of
from liulian.storage.exchange_tables import flags

_ONE = select(flags).where(flags.c.id == bindparam("wanted"), flags.c.community_id == bindparam("of_community"))
_OPEN = select(flags.c.id).where(
    flags.c.object_id == bindparam("about"),
    flags.c.state == FlagState.OPEN.value,
    flags.c.reporter_id.is_not_distinct_from(bindparam("reporter")),
)
_ACT = select(acts).where(acts.c.id == bindparam("wanted"), acts.c.community_id == bindparam("of_community"))
_WORD = (
    select(acts.c.value)
    .where(
        acts.c.community_id == bindparam("of_community"),
        acts.c.object_id == bindparam("about"),
        acts.c.kind == ActKind.VOID.value,
    )
    .order_by(acts.c.at.desc(), acts.c.id.desc())
    .limit(1)
)
_CHANGED = ("note", "state", "appeal", "verdict", "closed_at", "closed_by")


class FlagRows:
    """Flags of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, flag: Flag) -> None:
        await self._connection.execute(insert(flags), _values(flag))

    async def find(self, flag_id: FlagId, *, community_id: CommunityId, for_update: bool = False) -> Flag | None:
        """Return a flag of a community."""
        asked = _ONE.with_for_update() if for_update else _ONE
        found = await self._connection.execute(asked, {"wanted": flag_id, "of_community": community_id})
        row = found.one_or_none()
        return None if row is None else _flag(row)

    async def put(self, flag: Flag) -> None:
        """Store what may change of a flag."""
        values = _values(flag)
        changed = {name: values[name] for name in _CHANGED}
        await self._connection.execute(update(flags).where(flags.c.id == flag.id).values(**changed))

    async def has_open(self, object_id: int, *, reporter_id: MemberId | None) -> bool:
        """Tell whether a member, or (None) our own rules, asked somebody to look at this already."""
        asked = {"about": object_id, "reporter": reporter_id}
        return (await self._connection.execute(_OPEN, asked)).first() is not None

    async def close_open(self, object_id: int, *, state: FlagState, now: datetime) -> None:
        """Close what else is open about something. Nobody is told twice: these have no verdict."""
        about = flags.c.object_id == object_id, flags.c.state == FlagState.OPEN.value
        await self._connection.execute(update(flags).where(*about).values(state=state.value, closed_at=now))

    async def page(
        self,
        community_id: CommunityId,
        *,
        state: FlagState,
        limit: int,
        after: int = 0,
        kind: FlagKind | None = None,
        about: FlagObject | None = None,
    ) -> list[Flag]:
        """Return at most `limit` flags of a state with ids above `after`, oldest first."""
        asked = select(flags).where(
            flags.c.community_id == community_id, flags.c.state == state.value, flags.c.id > after
        )
        if kind is not None:
            asked = asked.where(flags.c.kind == kind.value)
        if about is not None:
            asked = asked.where(flags.c.object_kind == about.value)
        return [_flag(row) for row in await self._connection.execute(asked.order_by(flags.c.id).limit(limit))]

    async def decided_about(self, member_id: MemberId, *, limit: int) -> list[Flag]:
        """Return what was decided about a member, newest first."""
        asked = select(flags).where(flags.c.member_id == member_id, flags.c.verdict.is_not(None))
        return [_flag(row) for row in await self._connection.execute(asked.order_by(flags.c.id.desc()).limit(limit))]

    async def find_act(self, act_id: ActId, *, community_id: CommunityId) -> Act | None:
        """Return an act of a community."""
        row = (await self._connection.execute(_ACT, {"wanted": act_id, "of_community": community_id})).one_or_none()
        return None if row is None else act_of(row)

    async def is_void(self, act: Act) -> bool:
        """Tell whether the last word on an act is that it does not count."""
        asked = {"of_community": act.community_id, "about": act.id}
        return bool((await self._connection.execute(_WORD, asked)).scalar_one_or_none())


def _flag(row: Row[*tuple[Any, ...]]) -> Flag:
    return Flag(
        id=FlagId(row.id),
        community_id=CommunityId(row.community_id),
        kind=FlagKind(row.kind),
        object_kind=FlagObject(row.object_kind),
        object_id=row.object_id,
        member_id=MemberId(row.member_id),
        reporter_id=None if row.reporter_id is None else MemberId(row.reporter_id),
        reasons=tuple(row.reason.split()),
        note=row.note,
        score=row.score,
        state=FlagState(row.state),
        appeal=row.appeal,
        verdict=None if row.verdict is None else msgspec.json.decode(row.verdict, type=Verdict),
        created_at=row.created_at,
        closed_at=row.closed_at,
        closed_by=None if row.closed_by is None else UserId(row.closed_by),
    )


def _values(flag: Flag) -> dict[str, object]:
    return {
        "id": flag.id,
        "community_id": flag.community_id,
        "kind": flag.kind.value,
        "object_kind": flag.object_kind.value,
        "object_id": flag.object_id,
        "member_id": flag.member_id,
        "reporter_id": flag.reporter_id,
        "reason": " ".join(flag.reasons),
        "note": flag.note,
        "score": flag.score,
        "state": flag.state.value,
        "appeal": flag.appeal,
        "verdict": None if flag.verdict is None else msgspec.json.encode(flag.verdict).decode(),
        "created_at": flag.created_at,
        "closed_at": flag.closed_at,
        "closed_by": flag.closed_by,
    }
