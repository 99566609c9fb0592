"""What is voided is as if it had not been, except for when something was last done."""

from hypothesis import given
from hypothesis import strategies as st

from liulian.base.ids import ActId
from liulian.community.acts import ActKind
from liulian.community.points import Deed, awards, settled
from tests.unit.community.test_leagues import ANNA, BERT, a_deed

KINDS = (ActKind.CHECK_IN, ActKind.MAKE_UP, ActKind.THANKS)


def a_word(number: int, act_id: int, *, is_void: bool) -> Deed:
    return Deed(ActId(number), ANNA, ActKind.VOID, act_id, 0, None, number, float(is_void), None, None)


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 3), st.booleans()), max_size=12), st.randoms())
def test_points_are_those_of_the_acts_that_are_not_voided_in_any_order(rows, random) -> None:  # type: ignore[no-untyped-def]
    acts = [a_deed(number, kind, object_id=what, to=BERT) for number, (kind, what, _) in enumerate(rows, start=1)]
    words = [a_word(100 + act.id, act.id, is_void=True) for act, row in zip(acts, rows, strict=True) if row[2]]
    mixed = [*acts, *words]
    random.shuffle(mixed)

    kept = awards(act for act, row in zip(acts, rows, strict=True) if not row[2])
    found = awards(settled(mixed))

    assert {whom: award.points for whom, award in found.items() if award.points} == {
        whom: award.points for whom, award in kept.items()
    }
    assert {whom: award.last_at_us for whom, award in found.items()} == {
        whom: award.last_at_us for whom, award in awards(acts).items()
    }


def test_last_word_on_an_act_counts() -> None:
    words = [a_word(7, 1, is_void=False), a_word(5, 1, is_void=True), a_word(3, 1, is_void=False)]

    assert [deed.is_void for deed in settled([a_deed(1), *words])] == [False]
