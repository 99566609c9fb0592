"""Read the one file of an upload (`multipart/form-data`), no further than its limit. Never keeps it."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from liulian.base.errors import AppError, FieldError, InvalidRequest
from liulian.web.api.bodies import TooLarge

WRAPPING_BYTES_MAX = 64 * 1024  # Boundaries, names and small fields that some clients send along.
FIELDS_MAX = 8


class UploadType(AppError):
    """The body is not declared as an upload."""

    status, code = 415, "upload_type"


class MalformedUpload(AppError):
    """The body is declared as an upload and is none."""

    code = "malformed_upload"


async def read_upload(request: Request, *, field: str, bytes_max: int) -> bytes:
    """Return the file sent in `field`. Raises as `received_upload`."""
    async with received_upload(request, field=field, bytes_max=bytes_max) as (sent, _):
        return await sent.read()


@asynccontextmanager
async def received_upload(
    request: Request, *, field: str, bytes_max: int
) -> AsyncIterator[tuple[UploadFile, Mapping[str, str]]]:
    """Give the file sent in `field`, which is on disk when it is long, and the texts of the other fields.

    Raises UploadType, TooLarge as soon as it is known, MalformedUpload, or InvalidRequest for no file.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise UploadType
    body = _bounded(request, bytes_max=bytes_max)
    try:
        form = await MultiPartParser(request.headers, body, max_files=1, max_fields=FIELDS_MAX).parse()
    except (MultiPartException, KeyError, ValueError) as problem:  # No boundary in the header is a KeyError.
        raise MalformedUpload from problem
    try:
        sent = form.get(field)
        if not isinstance(sent, UploadFile):
            raise InvalidRequest(errors=(FieldError(field, "field_required"),))
        if (sent.size or 0) > bytes_max:
            raise TooLarge(megabytes=bytes_max // 1024**2)
        yield sent, {name: value for name, value in form.items() if isinstance(value, str)}
    finally:
        await form.close()


async def _bounded(request: Request, *, bytes_max: int) -> AsyncGenerator[bytes, None]:
    """Yield the body as it comes."""
    declared, size = request.headers.get("content-length", ""), 0
    if declared.isdecimal() and int(declared) > bytes_max + WRAPPING_BYTES_MAX:
        raise TooLarge(megabytes=bytes_max // 1024**2)
    async for chunk in request.stream():
        size += len(chunk)
        if size > bytes_max + WRAPPING_BYTES_MAX:
            raise TooLarge(megabytes=bytes_max // 1024**2)
        yield chunk
