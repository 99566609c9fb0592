"""What operators may write as a challenge, and what is refused."""

import math

import pytest

from liulian.base.errors import FieldRefused, InvalidRequest
from liulian.community.challenges import PROGRAMME_DAYS, Challenge, Proof, check_challenge, check_note, check_number


def faults_of(**definition: object) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refused:
        check_challenge(definition)
    return {error.field: error.code for error in refused.value.errors}


def test_task_alone_is_a_programme_of_three_weeks_with_free_days() -> None:
    challenge = check_challenge({"task": "喝一杯无糖茶"})

    assert challenge == Challenge(task="喝一杯无糖茶")
    assert (challenge.days, challenge.freezes, challenge.is_daily) == (PROGRAMME_DAYS, 2, True)


def test_null_days_never_end() -> None:
    assert check_challenge({"task": "x", "days": None}).days is None


def test_every_fault_is_told_at_once() -> None:
    assert faults_of(days=0, times_per_week=7, proof="song", per_day=1.5, habit=True) == {
        "task": "field_required",
        "days": "field_range",
        "times_per_week": "field_range",
        "proof": "choice_unknown",
        "per_day": "field_type",
        "habit": "field_unknown",
    }


def test_number_needs_its_unit_and_room_between_its_bounds() -> None:
    assert faults_of(task="x", proof="number", min=5, max=5) == {"unit": "field_required", "max": "challenge_bounds"}


def test_limit_of_a_week_leaves_room_for_what_is_asked() -> None:
    assert faults_of(task="x", times_per_week=3, per_week=2) == {"per_week": "challenge_per_week"}
    assert faults_of(task="x", per_week=6) == {"per_week": "challenge_per_week"}


def test_fixed_start_is_a_date() -> None:
    assert check_challenge({"task": "x", "starts_on": "1970-01-05"}).starts_on == 4
    assert faults_of(task="x", starts_on="soon") == {"starts_on": "challenge_day"}


@pytest.mark.parametrize("value", [-1.0, 13.0, math.nan, math.inf])
def test_number_outside_its_bounds_is_refused(value: float) -> None:
    cups = Challenge(task="x", proof=Proof.NUMBER, unit="杯", low=0, high=12)

    with pytest.raises(FieldRefused):
        check_number(cups, value)


def test_number_is_as_exact_as_the_challenge_asks() -> None:
    assert check_number(Challenge(task="x", high=12, decimals=1), 2.25) == 2.2


@pytest.mark.parametrize("note", [None, "  ", "a" * 501, "a\x00b"])
def test_note_that_is_none_is_refused(note: str | None) -> None:
    with pytest.raises(FieldRefused):
        check_note(note)


@pytest.mark.parametrize("unseen", ["\u200b", " \u200b \u3164", "\u202e"])
def test_note_that_nobody_sees_is_none(unseen: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        check_note(unseen)

    assert refused.value.code == "proof_text_missing"


def test_note_is_kept_as_it_is_seen() -> None:
    assert check_note("喝了\u200b茶\u202e abc") == "喝了茶 abc"
    assert check_note("第一行\n第二行 🍵") == "第一行\n第二行 🍵"
