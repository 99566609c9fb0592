"""Tags, folders, saved views and UTM templates over HTTP: four kinds of names, the same four operations of each."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Generic

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.base.errors import FieldError, FieldRefused
from liulian.base.ids import encode_id
from liulian.links.labels import (
    Folder,
    Label,
    LabelStore,
    Tag,
    UtmTemplate,
    View,
    add_label,
    check_colour,
    check_name,
    check_utm,
    label_for,
    list_labels,
    refused,
    remove_label,
    replace_label,
)
from liulian.storage.database import Transaction
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.list_schemas import (
    FolderWish,
    TagChange,
    TagWish,
    UtmChange,
    UtmWish,
    ViewChange,
    ViewQuery,
    ViewWish,
)
from liulian.web.api.schemas import Wish
from liulian.web.api.shown import shown_instant
from liulian.web.api.wishes import AnyId, id_in_path, json_answer, read_shape
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Label]):
    """One kind of names. `plural` is its address, `one` what a person calls it, `shown_as` its shape on the wire."""

    plural: str
    one: str
    shown_as: str
    shape: type[Label]
    wish: type[Wish]
    change: type[Wish]
    store: Callable[[Transaction], LabelStore[Label]]

    @property
    def key(self) -> str:
        """The member of an answer that has the list."""
        return self.plural.replace("-", "_")


def _query(query: ViewQuery) -> str:
    return query.model_dump_json(exclude_unset=True)


# How each field is checked; those that are not here are campaign parameters.
_CHECKS: dict[str, Callable[[Any], Any]] = {"name": check_name, "colour": check_colour, "query": _query}


def routes_of(kind: Kind[Label]) -> APIRouter:
    """Return the four operations of one kind."""
    router = APIRouter(prefix=f"/{kind.plural}", tags=[kind.plural])
    address = f"/api/v1/{kind.plural}"

    @router.get(
        "",
        name="list",
        summary=f"List {kind.plural}",
        responses=answers(200, f"{kind.shown_as}List") | refusals(403),
        openapi_extra=KEYED,
    )
    async def list_(request: Request, actor: KnownActor) -> Response:
        """List all of the workspace, oldest first."""
        async with parts_of(request).database.read() as tx:
            found = await list_labels(actor, store=kind.store(tx))
        return json_answer({kind.key: [shown_label(label) for label in found], "next_cursor": None})

    @router.post(
        "",
        name="create",
        summary=f"Make a {kind.one}",
        status_code=201,
        responses=answers(201, kind.shown_as) | refusals(403),
        openapi_extra=KEYED | takes(kind.wish.__name__),
    )
    async def create(request: Request, actor: KnownActor) -> Response:
        """Make a new one. No two have names that differ by capitals alone."""
        parts = parts_of(request)
        values = _checked(await read_shape(request, kind.wish))
        new: dict[str, Any] = {"id": parts.ids(), "created_at": parts.clock()}
        label = kind.shape(**new | values)
        async with parts.database.write() as tx:
            label = await add_label(actor, label, store=kind.store(tx))
        shown = shown_label(label)
        return json_answer(shown, status=201, location=f"{address}/{shown['id']}")

    @router.patch(
        "/{id:link_id}",
        name="change",
        summary=f"Change a {kind.one}",
        responses=answers(200, kind.shown_as) | refusals(403),
        openapi_extra=KEYED | takes(kind.change.__name__),
    )
    async def change(request: Request, actor: KnownActor, label_id: AnyId) -> Response:
        """Change one. What is left out stays as it is."""
        values = _checked(await read_shape(request, kind.change))
        async with parts_of(request).database.write() as tx:
            store = kind.store(tx)
            old = await label_for(actor, id_in_path(label_id), store=store)
            new = await replace_label(old, replace(old, **values), store=store)
        return json_answer(shown_label(new))

    @router.delete(
        "/{id:link_id}",
        name="delete",
        summary=f"Remove a {kind.one}",
        status_code=204,
        responses=answers(204) | refusals(403),
        openapi_extra=KEYED,
    )
    async def delete(request: Request, actor: KnownActor, label_id: AnyId) -> Response:
        """Remove one. Links that had it stay; of very many links the last lose it within minutes."""
        parts = parts_of(request)
        async with parts.database.write() as tx:
            await remove_label(actor, id_in_path(label_id), store=kind.store(tx), now=parts.clock())
        return Response(status_code=204)

    return router


def shown_label(label: Tag | Folder | View | UtmTemplate) -> dict[str, Any]:
    """Return a label as the API shows it."""
    own = {field.name: getattr(label, field.name) for field in fields(label)}
    if isinstance(label, View):
        own["query"] = msgspec.Raw(label.query.encode())
    return own | {"id": encode_id(label.id), "created_at": shown_instant(label.created_at)}


def _checked(wish: Wish) -> dict[str, Any]:
    """Return the wished values in their normal form. Raises InvalidRequest with every refusal."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name in wish.model_fields_set:
        given = getattr(wish, name)
        try:
            values[name] = None if given is None else _CHECKS.get(name, check_utm)(given)
        except FieldRefused as problem:
            errors.append(problem.of(name))
    refused(errors)
    return values


TAGS = Kind(
    plural="tags", one="tag", shown_as="Tag", shape=Tag, wish=TagWish, change=TagChange, store=lambda tx: tx.tags
)
FOLDERS = Kind(
    plural="folders",
    one="folder",
    shown_as="Folder",
    shape=Folder,
    wish=FolderWish,
    change=FolderWish,
    store=lambda tx: tx.folders,
)
VIEWS = Kind(
    plural="views", one="view", shown_as="View", shape=View, wish=ViewWish, change=ViewChange, store=lambda tx: tx.views
)
UTM_TEMPLATES = Kind(
    plural="utm-templates",
    one="UTM template",
    shown_as="UtmTemplate",
    shape=UtmTemplate,
    wish=UtmWish,
    change=UtmChange,
    store=lambda tx: tx.utm_templates,
)

routers = (routes_of(TAGS), routes_of(FOLDERS), routes_of(VIEWS), routes_of(UTM_TEMPLATES))
