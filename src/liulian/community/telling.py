"""Take what others tell of members into the log: find whom and what it is about, write down what is sound.

Each act stands for itself: one that is refused says why, the others are written. Members are never made here, and the
address somebody is named by is never stored. Works inside the caller's transaction and never commits.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import ActId, ChannelId, CommunityId, LinkId, MemberId, RitualId, SendId, WorkspaceId, decode_id
from liulian.community.acts import NO_STIMULUS, Act, ActKind, ObjectKind, Purpose, Source, Stimulus
from liulian.community.attendance import OCCURRENCE, attendance_key, open_named
from liulian.community.connectors import ConnectorKind, ConnectorStore
from liulian.community.days import local_day, zone_named
from liulian.community.evidence import Told, Who, WhoKind, read_told
from liulian.community.identities import subject_of
from liulian.community.model import Community, Member, Recorded, Ritual, RitualChange
from liulian.community.people import IdentityKind
from liulian.community.recording import Log, record
from liulian.community.rituals_check import is_occurrence
from liulian.community.service import community_for
from liulian.community.store import CommunityStore

ACTS_MAX = 1_000  # In one request: some tenths of a second in which check-ins wait on SQLite.
_ASKED_MAX = 500  # In one question: SQLite takes no more than some thousand parameters.


@dataclass(frozen=True, slots=True)
class KnownSend:
    """What an act needs to know of the send it names."""

    purpose: Purpose
    stimulus: Stimulus


class EvidenceStore(Protocol):
    """Looks up what acts name, many at once."""

    async def members_of_subjects(
        self, community_id: CommunityId, kind: IdentityKind, subjects: Collection[bytes]
    ) -> dict[bytes, MemberId]: ...
    async def members_of_ids(
        self, community_id: CommunityId, member_ids: Collection[MemberId]
    ) -> dict[MemberId, Member]: ...
    async def hold_members(self, member_ids: Collection[MemberId]) -> None:
        """Let nobody else write what these members do before this transaction ends."""

    async def links_of(self, workspace_id: WorkspaceId, link_ids: Collection[LinkId]) -> set[LinkId]: ...
    async def channels_of(self, community_id: CommunityId, channel_ids: Collection[ChannelId]) -> set[ChannelId]: ...
    async def sends_of(self, community_id: CommunityId, send_ids: Collection[SendId]) -> dict[SendId, KnownSend]: ...


class EvidenceTransaction(Protocol):
    """What taking evidence needs of a transaction."""

    @property
    def communities(self) -> CommunityStore: ...
    @property
    def connectors(self) -> ConnectorStore: ...
    @property
    def evidence(self) -> EvidenceStore: ...
    @property
    def log(self) -> Log: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDesk:
    """What it takes to write evidence down. `key` hides by what members are known."""

    tx: EvidenceTransaction
    ids: Callable[[], int]
    now: datetime
    key: bytes


@dataclass(slots=True)
class _Around:
    """Whom and what the acts of one request name, as far as it is there."""

    community: Community
    members: dict[Who, Member] = field(default_factory=dict)
    links: set[LinkId] = field(default_factory=set)
    channels: set[ChannelId] = field(default_factory=set)
    sends: dict[SendId, KnownSend] = field(default_factory=dict)
    rituals: dict[RitualId, Ritual] = field(default_factory=dict)
    changes: list[RitualChange] = field(default_factory=list)


Result = Recorded | InvalidRequest


async def tell(
    actor: Actor, community_id: CommunityId, given: Sequence[object], *, desk: EvidenceDesk, dry_run: bool = False
) -> list[Result]:
    """Write down what was told, at most ACTS_MAX acts, and return what became of each. `dry_run`: only what would.

    Raises NotFound.
    """
    community = await community_for(actor, community_id, store=desk.tx.communities, scope=Scope.COMMUNITIES_WRITE)
    told = [read_told(each, now=desk.now) for each in given]
    around = await _look_around(community, told, desk=desk)
    judged = [_judged(each, around=around, ids=desk.ids) for each in told]
    acts = [each for each in judged if isinstance(each, Act)]
    recorded = iter(await (_foreseen(community, acts, desk=desk) if dry_run else _recorded(acts, desk=desk)))
    return [next(recorded) if isinstance(each, Act) else each for each in judged]


async def _recorded(acts: Sequence[Act], *, desk: EvidenceDesk) -> list[Recorded]:
    await desk.tx.evidence.hold_members({act.member_id for act in acts if act.member_id is not None})
    return await record(acts, log=desk.tx.log, now=desk.now)


async def _foreseen(community: Community, acts: Sequence[Act], *, desk: EvidenceDesk) -> list[Recorded]:
    known: dict[str, ActId] = {}
    keys = list(dict.fromkeys(act.key for act in acts))
    for some in _portions(keys):
        known |= await desk.tx.log.ids_of_keys(community.id, some)
    foreseen = []
    for act in acts:
        foreseen.append(Recorded(act_id=known.get(act.key, act.id), is_new=act.key not in known))
        known.setdefault(act.key, act.id)  # Told twice in one request.
    return foreseen


async def _look_around(community: Community, told: Sequence[Told], *, desk: EvidenceDesk) -> _Around:
    around, evidence = _Around(community), desk.tx.evidence
    around.members = await _members(community, {each.who for each in told if each.who is not None}, desk=desk)
    for links in _portions({each.link_id for each in told if each.link_id is not None}):
        around.links |= await evidence.links_of(community.workspace_id, links)
    for channels in _portions({each.channel_id for each in told if each.channel_id is not None}):
        around.channels |= await evidence.channels_of(community.id, channels)
    for sends in _portions({each.send_id for each in told if each.send_id is not None}):
        around.sends |= await evidence.sends_of(community.id, sends)
    if any(each.ritual_id is not None for each in told):
        rituals = await desk.tx.communities.rituals.list_of(community.id)
        around.rituals = {ritual.id: ritual for ritual in rituals}
        around.changes = await desk.tx.communities.ritual_changes_of(list(around.rituals))
    return around


async def _members(community: Community, named: Collection[Who], *, desk: EvidenceDesk) -> dict[Who, Member]:
    """Return who is meant, as far as anybody is. Nobody is meant by the id of somebody who was erased."""
    ids: dict[Who, MemberId] = {}
    for who in named:
        number = decode_id(who.value) if who.kind is WhoKind.ID else None
        if number is not None:
            ids[who] = MemberId(number)
    for kind, some in (await _subjects(community, named, desk=desk)).items():
        found: dict[bytes, MemberId] = {}
        for portion in _portions({subject for subject, _ in some}):
            found |= await desk.tx.evidence.members_of_subjects(community.id, kind, portion)
        for subject, who in some:
            if subject in found:
                ids.setdefault(who, found[subject])
    members: dict[MemberId, Member] = {}
    for each in _portions(set(ids.values())):
        members |= await desk.tx.evidence.members_of_ids(community.id, each)
    return {who: members[member_id] for who, member_id in ids.items() if member_id in members}


async def _subjects(
    community: Community, named: Iterable[Who], *, desk: EvidenceDesk
) -> dict[IdentityKind, list[tuple[bytes, Who]]]:
    """Return the keyed hashes by which members are stored, for those who are not named by their id."""
    values: defaultdict[IdentityKind, list[tuple[str, Who]]] = defaultdict(list)
    owners = {each.kind: each.values for each in await desk.tx.connectors.list_of(community.id)}
    app, corp = owners.get(ConnectorKind.WECHAT), owners.get(ConnectorKind.WECOM)
    for who in named:
        if who.kind is WhoKind.EMAIL:
            values[IdentityKind.EMAIL].append((who.value, who))
        elif who.kind is WhoKind.WECHAT:
            values[IdentityKind.WECHAT_UNION].append((who.value, who))
            if app is not None:
                values[IdentityKind.WECHAT].append((f"{app['app_id']}\0{who.value}", who))
        elif who.kind is WhoKind.WECOM and corp is not None:
            values[IdentityKind.WECOM].append((f"{corp['corp_id']}\0{who.value}", who))
    hidden = partial(subject_of, community.id, key=desk.key)
    return {kind: [(hidden(kind, value), who) for value, who in some] for kind, some in values.items()}


def _judged(told: Told, *, around: _Around, ids: Callable[[], int]) -> Act | InvalidRequest:
    """Return the act that was told, or everything that is wrong with it."""
    faults = [*told.faults, *_unknown(told, around=around)]
    wall = None
    if told.ritual_id in around.rituals:
        found = _occurrence(told, around.rituals[told.ritual_id], around.changes)
        if isinstance(found, FieldError):
            faults.append(found)
        else:
            wall = found
    return InvalidRequest(errors=tuple(faults)) if faults else _act(told, wall, around=around, ids=ids)


def _unknown(told: Told, *, around: _Around) -> Iterable[FieldError]:
    """Yield what an act names that is not there, or not theirs."""
    if told.who is not None and told.who not in around.members:
        yield FieldError("member", "evidence_member_unknown")
    if told.link_id is not None and told.link_id not in around.links:
        yield FieldError("link_id", "evidence_link_unknown")
    if told.channel_id is not None and told.channel_id not in around.channels:
        yield FieldError("channel_id", "part_unknown")
    if told.send_id is not None and told.send_id not in around.sends:
        yield FieldError("send_id", "part_unknown")
    if told.ritual_id is not None and told.ritual_id not in around.rituals:
        yield FieldError("ritual_id", "part_unknown")


def _occurrence(told: Told, ritual: Ritual, changes: Iterable[RitualChange]) -> str | FieldError:
    """Return the name of the occurrence that was attended: the one that was named, else the one open at that time.

    Whoever tells of it, nobody was at what had not begun, was over or did not take place.
    """
    found = open_named(ritual, changes, wall=told.occurrence, at=told.at)
    if found is not None:
        return found.wall
    is_known = told.occurrence is not None and is_occurrence(ritual, told.occurrence)
    return FieldError("occurrence", "occurrence_closed" if is_known else "occurrence_unknown")


def _act(told: Told, wall: str | None, *, around: _Around, ids: Callable[[], int]) -> Act:
    member = None if told.who is None else around.members[told.who]
    zone = around.community.zone if member is None else member.zone
    send = None if told.send_id is None else around.sends[told.send_id]
    act = Act(
        id=ActId(ids()),
        community_id=around.community.id,
        member_id=None if member is None else member.id,
        kind=told.kind,
        at=told.at,
        recorded_at=told.at,
        zone=zone,
        day=local_day(told.at, zone_named(zone)),
        key=f"outside-{told.key}",
        object_kind=None if send is None else ObjectKind.SEND,
        object_id=told.send_id,
        value=told.value,
        source=Source(link_id=told.link_id, channel_id=told.channel_id, send_id=told.send_id),
        purpose=told.purpose,
        stimulus=told.stimulus,
        detail=told.detail,
    )
    if send is not None and told.kind is ActKind.SEND:
        stimulus = send.stimulus if told.stimulus == NO_STIMULUS else told.stimulus
        return replace(act, purpose=told.purpose or send.purpose, stimulus=stimulus)
    if member is not None and told.ritual_id is not None and wall is not None:
        ritual = around.rituals[told.ritual_id]
        attended: dict[str, Any] = {"object_kind": ObjectKind.RITUAL, "object_id": ritual.id}
        return replace(act, key=attendance_key(ritual, member, wall), detail={OCCURRENCE: wall}, **attended)
    return act


def _portions(named: Collection[Any]) -> Iterable[list[Any]]:
    """Return what is asked for in one question."""
    everything = list(named)
    return (everything[start : start + _ASKED_MAX] for start in range(0, len(everything), _ASKED_MAX))
