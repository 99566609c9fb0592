"""Short.io: its CSV export and what its API lists. `path` is the slug."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="short_io",
    marks=(frozenset({"originalurl", "path"}), frozenset({"originalurl", "secureshorturl"})),
    columns={
        Field.DESTINATION: ("originalurl",),
        Field.SHORT_URL: ("secureshorturl", "shorturl"),
        Field.SLUG: ("path",),
        Field.DOMAIN: ("domain", "hostname"),
        Field.TITLE: ("title",),
        Field.TAGS: ("tags",),
        Field.FOLDER: ("folder",),
        Field.CREATED_AT: ("createdat",),
        Field.EXPIRES_AT: ("expiresat",),
    },
    tag_separators=",;|",
)
