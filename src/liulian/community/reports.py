"""What somebody should look at: reports of members, what our own rules suspect, and what was decided about whom.

Each is a flag: about a post, a check-in or a member. Nothing happens by a flag alone; a person decides
(`moderation.py`), and whom it concerns reads what was done and why, and may appeal once. Nothing is deleted in silence.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from liulian.base.errors import AppError, Conflict, FieldError, InvalidRequest, NotFound
from liulian.base.ids import ActId, CommunityId, FlagId, MemberId, PostId, UserId
from liulian.community.exchange import ExchangeDesk, PostState
from liulian.community.model import Member, MemberState
from liulian.community.people import MemberActor

REPORTS_PER_HOUR = 20  # Of one member.
NOTE_LENGTH_MAX = 500
APPEAL_LENGTH_MAX = 1_000


class FlagKind(StrEnum):
    """Where a flag comes from."""

    REPORT = "report"  # A member.
    SUSPICION = "suspicion"  # Our own rules: `suspicion.py`.
    DECISION = "decision"  # Whoever keeps order acted without being asked.


class FlagObject(StrEnum):
    """What a flag is about."""

    POST = "post"
    ACT = "act"
    MEMBER = "member"


class FlagState(StrEnum):
    """`upheld`: something was done. `appealed`: they disagree. `dismissed`: nothing was done, or it was undone."""

    OPEN = "open"
    UPHELD = "upheld"
    APPEALED = "appealed"
    DISMISSED = "dismissed"


class ReportReason(StrEnum):
    """Why a member reports something."""

    ADVERTISING = "advertising"
    RUDE = "rude"
    UNTRUE = "untrue"
    PRIVATE = "private"  # Something about somebody that is nobody's business.
    DANGEROUS = "dangerous"  # Advice or a photo that may harm.
    OTHER = "other"


class Measure(StrEnum):
    """What is done where a flag is upheld."""

    HIDE = "hide"
    REMOVE = "remove"
    VOID = "void"  # A check-in counts no more.
    UNFIT = "unfit"  # Nor does it, and its photo is deleted: it was not suitable.
    SILENCE = "silence"  # What a member writes waits until it is read.


MEASURES = {
    FlagObject.POST: (Measure.HIDE, Measure.REMOVE),
    FlagObject.ACT: (Measure.VOID, Measure.UNFIT),
    FlagObject.MEMBER: (Measure.SILENCE,),
}


class TooManyReports(AppError):
    """A member reported as often as an hour may have."""

    status, code = 429, "too_many_reports"


class NoAppeal(Conflict):
    """There is nothing to appeal against, or that was done already."""

    code = "no_appeal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was done, why, and what an appeal was answered. Whom it concerns reads it."""

    measure: Measure
    why: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One thing to look at. `member_id`: whom it concerns. `reasons`: codes of `ReportReason` or `Suspicion`.

    `note`: what the reporter wrote, for those who decide alone. `score`: 0 to 1, of a suspicion. `verdict` None:
    nothing was done about it. `closed_by` None: not closed, or by a host or a program.
    """

    id: FlagId
    community_id: CommunityId
    kind: FlagKind
    object_kind: FlagObject
    object_id: int
    member_id: MemberId
    reasons: tuple[str, ...]
    state: FlagState
    created_at: datetime
    reporter_id: MemberId | None = None
    note: str | None = None
    score: float | None = None
    appeal: str | None = None
    verdict: Verdict | None = None
    closed_at: datetime | None = None
    closed_by: UserId | None = None


class FlagStore(Protocol):
    """Flags of one transaction."""

    async def add(self, flag: Flag) -> None: ...
    async def find(self, flag_id: FlagId, *, community_id: CommunityId, for_update: bool = False) -> Flag | None: ...
    async def put(self, flag: Flag) -> None:
        """Store what may change of a flag."""

    async def has_open(self, object_id: int, *, reporter_id: MemberId | None) -> bool: ...
    async def close_open(self, object_id: int, *, state: FlagState, now: datetime) -> None:
        """Close what else is open about something."""


class MemberFinder(Protocol):
    """Members by their ids."""

    async def find(self, member_id: MemberId, *, for_update: bool = False) -> Member | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk:
    """What it takes to report something."""

    exchange: ExchangeDesk
    flags: FlagStore
    members: MemberFinder


async def report(
    asking: MemberActor, kind: FlagObject, object_id: int, *, reason: ReportReason, note: str, desk: ReportDesk
) -> Flag | None:
    """Let somebody look at something; None where this member asked for that already.

    Raises NotFound for what the member does not see, also for themselves, InvalidRequest and TooManyReports.
    """
    whom = await _concerned(asking, kind, object_id, desk=desk)
    if whom == asking.member.id:
        raise NotFound
    text = checked_text(note, "note", length_max=NOTE_LENGTH_MAX, is_needed=reason is ReportReason.OTHER)
    if await desk.flags.has_open(object_id, reporter_id=asking.member.id):
        return None
    room, now = desk.exchange, desk.exchange.now
    whose = asking.member.id.to_bytes(8, "big")
    claim = await room.limits.claim("report", whose, wished=1, per_hour=REPORTS_PER_HOUR, now=now)
    if not claim.granted:
        raise TooManyReports(retry_after_s=claim.retry_after_s)
    flag = Flag(
        id=FlagId(room.ids()),
        community_id=asking.community.id,
        kind=FlagKind.REPORT,
        object_kind=kind,
        object_id=object_id,
        member_id=whom,
        reasons=(reason.value,),
        state=FlagState.OPEN,
        created_at=now,
        reporter_id=asking.member.id,
        note=text or None,
    )
    await desk.flags.add(flag)
    return flag


async def appeal(asking: MemberActor, flag_id: FlagId, body: str, *, flags: FlagStore) -> Flag:
    """Disagree, once, with what was decided about oneself. Raises NotFound, InvalidRequest or NoAppeal."""
    flag = await flags.find(flag_id, community_id=asking.community.id, for_update=True)
    if flag is None or flag.member_id != asking.member.id or flag.verdict is None:
        raise NotFound
    if flag.state is not FlagState.UPHELD or flag.appeal is not None:
        raise NoAppeal
    text = checked_text(body, "appeal", length_max=APPEAL_LENGTH_MAX)
    appealed = replace(flag, state=FlagState.APPEALED, appeal=text)
    await flags.put(appealed)
    return appealed


def checked_text(text: str, field: str, *, length_max: int, is_needed: bool = True) -> str:
    """Return a text without blanks around it. Raises InvalidRequest for too long a one, and for none where one is."""
    said = text.replace("\r\n", "\n").strip()
    if len(said) > length_max or (is_needed and not said):
        raise InvalidRequest(errors=(FieldError(field, "post_text", {"max": length_max}),))
    return said


async def _concerned(asking: MemberActor, kind: FlagObject, object_id: int, *, desk: ReportDesk) -> MemberId:
    """Return whom something is of that a member sees. Raises NotFound."""
    whom: MemberId | None = None
    match kind:
        case FlagObject.POST:
            post = await desk.exchange.posts.find(PostId(object_id), community_id=asking.community.id)
            whom = post.member_id if post is not None and post.state is PostState.SHOWN else None
        case FlagObject.ACT:
            seen = await desk.exchange.posts.find_check_in(ActId(object_id), viewer=asking.member)
            whom = None if seen is None else seen.member_id
        case FlagObject.MEMBER:
            member = await desk.members.find(MemberId(object_id))
            is_here = member is not None and member.community_id == asking.community.id
            whom = member.id if member is not None and is_here and member.state is MemberState.ACTIVE else None
    if whom is None:
        raise NotFound
    return whom
