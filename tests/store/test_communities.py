"""Communities and what they are built from, on every database."""

from dataclasses import replace
from datetime import UTC, datetime

from liulian.base.i18n import Language
from liulian.base.ids import BadgeId, ChannelId, CommunityId, GoalId, LinkId, RitualId, ServiceId, WorkspaceId
from liulian.community.acts import ActKind, Purpose, Stimulus
from liulian.community.model import (
    Attend,
    Badge,
    BadgeRule,
    BadgeRuleKind,
    ChannelLink,
    Community,
    CommunitySettings,
    CommunityState,
    Goal,
    Measure,
    Problem,
    Reach,
    Ritual,
    RitualChange,
    Service,
    ServiceKind,
    ServiceState,
    ServiceVersion,
    Symbols,
    Take,
    Title,
)
from liulian.storage.database import Database

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
TEA, OURS, THEIRS = CommunityId(7), WorkspaceId(1), WorkspaceId(2)


def a_community(**changed: object) -> Community:
    community = Community(
        id=TEA,
        workspace_id=OURS,
        slug="tea",
        name="茶饮健康",
        state=CommunityState.OPEN,
        language=Language.ZH,
        zone="Asia/Shanghai",
        problem=Problem(who="常喝甜饮料的上班族", situation="下午犯困时点奶茶", outcome="不靠糖也有精神"),
        symbols=Symbols(
            member_name="茶友",
            staff_name="茶小二",
            emblem="🍵",
            titles=(Title(name="新芽", points=0),),
            slogan="好好喝茶",
        ),
        settings=CommunitySettings(words=("加群",), staff_card={"name": "茶小二"}),
        created_at=NOON,
        updated_at=NOON,
        template="tea",
    )
    return replace(community, **changed)  # type: ignore[arg-type] # Each test names fields of a community.


def a_goal(number: int = 1, **changed: object) -> Goal:
    goal = Goal(
        id=GoalId(number),
        community_id=TEA,
        name="一起喝茶",
        reach=Reach.TOGETHER,
        unit="杯",
        baseline=0.0,
        target=1000.0,
        starts_on=20_000,
        ends_on=20_090,
        measure=Measure(kind=ActKind.CHECK_IN, take=Take.SUM, object_id=2**62),
        created_at=NOON,
        factor=0.025,
        factor_unit="kg",
        factor_source="GB 28050",
    )
    return replace(goal, **changed)  # type: ignore[arg-type] # Each test names fields of a goal.


def a_badge() -> Badge:
    rule = BadgeRule(kind=BadgeRuleKind.STREAK, at_least=7)
    return Badge(
        id=BadgeId(2), community_id=TEA, name="七日", emblem="🌱", about="连续七天", rule=rule, created_at=NOON
    )


def a_ritual() -> Ritual:
    return Ritual(
        id=RitualId(3),
        community_id=TEA,
        name="每周三健康问答",
        about="带一个问题来",
        host="茶小二",
        rrule="FREQ=WEEKLY;BYDAY=WE",
        starts_at="2026-03-04T20:00",
        zone="Asia/Shanghai",
        minutes=45,
        attend=Attend.CODE,
        code="2468",
        created_at=NOON,
        updated_at=NOON,
    )


def a_service() -> Service:
    return Service(
        id=ServiceId(4),
        community_id=TEA,
        kind=ServiceKind.CHALLENGE,
        name="21 天",
        state=ServiceState.ACTIVE,
        purpose=Purpose.PROBLEM,
        version=1,
        definition={"days": 21, "proof": "tap"},
        created_at=NOON,
        updated_at=NOON,
    )


def a_channel() -> ChannelLink:
    return ChannelLink(
        id=ChannelId(5),
        community_id=TEA,
        link_id=LinkId(9),
        name="门店海报",
        purpose=Purpose.PROMOTION,
        stimulus=Stimulus(share=0.2, amount=5.0),
        created_at=NOON,
    )


async def test_community_comes_back_as_it_was_made(database: Database) -> None:
    async with database.write() as tx:
        assert await tx.communities.add(a_community())

    async with database.read() as tx:
        assert await tx.communities.find(TEA, workspace_id=OURS) == a_community()
        assert await tx.communities.find_by_slug("tea") == a_community()
        assert await tx.communities.find_by_id(TEA) == a_community()
        assert await tx.communities.list_of(OURS, limit=9) == [a_community()]
        assert await tx.communities.list_open(limit=9) == [a_community()]
        assert await tx.communities.count_of(OURS) == 1


async def test_community_of_others_is_not_found(database: Database) -> None:
    async with database.write() as tx:
        await tx.communities.add(a_community())

        assert await tx.communities.find(TEA, workspace_id=THEIRS) is None
        assert await tx.communities.list_of(THEIRS, limit=9) == []


async def test_slug_is_given_once_in_the_installation(database: Database) -> None:
    async with database.write() as tx:
        await tx.communities.add(a_community())
        other = a_community(id=CommunityId(8), workspace_id=THEIRS)

        assert not await tx.communities.add(other)
        assert await tx.communities.add(replace(other, slug="coffee"))
        assert not await tx.communities.replace(replace(other, slug="tea"))
        assert await tx.communities.replace(replace(other, slug="cocoa"))


async def test_removed_community_keeps_its_slug_and_is_seen_nowhere(database: Database) -> None:
    async with database.write() as tx:
        await tx.communities.add(a_community())
        await tx.communities.remove(TEA, now=NOON)

    async with database.write() as tx:
        assert await tx.communities.find(TEA, workspace_id=OURS) is None
        assert await tx.communities.find_by_slug("tea") is None
        assert await tx.communities.list_open(limit=9) == []
        assert await tx.communities.is_taken("tea")
        assert not await tx.communities.add(a_community(id=CommunityId(8)))


async def test_parts_come_back_as_they_were_made(database: Database) -> None:
    async with database.write() as tx:
        await tx.communities.goals.add(a_goal())
        await tx.communities.badges.add(a_badge())
        await tx.communities.rituals.add(a_ritual())
        await tx.communities.services.add(a_service())
        await tx.communities.channels.add(a_channel())

    async with database.read() as tx:
        assert await tx.communities.goals_of(TEA) == [a_goal()]
        assert await tx.communities.badges_of(TEA) == [a_badge()]
        assert await tx.communities.rituals_of(TEA) == [a_ritual()]
        assert await tx.communities.services_of(TEA) == [a_service()]
        assert await tx.communities.services_of(TEA, kind=ServiceKind.ADVICE) == []
        assert await tx.communities.channels_of(TEA) == [a_channel()]
        assert await tx.communities.find_channel_of_link(LinkId(9)) == a_channel()
        assert await tx.communities.find_goal(GoalId(1), community_id=TEA) == a_goal()
        assert await tx.communities.find_ritual(RitualId(3), community_id=TEA) == a_ritual()
        assert await tx.communities.find_service(ServiceId(4), community_id=TEA) == a_service()
        assert await tx.communities.find_channel(ChannelId(5), community_id=TEA) == a_channel()


async def test_part_of_another_community_is_not_found(database: Database) -> None:
    async with database.write() as tx:
        await tx.communities.services.add(a_service())

        assert await tx.communities.find_service(ServiceId(4), community_id=CommunityId(8)) is None


async def test_parts_have_an_order_that_can_be_changed(database: Database) -> None:
    async with database.write() as tx:
        for number in (1, 2, 3):
            await tx.communities.goals.add(a_goal(number, position=number))
        await tx.communities.goals.reorder([3, 1, 2], community_id=TEA)

        assert [goal.id for goal in await tx.communities.goals_of(TEA)] == [3, 1, 2]
        assert await tx.communities.goals.count_of(TEA) == 3


async def test_part_is_replaced_and_removed(database: Database) -> None:
    async with database.write() as tx:
        await tx.communities.goals.add(a_goal())
        await tx.communities.goals.replace(a_goal(target=2000.0))

        assert await tx.communities.goals_of(TEA) == [a_goal(target=2000.0)]

        await tx.communities.goals.remove(1, now=NOON)

        assert await tx.communities.goals_of(TEA) == []
        assert await tx.communities.find_goal(GoalId(1), community_id=TEA) is None


async def test_change_of_an_occurrence_takes_the_place_of_the_one_before(database: Database) -> None:
    cancelled = RitualChange(
        ritual_id=RitualId(3),
        occurrence="2026-03-04T20:00",
        moved_to=None,
        note="放假",
        sequence=1,
        changed_at=NOON,
    )
    moved = replace(cancelled, moved_to="2026-03-05T20:00", sequence=2)
    async with database.write() as tx:
        await tx.communities.put_ritual_change(cancelled)
        await tx.communities.put_ritual_change(moved)

        assert await tx.communities.ritual_changes_of([RitualId(3)]) == [moved]
        assert await tx.communities.drop_ritual_change(RitualId(3), "2026-03-04T20:00")
        assert not await tx.communities.drop_ritual_change(RitualId(3), "2026-03-04T20:00")
        assert await tx.communities.ritual_changes_of([RitualId(3)]) == []


async def test_every_version_of_a_service_is_kept(database: Database) -> None:
    first = ServiceVersion(service_id=ServiceId(4), version=1, definition={"days": 21}, created_at=NOON)
    second = replace(first, version=2, definition={"days": 30})
    async with database.write() as tx:
        await tx.communities.add_version(first)
        await tx.communities.add_version(second)

        assert await tx.communities.find_version(ServiceId(4), 1) == first
        assert await tx.communities.find_version(ServiceId(4), 3) is None
        assert await tx.communities.versions_of(ServiceId(4)) == [second, first]
