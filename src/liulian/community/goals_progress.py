"""How far goals are: a member's own from their acts, those of all together from the sums. Pure.

`done` and `needed` are in the goal's unit: how far from the baseline, and how far the target is from it. What adds up
moves from the baseline by what was done; of a last value (a weight) a member's first one in the goal's time is where
they began, and how far they came from there is compared with how far the target is from the baseline. A factor says
what that means in another unit, and never without its source.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from liulian.community.model import Goal, Reach, Take
from liulian.community.points import Deed
from liulian.community.recording import CountedGoal, goal_sums, kinds_of


class Pace(StrEnum):
    """How a goal stands against the time that has passed."""

    AHEAD_OF_TIME = "ahead_of_time"  # It has not begun.
    REACHED = "reached"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    OVER = "over"  # Its time is over, and it was not reached.


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What was done comes to so much of something else, by a factor from this source."""

    amount: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One goal as of a local day. `share` is 0 to 1. `per_day`: what is left for each day that is left, 0 for none."""

    goal: Goal
    done: float
    needed: float
    share: float
    pace: Pace
    per_day: float
    meaning: Meaning | None = None


def progress_of(goal: Goal, done: float, *, as_of: int) -> Progress:
    """Return how far a goal is when so much was done, counted from its baseline."""
    needed = abs(goal.target - goal.baseline)
    share = min(1.0, max(0.0, done / needed)) if needed else 1.0
    pace = _pace(goal, share, as_of=as_of)
    days_left = goal.ends_on - max(as_of, goal.starts_on) + 1
    is_under_way = pace in (Pace.ON_PACE, Pace.BEHIND, Pace.AHEAD_OF_TIME)
    return Progress(
        goal=goal,
        done=done,
        needed=needed,
        share=share,
        pace=pace,
        per_day=(needed - done) / days_left if is_under_way and days_left > 0 else 0.0,
        meaning=meaning_of(goal, done),
    )


def meaning_of(goal: Goal, amount: float) -> Meaning | None:
    """Return what an amount of a goal's unit means; None without a factor and its source."""
    if goal.factor is None or not goal.factor_unit or not goal.factor_source:
        return None
    return Meaning(amount=amount * goal.factor, unit=goal.factor_unit, source=goal.factor_source)


def done_of(goal: Goal, deeds: Iterable[Deed], *, as_of: int) -> float:
    """Return how far a member's own acts came towards a goal of their own, in its unit."""
    counted = counted_goal_of(goal)
    known = [deed for deed in deeds if deed.counts_for <= as_of]
    if goal.measure.take is Take.LAST:
        return _moved(goal, known)
    return sum(total for total, _ in goal_sums(known, [counted]).values())


def counted_goal_of(goal: Goal) -> CountedGoal:
    """Return what of a goal its sums are made by."""
    return CountedGoal(goal.id, goal.measure, goal.starts_on, goal.ends_on)


def own_progress(goals: Sequence[Goal], deeds: Sequence[Deed], *, as_of: int) -> list[Progress]:
    """Return how far a member is with each goal of their own."""
    return [
        progress_of(goal, done_of(goal, deeds, as_of=as_of), as_of=as_of)
        for goal in goals
        if goal.reach is Reach.MEMBER
    ]


def _moved(goal: Goal, deeds: Iterable[Deed]) -> float:
    """Return how far the last value is from the first one, in the direction of the target."""
    kinds = kinds_of(goal.measure)
    values = [
        (deed.counts_for, deed.at_us, deed.id, deed.value)
        for deed in deeds
        if deed.kind in kinds
        and deed.value is not None
        and goal.measure.object_id in (None, deed.object_id)
        and goal.starts_on <= deed.counts_for <= goal.ends_on
    ]
    if not values:
        return 0.0
    first, last = min(values)[3], max(values)[3]
    return (last - first) * (1 if goal.target >= goal.baseline else -1)


def _pace(goal: Goal, share: float, *, as_of: int) -> Pace:
    if share >= 1:
        return Pace.REACHED
    if as_of < goal.starts_on:
        return Pace.AHEAD_OF_TIME
    if as_of > goal.ends_on:
        return Pace.OVER
    # Compared with the days that are over: nobody is behind on the morning of the first one.
    passed = (as_of - goal.starts_on) / (goal.ends_on - goal.starts_on + 1)
    return Pace.ON_PACE if share >= passed else Pace.BEHIND
