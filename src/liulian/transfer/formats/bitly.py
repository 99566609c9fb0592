"""Bitly: its CSV export and what its API lists. A back-half of one's own has a column of its own."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="bitly",
    marks=(
        frozenset({"longurl", "bitlink"}),
        frozenset({"longurl", "link", "title"}),
        frozenset({"longurl", "link", "createdat"}),
        frozenset({"longurl", "custombitlinks"}),
    ),
    columns={
        Field.DESTINATION: ("longurl", "destination"),
        Field.SHORT_URL: ("custombitlink", "custombitlinks", "bitlink", "link", "id"),
        Field.TITLE: ("title",),
        Field.TAGS: ("tags",),
        Field.CREATED_AT: ("createdat", "createddate", "datecreated", "created"),
    },
    tag_separators=",;|",
)
