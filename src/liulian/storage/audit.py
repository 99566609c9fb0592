"""The audit log: who did what in a workspace. A row is added in the transaction of the act, and never changed."""

from datetime import datetime
from typing import Any, assert_never

import msgspec
from sqlalchemy import Row, and_, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.accounts.model import Actor, Anonymous, ApiKeyActor, LinkManager, UserActor, WorkspaceActor
from liulian.accounts.people import AuditEntry
from liulian.base.ids import WorkspaceId, encode_id
from liulian.storage.account_tables import api_keys, audit, users

DETAILS_BYTES_MAX = 4096  # An entry is a line to read, not a copy of what was changed.
SYSTEM = "system"  # The command line: whoever may run programs on the machine.

_WHO = audit.outerjoin(users, and_(audit.c.actor_kind == "user", users.c.id == audit.c.actor_id)).outerjoin(
    api_keys, and_(audit.c.actor_kind == "api_key", api_keys.c.id == audit.c.actor_id)
)
_NEWEST = (
    select(audit, users.c.name.label("user_name"), api_keys.c.name.label("key_name"))
    .select_from(_WHO)
    .where(audit.c.workspace_id == bindparam("of_workspace"))
    .order_by(audit.c.id.desc())
)


class AuditRows:
    """Entries of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(
        self,
        actor: Actor,
        action: str,
        kind: str,
        object_id: int | str,
        *,
        now: datetime,
        workspace_id: WorkspaceId | None = None,
        **details: object,
    ) -> None:
        """Write down one act, such as `("domain.verified", "domain", domain_id)`.

        The workspace is the actor's; `workspace_id` names it for those who have none, or who act on another. `details`:
        small, JSON, no secrets, of a destination its host only. A number as `object_id` is shown as an id.
        """
        where = workspace_id if workspace_id is not None else _workspace_of(actor)
        if where is None:
            return  # Acts of strangers on their own links are nobody's to look through.
        actor_kind, actor_id = _who(actor)
        written = msgspec.json.encode(details)
        if len(written) > DETAILS_BYTES_MAX:
            written = b'{"too_long":true}'
        row = {
            "workspace_id": where,
            "at": now,
            "actor_kind": actor_kind,
            "actor_id": actor_id,
            "action": action,
            "kind": kind,
            "object_id": encode_id(object_id) if isinstance(object_id, int) else object_id,
            "details": written.decode() if details else None,
        }
        await self._connection.execute(insert(audit), row)

    async def list_page(
        self,
        *,
        workspace_id: WorkspaceId,
        before: int | None,
        limit: int,
        action: str | None = None,
        actor_id: int | None = None,
    ) -> list[AuditEntry]:
        """Return at most `limit` entries, newest first, older than `before`; `action` may be only its first word."""
        wanted = _NEWEST.limit(limit)
        if before is not None:
            wanted = wanted.where(audit.c.id < before)
        if action is not None:
            wanted = wanted.where((audit.c.action == action) | audit.c.action.startswith(action + ".", autoescape=True))
        if actor_id is not None:
            wanted = wanted.where(audit.c.actor_id == actor_id)
        return [_entry(row) for row in await self._connection.execute(wanted, {"of_workspace": workspace_id})]


def _workspace_of(actor: Actor) -> WorkspaceId | None:
    return actor.workspace_id if isinstance(actor, WorkspaceActor) else None


def _who(actor: Actor) -> tuple[str, int | None]:
    match actor:
        case UserActor(user_id=user_id):
            return "user", user_id
        case ApiKeyActor(api_key_id=key_id):
            return ("api_key", key_id) if key_id else (SYSTEM, None)
        case Anonymous() | LinkManager():
            return "stranger", None
        case _:
            assert_never(actor)


def _entry(row: Row[*tuple[Any, ...]]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_name=row.user_name or row.key_name,
        action=row.action,
        kind=row.kind,
        object_id=row.object_id,
        details=msgspec.json.decode(row.details) if row.details else {},
    )
