"""Kutt: its table of links, or what its API lists. `address` is the slug, `target` the destination."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="kutt",
    marks=(frozenset({"address", "target"}),),
    columns={
        Field.DESTINATION: ("target",),
        Field.SHORT_URL: ("link",),
        Field.SLUG: ("address",),
        Field.NOTE: ("description",),
        Field.CREATED_AT: ("createdat",),
        Field.EXPIRES_AT: ("expirein",),
    },
)
