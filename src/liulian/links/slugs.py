"""Slugs: how they are made, which are legal, and how they look in a request. Third step of making a short link.

Also used, in both directions, by the way of one click. Never asks a database whether a slug is taken.
"""

import re
import secrets
import unicodedata
from functools import cache
from importlib.resources import files
from urllib.parse import quote, unquote_to_bytes

from liulian.base.errors import FieldRefused
from liulian.base.ids import ALPHABET

SLUG_LENGTH = 7  # 57**7 is 2 × 10**12: with a million links taken, a guess meets one in two million.
SLUG_LENGTH_MAX = 128
TYPED_LENGTH_MAX = 4 * SLUG_LENGTH_MAX  # Joining what is decomposed makes no letter of more than four.
SLUG_BYTES_MAX = 512  # Four bytes for each of 128 characters: a longer path cannot be a slug.
PATH_BYTES_MAX = 1 + 3 * 2 * SLUG_BYTES_MAX  # Percent-encoded, and decomposed letters may be joined into shorter ones.

MARKS_MAX = 4  # On one letter. Hindi and Thai need up to three; a tower of them would cover the lines around it.

# Letters or marks by their class, yet nothing to be seen: a slug of these would look empty, or like another slug.
INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
INVISIBLE_MARKS = frozenset("\u034f\u180b\u180c\u180d\u180f") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))  # These only choose between shapes of one letter.
)

_PLAIN_PATH = re.compile(rb"/([0-9A-Za-z_-]{1,128})")
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def random_slug() -> str:
    """Return a slug nobody can guess from the one before."""
    while True:
        slug = "".join(secrets.choice(ALPHABET) for _ in range(SLUG_LENGTH))
        if not is_reserved(slug):
            return slug


def check_custom_slug(text: str) -> str:
    """Return a wished slug in its normal form (NFC). Raises FieldRefused."""
    typed = text.strip()
    if not typed:
        raise FieldRefused("slug_empty")
    slug = unicodedata.normalize("NFC", typed[:TYPED_LENGTH_MAX])
    if len(slug) > SLUG_LENGTH_MAX or len(typed) > TYPED_LENGTH_MAX:
        raise FieldRefused("slug_too_long", max=SLUG_LENGTH_MAX)
    if not _is_legal(slug):
        raise FieldRefused("slug_characters")
    if is_reserved(slug):
        raise FieldRefused("slug_reserved", slug=slug)
    return slug


def is_reserved(slug: str) -> bool:
    """Tell whether a first path segment, in any spelling of case, means something else than a link."""
    words, beginnings = _reserved()
    folded = slug.casefold()
    return folded in words or folded.startswith(beginnings)


def slug_path(slug: str) -> bytes:
    """Return the one canonical request path of a legal slug: `/` and percent-encoded UTF-8, upper-case hex."""
    return b"/" + quote(slug, safe="").encode("ascii")


def slug_of_path(raw_path: bytes) -> str | None:
    """Return the slug meant by a request path in any legal spelling, or None when it cannot be one."""
    if plain := _PLAIN_PATH.fullmatch(raw_path):
        slug = plain[1].decode("ascii")
    else:
        decoded = _decode(raw_path)
        if decoded is None:
            return None
        slug = decoded
    return None if is_reserved(slug) else slug


def _decode(raw_path: bytes) -> str | None:
    if not raw_path.startswith(b"/") or len(raw_path) > PATH_BYTES_MAX or _BROKEN_ESCAPE.search(raw_path):
        return None
    try:
        slug = unicodedata.normalize("NFC", unquote_to_bytes(raw_path[1:]).decode("utf-8"))
    except UnicodeDecodeError:
        return None
    return slug if 0 < len(slug) <= SLUG_LENGTH_MAX and _is_legal(slug) else None


def _is_legal(slug: str) -> bool:
    """Tell whether there are only letters with their marks, digits, `-` and `_`. In many scripts a vowel is a mark."""
    room = 0  # For marks: only a letter gives it.
    for character in slug:
        category = unicodedata.category(character)
        if category in ("Mn", "Mc") and room and character not in INVISIBLE_MARKS:
            room -= 1
        elif category[0] == "L":
            room = MARKS_MAX
        elif category == "Nd" or character in "-_":
            room = 0
        else:
            return False
        if character in INVISIBLE_LETTERS:
            return False
    return True


@cache
def _reserved() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the reserved words, and the beginnings of those that end in `*`."""
    text = files("liulian.links").joinpath("reserved.txt").read_text(encoding="utf-8")
    words = [line for line in text.splitlines() if line and not line.startswith("#")]
    return (
        frozenset(word for word in words if not word.endswith("*")),
        tuple(word.removesuffix("*") for word in words if word.endswith("*")),
    )
