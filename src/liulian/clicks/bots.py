"""Which answered requests were no person's: the flags of a click. A human has none of them. Pure, for the worker.

The visitor class says who is a bot. What it cannot say is added here: which bots only draw a preview for a chat, which
requests were made ahead of a tap that may never come, and which were an app's own program rather than its page.
DATA_CENTRE and DUPLICATE have their places in the number, because it is stored; nothing sets them yet.
"""

import re
from enum import IntFlag

from liulian.visitors.bots import LINK_PREVIEWS
from liulian.visitors.model import VisitorClass

USER_AGENT_LENGTH_MAX = 1024
PURPOSE_LENGTH_MAX = 256


class Flag(IntFlag):
    """Stored as a number: values are never changed and never used again."""

    HUMAN = 0
    BOT = 1
    LINK_PREVIEW = 2
    PREFETCH = 4
    DATA_CENTRE = 8
    DUPLICATE = 16


_PREVIEW_WORDS = re.compile(
    rf"(?<![a-z])(?:{'|'.join(LINK_PREVIEWS.split())})(?![a-z])|\bviber/|bluesky cardyb", re.IGNORECASE
)
# An app that speaks through the system's network library fetches a title or a picture; its pages say Mozilla.
_LIBRARIES = re.compile(r"\bCFNetwork/|^Dalvik/|\bokhttp/|\) Cronet\b")
# Sec-Purpose: prefetch;prerender · Purpose: prefetch (Safari: preview) · X-Purpose: preview · X-Moz: prefetch.
_AHEAD = re.compile(r"\b(?:prefetch|prerender|preview)\b", re.IGNORECASE)


def flags_of(visitor: VisitorClass, *, user_agent: str, purpose: str) -> Flag:
    """Return the flags of one request. `purpose` is Sec-Purpose, Purpose, X-Purpose and X-Moz, joined."""
    flags = Flag.HUMAN
    if visitor.container == "bot":
        flags |= Flag.BOT
        if _PREVIEW_WORDS.search(user_agent[:USER_AGENT_LENGTH_MAX]):
            flags |= Flag.LINK_PREVIEW
    elif "Mozilla/" not in user_agent and _LIBRARIES.search(user_agent[:USER_AGENT_LENGTH_MAX]):
        flags |= Flag.LINK_PREVIEW
    if purpose and _AHEAD.search(purpose[:PURPOSE_LENGTH_MAX]):
        flags |= Flag.PREFETCH
    return flags
