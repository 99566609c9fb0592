"""What services say of themselves: each kind's definition is checked by the module of that kind. Pure.

A definition that passes is stored as it was written, so that a later version of a checker reads what was meant.
"""

from collections.abc import Callable, Mapping
from typing import Any

from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import ServiceId
from liulian.community.advice import check_advice
from liulian.community.advice import rests_on as cited
from liulian.community.challenges import check_challenge
from liulian.community.making import Objects
from liulian.community.model import Service, ServiceKind
from liulian.community.self_tests import check_self_test

Check = Callable[[Mapping[str, Any], Objects], object]

_CHECKS: dict[ServiceKind, Check] = {
    ServiceKind.CHALLENGE: lambda definition, _: check_challenge(definition),
    ServiceKind.SELF_TEST: lambda definition, _: check_self_test(definition),
    ServiceKind.ADVICE: lambda definition, objects: check_advice(definition, services=objects.services),
}


def check_definition(kind: ServiceKind, definition: object, *, objects: Objects) -> Mapping[str, Any]:
    """Return a definition that passes. Raises InvalidRequest with every fault, each below `definition`."""
    if not isinstance(definition, Mapping):
        raise InvalidRequest(errors=(FieldError("definition", "field_type"),))
    try:
        _CHECKS[kind](definition, objects)
    except InvalidRequest as refused:
        errors = tuple(FieldError(_below(error.field), error.code, error.params) for error in refused.errors)
        raise InvalidRequest(errors=errors) from None
    return definition


def rests_on(service: Service) -> ServiceId | None:
    """Return the self-test that advice cites, None for what cites none."""
    return cited(service.definition) if service.kind is ServiceKind.ADVICE else None


def note_broken(new: Service, objects: Objects) -> None:
    """Raise InvalidRequest where advice cites what a self-test would say no longer."""
    others = [service for service in objects.services if service.id != new.id]
    for advice in others:
        if rests_on(advice) != new.id:
            continue
        try:
            check_advice(advice.definition, services=[*others, new])
        except InvalidRequest:
            error = FieldError("definition", "advice_breaks", {"name": advice.name})
            raise InvalidRequest(errors=(error,)) from None


def _below(field: str) -> str:
    return field if field.partition(".")[0] == "definition" else f"definition.{field}"
