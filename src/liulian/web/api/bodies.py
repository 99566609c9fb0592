"""Read the body of a request, as JSON or as it came, no further than its limit. What it says is checked elsewhere."""

from dataclasses import dataclass

import msgspec
from fastapi import Request

from liulian.base.errors import AppError

BODY_BYTES_MAX = 1024 * 1024  # One link needs 10 KB at most.
# Taken beyond a limit, and thrown away: many clients read no answer before they have sent all, and hear of a connection
# that was closed on them instead. Whoever sends more than that is no client with a large picture.
DRAINED_BYTES_MAX = 16 * 1024 * 1024
BULK_BYTES_MAX = 10 * 1024 * 1024  # A thousand links with the longest destinations.


class TooLarge(AppError):
    """The body is longer than this address takes."""

    status, code = 413, "too_large"


class UnsupportedType(AppError):
    """The body is not declared as JSON. A form of some other site could send anything else without asking us."""

    status, code = 415, "unsupported_type"


class MalformedJson(AppError):
    """The body is not JSON."""

    code = "malformed_json"


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it came, and what it says."""

    raw: bytes
    value: object


async def read_json(request: Request, *, bytes_max: int = BODY_BYTES_MAX) -> Body:
    """Return the body. Raises UnsupportedType, TooLarge, or MalformedJson."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedType
    raw = await read_bytes(request, bytes_max=bytes_max)
    try:
        return Body(raw, msgspec.json.decode(raw))
    except (ValueError, RecursionError) as problem:  # What msgspec raises is a ValueError, bad UTF-8 too.
        raise MalformedJson from problem


async def read_bytes(request: Request, *, bytes_max: int) -> bytes:
    """Return the body as it came. Raises TooLarge: at the end of a body that is not much too long, else at once."""
    told = request.headers.get("content-length", "")
    declared = int(told) if told.isdecimal() else 0
    if declared > bytes_max + DRAINED_BYTES_MAX:
        raise TooLarge(megabytes=bytes_max // 1024**2)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > bytes_max + DRAINED_BYTES_MAX:
            break
        if size <= bytes_max:
            chunks.append(chunk)
    if max(size, declared) > bytes_max:
        raise TooLarge(megabytes=bytes_max // 1024**2)
    return b"".join(chunks)
