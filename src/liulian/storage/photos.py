"""What is known of members' photos. The pictures themselves are files. Implements `community.photos.PhotoStore`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import ActId, CommunityId, FileId, MemberId
from liulian.community.photos import StoredPhoto
from liulian.storage.member_tables import member_files

WAITING_READ_MAX = 100
ACTS_MAX = 500  # In one question: SQLite takes no more than some thousand parameters.
LIKE_MAX = 5_000  # Photos that a new one is compared with: the newest of a community.

_STANDING = member_files.c.removed_at.is_(None)
_ONE = select(member_files).where(
    member_files.c.id == bindparam("wanted"), member_files.c.community_id == bindparam("of_community"), _STANDING
)
_WAITING = (
    select(member_files.c.id)
    .where(member_files.c.member_id == bindparam("whose"), member_files.c.act_id.is_(None), _STANDING)
    .order_by(member_files.c.id.desc())
    .limit(WAITING_READ_MAX)
)
_OF_ACTS = (
    select(member_files.c.act_id, member_files.c.id)
    .where(member_files.c.act_id.in_(bindparam("act_ids", expanding=True)), _STANDING)
    .limit(ACTS_MAX)
)
# Newest first by their ids, which begin with the time: a community's whole past is never walked through.
_LIKE = (
    select(member_files.c.act_id, member_files.c.member_id, member_files.c.likeness)
    .where(
        member_files.c.id > bindparam("since"),
        member_files.c.community_id + 0 == bindparam("of_community"),
        member_files.c.act_id.is_not(None),
        member_files.c.likeness.is_not(None),
    )
    .order_by(member_files.c.id.desc())
    .limit(LIKE_MAX)
)


class PhotoRows:
    """Photos of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, photo: StoredPhoto) -> None:
        values = {
            "id": photo.id,
            "community_id": photo.community_id,
            "member_id": photo.member_id,
            "act_id": photo.act_id,
            "bytes": photo.size,
            "sha256": photo.sha256,
            "likeness": photo.likeness,
            "created_at": photo.created_at,
        }
        await self._connection.execute(insert(member_files), values)

    async def find(self, file_id: FileId, *, community_id: CommunityId) -> StoredPhoto | None:
        """Return a photo of a community that was not removed."""
        asked = {"wanted": file_id, "of_community": community_id}
        row = (await self._connection.execute(_ONE, asked)).one_or_none()
        return None if row is None else _photo(row)

    async def waiting_of(self, member_id: MemberId) -> list[FileId]:
        """Return photos of a member that belong to nothing, newest first."""
        return [FileId(row.id) for row in await self._connection.execute(_WAITING, {"whose": member_id})]

    async def forget(self, file_ids: Sequence[FileId]) -> None:
        """Delete what is known of photos that belong to nothing."""
        if file_ids:
            unused = member_files.c.id.in_(file_ids), member_files.c.act_id.is_(None)
            await self._connection.execute(delete(member_files).where(*unused))

    async def mark_removed(self, act_id: ActId, *, now: datetime) -> list[FileId]:
        """Let the photos of an act be seen no more, and return them."""
        found = await self._connection.execute(_OF_ACTS, {"act_ids": [act_id]})
        photos = [FileId(row.id) for row in found]
        if photos:
            await self._connection.execute(
                update(member_files).where(member_files.c.id.in_(photos)).values(removed_at=now)
            )
        return photos

    async def likenesses(self, community_id: CommunityId, *, since: int) -> list[tuple[ActId, MemberId, int]]:
        """Return act, member and likeness of the newest photos with ids above `since`, at most LIKE_MAX."""
        rows = await self._connection.execute(_LIKE, {"of_community": community_id, "since": since})
        return [(ActId(row.act_id), MemberId(row.member_id), row.likeness) for row in rows]


def _photo(row: Row[*tuple[Any, ...]]) -> StoredPhoto:
    return StoredPhoto(
        id=FileId(row.id),
        community_id=CommunityId(row.community_id),
        member_id=MemberId(row.member_id),
        size=row.bytes,
        sha256=row.sha256,
        likeness=row.likeness,
        created_at=row.created_at,
        act_id=None if row.act_id is None else ActId(row.act_id),
    )
