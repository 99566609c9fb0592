"""What a text from a QR code is: an address that a short link can lead to, a code for one app only, or something else.

The table is `kinds.json`, first match first; the home page's script is built from the same file. Group, personal and
payment codes are addresses by their look, yet no redirect reaches them: the app wants to see the picture itself.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Act(StrEnum):
    """What can be done with a text."""

    FILL = "fill"  # A short link can lead there.
    PICTURE = "picture"  # It works only as a picture that is long-pressed or scanned in its app.
    SHOW = "show"  # It is shown, and can be copied.


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table. `name` is what the API says; what people read is `scan.client.kind.<name>`."""

    name: str
    act: Act
    pattern: re.Pattern[str]


def kind_of(text: str) -> Kind:
    """Return what a text is; the last row takes all."""
    stripped = text.strip()
    return next(kind for kind in kinds() if kind.pattern.match(stripped))


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the table in order."""
    rows = json.loads(files("liulian.qr").joinpath("kinds.json").read_text(encoding="utf-8"))
    return tuple(Kind(row["kind"], Act(row["act"]), re.compile(row["pattern"], re.IGNORECASE)) for row in rows)
