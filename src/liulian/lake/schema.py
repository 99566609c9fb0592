"""The columns of the tables of the lake.

Of clicks: one row for every answered GET of a known link, click or not. Of acts: one row for everything a member did.
"""

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

# `month` is that of the local day, `YYYY-MM`, by which the table is partitioned. Days are local days of the member,
# frozen when the act was written. `member_id` null: it concerns the community as a whole. `detail` is JSON.
ACTS = pa.schema(
    [
        pa.field("month", pa.string(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("for_day", pa.date32()),
        pa.field("happened_at", pa.timestamp("us"), nullable=False),
        pa.field("recorded_at", pa.timestamp("us"), nullable=False),
        pa.field("act_id", pa.int64(), nullable=False),
        pa.field("batch", pa.int64(), nullable=False),
        pa.field("community_id", pa.int64(), nullable=False),
        pa.field("member_id", pa.int64()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("zone", pa.string(), nullable=False),
        pa.field("object_kind", pa.string()),
        pa.field("object_id", pa.int64()),
        pa.field("value", pa.float64()),
        pa.field("link_id", pa.int64()),
        pa.field("channel_id", pa.int64()),
        pa.field("send_id", pa.int64()),
        pa.field("purpose", pa.string()),
        pa.field("stimulus_share", pa.float64()),
        pa.field("stimulus_amount", pa.float64()),
        pa.field("detail", pa.string()),
    ]
)
