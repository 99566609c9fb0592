"""Challenges: what is done each day or some times a week, for how long, and how it is shown. Pure.

The definition is written by operators and checked here, whole, before it is stored.

    {"task": "今天有一杯喝的是无糖茶", "days": 21, "times_per_week": null, "proof": "tap | number | text | photo",
     "unit": "杯", "min": 0, "max": 12, "decimals": 0, "per_day": 1, "per_week": null, "starts_on": "2026-03-01",
     "freezes": 2, "freeze_every": 7, "make_up_days": 2, "pause_days": 14}

`days` is the length of the programme (null: no end), counted from each member's first check-in, or for everybody from
`starts_on`. Three weeks are the length of a programme and nothing else: nobody's life is different on day 22 by itself.
`times_per_week` null: each day. `freezes` is how many free days somebody can have in hand, 0: none; one more comes with
every `freeze_every` days done. `pause_days` is how long one pause may last.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from liulian.base.errors import FieldRefused
from liulian.base.visible import visible_of
from liulian.base.zones import day_number
from liulian.community.days import DAYS_OF_WEEK
from liulian.community.reading import Reading

PROGRAMME_DAYS = 21  # Where nothing else is said.
DAYS_MAX = 366
TASK_MAX = 200
PER_DAY_MAX = 24  # Once an hour.
FREEZES_MAX = 7
MAKE_UP_DAYS_MAX = 7
PAUSE_DAYS_MAX = 90
NOTE_MAX = 500  # Of a text as proof.
NUMBER_MAX = 1e6
_WRONG_CHARACTERS = frozenset(map(chr, (*range(9), *range(11, 32), 127)))  # All that controls, but tab and new line.


class Proof(StrEnum):
    """How somebody shows that it was done."""

    TAP = "tap"
    NUMBER = "number"
    TEXT = "text"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A definition that was checked. `low` and `high` bound a number, both included. None: no end, no limit, each day.

    `starts_on` None: for each member from their first check-in.
    """

    task: str
    days: int | None = PROGRAMME_DAYS
    times_per_week: int | None = None
    proof: Proof = Proof.TAP
    unit: str = ""
    low: float = 0
    high: float = NUMBER_MAX
    decimals: int = 0
    per_day: int = 1
    per_week: int | None = None
    starts_on: int | None = None
    freezes: int = 2
    freeze_every: int = 7
    make_up_days: int = 2
    pause_days: int = 14

    @property
    def is_daily(self) -> bool:
        return self.times_per_week is None


def check_challenge(definition: Mapping[str, Any]) -> Challenge:
    """Return what operators wrote as a challenge. Raises InvalidRequest with every fault."""
    fields = Reading(definition)
    proof = fields.choice("proof", Proof, default=Proof.TAP)
    is_number = proof is Proof.NUMBER
    low = fields.number("min", low=-NUMBER_MAX, high=NUMBER_MAX, default=0)
    high = fields.number("max", low=-NUMBER_MAX, high=NUMBER_MAX, default=NUMBER_MAX)
    if low >= high:
        fields.fault("max", "challenge_bounds")
    challenge = Challenge(
        task=fields.visible("task", length_max=TASK_MAX),
        days=_whole_or_none(fields, "days", said=definition, high=DAYS_MAX, default=PROGRAMME_DAYS),
        times_per_week=_whole_or_none(fields, "times_per_week", said=definition, high=DAYS_OF_WEEK - 1),
        proof=proof,
        unit=fields.visible("unit", length_max=20, default=None if is_number else ""),
        low=low,
        high=high,
        decimals=_whole(fields, "decimals", high=2, default=0),
        per_day=_whole(fields, "per_day", low=1, high=PER_DAY_MAX, default=1),
        per_week=_whole_or_none(fields, "per_week", said=definition, high=PER_DAY_MAX * DAYS_OF_WEEK),
        starts_on=_day(fields),
        freezes=_whole(fields, "freezes", high=FREEZES_MAX, default=2),
        freeze_every=_whole(fields, "freeze_every", low=1, high=DAYS_MAX, default=7),
        make_up_days=_whole(fields, "make_up_days", high=MAKE_UP_DAYS_MAX, default=2),
        pause_days=_whole(fields, "pause_days", high=PAUSE_DAYS_MAX, default=14),
    )
    if challenge.per_week is not None and challenge.per_week < (challenge.times_per_week or DAYS_OF_WEEK):
        fields.fault("per_week", "challenge_per_week")  # Nobody could keep it.
    fields.finish()
    fields.refuse()
    return challenge


def check_number(challenge: Challenge, value: float | None) -> float:
    """Return a number given as proof, as exact as the challenge asks. Raises FieldRefused."""
    if value is None:
        raise FieldRefused("proof_number_missing", unit=challenge.unit)
    if not challenge.low <= value <= challenge.high:  # Also refuses what is no number at all.
        raise FieldRefused("field_range")
    return round(value, challenge.decimals)


def check_note(note: str | None) -> str:
    """Return a text given as proof, as far as it can be seen. Raises FieldRefused."""
    given = note or ""
    clean = visible_of(given[: 2 * NOTE_MAX]).strip()
    if not given.strip() or (not clean and _WRONG_CHARACTERS.isdisjoint(given)):
        raise FieldRefused("proof_text_missing")
    if len(given.strip()) > NOTE_MAX or not _WRONG_CHARACTERS.isdisjoint(given):
        raise FieldRefused("definition_text", max=NOTE_MAX)
    return clean


def _whole(fields: Reading, name: str, *, high: int, default: int, low: int = 0) -> int:
    number = fields.number(name, low=low, high=high, default=default)
    if number != number:  # Not a number: the fault is noted.
        return default
    if number != int(number):
        fields.fault(name, "field_type")
    return int(number)


def _whole_or_none(
    fields: Reading, name: str, *, said: Collection[str], high: int, default: int | None = None
) -> int | None:
    """Return a number from 1 on; what is not said at all is the default, null is None."""
    if fields.value(name) is None:
        return None if name in said else default
    return _whole(fields, name, low=1, high=high, default=1)


def _day(fields: Reading) -> int | None:
    text = fields.text("starts_on", length_max=10, default="")
    if not text:
        return None
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        fields.fault("starts_on", "challenge_day")
        return None
