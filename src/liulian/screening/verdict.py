"""What screening says of a destination. Values only: who acts on them is in `links/`, `safety/` and `edge/`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Flag(StrEnum):
    """Something noticed and let pass. `unresolved` and `unknown` mean: could not be checked, which is not clean."""

    SHORTENER = "shortener"
    LOOKALIKE = "lookalike"
    UNRESOLVED = "unresolved"
    UNKNOWN = "unknown"


class Refusal(StrEnum):
    """Why a destination is refused: codes of errors, whose sentences have a place for `{host}`."""

    LISTED = "destination_listed"
    PRIVATE = "destination_private"
    SHORTENER = "destination_shortener"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which feed names a destination as harmful, and of when that feed is (aware UTC)."""

    source: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`refused` is the code of an error, None for a destination that may be used. `flags` are in the order of Flag."""

    flags: tuple[str, ...] = ()
    refused: str | None = None
    listed: Listing | None = None


CLEAN = Verdict()
