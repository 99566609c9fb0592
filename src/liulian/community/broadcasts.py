"""The weekly broadcast: a draft computed from the sums, which an operator edits and publishes, once a week.

It says what all did together, in its unit, and what that comes to, with the source of the factor. The figures are kept
as they were. Publishing is one act in the log; members see the latest one on their first page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from liulian.accounts.model import Actor, require
from liulian.accounts.permissions import Scope
from liulian.base.errors import Conflict, FieldError, InvalidRequest
from liulian.base.i18n import Language, text
from liulian.base.ids import CommunityId, GoalId, SendId, encode_id
from liulian.base.zones import day_of_number
from liulian.community.acts import ActKind, Purpose
from liulian.community.days import DAYS_OF_WEEK, local_day, week_of, zone_named
from liulian.community.feedback import GoalTotal
from liulian.community.goals_progress import Progress, meaning_of, progress_of
from liulian.community.model import Broadcast, Community, Goal, Reach
from liulian.community.recap import Counts
from liulian.community.recording import Log, record, send_act

NAME_MAX = 80
BODY_MAX = 2_000
LISTED_MAX = 100
KIND = "broadcast"


class BroadcastSent(Conflict):
    """This week has its broadcast."""

    code = "broadcast_sent"


class BroadcastStore(Protocol):
    """What was said to all members at once."""

    async def add(self, broadcast: Broadcast) -> bool:
        """Store a broadcast that is sent. False: its week has one."""

    async def list_of(self, community_id: CommunityId, *, before: int | None, limit: int) -> list[Broadcast]:
        """Return at most `limit` broadcasts with ids below `before`, newest first."""

    async def of_week(self, community_id: CommunityId, *, week: int) -> Broadcast | None: ...


class WeekSums(Protocol):
    """The sums of a week."""

    async def goal_totals(self, goal_ids: Sequence[GoalId], *, week: int) -> dict[GoalId, GoalTotal]: ...
    async def counts_between(self, community_id: CommunityId, *, first: int, last: int) -> Counts: ...


class GoalStore(Protocol):
    """The goals of communities."""

    async def goals_of(self, community_id: CommunityId) -> list[Goal]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What it takes: the stores of this transaction, ids, the time."""

    sends: BroadcastStore
    sums: WeekSums
    goals: GoalStore
    log: Log
    ids: Callable[[], int]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a week's broadcast says until an operator writes it: words, and the figures they come from."""

    week: int
    name: str
    body: str
    sums: Mapping[str, Any]


async def draft_of(community: Community, *, desk: Desk, language: Language | None = None) -> Draft:
    """Return this week's broadcast as the sums say it."""
    language = language or community.language
    week = week_of(local_day(desk.now, zone_named(community.zone)))
    goals = [goal for goal in await desk.goals.goals_of(community.id) if goal.reach is Reach.TOGETHER]
    totals = await desk.sums.goal_totals([goal.id for goal in goals], week=week)
    counts = await desk.sums.counts_between(community.id, first=week, last=week + DAYS_OF_WEEK - 1)
    sums = {
        "members": counts.active,
        "check_ins": counts.of(ActKind.CHECK_IN) + counts.of(ActKind.MAKE_UP),
        "thanks": counts.of(ActKind.THANKS),
        "solved": counts.of(ActKind.SOLVED),
        "goals": [_goal_sums(goal, totals.get(goal.id, GoalTotal()).week) for goal in goals],
    }
    return Draft(
        week=week,
        name=text(language, "member.broadcast.name", community=community.name)[:NAME_MAX],
        body="\n".join(_lines(community, sums, language))[:BODY_MAX],
        sums=sums,
    )


async def publish(
    actor: Actor, community: Community, *, name: str, body: str, purpose: Purpose = Purpose.PROBLEM, desk: Desk
) -> Broadcast:
    """Say this week's broadcast to all members. Raises Forbidden, InvalidRequest, and BroadcastSent."""
    require(actor, Scope.COMMUNITIES_WRITE)
    title, words = name.strip(), body.strip()
    if not 0 < len(title) <= NAME_MAX or not 0 < len(words) <= BODY_MAX:
        field = "body" if 0 < len(title) <= NAME_MAX else "name"
        error = FieldError(field, "broadcast_text", {"name": NAME_MAX, "body": BODY_MAX})
        raise InvalidRequest(errors=(error,))
    draft = await draft_of(community, desk=desk)
    broadcast = Broadcast(
        id=SendId(desk.ids()),
        community_id=community.id,
        name=title,
        body=words,
        purpose=purpose,
        sums=draft.sums,
        created_at=desk.now,
        week=draft.week,
        sent_at=desk.now,
    )
    if not await desk.sends.add(broadcast):
        raise BroadcastSent
    act = send_act(community, broadcast.id, ids=desk.ids, at=desk.now, purpose=purpose)
    await record([act], log=desk.log, now=desk.now)
    return broadcast


async def progress_together(community: Community, *, desk: Desk) -> list[tuple[Progress, GoalTotal]]:
    """Return how far the goals of all together are, with what was done ever and this week."""
    today = local_day(desk.now, zone_named(community.zone))
    goals = [goal for goal in await desk.goals.goals_of(community.id) if goal.reach is Reach.TOGETHER]
    totals = await desk.sums.goal_totals([goal.id for goal in goals], week=week_of(today))
    found = ((goal, totals.get(goal.id, GoalTotal())) for goal in goals)
    return [(progress_of(goal, total.ever, as_of=today), total) for goal, total in found]


def _goal_sums(goal: Goal, week: float) -> dict[str, Any]:
    meaning = meaning_of(goal, week)
    return {
        "id": encode_id(goal.id),
        "name": goal.name,
        "total": round(week, 6),
        "unit": goal.unit,
        "meaning": None
        if meaning is None
        else {"amount": round(meaning.amount, 6), "unit": meaning.unit, "source": meaning.source},
    }


def _lines(community: Community, sums: Mapping[str, Any], language: Language) -> list[str]:
    """Return the sentences of a draft: first what all did together."""
    called = community.symbols.member_name
    lines = [text(language, "member.broadcast.members", number=sums["members"], member=called, times=sums["check_ins"])]
    for goal in sums["goals"]:
        if not goal["total"]:
            continue
        line = text(
            language, "member.broadcast.goal", goal=goal["name"], number=plain(goal["total"]), unit=goal["unit"]
        )
        meaning = goal["meaning"]
        if meaning is not None:
            line += text(
                language,
                "member.broadcast.meaning",
                amount=plain(meaning["amount"]),
                unit=meaning["unit"],
                source=meaning["source"],
            )
        lines.append(line)
    if sums["solved"]:
        lines.append(text(language, "member.broadcast.solved", number=sums["solved"]))
    return lines


def plain(number: float) -> str:
    """Return a number without decimals that say nothing."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def week_text(week: int) -> str:
    """Return the Monday of a week as it is written outside."""
    return day_of_number(week).isoformat()
