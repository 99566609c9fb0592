"""Rebrandly: its CSV export and what its API lists. `slashtag` is the slug."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="rebrandly",
    marks=(frozenset({"slashtag"}),),
    columns={
        Field.DESTINATION: ("destination", "destinationurl", "longurl"),
        Field.SHORT_URL: ("shorturl", "brandedlink", "link"),
        Field.SLUG: ("slashtag",),
        Field.DOMAIN: ("domainname", "domainfullname", "domain"),
        Field.TITLE: ("title",),
        Field.NOTE: ("description", "note"),
        Field.TAGS: ("tags",),
        Field.CREATED_AT: ("createdat", "created", "creationdate", "createddate"),
    },
    tag_separators=",;|",
)
