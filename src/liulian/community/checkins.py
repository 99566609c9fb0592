"""Check in, make a day up, pause, go on: what members do in challenges, checked and written into the log.

A page names each act by a key of its own: told twice, it is one act and gets the same answer. A check-in made without
network is told later with the time it was made at; it counts for its own local day, for 48 hours. Those who
come in the same moment are taken together, as if one came after the other, for the price of little more than one.
Nothing is shown here: what changed is said by `feedback.py`. A text given as proof is kept beside the log, where
erasure finds it.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from liulian.base.errors import AppError, Conflict, FieldError, FieldRefused, InvalidRequest, NotFound
from liulian.base.ids import ActId, CommunityId, FileId, MemberId, ServiceId
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

    async def add_notes(self, notes: Sequence[tuple[Act, str]]) -> None:
        """Keep the texts of acts."""

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
class Tap:
    """What a member asks for, as which kind of act, and when they asked."""

    asking: MemberActor
    kind: ActKind
    wish: Wish
    now: datetime


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
    return await _take_one(asking, wish, ActKind.CHECK_IN, desk=desk)


async def make_up(asking: MemberActor, wish: Wish, *, desk: Desk) -> Done:
    """Write down what was done on an earlier day, within the challenge's window. Raises like `check_in`."""
    return await _take_one(asking, wish, ActKind.MAKE_UP, desk=desk)


async def pause(asking: MemberActor, wish: Wish, *, desk: Desk) -> Done:
    """Let nothing be asked for for some days, today included. Raises like `check_in`."""
    return await _take_one(asking, wish, ActKind.PAUSE, desk=desk)


async def resume(asking: MemberActor, wish: Wish, *, desk: Desk) -> Done:
    """End a pause today. Raises like `check_in`."""
    return await _take_one(asking, wish, ActKind.RESUME, desk=desk)


async def take_together(taps: Sequence[Tap], *, desk: Desk) -> list[Done | AppError]:
    """Take what at most MEMBERS_AT_ONCE taps ask for, as if one came after the other; answer each, in the same order.

    A refusal is the answer to one tap, and changes nothing for the others.
    """
    answers: dict[int, Done | AppError] = {}
    for community_id in sorted({tap.asking.community.id for tap in taps}):  # One order for all: no deadlock.
        ours = [index for index, tap in enumerate(taps) if tap.asking.community.id == community_id]
        taken = await _take_in(community_id, [taps[index] for index in ours], desk=desk)
        answers.update(zip(ours, taken, strict=True))
    return [answers[index] for index in range(len(taps))]


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


@dataclass(slots=True, kw_only=True)
class _Book:
    """What is known while the taps in one community are taken. Each that is taken adds to it."""

    desk: Desk
    deeds: defaultdict[MemberId, list[Deed]]
    told: dict[str, ActId]
    challenges: dict[ServiceId, tuple[Service, Challenge]] = field(default_factory=dict)
    new: list[Act] = field(default_factory=list)
    notes: list[tuple[Act, str]] = field(default_factory=list)

    async def challenge_of(self, tap: Tap) -> tuple[Service, Challenge]:
        """Return the challenge a tap is for, read once. Raises like `_challenge_of`."""
        service_id = tap.wish.service_id
        if service_id not in self.challenges:
            self.challenges[service_id] = await _challenge_of(tap.asking, service_id, desk=self.desk)
        return self.challenges[service_id]

    def write(self, act: Act, member_id: MemberId) -> None:
        """Let an act be known to the taps that come after it."""
        self.new.append(act)
        self.told[act.key] = act.id
        self.deeds[member_id].append(deed_of(act, member_id))


async def _take_one(asking: MemberActor, wish: Wish, kind: ActKind, *, desk: Desk) -> Done:
    (taken,) = await take_together([Tap(asking=asking, kind=kind, wish=wish, now=desk.now)], desk=desk)
    if isinstance(taken, AppError):
        raise taken
    return taken


async def _take_in(community_id: CommunityId, taps: Sequence[Tap], *, desk: Desk) -> list[Done | AppError]:
    member_ids = sorted({tap.asking.member.id for tap in taps})
    await desk.log.hold_members(member_ids)
    known = await desk.log.deeds(community_id, member_ids=member_ids, kinds=READ_KINDS, from_day=0)
    keys = {_key_of(tap) for tap in taps if _KEY.fullmatch(tap.wish.key)}
    book = _Book(desk=desk, deeds=defaultdict(list), told=await desk.log.ids_of_keys(community_id, keys))
    for deed in known:
        book.deeds[deed.member_id].append(deed)
    answers: list[Done | AppError] = []
    for tap in taps:
        try:
            answers.append(await _take(tap, book))
        except AppError as refused:
            answers.append(refused)
    if book.new:
        await record(book.new, log=desk.log, now=desk.now, known=known)
    if book.notes:
        await desk.proofs.add_notes(book.notes)
    return answers


async def _take(tap: Tap, book: _Book) -> Done:
    """Return what becomes of a tap, noted in the book. Raises what it is refused with; then nothing is noted."""
    member, wish, key = tap.asking.member, tap.wish, _key_of(tap)
    service, challenge = await book.challenge_of(tap)
    deeds = tuple(book.deeds[member.id])
    act = _act(tap, service, key=key, ids=book.desk.ids)
    as_of = max(act.day, today_of(deeds, now=tap.now, zone=act.zone))
    before = streak_of(deeds, challenge, service_id=service.id, as_of=as_of)
    told = book.told.get(key)
    if told is None:
        on_day = before if act.day == as_of else streak_of(deeds, challenge, service_id=service.id, as_of=act.day)
        asked = _Asked(
            wish=wish, member=member, challenge=challenge, service=service, day=act.day, deeds=deeds, streak=on_day
        )
        _CHECKS[act.kind](asked)
        act = _valued(act, asked)
        await _prove(act, asked, book)
        book.write(act, member.id)
        deeds = tuple(book.deeds[member.id])
    return Done(
        recorded=Recorded(act_id=act.id, is_new=True) if told is None else Recorded(act_id=told, is_new=False),
        act=act,
        service=service,
        challenge=challenge,
        before=before,
        after=streak_of(deeds, challenge, service_id=service.id, as_of=as_of),
        deeds=deeds,
    )


def _key_of(tap: Tap) -> str:
    return key_of_act(tap.asking.member.id, tap.kind, tap.wish.key)


def _act(tap: Tap, service: Service, *, key: str, ids: Callable[[], int]) -> Act:
    member, wish, kind = tap.asking.member, tap.wish, tap.kind
    return act_by(
        member,
        kind,
        ids=ids,
        at=_time_of(wish, member, kind, now=tap.now),
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


_CHECKS: Mapping[ActKind, Callable[[_Asked], None]] = {
    ActKind.CHECK_IN: _check_today,
    ActKind.MAKE_UP: _check_earlier,
    ActKind.PAUSE: _check_pause,
    ActKind.RESUME: _check_resume,
}


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


async def _prove(act: Act, asked: _Asked, book: _Book) -> None:
    """Keep the text or the photo that shows that it was done. Raises InvalidRequest where there is no such photo."""
    proof, photo_id = asked.challenge.proof, asked.wish.photo_id
    if act.kind not in (ActKind.CHECK_IN, ActKind.MAKE_UP):
        return
    if proof is Proof.TEXT:
        book.notes.append((act, check_note(asked.wish.note)))
    is_photo = proof is Proof.PHOTO
    if is_photo and (photo_id is None or not await book.desk.proofs.attach_photo(photo_id, act)):
        raise InvalidRequest(errors=(FieldError("photo", "proof_photo_missing"),))
