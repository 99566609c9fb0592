"""The answer to a query: counts, a gap-free series, breakdowns, outcomes. Values that travel between processes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liulian.analytics.buckets import buckets_of
from liulian.analytics.query import StatsQuery
from liulian.clicks.outcome import Outcome

Row = Sequence[str | int]  # Part, key, word, clicks, human clicks, visitors: see sql.py.

NOTHING = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Tally:
    """Clicks (bots included), clicks of humans, and daily visitors among the latter."""

    clicks: int
    human_clicks: int
    visitors: int


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket of the series. `start` is RFC 3339 in the zone of the query."""

    start: str
    clicks: int
    human_clicks: int
    visitors: int


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a breakdown; empty where it is not known, or, for a referrer, where there was none."""

    value: str
    clicks: int
    human_clicks: int
    visitors: int


@dataclass(frozen=True, slots=True)
class LinkStats:
    """Everything that was asked. Breakdowns hold at most 100 values each, most clicks first."""

    totals: Tally
    series: tuple[Point, ...]
    breakdowns: dict[str, tuple[Value, ...]]
    outcomes: dict[str, int]


def stats_of(query: StatsQuery, rows: Iterable[Row]) -> LinkStats:
    """Put the rows of the one statement together; what nobody did is zero."""
    totals = NOTHING
    points: dict[int, tuple[int, int, int]] = {}
    values: dict[str, list[Value]] = {name: [] for name in query.breakdowns}
    outcomes = {outcome.name.lower(): 0 for outcome in Outcome}
    for part, key, word, clicks, humans, visitors in rows:
        if part == "totals":
            totals = (int(clicks), int(humans), int(visitors))
        elif part == "series":
            points[int(key)] = (int(clicks), int(humans), int(visitors))
        elif part == "outcomes":
            outcomes[str(word)] = int(clicks)
        else:
            values[str(part)].append(Value(str(word), int(clicks), int(humans), int(visitors)))
    return LinkStats(
        totals=Tally(*totals),
        series=tuple(Point(bucket.start, *points.get(bucket.key, NOTHING)) for bucket in buckets_of(query)),
        breakdowns={name: tuple(sorted(found, key=_rank)) for name, found in values.items()},
        outcomes=outcomes,
    )


def _rank(value: Value) -> tuple[int, str]:
    return -value.clicks, value.value
