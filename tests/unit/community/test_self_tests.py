"""Self-tests: what operators may define, how answers are scored, and what is said of a change."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base.errors import InvalidRequest
from liulian.community.answers import Verdict, band_of, change_between, read_answers, score_of
from liulian.community.self_tests import check_self_test, minimal_change

OFTEN = [{"value": 0, "text": "从不"}, {"value": 1, "text": "有时"}, {"value": 2, "text": "经常"}]


def a_definition(**changed: Any) -> dict[str, Any]:
    return {
        "items": [
            {"key": "sweet", "kind": "choice", "text": "喝含糖饮料吗？", "options": OFTEN},
            {"key": "water", "kind": "choice", "text": "口渴时先喝水吗？", "options": OFTEN, "is_reversed": True},
            {"key": "cups", "kind": "number", "text": "每天几杯？", "min": 0, "max": 6, "unit": "杯"},
            {"key": "when", "kind": "multi", "text": "什么时候喝？", "options": OFTEN, "is_scored": False},
        ],
        "bands": [
            {"key": "low", "from": 0, "to": 4, "name": "清爽"},
            {"key": "high", "from": 5, "to": 10, "name": "偏甜"},
        ],
        "better": "lower",
        "change": {"value": 2, "source": "两周重测，40 人"},
    } | changed


def refused(definition: object) -> dict[str, str]:
    """Return the codes by field."""
    with pytest.raises(InvalidRequest) as refusal:
        check_self_test(definition)
    return {error.field: error.code for error in refusal.value.errors}


ANSWERS = {"sweet": ["2"], "water": ["0"], "cups": ["３"], "when": ["1", "0"]}


def test_answers_become_a_score_and_a_band() -> None:
    test = check_self_test(a_definition())

    answers = read_answers(test, ANSWERS)

    assert answers == {"sweet": 2, "water": 0, "cups": 3, "when": (0, 1)}
    assert score_of(test, answers) == 2 + 2 + 3  # Water counts the other way round.
    assert (band_of(test, 7) or test.bands[0]).name == "偏甜"


def test_mean_is_over_the_items_that_count() -> None:
    bands = [{"key": "all", "from": 0, "to": 10 / 3, "name": "全部"}]
    test = check_self_test(a_definition(scoring="mean", bands=bands))

    assert score_of(test, read_answers(test, ANSWERS)) == pytest.approx(7 / 3, abs=1e-6)


def test_every_fault_is_told_at_once() -> None:
    items = [
        {"key": "A", "kind": "choice", "text": "", "options": OFTEN[:1]},
        {"key": "b", "kind": "number", "text": "几杯？", "min": 3, "max": 1},
        {"key": "b", "kind": "scale", "text": "？", "options": OFTEN, "colour": "red"},
        {"key": "c", "kind": "choice", "text": "？", "options": [OFTEN[0], OFTEN[0]], "is_required": False},
    ]

    assert refused(a_definition(items=items, scoring="median", title="x")) == {
        "items[0].key": "definition_key",
        "items[0].text": "field_required",
        "items[0].options": "definition_count",
        "items[1].max": "test_bounds",
        "items[2].kind": "choice_unknown",
        "items[2].colour": "field_unknown",
        "items[2].key": "definition_key_twice",
        "items[3].is_required": "test_scored_optional",
        "items[3].options[1].value": "test_options_alike",
        "scoring": "choice_unknown",
        "title": "field_unknown",
    }


@pytest.mark.parametrize("definition", [None, [], "x", 3, {"items": None}, {"items": [None, 3]}])
def test_what_is_no_definition_is_refused(definition: object) -> None:
    assert refused(definition)


@pytest.mark.parametrize(
    ("spans", "faults"),
    [
        ([(0, 4), (5, 10)], {}),
        ([(0, 10)], {}),
        ([(0, 4), (6, 10)], {"bands[1].from": "test_band_gap"}),
        ([(0, 5), (5, 10)], {"bands[1].from": "test_band_overlap"}),
        ([(1, 4), (5, 9)], {"bands[0].from": "test_band_start", "bands[1].to": "test_band_end"}),
        ([(5, 10), (0, 4)], {"bands[0].from": "test_band_start", "bands[1].to": "test_band_end"}),
    ],
)
def test_bands_cover_whole_scores_without_gap_or_overlap(spans: list[tuple[int, int]], faults: dict[str, str]) -> None:
    bands = [{"key": f"b{at}", "from": low, "to": high, "name": "档"} for at, (low, high) in enumerate(spans)]

    if not faults:
        assert len(check_self_test(a_definition(bands=bands)).bands) == len(spans)
        return
    assert faults.items() <= refused(a_definition(bands=bands)).items()


@given(
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=5),
    decimals=st.booleans(),
    share=st.floats(0, 1, allow_nan=False),
)
def test_every_score_has_exactly_one_band(widths: list[int], decimals: bool, share: float) -> None:
    step = 0 if decimals else 1
    edges = [0]
    for width in widths:
        edges.append(edges[-1] + width)
    top = edges[-1]
    bands = [
        {"key": f"b{at}", "from": low + (step if at else 0), "to": high, "name": "档"}
        for at, (low, high) in enumerate(pairwise(edges))
        if at == 0 or low + step <= high
    ]
    item = {"key": "n", "kind": "number", "text": "？", "min": 0, "max": top, "decimals": 2 if decimals else 0}
    test = check_self_test({"items": [item], "bands": bands})
    score = round(share * top, 2) if decimals else float(round(share * top))

    band = band_of(test, score)

    assert band is not None
    assert band.low <= score
    assert score <= band.high


@pytest.mark.parametrize(
    ("delta", "better", "verdict"),
    [
        (0, "lower", Verdict.SAME),
        (1, "lower", Verdict.UNCERTAIN),
        (-1.99, "lower", Verdict.UNCERTAIN),
        (-2, "lower", Verdict.BETTER),
        (2, "lower", Verdict.WORSE),
        (2, "higher", Verdict.BETTER),
        (-3, "neither", Verdict.DIFFERENT),
    ],
)
def test_change_is_real_only_from_the_smallest_real_change_on(delta: float, better: str, verdict: Verdict) -> None:
    test = check_self_test(a_definition(better=better))

    assert change_between(test, before=5, after=5 + delta).verdict is verdict


def test_without_a_measured_error_nothing_is_claimed_of_a_change() -> None:
    test = check_self_test(a_definition(change=None))

    assert change_between(test, before=0, after=10).verdict is Verdict.UNKNOWN


def test_smallest_real_change_comes_from_reliability_and_spread() -> None:
    test = check_self_test(a_definition(change={"reliability": 0.8, "sd": 4, "source": "重测"}))

    assert test.change is not None
    assert test.change.value == pytest.approx(1.96 * math.sqrt(2) * 4 * math.sqrt(0.2))
    assert minimal_change(reliability=1, sd=4) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": 2}, "change.source"),
        ({"source": "x"}, "change.value"),
        ({"value": 1, "reliability": 0.5, "sd": 1, "source": "x"}, "change.value"),
        ({"reliability": 1.2, "sd": 1, "source": "x"}, "change.reliability"),
        ({"reliability": 0.9, "source": "x"}, "change.sd"),
    ],
)
def test_smallest_real_change_needs_its_figures_and_their_source(change: dict[str, Any], field: str) -> None:
    assert field in refused(a_definition(change=change))


@pytest.mark.parametrize(
    "claim", ["可以治疗失眠", "自我诊断", "三周治愈", "A diagnosis at home", "Cures poor sleep", "a treatment"]
)
def test_medical_promises_are_refused_and_the_word_is_named(claim: str) -> None:
    bands = [{"key": "all", "from": 0, "to": 10, "name": "全部", "text": claim}]
    with pytest.raises(InvalidRequest) as refusal:
        check_self_test(a_definition(bands=bands))

    (error,) = refusal.value.errors
    assert (error.field, error.code) == ("bands[0].text", "claim_medical")
    assert str(error.params["word"]) in claim


@pytest.mark.parametrize(
    "harmless", ["A secure and quiet evening", "Treat yourself to tea", "health and heart", "睡得好"]
)
def test_words_that_only_look_like_promises_are_left_alone(harmless: str) -> None:
    assert check_self_test(a_definition(about=harmless)).about == harmless


@pytest.mark.parametrize(
    ("key", "typed", "code"),
    [
        ("sweet", [], "answer_missing"),
        ("sweet", ["7"], "answer_unknown"),
        ("sweet", ["0", "1"], "answer_unknown"),
        ("cups", ["7"], "answer_number"),
        ("cups", ["nan"], "answer_number"),
        ("cups", ["1.5"], "answer_decimals"),
        ("when", ["9"], "answer_unknown"),
    ],
)
def test_answer_that_is_none_of_the_item_is_refused_at_its_item(key: str, typed: list[str], code: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_answers(check_self_test(a_definition()), ANSWERS | {key: typed})

    assert [(error.field, error.code) for error in refusal.value.errors] == [(key, code)]


def test_what_does_not_count_may_be_left_out() -> None:
    assert "when" not in read_answers(check_self_test(a_definition()), ANSWERS | {"when": []})
