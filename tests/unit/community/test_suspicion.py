"""A check-in is suspected for reasons that can be read, and only strong or several ones make a flag."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liulian.base.ids import MemberId
from liulian.community.suspicion import (
    BURST_SPAN,
    DEVICE_MEMBERS_MAX,
    FAST,
    FLAGGED_FROM,
    KEYS_MAX,
    LIKENESS_BITS_MAX,
    WEIGHTS,
    Bursts,
    Circumstances,
    Earlier,
    Suspicion,
    is_alike,
    reasons,
    score,
)

ANNA, BERT = MemberId(1), MemberId(2)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PHOTO = 0x0F0F_3C3C_5A5A_1234
SENTENCE = "今天把下午的奶茶换成了乌龙茶"
SETS = st.sets(st.sampled_from(Suspicion))


def why(earlier: Earlier = Earlier(), **known: object) -> tuple[Suspicion, ...]:  # noqa: B008 - A frozen value.
    return reasons(Circumstances(member_id=ANNA, **known), earlier)  # type: ignore[arg-type] # Named by each test.


def signed(bits: int) -> int:
    return bits - (1 << 64) if bits >> 63 else bits


def test_ordinary_check_in_is_not_suspected() -> None:
    assert why(text="喝了", took=timedelta(seconds=20)) == ()
    assert why(Earlier(texts=[(BERT, "喝了")]), text="喝了") == ()
    assert score(()) == 0


def test_photo_of_somebody_else_is_enough_and_one_s_own_again_just_so() -> None:
    assert why(Earlier(likenesses=[(BERT, PHOTO ^ 0b111)]), likeness=PHOTO) == (Suspicion.PHOTO_OF_ANOTHER,)
    assert why(Earlier(likenesses=[(ANNA, PHOTO)]), likeness=PHOTO) == (Suspicion.PHOTO_AGAIN,)
    assert WEIGHTS[Suspicion.PHOTO_AGAIN] >= FLAGGED_FROM
    assert why(Earlier(likenesses=[(BERT, PHOTO ^ 0x7F)]), likeness=PHOTO) == ()
    assert why(Earlier(likenesses=[(BERT, PHOTO)])) == ()


def test_text_is_compared_without_blanks_and_signs() -> None:
    assert why(Earlier(texts=[(BERT, SENTENCE)]), text=f" {SENTENCE}！") == (Suspicion.TEXT_OF_ANOTHER,)
    assert why(Earlier(texts=[(ANNA, SENTENCE)]), text=SENTENCE) == (Suspicion.TEXT_AGAIN,)


def test_three_seconds_are_time_enough_and_less_is_weak_alone() -> None:
    assert why(took=FAST) == ()
    assert why(took=timedelta(seconds=-5)) == ()  # A check-in that waited: the page was opened for another.
    assert why(took=FAST - timedelta(milliseconds=1)) == (Suspicion.FAST,)
    assert score([Suspicion.FAST]) < FLAGGED_FROM
    assert score([Suspicion.FAST, Suspicion.TEXT_OF_ANOTHER]) >= FLAGGED_FROM


@given(SETS, SETS)
def test_more_reasons_are_never_less_suspicion_and_it_stays_between_nothing_and_certainty(
    some: set[Suspicion], more: set[Suspicion]
) -> None:
    assert 0 <= score(some) <= score(some | more) < 1


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63)))
def test_photos_are_alike_up_to_so_many_bits_whatever_their_sign(bits: int, flipped: set[int]) -> None:
    other = bits
    for place in flipped:
        other ^= 1 << place

    assert is_alike(signed(bits), signed(other)) == (len(flipped) <= LIKENESS_BITS_MAX)
    assert is_alike(signed(bits), signed(other)) == is_alike(signed(other), signed(bits))


def burst(bursts: Bursts, member: int, *, after: timedelta = timedelta(), place: bytes = b"a telephone") -> bool:
    return bursts.is_burst(place, MemberId(member), members_max=DEVICE_MEMBERS_MAX, now=NOW + after)


def test_family_shares_a_telephone_and_a_crowd_does_not() -> None:
    bursts = Bursts()

    assert [burst(bursts, member) for member in (1, 2, 3, 1, 2, 3)] == [False] * 6
    assert burst(bursts, 4)
    assert not burst(bursts, 4, place=b"another")
    assert not burst(bursts, 5, after=BURST_SPAN)


def test_places_are_known_by_nothing_that_leads_back_to_them_and_are_few() -> None:
    bursts = Bursts()
    for number in range(KEYS_MAX + 10):
        burst(bursts, 1, place=str(number).encode())

    assert len(bursts._seen) == KEYS_MAX
    assert all(len(key) == 16 for key in bursts._seen)
    burst(bursts, 1, after=timedelta(days=1))
    assert len(bursts._seen) == 1
