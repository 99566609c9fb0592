"""The monthly recap (每月复盘), `/c/{slug}/recap/{yyyy-mm}`: what I did, what all of us did, computed from the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from starlette.responses import Response

from liulian.base.errors import NotFound
from liulian.base.i18n import Language
from liulian.base.ids import ServiceId
from liulian.community.challenges import check_challenge
from liulian.community.checkins import READ_KINDS
from liulian.community.days import local_day, zone_named
from liulian.community.model import Badge, Reach, Service, ServiceKind
from liulian.community.people import MemberActor, NotJoined
from liulian.community.recap import CommunityRecap, MemberRecap, Month, community_recap, member_recap
from liulian.storage.database import Transaction
from liulian.web.members.asking import actor_in
from liulian.web.members.layout import member_page, member_router
from liulian.web.members.saying import meaning_said, month_said, number_said
from liulian.web.parts import parts_of

NEW_FOR_DAYS = 7  # How long the first page points to the month before.

router = member_router()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapShown:
    """A month, by language where it is words."""

    month: Month
    said: dict[Language, str]
    mine: MemberRecap
    ours: CommunityRecap
    services: Mapping[ServiceId, Service]
    badges: tuple[Badge, ...]
    goals: tuple[tuple[str, str, dict[Language, str]], ...]
    is_over: bool
    has_before: bool


@router.api_route("/recap/{month}", methods=["GET", "HEAD"])
async def page(request: Request, slug: str, month: str) -> Response:
    """Answer a month, also the one that is not over."""
    parts = parts_of(request)
    async with parts.database.read() as tx:
        asking = await actor_in(request, tx, slug)
        if asking is None:
            raise NotJoined
        recap = await recap_of(tx, asking, Month.read(month), now=parts.clock())
    return member_page(request, "member/recap.html", asking.community, member=asking.member, recap=recap)


def last_month_of(asking: MemberActor, now: datetime) -> Month | None:
    """Return the month before, while its recap is new and the member was here in it."""
    today = local_day(now, zone_named(asking.member.zone))
    month = Month.of_day(today)
    is_new = today - month.first_day < NEW_FOR_DAYS
    return month.before if is_new and asking.member.joined_on < month.first_day else None


async def recap_of(tx: Transaction, asking: MemberActor, month: Month | None, *, now: datetime) -> RecapShown:
    """Return a month of a member and of all. Raises NotFound for one that has not come, or was before the community."""
    today = local_day(now, zone_named(asking.member.zone))
    founded = local_day(asking.community.created_at, zone_named(asking.community.zone))
    if month is None or not Month.of_day(founded).first_day <= month.first_day <= today:
        raise NotFound
    services = {
        service.id: service
        for service in await tx.communities.services_of(asking.community.id)
        if service.kind is ServiceKind.CHALLENGE
    }
    mine = await _mine(tx, asking, month, services)
    badges = await tx.communities.badges_of(asking.community.id)
    ours = await _ours(tx, asking, month)
    return RecapShown(
        month=month,
        said={each: month_said(month.year, month.month, each) for each in Language},
        mine=mine,
        ours=ours,
        services=services,
        badges=tuple(badge for badge in badges if badge.id in mine.badges),
        goals=tuple(
            (
                each.goal.name,
                f"{number_said(each.total)} {each.goal.unit}",
                {language: meaning_said(each.meaning, language) for language in Language},
            )
            for each in ours.goals
        ),
        is_over=month.last_day < today,
        has_before=month.first_day > founded,
    )


async def _mine(
    tx: Transaction, asking: MemberActor, month: Month, services: Mapping[ServiceId, Service]
) -> MemberRecap:
    member = asking.member
    deeds = await tx.log.deeds(asking.community.id, member_ids=[member.id], kinds=READ_KINDS, from_day=0)
    return member_recap(
        deeds,
        month,
        member_id=member.id,
        challenges={key: check_challenge(service.definition) for key, service in services.items()},
        badges=await tx.sums.badges_of(member.id),
    )


async def _ours(tx: Transaction, asking: MemberActor, month: Month) -> CommunityRecap:
    first, last = month.first_day, month.last_day
    goals = [goal for goal in await tx.communities.goals_of(asking.community.id) if goal.reach is Reach.TOGETHER]
    counts = await tx.sums.counts_between(asking.community.id, first=first, last=last)
    totals = await tx.sums.totals_between([goal.id for goal in goals], first=first, last=last)
    joined = await tx.members.count_joined(asking.community.id, first=first, last=last)
    return community_recap(month, counts, joined=joined, goals=goals, totals=totals)
