"""Exchange and its order: who sees what, who gains by it, what is decided and taken back. On every database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from liulian.accounts.model import ApiKeyActor
from liulian.base.errors import Forbidden, InvalidRequest, NotFound
from liulian.base.ids import ActId, ApiKeyId, IdSource, MemberId, PostId, ServiceId, WorkspaceId
from liulian.community.acts import ActKind, ObjectKind
from liulian.community.checkins import READ_KINDS
from liulian.community.exchange import (
    POSTS_PER_HOUR,
    About,
    AlreadySolved,
    ExchangeDesk,
    OwnSolution,
    OwnThanks,
    Post,
    PostState,
    TooManyPosts,
    answer,
    ask,
    solve,
    thank_for_check_in,
    thank_for_post,
    withdraw,
)
from liulian.community.model import Member, MemberRole, Shares
from liulian.community.moderation import (
    FlagClosed,
    FlagStep,
    Judge,
    OrderDesk,
    PostGone,
    PostStep,
    decide_flag,
    decide_post,
    give_role,
    host_judge,
    operator_judge,
    silence,
    unsilence,
)
from liulian.community.people import MemberActor
from liulian.community.recording import act_by, record
from liulian.community.reports import (
    FlagObject,
    FlagState,
    Measure,
    NoAppeal,
    ReportDesk,
    ReportReason,
    appeal,
    report,
)
from liulian.community.words import Wait
from liulian.storage.database import Database, Transaction
from liulian.storage.rebuild import rebuild
from tests.store.test_checkins import TEA, a_challenge
from tests.web.members.a_community import NOON, TODAY, a_community, a_member

IDS = IdSource()
ANNA, BERT, HOST = MemberId(70), MemberId(71), MemberId(72)
OPERATOR = ApiKeyActor(workspace_id=WorkspaceId(1), api_key_id=ApiKeyId(5))


async def plant(database: Database, *, trusted: bool = True) -> None:
    async with database.write() as tx:
        await tx.communities.add(a_community())
        await tx.communities.services.add(a_challenge())
        for number, name in ((ANNA, "Anna"), (BERT, "Bert"), (HOST, "Host")):
            role = MemberRole.HOST if number == HOST else MemberRole.MEMBER
            await tx.members.add(a_member(id=number, nickname=name, is_trusted=trusted, role=role))


async def by(tx: Transaction, number: MemberId) -> MemberActor:
    member = await tx.members.find(number)
    assert member is not None
    return MemberActor(community=a_community(), member=member)


def desk(tx: Transaction, *, minutes: int = 0) -> ExchangeDesk:
    now = NOON + timedelta(minutes=minutes)
    return ExchangeDesk(posts=tx.posts, parts=tx.posts, log=tx.log, limits=tx.limits, ids=IDS, now=now)


def order(tx: Transaction, *, minutes: int = 5) -> OrderDesk:
    return OrderDesk(
        posts=tx.posts,
        flags=tx.flags,
        members=tx.members,
        acts=tx.flags,
        photos=tx.photos,
        log=tx.log,
        audit=tx.audit,
        ids=IDS,
        now=NOON + timedelta(minutes=minutes),
    )


def reporting(tx: Transaction) -> ReportDesk:
    return ReportDesk(exchange=desk(tx), flags=tx.flags, members=tx.members)


async def judge(tx: Transaction) -> Judge:
    return await operator_judge(OPERATOR, a_community().id, store=tx.communities)


async def a_question(tx: Transaction, *, of: MemberId = ANNA, body: str = "下午三点犯困怎么办？") -> Post:
    post, _ = await ask(await by(tx, of), body, about=About.PROBLEM, about_id=None, desk=desk(tx))
    return post


async def an_answer(tx: Transaction, question: Post, *, of: MemberId = BERT) -> Post:
    post, _ = await answer(await by(tx, of), question.id, "先喝一杯温水", desk=desk(tx))
    return post


async def a_check_in(tx: Transaction, *, of: MemberId = ANNA, minutes: int = 0) -> ActId:
    at = NOON + timedelta(minutes=minutes)
    member = (await by(tx, of)).member
    act = act_by(member, ActKind.CHECK_IN, ids=IDS, at=at, object_kind=ObjectKind.SERVICE, object_id=TEA, value=1.0)
    await record([act], log=tx.log, now=at)
    return act.id


async def seen(tx: Transaction, viewer: MemberId = BERT) -> list[PostId]:
    return [each.post.id for each in await tx.posts.questions(a_community().id, viewer=viewer, limit=50)]


async def check_ins_seen(tx: Transaction, viewer: MemberId = BERT) -> Sequence[ActId]:
    member = (await by(tx, viewer)).member
    found = await tx.posts.check_ins(member, [ServiceId(TEA)], day=TODAY, since=0, limit=20)
    return [each.act_id for each in found]


async def points(tx: Transaction, member_id: MemberId) -> float:
    return await tx.sums.points_of(member_id)


async def test_question_is_answered_thanked_for_and_solved_and_points_go_to_who_helped(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        question = await a_question(tx)
        helped = await an_answer(tx, question)
        anna = await by(tx, ANNA)
        first = await thank_for_post(anna, helped.id, desk=desk(tx))
        again = await thank_for_post(anna, helped.id, desk=desk(tx))
        await solve(anna, helped.id, desk=desk(tx))

        assert (first is not None, again) == (True, None)
        stored = await tx.posts.find(helped.id, community_id=question.community_id)
        asked = await tx.posts.find(question.id, community_id=question.community_id)
        assert stored is not None
        assert asked is not None
        assert (stored.thanks, stored.is_solution, asked.answers, asked.solved_at) == (1, True, 1, NOON)
        assert (await points(tx, BERT), await points(tx, ANNA)) == (3 + 8, 0)
        assert (await tx.sums.thanked_by(BERT), await tx.sums.solutions_of(BERT)) == (1, 1)
        with pytest.raises(AlreadySolved):
            await solve(anna, helped.id, desk=desk(tx))
        assert await rebuild(tx.connection, a_community().id) == 0


async def test_nobody_thanks_themselves_or_solves_their_own_question(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        question = await a_question(tx)
        own = await an_answer(tx, question, of=ANNA)
        anna = await by(tx, ANNA)
        with pytest.raises(OwnThanks):
            await thank_for_post(anna, question.id, desk=desk(tx))
        with pytest.raises(OwnSolution):
            await solve(anna, own.id, desk=desk(tx))
        with pytest.raises(NotFound):
            await solve(await by(tx, BERT), own.id, desk=desk(tx))


async def test_first_post_waits_until_somebody_has_read_it_and_the_next_one_does_not(database: Database) -> None:
    await plant(database, trusted=False)
    async with database.write() as tx:
        post = await a_question(tx)
        assert (post.state, post.reason) == (PostState.WAITING, Wait.FIRST_POST.value)
        assert await seen(tx) == await seen(tx, ANNA) == []
        assert [each.post.id for each in await tx.posts.not_shown_of(ANNA, limit=5)] == [post.id]
        with pytest.raises(NotFound):
            await an_answer(tx, post)

        await decide_post(await judge(tx), post.id, PostStep.APPROVE, "", desk=order(tx))
        assert await seen(tx) == [post.id]
        assert (await a_question(tx, body="茶凉了还能喝吗？")).state is PostState.SHOWN
        with pytest.raises(PostGone):
            await decide_post(await judge(tx), post.id, PostStep.APPROVE, "", desk=order(tx))


async def test_question_hangs_on_something_of_this_community(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        anna = await by(tx, ANNA)
        about_tea, _ = await ask(anna, "茶叶放多少？", about=About.SERVICE, about_id=TEA, desk=desk(tx))
        with pytest.raises(NotFound):
            await ask(anna, "茶叶放多少？", about=About.RITUAL, about_id=TEA, desk=desk(tx))
        with pytest.raises(InvalidRequest):
            await ask(anna, " \n ", about=About.PROBLEM, about_id=None, desk=desk(tx))
        await a_question(tx)

        only = await tx.posts.questions(a_community().id, viewer=BERT, limit=9, about=About.SERVICE, about_id=TEA)
        assert [each.post.id for each in only] == [about_tea.id]


async def test_posts_of_an_hour_are_counted(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        for _ in range(POSTS_PER_HOUR):
            await a_question(tx)
        with pytest.raises(TooManyPosts):
            await a_question(tx)


async def test_pages_follow_one_another_by_keys(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        written = [(await a_question(tx, of=of)).id for of in (ANNA, BERT, HOST) for _ in range(3)]
        first = await tx.posts.questions(a_community().id, viewer=BERT, limit=4)
        rest = await tx.posts.questions(a_community().id, viewer=BERT, limit=9, before=first[-1].post.id)

        assert [each.post.id for each in (*first, *rest)] == written[::-1]


async def test_check_ins_of_today_are_seen_as_their_authors_choose_and_thanked_for(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        act_id = await a_check_in(tx)
        assert await check_ins_seen(tx) == [act_id]
        assert await check_ins_seen(tx, ANNA) == []  # One's own is on one's own page.
        assert await thank_for_check_in(await by(tx, BERT), act_id, desk=desk(tx)) is not None
        assert await points(tx, ANNA) == 2 + 3
        with pytest.raises(OwnThanks):
            await thank_for_check_in(await by(tx, ANNA), act_id, desk=desk(tx))

        await tx.members.update(ANNA, shares=Shares.HOSTS)
        assert (await check_ins_seen(tx), await check_ins_seen(tx, HOST)) == ([], [act_id])
        await tx.members.update(ANNA, shares=Shares.NOBODY)
        assert await check_ins_seen(tx, HOST) == []
        with pytest.raises(NotFound):
            await thank_for_check_in(await by(tx, HOST), act_id, desk=desk(tx))


async def test_who_blocks_somebody_sees_nothing_of_them_and_nobody_else_is_concerned(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        question, act_id = await a_question(tx), await a_check_in(tx)
        await tx.posts.block(ANNA, by=BERT, now=NOON)
        await tx.posts.block(ANNA, by=BERT, now=NOON)

        assert (await seen(tx), await check_ins_seen(tx)) == ([], [])
        assert (await seen(tx, HOST), await check_ins_seen(tx, HOST)) == ([question.id], [act_id])
        assert await tx.posts.blocked_by(BERT) == {ANNA: "Anna"}
        with pytest.raises(NotFound):
            await an_answer(tx, question)
        await tx.posts.unblock(ANNA, by=BERT)
        assert await seen(tx) == [question.id]


async def test_reported_post_is_hidden_with_a_reason_and_comes_back_when_an_appeal_is_granted(
    database: Database,
) -> None:
    await plant(database)
    async with database.write() as tx:
        question = await a_question(tx)
        helped = await an_answer(tx, question)
        anna, bert = await by(tx, ANNA), await by(tx, BERT)
        wished = {"reason": ReportReason.RUDE, "note": ""}
        flag = await report(anna, FlagObject.POST, helped.id, **wished, desk=reporting(tx))  # type: ignore[arg-type]
        assert await report(anna, FlagObject.POST, helped.id, **wished, desk=reporting(tx)) is None  # type: ignore[arg-type]
        assert flag is not None
        assert (flag.member_id, flag.state) == (BERT, FlagState.OPEN)
        with pytest.raises(NotFound):
            await report(bert, FlagObject.POST, helped.id, **wished, desk=reporting(tx))  # type: ignore[arg-type]

        keeper = await judge(tx)
        with pytest.raises(InvalidRequest):
            await decide_flag(keeper, flag.id, FlagStep.UPHOLD, measure=Measure.HIDE, why="", desk=order(tx))
        with pytest.raises(InvalidRequest):
            await decide_flag(keeper, flag.id, FlagStep.UPHOLD, measure=Measure.VOID, why="x", desk=order(tx))
        await decide_flag(keeper, flag.id, FlagStep.UPHOLD, measure=Measure.HIDE, why="伤人", desk=order(tx))
        (mine,) = await tx.posts.not_shown_of(BERT, limit=5)
        assert (mine.post.state, mine.post.reason) == (PostState.HIDDEN, "伤人")
        (told,) = await tx.flags.decided_about(BERT, limit=5)
        assert told.verdict is not None
        assert (told.verdict.measure, told.verdict.why) == (Measure.HIDE, "伤人")
        asked = await tx.posts.find(question.id, community_id=question.community_id)
        assert asked is not None
        assert asked.answers == 0

        with pytest.raises(NotFound):
            await appeal(anna, flag.id, "not mine", flags=tx.flags)
        await appeal(bert, flag.id, "我说的是茶", flags=tx.flags)
        with pytest.raises(NoAppeal):
            await appeal(bert, flag.id, "again", flags=tx.flags)
        with pytest.raises(FlagClosed):
            await decide_flag(keeper, flag.id, FlagStep.DISMISS, measure=None, why="", desk=order(tx))
        done, _ = await decide_flag(keeper, flag.id, FlagStep.GRANT, measure=None, why="看错了", desk=order(tx))
        assert done.state is FlagState.DISMISSED
        back = await tx.posts.find(helped.id, community_id=question.community_id)
        asked = await tx.posts.find(question.id, community_id=question.community_id)
        assert back is not None
        assert asked is not None
        assert (back.state, asked.answers) == (PostState.SHOWN, 1)
        entries = await tx.audit.list_page(workspace_id=WorkspaceId(1), before=None, limit=9)
        assert [entry.action for entry in entries] == ["flag.appeal_granted", "flag.upheld"]


async def test_check_in_counts_until_it_is_voided_and_again_after_the_appeal(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        act_id = await a_check_in(tx)
        await a_check_in(tx, of=BERT)
        bert, keeper = await by(tx, BERT), await judge(tx)
        flag = await report(bert, FlagObject.ACT, act_id, reason=ReportReason.UNTRUE, note="", desk=reporting(tx))
        assert flag is not None
        assert await points(tx, ANNA) == 2

        await decide_flag(keeper, flag.id, FlagStep.UPHOLD, measure=Measure.VOID, why="照片不是今天的", desk=order(tx))
        assert await tx.log.deeds(a_community().id, member_ids=[ANNA], kinds=READ_KINDS, from_day=0) == []
        assert await points(tx, ANNA) == 0
        assert await check_ins_seen(tx) == []
        assert await rebuild(tx.connection, a_community().id) == 0

        await appeal(await by(tx, ANNA), flag.id, "是今天拍的", flags=tx.flags)
        await decide_flag(keeper, flag.id, FlagStep.GRANT, measure=None, why="对不起", desk=order(tx, minutes=9))
        assert await points(tx, ANNA) == 2
        assert await check_ins_seen(tx) == [act_id]
        assert await rebuild(tx.connection, a_community().id) == 0


async def test_silenced_member_is_told_why_and_what_they_write_waits(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        keeper = await judge(tx)
        await silence(keeper, ANNA, "一直在发广告", desk=order(tx))
        post = await a_question(tx)
        assert (post.state, post.reason) == (PostState.WAITING, Wait.SILENCED.value)
        (told,) = await tx.flags.decided_about(ANNA, limit=5)
        assert (told.object_kind, told.object_id) == (FlagObject.MEMBER, ANNA)
        await unsilence(keeper, ANNA, desk=order(tx))
        assert (await a_question(tx)).state is PostState.SHOWN


async def test_hosts_keep_order_of_posts_alone_and_members_of_nothing(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        question, act_id = await a_question(tx), await a_check_in(tx)
        with pytest.raises(Forbidden):
            host_judge(await by(tx, BERT))
        host = host_judge(await by(tx, HOST))
        await decide_post(host, question.id, PostStep.REMOVE, "不合适", desk=order(tx))
        assert await seen(tx) == []
        flag = await report(
            await by(tx, BERT), FlagObject.ACT, act_id, reason=ReportReason.UNTRUE, note="", desk=reporting(tx)
        )
        assert flag is not None
        with pytest.raises(NotFound):
            await decide_flag(host, flag.id, FlagStep.UPHOLD, measure=Measure.VOID, why="x", desk=order(tx))
        (entry,) = await tx.audit.list_page(workspace_id=WorkspaceId(1), before=None, limit=9)
        assert (entry.action, entry.details) == ("flag.decided", {"about": "post", "done": "remove", "by": "host"})


async def test_other_workspaces_keep_no_order_here(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        with pytest.raises(NotFound):
            await operator_judge(replace(OPERATOR, workspace_id=WorkspaceId(2)), a_community().id, store=tx.communities)
        keeper = await judge(tx)
        with pytest.raises(NotFound):
            await give_role(keeper, MemberId(999), MemberRole.HOST, desk=order(tx))
        made: Member = await give_role(keeper, BERT, MemberRole.HOST, desk=order(tx))
        assert made.role is (await by(tx, BERT)).member.role is MemberRole.HOST


async def test_post_that_is_taken_back_is_empty_and_stays_so(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        question = await a_question(tx)
        with pytest.raises(NotFound):
            await withdraw(await by(tx, BERT), question.id, desk=desk(tx))
        await withdraw(await by(tx, ANNA), question.id, desk=desk(tx))
        assert (await seen(tx), await tx.posts.not_shown_of(ANNA, limit=5)) == ([], [])
        stored = await tx.posts.find(question.id, community_id=question.community_id)
        assert stored is not None
        assert stored.body == ""
        with pytest.raises(PostGone):
            await decide_post(await judge(tx), question.id, PostStep.APPROVE, "", desk=order(tx))


async def test_decisions_about_a_member_follow_them_when_they_become_part_of_another(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        await silence(await judge(tx), ANNA, "一直在发广告", desk=order(tx))
        await tx.moves.merge(a_community().id, ANNA, BERT, row_id=IDS(), now=NOON)

        (told,) = await tx.flags.decided_about(BERT, limit=5)
        assert (told.member_id, told.object_id) == (BERT, BERT)


async def test_nothing_that_was_said_about_a_member_outlives_them(database: Database) -> None:
    await plant(database)
    async with database.write() as tx:
        await silence(await judge(tx), ANNA, "Anna 一直在发广告", desk=order(tx))
        await tx.moves.erase(a_community().id, ANNA, MemberId(999), row_id=IDS(), now=NOON)

        (flag,) = await tx.flags.page(a_community().id, state=FlagState.UPHELD, limit=5)
        assert (flag.member_id, flag.object_id, flag.verdict) == (MemberId(999), 999, None)
