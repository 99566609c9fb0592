"""Write acts down, together with what they change: the one way into the log.

A key that was told before changes nothing and is answered with the act it stands for. For new acts the sums (days of
goals, points and places of the week) move in the same transaction, so that they are always what the log says:
`replay.py` computes them again from nothing, and finds the same. A member's first act of a week that gives points also
brings them into a league, and the act says which one: so leagues, too, are read from the log. No line is ever taken
away: what shall not count is voided by a line of its own, which moves the sums back.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from liulian.base.ids import ActId, CommunityId, GoalId, MemberId, SendId
from liulian.community.acts import NO_SOURCE, NO_STIMULUS, Act, ActKind, ObjectKind, Purpose, Source, Stimulus
from liulian.community.days import local_day, week_of, zone_named
from liulian.community.model import Community, Measure, Member, Recorded, Take
from liulian.community.points import LEAGUE, OWN, SCORING, Award, Deed, awards, deed_of, settled

MEMBERS_AT_ONCE = 500  # In one question: SQLite takes no more than some thousand parameters.

# No goal is measured by these, and they give no points. Most lines of a log are among them.
_MOVES_NOTHING = frozenset(
    {ActKind.VISIT, ActKind.ADVICE, ActKind.BADGE, ActKind.FEEDBACK, ActKind.SEND, ActKind.OPEN, ActKind.OPT_OUT}
)

MemberWeek = tuple[MemberId, int]


class Place(NamedTuple):
    """Where a member stands in the leagues of a week. League 0: in none yet, though there may be points already."""

    is_ranked: bool
    league: int


class LeagueEnd(NamedTuple):
    """The last league of a week and how many are in it; and how many may be."""

    league: int
    members: int
    size: int


@dataclass(frozen=True, slots=True)
class CountedGoal:
    """What of a goal its sums are made by."""

    id: GoalId
    measure: Measure
    starts_on: int
    ends_on: int


class Log(Protocol):
    """The log of acts and its sums, in one transaction: `tx.log`."""

    async def append(self, new: Sequence[Act]) -> set[ActId]: ...
    async def ids_of_keys(self, community_id: CommunityId, keys: Collection[str]) -> dict[str, ActId]: ...

    async def counted_goals(self, community_id: CommunityId) -> list[CountedGoal]:
        """Return the goals that all members reach together."""

    async def deeds(
        self, community_id: CommunityId, *, member_ids: Collection[MemberId], kinds: Collection[ActKind], from_day: int
    ) -> list[Deed]:
        """Return what at most MEMBERS_AT_ONCE members did from a local day on, in no order, without what was voided.

        Asked for VOID, too, it returns everything, these lines among it.
        """

    async def places(self, *, member_ids: Collection[MemberId], weeks: Collection[int]) -> dict[MemberWeek, Place]:
        """Return the places of at most MEMBERS_AT_ONCE members in some weeks. Who is not there is no member."""

    async def hold_member(self, member_id: MemberId) -> None:
        """Let nobody else write what this member does before this transaction ends."""

    async def hold_members(self, member_ids: Sequence[MemberId]) -> None:
        """The same for at most MEMBERS_AT_ONCE members, who are sorted."""

    async def hold_leagues(self, community_id: CommunityId, *, week: int) -> None:
        """Let nobody else give places of a week before this transaction ends."""

    async def league_end(self, community_id: CommunityId, *, week: int) -> LeagueEnd: ...
    async def add_to_goals(self, sums: Mapping[tuple[GoalId, int], tuple[float, int]]) -> None:
        """Add totals and numbers of acts to days of goals."""

    async def add_to_places(
        self, community_id: CommunityId, moves: Mapping[MemberWeek, Award], leagues: Mapping[MemberWeek, int]
    ) -> None:
        """Add points to the places of a week, and put members into the leagues they were given."""


async def record(
    acts: Sequence[Act], *, log: Log, now: datetime, known: Sequence[Deed] | None = None
) -> list[Recorded]:
    """Write acts down as heard of at `now`, move the sums, and return what became of each, in the same order.

    `known`: everything of OWN that the member of these acts, all of OWN, did before, where the caller has read it.
    """
    results: dict[int, Recorded] = {}
    for community_id in dict.fromkeys(act.community_id for act in acts):
        ours = [(index, act) for index, act in enumerate(acts) if act.community_id == community_id]
        heard = [replace(act, recorded_at=max(act.at, now)) for _, act in ours]
        recorded = await _record_in(community_id, heard, log=log, known=known)
        results.update((index, result) for (index, _), result in zip(ours, recorded, strict=True))
    return [results[index] for index in range(len(acts))]


async def _record_in(
    community_id: CommunityId, heard: Sequence[Act], *, log: Log, known: Sequence[Deed] | None
) -> list[Recorded]:
    # What one act adds depends on the others of its member: two at once would both be the first of a day.
    for some in _in_portions({act.member_id for act in heard if act.member_id and act.kind not in _MOVES_NOTHING}):
        await log.hold_members(some)
    placed = await _placed(community_id, heard, log=log)
    new_ids = await log.append(placed)
    new = [act for act in placed if act.id in new_ids and act.kind not in _MOVES_NOTHING]
    voids = [act for act in new if act.kind is ActKind.VOID]
    if voids:
        await _move_by_voids(community_id, voids, log=log)
    if len(new) > len(voids):
        await _add_sums(community_id, [act for act in new if act.kind is not ActKind.VOID], log=log, known=known)
    old_keys = [act.key for act in placed if act.id not in new_ids]
    there: dict[str, ActId] = {}
    for start in range(0, len(old_keys), MEMBERS_AT_ONCE):
        there |= await log.ids_of_keys(community_id, old_keys[start : start + MEMBERS_AT_ONCE])
    return [
        Recorded(act_id=act.id, is_new=True)
        if act.id in new_ids
        else Recorded(act_id=there.get(act.key, act.id), is_new=False)
        for act in placed
    ]


async def _placed(community_id: CommunityId, heard: Sequence[Act], *, log: Log) -> list[Act]:
    """Return the acts; those that bring a member into a league say so."""
    first: dict[MemberWeek, int] = {}
    for index, act in enumerate(heard):
        if act.member_id is not None and act.kind in OWN:
            first.setdefault((act.member_id, week_of(act.day)), index)
    if not first:
        return list(heard)
    wanting = await _without_place(first, log=log)
    if wanting:
        for week in sorted({week for _, week in wanting}):
            await log.hold_leagues(community_id, week=week)
        wanting = await _without_place(wanting, log=log)  # Somebody else may just have given one.
    acts = list(heard)
    for member_week, league in (await _leagues_for(community_id, wanting, log=log)).items():
        act = acts[first[member_week]]
        acts[first[member_week]] = replace(act, detail={**act.detail, LEAGUE: league})
    return acts


async def _without_place(member_weeks: Iterable[MemberWeek], *, log: Log) -> list[MemberWeek]:
    """Return those of them who want to be ranked and are in no league of that week yet."""
    asked = list(member_weeks)
    places: dict[MemberWeek, Place] = {}
    for some in _in_portions({member_id for member_id, _ in asked}):
        places |= await log.places(member_ids=some, weeks={week for _, week in asked})
    return [one for one in asked if (place := places.get(one)) and place.is_ranked and not place.league]


async def _leagues_for(community_id: CommunityId, wanting: Iterable[MemberWeek], *, log: Log) -> dict[MemberWeek, int]:
    """Return a league for each: who begins the week one after another is together, until a league is full."""
    ends: dict[int, LeagueEnd] = {}
    leagues: dict[MemberWeek, int] = {}
    for member_id, week in wanting:
        end = ends.get(week) or await log.league_end(community_id, week=week)
        full = end.league == 0 or end.members >= end.size
        ends[week] = LeagueEnd(end.league + 1, 1, end.size) if full else end._replace(members=end.members + 1)
        leagues[member_id, week] = ends[week].league
    return leagues


async def _add_sums(community_id: CommunityId, new: Sequence[Act], *, log: Log, known: Sequence[Deed] | None) -> None:
    now_done = [deed_of(act, act.member_id) for act in new if act.member_id is not None]
    kinds = {deed.kind for deed in now_done}
    goals = [goal for goal in await log.counted_goals(community_id) if kinds & kinds_of(goal.measure)]
    by_days = [goal for goal in goals if is_by_member(goal)]
    if known is not None and all(kinds_of(goal.measure) <= OWN.keys() for goal in by_days):
        around = [*known, *now_done]
    else:
        around = await _around(community_id, now_done, by_days, log=log)
    new_ids = {deed.id for deed in now_done}
    sums = goal_sums(now_done, [goal for goal in goals if not is_by_member(goal)])
    sums |= _difference(goal_sums(around, by_days), goal_sums((d for d in around if d.id not in new_ids), by_days))
    if sums:
        await log.add_to_goals(sums)
    moved = {(deed.member_id, week_of(deed.day)) for deed in now_done if deed.kind in SCORING}
    leagues = {(d.member_id, week_of(d.day)): d for d in now_done if d.league}
    moves = {member_week: Award(0, deed.at_us) for member_week, deed in leagues.items()}
    moves |= _moves([d for d in around if (d.member_id, week_of(d.day)) in moved], new_ids)
    if moves:
        given = {member_week: deed.league or 0 for member_week, deed in leagues.items()}
        await log.add_to_places(community_id, moves, given)


async def _move_by_voids(community_id: CommunityId, voids: Sequence[Act], *, log: Log) -> None:
    """Move all sums by what no longer counts, or counts again."""
    goals = await log.counted_goals(community_id)
    kinds = SCORING | {ActKind.VOID} | {kind for goal in goals for kind in kinds_of(goal.measure)}
    deeds: list[Deed] = []
    for some in _in_portions({act.member_id for act in voids if act.member_id is not None}):
        deeds += await log.deeds(community_id, member_ids=some, kinds=kinds, from_day=0)
    new_ids = {act.id for act in voids}
    before, after = settled(deed for deed in deeds if deed.id not in new_ids), settled(deeds)
    sums = _difference(goal_sums(after, goals), goal_sums(before, goals))
    if sums:
        await log.add_to_goals(sums)
    had, have = points_of_weeks(before), points_of_weeks(after)
    moves = {key: Award(have[key].points - had[key].points, have[key].last_at_us) for key in have}
    moves = {key: award for key, award in moves.items() if award.points}
    if moves:
        await log.add_to_places(community_id, moves, {})


async def _around(
    community_id: CommunityId, now_done: Sequence[Deed], by_days: Sequence[CountedGoal], *, log: Log
) -> list[Deed]:
    """Return what the same members did in these weeks and on these days, these acts included, where it matters."""
    kinds = SCORING | {kind for goal in by_days for kind in kinds_of(goal.measure)}
    counted = [deed for deed in now_done if deed.kind in kinds]
    if not counted:
        return []
    from_day = min(min(week_of(deed.day), deed.counts_for) for deed in counted)
    if any(deed.kind is ActKind.JOIN for deed in counted):
        from_day = 0  # Whether somebody comes back may have been decided years ago.
    around: list[Deed] = []
    for some in _in_portions({deed.member_id for deed in counted}):
        around += await log.deeds(community_id, member_ids=some, kinds=kinds, from_day=from_day)
    return around


def kinds_of(measure: Measure) -> frozenset[ActKind]:
    """Return the kinds of acts a measure adds up: a check-in that is made up later is one, too."""
    return frozenset({ActKind.CHECK_IN, ActKind.MAKE_UP} if measure.kind is ActKind.CHECK_IN else {measure.kind})


def is_by_member(goal: CountedGoal) -> bool:
    """Tell whether what an act adds depends on the others of its member: a day counts once, and so does joining."""
    return goal.measure.take is Take.DAYS or goal.measure.kind is ActKind.JOIN


class SumsOfGoals:
    """Totals and numbers of acts of each day of each goal of all together, while they are added up.

    `joined`: the act by which each member first joined. Who leaves and comes back is nobody new.
    """

    def __init__(self, goals: Sequence[CountedGoal]) -> None:
        self.days: dict[tuple[GoalId, int], tuple[float, int]] = {}
        self.seen: set[tuple[GoalId, int, MemberId]] = set()
        self.joined: dict[MemberId, Deed] = {}
        self.by_kind: defaultdict[ActKind, list[CountedGoal]] = defaultdict(list)
        for goal in goals:
            for kind in kinds_of(goal.measure):
                self.by_kind[kind].append(goal)


def goal_sums(deeds: Iterable[Deed], goals: Sequence[CountedGoal]) -> dict[tuple[GoalId, int], tuple[float, int]]:
    """Return total and number of acts for each day of each goal of all together. Order makes no difference."""
    sums = SumsOfGoals(goals)
    add_goal_sums(sums, deeds)
    return sums.days


def add_goal_sums(sums: SumsOfGoals, deeds: Iterable[Deed]) -> None:
    """Add acts, each of which is added once."""
    for deed in deeds if sums.by_kind else ():
        if deed.kind is ActKind.JOIN:
            _add_join(sums, deed)
            continue
        for goal in sums.by_kind.get(deed.kind, ()):
            if _is_meant(goal, deed):
                _add(sums, goal, deed, _added(goal, deed, deed.counts_for, sums.seen))


def _add_join(sums: SumsOfGoals, deed: Deed) -> None:
    """Add an act of joining: of those of one member the first counts, in whatever order they come."""
    before = sums.joined.get(deed.member_id)
    is_first = not deed.is_void and (before is None or (deed.at_us, deed.id) < (before.at_us, before.id))
    for goal in sums.by_kind.get(ActKind.JOIN, ()):
        if _is_meant(goal, deed):
            _add(sums, goal, deed, 1.0 if is_first else 0.0)
        if is_first and before is not None and _is_meant(goal, before):
            _add(sums, goal, before, -1.0, number=0)
    if is_first:
        sums.joined[deed.member_id] = deed


def _is_meant(goal: CountedGoal, deed: Deed) -> bool:
    is_counted = not deed.is_void and goal.measure.object_id in (None, deed.object_id)
    return is_counted and goal.starts_on <= deed.counts_for <= goal.ends_on


def _add(sums: SumsOfGoals, goal: CountedGoal, deed: Deed, added: float, *, number: int = 1) -> None:
    total, so_far = sums.days.get((goal.id, deed.counts_for), (0.0, 0))
    sums.days[goal.id, deed.counts_for] = (total + added, so_far + number)


def _added(goal: CountedGoal, deed: Deed, day: int, seen: set[tuple[GoalId, int, MemberId]]) -> float:
    """Return by how much one act moves a goal."""
    if goal.measure.take is Take.COUNT:
        return 1.0
    if goal.measure.take is Take.SUM:
        return deed.value or 0.0
    if goal.measure.take is Take.LAST or (goal.id, day, deed.member_id) in seen:
        return 0.0  # The last value of all members together means nothing.
    seen.add((goal.id, day, deed.member_id))
    return 1.0


def _difference(
    after: Mapping[tuple[GoalId, int], tuple[float, int]], before: Mapping[tuple[GoalId, int], tuple[float, int]]
) -> dict[tuple[GoalId, int], tuple[float, int]]:
    changed = {}
    for key in {*after, *before}:
        total, number = after.get(key, (0.0, 0))
        old_total, old_number = before.get(key, (0.0, 0))
        if (total, number) != (old_total, old_number):
            changed[key] = (total - old_total, number - old_number)
    return changed


def _moves(around: Sequence[Deed], new_ids: Collection[ActId]) -> dict[MemberWeek, Award]:
    """Return how many points more everybody has by the new acts, also those whom they thank."""
    weeks: defaultdict[MemberWeek, list[Deed]] = defaultdict(list)
    for deed in around:
        weeks[deed.member_id, week_of(deed.day)].append(deed)
    moves: dict[MemberWeek, Award] = {}
    for (_, week), done in weeks.items():
        before = awards(deed for deed in done if deed.id not in new_ids)
        for whom, award in awards(done).items():
            had = before.get(whom, Award(0, 0))
            if award != had:
                so_far = moves.get((whom, week), Award(0, 0))
                moves[whom, week] = Award(
                    so_far.points + award.points - had.points, max(so_far.last_at_us, award.last_at_us)
                )
    return moves


def points_of_weeks(deeds: Iterable[Deed]) -> dict[MemberWeek, Award]:
    """Return everybody's points of each week, as far as they come from these acts."""
    weeks: defaultdict[MemberWeek, list[Deed]] = defaultdict(list)
    for deed in deeds:
        weeks[deed.member_id, week_of(deed.day)].append(deed)
    points: dict[MemberWeek, Award] = {}
    for (_, week), done in weeks.items():
        for whom, award in awards(done).items():
            so_far = points.get((whom, week), Award(0, 0))
            last = max(so_far.last_at_us, award.last_at_us)
            points[whom, week] = Award(so_far.points + award.points, last)
    return points


def _in_portions(member_ids: Collection[MemberId]) -> Iterable[list[MemberId]]:
    ordered = sorted(member_ids)  # One order for all: no deadlock.
    return (ordered[start : start + MEMBERS_AT_ONCE] for start in range(0, len(ordered), MEMBERS_AT_ONCE))


def act_by(
    member: Member,
    kind: ActKind,
    *,
    ids: Callable[[], int],
    at: datetime,
    key: str | None = None,
    zone: str | None = None,
    for_day: int | None = None,
    object_kind: ObjectKind | None = None,
    object_id: int | None = None,
    value: float | None = None,
    source: Source = NO_SOURCE,
    purpose: Purpose | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Act:
    """Return an act of a member, its local day frozen now; `zone`: where they are, unless it is where they live.

    Without a key it is an act that nobody tells twice. Raises FieldRefused for a zone that does not exist.
    """
    number = ActId(ids())
    where = zone or member.zone
    return Act(
        id=number,
        community_id=member.community_id,
        member_id=member.id,
        kind=kind,
        at=at,
        recorded_at=at,
        zone=where,
        day=local_day(at, zone_named(where)),
        key=key or f"{kind.value}-{number}",
        for_day=for_day,
        object_kind=object_kind,
        object_id=object_id,
        value=value,
        source=source,
        purpose=purpose,
        detail=detail or {},
    )


def send_act(
    community: Community,
    send_id: SendId,
    *,
    ids: Callable[[], int],
    at: datetime,
    purpose: Purpose,
    stimulus: Stimulus = NO_STIMULUS,
) -> Act:
    """Return the act of something said to all members at once."""
    return Act(
        id=ActId(ids()),
        community_id=community.id,
        member_id=None,
        kind=ActKind.SEND,
        at=at,
        recorded_at=at,
        zone=community.zone,
        day=local_day(at, zone_named(community.zone)),
        key=f"send-{send_id}",
        object_kind=ObjectKind.SEND,
        object_id=send_id,
        source=Source(send_id=send_id),
        purpose=purpose,
        stimulus=stimulus,
    )
