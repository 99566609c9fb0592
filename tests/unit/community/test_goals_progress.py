"""How far goals are, what that means, and that it is the same however it is added up."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from liulian.base.ids import ActId, CommunityId, GoalId, MemberId
from liulian.community.acts import ActKind
from liulian.community.goals_progress import Meaning, Pace, counted_goal_of, done_of, meaning_of, progress_of
from liulian.community.model import Goal, Measure, Reach, Take
from liulian.community.points import Deed
from liulian.community.recording import goal_sums
from liulian.community.replay import Sums, Tally, differences
from tests.web.members.a_community import NOON

START = 20_514


def a_goal(take: Take = Take.SUM, **changed: object) -> Goal:
    goal = Goal(
        id=GoalId(1),
        community_id=CommunityId(7),
        name="少喝含糖饮料",
        reach=Reach.TOGETHER,
        unit="杯",
        baseline=0,
        target=100,
        starts_on=START,
        ends_on=START + 9,
        measure=Measure(kind=ActKind.CHECK_IN, take=take),
        created_at=NOON,
    )
    return replace(goal, **changed)  # type: ignore[arg-type] # Each test names fields of a goal.


def a_deed(number: int, *, day: int = 0, for_day: int | None = None, value: float | None = None, by: int = 1) -> Deed:
    kind = ActKind.CHECK_IN if for_day is None else ActKind.MAKE_UP
    counts_for = None if for_day is None else START + for_day
    return Deed(ActId(number), MemberId(by), kind, 50, START + day, counts_for, number, value, None, None)


def test_progress_is_counted_from_the_baseline() -> None:
    found = progress_of(a_goal(baseline=20, target=70), 30, as_of=START + 4)

    assert (found.done, found.needed, found.share) == (30, 50, 0.6)


def test_pace_compares_with_the_days_that_are_over() -> None:
    def pace(done: float, day: int) -> Pace:
        return progress_of(a_goal(), done, as_of=START + day).pace

    assert pace(0, -1) is Pace.AHEAD_OF_TIME
    assert pace(0, 0) is Pace.ON_PACE
    assert pace(40, 4) is Pace.ON_PACE
    assert pace(39, 4) is Pace.BEHIND
    assert pace(100, 4) is Pace.REACHED
    assert pace(99, 10) is Pace.OVER


def test_what_is_left_is_spread_over_the_days_that_are_left() -> None:
    assert progress_of(a_goal(), 40, as_of=START + 4).per_day == 10
    assert progress_of(a_goal(), 100, as_of=START + 4).per_day == 0
    assert progress_of(a_goal(), 40, as_of=START + 20).per_day == 0


def test_amount_means_something_only_with_the_source_of_its_factor() -> None:
    carbon = a_goal(factor=0.03, factor_unit="公斤碳排", factor_source="DEFRA 2024")

    assert meaning_of(carbon, 400) == Meaning(amount=12.0, unit="公斤碳排", source="DEFRA 2024")
    assert meaning_of(a_goal(factor=0.03, factor_unit="公斤"), 400) is None


def test_last_value_counts_from_ones_own_first_one() -> None:
    weight = a_goal(Take.LAST, reach=Reach.MEMBER, baseline=70, target=67.5, unit="公斤")
    deeds = [a_deed(1, day=0, value=81.0), a_deed(3, day=5, value=80.0), a_deed(2, day=3, value=82.0)]

    assert done_of(weight, deeds, as_of=START + 9) == 1.0
    assert done_of(weight, deeds, as_of=START + 4) == -1.0
    assert progress_of(weight, -1.0, as_of=START + 4).share == 0


def test_day_counts_once_for_each_member_also_when_it_is_made_up() -> None:
    deeds = [a_deed(1, day=1), a_deed(2, day=1), a_deed(3, day=1, by=2), a_deed(4, day=2, for_day=0)]

    assert goal_sums(deeds, [counted_goal_of(a_goal(Take.DAYS))]) == {(1, START + 1): (2, 3), (1, START): (1, 1)}


def test_acts_before_and_after_a_goals_time_and_of_other_objects_do_not_move_it() -> None:
    other = a_goal(Take.COUNT, measure=Measure(kind=ActKind.CHECK_IN, take=Take.COUNT, object_id=99))
    deeds = [a_deed(1, day=-1), a_deed(2, day=10), a_deed(3, day=3)]

    assert goal_sums(deeds, [counted_goal_of(a_goal(Take.COUNT))]) == {(1, START + 3): (1, 1)}
    assert goal_sums(deeds, [counted_goal_of(other)]) == {}


deeds = st.lists(
    st.builds(
        a_deed,
        st.integers(1, 10**6),
        day=st.integers(-2, 12),
        for_day=st.one_of(st.none(), st.integers(-2, 11)),
        value=st.one_of(st.none(), st.integers(0, 9).map(float)),
        by=st.integers(1, 3),
    ),
    max_size=50,
    unique_by=lambda deed: deed.id,
)
takes = st.sampled_from([Take.COUNT, Take.SUM, Take.DAYS])


@given(deeds, takes, st.randoms(use_true_random=False), st.integers(1, 9))
def test_tally_of_portions_in_any_order_is_the_tally_of_all(log: list[Deed], take: Take, random, portion: int) -> None:  # type: ignore[no-untyped-def]
    goal = counted_goal_of(a_goal(take))
    at_once, bit_by_bit = Tally([goal]), Tally([goal])
    at_once.add(log)
    shuffled = list(log)
    random.shuffle(shuffled)
    for start in range(0, len(shuffled), portion):
        bit_by_bit.add(shuffled[start : start + portion])

    assert differences(at_once.sums(), bit_by_bit.sums()) == 0


def test_differences_are_counted() -> None:
    shown = Sums(goals={(GoalId(1), START): (2.0, 1)}, places={})

    assert differences(shown, Sums(goals={(GoalId(1), START): (2.0, 2)}, places={})) == 1
    assert differences(shown, Sums(goals={}, places={})) == 1
    assert differences(shown, shown) == 0
