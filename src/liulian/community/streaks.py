"""Streaks: what a member's acts in a challenge come to, day by day, and why. Pure, and the same from any order of acts.

Days are the local days frozen in the log, so that nobody's past changes with where they are or what clocks do. What a
day is, from the strongest reason down: done; made up (within the challenge's window); paused; skipped, where two
check-ins at most 24 hours apart lie around a local day, as on a flight over the date line: nobody lived that day;
frozen, a free day that is spent by itself; missed. A free day is spent only on a streak that is alive. Making up a day
that was frozen gives the free day back, because everything is computed again from all acts.

With `times_per_week` weeks are counted instead of days: a week is kept when as many days are done as were asked for, or
as there were (of a first week, of one with a pause); each day short takes one free day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from liulian.base.ids import ServiceId
from liulian.community.acts import ActKind
from liulian.community.challenges import Challenge
from liulian.community.days import DAYS_OF_WEEK, week_of
from liulian.community.points import Deed

STREAK_KINDS = frozenset({ActKind.CHECK_IN, ActKind.MAKE_UP, ActKind.PAUSE, ActKind.RESUME})
SAME_DAY_US = 24 * 3_600 * 1_000_000  # No local day fits between two check-ins this close, unless somebody travelled.


class Mark(StrEnum):
    """What became of a day."""

    DONE = "done"
    MADE_UP = "made_up"
    PAUSED = "paused"
    SKIPPED = "skipped"
    FROZEN = "frozen"
    MISSED = "missed"
    REST = "rest"  # Nothing was asked for: between two programmes, or days of a week beyond those asked for.
    OPEN = "open"  # Today, not done yet.


class Counts(StrEnum):
    """What a streak is counted in."""

    DAYS = "days"
    WEEKS = "weeks"


@dataclass(frozen=True, slots=True)
class DayMark:
    """One day and what became of it."""

    day: int
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """A member's streak in one challenge. `programme_day` is 1 to `programme_days`; 0: not begun; None: no end.

    `freezes_left`: free days in hand. `round`: how many times the programme was begun. `paused_until`: the last day of
    a pause that lasts today. `why`: every day from the first one on.
    """

    current: int = 0
    longest: int = 0
    total_days: int = 0
    counts: Counts = Counts.DAYS
    freezes_left: int = 0
    programme_day: int = 0
    programme_days: int | None = None
    round: int = 0
    is_finished: bool = False
    is_done_today: bool = False
    paused_until: int | None = None
    why: tuple[DayMark, ...] = ()

    @property
    def done_this_week(self) -> int:
        """Return how many days of the last day's week are done."""
        if not self.why:
            return 0
        week = week_of(self.why[-1].day)
        return sum(1 for each in self.why if each.day >= week and each.mark in (Mark.DONE, Mark.MADE_UP))


@dataclass(slots=True)
class _Days:
    """What the log says of days: sets of local days."""

    done: set[int] = field(default_factory=set)
    made_up: set[int] = field(default_factory=set)
    paused: set[int] = field(default_factory=set)
    skipped: set[int] = field(default_factory=set)
    outside: set[int] = field(default_factory=set)

    @property
    def kept(self) -> set[int]:
        return self.done | self.made_up

    def asked(self, day: int) -> bool:
        """Tell whether something could be asked for on a day."""
        return day in self.kept or not (day in self.paused or day in self.skipped or day in self.outside)

    def mark(self, day: int) -> Mark | None:
        """Return what a day is by the log alone; None: nothing was done."""
        reasons = (
            (self.done, Mark.DONE),
            (self.made_up, Mark.MADE_UP),
            (self.outside, Mark.REST),
            (self.paused, Mark.PAUSED),
            (self.skipped, Mark.SKIPPED),
        )
        return next((mark for days, mark in reasons if day in days), None)


@dataclass(slots=True)
class _Programme:
    round: int = 1
    day: int = 0
    is_finished: bool = False


def streak_of(deeds: Iterable[Deed], challenge: Challenge, *, service_id: ServiceId, as_of: int) -> Streak:
    """Return a member's streak in a challenge as of a local day. Acts of later days are not known yet."""
    known = [deed for deed in deeds if deed.kind in STREAK_KINDS and not deed.is_void and deed.day <= as_of]
    ours = [deed for deed in known if deed.object_id in (service_id, None)]
    days = _days_of(ours, challenge, as_of=as_of)
    counts = Counts.DAYS if challenge.is_daily else Counts.WEEKS
    paused_until = _end_of_pause(days.paused, as_of)
    if not days.kept:
        return Streak(
            counts=counts,
            freezes_left=challenge.freezes,
            programme_days=challenge.days,
            paused_until=paused_until,
        )
    start = min(days.kept)
    programme = _programme(days, challenge, start=start, as_of=as_of)
    walk = _Walk(days=days, challenge=challenge, left=challenge.freezes)
    (walk.by_days if challenge.is_daily else walk.by_weeks)(start, as_of)
    return Streak(
        current=walk.run,
        longest=walk.longest,
        total_days=len(days.kept),
        counts=counts,
        freezes_left=walk.left,
        programme_day=programme.day,
        programme_days=challenge.days,
        round=programme.round,
        is_finished=programme.is_finished,
        is_done_today=as_of in days.kept,
        paused_until=paused_until,
        why=tuple(DayMark(day, walk.marks[day]) for day in range(start, as_of + 1)),
    )


def _days_of(ours: list[Deed], challenge: Challenge, *, as_of: int) -> _Days:
    first, last = _bounds(challenge, as_of)
    days = _Days(paused=_paused(ours, challenge))
    times: dict[int, tuple[int, int]] = {}
    for deed in ours:
        if deed.kind is ActKind.CHECK_IN and first <= deed.counts_for <= last:
            days.done.add(deed.counts_for)
            earliest, latest = times.get(deed.counts_for, (deed.at_us, deed.at_us))
            times[deed.counts_for] = (min(earliest, deed.at_us), max(latest, deed.at_us))
        elif deed.kind is ActKind.MAKE_UP and first <= deed.counts_for <= last and _is_in_time(deed, challenge):
            days.made_up.add(deed.counts_for)
    ordered = sorted(times)
    for before, after in pairwise(ordered):
        if times[after][0] - times[before][1] <= SAME_DAY_US:
            days.skipped |= set(range(before + 1, after))
    return days


def _is_in_time(deed: Deed, challenge: Challenge) -> bool:
    return 0 < deed.day - deed.counts_for <= challenge.make_up_days


def _bounds(challenge: Challenge, as_of: int) -> tuple[int, int]:
    """Return the first and last day that can count: of a programme with one start for everybody, its own."""
    if challenge.starts_on is None:
        return 0, as_of
    end = as_of if challenge.days is None else challenge.starts_on + challenge.days - 1
    return challenge.starts_on, min(as_of, end)


def _paused(ours: list[Deed], challenge: Challenge) -> set[int]:
    """Return the days of pauses, also those to come. The day somebody resumes is theirs again."""
    resumed = sorted((deed.at_us, deed.id, deed.day) for deed in ours if deed.kind is ActKind.RESUME)
    paused: set[int] = set()
    for deed in ours:
        if deed.kind is ActKind.PAUSE:
            until = deed.day + min(int(deed.value or 0), challenge.pause_days)
            ended = next((day for at_us, number, day in resumed if (at_us, number) > (deed.at_us, deed.id)), until)
            paused |= set(range(deed.day, min(until, ended)))
    return paused


def _end_of_pause(paused: set[int], today: int) -> int | None:
    if today not in paused:
        return None
    last = today
    while last + 1 in paused:
        last += 1
    return last


def _programme(days: _Days, challenge: Challenge, *, start: int, as_of: int) -> _Programme:
    """Return how far the programme is, and note the days outside of it. Paused days make one's own programme longer."""
    if challenge.days is None:
        return _Programme(day=as_of - start + 1)
    if challenge.starts_on is not None:
        end = challenge.starts_on + challenge.days - 1
        days.outside = set(range(end + 1, as_of + 1))
        return _Programme(day=min(as_of, end) - challenge.starts_on + 1, is_finished=as_of > end)
    kept = days.kept
    programme = _Programme()
    for day in range(start, as_of + 1):
        if programme.day == challenge.days and day in kept:
            programme = _Programme(round=programme.round + 1)
        if programme.day == challenge.days:
            days.outside.add(day)
        elif day in kept or day not in days.paused:
            programme.day += 1
    programme.is_finished = programme.day == challenge.days and (as_of in days.outside or as_of in kept)
    return programme


@dataclass(slots=True)
class _Walk:
    """One walk over the days, oldest first. `left`: free days in hand. `is_over`: nothing was asked for just before."""

    days: _Days
    challenge: Challenge
    left: int
    run: int = 0
    longest: int = 0
    done: int = 0
    is_over: bool = False
    marks: dict[int, Mark] = field(default_factory=dict)

    def by_days(self, start: int, as_of: int) -> None:
        for day in range(start, as_of + 1):
            mark = self.days.mark(day)
            if mark in (Mark.DONE, Mark.MADE_UP):
                self._keep()
                self._earn(1)
            elif mark is Mark.REST:
                self.is_over = True
            self.marks[day] = mark or self._undone(is_today=day == as_of)

    def by_weeks(self, start: int, as_of: int) -> None:
        for week in range(week_of(start), as_of + 1, DAYS_OF_WEEK):
            known = range(max(week, start), min(week + DAYS_OF_WEEK - 1, as_of) + 1)
            for day in known:
                self.marks[day] = self.days.mark(day) or (Mark.OPEN if day == as_of else Mark.REST)
            self._judge_week(range(max(week, start), week + DAYS_OF_WEEK), as_of=as_of)

    def _undone(self, *, is_today: bool) -> Mark:
        if is_today:
            return Mark.OPEN
        if self.run > 0 and self.left > 0:
            self.left -= 1
            return Mark.FROZEN
        self.run = 0
        return Mark.MISSED

    def _judge_week(self, week: range, *, as_of: int) -> None:
        asked = [day for day in week if self.days.asked(day)]
        wanted = min(self.challenge.times_per_week or DAYS_OF_WEEK, len(asked))
        done = len(self.days.kept.intersection(week))
        self._earn(done)
        if wanted == 0:
            self.is_over = self.is_over or all(day in self.days.outside for day in week)
        elif done >= wanted:
            self._keep()
        elif as_of > week[-1]:
            self._fall_short([day for day in asked if day not in self.days.kept][done - wanted :])

    def _fall_short(self, lacking: list[int]) -> None:
        is_saved = self.run > 0 and len(lacking) <= self.left
        if is_saved:
            self.left -= len(lacking)
        else:
            self.run = 0
        for day in lacking:
            self.marks[day] = Mark.FROZEN if is_saved else Mark.MISSED

    def _keep(self) -> None:
        self.run = 1 if self.is_over else self.run + 1
        self.is_over = False
        self.longest = max(self.longest, self.run)

    def _earn(self, days: int) -> None:
        """Give a free day for so many days done."""
        for _ in range(days):
            self.done += 1
            if self.done % self.challenge.freeze_every == 0:
                self.left = min(self.challenge.freezes, self.left + 1)
