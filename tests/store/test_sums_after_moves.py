"""Whoever is merged or erased: what is shown stays what the log says. On every database."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest

from liulian.base.ids import CommunityId, IdSource, MemberId
from liulian.community.acts import Act, ActKind, ObjectKind
from liulian.community.erasure import EraseDesk, erase
from liulian.community.merging import MergeDesk, merge
from liulian.community.model import CommunitySettings, Member, Reach, Take
from liulian.community.recording import act_by, record
from liulian.storage.database import Database, Transaction
from liulian.storage.rebuild import rebuild, shown_sums
from tests.store.test_checkins import TEA
from tests.store.test_feedback import a_goal, plant
from tests.web.members.a_community import NOON, a_community, a_member

IDS = IdSource()
COMMUNITY = CommunityId(7)


async def live(tx: Transaction, everybody: list[Member], *, seed: int) -> None:
    """Let members check in and thank each other for ten days, one act after another."""
    chance, done = random.Random(seed), list[Act]()
    for _ in range(80):
        member, at = chance.choice(everybody), NOON + timedelta(minutes=chance.randrange(10 * 24 * 60))
        act = act_by(member, ActKind.CHECK_IN, ids=IDS, at=at, object_id=TEA, value=float(chance.randrange(4)))
        others = [each for each in done if each.member_id != member.id]
        if others and chance.random() < 0.4:
            thanked = chance.choice(others)
            act = act_by(
                member,
                ActKind.THANKS,
                ids=IDS,
                at=at,
                object_kind=ObjectKind.ACT,
                object_id=thanked.id,
                detail={"to": thanked.member_id},
            )
        else:
            done.append(act)
        await record([act], log=tx.log, now=NOON)


@pytest.mark.parametrize("seed", range(3))
async def test_merging_two_members_moves_the_sums_as_the_log_says(database: Database, seed: int) -> None:
    everybody = [a_member(id=MemberId(100 + number), joined_at=NOON + timedelta(hours=number)) for number in range(5)]
    await plant(database, *everybody)
    async with database.write() as tx:
        await tx.communities.goals.add(a_goal(5, Reach.TOGETHER, Take.DAYS))
        await live(tx, everybody, seed=seed)
        await merge(everybody[0], everybody[3], desk=MergeDesk(tx=tx, ids=IDS, now=NOON))

        assert len((await shown_sums(tx.connection, COMMUNITY)).places) >= 4
        assert await rebuild(tx.connection, COMMUNITY) == 0


async def test_erasing_a_member_leaves_every_count_as_it_was(database: Database) -> None:
    everybody = [a_member(id=MemberId(100 + number)) for number in range(4)]
    await plant(database, *everybody)
    async with database.write() as tx:
        await live(tx, everybody, seed=9)
        before = await shown_sums(tx.connection, COMMUNITY)
        await erase(everybody[1], desk=EraseDesk(tx=tx, ids=IDS, now=NOON))

        after = await shown_sums(tx.connection, COMMUNITY)
        assert after.goals == before.goals
        assert sorted(after.places.values()) == sorted(before.places.values())
        assert await rebuild(tx.connection, COMMUNITY) == 0


async def test_many_who_begin_at_once_fill_leagues_to_the_last_place(database: Database) -> None:
    everybody = [a_member(id=MemberId(100 + number)) for number in range(24)]
    async with database.write() as tx:
        await tx.communities.add(a_community(settings=CommunitySettings(league_size=5)))
        for member in everybody:
            await tx.members.add(member)

    async def begin(member: Member) -> None:
        for key in ("one-tap", "one-tap", f"another-{IDS()}"):
            act = act_by(member, ActKind.CHECK_IN, ids=IDS, at=NOON, key=f"{key}-{member.id}", object_id=TEA)
            async with database.write() as tx:
                await record([act], log=tx.log, now=NOON)

    await asyncio.gather(*(begin(member) for member in (*everybody, *everybody)))

    async with database.write() as tx:
        places = (await shown_sums(tx.connection, COMMUNITY)).places.values()
        assert sorted(Counter(place.league for place in places).values()) == [4, 5, 5, 5, 5]
        assert {place.points for place in places} == {2}
        assert await rebuild(tx.connection, COMMUNITY) == 0
