"""After each act: what it changed. Streak, place, goals of mine and of all, badges and titles, as values with numbers.

`look` reads, `keep` writes down what follows from an act by itself: badges, and that the answer was shown, with the
time it took. Both do so for many as for one. Words are made of it where a page is shown.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from liulian.base.clock import to_micros
from liulian.base.ids import ActId, BadgeId, CommunityId, GoalId, MemberId
from liulian.community.acts import Act, ActKind, ObjectKind
from liulian.community.badge_rules import Facts, newly_earned
from liulian.community.checkins import READ_KINDS, Done
from liulian.community.days import week_of
from liulian.community.goals_progress import Progress, counted_goal_of, done_of, own_progress, progress_of
from liulian.community.leagues import Competitor, Ranked, rank_of, ranking, title_of
from liulian.community.model import Badge, Goal, Member, Reach, Title
from liulian.community.people import MemberActor
from liulian.community.points import Award, Deed, awards, deed_of
from liulian.community.recording import Log, act_by, goal_sums, kinds_of, record
from liulian.community.streaks import Streak


@dataclass(frozen=True, slots=True)
class GoalTotal:
    """What all members together did for a goal: ever, and in a week."""

    ever: float = 0.0
    week: float = 0.0


class Sums(Protocol):
    """What is shown of the log's sums: `tx.sums`."""

    async def goal_totals(self, goal_ids: Collection[GoalId], *, week: int) -> dict[GoalId, GoalTotal]: ...
    async def league_around(self, member_id: MemberId, *, week: int) -> list[Competitor]:
        """Return the league a member is in, those who want to be ranked; nobody where they are in none."""

    async def points_of(self, member_id: MemberId) -> float:
        """Return all points a member ever got."""

    async def badges_of(self, member_id: MemberId) -> dict[BadgeId, int]:
        """Return the badges a member has, and the local day of each."""

    async def thanked_by(self, member_id: MemberId) -> int:
        """Return how many different members thanked a member."""

    async def solutions_of(self, member_id: MemberId) -> int:
        """Return how many answers of a member were marked as the solution."""


class Definitions(Protocol):
    """What communities are built from."""

    async def goals_of(self, community_id: CommunityId) -> list[Goal]: ...
    async def badges_of(self, community_id: CommunityId) -> list[Badge]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The stores of one transaction that reads."""

    log: Log
    sums: Sums
    definitions: Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A goal that an act moved, by how much, and what all did for it this week (None for a goal of one's own)."""

    progress: Progress
    added: float
    week: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What an act changed. `streak` None: it was none of a challenge. Ranks None: in no league (then or now).

    `points`: what the act gave; `week_points`: all of the week. `title`: a new one, `badges`: new ones.
    `is_week_over`: what waited without network is of a week before this one; ranks and points are of that week.
    """

    act_id: ActId
    is_new: bool
    streak: Streak | None = None
    streak_before: Streak | None = None
    points: int = 0
    week_points: int = 0
    rank: int | None = None
    rank_before: int | None = None
    competitors: int = 0
    is_week_over: bool = False
    goals: tuple[Moved, ...] = ()
    badges: tuple[Badge, ...] = ()
    title: Title | None = None


async def look(asking: MemberActor, act: Act, *, is_new: bool, shown: Shown, done: Done | None = None) -> Feedback:
    """Return what an act of a member changed. `done`: what is known already, where it was one of a challenge."""
    goals = await shown.definitions.goals_of(asking.community.id)
    deeds = await _deeds(asking.member, act, goals, shown=shown, done=done)
    before = [deed for deed in deeds if deed.id != act.id] if is_new else deeds
    week = week_of(act.day)
    points, had = (_points(some, asking.member.id, week=week) for some in (deeds, before))
    feedback = Feedback(
        act_id=done.recorded.act_id if done else act.id,
        is_new=is_new,
        streak=done.after if done else None,
        streak_before=done.before if done else None,
        points=points.points - had.points,
        is_week_over=done is not None and any(week_of(each.day) > week for each in done.after.why[-1:]),
        goals=tuple(await _moved(goals, act, deeds, before, shown=shown)),
        badges=tuple(await _badges(asking, goals, deeds, act.day, shown=shown, done=done)) if is_new else (),
    )
    feedback = await _with_rank(feedback, asking.member, had, week=week, shown=shown)
    return await _with_title(feedback, asking, shown=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a member is told about an act, and when they asked."""

    asking: MemberActor
    feedback: Feedback
    began: datetime


async def keep(
    asking: MemberActor,
    feedback: Feedback,
    *,
    log: Log,
    ids: Callable[[], int],
    now: datetime,
    began: datetime,
) -> Feedback:
    """Write down the badges earned and that the answer is shown now, so long after the request began.

    Returns the feedback with those badges that are really new: two pages at once do not earn one twice.
    """
    told = Told(asking=asking, feedback=feedback, began=began)
    (kept,) = await keep_together([told], log=log, ids=ids, now=now)
    return kept


async def keep_together(told: Sequence[Told], *, log: Log, ids: Callable[[], int], now: datetime) -> list[Feedback]:
    """Do the same for many at once."""
    acts: list[Act] = []
    for each in told:
        acts += [badge_act(each.asking.member, badge.id, ids=ids, now=now) for badge in each.feedback.badges]
        acts.append(_shown_act(each, ids=ids, now=now))
    results = iter(await record(acts, log=log, now=now))
    kept = []
    for each in told:
        badges = tuple(badge for badge in each.feedback.badges if next(results).is_new)
        next(results)  # That it was shown is always new.
        kept.append(replace(each.feedback, badges=badges))
    return kept


def _shown_act(told: Told, *, ids: Callable[[], int], now: datetime) -> Act:
    return act_by(
        told.asking.member,
        ActKind.FEEDBACK,
        ids=ids,
        at=now,
        object_kind=ObjectKind.ACT,
        object_id=told.feedback.act_id,
        value=(to_micros(now) - to_micros(told.began)) / 1000,
    )


async def reward(member: Member, *, shown: Shown, ids: Callable[[], int], now: datetime) -> list[Badge]:
    """Give a member the badges that others' thanks and marks have earned them, and return them."""
    badges = await shown.definitions.badges_of(member.community_id)
    have = await shown.sums.badges_of(member.id)
    facts = Facts(thanked_by=await shown.sums.thanked_by(member.id), solutions=await shown.sums.solutions_of(member.id))
    new = newly_earned(badges, have=have, facts=facts)
    results = await record([badge_act(member, badge.id, ids=ids, now=now) for badge in new], log=shown.log, now=now)
    return [badge for badge, result in zip(new, results, strict=True) if result.is_new]


def badge_act(member: Member, badge_id: BadgeId, *, ids: Callable[[], int], now: datetime) -> Act:
    """Return the act of earning a badge: once for each member, whoever finds it first."""
    digest = hashlib.sha256(f"{member.id} {badge_id}".encode()).hexdigest()[:32]
    return act_by(
        member,
        ActKind.BADGE,
        ids=ids,
        at=now,
        key=f"badge-{digest}",
        object_kind=ObjectKind.BADGE,
        object_id=badge_id,
    )


async def _deeds(member: Member, act: Act, goals: Iterable[Goal], *, shown: Shown, done: Done | None) -> Sequence[Deed]:
    if done is not None:
        return done.deeds
    kinds = READ_KINDS | {kind for goal in goals for kind in kinds_of(goal.measure) if kind is act.kind}
    found = await shown.log.deeds(member.community_id, member_ids=[member.id], kinds=kinds, from_day=0)
    return found if any(deed.id == act.id for deed in found) else [*found, deed_of(act, member.id)]


def _points(deeds: Iterable[Deed], member_id: MemberId, *, week: int) -> Award:
    """Return the points of a week that a member's own acts give them."""
    return awards(deed for deed in deeds if week_of(deed.day) == week).get(member_id, Award(0, 0))


async def _moved(
    goals: Iterable[Goal], act: Act, deeds: Sequence[Deed], before: Sequence[Deed], *, shown: Shown
) -> list[Moved]:
    touched = [goal for goal in goals if is_moved_by(goal, act)]
    ours = [goal.id for goal in touched if goal.reach is Reach.TOGETHER]
    totals = await shown.sums.goal_totals(ours, week=week_of(act.day)) if ours else {}
    moved = []
    for goal in touched:
        if goal.reach is Reach.MEMBER:
            now, then = (done_of(goal, some, as_of=act.day) for some in (deeds, before))
            moved.append(Moved(progress=progress_of(goal, now, as_of=act.day), added=now - then))
        else:
            total = totals.get(goal.id, GoalTotal())
            added = _sum_of(goal, deeds) - _sum_of(goal, before)
            moved.append(Moved(progress=progress_of(goal, total.ever, as_of=act.day), added=added, week=total.week))
    return moved


def is_moved_by(goal: Goal, act: Act) -> bool:
    """Tell whether an act is of those a goal is measured by."""
    is_of_kind = act.kind in kinds_of(goal.measure) and goal.measure.object_id in (None, act.object_id)
    return is_of_kind and goal.starts_on <= act.counts_for <= goal.ends_on


def _sum_of(goal: Goal, deeds: Iterable[Deed]) -> float:
    return sum(total for total, _ in goal_sums(deeds, [counted_goal_of(goal)]).values())


async def _badges(
    asking: MemberActor,
    goals: Sequence[Goal],
    deeds: Sequence[Deed],
    day: int,
    *,
    shown: Shown,
    done: Done | None,
) -> list[Badge]:
    badges = await shown.definitions.badges_of(asking.community.id)
    if not badges:
        return []
    # Of these goals all acts were read; the others are looked at when an act of theirs comes.
    known = [goal for goal in goals if kinds_of(goal.measure) <= READ_KINDS]
    mine = own_progress(known, deeds, as_of=day)
    facts = Facts(
        deeds=deeds,
        streaks={done.service.id: done.after} if done else {},
        goals=frozenset(each.goal.id for each in mine if each.share >= 1),
    )
    earned = newly_earned(badges, have=(), facts=facts)
    return newly_earned(earned, have=await shown.sums.badges_of(asking.member.id), facts=facts) if earned else []


async def _with_rank(feedback: Feedback, member: Member, had: Award, *, week: int, shown: Shown) -> Feedback:
    if not member.is_ranked:
        return feedback
    places = ranking(await shown.sums.league_around(member.id, week=week))
    mine = next((place for place in places if place.competitor.member_id == member.id), None)
    if mine is None:
        return feedback
    return replace(
        feedback,
        rank=mine.rank,
        rank_before=_rank_before(mine, places, gained=feedback.points, last_at_us=had.last_at_us),
        competitors=len(places),
        week_points=mine.competitor.points,
    )


def _rank_before(mine: Ranked, places: Sequence[Ranked], *, gained: int, last_at_us: int) -> int | None:
    """Return the place before an act gave points; None when there were none before."""
    then = replace(mine.competitor, points=mine.competitor.points - gained, last_at_us=last_at_us)
    if then.points <= 0:
        return None
    others = [place.competitor for place in places if place is not mine]
    return rank_of(then.member_id, ranking([*others, then]))


async def _with_title(feedback: Feedback, asking: MemberActor, *, shown: Shown) -> Feedback:
    symbols = asking.community.symbols
    if not symbols.titles or not feedback.points:
        return feedback
    points = await shown.sums.points_of(asking.member.id)
    title = title_of(symbols, points)
    return feedback if title == title_of(symbols, points - feedback.points) else replace(feedback, title=title)
