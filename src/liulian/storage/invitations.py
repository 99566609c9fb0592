"""Places in workspaces that wait for somebody, found by the fingerprint of their link."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.accounts.people import Invitation
from liulian.accounts.permissions import Role
from liulian.base.ids import InvitationId, UserId, WorkspaceId
from liulian.storage.account_tables import invitations, workspaces

INVITATIONS_LISTED_MAX = 500

_COLUMNS = (
    select(
        invitations.c.id,
        invitations.c.workspace_id,
        workspaces.c.name.label("workspace_name"),
        invitations.c.email,
        invitations.c.role,
        invitations.c.created_by,
        invitations.c.created_at,
        invitations.c.expires_at,
        invitations.c.closed_at,
    )
    .join(workspaces, workspaces.c.id == invitations.c.workspace_id)
    .where(workspaces.c.deleted_at.is_(None))
)
_OPEN = (
    _COLUMNS.where(
        invitations.c.workspace_id == bindparam("of_workspace"),
        invitations.c.closed_at.is_(None),
        invitations.c.expires_at > bindparam("now"),
    )
    .order_by(invitations.c.id.desc())
    .limit(INVITATIONS_LISTED_MAX)
)


class InvitationRows:
    """The invitations of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, invitation: Invitation, *, fingerprint: bytes) -> None:
        row = {
            "id": invitation.id,
            "workspace_id": invitation.workspace_id,
            "email": invitation.email,
            "role": invitation.role.value,
            "fingerprint": fingerprint,
            "created_by": invitation.created_by,
            "created_at": invitation.created_at,
            "expires_at": invitation.expires_at,
        }
        await self._connection.execute(insert(invitations), row)

    async def find(self, fingerprint: bytes) -> Invitation | None:
        """Return an invitation in whatever state it is."""
        row = (await self._connection.execute(_COLUMNS.where(invitations.c.fingerprint == fingerprint))).one_or_none()
        return _invitation(row) if row else None

    async def list_open(self, workspace_id: WorkspaceId, *, now: datetime) -> list[Invitation]:
        """Return those that still wait, newest first."""
        values = {"of_workspace": workspace_id, "now": now}
        return [_invitation(row) for row in await self._connection.execute(_OPEN, values)]

    async def close(
        self, invitation_id: InvitationId, *, now: datetime, workspace_id: WorkspaceId | None = None
    ) -> bool:
        """Make an invitation useless; False when it was closed before, or is none (of this workspace)."""
        this = update(invitations).where(invitations.c.id == invitation_id, invitations.c.closed_at.is_(None))
        if workspace_id is not None:
            this = this.where(invitations.c.workspace_id == workspace_id)
        return (await self._connection.execute(this.values(closed_at=now))).rowcount == 1

    async def close_all(self, workspace_id: WorkspaceId, *, now: datetime) -> None:
        """Make all invitations of a workspace useless."""
        these = (invitations.c.workspace_id == workspace_id, invitations.c.closed_at.is_(None))
        await self._connection.execute(update(invitations).where(*these).values(closed_at=now))

    async def close_made_by(self, user_id: UserId, *, workspace_id: WorkspaceId, now: datetime) -> list[InvitationId]:
        """Make useless what a person invited into a workspace, and return which still waited, oldest first."""
        these = (
            invitations.c.workspace_id == workspace_id,
            invitations.c.created_by == user_id,
            invitations.c.closed_at.is_(None),
            invitations.c.expires_at > now,
        )
        closed = update(invitations).where(*these).values(closed_at=now).returning(invitations.c.id)
        return sorted(InvitationId(row.id) for row in await self._connection.execute(closed))


def _invitation(row: Row[*tuple[Any, ...]]) -> Invitation:
    return Invitation(
        id=InvitationId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        workspace_name=row.workspace_name,
        email=row.email,
        role=Role(row.role),
        created_by=UserId(row.created_by) if row.created_by is not None else None,
        created_at=row.created_at,
        expires_at=row.expires_at,
        closed_at=row.closed_at,
    )
