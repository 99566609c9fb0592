"""Workspaces and who belongs to them. A workspace that was deleted stays as a row: ids of others point to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.accounts.people import DEFAULT_WORKSPACE, Member, Membership, Workspace
from liulian.accounts.permissions import Role
from liulian.base.clock import EPOCH
from liulian.base.ids import UserId, WorkspaceId
from liulian.storage.account_tables import memberships, passkeys, sessions, users, workspaces
from liulian.storage.sql import insert_or_ignore
from liulian.storage.tables import links

MEMBERSHIPS_LISTED_MAX = 200
MEMBERS_LISTED_MAX = 1000

_OF_USER = (
    select(memberships.c.workspace_id, workspaces.c.name, memberships.c.role, memberships.c.joined_at)
    .join(workspaces, workspaces.c.id == memberships.c.workspace_id)
    .where(memberships.c.user_id == bindparam("whose"), workspaces.c.deleted_at.is_(None))
    .order_by(memberships.c.joined_at, memberships.c.workspace_id)
)
_HAS_PASSKEY = exists(select(passkeys.c.id).where(passkeys.c.user_id == users.c.id))
_LAST_SEEN = select(func.max(sessions.c.last_seen_at)).where(sessions.c.user_id == users.c.id).scalar_subquery()
_MEMBERS = (
    select(
        users.c.id,
        users.c.email,
        users.c.name,
        memberships.c.role,
        memberships.c.joined_at,
        case((or_(users.c.totp_enabled_at.is_not(None), _HAS_PASSKEY), 1), else_=0).label("has_second_factor"),
        users.c.disabled_at,
        _LAST_SEEN.label("last_seen_at"),
    )
    .join(users, users.c.id == memberships.c.user_id)
    .where(memberships.c.workspace_id == bindparam("of_workspace"))
)


class WorkspaceRows:
    """The workspaces of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, workspace: Workspace) -> None:
        row = {"id": workspace.id, "name": workspace.name, "created_at": workspace.created_at}
        await self._connection.execute(insert(workspaces), row)

    async def lock_default(self, *, name: str, now: datetime) -> Workspace:
        """Return the default workspace, made where it is missing, for this transaction alone.

        A new database has it from the start, before there is a time at which anybody made it: that is now.
        """
        row = {"id": DEFAULT_WORKSPACE, "name": name, "created_at": now}
        await self._connection.execute(insert_or_ignore(self._connection, workspaces), row)
        unmade = update(workspaces).where(workspaces.c.id == DEFAULT_WORKSPACE, workspaces.c.created_at == EPOCH)
        await self._connection.execute(unmade.values(created_at=now))
        found = await self.find(DEFAULT_WORKSPACE, for_update=True)
        assert found is not None  # noqa: S101 - It was inserted above, and is never deleted.
        return found

    async def find(self, workspace_id: WorkspaceId, *, for_update: bool = False) -> Workspace | None:
        """Return a workspace that was not deleted. With `for_update` its members stay as they are meanwhile."""
        wanted = select(workspaces.c.id, workspaces.c.name, workspaces.c.created_at).where(
            workspaces.c.id == workspace_id, workspaces.c.deleted_at.is_(None)
        )
        row = (await self._connection.execute(wanted.with_for_update() if for_update else wanted)).one_or_none()
        return Workspace(id=WorkspaceId(row.id), name=row.name, created_at=row.created_at) if row else None

    async def rename(self, workspace_id: WorkspaceId, name: str) -> None:
        await self._connection.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(name=name))

    async def remove(self, workspace_id: WorkspaceId, *, now: datetime) -> None:
        """Delete a workspace: from now on nobody belongs to it."""
        await self._connection.execute(delete(memberships).where(memberships.c.workspace_id == workspace_id))
        await self._connection.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(deleted_at=now))

    async def has_links(self, workspace_id: WorkspaceId) -> bool:
        """Tell whether a workspace has links that lead somewhere."""
        wanted = select(links.c.id).where(links.c.workspace_id == workspace_id, links.c.deleted_at.is_(None))
        return (await self._connection.execute(wanted.limit(1))).first() is not None

    async def list_of(self, user_id: UserId) -> list[Membership]:
        """Return where a person belongs, the first they joined first."""
        rows = await self._connection.execute(_OF_USER.limit(MEMBERSHIPS_LISTED_MAX), {"whose": user_id})
        return [_membership(row) for row in rows]

    async def find_membership(self, user_id: UserId, workspace_id: WorkspaceId | None = None) -> Membership | None:
        """Return a person's place in a workspace; without one named, in the first they joined."""
        wanted = _OF_USER if workspace_id is None else _OF_USER.where(workspaces.c.id == workspace_id)
        row = (await self._connection.execute(wanted.limit(1), {"whose": user_id})).one_or_none()
        return _membership(row) if row else None

    async def add_member(self, workspace_id: WorkspaceId, user_id: UserId, role: Role, *, now: datetime) -> bool:
        """Give a person a place; False when they have one."""
        row = {"workspace_id": workspace_id, "user_id": user_id, "role": role.value, "joined_at": now}
        added = await self._connection.execute(insert_or_ignore(self._connection, memberships), row)
        return bool(added.rowcount == 1)

    async def set_role(self, workspace_id: WorkspaceId, user_id: UserId, role: Role) -> None:
        await self._connection.execute(
            update(memberships).where(*_place(workspace_id, user_id)).values(role=role.value)
        )

    async def remove_member(self, workspace_id: WorkspaceId, user_id: UserId) -> None:
        await self._connection.execute(delete(memberships).where(*_place(workspace_id, user_id)))

    async def list_members(self, workspace_id: WorkspaceId) -> list[Member]:
        """Return who belongs to a workspace, the first who joined first."""
        wanted = _MEMBERS.order_by(memberships.c.joined_at, users.c.id).limit(MEMBERS_LISTED_MAX)
        return [_member(row) for row in await self._connection.execute(wanted, {"of_workspace": workspace_id})]

    async def find_member(self, workspace_id: WorkspaceId, user_id: UserId) -> Member | None:
        wanted = _MEMBERS.where(users.c.id == user_id)
        row = (await self._connection.execute(wanted, {"of_workspace": workspace_id})).one_or_none()
        return _member(row) if row else None

    async def count_members(self, workspace_id: WorkspaceId) -> int:
        """Return how many people belong to a workspace."""
        wanted = select(func.count()).select_from(memberships).where(memberships.c.workspace_id == workspace_id)
        return (await self._connection.execute(wanted)).scalar_one()

    async def has_owner_besides(self, workspace_id: WorkspaceId, user_id: UserId) -> bool:
        """Tell whether a workspace has an owner other than this person. Who is disabled could not act as one."""
        others = (
            memberships.c.workspace_id == workspace_id,
            memberships.c.user_id != user_id,
            memberships.c.role == Role.OWNER.value,
            users.c.disabled_at.is_(None),
        )
        wanted = select(users.c.id).join(memberships, memberships.c.user_id == users.c.id).where(*others).limit(1)
        return (await self._connection.execute(wanted)).first() is not None


def _place(workspace_id: WorkspaceId, user_id: UserId) -> tuple[Any, Any]:
    return memberships.c.workspace_id == workspace_id, memberships.c.user_id == user_id


def _membership(row: Row[*tuple[Any, ...]]) -> Membership:
    return Membership(
        workspace_id=WorkspaceId(row.workspace_id),
        workspace_name=row.name,
        role=Role(row.role),
        joined_at=row.joined_at,
    )


def _member(row: Row[*tuple[Any, ...]]) -> Member:
    return Member(
        user_id=UserId(row.id),
        email=row.email,
        name=row.name,
        role=Role(row.role),
        joined_at=row.joined_at,
        has_second_factor=bool(row.has_second_factor),
        is_disabled=row.disabled_at is not None,
        last_seen_at=row.last_seen_at,
    )
