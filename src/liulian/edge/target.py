"""What a request path asks of a link: to be followed, gone on to, or shown. Pure; for the slow lane."""

import re
from dataclasses import dataclass
from enum import Enum

from liulian.links.slugs import is_reserved, slug_of_path

_SHOWN = re.compile(rb"(?s)(.*)(?:\+|%2[Bb])")  # Exactly one plus sign at the end.


class Wish(Enum):
    """What the visitor wants."""

    FOLLOW = "follow"  # /{slug}
    GO_ON = "go on"  # /{slug}/open, from a page of ours
    SHOW = "show"  # /{slug}+


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A path that names a link. `slug` None: no link can be spelt like that."""

    slug: str | None
    wish: Wish


def link_request(raw_path: bytes) -> LinkRequest | None:
    """Return what a raw path asks for; None when it belongs to the application (`/`, `/api/…`, reserved words)."""
    first, _, rest = raw_path[1:].partition(b"/")
    if not first:
        return None
    slug, wish = _slug_and_wish(first, rest)
    if is_reserved(slug if slug is not None else first.decode("latin-1")):
        return None
    return LinkRequest(slug, wish)


def _slug_and_wish(first: bytes, rest: bytes) -> tuple[str | None, Wish]:
    if rest == b"open":
        return slug_of_path(b"/" + first), Wish.GO_ON
    if rest:
        return None, Wish.FOLLOW
    if shown := _SHOWN.fullmatch(first):
        return slug_of_path(b"/" + shown[1]), Wish.SHOW
    return slug_of_path(b"/" + first), Wish.FOLLOW
