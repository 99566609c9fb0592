"""The nouns of a foreign file: what a column means for us, and how a service writes its export. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a column can be for us. `SHORT_URL` gives domain and slug together, as far as those are not given."""

    DESTINATION = "destination"
    SHORT_URL = "short_url"
    SLUG = "slug"
    DOMAIN = "domain"
    TITLE = "title"
    NOTE = "note"
    TAGS = "tags"
    FOLDER = "folder"
    CREATED_AT = "created_at"
    EXPIRES_AT = "expires_at"
    GUARD = "guard"
    AUDIENCE = "audience"


ColumnOf = Mapping[Field, str]  # Field → the name of a column, as it stands in the file.
Row = Mapping[str, str]  # Column → text.


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one service writes its export.

    `marks`: each a set of columns, in `plain` spelling, by which the format is recognised when all of them are there;
    of several formats that fit, the one with most of them is meant. `columns`: for each field the spellings that may
    name it, the best first. `tag_separators`: characters between two tags. `is_local`: its times without a zone are
    those of this installation; else they are UTC.
    """

    name: str
    marks: tuple[frozenset[str], ...]
    columns: Mapping[Field, tuple[str, ...]]
    tag_separators: str = ","
    is_local: bool = False


def plain(column: str) -> str:
    """Return the name of a column as formats are compared by it: `Long URL`, `long_url` and `longUrl` are one."""
    return "".join(letter for letter in column.casefold() if letter.isalnum())
