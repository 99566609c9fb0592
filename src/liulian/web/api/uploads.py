"""Read the one file of an upload (`multipart/form-data`), no further than its limit. Never keeps it."""

from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from liulian.base.errors import AppError, FieldError, InvalidRequest
from liulian.web.api.bodies import TooLarge, read_bytes

WRAPPING_BYTES_MAX = 64 * 1024  # Boundaries, names and small fields that some clients send along.
FIELDS_MAX = 8


class UploadType(AppError):
    """The body is not declared as an upload."""

    status, code = 415, "upload_type"


class MalformedUpload(AppError):
    """The body is declared as an upload and is none."""

    code = "malformed_upload"


async def read_upload(request: Request, *, field: str, bytes_max: int) -> bytes:
    """Return the file sent in `field`. Raises UploadType, TooLarge, MalformedUpload, or InvalidRequest for no file."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise UploadType
    try:
        whole = await read_bytes(request, bytes_max=bytes_max + WRAPPING_BYTES_MAX)
    except TooLarge:
        raise TooLarge(megabytes=bytes_max // 1024**2) from None
    file = await _file(request, whole, field=field)
    if len(file) > bytes_max:
        raise TooLarge(megabytes=bytes_max // 1024**2)
    return file


async def _file(request: Request, whole: bytes, *, field: str) -> bytes:
    async def once() -> AsyncGenerator[bytes, None]:
        yield whole

    parser = MultiPartParser(request.headers, once(), max_files=1, max_fields=FIELDS_MAX)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as problem:  # No boundary in the header is a KeyError.
        raise MalformedUpload from problem
    try:
        sent = form.get(field)
        if not isinstance(sent, UploadFile):
            raise InvalidRequest(errors=(FieldError(field, "field_required"),))
        return await sent.read()
    finally:
        await form.close()
