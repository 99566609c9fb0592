"""Acts and their sums are written together, and sums are what the log says. On every database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from liulian.base.i18n import Language
from liulian.base.ids import ActId, CommunityId, IdSource, MemberId
from liulian.community.acts import Act, ActKind
from liulian.community.days import week_of
from liulian.community.model import Member, MemberState, Recorded
from liulian.community.recording import act_by, record
from liulian.storage.act_tables import goal_days, week_places
from liulian.storage.community_tables import communities, goals
from liulian.storage.database import Database, Transaction
from liulian.storage.member_tables import members

NOW = datetime(2026, 3, 4, 4, tzinfo=UTC)  # A Wednesday, noon in Shanghai.
TODAY = 20_516
TEA = CommunityId(7)
CUPS, DAYS = 31, 32
IDS = IdSource()


def a_member(number: int = 70, **changed: object) -> Member:
    member = Member(
        id=MemberId(number),
        community_id=TEA,
        state=MemberState.ACTIVE,
        nickname=f"m{number}",
        zone="Asia/Shanghai",
        language=Language.ZH,
        joined_at=NOW,
        joined_on=TODAY,
    )
    return replace(member, **changed)  # type: ignore[arg-type] # Each test names fields of a member.


async def put_members(tx: Transaction, all_of_them: Sequence[Member]) -> None:
    rows = [
        {
            "id": member.id,
            "community_id": member.community_id,
            "state": member.state.value,
            "nickname": member.nickname,
            "zone": member.zone,
            "language": member.language.value,
            "joined_at": member.joined_at,
            "joined_on": member.joined_on,
            "is_ranked": int(member.is_ranked),
        }
        for member in all_of_them
    ]
    await tx.connection.execute(insert(members), rows)


async def put_community(tx: Transaction, *, league_size: int = 30) -> None:
    values = {
        "id": TEA,
        "workspace_id": 1,
        "slug": "tea",
        "name": "茶",
        "state": "open",
        "language": "zh-CN",
        "zone": "Asia/Shanghai",
        "problem_who": "a",
        "problem_situation": "b",
        "problem_outcome": "c",
        "symbols": "{}",
        "settings": f'{{"league_size": {league_size}}}',
        "created_at": NOW,
        "updated_at": NOW,
    }
    await tx.connection.execute(insert(communities), values)
    for number, take in ((CUPS, "sum"), (DAYS, "days")):
        goal = {
            "id": number,
            "community_id": TEA,
            "name": take,
            "created_at": NOW,
            "reach": "together",
            "unit": "杯",
            "baseline": 0.0,
            "target": 100.0,
            "starts_on": TODAY - 10,
            "ends_on": TODAY + 10,
            "measure": f'{{"kind": "check_in", "take": "{take}", "object_id": null}}',
        }
        await tx.connection.execute(insert(goals), goal)


def a_check_in(member: Member, *, at: datetime = NOW, key: str | None = None, value: float = 2.0) -> Act:
    return act_by(member, ActKind.CHECK_IN, ids=IDS, at=at, key=key, object_id=50, value=value)


async def sums_of(tx: Transaction) -> dict[tuple[int, int], tuple[float, int]]:
    rows = await tx.connection.execute(select(goal_days))
    return {(row.goal_id, row.day): (row.total, row.acts) for row in rows}


async def places_of(tx: Transaction) -> dict[int, tuple[int, float]]:
    rows = await tx.connection.execute(select(week_places).where(week_places.c.week == week_of(TODAY)))
    return {row.member_id: (row.league, row.points) for row in rows}


async def test_act_moves_the_sums_once_however_often_it_is_told(database: Database) -> None:
    member = a_member()
    async with database.write() as tx:
        await put_community(tx)
        await put_members(tx, [member])
        act = a_check_in(member, key="from-the-page")
        first = await record([act], log=tx.log, now=NOW)
        again = await record([replace(act, id=ActId(IDS()))], log=tx.log, now=NOW)

    async with database.read() as tx:
        assert first == [Recorded(act_id=act.id, is_new=True)]
        assert again == [Recorded(act_id=act.id, is_new=False)]
        assert await sums_of(tx) == {(CUPS, TODAY): (2.0, 1), (DAYS, TODAY): (1.0, 1)}
        assert await places_of(tx) == {member.id: (1, 2)}


async def test_second_cup_of_a_day_is_more_tea_but_no_more_days(database: Database) -> None:
    member = a_member()
    async with database.write() as tx:
        await put_community(tx)
        await put_members(tx, [member])
        await record([a_check_in(member)], log=tx.log, now=NOW)
        await record([a_check_in(member, at=NOW + timedelta(hours=1), value=1.5)], log=tx.log, now=NOW)

        assert await sums_of(tx) == {(CUPS, TODAY): (3.5, 2), (DAYS, TODAY): (1.0, 2)}
        assert await places_of(tx) == {member.id: (1, 2)}


async def test_what_is_made_up_counts_for_its_own_day(database: Database) -> None:
    member = a_member()
    async with database.write() as tx:
        await put_community(tx)
        await put_members(tx, [member])
        late = act_by(member, ActKind.MAKE_UP, ids=IDS, at=NOW, for_day=TODAY - 1, object_id=50, value=1.0)
        await record([late], log=tx.log, now=NOW)

        assert await sums_of(tx) == {(CUPS, TODAY - 1): (1.0, 1), (DAYS, TODAY - 1): (1.0, 1)}


async def test_leagues_fill_one_after_another_and_hold_no_more_than_they_may(database: Database) -> None:
    everybody = [a_member(number) for number in range(70, 77)]
    async with database.write() as tx:
        await put_community(tx, league_size=3)
        await put_members(tx, everybody)
        await record([a_check_in(member) for member in everybody[:2]], log=tx.log, now=NOW)
        for member in everybody[2:]:
            await record([a_check_in(member)], log=tx.log, now=NOW)

        leagues = [league for _, (league, _) in sorted((await places_of(tx)).items())]
    assert leagues == [1, 1, 1, 2, 2, 2, 3]


async def test_who_wants_no_rank_gets_no_place(database: Database) -> None:
    shy = a_member(is_ranked=False)
    async with database.write() as tx:
        await put_community(tx)
        await put_members(tx, [shy])
        await record([a_check_in(shy)], log=tx.log, now=NOW)

        assert await places_of(tx) == {shy.id: (0, 2)}


async def test_thanks_give_points_to_whom_they_are_for(database: Database) -> None:
    giver, helper = a_member(70), a_member(71)
    async with database.write() as tx:
        await put_community(tx)
        await put_members(tx, [giver, helper])
        for _ in range(3):
            act = act_by(giver, ActKind.THANKS, ids=IDS, at=NOW, object_id=IDS(), detail={"to": helper.id})
            await record([act], log=tx.log, now=NOW)

        assert await places_of(tx) == {helper.id: (0, 3)}
        await record([a_check_in(helper)], log=tx.log, now=NOW)
        assert await places_of(tx) == {helper.id: (1, 5)}
