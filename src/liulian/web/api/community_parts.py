"""Goals, badges, rituals and services of communities over HTTP: four kinds, the same operations of each.

A ritual also has occurrences that differ from its rule; a service has versions.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from liulian.base.ids import RitualId, encode_id
from liulian.community.making import Part
from liulian.community.model import Badge, Goal, Ritual, Service
from liulian.community.parts import (
    BADGES,
    GOALS,
    RITUALS,
    SERVICES,
    PartKind,
    add_part,
    change_part,
    drop_change,
    list_parts,
    part_of,
    put_change,
    remove_part,
    reorder_parts,
)
from liulian.storage.database import Transaction
from liulian.web.api.bodies import read_json
from liulian.web.api.communities import community_of
from liulian.web.api.community_part_schemas import OrderWish
from liulian.web.api.community_shown import (
    builder_of,
    shown_badge,
    shown_change,
    shown_goal,
    shown_ritual,
    shown_service,
    shown_version,
)
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.wishes import ID_PATTERN, AnyId, id_in_path, json_answer, read_shape
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of

PartId = Annotated[str, Path(alias="part_id", pattern=ID_PATTERN)]
Occurrence = Annotated[
    str,
    Path(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$",
        description="When it would take place by the rule, local time.",
    ),
]
Show = Callable[[Transaction, Sequence[Part]], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served(Generic[Part]):
    """How one kind is served. `plural` is its address, `shape` its shape on the wire."""

    plural: str
    shape: str
    kind: PartKind[Part]
    show: Show[Part]

    @property
    def tags(self) -> list[str]:
        return [f"community-{self.plural}"]


def routes_of(served: Served[Part]) -> APIRouter:
    """Return the operations of one kind."""
    router = APIRouter(prefix=f"/communities/{{id:link_id}}/{served.plural}", tags=[*served.tags])
    one = served.kind.one
    _add_reading(router, served)
    _add_arranging(router, served)

    @router.post(
        "",
        name="create",
        summary=f"Add a {one}",
        status_code=201,
        responses=answers(201, served.shape) | refusals(403, 409),
        openapi_extra=KEYED | takes(f"{served.shape}Wish"),
    )
    async def create(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
        """Add one, as the last of its kind."""
        body = await read_json(request)
        async with parts_of(request).database.write() as tx:
            builder = builder_of(request, tx)
            part = await add_part(actor, community_of(community_id), body.value, kind=served.kind, builder=builder)
            (shown,) = await served.show(tx, [part])
        where = f"/api/v1/communities/{community_id}/{served.plural}/{encode_id(part.id)}"
        return json_answer(shown, status=201, location=where)

    @router.patch(
        "/{part_id:link_id}",
        name="change",
        summary=f"Change a {one}",
        responses=answers(200, served.shape) | refusals(403),
        openapi_extra=KEYED | takes(f"{served.shape}Patch"),
    )
    async def change(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
        """Change one. What is left out stays as it is."""
        body, number = await read_json(request), id_in_path(part_id)
        async with parts_of(request).database.write() as tx:
            builder = builder_of(request, tx)
            part = await change_part(
                actor, community_of(community_id), number, body.value, kind=served.kind, builder=builder
            )
            (shown,) = await served.show(tx, [part])
        return json_answer(shown)

    return router


def _add_arranging(router: APIRouter, served: Served[Part]) -> None:
    @router.delete(
        "/{part_id:link_id}",
        name="delete",
        summary=f"Remove a {served.kind.one}",
        status_code=204,
        responses=answers(204) | refusals(403, 409),
        openapi_extra=KEYED,
    )
    async def delete(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
        """Remove one that nothing else rests on. What members did with it stays in the log."""
        async with parts_of(request).database.write() as tx:
            builder = builder_of(request, tx)
            await remove_part(actor, community_of(community_id), id_in_path(part_id), kind=served.kind, builder=builder)
        return Response(status_code=204)

    @router.put(
        "/order",
        name="reorder",
        summary=f"Put each {served.kind.one} in its place",
        responses=answers(200, f"{served.shape}List") | refusals(403),
        openapi_extra=KEYED | takes("OrderWish"),
    )
    async def reorder(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
        """Put all of them into the order of their ids here."""
        numbers = [id_in_path(each) for each in (await read_shape(request, OrderWish)).ids]
        async with parts_of(request).database.write() as tx:
            builder = builder_of(request, tx)
            found = await reorder_parts(actor, community_of(community_id), numbers, kind=served.kind, builder=builder)
            shown = await served.show(tx, found)
        return json_answer({served.plural: shown, "next_cursor": None})


def _add_reading(router: APIRouter, served: Served[Part]) -> None:
    @router.get(
        "",
        name="list",
        summary=f"List {served.plural}",
        responses=answers(200, f"{served.shape}List") | refusals(403),
        openapi_extra=KEYED,
    )
    async def list_(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
        """List all of a community, in their order."""
        async with parts_of(request).database.read() as tx:
            found = await list_parts(actor, community_of(community_id), kind=served.kind, store=tx.communities)
            shown = await served.show(tx, found)
        return json_answer({served.plural: shown, "next_cursor": None})

    @router.get(
        "/{part_id:link_id}",
        name="show",
        summary=f"Show a {served.kind.one}",
        responses=answers(200, served.shape) | refusals(403),
        openapi_extra=KEYED,
    )
    async def show(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
        """Show one."""
        number = id_in_path(part_id)
        async with parts_of(request).database.read() as tx:
            part = await part_of(actor, community_of(community_id), number, kind=served.kind, store=tx.communities)
            (shown,) = await served.show(tx, [part])
        return json_answer(shown)


async def _goals(_: Transaction, goals: Sequence[Goal]) -> list[dict[str, Any]]:
    return [shown_goal(goal) for goal in goals]


async def _badges(_: Transaction, badges: Sequence[Badge]) -> list[dict[str, Any]]:
    return [shown_badge(badge) for badge in badges]


async def _rituals(tx: Transaction, rituals: Sequence[Ritual]) -> list[dict[str, Any]]:
    changes = await tx.communities.ritual_changes_of([ritual.id for ritual in rituals])
    return [shown_ritual(ritual, changes=changes) for ritual in rituals]


async def _services(_: Transaction, services: Sequence[Service]) -> list[dict[str, Any]]:
    return [shown_service(service) for service in services]


_RITUALS = routes_of(Served(plural="rituals", shape="Ritual", kind=RITUALS, show=_rituals))
_SERVICES = routes_of(Served(plural="services", shape="Service", kind=SERVICES, show=_services))


@_RITUALS.put(
    "/{part_id:link_id}/changes/{occurrence}",
    name="put_change",
    summary="Move or cancel an occurrence",
    responses=answers(200, "OccurrenceChange") | refusals(403),
    openapi_extra=KEYED | takes("OccurrenceWish"),
)
async def put_one_change(
    request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId, occurrence: Occurrence
) -> Response:
    """Let one occurrence take place at another time, or not at all. Calendars hear of it."""
    body, number = await read_json(request), RitualId(id_in_path(part_id))
    async with parts_of(request).database.write() as tx:
        builder = builder_of(request, tx)
        change = await put_change(actor, community_of(community_id), number, occurrence, body.value, builder=builder)
    return json_answer(shown_change(change))


@_RITUALS.delete(
    "/{part_id:link_id}/changes/{occurrence}",
    name="drop_change",
    summary="Let an occurrence follow the rule again",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=KEYED,
)
async def drop_one_change(
    request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId, occurrence: Occurrence
) -> Response:
    """Take back what was different in one occurrence."""
    number = RitualId(id_in_path(part_id))
    async with parts_of(request).database.write() as tx:
        await drop_change(actor, community_of(community_id), number, occurrence, builder=builder_of(request, tx))
    return Response(status_code=204)


@_SERVICES.get(
    "/{part_id:link_id}/versions",
    name="versions",
    summary="List versions of a service",
    responses=answers(200, "ServiceVersionList") | refusals(403),
    openapi_extra=KEYED,
)
async def versions(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """List what a service said, newest first. What members did belongs to the version they saw."""
    number = id_in_path(part_id)
    async with parts_of(request).database.read() as tx:
        service = await part_of(actor, community_of(community_id), number, kind=SERVICES, store=tx.communities)
        found = await tx.communities.versions_of(service.id)
    return json_answer({"versions": [shown_version(version) for version in found], "next_cursor": None})


routers = (
    routes_of(Served(plural="goals", shape="Goal", kind=GOALS, show=_goals)),
    routes_of(Served(plural="badges", shape="Badge", kind=BADGES, show=_badges)),
    _RITUALS,
    _SERVICES,
)
