"""What others tell of members is written once, for those who are known, on every database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from liulian.accounts.model import UserActor
from liulian.accounts.permissions import Role
from liulian.base.errors import InvalidRequest
from liulian.base.ids import GoalId, SessionId, UserId, WorkspaceId, encode_id
from liulian.community.acts import ActKind, Stimulus
from liulian.community.connectors import Connector, ConnectorKind
from liulian.community.identities import subject_of
from liulian.community.model import Goal, Measure, Member, MemberState, Reach, Recorded, Take
from liulian.community.people import IdentityKind, MemberIdentity
from liulian.community.telling import EvidenceDesk, Result, tell
from liulian.storage.act_tables import acts, goal_days
from liulian.storage.database import Database, Transaction
from liulian.storage.member_tables import members
from tests.store.test_recording import IDS, NOW, TEA, TODAY, a_member, put_members
from tests.web.members.a_community import a_community

KEY = b"k" * 32
ACTOR = UserActor(workspace_id=WorkspaceId(1), user_id=UserId(7), session_id=SessionId(1), role=Role.OWNER)
AT = "2026-03-04T12:00:00+08:00"
APP = "wx0123456789abcdef"


async def tell_in(database: Database, *given: dict[str, Any], dry_run: bool = False) -> list[Result]:
    async with database.write() as tx:
        desk = EvidenceDesk(tx=tx, ids=IDS, now=NOW, key=KEY)
        return await tell(ACTOR, TEA, given, desk=desk, dry_run=dry_run)


async def planted(database: Database, *people: Member) -> None:
    async with database.write() as tx:
        await tx.communities.add(a_community())
        await put_members(tx, people or [a_member()])


async def known_as(tx: Transaction, member: Member, kind: IdentityKind, value: str) -> None:
    await tx.member_identities.add(
        MemberIdentity(
            community_id=TEA,
            kind=kind,
            subject=subject_of(TEA, kind, value, key=KEY),
            member_id=member.id,
            created_at=NOW,
            seen_at=NOW,
        )
    )


def a_purchase(member: dict[str, str], *, key: str = "order-1", **more: Any) -> dict[str, Any]:
    return {"kind": "purchase", "key": key, "at": AT, "member": member, "value": 80} | more


def by_id(member: Member) -> dict[str, str]:
    return {"id": encode_id(member.id)}


def faults(result: Result) -> dict[str, str]:
    assert isinstance(result, InvalidRequest)
    return {error.field: error.code for error in result.errors}


async def test_purchase_is_written_once_with_what_was_given_away(database: Database) -> None:
    member = a_member(zone="America/New_York")
    await planted(database, member)
    order = a_purchase(by_id(member), discount=20, coupon="SPRING")

    first, again = await tell_in(database, order), await tell_in(database, order, order | {"key": "order-2"})

    assert isinstance(first[0], Recorded)
    assert first[0].is_new
    assert again == [Recorded(act_id=first[0].act_id, is_new=False), again[1]]
    assert isinstance(again[1], Recorded)
    assert again[1].is_new
    async with database.read() as tx:
        (act, _) = await tx.acts.of_member(member.id, kinds=[ActKind.PURCHASE])
    assert (act.value, act.zone, act.day) == (80, "America/New_York", TODAY - 1)  # Still the evening before, there.
    assert act.stimulus == Stimulus(share=0.2, amount=20)
    assert act.detail == {"currency": "CNY", "discount": 20, "coupon": "SPRING"}


async def test_member_is_found_by_address_and_accounts_however_written(database: Database) -> None:
    people = [a_member(number) for number in (70, 71, 72, 73)]
    await planted(database, *people)
    connector = Connector(
        id=IDS(),
        community_id=TEA,
        kind=ConnectorKind.WECHAT,
        values={"app_id": APP, "scope": "snsapi_base"},
        sealed=b"",
        created_at=NOW,
        updated_at=NOW,
    )
    async with database.write() as tx:
        await tx.connectors.put(connector)
        company = replace(connector, id=IDS(), kind=ConnectorKind.WECOM, values={"corp_id": "ww1", "agent_id": "1"})
        await tx.connectors.put(company)
        await known_as(tx, people[0], IdentityKind.EMAIL, "lin@example.com")
        await known_as(tx, people[1], IdentityKind.WECHAT, f"{APP}\0open-1")
        await known_as(tx, people[2], IdentityKind.WECHAT_UNION, "union-1")
        await known_as(tx, people[3], IdentityKind.WECOM, "ww1\0zhang")

    named = [{"email": "Lin@Example.com"}, {"email": "lin@example.com"}, {"wechat": "open-1"}, {"wechat": "union-1"}]
    results = await tell_in(
        database, *(a_purchase(who, key=f"{n}") for n, who in enumerate([*named, {"wecom": "zhang"}]))
    )

    assert all(isinstance(each, Recorded) and each.is_new for each in results)
    async with database.read() as tx:
        found = await tx.connection.execute(select(acts.c.key, acts.c.member_id, acts.c.detail))
        told = {row.key: (row.member_id, row.detail) for row in found}
    assert [told[f"outside-{n}"][0] for n in range(5)] == [70, 70, 71, 72, 73]
    assert not [detail for _, detail in told.values() if "example" in (detail or "")]


async def test_nobody_is_made_and_strangers_are_said_to_be_unknown(database: Database) -> None:
    elsewhere, erased = a_member(71, community_id=8), a_member(72)
    await planted(database, a_member(), elsewhere, erased)
    async with database.write() as tx:
        await tx.members.update(erased.id, state=MemberState.ERASED)

    who = [{"email": "new@example.com"}, {"wechat": "nobody"}, by_id(elsewhere), by_id(erased), {"id": "nonsense"}]
    results = await tell_in(database, *(a_purchase(each, key=f"{n}") for n, each in enumerate(who)))

    assert [faults(each) for each in results] == [{"member": "evidence_member_unknown"}] * 5
    async with database.read() as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(members)) == 3
        assert await tx.connection.scalar(select(func.count()).select_from(acts)) == 0


async def test_every_fault_of_an_act_is_told_and_hinders_no_other(database: Database) -> None:
    member = a_member()
    await planted(database, member)
    foreign = encode_id(IDS())
    wrong = {
        "kind": "purchase",
        "at": "2026-03-04T12:00:00",
        "member": {"email": "nobody@example.com"},
        "value": -1,
        "currency": "yuan",
        "link_id": foreign,
        "channel_id": foreign,
        "send_id": foreign,
        "group": "Group 1",
        "colour": "red",
    }

    refused, sound = await tell_in(database, wrong, a_purchase(by_id(member)))

    assert isinstance(sound, Recorded)
    assert faults(refused) == {
        "key": "field_required",
        "at": "evidence_at",
        "member": "evidence_member_unknown",
        "value": "field_range",
        "currency": "evidence_currency",
        "link_id": "evidence_link_unknown",
        "channel_id": "part_unknown",
        "send_id": "part_unknown",
        "group": "evidence_field",
        "colour": "field_unknown",
    }


async def test_times_of_the_future_and_of_another_century_are_refused(database: Database) -> None:
    member = a_member()
    await planted(database, member)
    times = [(NOW + timedelta(minutes=after)).isoformat() for after in (4, 6)] + ["1999-12-31T00:00:00Z", 7]

    results = await tell_in(database, *(a_purchase(by_id(member), key=f"{n}", at=at) for n, at in enumerate(times)))

    assert isinstance(results[0], Recorded)
    assert [faults(each)["at"] for each in results[1:]] == ["evidence_at_ahead", "evidence_at_before", "evidence_at"]


async def test_kinds_say_what_they_need(database: Database) -> None:
    member = a_member()
    await planted(database, member)
    usual = {"at": AT, "member": by_id(member)}
    sound: list[dict[str, Any]] = [
        usual | {"kind": "quit", "group": "一群"},
        {"at": AT, "kind": "quit"},
        {"at": AT, "kind": "head_count", "group": "一群", "value": 120},
        {"at": AT, "kind": "send", "name": "Letter", "purpose": "problem", "stimulus": {"share": 0.2, "amount": 5}},
        usual | {"kind": "open", "channel": "mail"},
        usual | {"kind": "opt_out", "channel": "sms"},
    ]
    wrong: list[dict[str, Any]] = [
        usual | {"kind": "head_count", "value": 1.5},
        {"at": AT, "kind": "open"},
        usual | {"kind": "send", "stimulus": {"share": 2}},
        usual | {"kind": "check_in"},
        usual | {"kind": "purchase", "value": 1, "discount": 3, "list_price": 2, "member": {"id": "a", "email": "b"}},
    ]

    results = await tell_in(database, *({"key": f"{n}"} | each for n, each in enumerate([*sound, *wrong])))

    assert all(isinstance(each, Recorded) for each in results[: len(sound)])
    assert [faults(each) for each in results[len(sound) :]] == [
        {"member": "evidence_field", "value": "evidence_whole", "group": "field_required"},
        {"member": "evidence_member_needed"},
        {"name": "field_required", "purpose": "field_required", "stimulus.share": "field_range"},
        {"kind": "choice_unknown"},
        {"member": "evidence_member_named", "discount": "evidence_discount"},
    ]


async def test_a_thousand_purchases_move_a_goal_by_what_was_paid(database: Database) -> None:
    people = [a_member(number) for number in range(100, 200)]
    spent = Goal(
        id=GoalId(33),
        community_id=TEA,
        name="Spent",
        reach=Reach.TOGETHER,
        unit="CNY",
        baseline=0,
        target=9_000,
        starts_on=TODAY - 1,
        ends_on=TODAY + 1,
        measure=Measure(kind=ActKind.PURCHASE, take=Take.SUM),
        created_at=NOW,
    )
    await planted(database, *people)
    async with database.write() as tx:
        await tx.communities.goals.add(spent)

    orders = [a_purchase(by_id(people[n % 100]), key=f"{n}", value=2) for n in range(1_000)]
    results = await tell_in(database, *orders)

    assert sum(isinstance(each, Recorded) and each.is_new for each in results) == 1_000
    async with database.read() as tx:
        found = await tx.connection.execute(select(goal_days).where(goal_days.c.goal_id == spent.id))
        assert [(row.day, row.total, row.acts) for row in found] == [(TODAY, 2_000.0, 1_000)]


async def test_dry_run_tells_the_same_and_writes_nothing(database: Database) -> None:
    member = a_member()
    await planted(database, member)
    await tell_in(database, a_purchase(by_id(member), key="known"))

    given = [a_purchase(by_id(member), key=key) for key in ("known", "new", "new")]
    foreseen = await tell_in(database, *given, dry_run=True)

    assert _new(foreseen) == [False, True, False]
    async with database.read() as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(acts)) == 1


def _new(results: Sequence[Result]) -> list[bool]:
    return [isinstance(each, Recorded) and each.is_new for each in results]
