"""Exchange a member's id wherever it stands: two members turn out to be one person, or nobody shall know who it was.

Works through every table that has a `member_id`, also one that was added later: such a table follows a merge, and is
emptied by an erasure, unless it is named here. The log alone keeps its rows, for the counts; there the lake is told by
a row of `act_rewrites`, which the worker deletes when it is done.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId, FileId, MemberId, encode_id
from liulian.community.acts import ActKind
from liulian.storage.account_tables import audit
from liulian.storage.act_tables import act_rewrites, acts, week_places
from liulian.storage.community_tables import communities
from liulian.storage.every_table import metadata
from liulian.storage.exchange_tables import flags, posts, thanks
from liulian.storage.member_tables import (
    attempts,
    member_blocks,
    member_codes,
    member_files,
    member_identities,
    members,
)
from liulian.storage.tables import caller_counts

POINTED_MAX = 20_000  # Acts of others that name a member: thanks and solutions of many years.
FILES_MAX = 20_000
GIVERS_MAX = 500
ROWS_TOLD_MAX = 20_000  # Of one table, in an export.

# These keep their rows when a person is erased, under an id that leads to nobody: counts, questions that others
# answered, thanks that others were given.
_KEPT = ("acts", "week_places", "posts", "thanks", "flags")
_BY_HAND = ("thanks", "member_blocks", "week_places", "members")
# Never told in an export: what only recognises somebody, and what is about others.
_UNTOLD = frozenset({"subject", "fingerprint", "sealed", "batch", "likeness", "sha256", "reporter_id", "note"})


class MoveRows:
    """Exchanges of members' ids, in one transaction.

    `has_erased` tells the transaction that the write-ahead log must be wiped too.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.has_erased = False

    async def givers_to(self, community_id: CommunityId, member_ids: Iterable[MemberId]) -> list[MemberId]:
        """Return who thanked these members, or chose an answer of theirs: their points depend on who these are."""
        givers = select(acts.c.member_id).where(_naming(community_id, list(member_ids))).distinct().limit(GIVERS_MAX)
        return [MemberId(row[0]) for row in await self._connection.execute(givers) if row[0] is not None]

    async def merge(
        self, community_id: CommunityId, old: MemberId, new: MemberId, *, row_id: int, now: datetime
    ) -> None:
        """Give everything of `old` to `new`, and let `old` be gone. Sums are the caller's to move."""
        await self._rename_receiver(community_id, old, new)
        await self._merge_thanks(old, new)
        await self._merge_blocks(old, new)
        await self._run(delete(member_codes).where(member_codes.c.member_id == old))
        await self._run(delete(week_places).where(week_places.c.member_id == old))
        for table in _tables_of_members():
            if table.name not in _BY_HAND:
                await self._run(update(table).where(table.c.member_id == old).values(member_id=new))
        await self._rename(flags, flags.c.reporter_id, old, new)
        await self._rename(flags, flags.c.object_id, old, new)
        await self._run(delete(members).where(members.c.id == old))
        await self._tell_lake(community_id, old, new, row_id=row_id, now=now)

    async def erase(
        self, community_id: CommunityId, old: MemberId, ghost: MemberId, *, row_id: int, now: datetime
    ) -> list[FileId]:
        """Let nobody know any more who `old` was, and return the pictures whose files must go."""
        found = await self._connection.execute(
            select(member_files.c.id).where(member_files.c.member_id == old).limit(FILES_MAX)
        )
        files = [FileId(row.id) for row in found]
        await self._rename_receiver(community_id, old, ghost)
        # Keys are made of what they are about, ids of members too.
        await self._run(
            update(acts)
            .where(acts.c.member_id == old)
            .values(key=literal("erased-") + cast(acts.c.id, Text), member_id=ghost)
        )
        gone = {"body": "", "state": "removed", "reason": None, "member_id": ghost}
        await self._run(update(posts).where(posts.c.member_id == old).values(**gone))
        await self._run(
            update(flags).where(flags.c.member_id == old).values(note=None, appeal=None, verdict=None, member_id=ghost)
        )
        await self._run(update(flags).where(flags.c.reporter_id == old).values(note=None, reporter_id=ghost))
        await self._rename(flags, flags.c.object_id, old, ghost)
        await self._rename(thanks, thanks.c.member_id, old, ghost)
        await self._rename(thanks, thanks.c.to_member_id, old, ghost)
        await self._rename(week_places, week_places.c.member_id, old, ghost)
        await self._run(
            delete(member_blocks).where(or_(member_blocks.c.member_id == old, member_blocks.c.blocked_id == old))
        )
        for table in _tables_of_members():
            if table.name not in _KEPT:
                await self._run(delete(table).where(table.c.member_id == old))
        # What they did too often in the last hour is counted by their id; what operators did about them names it.
        await self._run(delete(caller_counts).where(caller_counts.c.caller == old.to_bytes(8, "big")))
        await self._run(update(audit).where(audit.c.object_id == encode_id(old)).values(object_id=encode_id(ghost)))
        await self._leave_a_ghost(old, ghost)
        self.has_erased = True
        await self._tell_lake(community_id, old, ghost, row_id=row_id, now=now)
        return files

    async def forget_answers(self, member_id: MemberId) -> None:
        """Delete what a member answered in self-tests: they no longer agree."""
        await self._run(delete(attempts).where(attempts.c.member_id == member_id))

    async def hide_answers(self, member_id: MemberId) -> None:
        """Share no answers of a member any more."""
        mine = (attempts.c.member_id == member_id) & (attempts.c.is_shared == 1)
        await self._run(update(attempts).where(mine).values(is_shared=0))

    async def everything_of(self, member_id: MemberId) -> dict[str, list[dict[str, Any]]]:
        """Return what is stored about a member, as rows by table, without what only recognises somebody."""
        told: dict[str, list[dict[str, Any]]] = {}
        for table in (members, *_tables_of_members()):
            mine = (members.c.id if table is members else table.c.member_id) == member_id
            columns = [column for column in table.c if column.name not in _UNTOLD]
            order = list(table.primary_key.columns)
            if table is member_identities:
                order = [member_identities.c.created_at]
            found = await self._connection.execute(select(*columns).where(mine).order_by(*order).limit(ROWS_TOLD_MAX))
            told[table.name] = [dict(row._mapping) for row in found]
        return told

    async def _merge_thanks(self, old: MemberId, new: MemberId) -> None:
        """Once each: of thanks by both for one thing one stays, and nobody has thanked themselves."""
        both = (old, new)
        twice = select(thanks.c.object_id).where(thanks.c.member_id == new)
        lost = or_(
            and_(thanks.c.member_id == old, thanks.c.object_id.in_(twice)),
            and_(thanks.c.member_id.in_(both), thanks.c.to_member_id.in_(both)),
        )
        found = await self._connection.execute(select(thanks.c.object_id).where(lost).limit(POINTED_MAX))
        objects = sorted({row.object_id for row in found})
        await self._run(delete(thanks).where(lost))
        await self._rename(thanks, thanks.c.member_id, old, new)
        await self._rename(thanks, thanks.c.to_member_id, old, new)
        counted = select(func.count()).where(thanks.c.object_id == posts.c.id).scalar_subquery()
        for object_id in objects:
            await self._run(update(posts).where(posts.c.id == object_id).values(thanks=counted))

    async def _merge_blocks(self, old: MemberId, new: MemberId) -> None:
        one = or_(member_blocks.c.member_id == old, member_blocks.c.blocked_id == old)
        rows = (await self._connection.execute(select(member_blocks).where(one).limit(POINTED_MAX))).all()
        await self._run(delete(member_blocks).where(one))
        for row in rows:
            pair = [new if each == old else each for each in (row.member_id, row.blocked_id)]
            is_there = select(member_blocks.c.member_id).where(
                member_blocks.c.member_id == pair[0], member_blocks.c.blocked_id == pair[1]
            )
            if pair[0] != pair[1] and (await self._connection.execute(is_there)).first() is None:
                values = {"member_id": pair[0], "blocked_id": pair[1], "created_at": row.created_at}
                await self._connection.execute(insert(member_blocks), values)

    async def _rename_receiver(self, community_id: CommunityId, old: MemberId, new: MemberId) -> None:
        """Name another member in the acts by which others thanked this one."""
        found = await self._connection.execute(
            select(acts.c.id, acts.c.detail).where(_naming(community_id, [old])).limit(POINTED_MAX)
        )
        renamed = []
        for row in found:
            detail = msgspec.json.decode(row.detail) if row.detail else {}
            if detail.get("to") in (old, encode_id(old)):
                detail["to"] = encode_id(new) if isinstance(detail["to"], str) else new
                renamed.append({"this": row.id, "told": msgspec.json.encode(detail).decode()})
        if renamed:
            statement = update(acts).where(acts.c.id == bindparam("this")).values(detail=bindparam("told"))
            await self._connection.execute(statement, renamed)

    async def _leave_a_ghost(self, old: MemberId, ghost: MemberId) -> None:
        """Keep what is counted: when somebody joined and by what. The zone becomes everybody's, names are gone."""
        zone = select(communities.c.zone).where(communities.c.id == members.c.community_id).scalar_subquery()
        nobody = {
            "nickname": "",
            "ward": None,
            "silenced_at": None,
            "seen_at": None,
            "state": "erased",
            "role": "member",
        }
        await self._run(
            update(members).where(members.c.id == old).values(id=ghost, zone=func.coalesce(zone, "UTC"), **nobody)
        )

    async def _tell_lake(
        self, community_id: CommunityId, old: MemberId, new: MemberId, *, row_id: int, now: datetime
    ) -> None:
        row = {"id": row_id, "community_id": community_id, "old_id": old, "new_id": new, "requested_at": now}
        await self._connection.execute(insert(act_rewrites), row)

    async def _rename(self, table: Table, column: Column[Any], old: MemberId, new: MemberId) -> None:
        await self._run(update(table).where(column == old).values({column: new}))

    async def _run(self, statement: Any) -> None:
        await self._connection.execute(statement)


def _tables_of_members() -> list[Table]:
    """Return all tables that say of their rows whose they are."""
    return [table for table in metadata.sorted_tables if "member_id" in table.c]


def _naming(community_id: CommunityId, member_ids: list[MemberId]) -> Any:
    """Return what picks the acts by which members were thanked: they are about a post or an act of theirs."""
    theirs = union_all(
        select(posts.c.id).where(posts.c.member_id.in_(member_ids)),
        select(acts.c.id).where(acts.c.member_id.in_(member_ids)),
    ).subquery()
    return and_(
        acts.c.community_id == community_id,
        acts.c.kind.in_([ActKind.THANKS.value, ActKind.SOLVED.value]),
        acts.c.object_id.in_(select(theirs.c.id)),
    )
