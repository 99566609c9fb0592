"""Shlink: what its web client writes, what its importer takes, or what its API lists. Tags are separated by `|`."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="shlink",
    marks=(
        frozenset({"shorturl", "longurl", "tags", "visits"}),
        frozenset({"longurl", "shortcode"}),
    ),
    columns={
        Field.DESTINATION: ("longurl",),
        Field.SHORT_URL: ("shorturl",),
        Field.SLUG: ("shortcode",),
        Field.DOMAIN: ("domain",),
        Field.TITLE: ("title",),
        Field.TAGS: ("tags",),
        Field.CREATED_AT: ("createdat", "datecreated"),
        Field.EXPIRES_AT: ("validuntil", "metavaliduntil"),
    },
    tag_separators="|,",
)
