"""Advice: rules that speak, and the answers they cite."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from liulian.base.errors import InvalidRequest
from liulian.base.ids import CommunityId, ServiceId, encode_id
from liulian.community.acts import Purpose
from liulian.community.advice import Spoken, advise, check_advice, rests_on
from liulian.community.model import Service, ServiceKind, ServiceState
from liulian.community.self_tests import check_self_test

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEST: dict[str, Any] = {
    "items": [
        {
            "key": "sweet",
            "kind": "choice",
            "text": "喝含糖饮料吗？",
            "options": [{"value": 0, "text": "从不"}, {"value": 2, "text": "每天"}],
        },
        {"key": "cups", "kind": "number", "text": "每天几杯？", "min": 0, "max": 6},
        {
            "key": "when",
            "kind": "multi",
            "text": "什么时候？",
            "is_scored": False,
            "options": [{"value": 1, "text": "早上"}, {"value": 2, "text": "深夜"}],
        },
    ],
    "bands": [{"key": "low", "from": 0, "to": 4, "name": "清爽"}, {"key": "high", "from": 5, "to": 8, "name": "偏甜"}],
}
SERVICE = Service(
    id=ServiceId(77),
    community_id=CommunityId(1),
    kind=ServiceKind.SELF_TEST,
    name="甜度自测",
    state=ServiceState.ACTIVE,
    purpose=Purpose.PROBLEM,
    version=1,
    definition=TEST,
    created_at=NOON,
    updated_at=NOON,
)


def a_definition(*whens: dict[str, Any], **changed: Any) -> dict[str, Any]:
    rules = [{"key": f"r{at}", "text": f"建议 {at}", "when": when} for at, when in enumerate(whens)]
    return {"self_test": encode_id(77), "general": "多喝水。", "rules": rules} | changed


def spoken(*whens: dict[str, Any], band: str | None = "high", **answers: Any) -> list[Spoken]:
    advice = check_advice(a_definition(*whens), services=[SERVICE])
    return advise(advice, check_self_test(TEST), answers, band=band)


def refused(definition: object, *, services: tuple[Service, ...] = (SERVICE,)) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refusal:
        check_advice(definition, services=services)
    return {error.field: error.code for error in refusal.value.errors}


SWEET = {"item": "sweet", "op": "is", "value": 2}
MANY = {"item": "cups", "op": "at_least", "value": 3}
LATE = {"item": "when", "op": "has", "value": 2}


def test_rule_speaks_where_all_its_conditions_hold_and_cites_each_answer() -> None:
    (said,) = spoken({"all": [SWEET, MANY]}, sweet=2.0, cups=4.0)

    assert said.key == "r0"
    assert [(reason.item and reason.item.key, reason.answer) for reason in said.reasons] == [("sweet", 2), ("cups", 4)]
    assert spoken({"all": [SWEET, MANY]}, sweet=2.0, cups=2.0) == []


def test_of_any_only_what_held_is_cited() -> None:
    (said,) = spoken({"any": [SWEET, MANY, LATE]}, sweet=0.0, cups=1.0, when=(1.0, 2.0))

    assert [reason.answer for reason in said.reasons] == [(1, 2)]


@pytest.mark.parametrize(
    ("condition", "answers", "holds"),
    [
        ({"item": "sweet", "op": "is_not", "value": 2}, {"sweet": 0.0}, True),
        ({"item": "sweet", "op": "is_not", "value": 2}, {"sweet": 2.0}, False),
        ({"item": "cups", "op": "at_most", "value": 2}, {"cups": 2.0}, True),
        ({"item": "cups", "op": "at_most", "value": 2}, {"cups": 3.0}, False),
        ({"item": "when", "op": "has_not", "value": 1}, {"when": (2.0,)}, True),
        ({"item": "when", "op": "has_not", "value": 1}, {}, False),  # What was not answered says nothing.
        ({"band": "high"}, {}, True),
        ({"band": "low"}, {}, False),
    ],
)
def test_each_way_to_ask(condition: dict[str, Any], answers: dict[str, Any], holds: bool) -> None:
    assert bool(spoken({"all": [condition]}, **answers)) == holds


def test_what_can_never_be_true_is_refused_all_at_once() -> None:
    definition = a_definition(
        {"all": [{"item": "tea", "op": "is", "value": 1}, {"item": "when", "op": "is", "value": 1}]},
        {"any": [{"item": "sweet", "op": "is", "value": 1}, {"item": "cups", "op": "at_least", "value": 9}]},
        {"all": [{"band": "middle"}, {}, {"band": "low", "item": "cups"}]},
        {"all": []},
        {"some": [SWEET]},
    )

    assert refused(definition) == {
        "rules[0].when.all[0].item": "advice_item_unknown",
        "rules[0].when.all[1].op": "advice_op",
        "rules[1].when.any[0].value": "advice_value_unknown",
        "rules[1].when.any[1].value": "advice_value_unknown",
        "rules[2].when.all[0].band": "advice_band_unknown",
        "rules[2].when.all[1].item": "advice_condition",
        "rules[2].when.all[2].item": "advice_condition",
        "rules[3].when.all": "definition_count",
        "rules[4].when.all": "definition_count",
        "rules[4].when.some": "field_unknown",
    }


def test_advice_promises_no_medicine() -> None:
    assert refused(a_definition(general="坚持就能治愈")) == {"general": "claim_medical"}


def test_advice_rests_on_a_self_test_of_its_community() -> None:
    challenge = replace(SERVICE, kind=ServiceKind.CHALLENGE)

    assert refused(a_definition(), services=()) == {"self_test": "advice_test_missing"}
    assert refused(a_definition(), services=(challenge,)) == {"self_test": "advice_test_missing"}
    assert rests_on(a_definition()) == 77
    assert rests_on({"self_test": 7}) is None
