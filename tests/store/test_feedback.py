"""What an act changed is told with numbers, and what the sums show is what the log says. On every database."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from liulian.base.ids import BadgeId, CommunityId, GoalId, IdSource, MemberId, ServiceId
from liulian.community.acts import Act, ActKind
from liulian.community.checkins import Desk, Wish, check_in
from liulian.community.feedback import Feedback, Shown, keep, look, reward
from liulian.community.model import Badge, BadgeRule, BadgeRuleKind, Goal, Measure, Member, Reach, Take, Title
from liulian.community.people import MemberActor
from liulian.community.recording import act_by, record
from liulian.community.replay import differences
from liulian.storage.act_tables import goal_days, week_places
from liulian.storage.database import Database, Transaction
from liulian.storage.exchange_tables import thanks
from liulian.storage.rebuild import rebuild, shown_sums, tally_of
from tests.store.test_checkins import ASKING, TEA, a_challenge
from tests.web.members.a_community import NOON, TODAY, a_community, a_member

IDS = IdSource()
MONDAY = TODAY + 1


def a_goal(number: int, reach: Reach, take: Take, **changed: object) -> Goal:
    goal = Goal(
        id=GoalId(number),
        community_id=CommunityId(7),
        name="换成茶",
        reach=reach,
        unit="杯",
        baseline=0,
        target=20,
        starts_on=TODAY - 30,
        ends_on=TODAY + 30,
        measure=Measure(kind=ActKind.CHECK_IN, take=take),
        created_at=NOON,
        factor=0.05,
        factor_unit="公斤糖",
        factor_source="GB 28050",
    )
    return replace(goal, **changed)  # type: ignore[arg-type] # Each test names fields of a goal.


def a_badge(number: int, kind: BadgeRuleKind, at_least: int) -> Badge:
    return Badge(
        id=BadgeId(number),
        community_id=CommunityId(7),
        name="三日",
        emblem="🌱",
        about="连续三天",
        rule=BadgeRule(kind=kind, at_least=at_least),
        created_at=NOON,
    )


def shown(tx: Transaction) -> Shown:
    return Shown(log=tx.log, sums=tx.sums, definitions=tx.communities)


async def plant(database: Database, *others: Member) -> None:
    async with database.write() as tx:
        await tx.communities.add(ASKING.community)
        for member in (ASKING.member, *others):
            await tx.members.add(member)
        await tx.communities.services.add(a_challenge(proof="number", unit="杯", max=12, per_day=3))
        await tx.communities.goals.add(a_goal(1, Reach.MEMBER, Take.DAYS))
        await tx.communities.goals.add(a_goal(2, Reach.TOGETHER, Take.SUM))
        await tx.communities.badges.add(a_badge(3, BadgeRuleKind.STREAK, 2))
        await tx.communities.badges.add(a_badge(4, BadgeRuleKind.THANKS, 2))


async def act_of(database: Database, *, now: datetime, value: float = 2.0, asking: MemberActor = ASKING) -> Feedback:
    """Check in, look at what changed, and write that down."""
    async with database.write() as tx:
        desk = Desk(log=tx.log, services=tx.communities, proofs=tx.proofs, ids=IDS, now=now)
        wish = Wish(service_id=TEA, key=f"page-key-{IDS()}", value=value)
        done = await check_in(asking, wish, desk=desk)
    async with database.read() as tx:
        feedback = await look(asking, done.act, is_new=done.recorded.is_new, shown=shown(tx), done=done)
    async with database.write() as tx:
        return await keep(asking, feedback, log=tx.log, ids=IDS, now=now + timedelta(milliseconds=42), began=now)


async def test_check_in_tells_streak_place_goals_and_badge(database: Database) -> None:
    rival = a_member(id=MemberId(71), nickname="阿咖")
    await plant(database, rival)
    monday = NOON + timedelta(days=1)
    await act_of(database, now=NOON)
    await act_of(database, now=monday, asking=MemberActor(community=ASKING.community, member=rival))

    told = await act_of(database, now=monday + timedelta(hours=1), value=3.0)

    assert told.streak is not None
    assert told.streak_before is not None
    assert (told.streak_before.current, told.streak.current) == (1, 2)
    assert (told.points, told.week_points, told.rank_before, told.rank, told.competitors) == (2, 2, None, 2, 2)
    mine, ours = told.goals
    assert (mine.added, mine.progress.done, mine.week) == (1, 2, None)
    assert (ours.added, ours.progress.done, ours.week) == (3, 7, 5)
    assert ours.progress.meaning is not None
    assert round(ours.progress.meaning.amount, 2) == 0.35
    assert [badge.id for badge in told.badges] == [3]


async def test_badge_and_time_of_the_answer_are_in_the_log_once(database: Database) -> None:
    await plant(database)
    await act_of(database, now=NOON - timedelta(days=1))
    await act_of(database, now=NOON)
    told = await act_of(database, now=NOON + timedelta(hours=1))

    assert told.badges == ()
    async with database.read() as tx:
        badges = await tx.acts.of_member(ASKING.member.id, kinds=[ActKind.BADGE])
        answers = await tx.acts.of_member(ASKING.member.id, kinds=[ActKind.FEEDBACK])
    assert [act.object_id for act in badges] == [3]
    assert [act.value for act in answers] == [42.0, 42.0, 42.0]
    assert answers[-1].object_id == told.act_id


async def test_rank_rises_with_points(database: Database) -> None:
    rival = MemberActor(community=ASKING.community, member=a_member(id=MemberId(71)))
    await plant(database, rival.member)
    monday = NOON + timedelta(days=1)
    for asking in (rival, ASKING):
        monday += timedelta(minutes=1)
        await act_of(database, now=monday, asking=asking)

    told = await act_of(database, now=monday + timedelta(days=1))

    assert (told.rank_before, told.rank) == (2, 1)


async def test_who_wants_no_rank_hears_of_none(database: Database) -> None:
    shy = MemberActor(community=ASKING.community, member=a_member(id=MemberId(71), is_ranked=False))
    await plant(database, shy.member)

    told = await act_of(database, now=NOON, asking=shy)

    assert (told.points, told.rank, told.competitors) == (2, None, 0)
    async with database.read() as tx:
        assert await tx.sums.league_around(shy.member.id, week=TODAY - 6) == []


async def test_title_is_told_when_it_is_reached(database: Database) -> None:
    await plant(database)
    leaf = replace(ASKING.community.symbols, titles=(Title(name="芽", points=0), Title(name="叶", points=4)))
    asking = replace(ASKING, community=a_community(symbols=leaf))

    first = await act_of(database, now=NOON, asking=asking)
    second = await act_of(database, now=NOON + timedelta(days=1), asking=asking)

    assert (first.title, second.title) == (None, Title(name="叶", points=4))


async def test_thanks_of_different_members_earn_a_badge_for_whom_they_are_for(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        for giver in (81, 82):
            values = {
                "object_id": 900 + giver,
                "member_id": giver,
                "object_kind": "act",
                "to_member_id": ASKING.member.id,
                "community_id": 7,
                "created_at": NOON,
            }
            assert await reward(ASKING.member, shown=shown(tx), ids=IDS, now=NOON) == []
            await tx.connection.execute(insert(thanks), values)

        earned = await reward(ASKING.member, shown=shown(tx), ids=IDS, now=NOON)

    assert [badge.id for badge in earned] == [4]


def some_acts(chance: random.Random, everybody: list[Member]) -> list[Act]:
    """Return what many members may do in two weeks, as it may arrive."""
    acts = []
    for _ in range(150):
        member, other = chance.sample(everybody, 2)
        kind = chance.choice([ActKind.CHECK_IN] * 4 + [ActKind.MAKE_UP, ActKind.THANKS, ActKind.SOLVED, ActKind.VISIT])
        at = NOON + timedelta(minutes=chance.randrange(14 * 24 * 60))
        act = act_by(
            member,
            kind,
            ids=IDS,
            at=at,
            key=f"key-{chance.randrange(400)}",
            zone=chance.choice(["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"]),
            object_id=chance.choice([TEA, ServiceId(51)]),
            value=float(chance.randrange(5)),
            detail={"to": other.id} if kind in (ActKind.THANKS, ActKind.SOLVED) else None,
        )
        acts.append(replace(act, for_day=act.day - 1) if kind is ActKind.MAKE_UP else act)
    return acts


async def test_what_is_shown_is_what_the_log_says_computed_again(database: Database) -> None:
    chance = random.Random(7)
    everybody = [a_member(id=MemberId(100 + number), is_ranked=number != 3) for number in range(12)]
    await plant(database, *everybody)
    async with database.write() as tx:
        await tx.communities.goals.add(a_goal(5, Reach.TOGETHER, Take.DAYS))
        await tx.communities.goals.add(a_goal(6, Reach.TOGETHER, Take.COUNT, ends_on=TODAY + 5))
        acts = some_acts(chance, everybody)
        while acts:
            portion, acts = acts[: chance.randrange(1, 9)], acts[:-1]
            acts = [act for act in acts if act not in portion]
            await record(portion, log=tx.log, now=NOON)

    async with database.write() as tx:
        shown_now = await shown_sums(tx.connection, CommunityId(7))
        computed = (await tally_of(tx.connection, CommunityId(7), page=17)).sums()
        assert len(computed.places) > 20
        assert differences(shown_now, computed) == 0

        assert await rebuild(tx.connection, CommunityId(7)) == 0
        assert differences(await shown_sums(tx.connection, CommunityId(7)), computed) == 0


async def test_rebuilding_mends_sums_that_went_astray_and_says_how_many(database: Database) -> None:
    await plant(database)
    await act_of(database, now=NOON)
    async with database.write() as tx:
        await tx.connection.execute(goal_days.update().values(total=99.0))
        await tx.connection.execute(week_places.update().values(points=99.0))

        assert await rebuild(tx.connection, CommunityId(7)) == 2
        assert (await tx.connection.execute(select(goal_days.c.total))).scalars().all() == [2.0]
        assert (await tx.connection.execute(select(week_places.c.points))).scalars().all() == [2.0]
