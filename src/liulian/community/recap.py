"""The monthly recap (复盘), of a member and of a community: computed from the log, never written by hand. Pure.

A month is the calendar's, by local days. A member's own part is made of their acts; the community's of counts that the
database makes, and of the days of its goals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from liulian.base.ids import BadgeId, GoalId, MemberId, ServiceId
from liulian.base.zones import day_number, day_of_number
from liulian.community.acts import ActKind
from liulian.community.challenges import Challenge
from liulian.community.days import DAYS_OF_WEEK, week_of
from liulian.community.goals_progress import Meaning, meaning_of
from liulian.community.model import Goal
from liulian.community.points import Award, Deed, awards
from liulian.community.streaks import Mark, streak_of

_DONE = (ActKind.CHECK_IN, ActKind.MAKE_UP)
_LAST_YEAR = 2_100


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the calendar."""

    year: int
    month: int

    @classmethod
    def of_day(cls, day: int) -> "Month":
        """Return the month a day is in."""
        date_of = day_of_number(day)
        return cls(date_of.year, date_of.month)

    @classmethod
    def read(cls, text: str) -> "Month | None":
        """Return the month of `yyyy-mm`, None for anything else."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            return None
        return cls(first.year, first.month) if 1970 <= first.year < _LAST_YEAR else None

    @property
    def first_day(self) -> int:
        return day_number(date(self.year, self.month, 1))

    @property
    def last_day(self) -> int:
        return self.after.first_day - 1

    @property
    def after(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> "Month":
        return Month.of_day(self.first_day - 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMonth:
    """One challenge in a month: days it was done, the longest row of them, and the sum of the numbers given."""

    service_id: ServiceId
    days: int
    longest: int
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecap:
    """What a member did in a month. `points` are of the days of that month, own acts only."""

    month: Month
    days: int = 0
    check_ins: int = 0
    attendance: int = 0
    points: int = 0
    services: tuple[ServiceMonth, ...] = ()
    badges: tuple[BadgeId, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.check_ins or self.attendance or self.badges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the database counts of a community between two days."""

    active: int = 0
    acts: Mapping[ActKind, int] | None = None

    def of(self, kind: ActKind) -> int:
        """Return how many acts there were of a kind."""
        return (self.acts or {}).get(kind, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalMonth:
    """What all did for a goal in a month, and what that means."""

    goal: Goal
    total: float
    meaning: Meaning | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRecap:
    """What a community did in a month."""

    month: Month
    active: int
    joined: int
    check_ins: int
    attendance: int
    thanks: int
    solved: int
    goals: tuple[GoalMonth, ...]


def member_recap(
    deeds: Iterable[Deed],
    month: Month,
    *,
    member_id: MemberId,
    challenges: Mapping[ServiceId, Challenge],
    badges: Mapping[BadgeId, int],
) -> MemberRecap:
    """Return a member's month. `deeds`: all they did, so that a row that began before the month is known."""
    known = [deed for deed in deeds if deed.day <= month.last_day]
    within = [deed for deed in known if month.first_day <= deed.counts_for <= month.last_day]
    done = [deed for deed in within if deed.kind in _DONE]
    services = (_service_month(known, within, key, challenge, month) for key, challenge in challenges.items())
    return MemberRecap(
        month=month,
        days=len({deed.counts_for for deed in done}),
        check_ins=len(done),
        attendance=sum(deed.kind is ActKind.ATTENDANCE for deed in within),
        points=_points(known, month, member_id),
        services=tuple(service for service in services if service.days),
        badges=tuple(key for key, day in badges.items() if month.first_day <= day <= month.last_day),
    )


def community_recap(
    month: Month, counts: Counts, *, joined: int, goals: Sequence[Goal], totals: Mapping[GoalId, float]
) -> CommunityRecap:
    """Return a community's month from what was counted. `joined`: members, not acts: many leave and come back."""
    return CommunityRecap(
        month=month,
        active=counts.active,
        joined=joined,
        check_ins=sum(counts.of(kind) for kind in _DONE),
        attendance=counts.of(ActKind.ATTENDANCE),
        thanks=counts.of(ActKind.THANKS),
        solved=counts.of(ActKind.SOLVED),
        goals=tuple(
            GoalMonth(goal=goal, total=totals[goal.id], meaning=meaning_of(goal, totals[goal.id]))
            for goal in goals
            if totals.get(goal.id)
        ),
    )


def _points(known: Iterable[Deed], month: Month, member_id: MemberId) -> int:
    """Return the points of a month's days. Caps are of days, so that each day is counted by itself."""
    days = [deed for deed in known if month.first_day <= deed.day <= month.last_day]
    weeks = range(week_of(month.first_day), month.last_day + 1, DAYS_OF_WEEK)
    by_week = ([deed for deed in days if week_of(deed.day) == week] for week in weeks)
    return sum(awards(some).get(member_id, Award(0, 0)).points for some in by_week)


def _service_month(
    known: Sequence[Deed], within: Iterable[Deed], service_id: ServiceId, challenge: Challenge, month: Month
) -> ServiceMonth:
    streak = streak_of(known, challenge, service_id=service_id, as_of=month.last_day)
    run = longest = 0
    for each in streak.why:
        if each.mark is Mark.MISSED:
            run = 0
        elif each.mark in (Mark.DONE, Mark.MADE_UP):
            run += 1
        if each.day >= month.first_day:
            longest = max(longest, run)
    ours = [deed for deed in within if deed.object_id == service_id and deed.kind in _DONE]
    return ServiceMonth(
        service_id=service_id,
        days=len({deed.counts_for for deed in ours}),
        longest=longest,
        total=sum(deed.value or 0.0 for deed in ours),
    )
