"""What people and their things may be called: one line that can be read."""

import unicodedata

from liulian.base.errors import FieldRefused

NAME_LENGTH_MAX = 100


def parse_name(text: str) -> str:
    """Return a name in its normal form. Raises FieldRefused."""
    name = unicodedata.normalize("NFC", text.strip())
    if not name or max(len(text), len(name)) > NAME_LENGTH_MAX or not name.isprintable():
        raise FieldRefused("name_invalid", max=NAME_LENGTH_MAX)
    return name
