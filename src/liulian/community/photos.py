"""Photos that members prove check-ins with: kept as files of their own, each seen by whom its member lets see it.

A photo is drawn anew before it comes here (`qr/photo.py`): no place, device or date is in it. It is handed in first and
belongs to nothing; the check-in makes it its proof. What never becomes one is deleted with the next that is handed in.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from liulian.base.errors import AppError, NotFound
from liulian.base.ids import ActId, CommunityId, FileId, MemberId, encode_id
from liulian.community.model import Member, MemberRole, MemberState, Shares
from liulian.qr.model import Photo

PHOTOS_PER_HOUR = 30  # Of one member. A challenge takes a few a day.
WAITING_MAX = 4  # Photos of one member that belong to nothing yet.


class TooManyPhotos(AppError):
    """A member handed in as many photos as an hour may have."""

    status, code = 429, "too_many_photos"


class NoPhotos(NotFound):
    """This installation keeps no photos: it was given no folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPhoto:
    """A photo that is kept. `act_id` None: it belongs to nothing yet. `size`: bytes."""

    id: FileId
    community_id: CommunityId
    member_id: MemberId
    size: int
    sha256: bytes
    likeness: int | None
    created_at: datetime
    act_id: ActId | None = None


class PhotoStore(Protocol):
    """What is known of photos, in one transaction."""

    async def add(self, photo: StoredPhoto) -> None: ...
    async def find(self, file_id: FileId, *, community_id: CommunityId) -> StoredPhoto | None: ...
    async def waiting_of(self, member_id: MemberId) -> list[FileId]:
        """Return photos of a member that belong to nothing, newest first."""

    async def forget(self, file_ids: Sequence[FileId]) -> None:
        """Delete what is known of photos that belong to nothing."""

    async def mark_removed(self, act_id: ActId, *, now: datetime) -> list[FileId]:
        """Let the photos of an act be seen no more, and return them: their files must go."""


def path_of(folder: Path, file_id: FileId) -> Path:
    """Return where a photo lies."""
    return folder / f"{encode_id(file_id)}.jpg"


def write_photo(folder: Path, file_id: FileId, jpeg: bytes) -> None:
    """Write a photo that nobody else on the machine can read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = os.open(path_of(folder, file_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(place, "wb") as file:  # noqa: PTH123 - For its owner alone from the first moment on.
        file.write(jpeg)


async def hand_in(
    member: Member, photo: Photo, *, file_id: FileId, store: PhotoStore, now: datetime
) -> tuple[StoredPhoto, list[FileId]]:
    """Return a photo that is now known as a member's, and those that were forgotten for it: their files must go."""
    stored = StoredPhoto(
        id=file_id,
        community_id=member.community_id,
        member_id=member.id,
        size=len(photo.jpeg),
        sha256=hashlib.sha256(photo.jpeg).digest(),
        likeness=photo.likeness,
        created_at=now,
    )
    unused = (await store.waiting_of(member.id))[WAITING_MAX - 1 :]
    await store.forget(unused)
    await store.add(stored)
    return stored, unused


def sees(viewer: Member, author: Member) -> bool:
    """Tell whether a member may see what another one did and shows: each author chooses."""
    if viewer.id == author.id:
        return True
    if viewer.community_id != author.community_id or author.state is not MemberState.ACTIVE:
        return False
    return author.shares is Shares.ALL or (author.shares is Shares.HOSTS and viewer.role is MemberRole.HOST)
