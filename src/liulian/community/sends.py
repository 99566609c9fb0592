"""What was sent to members by something else: a mail program, a group assistant. Told once, so that acts can name it.

Each says what it is for, and what was given away: later statistics compare these. Our own broadcasts are in
`broadcasts.py`. Works inside the caller's transaction and never commits.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.base.ids import CommunityId, SendId
from liulian.community.acts import NO_STIMULUS, Purpose, Stimulus
from liulian.community.evidence import (
    CHANNEL_LENGTH_MAX,
    KEY_LENGTH_MAX,
    NAME_LENGTH_MAX,
    instant_of,
    one_line,
    read_stimulus,
)
from liulian.community.model import Community
from liulian.community.reading import Reading
from liulian.community.recording import Log, record, send_act
from liulian.community.service import community_for
from liulian.community.store import CommunityStore

EXTERNAL, BROADCAST = "external", "broadcast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Something that was sent. `key`: what its sender calls it; None for a broadcast of ours."""

    id: SendId
    community_id: CommunityId
    kind: str
    name: str
    purpose: Purpose
    sent_at: datetime
    created_at: datetime
    stimulus: Stimulus = NO_STIMULUS
    channel: str | None = None
    key: str | None = None


class SendStore(Protocol):
    """Sends, in one transaction."""

    async def add(self, send: Send) -> bool:
        """Insert a send from elsewhere; False when there is one of its key."""

    async def find_by_key(self, community_id: CommunityId, key: str) -> Send | None: ...
    async def find(self, community_id: CommunityId, send_id: SendId) -> Send | None: ...
    async def list_sent(self, community_id: CommunityId, *, before: int | None, limit: int) -> list[Send]:
        """Return what was sent, newest first, broadcasts of ours too."""


class SendTransaction(Protocol):
    """What sends need of a transaction."""

    @property
    def communities(self) -> CommunityStore: ...
    @property
    def sends_told(self) -> SendStore: ...
    @property
    def log(self) -> Log: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDesk:
    """What it takes to write sends down."""

    tx: SendTransaction
    ids: Callable[[], int]
    now: datetime


async def tell_send(actor: Actor, community_id: CommunityId, given: object, *, desk: SendDesk) -> tuple[Send, bool]:
    """Return the send of a key, and whether it is new: what was told first stays. Raises NotFound or InvalidRequest."""
    community = await community_for(actor, community_id, store=desk.tx.communities, scope=Scope.COMMUNITIES_WRITE)
    send = _read(given, community, desk=desk)
    if not await desk.tx.sends_told.add(send):
        return await desk.tx.sends_told.find_by_key(community.id, send.key or "") or send, False
    act = send_act(community, send.id, ids=desk.ids, at=send.sent_at, purpose=send.purpose, stimulus=send.stimulus)
    said = {"name": send.name} | ({} if send.channel is None else {"channel": send.channel})
    await record([replace(act, detail=said)], log=desk.tx.log, now=desk.now)
    return send, True


async def list_sends(
    actor: Actor, community_id: CommunityId, *, tx: SendTransaction, before: int | None, limit: int
) -> list[Send]:
    """Return what was sent to a community's members, newest first. Raises NotFound."""
    community = await community_for(actor, community_id, store=tx.communities)
    return await tx.sends_told.list_sent(community.id, before=before, limit=limit)


async def find_send(actor: Actor, community_id: CommunityId, send_id: SendId, *, tx: SendTransaction) -> Send | None:
    """Return one thing that was sent. Raises NotFound where there is no such community."""
    community = await community_for(actor, community_id, store=tx.communities)
    return await tx.sends_told.find(community.id, send_id)


def _read(given: object, community: Community, *, desk: SendDesk) -> Send:
    reading = Reading(given)
    send = Send(
        id=SendId(desk.ids()),
        community_id=community.id,
        kind=EXTERNAL,
        key=one_line(reading, "key", length_max=KEY_LENGTH_MAX),
        name=one_line(reading, "name", length_max=NAME_LENGTH_MAX),
        purpose=reading.choice("purpose", Purpose),
        stimulus=read_stimulus(reading.part("stimulus")),
        channel=one_line(reading, "channel", length_max=CHANNEL_LENGTH_MAX) if reading.has("channel") else None,
        sent_at=instant_of(reading, "sent_at", now=desk.now),
        created_at=desk.now,
    )
    reading.value("channel")
    reading.finish()
    reading.refuse()
    return send
