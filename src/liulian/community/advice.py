"""Advice: rules over the answers to a self-test. Each piece says which answer it rests on. Pure, and no medicine.

    {"self_test": id of the self-test, "general": what holds for everybody, "source": …,
     "rules": [{"key", "text", "when": {"all": […]} or {"any": […]}}]}

A condition is `{"item": key, "op": "is | is_not | at_least | at_most | has | has_not", "value": number}` or
`{"band": key}`. Who switched personal advice off, or has not taken the test as it is now, gets what is general.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from liulian.base.errors import FieldError
from liulian.base.ids import ServiceId, decode_id, encode_id
from liulian.community.answers import Answers
from liulian.community.claims import medical_claim
from liulian.community.model import Service, ServiceKind
from liulian.community.reading import Reading
from liulian.community.self_tests import TEXT_MAX, Answer, Item, ItemKind, SelfTest, check_self_test

RULES_MAX = 60
CONDITIONS_MAX = 10
SOURCE_MAX = 200


class Op(StrEnum):
    """What is asked of an answer."""

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    HAS = "has"  # Of several answers one.
    HAS_NOT = "has_not"


_OPS = {
    ItemKind.CHOICE: frozenset({Op.IS, Op.IS_NOT, Op.AT_LEAST, Op.AT_MOST}),
    ItemKind.NUMBER: frozenset({Op.IS, Op.IS_NOT, Op.AT_LEAST, Op.AT_MOST}),
    ItemKind.MULTI: frozenset({Op.HAS, Op.HAS_NOT}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutAnswer:
    """A condition on one answer. An item that was left out meets none."""

    item: str
    op: Op
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutBand:
    """A condition on the band of the score."""

    band: str


Condition = AboutAnswer | AboutBand


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is said to whom. `needs_all`: every condition must hold, else one is enough."""

    key: str
    text: str
    needs_all: bool
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A definition that was checked."""

    self_test: ServiceId
    general: str
    rules: tuple[Rule, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The answer a piece of advice rests on: an item and what was answered, or (item None) the key of a band."""

    item: Item | None
    answer: Answer | None
    band: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A rule that spoke, and why."""

    key: str
    text: str
    reasons: tuple[Reason, ...]


def check_advice(definition: object, *, services: Iterable[Service]) -> Advice:
    """Return the advice that a definition describes; `services` are those of its community, where its test must be.

    Raises InvalidRequest with every fault at once.
    """
    reading = Reading(definition)
    test_id, test = _test(reading, services)
    advice = Advice(
        self_test=test_id,
        general=_prose(reading, "general"),
        rules=tuple(_rule(each, test) for each in reading.parts("rules", at_least=0, at_most=RULES_MAX)),
        source=reading.visible("source", length_max=SOURCE_MAX, default=""),
    )
    reading.finish()
    keys = [rule.key for rule in advice.rules]
    for index, key in enumerate(keys):
        if key and key in keys[:index]:
            reading.faults.append(FieldError(f"rules[{index}].key", "definition_key_twice", {"key": key}))
    reading.refuse()
    return advice


def rests_on(definition: Mapping[str, object]) -> ServiceId | None:
    """Return which self-test a stored definition names."""
    named = definition.get("self_test")
    number = decode_id(named) if isinstance(named, str) else None
    return None if number is None else ServiceId(number)


def advise(advice: Advice, test: SelfTest, answers: Answers, *, band: str | None) -> list[Spoken]:
    """Return what the rules say to somebody with these answers, in the order of the rules."""
    spoken = []
    for rule in advice.rules:
        held = [condition for condition in rule.conditions if _holds(condition, answers, band)]
        if held and (not rule.needs_all or len(held) == len(rule.conditions)):
            reasons = dict.fromkeys(_reason(condition, test, answers) for condition in held)
            spoken.append(Spoken(key=rule.key, text=rule.text, reasons=tuple(reasons)))
    return spoken


def _holds(condition: Condition, answers: Answers, band: str | None) -> bool:
    if isinstance(condition, AboutBand):
        return condition.band == band
    answer = answers.get(condition.item)
    if answer is None:
        return False
    chosen = answer if isinstance(answer, tuple) else (answer,)
    first, value = chosen[0], condition.value
    match condition.op:
        case Op.IS | Op.HAS:
            return value in chosen
        case Op.IS_NOT | Op.HAS_NOT:
            return value not in chosen
        case Op.AT_LEAST:
            return first >= value
        case Op.AT_MOST:
            return first <= value
        case _:
            assert_never(condition.op)


def _reason(condition: Condition, test: SelfTest, answers: Answers) -> Reason:
    if isinstance(condition, AboutBand):
        return Reason(item=None, answer=None, band=condition.band)
    return Reason(item=test.item(condition.item), answer=answers[condition.item])


def _test(reading: Reading, services: Iterable[Service]) -> tuple[ServiceId, SelfTest | None]:
    """Return the self-test that is named; None, with a fault, where there is none."""
    named = reading.text("self_test", length_max=20)
    tests = {encode_id(each.id): each for each in services if each.kind is ServiceKind.SELF_TEST}
    service = tests.get(named)
    if service is None:
        if named:
            reading.fault("self_test", "advice_test_missing")
        return ServiceId(0), None
    return service.id, check_self_test(service.definition)


def _rule(reading: Reading, test: SelfTest | None) -> Rule:
    when = reading.part("when")
    conditions: tuple[Condition, ...] = ()
    needs_all = True
    if when is None:
        reading.fault("when", "field_required")
    else:
        needs_all = not when.has("any")
        found = when.parts("all" if needs_all else "any", at_least=1, at_most=CONDITIONS_MAX)
        conditions = tuple(condition for each in found if (condition := _condition(each, test)) is not None)
        when.finish()
    rule = Rule(key=reading.key("key"), text=_prose(reading, "text"), needs_all=needs_all, conditions=conditions)
    reading.finish()
    return rule


def _condition(reading: Reading, test: SelfTest | None) -> Condition | None:
    if reading.has("band") == reading.has("item"):
        reading.fault("item", "advice_condition")
        return None
    if reading.has("band"):
        band = reading.key("band")
        if band and test is not None and test.band(band) is None:
            reading.fault("band", "advice_band_unknown", band=band)
        reading.finish()
        return AboutBand(band=band)
    about = AboutAnswer(item=reading.key("item"), op=reading.choice("op", Op), value=reading.number("value"))
    reading.finish()
    if test is not None and about.item:
        _note_answer(reading, about, test.item(about.item))
    return about


def _note_answer(reading: Reading, about: AboutAnswer, item: Item | None) -> None:
    """Note what can never be true, because the test has no such answer."""
    if item is None:
        reading.fault("item", "advice_item_unknown", item=about.item)
    elif about.op not in _OPS[item.kind]:
        reading.fault("op", "advice_op", op=about.op.value)
    elif not _can_be(item, about):
        reading.fault("value", "advice_value_unknown", item=item.key)


def _can_be(item: Item, about: AboutAnswer) -> bool:
    if item.kind is ItemKind.NUMBER or about.op in (Op.AT_LEAST, Op.AT_MOST):
        values = [option.value for option in item.options] or [item.low, item.high]
        return min(values) <= about.value <= max(values)
    return item.option(about.value) is not None


def _prose(reading: Reading, name: str) -> str:
    text = reading.visible(name, length_max=TEXT_MAX)
    if word := medical_claim(text):
        reading.fault(name, "claim_medical", word=word)
    return text
