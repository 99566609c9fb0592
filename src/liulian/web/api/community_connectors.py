"""Connectors of communities over HTTP: set up, shown without their secrets, taken away."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.permissions import Scope
from liulian.base.errors import NotFound
from liulian.community.channels import community_url
from liulian.community.connectors import (
    Connector,
    ConnectorKind,
    ConnectorWish,
    list_connectors,
    put_connector,
    remove_connector,
)
from liulian.community.service import community_for
from liulian.web.api import community_people_schemas as shapes
from liulian.web.api.communities import community_of
from liulian.web.api.community_shown import members_origin
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.shown_people import instant
from liulian.web.api.wishes import AnyId, json_answer, read_shape
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of

router = APIRouter(prefix="/communities/{id:link_id}/connectors", tags=["community-connectors"])


@router.get("", summary="List connectors", responses=answers(200, "ConnectorList") | refusals(403), openapi_extra=KEYED)
async def list_(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """List the accounts by which members of a community are known."""
    async with parts_of(request).database.read() as tx:
        community = await community_for(actor, community_of(community_id), store=tx.communities)
        found = await list_connectors(actor, community.id, tx=tx)
    return json_answer({"connectors": [_shown(request, each, slug=community.slug) for each in found]})


@router.put(
    "/{kind}",
    summary="Set a connector up",
    responses=answers(200, "Connector") | refusals(403),
    openapi_extra=KEYED | takes("ConnectorWish"),
)
async def put(request: Request, actor: KnownActor, community_id: AnyId, kind: str) -> Response:
    """Connect an account, or change how. Its secret is sealed, and never shown again."""
    wish = await read_shape(request, shapes.ConnectorWish)
    parts, known = parts_of(request), community_of(community_id)
    async with parts.database.write() as tx:
        connector = await put_connector(
            actor,
            known,
            _kind(kind),
            ConnectorWish(values=wish.values, secret=wish.secret, is_on=wish.is_on),
            tx=tx,
            vault=parts.site.vault,
            new_id=parts.ids(),
            now=parts.clock(),
        )
        community = await community_for(actor, known, store=tx.communities, scope=Scope.COMMUNITIES_WRITE)
    return json_answer(_shown(request, connector, slug=community.slug))


@router.delete(
    "/{kind}",
    summary="Take a connector away",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=KEYED,
)
async def delete(request: Request, actor: KnownActor, community_id: AnyId, kind: str) -> Response:
    """Forget an account and its secret. Members who came by it stay members, and need another way back."""
    parts = parts_of(request)
    async with parts.database.write() as tx:
        await remove_connector(actor, community_of(community_id), _kind(kind), tx=tx, now=parts.clock())
    return Response(status_code=204)


def _kind(name: str) -> ConnectorKind:
    try:
        return ConnectorKind(name)
    except ValueError:
        raise NotFound from None


def _shown(request: Request, connector: Connector, *, slug: str) -> dict[str, Any]:
    return {
        "kind": connector.kind.value,
        "values": connector.values,
        "is_on": connector.is_on,
        "callback_url": f"{community_url(members_origin(request), slug)}/oauth/{connector.kind.value}/callback",
        "created_at": instant(connector.created_at),
        "updated_at": instant(connector.updated_at),
    }
