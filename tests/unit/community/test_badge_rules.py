"""What earns a badge, and that nothing else does."""

import pytest

from liulian.base.ids import ActId, BadgeId, CommunityId, GoalId, MemberId, ServiceId
from liulian.community.acts import ActKind
from liulian.community.badge_rules import Facts, newly_earned, reached
from liulian.community.model import Badge, BadgeRule, BadgeRuleKind
from liulian.community.points import Deed
from liulian.community.streaks import Counts, Streak
from tests.web.members.a_community import NOON


def a_deed(number: int, kind: ActKind, *, day: int = 1, object_id: int = 50) -> Deed:
    return Deed(ActId(number), MemberId(1), kind, object_id, day, None, number, None, None, None)


def a_rule(kind: BadgeRuleKind, at_least: int = 1, object_id: int | None = None) -> BadgeRule:
    return BadgeRule(kind=kind, at_least=at_least, object_id=object_id)


FACTS = Facts(
    deeds=[
        a_deed(1, ActKind.CHECK_IN),
        a_deed(2, ActKind.CHECK_IN),
        a_deed(3, ActKind.MAKE_UP, day=2),
        a_deed(4, ActKind.ATTENDANCE, object_id=60),
        a_deed(5, ActKind.ATTEMPT, object_id=70),
        a_deed(6, ActKind.VISIT),
    ],
    streaks={ServiceId(50): Streak(longest=9), ServiceId(51): Streak(longest=2, counts=Counts.WEEKS)},
    thanked_by=4,
    solutions=1,
    goals=frozenset({GoalId(80)}),
)


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        (a_rule(BadgeRuleKind.STREAK), 14),
        (a_rule(BadgeRuleKind.STREAK, object_id=50), 9),
        (a_rule(BadgeRuleKind.STREAK, object_id=99), 0),
        (a_rule(BadgeRuleKind.CHECK_INS), 2),
        (a_rule(BadgeRuleKind.CHECK_INS, object_id=99), 0),
        (a_rule(BadgeRuleKind.ATTENDANCE, object_id=60), 1),
        (a_rule(BadgeRuleKind.ATTEMPTS), 1),
        (a_rule(BadgeRuleKind.THANKS), 4),
        (a_rule(BadgeRuleKind.SOLUTIONS), 1),
        (a_rule(BadgeRuleKind.GOAL), 1),
        (a_rule(BadgeRuleKind.GOAL, object_id=81), 0),
    ],
)
def test_rule_counts_what_it_asks_for(rule: BadgeRule, number: int) -> None:
    assert reached(rule, FACTS) == number


def test_badge_is_earned_once_and_not_before_its_number() -> None:
    def badge(number: int, at_least: int) -> Badge:
        return Badge(
            id=BadgeId(number),
            community_id=CommunityId(7),
            name="三日",
            emblem="🌱",
            about="",
            rule=a_rule(BadgeRuleKind.STREAK, at_least, object_id=50),
            created_at=NOON,
        )

    badges = [badge(1, 3), badge(2, 9), badge(3, 10)]

    assert [each.id for each in newly_earned(badges, have={BadgeId(1)}, facts=FACTS)] == [2]


def test_no_rule_reads_sharing_following_or_inviting() -> None:
    assert {kind.value for kind in BadgeRuleKind} == {
        "streak",
        "check_ins",
        "attendance",
        "attempts",
        "thanks",
        "solutions",
        "goal",
    }
