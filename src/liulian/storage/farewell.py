"""Erase the members of communities that were removed long enough ago. Until then they can export, leave and erase.

Each step is a transaction of its own and takes a few members. Files of pictures are the caller's to delete, after it.
"""

from datetime import datetime, timedelta

from liulian.base.ids import FileId
from liulian.community.erasure import EraseDesk, erase
from liulian.community.joining import Ids
from liulian.storage.database import Database

KEPT_FOR = timedelta(days=30)  # Who comes back from a holiday still finds what is theirs.
STEP = 20  # Members in one transaction: each has some thousand acts.


async def erase_removed(database: Database, *, ids: Ids, now: datetime) -> list[FileId] | None:
    """Erase a few members and return the pictures whose files must be deleted; None when nobody is left."""
    async with database.read() as tx:
        if not await tx.members.list_of_removed(removed_before=now - KEPT_FOR, limit=1):
            return None  # Asked every few minutes: no writer is kept waiting for it.
    files: list[FileId] = []
    async with database.write() as tx:
        for member in await tx.members.list_of_removed(removed_before=now - KEPT_FOR, limit=STEP):
            files += await erase(member, desk=EraseDesk(tx=tx, ids=ids, now=now))
    return files
