"""Suspect a check-in, and say why: a score from reasons, never a verdict. Asks nothing; `Bursts` alone remembers.

A suspected check-in counts like any other until a person upholds the flag, and again when an appeal is granted. Reasons
are weak by themselves: families share an address, and a habit is tapped within a second. So each has a weight, and only
together, or where one is strong, do they make a flag. The score is 1 - (1 - w1)(1 - w2)…: more reasons, more suspicion.

Of addresses and devices nothing is kept but keyed hashes, in memory, with a salt of the day, for ten minutes.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from threading import Lock

from liulian.base.ids import ActId, CommunityId, FlagId, MemberId
from liulian.community.reports import Flag, FlagKind, FlagObject, FlagState, FlagStore
from liulian.community.words import plain_text

FAST = timedelta(seconds=3)  # Between opening the page and the tap: no time to have read it.
LIKENESS_BITS_MAX = 6  # Of 64: another size, quality or brightness of the same photo; not another cup on that table.
TEXT_LENGTH_MIN = 12  # "喝了" is what everybody writes.
FLAGGED_FROM = 0.6
BURST_SPAN = timedelta(minutes=10)
DEVICE_MEMBERS_MAX = 3  # A family has one telephone; a fourth member within ten minutes is one too many.
ADDRESS_MEMBERS_MAX = 40  # An office or a village behind one address is nothing to suspect.
KEYS_MAX = 20_000  # In memory; older ones are forgotten first.


class Suspicion(StrEnum):
    """Why a check-in is suspected."""

    PHOTO_OF_ANOTHER = "photo_of_another"
    PHOTO_AGAIN = "photo_again"
    TEXT_OF_ANOTHER = "text_of_another"
    TEXT_AGAIN = "text_again"
    FAST = "fast"
    DEVICE_BURST = "device_burst"
    ADDRESS_BURST = "address_burst"


WEIGHTS: Mapping[Suspicion, float] = {
    Suspicion.PHOTO_OF_ANOTHER: 0.9,
    Suspicion.PHOTO_AGAIN: 0.6,
    Suspicion.TEXT_OF_ANOTHER: 0.5,
    Suspicion.TEXT_AGAIN: 0.3,
    Suspicion.FAST: 0.2,
    Suspicion.DEVICE_BURST: 0.5,  # A telephone that a shop passes around is nothing by itself.
    Suspicion.ADDRESS_BURST: 0.3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Proofs of others and one's own that a new one is compared with: who gave which text, or what a photo is like."""

    texts: Collection[tuple[MemberId, str]] = ()
    likenesses: Collection[tuple[MemberId, int]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of one check-in. `took` None: nobody knows when the page was opened."""

    member_id: MemberId
    text: str | None = None
    likeness: int | None = None
    took: timedelta | None = None
    is_device_burst: bool = False
    is_address_burst: bool = False


def reasons(what: Circumstances, earlier: Earlier) -> tuple[Suspicion, ...]:
    """Return why a check-in is suspected, the strongest reason first. None for what most are like."""
    found = {
        Suspicion.FAST: what.took is not None and timedelta(0) <= what.took < FAST,
        Suspicion.DEVICE_BURST: what.is_device_burst,
        Suspicion.ADDRESS_BURST: what.is_address_burst,
    }
    alike = {who for who, other in earlier.likenesses if what.likeness is not None and is_alike(what.likeness, other)}
    found[Suspicion.PHOTO_OF_ANOTHER] = bool(alike - {what.member_id})
    found[Suspicion.PHOTO_AGAIN] = alike == {what.member_id}
    said = compared(what.text or "")
    same = {who for who, other in earlier.texts if len(said) >= TEXT_LENGTH_MIN and compared(other) == said}
    found[Suspicion.TEXT_OF_ANOTHER] = bool(same - {what.member_id})
    found[Suspicion.TEXT_AGAIN] = same == {what.member_id}
    return tuple(sorted((each for each, is_so in found.items() if is_so), key=lambda each: (-WEIGHTS[each], each)))


def score(found: Iterable[Suspicion]) -> float:
    """Return 0 to 1: how much reasons come to together."""
    innocence = 1.0
    for each in set(found):
        innocence *= 1 - WEIGHTS[each]
    return round(1 - innocence, 4)


def is_alike(one: int, other: int) -> bool:
    """Tell whether two photos look the same, by their 64 bits."""
    return ((one ^ other) & (1 << 64) - 1).bit_count() <= LIKENESS_BITS_MAX


def compared(text: str) -> str:
    """Return a text as it is compared: without blanks, signs and capitals."""
    return "".join(letter for letter in plain_text(text) if letter.isalnum())


async def flag_if_suspicious(
    what: Circumstances,
    earlier: Earlier,
    *,
    act_id: ActId,
    community_id: CommunityId,
    flags: FlagStore,
    flag_id: FlagId,
    now: datetime,
) -> Flag | None:
    """Let somebody look at a check-in that is suspected enough; None for all others, and where that was done."""
    found = reasons(what, earlier)
    total = score(found)
    if total < FLAGGED_FROM or await flags.has_open(act_id, reporter_id=None):
        return None
    flag = Flag(
        id=flag_id,
        community_id=community_id,
        kind=FlagKind.SUSPICION,
        object_kind=FlagObject.ACT,
        object_id=act_id,
        member_id=what.member_id,
        reasons=tuple(each.value for each in found),
        score=total,
        state=FlagState.OPEN,
        created_at=now,
    )
    await flags.add(flag)
    return flag


@dataclass(slots=True)
class Bursts:
    """Which members checked in from one place within ten minutes. One per process; nothing is written anywhere."""

    _seen: OrderedDict[bytes, dict[MemberId, datetime]] = field(default_factory=OrderedDict)
    _salt: tuple[date, bytes] = (date.min, b"")
    _lock: Lock = field(default_factory=Lock)

    def is_burst(self, place: bytes, member_id: MemberId, *, members_max: int, now: datetime) -> bool:
        """Note a check-in, and tell whether more members than may checked in from there."""
        with self._lock:
            key = self._key(place, now.date())
            here = self._seen.pop(key, {})
            here = {who: at for who, at in here.items() if now - at < BURST_SPAN}
            if len(here) <= members_max or member_id in here:
                here[member_id] = now
            self._seen[key] = here
            while len(self._seen) > KEYS_MAX:
                self._seen.popitem(last=False)
            return len(here) > members_max

    def _key(self, place: bytes, day: date) -> bytes:
        """Return what stands for a place today, and leads back to it never."""
        if self._salt[0] != day:
            self._salt = (day, secrets.token_bytes(32))
            self._seen.clear()
        return hmac.digest(self._salt[1], hashlib.sha256(place).digest(), "sha256")[:16]
