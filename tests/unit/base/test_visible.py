"""Letters that a reader sees, and those that nobody does."""

import pytest

from liulian.base.visible import is_visible, visible_of

UNSEEN = "\u3164\u115f\u1160\u2800\u00ad\u034f\u180e\u200b\u202e\u2066\ufeff\uffa0\u2028\x07\U000e0041\u200d\ufe0f"


@pytest.mark.parametrize("character", UNSEEN, ids=lambda character: f"U+{ord(character):04X}")
def test_letter_that_nobody_sees_is_no_name(character: str) -> None:
    assert not is_visible(character)
    assert visible_of(character) == ""


@pytest.mark.parametrize("text", ["小 林", "👨‍👩‍👧‍👦", "👩🏽‍⚕️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤️", "हिन्दी", "ไทย", "Zoë", "葛󠄀", "two\nlines"])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert visible_of(text) == text


def test_joiner_between_letters_is_taken_out() -> None:
    assert visible_of("a\u200db\u202ec") == "abc"
