"""The SQL of the statistics, for DuckDB. The only place of it: explicit columns, bound values, a LIMIT on every list.

One statement answers a whole page: the rows in question are picked once, then counted in every wished way. A row of
the answer is (part, key, word, clicks, human clicks, visitors). Visitors are counted exactly; their keys change every
day, so that the number over several days is the sum of daily visitors by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liulian.analytics.buckets import MONDAY_SHIFT, offsets_of
from liulian.analytics.query import BUCKETS_MAX, Interval, StatsQuery
from liulian.base.zones import DAY_US, HOUR_US, Offset, at_instant
from liulian.lake.schema import CLICK_OUTCOMES

VALUES_MAX = 100  # Per breakdown: more is a table to export, not one to read.
OUTCOMES_MAX = 100
TOTALS, SERIES, OUTCOMES = "totals", "series", "outcomes"

_FILES = "read_parquet(?)"
_COUNTS = (
    "count(*) FILTER (WHERE is_click) AS clicks, count(*) FILTER (WHERE is_human) AS humans, "
    "count(DISTINCT visitor) FILTER (WHERE is_human) AS visitors"
)
_LOCAL_DAY = f"(local_us // {DAY_US})"
_KEYS = {
    Interval.HOUR: f"(at_us - local_us % {HOUR_US})",
    Interval.DAY: _LOCAL_DAY,
    Interval.WEEK: f"(({_LOCAL_DAY} + {MONDAY_SHIFT}) // 7)",
    Interval.MONTH: f"(year(DATE '1970-01-01' + {_LOCAL_DAY}::INTEGER) * 12 "
    f"+ month(DATE '1970-01-01' + {_LOCAL_DAY}::INTEGER) - 1)",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and the values for its question marks, in order."""

    text: str
    values: list[Any]


def link_statement(query: StatsQuery, *, files: Sequence[str] | None) -> Statement:
    """Return the statement over these Parquet files, or, where `files` is None, over a registered view `clicks`."""
    offset, offset_values = _offset(offsets_of(query))
    scope, scope_values = _scope(query)
    columns = "".join(f", {name}" for name in query.breakdowns)
    timed = (
        f"SELECT epoch_us(happened_at) AS at_us, at_us + {offset} AS local_us, outcome, visitor, "  # noqa: S608 - Values are bound.
        f"outcome IN {CLICK_OUTCOMES!r} AS is_click, is_click AND flags = 0 AS is_human{columns} "
        f"FROM {'clicks' if files is None else _FILES} WHERE {scope} AND happened_at >= ? AND happened_at < ?"
    )
    picked = f"SELECT {_KEYS[query.interval]} AS bucket, outcome, visitor, is_click, is_human{columns} FROM timed"  # noqa: S608
    parts = [_totals(), _series(), _outcomes(), *(_breakdown(name) for name in query.breakdowns)]
    text = f"WITH timed AS ({timed}), picked AS MATERIALIZED ({picked}) {' UNION ALL '.join(parts)}"
    values = [*offset_values, *([] if files is None else [list(files)]), *scope_values]
    return Statement(text, [*values, _timestamp(query.from_us), _timestamp(query.to_us)])


def _totals() -> str:
    return f"(SELECT '{TOTALS}' AS part, 0::BIGINT AS key, '' AS word, {_COUNTS} FROM picked LIMIT 1)"  # noqa: S608


def _series() -> str:
    return f"(SELECT '{SERIES}', bucket::BIGINT, '', {_COUNTS} FROM picked GROUP BY bucket LIMIT {BUCKETS_MAX})"  # noqa: S608


def _outcomes() -> str:
    return (
        f"(SELECT '{OUTCOMES}', 0::BIGINT, outcome, count(*), 0, 0 FROM picked GROUP BY outcome LIMIT {OUTCOMES_MAX})"  # noqa: S608
    )


def _breakdown(name: str) -> str:
    return (
        f"(SELECT '{name}', 0::BIGINT, {name}, {_COUNTS} FROM picked WHERE is_click GROUP BY {name} "  # noqa: S608
        f"ORDER BY clicks DESC, {name} LIMIT {VALUES_MAX})"
    )


def _scope(query: StatsQuery) -> tuple[str, list[int]]:
    if query.link_id is not None:
        return "link_id = ?", [query.link_id]
    if query.workspace_id is not None:
        return "workspace_id = ?", [query.workspace_id]
    raise ValueError("a query is about a link or a workspace")


def _offset(offsets: Sequence[Offset]) -> tuple[str, list[int]]:
    """Return the offset from UTC as an expression on `at_us`: a constant for most zones, steps for summer time."""
    *earlier, last = offsets
    if not earlier:
        return "?", [last.offset_us]
    steps = " ".join("WHEN at_us < ? THEN ?" for _ in earlier)
    ends = [offset.from_us for offset in offsets[1:]]
    values = [value for offset, end in zip(earlier, ends, strict=True) for value in (end, offset.offset_us)]
    return f"CASE {steps} ELSE ? END", [*values, last.offset_us]


def _timestamp(at_us: int) -> datetime:
    """Return an instant as the table holds it: UTC without a zone."""
    return at_instant(at_us).replace(tzinfo=None)
