"""Panels of check-ins on a member's home page: goals above, the act of the day where the thumb is, streaks below.

Each asks what it needs in the page's transaction, where the same question is asked once. Never writes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from liulian.base.i18n import Language
from liulian.base.ids import encode_id
from liulian.base.zones import day_of_number
from liulian.community.acts import ActKind
from liulian.community.challenges import Challenge, check_challenge
from liulian.community.checkins import READ_KINDS, today_of
from liulian.community.days import local_day, week_of, zone_named
from liulian.community.feedback import GoalTotal
from liulian.community.goals_progress import Progress, own_progress, progress_of
from liulian.community.model import CommunityState, Goal, Reach, Service, ServiceKind, ServiceState
from liulian.community.people import MemberActor
from liulian.community.points import Deed
from liulian.community.recording import kinds_of
from liulian.community.streaks import Mark, Streak, streak_of
from liulian.storage.database import Transaction
from liulian.web.members.panels import Panel
from liulian.web.members.saying import (
    DaySaid,
    day_said,
    marks_said,
    meaning_said,
    number_said,
    pace_said,
    programme_said,
    streak_said,
    times_said,
)

DAYS_SHOWN = 14  # Two weeks fit a phone.
LEGEND = (Mark.DONE, Mark.MADE_UP, Mark.FROZEN, Mark.PAUSED, Mark.SKIPPED, Mark.MISSED)
DONE = (ActKind.CHECK_IN, ActKind.MAKE_UP)
GOALS_SHOWN = 4  # Above the act of the day there is room for no more.


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalBar:
    """One goal. `note` says by language what it means, or how its pace is."""

    name: str
    share: float
    done: str
    needed: str
    unit: str
    is_together: bool
    note: dict[Language, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A day that can be made up for: for the form, and in words by language."""

    iso: str
    said: dict[Language, str]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeCard:
    """One challenge for its member today. `keys` name the acts of its forms, so that two taps are one act."""

    id: str
    name: str
    challenge: Challenge
    streak: Streak
    is_open: bool
    is_again: bool
    is_week_full: bool
    keys: tuple[str, str]
    missed: tuple[Missed, ...]
    paused_until: dict[Language, str] | None
    said: dict[Language, str]
    programme: dict[Language, str]
    times: dict[Language, str]
    marks: dict[Language, list[DaySaid]]
    legend: tuple[str, ...]

    @property
    def step(self) -> str:
        """Return the step of a number field."""
        return {0: "1", 1: "0.1"}.get(self.challenge.decimals, "0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """The challenges of a day."""

    cards: tuple[ChallengeCard, ...]
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalBars:
    """The goals of a member and of all."""

    bars: tuple[GoalBar, ...]


async def check_in_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:
    """Return the act of the day; None where there is no challenge."""
    cards = await cards_of(tx, asking, now)
    is_closed = asking.community.state is not CommunityState.OPEN
    return Panel(template="member/_check_in.html", shown=Cards(cards=cards, is_closed=is_closed)) if cards else None


async def streak_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:
    """Return the streaks, with the days they are made of."""
    cards = await cards_of(tx, asking, now)
    return Panel(template="member/_streak.html", shown=Cards(cards=cards)) if cards else None


async def goals_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:
    """Return how far the goals are that have their time now, one's own first."""
    found = await progress_for(tx, asking, now=now)
    bars = [goal_bar(progress) for progress in found][:GOALS_SHOWN]
    return Panel(template="member/_goals.html", shown=GoalBars(bars=tuple(bars))) if bars else None


async def progress_for(tx: Transaction, asking: MemberActor, *, now: datetime) -> list[Progress]:
    """Return how far the goals of a member and of all are, of those whose time has come, one's own first."""
    goals = await tx.communities.goals_of(asking.community.id)
    mine = [goal for goal in goals if goal.reach is Reach.MEMBER]
    own_day = local_day(now, zone_named(asking.member.zone))
    own = own_progress(mine, await _deeds_for(tx, asking, mine), as_of=own_day) if mine else []
    return [*(each for each in own if _is_on(each.goal, own_day)), *await together_of(tx, asking, goals, now=now)]


async def together_of(tx: Transaction, asking: MemberActor, goals: Sequence[Goal], *, now: datetime) -> list[Progress]:
    """Return how far the goals of all together are."""
    today = local_day(now, zone_named(asking.community.zone))
    ours = [goal for goal in goals if goal.reach is Reach.TOGETHER and _is_on(goal, today)]
    totals = await tx.sums.goal_totals([goal.id for goal in ours], week=week_of(today))
    return [progress_of(goal, totals.get(goal.id, GoalTotal()).ever, as_of=today) for goal in ours]


def goal_bar(progress: Progress) -> GoalBar:
    """Return a goal as it is drawn."""
    goal = progress.goal
    return GoalBar(
        name=goal.name,
        share=progress.share,
        done=number_said(progress.done),
        needed=number_said(progress.needed),
        unit=goal.unit,
        is_together=goal.reach is Reach.TOGETHER,
        note={each: meaning_said(progress.meaning, each) or pace_said(progress, each) for each in Language},
    )


async def cards_of(tx: Transaction, asking: MemberActor, now: datetime) -> tuple[ChallengeCard, ...]:
    """Return the challenges that take something now, as they are for a member today."""
    services = await tx.communities.services_of(asking.community.id)
    active = [each for each in services if each.kind is ServiceKind.CHALLENGE and each.state is ServiceState.ACTIVE]
    if not active:
        return ()
    deeds = await _deeds_for(tx, asking, [])
    today = today_of(deeds, now=now, zone=asking.member.zone)
    return tuple(_card(service, asking, deeds, today=today) for service in active)


async def _deeds_for(tx: Transaction, asking: MemberActor, goals: Sequence[Goal]) -> list[Deed]:
    """Return what a member did, as far as streaks and these goals of their own ask."""
    kinds = READ_KINDS.union(*(kinds_of(goal.measure) for goal in goals))
    return await tx.log.deeds(asking.community.id, member_ids=[asking.member.id], kinds=sorted(kinds), from_day=0)


def _card(service: Service, asking: MemberActor, deeds: Sequence[Deed], *, today: int) -> ChallengeCard:
    challenge = check_challenge(service.definition)
    streak = streak_of(deeds, challenge, service_id=service.id, as_of=today)
    times = Counter(deed.counts_for for deed in deeds if deed.object_id == service.id and deed.kind in DONE)
    is_week_full = week_of(today) in _full_weeks(times, challenge)
    is_room = not is_week_full and (not streak.is_done_today or times[today] < challenge.per_day)
    is_within = challenge.starts_on is None or (
        challenge.starts_on <= today and not (streak.is_finished and not streak.is_done_today)
    )
    return ChallengeCard(
        id=encode_id(service.id),
        name=service.name,
        challenge=challenge,
        streak=streak,
        is_open=is_within and streak.paused_until is None and is_room,
        is_again=streak.is_done_today,
        is_week_full=is_week_full and is_within,
        keys=(token_hex(8), token_hex(8)),
        missed=_missed(streak, challenge, asking, times, today=today),
        paused_until=_by_language(streak.paused_until),
        said={each: streak_said(streak, each) for each in Language},
        programme={each: programme_said(streak, each) for each in Language},
        times={each: times_said(challenge, each) for each in Language},
        marks={each: marks_said(streak, each, last=DAYS_SHOWN) for each in Language},
        legend=tuple(mark.value for mark in LEGEND if mark in {each.mark for each in streak.why[-DAYS_SHOWN:]}),
    )


def _full_weeks(times: Mapping[int, int], challenge: Challenge) -> set[int]:
    """Return the weeks in which no more is taken. `times`: how often it was done for each day."""
    weeks: Counter[int] = Counter()
    for day, number in times.items():
        weeks[week_of(day)] += number
    return {week for week, number in weeks.items() if challenge.per_week is not None and number >= challenge.per_week}


def _missed(
    streak: Streak, challenge: Challenge, asking: MemberActor, times: Mapping[int, int], *, today: int
) -> tuple[Missed, ...]:
    """Return the days that can still be made up for, the latest first."""
    full = _full_weeks(times, challenge)
    first = max(today - challenge.make_up_days, asking.member.joined_on, challenge.starts_on or 0)
    undone = {each.day for each in streak.why if each.mark in (Mark.MISSED, Mark.FROZEN)}
    days = [day for day in range(today - 1, first - 1, -1) if day in undone and week_of(day) not in full]
    return tuple(
        Missed(iso=day_of_number(day).isoformat(), said=_by_language(day) or {}, key=token_hex(8)) for day in days
    )


def _by_language(day: int | None) -> dict[Language, str] | None:
    return None if day is None else {each: day_said(day, each) for each in Language}


def _is_on(goal: Goal, day: int) -> bool:
    return goal.starts_on <= day <= goal.ends_on
