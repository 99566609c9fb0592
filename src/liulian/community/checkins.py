"""Check in, make a day up, pause, go on: what members do in challenges, checked and written into the log.

A page names each act by a key of its own: told twice, it is one act and gets the same answer. A check-in made without
network is told later with the time it was made at; it counts for its own local day, for 48 hours. Nothing is shown
here: what changed is said by `feedback.py`. A text given as proof is kept beside the log, where erasure finds it.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from liulian.base.errors import AppError, Conflict, FieldError, FieldRefused, InvalidRequest, NotFound
from liulian.base.ids import CommunityId, FileId, MemberId, ServiceId
from liulian.community.acts import NO_SOURCE, Act, ActKind, ObjectKind, Source
from liulian.community.challenges import Challenge, Proof, check_challenge, check_note, check_number
from liulian.community.days import DAYS_OF_WEEK, local_day, week_of, zone_named
from liulian.community.model import CommunityState, Member, Recorded, Service, ServiceKind, ServiceState
from liulian.community.people import MemberActor
from liulian.community.points import OWN, Deed, deed_of
from liulian.community.recording import Log, act_by, record
from liulian.community.streaks import STREAK_KINDS, Streak, streak_of

OFFLINE_MAX = timedelta(hours=48)  # A weekend without network; what is older may be made up.
SKEW_MAX = timedelta(minutes=5)  # Clocks of phones are no further off.
READ_KINDS = STREAK_KINDS | frozenset(OWN)  # Of one member, once for all that is said about an act.
_KEY = re.compile(r"[0-9A-Za-z_-]{8,64}")


class ChallengeNotOpen(Conflict):
    """It has not begun, or has ended, or the community has."""

    code = "challenge_not_open"


class ChallengePaused(Conflict):
    """The member paused it."""

    code = "challenge_paused"


class ChallengeNotPaused(Conflict):
    """There is no pause to end."""

    code = "challenge_not_paused"


class DoneToday(Conflict):
    """As much was done as a day takes."""

    code = "challenge_done_today"


class DoneThisWeek(Conflict):
    """As much was done as a week takes."""

    code = "challenge_done_this_week"


class DayDone(Conflict):
    """There is nothing to make up for on that day."""

    code = "challenge_day_done"


class NoMakingUp(Conflict):
    """Days of this challenge cannot be made up for."""

    code = "make_up_not_offered"


class NoPause(Conflict):
    """This challenge cannot be paused."""

    code = "pause_not_offered"


class ServiceStore(Protocol):
    """The services of communities."""

    async def find_service(self, service_id: ServiceId, *, community_id: CommunityId) -> Service | None: ...


class ProofStore(Protocol):
    """Texts and photos that show something was done."""

    async def add_note(self, act: Act, body: str) -> None:
        """Keep the text of an act."""

    async def attach_photo(self, file_id: FileId, act: Act) -> bool:
        """Make a member's own photo, which no other act has, the proof of an act. False: there is none such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What it takes: the log and the stores of this transaction, ids, the time."""

    log: Log
    services: ServiceStore
    proofs: ProofStore
    ids: Callable[[], int]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a page tells. `key`: its own name of the act. `at` None: now. `zone`: where the member is; empty: at home.

    `for_day` is the day to make up; `days` how long a pause shall last. The rest is proof, as the challenge asks.
    """

    service_id: ServiceId
    key: str
    at: datetime | None = None
    zone: str = ""
    value: float | None = None
    note: str | None = None
    photo_id: FileId | None = None
    for_day: int | None = None
    days: int | None = None
    source: Source = NO_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was written down, and the streak before and after. `deeds`: all the member did, this included.

    `is_new` False: it was told before, and nothing changed now.
    """

    recorded: Recorded
    act: Act
    service: Service
    challenge: Challenge
    before: Streak
    after: Streak
    deeds: tuple[Deed, ...]


async def check_in(asking: MemberActor, wish: Wish, *, desk: Desk) -> Done:
    """Write a check-in down. Raises InvalidRequest, NotFound, and a Conflict that says why it is not taken."""
    return await _do(asking, wish, ActKind.CHECK_IN, _check_today, desk=desk)


async def make_up(asking: MemberActor, wish: Wish, *, desk: Desk) -> Done:
    """Write down what was done on an earlier day, within the challenge's window. Raises like `check_in`."""
    return await _do(asking, wish, ActKind.MAKE_UP, _check_earlier, desk=desk)


async def pause(asking: MemberActor, wish: Wish, *, desk: Desk) -> Done:
    """Let nothing be asked for for some days, today included. Raises like `check_in`."""
    return await _do(asking, wish, ActKind.PAUSE, _check_pause, desk=desk)


async def resume(asking: MemberActor, wish: Wish, *, desk: Desk) -> Done:
    """End a pause today. Raises like `check_in`."""
    return await _do(asking, wish, ActKind.RESUME, _check_resume, desk=desk)


def today_of(deeds: tuple[Deed, ...] | list[Deed], *, now: datetime, zone: str) -> int:
    """Return the member's day: the local one, or a later one that they already acted on, further east."""
    return max([local_day(now, zone_named(zone)), *(deed.day for deed in deeds)])


def usable_zone(zone: str, *, otherwise: str) -> str:
    """Return a zone that a page told, where it is one."""
    try:
        return zone_named(zone).key if zone else otherwise
    except FieldRefused:
        return otherwise


def key_of_act(member_id: MemberId, kind: ActKind, key: str) -> str:
    """Return the log's key for an act that a page named. Nobody can tell the member from it. Raises InvalidRequest."""
    if not _KEY.fullmatch(key):
        raise InvalidRequest(errors=(FieldError("key", "field_form"),))
    return f"{kind.value}-{hashlib.sha256(f'{member_id} {key}'.encode()).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One act as it is checked. `streak` is as of its day."""

    wish: Wish
    member: Member
    challenge: Challenge
    service: Service
    day: int
    deeds: tuple[Deed, ...]
    streak: Streak

    def times(self, first: int, last: int) -> int:
        """Return how often this challenge was done on some days."""
        kinds = (ActKind.CHECK_IN, ActKind.MAKE_UP)
        ours = (deed for deed in self.deeds if deed.kind in kinds and deed.object_id == self.service.id)
        return sum(first <= deed.counts_for <= last for deed in ours)


async def _do(asking: MemberActor, wish: Wish, kind: ActKind, check: Callable[[_Asked], None], *, desk: Desk) -> Done:
    member = asking.member
    key = key_of_act(member.id, kind, wish.key)
    service, challenge = await _challenge_of(asking, wish.service_id, desk=desk)
    await desk.log.hold_member(member.id)
    deeds = tuple(await desk.log.deeds(asking.community.id, member_ids=[member.id], kinds=READ_KINDS, from_day=0))
    act = _act(member, wish, kind, service, key=key, desk=desk)
    as_of = max(act.day, today_of(deeds, now=desk.now, zone=act.zone))
    before = streak_of(deeds, challenge, service_id=service.id, as_of=as_of)
    on_day = before if act.day == as_of else streak_of(deeds, challenge, service_id=service.id, as_of=act.day)
    asked = _Asked(
        wish=wish, member=member, challenge=challenge, service=service, day=act.day, deeds=deeds, streak=on_day
    )
    try:
        check(asked)
        act = _valued(act, asked)
    except AppError:
        recorded = await _told_before(act, desk=desk)
    else:
        (recorded,) = await record([act], log=desk.log, now=desk.now, known=deeds)
    if recorded.is_new:
        await _prove(act, asked, desk=desk)
        deeds = (*deeds, deed_of(act, member.id))
    return Done(
        recorded=recorded,
        act=act,
        service=service,
        challenge=challenge,
        before=before,
        after=streak_of(deeds, challenge, service_id=service.id, as_of=as_of),
        deeds=deeds,
    )


async def _told_before(act: Act, *, desk: Desk) -> Recorded:
    """Return the act that has this one's key. Raises what is being raised where there is none."""
    known = (await desk.log.ids_of_keys(act.community_id, [act.key])).get(act.key)
    if known is None:
        raise  # noqa: PLE0704 - Called where a refusal is being handled.
    return Recorded(act_id=known, is_new=False)


def _act(member: Member, wish: Wish, kind: ActKind, service: Service, *, key: str, desk: Desk) -> Act:
    return act_by(
        member,
        kind,
        ids=desk.ids,
        at=_time_of(wish, member, kind, now=desk.now),
        key=key,
        zone=usable_zone(wish.zone, otherwise=member.zone),
        for_day=wish.for_day if kind is ActKind.MAKE_UP else None,
        object_kind=ObjectKind.SERVICE,
        object_id=service.id,
        source=wish.source,
        purpose=service.purpose,
    )


async def _challenge_of(asking: MemberActor, service_id: ServiceId, *, desk: Desk) -> tuple[Service, Challenge]:
    """Return a challenge that takes something. Raises NotFound for another community's and for drafts."""
    service = await desk.services.find_service(service_id, community_id=asking.community.id)
    if service is None or service.kind is not ServiceKind.CHALLENGE or service.state is ServiceState.DRAFT:
        raise NotFound
    if service.state is not ServiceState.ACTIVE or asking.community.state is not CommunityState.OPEN:
        raise ChallengeNotOpen
    return service, check_challenge(service.definition)


def _time_of(wish: Wish, member: Member, kind: ActKind, *, now: datetime) -> datetime:
    """Return when it was done: what a page says of a check-in, within bounds, and now for everything else."""
    if wish.at is None or kind is not ActKind.CHECK_IN:
        return now
    if wish.at > now + SKEW_MAX:
        raise InvalidRequest(errors=(FieldError("at", "check_in_future"),))
    if wish.at < max(now - OFFLINE_MAX, member.joined_at - SKEW_MAX):
        raise InvalidRequest(errors=(FieldError("at", "check_in_too_old"),))
    return min(wish.at, now)


def _check_today(asked: _Asked) -> None:
    challenge, day = asked.challenge, asked.day
    if challenge.starts_on is not None and not _is_within(challenge, day):
        raise ChallengeNotOpen
    if asked.streak.paused_until is not None:
        raise ChallengePaused
    if asked.times(day, day) >= challenge.per_day:
        raise DoneToday
    _check_week(asked, day)


def _check_earlier(asked: _Asked) -> None:
    challenge, day = asked.challenge, asked.wish.for_day
    if not challenge.make_up_days:
        raise NoMakingUp
    if day is None or day >= asked.day:
        raise InvalidRequest(errors=(FieldError("for_day", "make_up_not_earlier"),))
    if day < max(asked.day - challenge.make_up_days, asked.member.joined_on):
        raise InvalidRequest(errors=(FieldError("for_day", "make_up_too_late", {"days": challenge.make_up_days}),))
    if challenge.starts_on is not None and not _is_within(challenge, day):
        raise ChallengeNotOpen
    if asked.times(day, day):
        raise DayDone
    _check_week(asked, day)


def _check_week(asked: _Asked, day: int) -> None:
    week = week_of(day)
    most = asked.challenge.per_week
    if most is not None and asked.times(week, week + DAYS_OF_WEEK - 1) >= most:
        raise DoneThisWeek


def _check_pause(asked: _Asked) -> None:
    if not asked.challenge.pause_days:
        raise NoPause
    if asked.streak.paused_until is not None:
        raise ChallengePaused
    if not 1 <= (asked.wish.days or 0) <= asked.challenge.pause_days:
        raise InvalidRequest(errors=(FieldError("days", "pause_too_long", {"days": asked.challenge.pause_days}),))


def _check_resume(asked: _Asked) -> None:
    if asked.streak.paused_until is None:
        raise ChallengeNotPaused


def _is_within(challenge: Challenge, day: int) -> bool:
    start = challenge.starts_on or 0
    return start <= day and (challenge.days is None or day < start + challenge.days)


def _valued(act: Act, asked: _Asked) -> Act:
    """Return the act with the number that is its proof, or the days of a pause. Raises InvalidRequest."""
    wish, challenge = asked.wish, asked.challenge
    if act.kind is ActKind.PAUSE:
        return replace(act, value=float(wish.days or 0))
    if act.kind is ActKind.RESUME:
        return act
    try:
        if challenge.proof is Proof.NUMBER:
            return replace(act, value=check_number(challenge, wish.value))
        if challenge.proof is Proof.TEXT:
            check_note(wish.note)
    except FieldRefused as refused:
        raise InvalidRequest(errors=(refused.of("value" if challenge.proof is Proof.NUMBER else "note"),)) from None
    return act


async def _prove(act: Act, asked: _Asked, *, desk: Desk) -> None:
    """Store the text or the photo that shows that it was done. Raises InvalidRequest, and then nothing is written."""
    proof, photo_id = asked.challenge.proof, asked.wish.photo_id
    if act.kind not in (ActKind.CHECK_IN, ActKind.MAKE_UP):
        return
    if proof is Proof.TEXT:
        await desk.proofs.add_note(act, check_note(asked.wish.note))
    is_photo = proof is Proof.PHOTO
    if is_photo and (photo_id is None or not await desk.proofs.attach_photo(photo_id, act)):
        raise InvalidRequest(errors=(FieldError("photo", "proof_photo_missing"),))
