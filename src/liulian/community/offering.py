"""Services of a community: challenges, self-tests, advice. Name, state and purpose are checked here, the rest by kind.

Each change of the definition is a new version: what members did stays with the version they saw. Pure.
"""

from collections.abc import Mapping
from typing import Any

from liulian.base.errors import InvalidRequest
from liulian.base.ids import ServiceId
from liulian.community.acts import Purpose
from liulian.community.definitions import check_definition, note_broken
from liulian.community.making import Making
from liulian.community.model import Service, ServiceKind, ServiceState
from liulian.community.noise import rewarded_noise
from liulian.community.reading import Reading
from liulian.community.wording import name_of


def make_service(given: object, *, making: Making[Service]) -> Service:
    """Return the service that is wished. Raises InvalidRequest with every fault at once."""
    reading, old = Reading(given), making.old
    name = name_of(reading)
    if words := rewarded_noise(name):
        reading.fault("name", "reward_for_noise", words=words[:40])
    kind = reading.choice("kind", ServiceKind)
    if old is not None and kind is not old.kind:
        reading.fault("kind", "service_kind_fixed")
    state = reading.choice("state", ServiceState, default=ServiceState.ACTIVE)
    purpose = reading.choice("purpose", Purpose, default=Purpose.PROBLEM)
    definition = reading.value("definition")
    reading.finish()
    checked: Mapping[str, Any] = {}
    if not any(fault.field == "kind" for fault in reading.faults):
        try:
            checked = check_definition(kind, definition, objects=making.objects)
        except InvalidRequest as refused:
            reading.faults.extend(refused.errors)
    reading.refuse()
    is_same = old is not None and old.definition == checked
    service = Service(
        id=ServiceId(making.id),
        community_id=making.community.id,
        kind=kind,
        name=name,
        state=state,
        purpose=purpose,
        version=1 if old is None else old.version + (not is_same),
        definition=checked,
        created_at=making.created_at,
        updated_at=making.now,
        position=making.position,
    )
    if kind is ServiceKind.SELF_TEST and not is_same:
        note_broken(service, making.objects)
    return service


def service_fields(service: Service) -> dict[str, Any]:
    """Return a service as it would be wished: what `make_service` takes."""
    return {
        "kind": service.kind.value,
        "name": service.name,
        "state": service.state.value,
        "purpose": service.purpose.value,
        "definition": dict(service.definition),
    }
