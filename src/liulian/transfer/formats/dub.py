"""Dub: its CSV export, whose columns its users choose, with names for people; or what its API lists."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="dub",
    marks=(
        frozenset({"shortlink", "destinationurl"}),
        frozenset({"key", "url", "shortlink"}),
        frozenset({"domain", "key", "url"}),
    ),
    columns={
        Field.DESTINATION: ("destinationurl", "url"),
        Field.SHORT_URL: ("shortlink", "link"),
        Field.SLUG: ("key",),
        Field.DOMAIN: ("domain",),
        Field.TITLE: ("title",),
        Field.NOTE: ("comments", "description"),
        Field.TAGS: ("tags",),
        Field.FOLDER: ("folder",),
        Field.CREATED_AT: ("createdat", "createddate"),
        Field.EXPIRES_AT: ("expiresat",),
    },
    tag_separators=",;",
)
