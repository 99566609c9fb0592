"""Ask a server that somebody else has named, and never one inside our own network. JSON in, small, no redirects.

The address is looked at when the connection is made, whatever name led to it.
"""

import socket
from collections.abc import AsyncIterable, Callable
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

import msgspec

from liulian.screening.names import Address

TIMEOUT_S = 10.0
ANSWER_BYTES_MAX = 512 * 1024  # A provider's keys are its largest answer: some 20 KB.


class NotAllowed(OSError):
    """An address that must not be reached from here. It fails like one where nobody is."""


async def ask_json(
    method: str, url: str, *, form: dict[str, str] | None = None, allows: Callable[[Address], bool]
) -> dict[str, Any]:
    """Return the JSON object of an answer 200. Raises OSError, TimeoutError and ValueError for all else."""
    import aiohttp

    connector = aiohttp.TCPConnector(socket_factory=partial(_socket, allows), force_close=True, use_dns_cache=False)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    headers = {"Accept": "application/json"}
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session,
            session.request(method, url, data=form, headers=headers, allow_redirects=False) as answer,
        ):
            body = await _beginning(answer.content)
            status = answer.status
    except aiohttp.ClientError as problem:
        raise OSError(type(problem).__name__) from problem
    if status != HTTPStatus.OK or len(body) > ANSWER_BYTES_MAX:
        raise ValueError(f"status_{status}")
    return msgspec.json.decode(body, type=dict[str, Any])


async def _beginning(content: AsyncIterable[bytes]) -> bytes:
    """Return an answer, or a little more than may be read of it."""
    body = b""
    async for chunk in content:
        body += chunk
        if len(body) > ANSWER_BYTES_MAX:
            break
    return body


def _socket(allows: Callable[[Address], bool], info: Any) -> socket.socket:
    family, kind, protocol, _, address = info
    if not allows(ip_address(address[0].partition("%")[0])):
        raise NotAllowed
    made = socket.socket(family, kind, protocol)
    made.setblocking(False)  # noqa: FBT003
    return made
