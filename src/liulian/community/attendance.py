"""Being at a ritual: who shows it when, by a tap or the host's code, and how faithful somebody is. Never commits.

An occurrence is attended once; to show it twice changes nothing. What was attended is read from the log of acts.
"""

import hmac
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from liulian.base.errors import Conflict, FieldError, InvalidRequest
from liulian.base.ids import IdSource, RitualId
from liulian.community.acts import Act, ActKind, ObjectKind
from liulian.community.model import Attend, Member, Ritual, RitualChange
from liulian.community.occurrences import Occurrence, occurrences_between
from liulian.community.recording import act_by

OPENS_BEFORE = timedelta(minutes=15)  # Who comes early can say so, and then put the phone away.
CLOSES_AFTER = timedelta(hours=2)  # After the end: time to come home, not to make it up.
_LONGEST = timedelta(days=1)  # No ritual takes longer.
COUNTED_SPAN = timedelta(days=366)  # Faithfulness is of the last year, not of a life.
OCCURRENCE = "occurrence"  # In the detail of an act: the name of the occurrence.


class AttendanceClosed(Conflict):
    """No occurrence is open now."""

    code = "attendance_closed"


class WrongCode(InvalidRequest):
    """This is not what the host says."""

    code = "attendance_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """How many of the `possible` occurrences were attended, since somebody joined, within a year."""

    attended: int
    possible: int

    @property
    def share(self) -> float | None:
        """Return attended by possible; None while there was none to attend."""
        return self.attended / self.possible if self.possible else None


def open_now(ritual: Ritual, changes: Iterable[RitualChange], *, now: datetime) -> Occurrence | None:
    """Return the occurrence at which attendance can be shown now; of two the one that began last."""
    opened = _open_at(ritual, changes, at=now)
    return opened[-1] if opened else None


def open_named(ritual: Ritual, changes: Iterable[RitualChange], *, wall: str | None, at: datetime) -> Occurrence | None:
    """Return the occurrence of a name, if somebody could be there at an instant; without a name as `open_now`."""
    if wall is None:
        return open_now(ritual, changes, now=at)
    return next((each for each in _open_at(ritual, changes, at=at) if each.wall == wall), None)


def is_open(occurrence: Occurrence, *, now: datetime) -> bool:
    """Tell whether attendance can be shown at an instant, both ends included."""
    return occurrence.starts_at - OPENS_BEFORE <= now <= occurrence.ends_at + CLOSES_AFTER


def attend(
    member: Member, ritual: Ritual, changes: Iterable[RitualChange], *, code: str, ids: IdSource, now: datetime
) -> Act:
    """Return the act of a member who is there now. Raises AttendanceClosed or WrongCode."""
    occurrence = open_now(ritual, changes, now=now)
    if occurrence is None:
        raise AttendanceClosed(hours=int(CLOSES_AFTER.total_seconds() // 3600))
    if ritual.attend is Attend.CODE and not is_code(ritual, code):
        raise WrongCode(errors=(FieldError("code", WrongCode.code),))
    return act_by(
        member,
        ActKind.ATTENDANCE,
        ids=ids,
        at=now,
        key=attendance_key(ritual, member, occurrence.wall),
        object_kind=ObjectKind.RITUAL,
        object_id=ritual.id,
        detail={OCCURRENCE: occurrence.wall},
    )


def attendance_key(ritual: Ritual, member: Member, wall: str) -> str:
    """Return the key of attendance: whoever tells of it, it is one act."""
    return f"attendance-{ritual.id}-{member.id}-{wall}"


def is_code(ritual: Ritual, typed: str) -> bool:
    """Tell whether this is the host's code, in whatever capitals, width and spacing."""
    return ritual.code is not None and hmac.compare_digest(plain_code(typed), plain_code(ritual.code))


def _open_at(ritual: Ritual, changes: Iterable[RitualChange], *, at: datetime) -> list[Occurrence]:
    around = occurrences_between(
        ritual, changes, from_at=at - CLOSES_AFTER - _LONGEST, until_at=at + OPENS_BEFORE + timedelta(seconds=1)
    )
    return [each for each in around if not each.is_cancelled and is_open(each, now=at)]


def plain_code(code: str) -> bytes:
    """Return what of a code counts: no capitals, no width, no spaces."""
    return "".join(unicodedata.normalize("NFKC", code[:100]).casefold().split()).encode()


def attended_of(acts: Iterable[Act], ritual_id: RitualId) -> set[str]:
    """Return the names of the occurrences that acts of a member were at."""
    return {
        str(act.detail[OCCURRENCE])
        for act in acts
        if act.kind is ActKind.ATTENDANCE and act.object_id == ritual_id and OCCURRENCE in act.detail
    }


def adherence(
    ritual: Ritual, changes: Iterable[RitualChange], attended: Collection[str], *, joined_at: datetime, now: datetime
) -> Adherence:
    """Return how faithful a member is: of what began since they joined and can be attended no more, or was."""
    since = max(joined_at, now - COUNTED_SPAN)
    took_place = [
        each
        for each in occurrences_between(ritual, changes, from_at=since, until_at=now + OPENS_BEFORE)
        if not each.is_cancelled
    ]
    attended_ones = [each for each in took_place if each.wall in attended]
    missed = [each for each in took_place if each.wall not in attended and each.ends_at + CLOSES_AFTER < now]
    return Adherence(attended=len(attended_ones), possible=len(attended_ones) + len(missed))
