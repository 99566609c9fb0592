"""Self-tests taken, attendance and addresses of calendars, on every database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liulian.base.errors import InvalidRequest
from liulian.base.i18n import Language
from liulian.base.ids import ActId, CommunityId, IdSource, MemberId, RitualId, ServiceId, WorkspaceId, encode_id
from liulian.community.acts import ActKind, Purpose
from liulian.community.answers import Attempt
from liulian.community.attempts import (
    SelfTestChanged,
    SelfTestClosed,
    Taking,
    advice_act,
    advice_for,
    change_in,
    take,
)
from liulian.community.attendance import attend
from liulian.community.consents import HealthConsentNeeded, agree
from liulian.community.feeds import find_feed, renew_feed
from liulian.community.joining import Desk, leave
from liulian.community.model import (
    Community,
    CommunityState,
    Member,
    Problem,
    Service,
    ServiceKind,
    ServiceState,
    Symbols,
)
from liulian.community.people import ConsentKind
from liulian.community.recording import record
from liulian.community.results import BandCount, count_there
from liulian.community.self_tests import check_self_test
from liulian.storage.database import Database, Transaction
from tests.unit.community.a_ritual import FIRST, a_member, a_ritual

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TEA = CommunityId(7)
ids = IdSource()

COMMUNITY = Community(
    id=TEA,
    workspace_id=WorkspaceId(1),
    slug="tea",
    name="茶饮健康",
    state=CommunityState.OPEN,
    language=Language.ZH,
    zone="Asia/Shanghai",
    problem=Problem(who="上班族", situation="下午犯困", outcome="喝得清爽"),
    symbols=Symbols(member_name="主人", staff_name="松鼠酱", emblem="🍵"),
    created_at=NOON,
    updated_at=NOON,
)
DEFINITION: dict[str, Any] = {
    "items": [{"key": "cups", "kind": "number", "text": "每天几杯？", "min": 0, "max": 6}],
    "bands": [{"key": "low", "from": 0, "to": 2, "name": "清爽"}, {"key": "high", "from": 3, "to": 6, "name": "偏甜"}],
    "better": "lower",
    "change": {"value": 2, "source": "两周重测"},
}


def a_service(**changed: Any) -> Service:
    service = Service(
        id=ServiceId(77),
        community_id=TEA,
        kind=ServiceKind.SELF_TEST,
        name="甜度自测",
        state=ServiceState.ACTIVE,
        purpose=Purpose.PROBLEM,
        version=1,
        definition=DEFINITION,
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(service, **changed)


ADVICE = a_service(
    id=ServiceId(78),
    kind=ServiceKind.ADVICE,
    definition={
        "self_test": encode_id(77),
        "general": "多喝水。",
        "rules": [{"key": "less", "text": "先减一杯。", "when": {"all": [{"band": "high"}]}}],
    },
)


@dataclass
class Room:
    """A transaction with a member who agreed to health answers."""

    tx: Transaction
    member: Member

    async def take(self, cups: str, *, service: Service | None = None, at: datetime = NOON, **more: Any) -> Attempt:
        desk = Taking(tx=self.tx, ids=ids, now=at)
        service = service or a_service()
        version = more.pop("version", 1)
        taken = await take(COMMUNITY, self.member, service, {"cups": [cups]}, version=version, desk=desk, **more)
        return taken.attempt


@asynccontextmanager
async def a_room(database: Database, *, agrees: bool = True, member_id: int = 70) -> AsyncIterator[Room]:
    member = a_member(id=MemberId(member_id))
    async with database.write() as tx:
        await tx.members.add(member)
        if agrees:
            await agree(member, ConsentKind.HEALTH, desk=Desk(tx=tx, ids=ids, now=NOON))
        yield Room(tx=tx, member=member)


@asynccontextmanager
async def a_room_of_another(room: Room) -> AsyncIterator[Room]:
    """Give a member in the same transaction who never agreed to health answers."""
    another = a_member(id=MemberId(71))
    await room.tx.members.add(another)
    yield Room(tx=room.tx, member=another)


async def test_attempt_is_kept_and_noted_without_its_answers(database: Database) -> None:
    async with a_room(database) as room:
        attempt = await room.take("4")
        (act,) = await room.tx.acts.of_member(room.member.id, kinds=[ActKind.ATTEMPT])

        assert (attempt.answers, attempt.score, attempt.band) == ({"cups": 4}, 4, "high")
        assert await room.tx.attempts.find(attempt.id, member_id=room.member.id) == attempt
        assert await room.tx.attempts.find(attempt.id, member_id=MemberId(71)) is None
        assert (act.id, act.value, act.object_id, act.detail["version"]) == (attempt.id, None, 77, 1)
        assert "cups" not in str(act)


async def test_form_that_is_sent_twice_is_one_attempt(database: Database) -> None:
    async with a_room(database) as room:
        first = await room.take("4", once="a-form-of-ours")
        again = await room.take("4", once="a-form-of-ours", at=NOON + timedelta(seconds=3))
        another = await room.take("4", once="another-form")

        assert first == again
        assert another.id != first.id


async def test_health_answers_wait_for_consent(database: Database) -> None:
    async with a_room(database, agrees=False) as room:
        with pytest.raises(HealthConsentNeeded):
            await room.take("4")
        quiz = a_service(definition=DEFINITION | {"is_health": False})

        assert (await room.take("4", service=quiz)).band == "high"
        assert len(await room.tx.attempts.list_of(room.member.id, service_id=quiz.id, limit=9)) == 1


async def test_log_knows_scores_and_rules_of_quizzes_and_none_of_health_tests(database: Database) -> None:
    quiz = a_service(definition=DEFINITION | {"is_health": False})
    async with a_room(database) as room:
        await room.take("4")
        last = await room.take("5", service=quiz)
        shown = advice_for(room.member, ADVICE, services=[quiz, ADVICE], last=last)
        advised = advice_act(room.member, ADVICE, shown, last=last, ids=ids, now=NOON)
        noted = await room.tx.acts.of_member(room.member.id, kinds=[ActKind.ATTEMPT])

        assert sorted(act.value or 0 for act in noted) == [0, 5]
        assert advised.detail["rules"] == "less"


async def test_who_leaves_shares_no_answers_and_leaves_no_health_answers(database: Database) -> None:
    quiz = a_service(definition=DEFINITION | {"is_health": False})
    async with a_room(database) as room, a_room_of_another(room) as other:
        for each in (room, other):
            attempt = await each.take("4", service=quiz)
            await room.tx.attempts.share(attempt.id, member_id=each.member.id, is_shared=True)
            desk = Desk(tx=room.tx, ids=ids, now=NOON)
            await leave(each.member, desk=desk, answers=room.tx.moves)
        kept = [
            len(await room.tx.attempts.list_of(each.member.id, service_id=quiz.id, limit=9)) for each in (room, other)
        ]

        assert await room.tx.attempts.list_shared(TEA, before=2**63 - 1, limit=9) == []
        assert kept == [0, 1]


async def test_what_is_closed_or_changed_takes_nothing(database: Database) -> None:
    async with a_room(database) as room:
        with pytest.raises(SelfTestClosed):
            await room.take("4", service=a_service(state=ServiceState.ENDED))
        with pytest.raises(SelfTestChanged):
            await room.take("4", service=a_service(version=2))
        with pytest.raises(InvalidRequest):
            await room.take("9")

        assert await room.tx.acts.of_member(room.member.id, kinds=[ActKind.ATTEMPT]) == []


async def test_history_is_newest_first_and_change_is_within_a_version(database: Database) -> None:
    async with a_room(database) as room:
        await room.take("5")
        await room.take("2")
        history = await room.tx.attempts.list_of(room.member.id, service_id=ServiceId(77), limit=9)
        change = change_in(check_self_test(DEFINITION), history)

        assert [attempt.score for attempt in history] == [2, 5]
        assert change is not None
        assert (change.delta, change.verdict) == (-3, "better")

        await room.take("2", service=a_service(version=2), version=2)
        newer = await room.tx.attempts.list_of(room.member.id, service_id=ServiceId(77), limit=9)

        assert change_in(check_self_test(DEFINITION), newer) is None
        assert [attempt.band for attempt in newer] == ["low", "low", "high"]
        assert await room.tx.attempts.last_of(room.member.id, [ServiceId(77), ServiceId(78)]) == {77: newer[0]}


async def test_members_are_counted_once_by_their_last_attempt(database: Database) -> None:
    async with a_room(database) as room:
        await room.take("5")
        await room.take("1")
        room.member = a_member(id=MemberId(71))
        await agree(room.member, ConsentKind.HEALTH, desk=Desk(tx=room.tx, ids=ids, now=NOON))
        await room.take("6")

        counts = await room.tx.attempts.counts(TEA, service_id=ServiceId(77))

        assert sorted(counts, key=str) == [
            BandCount(version=1, band="high", members=1),
            BandCount(version=1, band="low", members=1),
        ]
        assert await room.tx.attempts.times(TEA, service_id=ServiceId(77)) == 3
        assert await room.tx.attempts.counts(CommunityId(8), service_id=ServiceId(77)) == []


async def test_only_what_its_author_shares_is_listed(database: Database) -> None:
    async with a_room(database) as room:
        first, second = await room.take("5"), await room.take("1")
        mine = room.member.id

        assert await room.tx.attempts.share(first.id, member_id=mine, is_shared=True)
        assert not await room.tx.attempts.share(second.id, member_id=MemberId(71), is_shared=True)
        shared = await room.tx.attempts.list_shared(TEA, before=2**63 - 1, limit=9)

        assert [attempt.id for attempt in shared] == [first.id]
        assert await room.tx.attempts.list_shared(TEA, before=first.id, limit=9) == []
        assert await room.tx.attempts.share(first.id, member_id=mine, is_shared=False)
        assert await room.tx.attempts.list_shared(TEA, before=2**63 - 1, limit=9) == []


async def test_advice_cites_the_last_attempt_and_is_noted_once(database: Database) -> None:
    services = [a_service(), ADVICE]
    async with a_room(database) as room:
        last = await room.take("5")
        shown = advice_for(room.member, ADVICE, services=services, last=last)
        for _ in range(2):
            act = advice_act(room.member, ADVICE, shown, last=last, ids=ids, now=NOON)
            await record([act], log=room.tx.log, now=NOON)
        (noted,) = await room.tx.acts.of_member(room.member.id, kinds=[ActKind.ADVICE])

        assert [each.key for each in shown.spoken or ()] == ["less"]
        assert (noted.object_id, noted.detail["rules"]) == (78, "")


def test_who_switched_advice_off_or_has_old_answers_gets_what_is_general() -> None:
    services = [a_service(), ADVICE]
    last = Attempt(
        id=ActId(1),
        community_id=TEA,
        member_id=MemberId(70),
        service_id=ServiceId(77),
        version=1,
        answers={"cups": 5.0},
        band="high",
        created_at=NOON,
    )

    assert advice_for(a_member(is_advised=False), ADVICE, services=services, last=last).spoken is None
    assert advice_for(a_member(), ADVICE, services=services, last=None).spoken is None
    assert advice_for(a_member(), ADVICE, services=[a_service(version=2), ADVICE], last=last).spoken is None
    assert advice_for(a_member(), ADVICE, services=[ADVICE], last=last).general == "多喝水。"


async def test_attendance_is_told_by_occurrence_and_counted_by_person(database: Database) -> None:
    async with database.write() as tx:
        for member_id in (70, 71, 70):
            act = attend(a_member(id=MemberId(member_id)), a_ritual(), [], code="", ids=ids, now=NOON)
            await record([act], log=tx.log, now=NOON)
        found = await tx.attendance.attended(TEA, ritual_id=RitualId(5), from_day=0)

        assert sorted(found) == [(FIRST, 70), (FIRST, 71)]
        assert count_there([*found, (FIRST, MemberId(70))]) == {FIRST: 2}
        assert await tx.attendance.attended(TEA, ritual_id=RitualId(5), from_day=30_000) == []
        assert await tx.attendance.attended(CommunityId(8), ritual_id=RitualId(5), from_day=0) == []


async def test_calendar_has_one_address_that_can_be_exchanged(database: Database) -> None:
    member = MemberId(70)
    async with database.write() as tx:
        first = await renew_feed(member, store=tx.calendar_feeds, key=b"key", ids=ids, now=NOON)
        second = await renew_feed(member, store=tx.calendar_feeds, key=b"key", ids=ids, now=NOON + timedelta(days=1))
        old, new = [await find_feed(token, store=tx.calendar_feeds) for token in (first, second)]

        assert old is not None
        assert new is not None
        assert (old.revoked_at, new.revoked_at) == (NOON + timedelta(days=1), None)
        assert await tx.calendar_feeds.find_of(member) == new
        assert await find_feed("x" * 43, store=tx.calendar_feeds) is None
        assert await find_feed("short", store=tx.calendar_feeds) is None
