"""Secret addresses of members' calendars: one at a time, taken back or exchanged at any moment. Never commits.

The token is not stored: it is made again from the id of the feed and a key of the installation, so that the page can
show it again, and a copy of the database opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liulian.base.ids import IdSource, MemberId
from liulian.base.secrets import derive_key, fingerprint, sign

TOKEN_LENGTH = 43


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFeed:
    """One address. `revoked_at` None: it works."""

    id: int
    member_id: MemberId
    fingerprint: bytes
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarText:
    """What a calendar is called, and where rituals have their pages: `{origin}/c/{slug}/rituals/{id}`."""

    name: str
    rituals_url: str
    about: str = ""


class FeedStore(Protocol):
    """The feeds of one transaction."""

    async def add(self, feed: CalendarFeed) -> None: ...
    async def find_by_token(self, print_of_token: bytes) -> CalendarFeed | None: ...
    async def find_of(self, member_id: MemberId) -> CalendarFeed | None:
        """Return the feed of a member that works."""

    async def revoke(self, member_id: MemberId, *, now: datetime) -> None:
        """Let no feed of a member work any more."""


def feed_key(member_key: bytes) -> bytes:
    """Return the key that tokens of feeds are made with."""
    return derive_key(member_key, purpose="calendar-feed")


def feed_token(feed_id: int, *, key: bytes) -> str:
    """Return the secret part of a feed's address."""
    return sign(key, feed_id.to_bytes(8, "big"))


async def renew_feed(member_id: MemberId, *, store: FeedStore, key: bytes, ids: IdSource, now: datetime) -> str:
    """Return the token of a new feed. The one before works no more."""
    await store.revoke(member_id, now=now)
    feed_id = ids()
    token = feed_token(feed_id, key=key)
    await store.add(CalendarFeed(id=feed_id, member_id=member_id, fingerprint=fingerprint(token), created_at=now))
    return token


async def find_feed(token: str, *, store: FeedStore) -> CalendarFeed | None:
    """Return the feed behind a token, also one that was taken back."""
    return await store.find_by_token(fingerprint(token)) if len(token) == TOKEN_LENGTH else None
