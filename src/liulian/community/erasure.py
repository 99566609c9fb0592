"""Erase a member: identity, texts, pictures, answers and contacts go at once; what was counted stays, as nobody's.

In the database it is done when this is committed; files are deleted after that, and the lake is rewritten by the worker
within the day. Nobody keeps which id became which.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liulian.base.ids import CommunityId, FileId, MemberId
from liulian.community.acts import ActKind
from liulian.community.joining import Ids
from liulian.community.model import Member, MemberState
from liulian.community.recording import Log, act_by, record

_GHOST_BITS = 62


class EraseStore(Protocol):
    """Exchanges ids of members, in one transaction."""

    async def erase(
        self, community_id: CommunityId, old: MemberId, ghost: MemberId, *, row_id: int, now: datetime
    ) -> list[FileId]: ...


class EraseTransaction(Protocol):
    """What erasing needs of a transaction."""

    @property
    def moves(self) -> EraseStore: ...
    @property
    def log(self) -> Log: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseDesk:
    """What it takes to erase a member. `ghost` gives ids that say nothing, not even when they were made."""

    tx: EraseTransaction
    ids: Ids
    now: datetime
    ghost: Callable[[], int] = lambda: secrets.randbits(_GHOST_BITS)


async def erase(member: Member, *, desk: EraseDesk) -> list[FileId]:
    """Let nobody know any more who a member was, and return the pictures whose files must be deleted then."""
    if member.state is MemberState.ACTIVE:  # It is a departure, and counts as one.
        await record([act_by(member, ActKind.LEAVE, ids=desk.ids, at=desk.now)], log=desk.tx.log, now=desk.now)
    ghost = MemberId(desk.ghost())
    return await desk.tx.moves.erase(member.community_id, member.id, ghost, row_id=desk.ids(), now=desk.now)
