"""Points: what members are worth to each other, and a little for what they do themselves. Pure.

The formula, for the points of a member in a week (the guide tells members the same):

    sum over local days of min(DAY_MAX, own acts of that day)  +  sum over other members of what they received from them

Own acts: a check-in 2, a check-in made up 1, an attendance 2, a self-test 1; the same one twice on a day counts once.
Received: 3 from each other member who thanked them that week, 8 from each who marked an answer of theirs as the
solution. How often makes no difference, who does: nobody gains by noise, and two friends who thank each other all day
gain 3. Sharing, following and inviting give nothing. A week's points are a function of that week's acts as a set: order
and repeats change nothing. An act that was voided gives nothing; the time of the last act stays what it was, so that
taking points away and giving them back is only a subtraction and an addition.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from liulian.base.clock import to_micros
from liulian.base.ids import ActId, MemberId, decode_id
from liulian.community.acts import Act, ActKind

OWN = {ActKind.CHECK_IN: 2, ActKind.MAKE_UP: 1, ActKind.ATTENDANCE: 2, ActKind.ATTEMPT: 1}
RECEIVED = {ActKind.THANKS: 3, ActKind.SOLVED: 8}
DAY_MAX = 6  # Three check-ins a day: more is not more worth to anybody.
SCORING = frozenset(OWN) | frozenset(RECEIVED)
LEAGUE = "league"  # In the detail of the act by which a member came to a place in the week's leagues.


class Deed(NamedTuple):
    """What of a member's act sums are made of; a million of them are read again in one go.

    `to`: whom the thanks are for, or whose answer was the solution. `league`: the one this act brought the member into.
    `is_void`: it happened, and does not count.
    """

    id: ActId
    member_id: MemberId
    kind: ActKind
    object_id: int | None
    day: int
    for_day: int | None
    at_us: int
    value: float | None
    to: MemberId | None
    league: int | None
    is_void: bool = False

    @property
    def counts_for(self) -> int:
        """Return the local day this counts for."""
        return self.day if self.for_day is None else self.for_day


class Award(NamedTuple):
    """Points, and the time of the last act that is among them."""

    points: int
    last_at_us: int


def deed_of(act: Act, member_id: MemberId) -> Deed:
    """Return what of an act of a member sums are made of."""
    return Deed(
        act.id,
        member_id,
        act.kind,
        act.object_id,
        act.day,
        act.for_day,
        to_micros(act.at),
        act.value,
        receiver_in(act.detail),
        act.detail.get(LEAGUE),
    )


def receiver_in(detail: Mapping[str, Any]) -> MemberId | None:
    """Return whom an act was for: `detail.to`, a number or as ids are written outside."""
    to = detail.get("to")
    number = decode_id(to) if isinstance(to, str) else to
    return None if number is None else MemberId(number)


def settled(deeds: Iterable[Deed]) -> list[Deed]:
    """Return acts without those that void others; these are marked. Of several words on one act the last one counts."""
    heard = list(deeds)
    words = sorted((deed for deed in heard if deed.kind is ActKind.VOID), key=lambda deed: (deed.at_us, deed.id))
    is_void = {word.object_id: bool(word.value) for word in words}
    acts = (deed for deed in heard if deed.kind is not ActKind.VOID)
    return [deed._replace(is_void=True) if is_void.get(deed.id) else deed for deed in acts]


def awards(deeds: Iterable[Deed]) -> dict[MemberId, Award]:
    """Return what the acts of one member in one week give, and whom: themselves, and those who helped them."""
    own: set[tuple[MemberId, int, ActKind, int | None, int]] = set()
    received: set[tuple[MemberId, ActKind]] = set()
    last: dict[MemberId, int] = {}
    points: defaultdict[MemberId, int] = defaultdict(int)
    for deed in deeds:
        whom = deed.member_id if deed.kind in OWN else deed.to
        if deed.kind not in SCORING or whom is None or (deed.kind in RECEIVED and whom == deed.member_id):
            continue
        last[whom] = max(last.get(whom, 0), deed.at_us)
        if deed.is_void:
            points[whom] += 0
        elif deed.kind in OWN:
            own.add((whom, deed.day, deed.kind, deed.object_id, deed.counts_for))
        else:
            received.add((whom, deed.kind))
    for whom, kind in received:
        points[whom] += RECEIVED[kind]
    days: defaultdict[tuple[MemberId, int], int] = defaultdict(int)
    for whom, day, kind, _, _ in own:
        days[whom, day] += OWN[kind]
    for (whom, _), number in days.items():
        points[whom] += min(DAY_MAX, number)
    return {whom: Award(number, last[whom]) for whom, number in points.items()}
