"""YOURLS: its table of links as export plugins and phpMyAdmin write it, or what its API lists. Times are UTC."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="yourls",
    marks=(frozenset({"keyword", "url", "timestamp"}), frozenset({"shorturl", "url", "timestamp", "clicks"})),
    columns={
        Field.DESTINATION: ("url",),
        Field.SHORT_URL: ("shorturl",),
        Field.SLUG: ("keyword",),
        Field.TITLE: ("title",),
        Field.CREATED_AT: ("timestamp",),
    },
)
