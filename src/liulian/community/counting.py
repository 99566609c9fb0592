"""Count those who tap in the same moment: take what they did, say what it changed, write that down, in one transaction.

At the full hour thousands check in within a minute. Each is judged by the same rules as alone (`checkins.py`) and told
the same (`feedback.py`); what they share, goals and leagues above all, is read once. Never commits.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liulian.base.errors import AppError
from liulian.base.ids import BadgeId, CommunityId, GoalId, MemberId
from liulian.community.checkins import Desk, Done, Tap, take_together
from liulian.community.feedback import Definitions, Feedback, GoalTotal, Shown, Sums, Told, keep_together, look
from liulian.community.leagues import Competitor
from liulian.community.model import Badge, Goal

TAPS_AT_ONCE = 64  # More hold the writer longer than they save: what they share is little by then.


class SumsOfMany(Sums, Protocol):
    """What is shown of the log's sums, asked for many members in one question."""

    async def leagues_around(self, member_ids: Collection[MemberId], *, week: int) -> dict[MemberId, list[Competitor]]:
        """Return for each member the league they are in; who is in none, or wants no rank, is left out."""

    async def points_of_all(self, member_ids: Collection[MemberId]) -> dict[MemberId, float]:
        """Return all points members ever got, for those who got any."""

    async def badges_of_all(self, member_ids: Collection[MemberId]) -> dict[MemberId, dict[BadgeId, int]]:
        """Return the badges members have, and the local day of each, for those who have any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """What it takes: what check-ins are taken with, what is shown, and a clock for when that is."""

    desk: Desk
    sums: SumsOfMany
    definitions: Definitions
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was written down, and what it changed."""

    done: Done
    feedback: Feedback


async def count(taps: Sequence[Tap], *, counting: Counting) -> list[Counted | AppError]:
    """Do what at most TAPS_AT_ONCE taps ask for, and return what came of each, in the same order."""
    taken = await take_together(taps, desk=counting.desk)
    done = {index: each for index, each in enumerate(taken) if isinstance(each, Done)}
    looked = await _look([(taps[index], each) for index, each in done.items()], counting=counting)
    feedback = dict(zip(done, looked, strict=True))
    feedback |= await _kept(taps, {index: each for index, each in feedback.items() if each.is_new}, counting=counting)
    return [
        Counted(done=each, feedback=feedback[index]) if isinstance(each, Done) else each
        for index, each in enumerate(taken)
    ]


async def _look(taken: Sequence[tuple[Tap, Done]], *, counting: Counting) -> list[Feedback]:
    sums = _SumsOnce(counting.sums, sorted({tap.asking.member.id for tap, _ in taken}))
    shown = Shown(log=counting.desk.log, sums=sums, definitions=_DefinitionsOnce(counting.definitions))
    return [
        await look(tap.asking, done.act, is_new=done.recorded.is_new, shown=shown, done=done) for tap, done in taken
    ]


async def _kept(taps: Sequence[Tap], feedback: dict[int, Feedback], *, counting: Counting) -> dict[int, Feedback]:
    if not feedback:
        return {}
    told = [Told(asking=taps[index].asking, feedback=each, began=taps[index].now) for index, each in feedback.items()]
    desk = counting.desk
    return dict(zip(feedback, await keep_together(told, log=desk.log, ids=desk.ids, now=counting.clock()), strict=True))


class _DefinitionsOnce:
    """What communities are built from, each read once."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._goals: dict[CommunityId, list[Goal]] = {}
        self._badges: dict[CommunityId, list[Badge]] = {}

    async def goals_of(self, community_id: CommunityId) -> list[Goal]:
        if community_id not in self._goals:
            self._goals[community_id] = await self._definitions.goals_of(community_id)
        return self._goals[community_id]

    async def badges_of(self, community_id: CommunityId) -> list[Badge]:
        if community_id not in self._badges:
            self._badges[community_id] = await self._definitions.badges_of(community_id)
        return self._badges[community_id]


class _SumsOnce:
    """The sums of one moment; what is asked of one of these members is read for all of them. As `feedback.Sums`."""

    def __init__(self, sums: SumsOfMany, member_ids: Sequence[MemberId]) -> None:
        self._sums = sums
        self._member_ids = member_ids
        self._totals: dict[tuple[frozenset[GoalId], int], dict[GoalId, GoalTotal]] = {}
        self._leagues: dict[int, dict[MemberId, list[Competitor]]] = {}
        self._points: dict[MemberId, float] | None = None
        self._badges: dict[MemberId, dict[BadgeId, int]] | None = None
        self.thanked_by = sums.thanked_by
        self.solutions_of = sums.solutions_of

    async def goal_totals(self, goal_ids: Collection[GoalId], *, week: int) -> dict[GoalId, GoalTotal]:
        asked = frozenset(goal_ids), week
        if asked not in self._totals:
            self._totals[asked] = await self._sums.goal_totals(goal_ids, week=week)
        return self._totals[asked]

    async def league_around(self, member_id: MemberId, *, week: int) -> list[Competitor]:
        if week not in self._leagues:
            self._leagues[week] = await self._sums.leagues_around(self._member_ids, week=week)
        return self._leagues[week].get(member_id, [])

    async def points_of(self, member_id: MemberId) -> float:
        if self._points is None:
            self._points = await self._sums.points_of_all(self._member_ids)
        return self._points.get(member_id, 0.0)

    async def badges_of(self, member_id: MemberId) -> dict[BadgeId, int]:
        if self._badges is None:
            self._badges = await self._sums.badges_of_all(self._member_ids)
        return self._badges.get(member_id, {})
