"""Points, places and leagues as functions of the log."""

from hypothesis import given
from hypothesis import strategies as st

from liulian.base.ids import ActId, MemberId, encode_id
from liulian.community.acts import ActKind
from liulian.community.leagues import Competitor, Standing, next_title, rank_of, ranking, standings_of, title_of
from liulian.community.model import Symbols, Title
from liulian.community.points import DAY_MAX, Award, Deed, awards, receiver_in

MONDAY = 20_514
ANNA, BERT, CARL = MemberId(1), MemberId(2), MemberId(3)
SYMBOLS = Symbols(
    member_name="主人",
    staff_name="松鼠酱",
    emblem="🍵",
    titles=(Title(name="芽", points=0), Title(name="叶", points=50)),
)


def a_deed(
    number: int,
    kind: ActKind = ActKind.CHECK_IN,
    *,
    by: MemberId = ANNA,
    day: int = MONDAY,
    object_id: int = 50,
    to: MemberId | None = None,
    league: int | None = None,
) -> Deed:
    return Deed(ActId(number), by, kind, object_id, day, None, number, None, to, league)


def points(*deeds: Deed) -> dict[MemberId, int]:
    return {whom: award.points for whom, award in awards(deeds).items()}


def test_check_in_gives_two_points_and_the_same_one_again_none() -> None:
    assert points(a_deed(1), a_deed(2)) == {ANNA: 2}


def test_day_gives_no_more_than_its_most_however_much_is_done() -> None:
    many = [a_deed(number, object_id=number) for number in range(1, 30)]

    assert points(*many) == {ANNA: DAY_MAX}


def test_thanks_are_worth_more_than_what_one_does_oneself_and_go_to_whom_they_are_for() -> None:
    assert points(a_deed(1, ActKind.THANKS, to=BERT), a_deed(2, ActKind.SOLVED, to=CARL)) == {BERT: 3, CARL: 8}


def test_two_friends_who_thank_each_other_all_day_gain_it_once() -> None:
    assert points(*(a_deed(number, ActKind.THANKS, object_id=number, to=BERT) for number in range(1, 50))) == {BERT: 3}


def test_nobody_gains_by_thanking_themselves_nor_by_visits() -> None:
    assert points(a_deed(1, ActKind.THANKS, to=ANNA), a_deed(2, ActKind.VISIT), a_deed(3, ActKind.JOIN)) == {}


def test_receiver_is_read_as_a_number_or_as_ids_are_written() -> None:
    assert receiver_in({"to": 7}) == receiver_in({"to": encode_id(7)}) == 7
    assert receiver_in({}) is None


def test_of_equal_points_the_earlier_last_act_is_ahead_and_of_equal_times_both_are() -> None:
    def one(member_id: MemberId, points: int, at: int) -> Competitor:
        return Competitor(member_id=member_id, nickname="", points=points, last_at_us=at)

    places = ranking([one(ANNA, 6, 90), one(BERT, 6, 30), one(CARL, 8, 99), one(MemberId(4), 6, 90)])

    assert [(place.rank, place.competitor.member_id) for place in places] == [(1, 3), (2, 2), (3, 1), (3, 4)]
    assert rank_of(ANNA, places) == 3
    assert rank_of(MemberId(9), places) is None


def test_league_is_the_one_that_the_first_act_says() -> None:
    deeds = [a_deed(5, league=2, object_id=9), a_deed(3, league=1), a_deed(9, by=BERT)]

    assert standings_of(deeds) == {
        (ANNA, MONDAY): Standing(1, 4, 5),
        (BERT, MONDAY): Standing(0, 2, 9),
    }


def test_title_is_the_highest_that_is_reached() -> None:
    assert title_of(SYMBOLS, 49) == Title(name="芽", points=0)
    assert title_of(SYMBOLS, 50) == Title(name="叶", points=50)
    assert next_title(SYMBOLS, 49) == Title(name="叶", points=50)
    assert next_title(SYMBOLS, 50) is None


deeds = st.lists(
    st.builds(
        Deed,
        st.integers(1, 10**6).map(ActId),
        st.integers(1, 4).map(MemberId),
        st.sampled_from(ActKind),
        st.integers(1, 3),
        st.integers(MONDAY, MONDAY + 20),
        st.none(),
        st.integers(1, 10**9),
        st.none(),
        st.one_of(st.none(), st.integers(1, 4).map(MemberId)),
        st.one_of(st.none(), st.integers(1, 5)),
    ),
    max_size=60,
    unique_by=lambda deed: deed.id,
)


@given(deeds, st.randoms(use_true_random=False))
def test_places_are_the_same_from_any_order_of_acts(log: list[Deed], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(log)
    random.shuffle(shuffled)

    assert standings_of(shuffled) == standings_of(log)


@given(deeds)
def test_act_told_twice_gives_nothing_more(log: list[Deed]) -> None:
    assert standings_of([*log, *log]) == standings_of(log)


@given(deeds, deeds)
def test_nobody_ever_has_fewer_points_by_doing_more(log: list[Deed], more: list[Deed]) -> None:
    one = [deed for deed in log if deed.member_id == ANNA]
    both = [*one, *(deed for deed in more if deed.member_id == ANNA)]

    for whom, award in awards(one).items():
        assert awards(both)[whom].points >= award.points


@given(deeds)
def test_week_of_ones_own_acts_gives_at_most_seven_full_days(log: list[Deed]) -> None:
    own = [deed._replace(to=None) for deed in log if deed.member_id == ANNA and deed.day < MONDAY + 7]

    assert awards(own).get(ANNA, Award(0, 0)).points <= 7 * DAY_MAX
