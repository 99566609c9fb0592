"""Those who tap in the same moment are judged and told as if one came after the other. On every database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, insert, select

from liulian.base.errors import AppError, NotFound
from liulian.base.ids import CommunityId, FileId, IdSource, MemberId, ServiceId
from liulian.community.acts import ActKind
from liulian.community.checkins import Desk, DoneThisWeek, DoneToday, Tap, Wish
from liulian.community.counting import Counted, Counting, count
from liulian.community.model import BadgeRuleKind, CommunitySettings, Member, Reach, Take, Title
from liulian.community.people import MemberActor
from liulian.community.replay import differences
from liulian.storage.act_tables import acts, week_places
from liulian.storage.database import Database, Transaction
from liulian.storage.member_tables import check_in_notes, member_files
from liulian.storage.rebuild import shown_sums, tally_of
from tests.store.test_checkins import TEA, a_challenge
from tests.store.test_feedback import a_badge, a_goal
from tests.web.members.a_community import NOON, TODAY, a_community, a_member

IDS = IdSource()
STATEMENTS_MAX = 18  # For one as for many.
LEAF = replace(a_community().symbols, titles=(Title(name="芽", points=0), Title(name="叶", points=4)))
COMMUNITY = a_community(symbols=LEAF, settings=CommunitySettings(league_size=3))
NUMBER = {"proof": "number", "unit": "杯", "max": 12}
MONDAY = NOON + timedelta(days=1)


def member(number: int, community: CommunityId = COMMUNITY.id) -> Member:
    joined = {"joined_at": NOON - timedelta(days=30), "joined_on": TODAY - 30}
    return a_member(id=MemberId(number), community_id=community, nickname=f"成员{number}", **joined)


def tap(number: int, *, key: str = "", kind: ActKind = ActKind.CHECK_IN, now: datetime = MONDAY, **wish: object) -> Tap:
    return Tap(
        asking=MemberActor(community=COMMUNITY, member=member(number)),
        kind=kind,
        wish=Wish(**{"service_id": TEA, "key": key or f"page-key-{IDS()}", "value": 2.0, **wish}),  # type: ignore[arg-type]
        now=now,
    )


async def plant(database: Database, *numbers: int, **definition: object) -> None:
    async with database.write() as tx:
        await tx.communities.add(COMMUNITY)
        for number in numbers:
            await tx.members.add(member(number))
        await tx.communities.services.add(a_challenge(**{**NUMBER, **definition}))  # type: ignore[arg-type]
        await tx.communities.goals.add(a_goal(1, Reach.MEMBER, Take.DAYS))
        await tx.communities.goals.add(a_goal(2, Reach.TOGETHER, Take.SUM))
        await tx.communities.goals.add(a_goal(5, Reach.TOGETHER, Take.DAYS))
        await tx.communities.badges.add(a_badge(3, BadgeRuleKind.STREAK, 2))
        await tx.communities.badges.add(a_badge(4, BadgeRuleKind.CHECK_INS, 1))


async def take(database: Database, taps: Sequence[Tap]) -> list[Counted | AppError]:
    """Count taps as the counter does: in one transaction."""

    async def work(tx: Transaction) -> list[Counted | AppError]:
        now = max(tap.now for tap in taps) + timedelta(milliseconds=42)
        desk = Desk(log=tx.log, services=tx.communities, proofs=tx.proofs, ids=IDS, now=now)
        counting = Counting(desk=desk, sums=tx.sums, definitions=tx.communities, clock=lambda: now)
        return await count(taps, counting=counting)

    return await database.at_once(work)


async def number_of(database: Database, kind: ActKind) -> int:
    async with database.read() as tx:
        return int(await tx.connection.scalar(select(func.count()).where(acts.c.kind == kind.value)) or 0)


def told(answers: Sequence[Counted | AppError]) -> list[Counted]:
    done = [each for each in answers if isinstance(each, Counted)]
    assert len(done) == len(answers), answers
    return done


async def test_all_are_told_their_own_and_sums_are_what_the_log_says(database: Database) -> None:
    await plant(database, *range(71, 78))
    told(await take(database, [tap(number) for number in range(71, 78)]))

    tomorrow = MONDAY + timedelta(days=1)
    answers = told(await take(database, [tap(number, now=tomorrow) for number in (77, 71, 72)]))

    assert [each.done.after.current for each in answers] == [2, 2, 2]
    assert [[badge.id for badge in each.feedback.badges] for each in answers] == [[3], [3], [3]]
    assert [each.feedback.title for each in answers] == [Title(name="叶", points=4)] * 3
    assert [each.feedback.week_points for each in answers] == [4, 4, 4]
    assert [(each.feedback.rank, each.feedback.competitors) for each in answers] == [(1, 1), (1, 3), (1, 3)]
    assert {moved.progress.done for each in answers for moved in each.feedback.goals[1:2]} == {20}
    assert (await number_of(database, ActKind.FEEDBACK), await number_of(database, ActKind.BADGE)) == (10, 10)
    async with database.read() as tx:
        computed = (await tally_of(tx.connection, COMMUNITY.id)).sums()
        assert differences(await shown_sums(tx.connection, COMMUNITY.id), computed) == 0


async def test_nobody_together_hears_anything_else_than_one_after_the_other(database: Database) -> None:
    alone = [71, 72]
    await plant(database, *alone, 81, 82)
    (one,), (two,) = [told(await take(database, [tap(number)])) for number in alone]

    three, four = told(await take(database, [tap(81), tap(82)]))

    assert [each.feedback.points for each in (one, two, three, four)] == [2, 2, 2, 2]
    assert [each.feedback.rank_before for each in (three, four)] == [None, None]
    assert three.feedback.streak == one.feedback.streak
    assert four.feedback.goals[0].added == two.feedback.goals[0].added == 1


async def test_leagues_are_filled_one_after_another(database: Database) -> None:
    numbers = range(71, 79)
    await plant(database, *numbers)

    await take(database, [tap(number) for number in numbers])

    async with database.read() as tx:
        rows = await tx.connection.execute(select(week_places.c.member_id, week_places.c.league))
        leagues = {row.member_id: row.league for row in rows}
    assert [leagues[number] for number in numbers] == [1, 1, 1, 2, 2, 2, 3, 3]


async def test_two_taps_of_one_member_are_one_check_in(database: Database) -> None:
    await plant(database, 71, 72)

    first, second, other = await take(database, [tap(71), tap(71), tap(72)])

    assert isinstance(first, Counted)
    assert isinstance(second, DoneToday)
    assert isinstance(other, Counted)
    assert await number_of(database, ActKind.CHECK_IN) == 2


async def test_a_week_takes_no_more_together_than_one_after_the_other(database: Database) -> None:
    await plant(database, 71, per_day=3, per_week=2, times_per_week=2)

    answers = await take(database, [tap(71) for _ in range(3)])

    assert [type(each) for each in answers] == [Counted, Counted, DoneThisWeek]


async def test_one_key_is_one_act_also_in_one_moment(database: Database) -> None:
    await plant(database, 71)

    first, again = told(await take(database, [tap(71, key="a-tap-1234"), tap(71, key="a-tap-1234")]))
    (later,) = told(await take(database, [tap(71, key="a-tap-1234")]))

    assert [each.done.recorded.is_new for each in (first, again, later)] == [True, False, False]
    assert len({each.feedback.act_id for each in (first, again, later)}) == 1
    assert (await number_of(database, ActKind.CHECK_IN), await number_of(database, ActKind.FEEDBACK)) == (1, 1)


async def test_refusal_is_for_one_tap_alone(database: Database) -> None:
    await plant(database, 71, 72, 73, 74)

    answers = await take(
        database,
        [
            tap(71),
            tap(72, value=99.0),
            tap(73, key="?"),
            tap(74, service_id=ServiceId(9)),
            tap(74, kind=ActKind.RESUME),
            tap(72),
        ],
    )

    codes = [each.code if isinstance(each, AppError) else "counted" for each in answers]
    assert codes == ["counted", "invalid_request", "invalid_request", "not_found", "challenge_not_paused", "counted"]
    assert await number_of(database, ActKind.CHECK_IN) == 2


async def test_pause_holds_for_the_tap_that_comes_after_it(database: Database) -> None:
    await plant(database, 71)

    paused, refused, resumed, done = await take(
        database,
        [
            tap(71, kind=ActKind.PAUSE, days=3),
            tap(71),
            tap(71, kind=ActKind.RESUME, now=MONDAY + timedelta(seconds=1)),
            tap(71, now=MONDAY + timedelta(seconds=2)),
        ],
    )

    assert [type(each).__name__ for each in (paused, refused, resumed, done)] == [
        "Counted",
        "ChallengePaused",
        "Counted",
        "Counted",
    ]


async def test_texts_and_photos_belong_to_their_own_acts(database: Database) -> None:
    await plant(database, 71, 72, proof="text")
    one, two = told(await take(database, [tap(71, note="红茶"), tap(72, note="绿茶")]))

    async with database.read() as tx:
        rows = await tx.connection.execute(select(check_in_notes.c.act_id, check_in_notes.c.body))
        assert {row.act_id: row.body for row in rows} == {one.done.act.id: "红茶", two.done.act.id: "绿茶"}


async def test_photo_of_another_member_proves_nothing_and_harms_nobody(database: Database) -> None:
    await plant(database, 71, 72, proof="photo")
    async with database.write() as tx:
        mine = {"id": 900, "community_id": 7, "member_id": 71, "bytes": 1, "sha256": b"x", "created_at": NOON}
        await tx.connection.execute(insert(member_files), mine)

    stolen, own = await take(database, [tap(72, photo_id=FileId(900)), tap(71, photo_id=FileId(900))])

    assert isinstance(stolen, AppError)
    assert isinstance(own, Counted)
    async with database.read() as tx:
        assert await tx.connection.scalar(select(member_files.c.act_id)) == own.done.act.id


async def test_taps_of_several_communities_are_counted_together(database: Database) -> None:
    await plant(database, 71)
    other = a_community(id=CommunityId(6), slug="coffee")
    stranger = member(61, other.id)
    async with database.write() as tx:
        await tx.communities.add(other)
        await tx.members.add(stranger)
        await tx.communities.services.add(replace(a_challenge(), id=ServiceId(60), community_id=other.id))
    theirs = replace(tap(61, service_id=ServiceId(60)), asking=MemberActor(community=other, member=stranger))
    foreign = replace(tap(61), asking=MemberActor(community=other, member=stranger))

    ours, refused, done = await take(database, [tap(71), foreign, theirs])

    assert isinstance(ours, Counted)
    assert isinstance(refused, NotFound)
    assert isinstance(done, Counted)
    assert (done.feedback.rank, done.feedback.competitors, done.feedback.goals) == (1, 1, ())


@pytest.mark.parametrize("number", [1, 12])
async def test_number_of_statements_does_not_grow_with_those_who_come(database: Database, number: int) -> None:
    numbers = range(71, 71 + number)
    await plant(database, *numbers)
    await take(database, [tap(each) for each in numbers])
    now = MONDAY + timedelta(days=1)

    statements: list[str] = []

    async with database.write() as tx:  # What goes in one trip is not seen from here.
        event.listen(tx.connection.sync_connection, "before_cursor_execute", lambda *said: statements.append(said[2]))
        desk = Desk(log=tx.log, services=tx.communities, proofs=tx.proofs, ids=IDS, now=now)
        counting = Counting(desk=desk, sums=tx.sums, definitions=tx.communities, clock=lambda: now)
        told(await count([tap(each, now=now) for each in numbers], counting=counting))

    assert 10 < len(statements) <= STATEMENTS_MAX, statements
