"""Photos on member pages: handed in, small and stripped, and shown to whom their member lets see them.

A page's script hands one in with the check-in itself, so that it waits with it where there is no network; a form
without script and programs hand it in before. What is no picture, or too large a one, is refused in words.
"""

import asyncio
import base64
import binascii
from collections.abc import Sequence

from fastapi import Request
from starlette.responses import FileResponse, JSONResponse, Response

from liulian.base.errors import FieldError, InvalidRequest, NotFound
from liulian.base.ids import FileId, encode_id
from liulian.community.people import MemberActor
from liulian.community.photos import PHOTOS_PER_HOUR, NoPhotos, TooManyPhotos, hand_in, path_of, sees, write_photo
from liulian.qr.apart import photo_apart
from liulian.qr.model import FILE_BYTES_MAX, ImageUnknown
from liulian.web.api.bodies import read_json
from liulian.web.api.uploads import read_upload
from liulian.web.api.wishes import id_in_path
from liulian.web.members.asking import need_member
from liulian.web.members.layout import HEADERS, member_router
from liulian.web.members.pictures import delete_pictures
from liulian.web.parts import parts_of

FIELD = "photo"
BASE64_BYTES_MAX = FILE_BYTES_MAX * 4 // 3 + 4_096
# For the reader's browser alone, and not for long: whoever shows less from now on is heard soon.
PRIVATE = {"Cache-Control": "private, max-age=600", "Vary": "Cookie"}

router = member_router()


@router.post("/do/photo")
async def do_photo(request: Request, slug: str) -> Response:
    """Take a photo, and answer its id: a check-in makes it its proof."""
    asking = await need_member(request, slug)
    if request.headers.get("content-type", "").startswith("application/json"):
        sent = (await read_json(request, bytes_max=BASE64_BYTES_MAX)).value
        given = bytes_in(sent.get(FIELD) if isinstance(sent, dict) else None)
    else:
        given = await read_upload(request, field=FIELD, bytes_max=FILE_BYTES_MAX)
    file_id = await keep_photo(request, asking, given)
    return JSONResponse({"photo": encode_id(file_id)}, status_code=201, headers=HEADERS)


@router.api_route("/photos/{file_id}", methods=["GET", "HEAD"])
async def show(request: Request, slug: str, file_id: str) -> Response:
    """Answer a photo. For who may not see it there is none."""
    asking = await need_member(request, slug)
    folder = parts_of(request).pictures_dir
    async with parts_of(request).database.read() as tx:
        photo = await tx.photos.find(FileId(id_in_path(file_id)), community_id=asking.community.id)
        author = None if photo is None else await tx.members.find(photo.member_id)
    if photo is None or author is None or folder is None or not sees(asking.member, author):
        raise NotFound
    path = path_of(folder, photo.id)
    if not await asyncio.to_thread(path.is_file):
        raise NotFound
    return FileResponse(path, media_type="image/jpeg", headers=PRIVATE)


async def keep_photo(request: Request, asking: MemberActor, given: bytes) -> FileId:
    """Return the id of a photo that is now kept. Raises what `photo_apart` raises, NoPhotos and TooManyPhotos."""
    parts = parts_of(request)
    if parts.pictures_dir is None:
        raise NoPhotos
    now, file_id = parts.clock(), FileId(parts.ids())
    async with parts.database.write() as tx:
        whose = asking.member.id.to_bytes(8, "big")
        claim = await tx.limits.claim("photo", whose, wished=1, per_hour=PHOTOS_PER_HOUR, now=now)
        if not claim.granted:
            raise TooManyPhotos(retry_after_s=claim.retry_after_s)
    photo = await photo_apart(given)
    # The file first: were it missing later, somebody would have proved something that nobody can see.
    await asyncio.to_thread(write_photo, parts.pictures_dir, file_id, photo.jpeg)
    try:
        async with parts.database.write() as tx:
            _, unused = await hand_in(asking.member, photo, file_id=file_id, store=tx.photos, now=now)
    except BaseException:
        await delete_pictures(request, [file_id])
        raise
    await delete_pictures(request, unused)
    return file_id


async def drop_photos(request: Request, file_ids: Sequence[FileId]) -> None:
    """Delete photos that have become nobody's proof."""
    async with parts_of(request).database.write() as tx:
        await tx.photos.forget(file_ids)
    await delete_pictures(request, file_ids)


def bytes_in(written: object) -> bytes:
    """Return a picture that was sent as base64, with or without what comes before it in a data address."""
    if not isinstance(written, str) or not written:
        raise InvalidRequest(errors=(FieldError(FIELD, "proof_photo_missing"),))
    try:
        return base64.b64decode(written.rpartition(",")[2], validate=True)
    except binascii.Error:
        raise ImageUnknown from None
