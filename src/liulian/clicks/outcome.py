"""What became of one request for a known link. The number is written to the spool, the name to the lake."""

from enum import IntEnum


class Outcome(IntEnum):
    """A *click* is REDIRECT or OPEN; all others are counted by name and are never clicks. Numbers are never reused."""

    REDIRECT = 1
    OPEN = 2  # The redirect of /{slug}/open: somebody went on from a page of ours.
    HEAD = 3
    PREVIEW = 4
    GUIDE = 5
    APP = 6
    NOT_ALLOWED = 7
    GONE = 8
