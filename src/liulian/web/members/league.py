"""The week's league: who is in it, on which place, where points come from; and the choice not to be ranked.

Who is in whose league is said in `community/leagues.py`. Who wants no rank is shown to nobody, and sees no places.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from liulian.base.i18n import Language
from liulian.community.days import DAYS_OF_WEEK, local_day, week_of, zone_named
from liulian.community.leagues import next_title, ranking, title_of
from liulian.community.people import MemberActor, NotJoined
from liulian.storage.database import Transaction
from liulian.web.members.asking import actor_in, need_member
from liulian.web.members.layout import HEADERS, member_page, member_router
from liulian.web.members.panels import Panel
from liulian.web.members.saying import day_said
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of

TOP_SHOWN = 3  # On the first page; and the member's own place.

router = member_router()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShown:
    """One place."""

    rank: int
    name: str
    points: int
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeagueShown:
    """The league of a member this week. `mine` None: in none yet. Titles are of all points a member ever got."""

    is_ranked: bool
    places: tuple[PlaceShown, ...]
    mine: PlaceShown | None
    week: dict[Language, tuple[str, str]]
    points: int
    title: str
    next_title: str
    next_points: int

    @property
    def top(self) -> tuple[PlaceShown, ...]:
        """Return the first places, and the member's own where it is not among them."""
        first = self.places[:TOP_SHOWN]
        return first if self.mine is None or self.mine in first else (*first, self.mine)


@router.api_route("/league", methods=["GET", "HEAD"])
async def page(request: Request, slug: str) -> Response:
    """Answer all places of the member's league."""
    parts = parts_of(request)
    async with parts.database.read() as tx:
        asking = await actor_in(request, tx, slug)
        if asking is None:
            raise NotJoined
        league = await league_of(tx, asking, parts.clock())
    return member_page(
        request, "member/league.html", asking.community, member=asking.member, tab="league", league=league
    )


@router.post("/do/ranking")
async def choose(request: Request, slug: str) -> Response:
    """Let a member be ranked, or not."""
    asking = await need_member(request, slug)
    wants = (await fields_of(request)).get("is_ranked") == "1"
    async with parts_of(request).database.write() as tx:
        await tx.members.update(asking.member.id, is_ranked=wants)
    return RedirectResponse(f"/c/{slug}/league", HTTPStatus.SEE_OTHER, headers=HEADERS)


async def league_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel:
    """Return the first places of the member's league, and their own."""
    return Panel(template="member/_league.html", shown=await league_of(tx, asking, now))


async def league_of(tx: Transaction, asking: MemberActor, now: datetime) -> LeagueShown:
    """Return the league of a member this week."""
    member, symbols = asking.member, asking.community.symbols
    week = week_of(local_day(now, zone_named(member.zone)))
    found = await tx.sums.league_around(member.id, week=week) if member.is_ranked else []
    places = [
        PlaceShown(
            rank=place.rank,
            name=place.competitor.nickname,
            points=place.competitor.points,
            is_mine=place.competitor.member_id == member.id,
        )
        for place in ranking(found)
    ]
    points = int(await tx.sums.points_of(member.id))
    title, ahead = title_of(symbols, points), next_title(symbols, points)
    return LeagueShown(
        is_ranked=member.is_ranked,
        places=tuple(places),
        mine=next((place for place in places if place.is_mine), None),
        week={each: (day_said(week, each), day_said(week + DAYS_OF_WEEK - 1, each)) for each in Language},
        points=points,
        title=title.name if title else "",
        next_title=ahead.name if ahead else "",
        next_points=ahead.points - points if ahead else 0,
    )
