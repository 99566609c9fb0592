"""What somebody answered in a self-test: read, scored, given a band, and compared with the last time. Pure.

Answers are health data. They go from here to `attempts` and to the advice of who gave them, never to a log.
"""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import ActId, CommunityId, MemberId, ServiceId
from liulian.community.self_tests import Answer, Band, Better, Item, ItemKind, MinimalChange, SelfTest, number_text

_NUMBER_LENGTH_MAX = 20
_TINY = 1e-9
_PLACES = 6  # Of a score: what is behind them is the fault of floats.

Answers = Mapping[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One time somebody took a self-test. `id` is that of the act. `band` is the key of a band of that `version`.

    `is_shared`: its author lets staff see the answers.
    """

    id: ActId
    community_id: CommunityId
    member_id: MemberId
    service_id: ServiceId
    version: int
    answers: Answers
    created_at: datetime
    score: float | None = None
    band: str | None = None
    is_shared: bool = False


class Verdict(StrEnum):
    """What can honestly be said of the difference between two scores."""

    SAME = "same"
    UNCERTAIN = "uncertain"  # Smaller than what chance alone may do.
    UNKNOWN = "unknown"  # Nobody has measured what chance may do here.
    BETTER = "better"
    WORSE = "worse"
    DIFFERENT = "different"  # Real, and neither way is the good one.


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From the score of last time to this one."""

    before: float
    after: float
    verdict: Verdict
    minimal: MinimalChange | None

    @property
    def delta(self) -> float:
        return round(self.after - self.before, _PLACES)


def read_answers(test: SelfTest, given: Mapping[str, Sequence[str]]) -> Answers:
    """Return the answers in the fields of a form, by the keys of items. Raises InvalidRequest with every fault."""
    answers: dict[str, Answer] = {}
    errors: list[FieldError] = []
    for item in test.items:
        found = _read(item, [text.strip() for text in given.get(item.key, ()) if text.strip()])
        if isinstance(found, FieldError):
            errors.append(found)
        elif found is not None:
            answers[item.key] = found
    if errors:
        raise InvalidRequest(errors=tuple(errors))
    return answers


def score_of(test: SelfTest, answers: Answers) -> float | None:
    """Return the score, None where nothing counts or an answer that counts is missing."""
    points = [item.points(answers[item.key]) for item in test.scored if item.key in answers]
    if not points or len(points) != len(test.scored):
        return None
    total = math.fsum(points)
    return round(total if test.scoring == "sum" else total / len(points), _PLACES)


def band_of(test: SelfTest, score: float | None) -> Band | None:
    """Return the band of a score; one on the border belongs to the upper band."""
    if score is None:
        return None
    return next((band for band in reversed(test.bands) if band.low <= score + _TINY), None)


def change_between(test: SelfTest, *, before: float, after: float) -> Change:
    """Return what can be said of two scores of one version of a test."""
    return Change(before=before, after=after, verdict=_verdict(test, after - before), minimal=test.change)


def change_since(test: SelfTest, attempt: Attempt, earlier: Attempt | None) -> Change | None:
    """Return the change since an earlier attempt; None where there is none, or it was another version of the test."""
    if earlier is None or earlier.version != attempt.version or earlier.score is None or attempt.score is None:
        return None
    return change_between(test, before=earlier.score, after=attempt.score)


def _verdict(test: SelfTest, delta: float) -> Verdict:
    if abs(delta) < _TINY:
        return Verdict.SAME
    if test.change is None:
        return Verdict.UNKNOWN
    if abs(delta) < test.change.value - _TINY:
        return Verdict.UNCERTAIN
    if test.better is Better.NEITHER:
        return Verdict.DIFFERENT
    return Verdict.BETTER if (delta > 0) == (test.better is Better.HIGHER) else Verdict.WORSE


def _read(item: Item, texts: list[str]) -> Answer | FieldError | None:
    """Return the answer to one item, None where it was left out and may be."""
    if not texts:
        return FieldError(item.key, "answer_missing") if item.is_required else None
    if item.kind is ItemKind.NUMBER:
        return _read_number(item, texts[0])
    values = [_chosen(item, text) for text in texts]
    if any(value is None for value in values):
        return FieldError(item.key, "answer_unknown")
    chosen = sorted({value for value in values if value is not None})
    if item.kind is ItemKind.MULTI:
        return tuple(chosen)
    return chosen[0] if len(chosen) == 1 else FieldError(item.key, "answer_unknown")


def _chosen(item: Item, text: str) -> float | None:
    number = _number(text)
    return None if number is None or item.option(number) is None else number


def _read_number(item: Item, text: str) -> Answer | FieldError:
    number = _number(text)
    if number is None or not item.low <= number <= item.high:
        bounds = {"low": number_text(item.low), "high": number_text(item.high)}
        return FieldError(item.key, "answer_number", dict[str, str | int](bounds))
    if abs(round(number, item.decimals) - number) > _TINY:
        return FieldError(item.key, "answer_decimals", {"decimals": item.decimals})
    return number


def _number(text: str) -> float | None:
    """Return a number as people type it, full width and with a comma too."""
    plain = unicodedata.normalize("NFKC", text[: 2 * _NUMBER_LENGTH_MAX]).replace(",", ".").strip()
    if len(plain) > _NUMBER_LENGTH_MAX:
        return None
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
