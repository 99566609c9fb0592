"""Compute the sums again from nothing but the log, and say where what was shown differs. Pure.

A `Tally` takes acts in whatever order and portions they come; two that heard the same acts are equal. What moves the
sums act by act is `recording.py`; that both always agree is tested.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from liulian.base.ids import GoalId
from liulian.community.days import week_of
from liulian.community.leagues import Standing, standings_of_weeks
from liulian.community.points import SCORING, Deed
from liulian.community.recording import CountedGoal, MemberWeek, SumsOfGoals, add_goal_sums, kinds_of

NEARLY = 1e-6  # Sums of floats differ in their last digits with the order they were added in.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What the log comes to: days of goals, and what everybody has in every week."""

    goals: Mapping[tuple[GoalId, int], tuple[float, int]]
    places: Mapping[MemberWeek, Standing]


class Tally:
    """Adds up a community's acts."""

    def __init__(self, goals: Sequence[CountedGoal]) -> None:
        self._sums = SumsOfGoals(goals)
        self._weeks: defaultdict[MemberWeek, list[Deed]] = defaultdict(list)
        self.kinds = SCORING | {kind for goal in goals for kind in kinds_of(goal.measure)}

    def add(self, deeds: Iterable[Deed]) -> None:
        """Take acts of a community, each once."""
        heard = list(deeds)
        add_goal_sums(self._sums, heard)
        for deed in heard:
            if deed.kind in SCORING:
                self._weeks[deed.member_id, week_of(deed.day)].append(deed)

    def sums(self) -> Sums:
        """Return what all acts so far come to."""
        return Sums(goals=dict(self._sums.days), places=standings_of_weeks(self._weeks.items()))


def differences(shown: Sums, computed: Sums) -> int:
    """Return how many days of goals and places of weeks are not what the log says."""
    goals = shown.goals.keys() | computed.goals.keys()
    places = shown.places.keys() | computed.places.keys()
    nothing = (0.0, 0)
    return sum(not _is_same(shown.goals.get(key, nothing), computed.goals.get(key, nothing)) for key in goals) + sum(
        shown.places.get(key) != computed.places.get(key) for key in places
    )


def _is_same(one: tuple[float, int], other: tuple[float, int]) -> bool:
    return one[1] == other[1] and abs(one[0] - other[0]) <= NEARLY * max(1.0, abs(one[0]))
