"""The columns of the table of clicks. One row for every answered GET of a known link, click or not."""

import pyarrow as pa

# Words whose values repeat. They travel as dictionaries (a small number per row) and are stored as plain strings.
WORDS = (
    "spool",
    "outcome",
    "app",
    "system",
    "form",
    "browser",
    "browser_version",
    "system_version",
    "brand",
    "referrer",
    "source",
    "medium",
    "campaign",
    "term",
    "content",
    "language",
    "country",
    "province",
    "city",
)

# `day` is the local day in LIULIAN_TIME_ZONE, by which the table is partitioned. `happened_at` is UTC without a zone:
# grouping through a zoned timestamp is 5 to 10 times slower. `spool` and `position` say where a row came from; no two
# rows share them. `workspace_id` 0 is a stranger's link. `flags` 0 is a human; `visitor` is known within a day only.
CLICKS = pa.schema(
    [
        pa.field("day", pa.date32(), nullable=False),
        pa.field("happened_at", pa.timestamp("us"), nullable=False),
        pa.field("link_id", pa.int64(), nullable=False),
        pa.field("workspace_id", pa.int64(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("flags", pa.int32(), nullable=False),
        pa.field("visitor", pa.int64(), nullable=False),
        *(pa.field(name, pa.string(), nullable=False) for name in WORDS),
    ]
)

CLICK_OUTCOMES = ("redirect", "open")  # The outcomes that are clicks, by the names under which they are stored.
