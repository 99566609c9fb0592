"""The workspace one works in."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.checks import checked_name
from liulian.accounts.model import Actor, UserActor
from liulian.accounts.people import Membership
from liulian.accounts.permissions import Role
from liulian.accounts.workspaces import (
    create_workspace,
    delete_workspace,
    of_workspace,
    rename_workspace,
    workspace_for,
)
from liulian.base.ids import encode_id
from liulian.storage.database import Transaction
from liulian.web.api.account_schemas import WorkspaceWish
from liulian.web.api.describe import KEYED, PERSONAL, answers, refusals, takes
from liulian.web.api.shown_people import instant, shown_membership, shown_scopes
from liulian.web.api.wishes import json_answer, read_shape
from liulian.web.auth import KnownActor, SignedIn
from liulian.web.parts import parts_of
from liulian.web.signing import desk_of

router = APIRouter(tags=["workspace"])


@router.get(
    "/workspace",
    summary="Show the workspace",
    responses=answers(200, "Workspace") | refusals(403),
    openapi_extra=KEYED,
)
async def show(request: Request, actor: KnownActor) -> Response:
    """Show the workspace of this request, and what one may do there."""
    async with parts_of(request).database.read() as tx:
        return json_answer(await _shown(actor, tx))


@router.patch(
    "/workspace",
    summary="Rename the workspace",
    responses=answers(200, "Workspace") | refusals(403),
    openapi_extra=takes("WorkspaceWish") | KEYED,
)
async def change(request: Request, actor: KnownActor) -> Response:
    """Call the workspace something else."""
    name = checked_name((await read_shape(request, WorkspaceWish)).name)
    async with parts_of(request).database.write() as tx:
        await rename_workspace(actor, name, desk=desk_of(request, tx))
        return json_answer(await _shown(actor, tx))


@router.delete(
    "/workspace",
    summary="Delete the workspace",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=takes("WorkspaceWish") | KEYED,
)
async def delete(request: Request, actor: KnownActor) -> Response:
    """Delete the workspace for good; its name confirms that it is meant. It must have no links."""
    name = (await read_shape(request, WorkspaceWish)).name
    async with parts_of(request).database.write() as tx:
        await delete_workspace(actor, confirmed_by=name, desk=desk_of(request, tx))
    return Response(status_code=204)


@router.post(
    "/workspaces",
    summary="Make a workspace",
    status_code=201,
    responses=answers(201, "OwnWorkspace", located=False) | refusals(403),
    openapi_extra=takes("WorkspaceWish") | PERSONAL,
)
async def create(request: Request, known: SignedIn) -> Response:
    """Make another workspace and own it."""
    name = checked_name((await read_shape(request, WorkspaceWish)).name)
    async with parts_of(request).database.write() as tx:
        made = await create_workspace(known, name, desk=desk_of(request, tx))
    place = Membership(workspace_id=made.id, workspace_name=made.name, role=Role.OWNER, joined_at=made.created_at)
    return json_answer(shown_membership(place), status=201)


async def _shown(actor: Actor, tx: Transaction) -> dict[str, Any]:
    workspace, member_count = await workspace_for(actor, store=tx)
    asked_by = of_workspace(actor)
    return {
        "id": encode_id(workspace.id),
        "name": workspace.name,
        "created_at": instant(workspace.created_at),
        "role": asked_by.role.value if isinstance(asked_by, UserActor) else None,
        "scopes": shown_scopes(asked_by.scopes),
        "member_count": member_count,
    }
