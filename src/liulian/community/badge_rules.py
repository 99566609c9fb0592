"""Which badges somebody has earned, by what they did and what others thanked them for. Pure.

Nothing is ever earned by sharing, following or inviting: there is no rule that could say so, and no act it could read.
A streak of weeks counts seven days for each.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from liulian.base.ids import BadgeId, GoalId, ServiceId
from liulian.community.acts import ActKind
from liulian.community.days import DAYS_OF_WEEK
from liulian.community.model import Badge, BadgeRule, BadgeRuleKind
from liulian.community.points import Deed
from liulian.community.streaks import Counts, Streak


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What badges are earned by. `thanked_by`: how many different members. `goals`: one's own that are reached."""

    deeds: Sequence[Deed] = ()
    streaks: Mapping[ServiceId, Streak] = field(default_factory=dict)
    thanked_by: int = 0
    solutions: int = 0
    goals: frozenset[GoalId] = frozenset()


_KINDS = {
    BadgeRuleKind.CHECK_INS: frozenset({ActKind.CHECK_IN, ActKind.MAKE_UP}),
    BadgeRuleKind.ATTENDANCE: frozenset({ActKind.ATTENDANCE}),
    BadgeRuleKind.ATTEMPTS: frozenset({ActKind.ATTEMPT}),
}


def reached(rule: BadgeRule, facts: Facts) -> int:
    """Return how much of what a rule asks for there is."""
    match rule.kind:
        case BadgeRuleKind.STREAK:
            theirs = (each for key, each in facts.streaks.items() if rule.object_id in (None, key))
            return max((_in_days(streak) for streak in theirs), default=0)
        case BadgeRuleKind.CHECK_INS | BadgeRuleKind.ATTENDANCE | BadgeRuleKind.ATTEMPTS:
            return _times(facts.deeds, _KINDS[rule.kind], rule.object_id)
        case BadgeRuleKind.THANKS:
            return facts.thanked_by
        case BadgeRuleKind.SOLUTIONS:
            return facts.solutions
        case BadgeRuleKind.GOAL:
            return sum(rule.object_id in (None, goal_id) for goal_id in facts.goals)
        case _:
            assert_never(rule.kind)


def newly_earned(badges: Iterable[Badge], *, have: Collection[BadgeId], facts: Facts) -> list[Badge]:
    """Return the badges that are earned now and were not before."""
    return [badge for badge in badges if badge.id not in have and reached(badge.rule, facts) >= badge.rule.at_least]


def _in_days(streak: Streak) -> int:
    return streak.longest * (DAYS_OF_WEEK if streak.counts is Counts.WEEKS else 1)


def _times(deeds: Iterable[Deed], kinds: Collection[ActKind], object_id: int | None) -> int:
    """Return on how many days something was done, the same thing counted once on a day."""
    ours = (deed for deed in deeds if deed.kind in kinds and object_id in (None, deed.object_id))
    return len({(deed.object_id, deed.counts_for) for deed in ours})
