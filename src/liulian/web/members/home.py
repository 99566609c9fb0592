"""The first page of a community, `/c/{slug}`: for strangers what it is for and how to join, for members their day.

Reads, in one transaction, and writes nothing. What members see is made of panels (`panels.py`), each of its own part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from liulian.base.errors import NotFound
from liulian.base.log import logger
from liulian.community.days import local_day, week_of, zone_named
from liulian.community.goals_progress import progress_of
from liulian.community.model import Community, CommunityState, Problem, Reach, ServiceState
from liulian.community.people import MemberActor
from liulian.storage.database import Transaction
from liulian.web.members.asking import actor_in, community_in
from liulian.web.members.challenge_cards import GoalBar, goal_bar
from liulian.web.members.join import join_form, remember_browser
from liulian.web.members.layout import failure_page, member_page, member_router, part_of_page
from liulian.web.members.once import asking_once
from liulian.web.members.panels import ABOVE, ACT, BELOW, Panel, panels_of
from liulian.web.parts import parts_of

OFFERED_MAX = 6  # Of what a community does: a stranger reads no more before deciding.

router = member_router()
nowhere = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What the community is for, in a line."""

    problem: Problem


@router.api_route("", methods=["GET", "HEAD"])
async def home(request: Request, slug: str) -> Response:
    """Answer the day of a member, or the promise to a stranger."""
    parts = parts_of(request)
    async with parts.database.read() as tx:
        actor = await actor_in(request, tx, slug)
        if actor is None:
            return await _promise(request, tx, slug)
        now, once = parts.clock(), asking_once(tx)
        above, act, below = [await panels_of(places.items(), once, actor, now) for places in (ABOVE, ACT, BELOW)]
    return member_page(
        request,
        "member/home.html",
        actor.community,
        member=actor.member,
        tab="today",
        above=drawn(request, actor, above),
        act=drawn(request, actor, act),
        below=drawn(request, actor, below),
    )


def drawn(request: Request, actor: MemberActor, panels: Iterable[Panel]) -> list[Markup]:
    """Return panels as they look. One that cannot be drawn is left out and told to the log."""
    found = []
    for panel in panels:
        try:
            community, member = actor.community, actor.member
            found.append(part_of_page(request, panel.template, community, member=member, panel=panel.shown))
        except Exception as error:  # noqa: BLE001 - One part that fails takes nothing from the others.
            logger.error("panel_failed", panel=panel.name, problem=type(error).__name__)
    return found


@nowhere.api_route("/c", methods=["GET", "HEAD"])
@nowhere.api_route("/c/", methods=["GET", "HEAD"])
async def no_community(request: Request) -> Response:
    """Answer an address that names no community like one that names none of ours."""
    return failure_page(request, NotFound())


async def _promise(request: Request, tx: Transaction, slug: str) -> Response:
    community = await community_in(request, tx, slug)
    if community.state is CommunityState.DRAFT:
        raise NotFound
    services = await tx.communities.services_of(community.id)
    form = await join_form(request, tx, community)
    page = member_page(
        request,
        "member/promise.html",
        community,
        join=form,
        joined=await tx.members.count(community.id),
        bars=await _done_together(tx, community, now=parts_of(request).clock()),
        services=[service for service in services if service.state is ServiceState.ACTIVE][:OFFERED_MAX],
        rituals=(await tx.communities.rituals_of(community.id))[:OFFERED_MAX],
    )
    remember_browser(page, request, community, form)
    return page


async def _done_together(tx: Transaction, community: Community, *, now: datetime) -> list[GoalBar]:
    """Return how far the goals of all are, of those whose time it is."""
    today = local_day(now, zone_named(community.zone))
    goals = [goal for goal in await tx.communities.goals_of(community.id) if goal.reach is Reach.TOGETHER]
    ours = [goal for goal in goals if goal.starts_on <= today <= goal.ends_on][:OFFERED_MAX]
    totals = await tx.sums.goal_totals([goal.id for goal in ours], week=week_of(today))
    return [goal_bar(progress_of(goal, totals[goal.id].ever, as_of=today)) for goal in ours if goal.id in totals]


async def purpose_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel:  # noqa: ARG001 - A panel's shape.
    """Return the problem that everything here hangs on. An example of a panel, too: it asks for nothing more."""
    return Panel(template="member/_purpose.html", shown=Purpose(problem=asking.community.problem))
