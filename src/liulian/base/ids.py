"""Identifiers: 63-bit numbers inside, eleven unambiguous characters outside.

An id starts with the time it was made, so that rows made together lie together in an index, and ends with random bits,
so that nobody can count how many there are. It is a name, never a permission.
"""

import secrets
from time import time_ns
from typing import NewType

LinkId = NewType("LinkId", int)
DomainId = NewType("DomainId", int)
WorkspaceId = NewType("WorkspaceId", int)
ApiKeyId = NewType("ApiKeyId", int)
UserId = NewType("UserId", int)
SessionId = NewType("SessionId", int)
PasskeyId = NewType("PasskeyId", int)
InvitationId = NewType("InvitationId", int)
CommunityId = NewType("CommunityId", int)
GoalId = NewType("GoalId", int)
BadgeId = NewType("BadgeId", int)
RitualId = NewType("RitualId", int)
ServiceId = NewType("ServiceId", int)
ChannelId = NewType("ChannelId", int)
SendId = NewType("SendId", int)
MemberId = NewType("MemberId", int)
ActId = NewType("ActId", int)
FileId = NewType("FileId", int)
PostId = NewType("PostId", int)
FlagId = NewType("FlagId", int)

# Left out: 0 O, 1 l I, which people confuse when they read a code aloud or copy it from paper.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ID_LENGTH = 11  # 57**11 is just above 2**63.
RANDOM_BITS = 21  # Of 63, which leaves 42 bits of milliseconds: enough until the year 2109.
MILLISECOND_MAX = (1 << 63 - RANDOM_BITS) - 1

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


class IdSource:
    """Gives ids that grow, also within one millisecond. One per process; the store says when two have met."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> int:
        fresh = (time_ns() // 1_000_000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
        self._last = max(fresh, self._last + 1)
        return self._last


def id_made_at(millisecond: int) -> int:
    """Return an id like those that were made in a millisecond since 1970: for what was made elsewhere, and then."""
    return first_id_of(millisecond) | secrets.randbits(RANDOM_BITS)


def first_id_of(millisecond: int) -> int:
    """Return the lowest id that can have been made in a millisecond since 1970, within what ids can say."""
    return min(max(millisecond, 0), MILLISECOND_MAX) << RANDOM_BITS


def encode_id(number: int) -> str:
    """Return `number` (0 ≤ number < 2**63) as eleven characters that sort like the number."""
    letters = []
    for _ in range(ID_LENGTH):
        number, value = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[value])
    return "".join(reversed(letters))


def decode_id(text: str) -> int | None:
    """Return the number behind `text`, or None where no id looks like that."""
    if len(text) != ID_LENGTH:
        return None
    number = 0
    for letter in text:
        value = _VALUES.get(letter)
        if value is None:
            return None
        number = number * len(ALPHABET) + value
    return number if number < 2**63 else None
