"""Read a small form that a page of ours posted. A form on some other site counts as not sent."""

from urllib.parse import parse_qs

from fastapi import Request

FIELDS_BYTES_MAX = 64 * 1024


async def fields_of(request: Request) -> dict[str, str]:
    """Return the first value of each field; none where the body is too long or no form."""
    return {name: values[0] for name, values in (await lists_of(request)).items()}


async def lists_of(request: Request) -> dict[str, list[str]]:
    """Return all values of each field; none where the body is too long or no form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FIELDS_BYTES_MAX:
            return {}
    return {
        name: [value.strip() for value in values] for name, values in parse_qs(body.decode("ascii", "replace")).items()
    }


def is_from_here(request: Request) -> bool:
    """Tell whether a page of ours sent the request, as far as the browser says."""
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
