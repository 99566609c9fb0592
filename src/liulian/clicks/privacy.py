"""The visitor key: tells two visits of one day apart from one, and nothing more. Here the address is used last.

The key is a keyed hash over scope, address and user agent. Its salt changes every local day and is destroyed later, so
that nobody, we included, can lead a stored key back to a person or join two days. The scope is the workspace, or the
link itself where a stranger made it: two owners cannot compare their visitors.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date
from hashlib import blake2b
from time import monotonic
from typing import Protocol, TypeVar

from liulian.base.log import logger
from liulian.base.zones import day_of_number

KEY_BYTES = 8
SALTS_KEPT_DAYS = 1  # Yesterday's is kept for clicks that come late; the day before's is gone.
STORE_WAIT_S = 10.0  # A database that hangs must not hold up the clicks of a day whose salt we know.
STORE_RETRY_S = 2.0

T = TypeVar("T")


def visitor_key(salt: bytes, scope: int, address: bytes, user_agent: bytes) -> bytes:
    """Return the 8 bytes of a visitor's key. `scope` is the workspace id, or the link id where there is none.

    Arguments by position: names would cost a fifth of a microsecond for each click.
    """
    message = scope.to_bytes(8, "big") + address.rjust(16, b"\0") + user_agent
    return blake2b(message, digest_size=KEY_BYTES, key=salt).digest()


class SaltStore(Protocol):
    """The salts in the database. Each call is one transaction of its own; the one implementation is in `worker.py`."""

    async def salt_for(self, day: date) -> bytes:
        """Return the salt of a day, the same for every process, made on first use."""

    async def forget_salts_before(self, day: date) -> None:
        """Destroy the salts of earlier days for good."""


class DailySalts:
    """Today's and tomorrow's salt in memory, so that midnight may come while the database is away."""

    def __init__(self, store: SaltStore) -> None:
        self._store = store
        self._known: dict[int, bytes] = {}
        self._forgotten_before = 0
        self._retry_at = 0.0

    async def for_days(self, days: Iterable[int], *, today: int) -> Mapping[int, bytes]:
        """Return the salts of these days (numbers since 1970); a day is missing while the database is away.

        Clicks of such a day wait in the spool. With a salt of our own making a visitor would be counted twice as soon
        as another process asks the database.
        """
        for day in sorted({*days, today, today + 1} - self._known.keys()):
            salt = await self._ask(self._store.salt_for, day)
            if salt is None:
                break
            self._known[day] = salt
        return self._known

    async def forget_old(self, *, today: int) -> None:
        """Destroy the salts that are over, here and in the database."""
        oldest = today - SALTS_KEPT_DAYS
        for day in [day for day in self._known if day < oldest]:
            del self._known[day]
        if self._forgotten_before < oldest and await self._ask(self._forget, oldest):
            self._forgotten_before = oldest

    async def _forget(self, day: date) -> bool:
        await self._store.forget_salts_before(day)
        return True

    async def _ask(self, question: Callable[[date], Awaitable[T]], day: int) -> T | None:
        """Return the database's answer, None when it has none now; it is left alone for a while then."""
        if monotonic() < self._retry_at:
            return None
        try:
            async with asyncio.timeout(STORE_WAIT_S):
                return await question(day_of_number(day))
        except Exception as error:  # noqa: BLE001 - Whatever the reason: clicks of a day without a salt wait.
            logger.warning("salt_unavailable", error=type(error).__name__)
            self._retry_at = monotonic() + STORE_RETRY_S
            return None
