"""Statistics without a server, for the command line: the lake is read in this process, once."""

import asyncio
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from liulian.analytics.query import Interval, StatsQuery
from liulian.analytics.service import Statistics
from liulian.analytics.stats import LinkStats
from liulian.base.clock import to_micros
from liulian.base.ids import LinkId


async def link_stats_of(
    lake_url: str, link_id: LinkId, *, since: datetime, until: datetime, zone: ZoneInfo
) -> LinkStats:
    """Return a link's clicks by day in `[since, until)`, without breakdowns."""
    query = StatsQuery(
        from_us=to_micros(since),
        to_us=to_micros(until),
        interval=Interval.DAY,
        zone=zone.key,
        breakdowns=(),
        link_id=link_id,
    )
    return await asyncio.to_thread(_answer, lake_url, query)


def _answer(lake_url: str, query: StatsQuery) -> LinkStats:
    with TemporaryDirectory(prefix="liulian-") as folder:
        statistics = Statistics(lake_url, temp_folder=Path(folder))
        try:
            return statistics.link_stats(query)
        finally:
            statistics.close()
