"""Statistics of one link over HTTP. Checks who asks and what; the query process answers. Never touches the lake."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from liulian.accounts.permissions import Scope
from liulian.analytics.query import BREAKDOWNS, RawQuery, StatsQuery, check_query
from liulian.analytics.stats import LinkStats
from liulian.base.errors import Unavailable
from liulian.base.ids import encode_id
from liulian.base.zones import at_instant
from liulian.links.service import link_for
from liulian.web.api.describe import answers
from liulian.web.api.link_id import IdInPath, parse_link_id
from liulian.web.auth import CurrentActor
from liulian.web.parts import parts_of

router = APIRouter(tags=["statistics"])

Since = Annotated[
    str | None,
    Query(
        alias="from",
        description="The start, included: a date in `tz`, or RFC 3339. Default: 30 days with the one of `to`.",
    ),
]
Until = Annotated[
    str | None,
    Query(
        alias="to", description="The end, not included: a date in `tz` (its start), or RFC 3339. Default: this moment."
    ),
]
Interval = Annotated[str | None, Query(description="`hour`, `day` (default), `week` from Monday, or `month`.")]
Zone = Annotated[str | None, Query(description="Where days begin, as `Asia/Shanghai`. Default: this installation's.")]
Breakdown = Annotated[
    list[str] | None,
    Query(description=f"Which breakdowns, repeated or separated by commas: {', '.join(BREAKDOWNS)}. Default: all."),
]


class Tally(BaseModel):
    """Clicks are redirects, bots included; human clicks leave out bots, link previews and prefetching.

    Visitors are counted by day: the number over several days is the sum of each day's.
    """

    clicks: Annotated[int, Field(ge=0)]
    human_clicks: Annotated[int, Field(ge=0)]
    visitors: Annotated[int, Field(ge=0)]


class Point(Tally):
    """One interval, also when nothing happened in it."""

    start: datetime


class Value(Tally):
    """One value of a breakdown. Empty: not known, or, for a referrer, none."""

    value: str


class Stats(BaseModel):
    """Statistics of a link. `from` and `to` are what was understood."""

    link_id: str
    since: Annotated[datetime, Field(alias="from")]
    until: Annotated[datetime, Field(alias="to")]
    interval: str
    tz: str
    totals: Tally
    series: list[Point]
    breakdowns: Annotated[dict[str, list[Value]], Field(description="At most 100 values each, most clicks first.")]
    outcomes: Annotated[
        dict[str, int], Field(description="What requests for the link became: `redirect`, `open`, `head`, `preview` …")
    ]


@router.get(
    "/links/{id:link_id}/stats",
    summary="Statistics of a short link",
    responses=answers(200) | {200: {"model": Stats, "description": "Done."}},
)
async def stats(
    request: Request,
    actor: CurrentActor,
    link_id: IdInPath,
    since: Since = None,
    until: Until = None,
    interval: Interval = None,
    tz: Zone = None,
    breakdown: Breakdown = None,
) -> Response:
    """Count the clicks of one link, by time and by what is known of the visitors. A click appears within 3 seconds."""
    parts = parts_of(request)
    async with parts.database.read() as tx:
        link = await link_for(actor, parse_link_id(link_id), store=tx.links, scope=Scope.STATS_READ)
    if parts.analytics is None:
        raise Unavailable
    raw = RawQuery(since=since, until=until, interval=interval, tz=tz, breakdown=breakdown)
    query = check_query(raw, link_id=link.id, now=parts.clock(), default_zone=parts.analytics.time_zone)
    found = await parts.analytics.link_stats(query)
    return Response(msgspec.json.encode(_shown(query, found)), media_type="application/json")


def _shown(query: StatsQuery, found: LinkStats) -> dict[str, Any]:
    zone = query.time_zone
    return {
        "link_id": encode_id(query.link_id or 0),
        "from": at_instant(query.from_us).astimezone(zone).isoformat(),
        "to": at_instant(query.to_us).astimezone(zone).isoformat(),
        "interval": query.interval,
        "tz": query.zone,
        "totals": found.totals,
        "series": found.series,
        "breakdowns": found.breakdowns,
        "outcomes": found.outcomes,
    }
