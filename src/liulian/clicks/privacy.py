"""The visitor key: tells two visits of one day apart from one, and nothing more. Here the address is used last.

The key is a keyed hash over scope, address and user agent. Its salt changes every local day and is destroyed later, so
that nobody, we included, can lead a stored key back to a person or join two days. The scope is the workspace, or the
link itself where a stranger made it: two owners cannot compare their visitors.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date
from hashlib import blake2b

from liulian.base.log import logger
from liulian.base.zones import day_of_number

KEY_BYTES = 8
SALTS_KEPT_DAYS = 1  # Yesterday's is kept for clicks that come late; the day before's is gone.


def visitor_key(salt: bytes, *, scope: int, address: bytes, user_agent: bytes) -> bytes:
    """Return the 8 bytes of a visitor's key. `scope` is the workspace id, or the link id where there is none."""
    message = b"%d %d %b%b" % (scope, len(address), address, user_agent)
    return blake2b(message, digest_size=KEY_BYTES, key=salt).digest()


class DailySalts:
    """Today's and tomorrow's salt in memory, so that midnight may come while the database is away."""

    def __init__(
        self,
        fetch: Callable[[date], Awaitable[bytes]],
        forget_before: Callable[[date], Awaitable[None]],
    ) -> None:
        self._fetch = fetch
        self._forget_before = forget_before
        self._known: dict[int, bytes] = {}
        self._forgotten_before = 0

    async def for_days(self, days: Iterable[int], *, today: int) -> Mapping[int, bytes]:
        """Return the salts of these days (numbers since 1970); a day is missing while the database is away.

        Clicks of such a day wait in the spool: with a salt of our own making a visitor would be counted twice as soon
        as another process asks the database.
        """
        for day in sorted({*days, today, today + 1} - self._known.keys()):
            try:
                self._known[day] = await self._fetch(day_of_number(day))
            except Exception as error:  # noqa: BLE001 - Whatever the reason: the clicks of that day wait.
                logger.warning("salt_unavailable", error=type(error).__name__)
                break
        return dict(self._known)

    async def forget_old(self, *, today: int) -> None:
        """Destroy the salts that are over, here and in the database. Raises what the database raises."""
        oldest = today - SALTS_KEPT_DAYS
        for day in [day for day in self._known if day < oldest]:
            del self._known[day]
        if self._forgotten_before < oldest:
            await self._forget_before(day_of_number(oldest))
            self._forgotten_before = oldest
