"""The badge wall: what somebody earned and when, and how far the others are. Nothing here is earned by noise."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from starlette.responses import Response

from liulian.base.i18n import Language
from liulian.community.badge_rules import Facts, reached
from liulian.community.challenges import check_challenge
from liulian.community.checkins import READ_KINDS, today_of
from liulian.community.goals_progress import own_progress
from liulian.community.model import BadgeRuleKind, ServiceKind
from liulian.community.people import MemberActor, NotJoined
from liulian.community.recording import kinds_of
from liulian.community.streaks import streak_of
from liulian.storage.database import Transaction
from liulian.web.members.asking import actor_in
from liulian.web.members.layout import member_page, member_router
from liulian.web.members.once import asking_once
from liulian.web.members.panels import Panel
from liulian.web.members.saying import day_said
from liulian.web.parts import parts_of

SHOWN = 6  # On the first page: what was earned last, then what comes next.

router = member_router()


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeShown:
    """One badge. `earned_on` is by language, None while it is ahead; `number` of `at_least` is how far it is."""

    emblem: str
    name: str
    about: str
    earned_on: dict[Language, str] | None
    number: int
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """All badges of a community, for one member."""

    badges: tuple[BadgeShown, ...]

    @property
    def earned(self) -> int:
        return sum(badge.earned_on is not None for badge in self.badges)

    @property
    def first(self) -> tuple[BadgeShown, ...]:
        """Return what was earned, then what is nearest."""

        def key(badge: BadgeShown) -> tuple[bool, float]:
            return badge.earned_on is None, -badge.number / badge.at_least

        return tuple(sorted(self.badges, key=key)[:SHOWN])


@router.api_route("/badges", methods=["GET", "HEAD"])
async def page(request: Request, slug: str) -> Response:
    """Answer the wall."""
    parts = parts_of(request)
    async with parts.database.read() as tx:
        asking = await actor_in(request, tx, slug)
        if asking is None:
            raise NotJoined
        wall = await wall_of(asking_once(tx), asking, parts.clock())
    return member_page(request, "member/badges.html", asking.community, member=asking.member, wall=wall)


async def badges_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:
    """Return the badges of a member, None where there are none to earn."""
    wall = await wall_of(tx, asking, now)
    return Panel(template="member/_badges.html", shown=wall) if wall.badges else None


async def wall_of(tx: Transaction, asking: MemberActor, now: datetime) -> Wall:
    """Return all badges, and how far a member is with each."""
    badges = await tx.communities.badges_of(asking.community.id)
    if not badges:
        return Wall(badges=())
    have, facts = (
        await tx.sums.badges_of(asking.member.id),
        await facts_of(tx, asking, now, kinds={each.rule.kind for each in badges}),
    )
    shown = []
    for badge in badges:
        day = have.get(badge.id)
        shown.append(
            BadgeShown(
                emblem=badge.emblem,
                name=badge.name,
                about=badge.about,
                earned_on=None if day is None else {each: day_said(day, each) for each in Language},
                number=min(reached(badge.rule, facts), badge.rule.at_least),
                at_least=badge.rule.at_least,
            )
        )
    return Wall(badges=tuple(shown))


async def facts_of(tx: Transaction, asking: MemberActor, now: datetime, *, kinds: set[BadgeRuleKind]) -> Facts:
    """Return what badges of some kinds are earned by, of one member."""
    member = asking.member
    goals = await tx.communities.goals_of(asking.community.id)
    acts = READ_KINDS.union(*(kinds_of(goal.measure) for goal in goals))
    deeds = await tx.log.deeds(asking.community.id, member_ids=[member.id], kinds=sorted(acts), from_day=0)
    today = today_of(deeds, now=now, zone=member.zone)
    services = await tx.communities.services_of(asking.community.id)
    challenges = [service for service in services if service.kind is ServiceKind.CHALLENGE]
    return Facts(
        deeds=deeds,
        streaks={
            each.id: streak_of(deeds, check_challenge(each.definition), service_id=each.id, as_of=today)
            for each in challenges
        },
        thanked_by=await tx.sums.thanked_by(member.id) if BadgeRuleKind.THANKS in kinds else 0,
        solutions=await tx.sums.solutions_of(member.id) if BadgeRuleKind.SOLUTIONS in kinds else 0,
        goals=frozenset(each.goal.id for each in own_progress(goals, deeds, as_of=today) if each.share >= 1),
    )
