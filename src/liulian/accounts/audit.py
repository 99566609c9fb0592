"""Read what was done in a workspace. What is written down is said by whoever does it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from liulian.accounts.model import Actor, require
from liulian.accounts.people import AuditEntry
from liulian.accounts.permissions import Scope
from liulian.accounts.store import Accounts

EXPORT_PAGE = 1_000
EXPORT_MAX = 100_000  # Rows of one file; what a spreadsheet opens without thinking about it.


class Reads(Protocol):
    """Opens a transaction that only reads."""

    def __call__(self) -> AbstractAsyncContextManager[Accounts]: ...


async def list_entries(
    actor: Actor, *, store: Accounts, before: int | None, limit: int, action: str | None, actor_id: int | None
) -> list[AuditEntry]:
    """Return at most `limit` entries of the actor's workspace, newest first."""
    workspace_id = require(actor, Scope.AUDIT_READ).workspace_id
    return await store.audit.list_page(
        workspace_id=workspace_id, before=before, limit=limit, action=action, actor_id=actor_id
    )


async def every_page(actor: Actor, *, read: Reads) -> AsyncIterator[list[AuditEntry]]:
    """Yield all entries of the actor's workspace, newest first, a page at a time, each read by itself."""
    before: int | None = None
    for _ in range(EXPORT_MAX // EXPORT_PAGE):
        async with read() as store:
            page = await list_entries(actor, store=store, before=before, limit=EXPORT_PAGE, action=None, actor_id=None)
        if page:
            yield page
        if len(page) < EXPORT_PAGE:
            return
        before = page[-1].id
