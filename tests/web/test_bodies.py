"""Bodies are read to their end where that is near: whoever sends too much hears so, and no broken connection."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from fastapi import Request

from liulian.web.api.bodies import DRAINED_BYTES_MAX, TooLarge, read_bytes

MEGABYTE = bytes(1024**2)


class Sender:
    """Sends so many megabytes, and knows how many were taken."""

    def __init__(self, megabytes: int) -> None:
        self._megabytes = megabytes
        self.taken = 0

    async def __call__(self) -> MutableMapping[str, Any]:
        self.taken += 1
        return {"type": "http.request", "body": MEGABYTE, "more_body": self.taken < self._megabytes}


def request_of(sender: Sender, *, declared: int | None) -> Request:
    headers = [] if declared is None else [(b"content-length", b"%d" % declared)]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, sender)


@pytest.mark.parametrize("is_declared", [True, False])
async def test_body_that_is_a_little_too_long_is_taken_to_its_end(is_declared: bool) -> None:
    sender = Sender(11)
    request = request_of(sender, declared=11 * len(MEGABYTE) if is_declared else None)

    with pytest.raises(TooLarge):
        await read_bytes(request, bytes_max=10 * len(MEGABYTE))

    assert sender.taken == 11


async def test_body_without_end_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liulian.web.api.bodies.DRAINED_BYTES_MAX", 3 * len(MEGABYTE))
    hidden, told = Sender(10_000), Sender(10_000)

    for sender, declared in ((hidden, None), (told, 10_000 * len(MEGABYTE))):
        with pytest.raises(TooLarge):
            await read_bytes(request_of(sender, declared=declared), bytes_max=10 * len(MEGABYTE))

    assert (hidden.taken, told.taken) == (14, 0)
    assert 10 * len(MEGABYTE) <= DRAINED_BYTES_MAX


async def test_body_that_fits_is_returned_whole() -> None:
    assert await read_bytes(request_of(Sender(3), declared=None), bytes_max=3 * len(MEGABYTE)) == MEGABYTE * 3
