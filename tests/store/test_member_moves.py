"""Merging two members and erasing one, on every database: every table is looked through."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Float, LargeBinary, Table, Text, insert, select

from liulian.base.ids import CommunityId, GoalId, IdSource, MemberId, encode_id
from liulian.community.acts import Act, ActKind, ObjectKind
from liulian.community.erasure import EraseDesk, erase
from liulian.community.merging import MergeDesk, merge
from liulian.community.model import Goal, Measure, Member, MemberRole, MemberState, Reach, Shares, Take
from liulian.community.recording import act_by, record
from liulian.storage.account_tables import audit
from liulian.storage.act_tables import act_rewrites, goal_days, week_places
from liulian.storage.database import Database, Transaction
from liulian.storage.every_table import metadata
from liulian.storage.exchange_tables import flags, posts, thanks
from liulian.storage.member_tables import member_blocks, members
from liulian.storage.schema import Instant
from liulian.storage.tables import caller_counts
from tests.store.test_members import TEA, a_device, a_member

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # A Monday in Shanghai.
MONDAY = 20_514
MINE, THEIRS, GHOST = MemberId(3_141_592_653_589), MemberId(71), MemberId(2_718_281_828_459)
SECRET = "words-of-mine"
ids = IdSource()


def rows_about(table: Table, member_id: MemberId, *, number: int) -> dict[str, Any]:
    """Return a row of any table that belongs to a member, and says something in every text."""
    row: dict[str, Any] = {}
    for column in table.c:
        if column.name == "member_id":
            row[column.name] = member_id
        elif isinstance(column.type, Instant):
            row[column.name] = NOON
        elif column.name.endswith(("kind", "state")):
            row[column.name] = "post"
        elif isinstance(column.type, Text):
            row[column.name] = f"{SECRET}-{number}"
        elif isinstance(column.type, LargeBinary):
            row[column.name] = f"{SECRET}-{number}".encode()
        elif isinstance(column.type, Float):
            row[column.name] = 1.0
        else:
            row[column.name] = TEA if column.name == "community_id" else number
    return row


def tables_of_members() -> Iterable[Table]:
    return (table for table in metadata.sorted_tables if "member_id" in table.c)


async def everything(tx: Transaction, *, but: Table | None = None) -> list[tuple[str, Any]]:
    """Return every value of every table."""
    values: list[tuple[str, Any]] = []
    for table in metadata.sorted_tables:
        if table is not but:
            for row in await tx.connection.execute(select(table)):
                values.extend((table.name, value) for value in row)
    return values


def where_found(values: Iterable[tuple[str, Any]], *wanted: object) -> set[str]:
    """Return the tables in which any of these is a value, or stands in one."""
    found = set()
    for table, value in values:
        plain = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        bare = {each.to_bytes(8, "big").decode("latin-1") for each in wanted if isinstance(each, int)}
        if any(each in plain for each in bare | {str(each) for each in wanted}):
            found.add(table)
    return found


async def fill(tx: Transaction) -> Member:
    """Let a member leave something in every table that has a place for it."""
    member = a_member(MINE, nickname="Xiaolin", ward="Mimi")
    await tx.members.add(member)
    await tx.members.add(a_member(THEIRS))
    for number, table in enumerate(tables_of_members(), start=1_000):
        row = rows_about(table, MINE, number=number)
        if table.name == "acts":
            row |= {"kind": "check_in", "detail": "{}", "key": f"check-in-{MINE}-1", "day": MONDAY, "for_day": None}
            row |= {"zone": "UTC", "object_kind": "service", "purpose": None}
        await tx.connection.execute(insert(table), row)
    pair = {"member_id": THEIRS, "blocked_id": MINE, "created_at": NOON}
    await tx.connection.execute(insert(member_blocks), pair)
    given = {"object_id": 5, "member_id": THEIRS, "object_kind": "post", "to_member_id": MINE, "community_id": TEA}
    await tx.connection.execute(insert(thanks), given | {"created_at": NOON})
    flag = rows_about(flags, THEIRS, number=6) | {"reporter_id": MINE}
    await tx.connection.execute(insert(flags), flag)
    mine = next(table for table in tables_of_members() if table.name == "posts")
    post_id = (await tx.connection.execute(select(mine.c.id))).scalar_one()
    thanked = act_by(
        a_member(THEIRS),
        ActKind.THANKS,
        ids=ids,
        at=NOON,
        object_kind=ObjectKind.POST,
        object_id=post_id,
        detail={"to": encode_id(MINE)},
    )
    await tx.acts.append([thanked])
    counted = {"kind": "photo", "caller": MINE.to_bytes(8, "big"), "minute": 1, "number": 1}
    await tx.connection.execute(insert(caller_counts), counted)
    done = rows_about(audit, MINE, number=9) | {"object_id": encode_id(MINE)}
    await tx.connection.execute(insert(audit), done | {"details": "{}", "action": "member.silenced"})
    return member


async def test_erased_member_is_in_no_table_by_id_name_or_text(database: Database) -> None:
    async with database.write() as tx:
        member = await fill(tx)
        before = where_found(await everything(tx), MINE, encode_id(MINE))
        desk = EraseDesk(tx=tx, ids=ids, now=NOON, ghost=lambda: GHOST)
        files = await erase(member, desk=desk)

    async with database.read() as tx:
        left = where_found(await everything(tx, but=act_rewrites), MINE, encode_id(MINE), SECRET, "Xiaolin", "Mimi")
        kept = where_found(await everything(tx), GHOST, encode_id(GHOST))
        rewrites = (await tx.connection.execute(select(act_rewrites.c.old_id, act_rewrites.c.new_id))).all()
    assert before >= {table.name for table in tables_of_members()}
    assert left - {"flags"} == set()  # The other flag is about somebody else's doing, and in other words.
    assert kept >= {"acts", "members", "week_places", "posts", "thanks", "flags"}
    assert [tuple(row) for row in rewrites] == [(MINE, GHOST)]
    assert len(files) == 1


async def test_counts_stay_when_a_member_is_erased(database: Database) -> None:
    async with database.write() as tx:
        member = await fill(tx)
        acts_before = len(await tx.acts.list_page(TEA, after=0, limit=100))
        await erase(member, desk=EraseDesk(tx=tx, ids=ids, now=NOON, ghost=lambda: GHOST))

        acts = await tx.acts.list_page(TEA, after=0, limit=100)
        ghost = await tx.members.find(GHOST)

    assert len(acts) == acts_before + 1  # And the departure.
    assert {act.member_id for act in acts} == {GHOST, THEIRS}
    assert ghost is not None
    assert (ghost.state, ghost.nickname, ghost.ward, ghost.channel_id) == (MemberState.ERASED, "", None, None)


def a_goal() -> Goal:
    return Goal(
        id=GoalId(500),
        community_id=TEA,
        name="Days",
        reach=Reach.TOGETHER,
        unit="days",
        baseline=0,
        target=100,
        starts_on=MONDAY,
        ends_on=MONDAY + 6,
        measure=Measure(kind=ActKind.CHECK_IN, take=Take.DAYS),
        created_at=NOON,
    )


def check_in(member: Member, *, days: int = 0) -> Act:
    at = NOON + timedelta(days=days)
    return act_by(member, ActKind.CHECK_IN, ids=ids, at=at, object_kind=ObjectKind.SERVICE, object_id=900)


async def two_members(tx: Transaction) -> tuple[Member, Member, Member]:
    """Store the older, the younger, and a friend who thanks both."""
    older = a_member(70, shares=Shares.HOSTS)
    younger = a_member(71, joined_at=NOON + timedelta(hours=1), nickname="In Safari", is_ranked=False)
    friend = a_member(72)
    for member in (older, younger, friend):
        await tx.members.add(member)
    await tx.communities.goals.add(a_goal())
    return older, younger, friend


async def points_of(tx: Transaction) -> dict[int, float]:
    return {
        row.member_id: row.points
        for row in await tx.connection.execute(select(week_places.c.member_id, week_places.c.points))
    }


async def test_merged_members_have_one_history_and_nothing_is_counted_twice(database: Database) -> None:
    async with database.write() as tx:
        older, younger, friend = await two_members(tx)
        first, second = check_in(older), check_in(younger)
        done = [first, second, check_in(younger, days=1)]
        for act, whose in ((first, older), (second, younger)):
            thanked: dict[str, Any] = {"object_kind": ObjectKind.ACT, "object_id": act.id}
            to = {"to": encode_id(whose.id)}
            done.append(act_by(friend, ActKind.THANKS, ids=ids, at=NOON, detail=to, **thanked))
        await record(done, log=tx.log, now=NOON)
        assert await points_of(tx) == {older.id: 5, younger.id: 7}

        merged = await merge(younger, older, desk=MergeDesk(tx=tx, ids=ids, now=NOON))

        mine = await tx.acts.of_member(older.id, kinds=[ActKind.CHECK_IN])
        days = await tx.connection.execute(select(goal_days.c.day, goal_days.c.total).order_by(goal_days.c.day))
        assert merged.id == older.id
        assert (merged.nickname, merged.shares, merged.is_ranked) == ("Lin", Shares.HOSTS, False)
        assert {act.id for act in mine} == {act.id for act in done[:3]}
        assert await points_of(tx) == {older.id: 2 + 2 + 3}  # Two days, and one friend.
        assert [tuple(row) for row in days] == [(MONDAY, 1.0), (MONDAY + 1, 1.0)]
        assert await tx.members.find(younger.id) is None
        assert where_found(await everything(tx, but=act_rewrites), encode_id(younger.id)) == set()


async def test_merge_takes_every_row_along_but_codes(database: Database) -> None:
    async with database.write() as tx:
        await fill(tx)
        other, stays = await tx.members.find(MINE), await tx.members.find(THEIRS)
        assert other is not None
        assert stays is not None
        await tx.moves.merge(TEA, MINE, THEIRS, row_id=1, now=NOON)

        found = where_found(await everything(tx, but=act_rewrites), MINE, encode_id(MINE))
        # Keys of acts stay as they were told, so that nothing is told twice; what was done is not rewritten either.
        assert found == {"acts", "audit", "caller_counts"}
        for table in tables_of_members():
            if table.name not in ("member_codes", "week_places", "member_blocks"):
                rows = (await tx.connection.execute(select(table).where(table.c.member_id == THEIRS))).all()
                assert rows, table.name


async def test_thanks_by_both_are_one_and_nobody_thanks_themselves(database: Database) -> None:
    post = {"id": 50, "community_id": TEA, "member_id": 72, "about_kind": "problem", "body": "?", "state": "shown"}
    own = post | {"id": 51, "member_id": 70}
    async with database.write() as tx:
        older, younger, _ = await two_members(tx)
        await tx.connection.execute(insert(posts), [each | {"thanks": 2, "created_at": NOON} for each in (post, own)])
        given = {"object_kind": "post", "community_id": TEA, "created_at": NOON}
        rows = [(50, 70, 72), (50, 71, 72), (51, 71, 70), (51, 72, 70)]
        told = [given | {"object_id": what, "member_id": who, "to_member_id": to} for what, who, to in rows]
        await tx.connection.execute(insert(thanks), told)

        await merge(older, younger, desk=MergeDesk(tx=tx, ids=ids, now=NOON))

        left = await tx.connection.execute(select(thanks.c.object_id, thanks.c.member_id).order_by(thanks.c.object_id))
        counts = await tx.connection.execute(select(posts.c.id, posts.c.thanks).order_by(posts.c.id))
        assert [tuple(row) for row in left] == [(50, 70), (51, 72)]
        assert [tuple(row) for row in counts] == [(50, 1), (51, 1)]


async def test_who_left_is_here_again_when_the_other_is(database: Database) -> None:
    async with database.write() as tx:
        older, younger, _ = await two_members(tx)
        await tx.members.update(older.id, state=MemberState.LEFT, left_at=NOON)
        left = await tx.members.find(older.id)
        assert left is not None
        await tx.member_identities.add(a_device(younger))
        await tx.members.update(younger.id, role=MemberRole.HOST)
        host = await tx.members.find(younger.id)
        assert host is not None

        await merge(left, host, desk=MergeDesk(tx=tx, ids=ids, now=NOON))

        here = await tx.members.find(older.id)
        assert here is not None
        assert here.role is MemberRole.HOST
        assert (here.state, here.left_at) == (MemberState.ACTIVE, None)
        assert [each.member_id for each in await tx.member_identities.list_of(older.id)] == [older.id]


async def test_league_that_only_the_other_had_becomes_theirs(database: Database) -> None:
    async with database.write() as tx:
        older, younger, _ = await two_members(tx)
        await tx.members.update(younger.id, is_ranked=True)
        await record([check_in(younger)], log=tx.log, now=NOON)

        await merge(older, younger, desk=MergeDesk(tx=tx, ids=ids, now=NOON))

        places = await tx.connection.execute(
            select(week_places.c.member_id, week_places.c.league, week_places.c.points)
        )
        assert [tuple(row) for row in places] == [(older.id, 1, 2.0)]
        assert (await tx.connection.execute(select(members.c.id).where(members.c.id == younger.id))).first() is None


async def test_export_tells_all_but_what_recognises(database: Database) -> None:
    async with database.write() as tx:
        await fill(tx)
        told = await tx.moves.everything_of(MINE)

    assert set(told) == {"members", *(table.name for table in tables_of_members())}
    assert told["posts"][0]["body"].startswith(SECRET)
    assert "fingerprint" not in told["calendar_feeds"][0]
    assert "subject" not in told["member_identities"][0]
    assert CommunityId(told["acts"][0]["community_id"]) == TEA
