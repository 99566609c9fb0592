"""Weekly leagues of at most `league_size`: who is in which, and on which place. Pure.

A week is named by the day of its Monday. A member's own first act of a week that gives points brings them into the last
league that has room, so that those who begin a week one after another are together; the act says which league, and it
stays that one for the week. Who wants no rank comes into none, and is not shown. Places go by points; of equal points
the place is better whose last act was earlier, and equal there, too, is the same place.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from liulian.base.ids import MemberId
from liulian.community.days import week_of
from liulian.community.model import Symbols, Title
from liulian.community.points import Award, Deed, awards
from liulian.community.recording import MemberWeek


class Standing(NamedTuple):
    """What a member has in a week. League 0: in none."""

    league: int
    points: int
    last_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Competitor:
    """One of a league as it is shown."""

    member_id: MemberId
    nickname: str
    points: int
    last_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A place in a league, the best is 1."""

    rank: int
    competitor: Competitor


def ranking(competitors: Iterable[Competitor]) -> list[Ranked]:
    """Return the places of a league, the best one first."""
    ordered = sorted(competitors, key=lambda one: (*_order(one), one.member_id))
    places: list[Ranked] = []
    for number, one in enumerate(ordered, start=1):
        is_same = bool(places) and _order(places[-1].competitor) == _order(one)
        places.append(Ranked(rank=places[-1].rank if is_same else number, competitor=one))
    return places


def rank_of(member_id: MemberId, places: Sequence[Ranked]) -> int | None:
    """Return a member's place, None for one who has none."""
    return next((place.rank for place in places if place.competitor.member_id == member_id), None)


def standings_of(deeds: Iterable[Deed]) -> dict[MemberWeek, Standing]:
    """Return what everybody has in every week, computed from all acts of a community. Their order is of no account."""
    weeks: defaultdict[MemberWeek, list[Deed]] = defaultdict(list)
    for deed in deeds:
        weeks[deed.member_id, week_of(deed.day)].append(deed)
    return standings_of_weeks(weeks.items())


def standings_of_weeks(weeks: Iterable[tuple[MemberWeek, list[Deed]]]) -> dict[MemberWeek, Standing]:
    """Return the same from acts that are sorted by who did them and in which week."""
    totals: dict[MemberWeek, Award] = {}
    leagues: dict[MemberWeek, int] = {}
    for (member_id, week), done in weeks:
        for whom, award in awards(done).items():
            had = totals.get((whom, week))
            totals[whom, week] = (
                award if had is None else Award(had.points + award.points, max(had.last_at_us, award.last_at_us))
            )
        placed = min((deed for deed in done if deed.league), key=lambda deed: deed.id, default=None)
        if placed is not None:
            leagues[member_id, week] = placed.league or 0
    return {key: Standing(leagues.get(key, 0), award.points, award.last_at_us) for key, award in totals.items()}


def title_of(symbols: Symbols, points: float) -> Title | None:
    """Return what a member is called from so many points on, None before the first title."""
    reached = [title for title in symbols.titles if title.points <= points]
    return max(reached, key=lambda title: title.points, default=None)


def next_title(symbols: Symbols, points: float) -> Title | None:
    """Return the title that comes next."""
    ahead = [title for title in symbols.titles if title.points > points]
    return min(ahead, key=lambda title: title.points, default=None)


def _order(one: Competitor) -> tuple[int, int]:
    return -one.points, one.last_at_us
