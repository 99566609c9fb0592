"""Ids: they grow, they sort, and eleven letters lead back to the one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base import ids as ids_module
from liulian.base.ids import ALPHABET, ID_LENGTH, RANDOM_BITS, IdSource, decode_id, encode_id

NUMBERS = st.integers(min_value=0, max_value=2**63 - 1)


@given(number=NUMBERS)
def test_letters_lead_back_to_the_number(number: int) -> None:
    text = encode_id(number)

    assert len(text) == ID_LENGTH
    assert set(text) <= set(ALPHABET)
    assert decode_id(text) == number


@given(one=NUMBERS, other=NUMBERS)
def test_letters_sort_like_the_numbers(one: int, other: int) -> None:
    assert (encode_id(one) < encode_id(other)) == (one < other)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("2" * 10, id="too short"),
        pytest.param("2" * 12, id="too long"),
        pytest.param("0" * 11, id="a letter we left out"),
        pytest.param("22222 22222", id="a space"),
        pytest.param("２" * 11, id="full-width digits"),
        pytest.param("z" * 11, id="more than 63 bits"),
    ],
)
def test_what_is_no_id_is_none(text: str) -> None:
    assert decode_id(text) is None


def test_the_largest_number_is_an_id_and_the_next_is_none() -> None:
    largest = encode_id(2**63 - 1)

    assert decode_id(largest) == 2**63 - 1
    assert decode_id(largest[:-1] + ALPHABET[ALPHABET.index(largest[-1]) + 1]) is None


def test_ids_grow_although_the_clock_stands_still_or_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_800_000_000_000_000_000]
    monkeypatch.setattr(ids_module, "time_ns", lambda: clock[0])
    new_id = IdSource()

    standing = [new_id() for _ in range(1_000)]
    clock[0] -= 3_600_000_000_000
    back = [new_id() for _ in range(1_000)]

    assert standing + back == sorted(set(standing + back))


def test_an_id_begins_with_the_millisecond_it_was_made_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids_module, "time_ns", lambda: 1_800_000_000_123_456_789)

    assert IdSource()() >> RANDOM_BITS == 1_800_000_000_123


def test_ids_of_one_millisecond_cannot_be_guessed_from_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids_module, "time_ns", lambda: 1_800_000_000_123_456_789)

    # Of two million possible endings a hundred sources would have to draw one twice ten times over.
    assert len({IdSource()() for _ in range(100)}) > 90


def test_the_alphabet_has_no_letters_that_people_confuse() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 57
    assert sorted(ALPHABET) == list(ALPHABET)
    assert not set(ALPHABET) & set("0O1lI")
