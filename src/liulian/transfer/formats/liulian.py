"""Our own export, CSV or JSON, so that it can come back whole."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="liulian",
    marks=(frozenset({"destination", "slug", "shorturl", "humanclicks"}),),
    columns={
        Field.DESTINATION: ("destination",),
        Field.SLUG: ("slug",),
        Field.DOMAIN: ("domain",),
        Field.TITLE: ("title",),
        Field.NOTE: ("note",),
        Field.TAGS: ("tags",),
        Field.FOLDER: ("folder",),
        Field.CREATED_AT: ("createdat",),
        Field.EXPIRES_AT: ("expiresat",),
        Field.GUARD: ("guard",),
        Field.AUDIENCE: ("audience",),
    },
)
