"""What time it is. Everything else takes time as an argument, so that no test has to wait."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import time_ns

Clock = Callable[[], datetime]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def micros_now() -> int:
    """Return microseconds since 1970 in UTC: how a click is dated, in the spool and in the lake."""
    return time_ns() // 1000


def to_micros(at: datetime) -> int:
    """Return an aware datetime as microseconds since 1970, exact (no detour through a float)."""
    delta = at - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
