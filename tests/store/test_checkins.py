"""Checking in, making up, pausing and going on, on every database."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from liulian.base.errors import AppError, InvalidRequest, NotFound
from liulian.base.ids import CommunityId, FileId, IdSource, ServiceId
from liulian.community.acts import ActKind, Purpose
from liulian.community.checkins import (
    ChallengeNotOpen,
    ChallengeNotPaused,
    ChallengePaused,
    DayDone,
    Desk,
    Done,
    DoneThisWeek,
    DoneToday,
    NoMakingUp,
    Wish,
    check_in,
    make_up,
    pause,
    resume,
)
from liulian.community.model import CommunityState, Service, ServiceKind, ServiceState
from liulian.community.people import MemberActor
from liulian.storage.database import Database, Transaction
from liulian.storage.member_tables import check_in_notes, member_files
from tests.web.members.a_community import NOON, TODAY, a_community, a_member

TEA = ServiceId(50)
IDS = IdSource()
ASKING = MemberActor(
    community=a_community(), member=a_member(joined_at=NOON - timedelta(days=30), joined_on=TODAY - 30)
)
Doing = Callable[..., Awaitable[Done]]


def a_challenge(*, state: ServiceState = ServiceState.ACTIVE, **definition: object) -> Service:
    return Service(
        id=TEA,
        community_id=CommunityId(7),
        kind=ServiceKind.CHALLENGE,
        name="一天一杯茶",
        state=state,
        purpose=Purpose.PROBLEM,
        version=1,
        definition={"task": "喝一杯无糖茶", **definition},
        created_at=NOON,
        updated_at=NOON,
    )


async def plant(database: Database, service: Service) -> None:
    async with database.write() as tx:
        await tx.communities.add(ASKING.community)
        await tx.members.add(ASKING.member)
        await tx.communities.services.add(service)


def desk(tx: Transaction, *, now: datetime = NOON) -> Desk:
    return Desk(log=tx.log, services=tx.communities, proofs=tx.proofs, ids=IDS, now=now)


async def do(
    database: Database, doing: Doing = check_in, *, now: datetime = NOON, asking: MemberActor = ASKING, **wish: object
) -> Done:
    asked = Wish(service_id=TEA, **{"key": f"page-key-{IDS()}", **wish})  # type: ignore[arg-type] # Named by each test.
    async with database.write() as tx:
        return await doing(asking, asked, desk=desk(tx, now=now))


async def refusal(
    database: Database, doing: Doing = check_in, error: type[AppError] = InvalidRequest, **wish: object
) -> str:
    """Return the code by which an act is refused, that of its field where it is one field's."""
    with pytest.raises(error) as refused:
        await do(database, doing, **wish)  # type: ignore[arg-type] # Named by each test.
    return refused.value.errors[0].code if refused.value.errors else refused.value.code


async def test_check_in_is_written_and_begins_a_streak(database: Database) -> None:
    await plant(database, a_challenge())

    done = await do(database)

    assert (done.recorded.is_new, done.before.current, done.after.current) == (True, 0, 1)
    async with database.read() as tx:
        (act,) = await tx.acts.of_member(ASKING.member.id, kinds=[ActKind.CHECK_IN])
    assert (act.day, act.object_id, act.purpose, act.at) == (TODAY, TEA, Purpose.PROBLEM, NOON)
    assert str(ASKING.member.id) not in act.key.split("-")


async def test_same_key_is_one_check_in_and_gets_the_same_answer(database: Database) -> None:
    await plant(database, a_challenge())
    first = await do(database, key="one-and-only")

    again = await do(database, key="one-and-only")

    assert again.recorded.act_id == first.recorded.act_id
    assert not again.recorded.is_new
    assert again.after == first.after


async def test_day_takes_as_many_check_ins_as_it_was_given(database: Database) -> None:
    await plant(database, a_challenge(per_day=2))
    for _ in range(2):
        await do(database)

    assert await refusal(database, error=DoneToday) == "challenge_done_today"


async def test_week_takes_as_many_check_ins_as_it_was_given(database: Database) -> None:
    await plant(database, a_challenge(times_per_week=2, per_week=2))
    for days in (1, 0):
        await do(database, now=NOON - timedelta(days=days))

    sunday = NOON + timedelta(days=0, hours=11)
    assert await refusal(database, error=DoneToday, now=sunday) == "challenge_done_today"
    assert (await do(database, now=NOON + timedelta(days=1))).recorded.is_new  # Monday.
    await do(database, now=NOON + timedelta(days=2))
    assert await refusal(database, error=DoneThisWeek, now=NOON + timedelta(days=3)) == "challenge_done_this_week"


async def test_check_in_without_network_counts_for_its_own_day_where_it_was_made(database: Database) -> None:
    await plant(database, a_challenge())

    done = await do(database, at=NOON - timedelta(hours=40), zone="America/New_York")

    assert (done.act.day, done.act.zone) == (TODAY - 2, "America/New_York")
    assert done.act.at == NOON - timedelta(hours=40)


async def test_check_in_of_the_future_or_of_long_ago_is_refused_and_a_clock_a_little_ahead_is_not(
    database: Database,
) -> None:
    await plant(database, a_challenge())

    assert await refusal(database, at=NOON + timedelta(minutes=6)) == "check_in_future"
    assert await refusal(database, at=NOON - timedelta(hours=49)) == "check_in_too_old"
    assert (await do(database, at=NOON + timedelta(minutes=4))).act.at == NOON


async def test_zone_that_does_not_exist_is_the_members_own(database: Database) -> None:
    await plant(database, a_challenge())

    assert (await do(database, zone="Tea/House")).act.zone == "Asia/Shanghai"


async def test_number_within_its_bounds_is_the_proof(database: Database) -> None:
    await plant(database, a_challenge(proof="number", unit="杯", max=12))

    assert await refusal(database) == "proof_number_missing"
    assert await refusal(database, value=13.0) == "field_range"
    assert (await do(database, value=2.0)).act.value == 2.0


async def test_text_is_kept_beside_the_log_and_not_in_it(database: Database) -> None:
    await plant(database, a_challenge(proof="text"))

    assert await refusal(database, note="  ") == "proof_text_missing"
    done = await do(database, note="今天喝的是龙井")
    async with database.read() as tx:
        assert await tx.proofs.notes_of([done.act.id]) == {done.act.id: "今天喝的是龙井"}
        assert (await tx.connection.execute(select(check_in_notes.c.member_id))).scalar() == ASKING.member.id
        (act,) = await tx.acts.of_member(ASKING.member.id, kinds=[ActKind.CHECK_IN])
    assert "龙井" not in str(act)


async def test_photo_proves_one_check_in_of_its_owner(database: Database) -> None:
    await plant(database, a_challenge(proof="photo", per_day=3))
    photo = {
        "community_id": 7,
        "bytes": 1,
        "sha256": b"x",
        "created_at": NOON,
    }
    async with database.write() as tx:
        await tx.connection.execute(insert(member_files), {**photo, "id": 1, "member_id": ASKING.member.id})
        await tx.connection.execute(insert(member_files), {**photo, "id": 2, "member_id": 99})

    assert await refusal(database) == "proof_photo_missing"
    assert await refusal(database, photo_id=FileId(2)) == "proof_photo_missing"
    assert (await do(database, photo_id=FileId(1))).recorded.is_new
    assert await refusal(database, photo_id=FileId(1)) == "proof_photo_missing"


async def test_missed_day_is_made_up_within_the_window(database: Database) -> None:
    await plant(database, a_challenge(make_up_days=2))
    for days in (3, 0):
        await do(database, now=NOON - timedelta(days=days))

    done = await do(database, make_up, for_day=TODAY - 1)

    assert (done.act.day, done.act.for_day) == (TODAY, TODAY - 1)
    assert done.after.freezes_left == done.before.freezes_left + 1
    assert await refusal(database, make_up, DayDone, for_day=TODAY - 1) == "challenge_day_done"
    assert await refusal(database, make_up, for_day=TODAY - 3) == "make_up_too_late"
    assert await refusal(database, make_up, for_day=TODAY) == "make_up_not_earlier"


async def test_challenge_without_making_up_says_so(database: Database) -> None:
    await plant(database, a_challenge(make_up_days=0))

    assert await refusal(database, make_up, NoMakingUp, for_day=TODAY - 1) == "make_up_not_offered"


async def test_pause_takes_no_check_in_until_it_is_ended(database: Database) -> None:
    await plant(database, a_challenge(pause_days=10))
    assert await refusal(database, resume, ChallengeNotPaused) == "challenge_not_paused"
    assert await refusal(database, pause, days=11) == "pause_too_long"

    assert (await do(database, pause, days=5)).after.paused_until == TODAY + 4

    assert await refusal(database, pause, ChallengePaused, days=2) == "challenge_paused"
    assert await refusal(database, error=ChallengePaused) == "challenge_paused"
    later = NOON + timedelta(minutes=1)
    assert (await do(database, resume, now=later)).after.paused_until is None
    assert (await do(database, now=later)).after.current == 1


@pytest.mark.parametrize(
    ("service", "error"),
    [(a_challenge(state=ServiceState.ENDED), ChallengeNotOpen), (a_challenge(state=ServiceState.DRAFT), NotFound)],
)
async def test_challenge_that_is_not_active_takes_nothing(
    database: Database, service: Service, error: type[AppError]
) -> None:
    await plant(database, service)

    assert await refusal(database, error=error)


async def test_closed_community_takes_nothing(database: Database) -> None:
    await plant(database, a_challenge())
    closed = MemberActor(community=a_community(state=CommunityState.CLOSED), member=ASKING.member)

    assert await refusal(database, error=ChallengeNotOpen, asking=closed) == "challenge_not_open"


async def test_programme_that_begins_tomorrow_takes_nothing_yet(database: Database) -> None:
    await plant(database, a_challenge(starts_on="2026-03-02", days=3))

    assert await refusal(database, error=ChallengeNotOpen) == "challenge_not_open"
    assert (await do(database, now=NOON + timedelta(days=1))).after.programme_day == 1
    assert await refusal(database, error=ChallengeNotOpen, now=NOON + timedelta(days=4)) == "challenge_not_open"
