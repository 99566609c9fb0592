"""What communities are built from, changed by operators: goals, badges, rituals, services follow the same rules.

Works inside the caller's transaction and never commits. What is measured, rewarded or cited elsewhere is not removed
while it is. Channel links are in `channels.py`.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.base.errors import Conflict, FieldError, InvalidRequest, NotFound
from liulian.base.ids import CommunityId, RitualId
from liulian.community.badges import badge_fields, make_badge
from liulian.community.definitions import rests_on
from liulian.community.goals import goal_fields, make_goal
from liulian.community.making import Making, Objects, Part
from liulian.community.model import (
    PARTS_MAX,
    Badge,
    Community,
    Goal,
    Ritual,
    RitualChange,
    Service,
    ServiceKind,
    ServiceVersion,
)
from liulian.community.offering import make_service, service_fields
from liulian.community.rituals_check import make_change, make_ritual, ritual_fields
from liulian.community.service import community_for
from liulian.community.store import Builder, CommunityStore, PartStore
from liulian.community.symbols import merged


class TooManyParts(Conflict):
    """A community has as many of this kind as it may have."""

    code = "parts_limit"


class PartNeeded(Conflict):
    """Something else of the community rests on it."""

    code = "part_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartKind(Generic[Part]):
    """One kind of parts. `one` is what a person calls it; `fields` is the inverse of `make`."""

    one: str
    store: Callable[[CommunityStore], PartStore[Part]]
    make: Callable[..., Part]
    fields: Callable[[Part], dict[str, Any]]


GOALS: PartKind[Goal] = PartKind(one="goal", store=lambda store: store.goals, make=make_goal, fields=goal_fields)
BADGES: PartKind[Badge] = PartKind(one="badge", store=lambda store: store.badges, make=make_badge, fields=badge_fields)
RITUALS: PartKind[Ritual] = PartKind(
    one="ritual", store=lambda store: store.rituals, make=make_ritual, fields=ritual_fields
)
SERVICES: PartKind[Service] = PartKind(
    one="service", store=lambda store: store.services, make=make_service, fields=service_fields
)


async def list_parts(
    actor: Actor, community_id: CommunityId, *, kind: PartKind[Part], store: CommunityStore
) -> list[Part]:
    """Return the parts of one kind, in their order. Raises NotFound."""
    community = await community_for(actor, community_id, store=store)
    return await kind.store(store).list_of(community.id)


async def part_of(
    actor: Actor, community_id: CommunityId, part_id: int, *, kind: PartKind[Part], store: CommunityStore
) -> Part:
    """Return one part. Raises NotFound."""
    community = await community_for(actor, community_id, store=store)
    found = await kind.store(store).find(part_id, community_id=community.id)
    if found is None:
        raise NotFound
    return found


async def add_part(
    actor: Actor, community_id: CommunityId, given: object, *, kind: PartKind[Part], builder: Builder
) -> Part:
    """Return a new part, the last of its kind. Raises NotFound, InvalidRequest or TooManyParts."""
    community = await _theirs(actor, community_id, builder=builder)
    parts = await kind.store(builder.store).list_of(community.id)
    if len(parts) >= PARTS_MAX:
        raise TooManyParts(max=PARTS_MAX)
    making: Making[Part] = Making(
        id=builder.ids(),
        community=community,
        objects=await objects_of(community.id, store=builder.store),
        now=builder.now,
        position=1 + max((part.position for part in parts), default=-1),
    )
    return await put_new(actor, kind.make(given, making=making), kind=kind, builder=builder)


async def put_new(actor: Actor, part: Part, *, kind: PartKind[Part], builder: Builder) -> Part:
    """Store a part that was just made."""
    await kind.store(builder.store).add(part)
    if isinstance(part, Service):
        await builder.store.add_version(_version(part, builder=builder))
    if isinstance(part, Goal):
        await builder.store.count_goal(part)
    await _note(actor, "community.part_added", part, kind=kind, builder=builder)
    return part


async def change_part(
    actor: Actor, community_id: CommunityId, part_id: int, given: object, *, kind: PartKind[Part], builder: Builder
) -> Part:
    """Return the part as it now is. What is not given stays. Raises NotFound or InvalidRequest."""
    community = await _theirs(actor, community_id, builder=builder)
    old = await _part(community, part_id, kind=kind, builder=builder)
    making: Making[Part] = Making(
        id=old.id,
        community=community,
        objects=await objects_of(community.id, store=builder.store),
        now=builder.now,
        position=old.position,
        old=old,
    )
    before = kind.fields(old)
    new = kind.make(_merged(before, given), making=making)
    if kind.fields(new) == before:
        return old
    await kind.store(builder.store).replace(new)
    if isinstance(new, Service) and isinstance(old, Service) and new.version != old.version:
        await builder.store.add_version(_version(new, builder=builder))
    if isinstance(new, Goal) and isinstance(old, Goal) and _counts(new) != _counts(old):
        await builder.store.count_goal(new)
    await _note(actor, "community.part_changed", new, kind=kind, builder=builder)
    return new


async def remove_part(
    actor: Actor, community_id: CommunityId, part_id: int, *, kind: PartKind[Part], builder: Builder
) -> None:
    """Let a part be seen no more; what members did with it stays. Raises NotFound or PartNeeded."""
    community = await _theirs(actor, community_id, builder=builder)
    old = await _part(community, part_id, kind=kind, builder=builder)
    needed_by = await _needed_by(community.id, old.id, store=builder.store)
    if needed_by is not None:
        raise PartNeeded(name=needed_by)
    await kind.store(builder.store).remove(old.id, now=builder.now)
    await _note(actor, "community.part_removed", old, kind=kind, builder=builder)


async def reorder_parts(
    actor: Actor, community_id: CommunityId, part_ids: Sequence[int], *, kind: PartKind[Part], builder: Builder
) -> list[Part]:
    """Return the parts in their new order. Raises InvalidRequest where not each of them is named once."""
    community = await _theirs(actor, community_id, builder=builder)
    store = kind.store(builder.store)
    known = [part.id for part in await store.list_of(community.id)]
    if sorted(part_ids) != sorted(known):
        raise InvalidRequest(errors=(FieldError("ids", "parts_order"),))
    if list(part_ids) != known:
        await store.reorder(part_ids, community_id=community.id)
        await builder.audit.record(
            actor, "community.parts_reordered", "community", community.id, now=builder.now, part=kind.one
        )
    return await store.list_of(community.id)


async def put_change(
    actor: Actor, community_id: CommunityId, ritual_id: RitualId, occurrence: str, given: object, *, builder: Builder
) -> RitualChange:
    """Return what is now different in one occurrence of a ritual. Raises NotFound or InvalidRequest."""
    community = await _theirs(actor, community_id, builder=builder)
    ritual = await _part(community, ritual_id, kind=RITUALS, builder=builder)
    change = make_change(given, ritual, occurrence, now=builder.now)
    await builder.store.put_ritual_change(change)
    await _grow(actor, ritual, builder=builder)
    return change


async def drop_change(
    actor: Actor, community_id: CommunityId, ritual_id: RitualId, occurrence: str, *, builder: Builder
) -> None:
    """Let one occurrence follow the rule again. Raises NotFound."""
    community = await _theirs(actor, community_id, builder=builder)
    ritual = await _part(community, ritual_id, kind=RITUALS, builder=builder)
    if not await builder.store.drop_ritual_change(ritual.id, occurrence):
        raise NotFound
    await _grow(actor, ritual, builder=builder)


async def objects_of(community_id: CommunityId, *, store: CommunityStore) -> Objects:
    """Return what other parts of a community may name."""
    return Objects(
        services=tuple(await store.services.list_of(community_id)),
        rituals=tuple(await store.rituals.list_of(community_id)),
        goals=tuple(await store.goals.list_of(community_id)),
    )


async def _theirs(actor: Actor, community_id: CommunityId, *, builder: Builder) -> Community:
    return await community_for(actor, community_id, store=builder.store, scope=Scope.COMMUNITIES_WRITE, for_update=True)


async def _part(community: Community, part_id: int, *, kind: PartKind[Part], builder: Builder) -> Part:
    found = await kind.store(builder.store).find(part_id, community_id=community.id, for_update=True)
    if found is None:
        raise NotFound
    return found


async def _grow(actor: Actor, ritual: Ritual, *, builder: Builder) -> None:
    """Let calendars hear that something of a ritual is different."""
    new = dataclasses.replace(ritual, sequence=ritual.sequence + 1, updated_at=builder.now)
    await builder.store.rituals.replace(new)
    await _note(actor, "community.part_changed", new, kind=RITUALS, builder=builder)


async def _needed_by(community_id: CommunityId, part_id: int, *, store: CommunityStore) -> str | None:
    """Return the name of something that rests on a part."""
    badges = await store.badges.list_of(community_id)
    objects = await objects_of(community_id, store=store)
    return next(_resting(part_id, badges=badges, objects=objects), None)


def _resting(part_id: int, *, badges: Sequence[Badge], objects: Objects) -> Iterator[str]:
    yield from (goal.name for goal in objects.goals if goal.measure.object_id == part_id)
    yield from (badge.name for badge in badges if badge.rule.object_id == part_id)
    for service in objects.services:
        if service.kind is ServiceKind.ADVICE and rests_on(service) == part_id:
            yield service.name


def _counts(goal: Goal) -> tuple[object, ...]:
    """Return what of a goal says which acts move it."""
    return goal.reach, goal.measure, goal.starts_on, goal.ends_on


def _version(service: Service, *, builder: Builder) -> ServiceVersion:
    return ServiceVersion(
        service_id=service.id, version=service.version, definition=service.definition, created_at=builder.now
    )


def _merged(before: dict[str, Any], given: object) -> object:
    """Return fields with those that were given in their place. A definition is replaced whole: it is a version."""
    both = merged(before, given)
    if isinstance(both, dict) and isinstance(given, dict) and "definition" in given:
        both["definition"] = given["definition"]
    return both


async def _note(actor: Actor, action: str, part: Part, *, kind: PartKind[Part], builder: Builder) -> None:
    await builder.audit.record(
        actor, action, "community", part.community_id, now=builder.now, part=kind.one, name=part.name
    )
