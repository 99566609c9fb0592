"""Members ask, answer, thank, report and appeal by forms alone; hosts keep order; nobody sees another community."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest

from liulian.base.ids import FlagId, PostId, decode_id, encode_id
from liulian.community.acts import ActKind
from liulian.community.exchange import PostState
from liulian.community.model import MemberRole
from liulian.community.reports import FlagState
from tests.store.test_checkins import TEA, a_challenge
from tests.unit.qr.test_photo import a_scene, saved
from tests.web.members.a_community import a_community
from tests.web.members.browsers import Square, join

EXCHANGE = "/c/tea/exchange"


class Room:
    """A community with two members and a host, each in a browser."""

    def __init__(self, square: Square, anna: httpx2.AsyncClient, bert: httpx2.AsyncClient, host: httpx2.AsyncClient):
        self.square, self.anna, self.bert, self.host = square, anna, bert, host

    async def ask(self, body: str = "下午三点犯困怎么办？", **fields: str) -> str:
        """Return the id of a question that Anna asked."""
        answer = await self.anna.post(EXCHANGE, data={"about": "problem", "body": body, **fields})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].partition("?")[0].rpartition("/")[2]

    async def answer(self, question: str, body: str = "先喝一杯温水") -> str:
        """Return the id of an answer that Bert gave."""
        page = await self.bert.post(f"{EXCHANGE}/{question}", data={"body": body})
        assert page.status_code == 303, page.text
        found = re.findall(r'<li id="(\w{11})">', (await self.bert.get(f"{EXCHANGE}/{question}")).text)
        return str(found[-1])

    async def state_of(self, post: str) -> PostState:
        async with self.square.database.read() as tx:
            found = await tx.posts.find(PostId(decode_id(post) or 0), community_id=a_community().id)
        assert found is not None
        return found.state

    async def change(self, name: str, **changed: object) -> None:
        (member,) = [each for each in await self.square.members() if each.nickname == name]
        async with self.square.database.write() as tx:
            await tx.members.update(member.id, **changed)

    async def member_code(self, name: str) -> str:
        return next(encode_id(each.id) for each in await self.square.members() if each.nickname == name)


@pytest.fixture
async def room(square: Square, tmp_path: Path) -> AsyncIterator[Room]:
    square.parts["pictures_dir"] = tmp_path / "members"
    await square.plant()
    async with square.database.write() as tx:
        await tx.communities.services.add(a_challenge(proof="photo"))
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(square.browser()) for _ in range(3)]
        for client, name in zip(clients, ("Anna", "Bert", "Host"), strict=True):
            await join(client, nickname=name)
        room = Room(square, *clients)
        for name in ("Anna", "Bert"):
            await room.change(name, is_trusted=True)
        await room.change("Host", role=MemberRole.HOST)
        yield room


async def test_question_goes_from_asking_to_solved_and_points_reach_who_helped(room: Room) -> None:
    question = await room.ask(about=f"service:{encode_id(TEA)}")
    listed = await room.bert.get(EXCHANGE)
    helped = await room.answer(question)
    thanked = await room.anna.post(
        f"{EXCHANGE}/thanks", data={"kind": "post", "id": helped, "then": f"{EXCHANGE}/{question}"}
    )
    solved = await room.anna.post(f"{EXCHANGE}/{helped}/solved")
    page = await room.bert.get(solved.headers["location"])

    assert "下午三点犯困怎么办？" in listed.text
    assert "一天一杯茶" in listed.text
    assert thanked.headers["location"] == f"{EXCHANGE}/{question}?done=thanked"
    assert "提问的人说：这个管用" in page.text
    kinds = [act.kind for act in await room.square.acts() if act.kind not in (ActKind.JOIN, ActKind.FEEDBACK)]
    assert kinds == [ActKind.QUESTION, ActKind.ANSWER, ActKind.THANKS, ActKind.SOLVED]
    bert = next(each for each in await room.square.members() if each.nickname == "Bert")
    async with room.square.database.read() as tx:
        assert await tx.sums.points_of(bert.id) == 3 + 8


async def test_texts_are_nowhere_in_the_log(room: Room) -> None:
    await room.ask("words-of-mine")

    assert all("words-of-mine" not in str(act) for act in await room.square.acts())


async def test_first_post_waits_its_author_reads_why_and_a_host_lets_it_through(room: Room) -> None:
    await room.change("Anna", is_trusted=False)
    question = await room.ask()
    mine, others = await room.anna.get(EXCHANGE), await room.bert.get(EXCHANGE)
    hidden = await room.bert.get(f"{EXCHANGE}/{question}")
    desk = await room.host.get(f"{EXCHANGE}/order")
    done = await room.host.post(f"{EXCHANGE}/order/posts/{question}", data={"do": "approve"})
    after = await room.bert.get(EXCHANGE)

    assert "第一次发言，松鼠酱看过之后" in mine.text
    assert "犯困" not in others.text
    assert hidden.status_code == 404
    assert "第一次发言" in desk.text
    assert done.status_code == 303
    assert "犯困" in after.text
    assert await room.state_of(await room.ask("第二个问题")) is PostState.SHOWN


async def test_contacts_wait_and_members_keep_no_order(room: Room) -> None:
    question = await room.ask("便宜好茶，加微信 tea88888")
    pages = [await room.bert.get(f"{EXCHANGE}/order")]
    pages.append(await room.bert.post(f"{EXCHANGE}/order/posts/{question}", data={"do": "approve"}))

    assert await room.state_of(question) is PostState.WAITING
    assert [page.status_code for page in pages] == [403, 403]


async def test_what_is_typed_stays_when_it_is_refused(room: Room) -> None:
    empty = await room.anna.post(EXCHANGE, data={"about": "problem", "body": "  "})
    long = await room.anna.post(EXCHANGE, data={"about": "problem", "body": "茶" * 501})

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "请写点内容，最多 500 个字。" in long.text
    assert "茶" * 501 in long.text


async def test_what_members_write_is_never_markup(room: Room) -> None:
    question = await room.ask("<script>alert(1)</script> & <b>")
    pages = [await room.bert.get(path) for path in (EXCHANGE, f"{EXCHANGE}/{question}", "/c/tea")]

    assert all("<script>alert" not in page.text for page in pages)
    assert "&lt;script&gt;" in pages[1].text


async def test_reported_post_is_hidden_by_a_host_and_its_author_reads_why_and_appeals(room: Room) -> None:
    question = await room.ask()
    report = {"kind": "post", "id": question, "then": f"{EXCHANGE}/{question}"}
    form = await room.bert.get(f"{EXCHANGE}/report", params=report)
    nothing = await room.bert.post(f"{EXCHANGE}/report", data=report)
    other = await room.bert.post(f"{EXCHANGE}/report", data=report | {"reason": "other"})
    done = await room.bert.post(f"{EXCHANGE}/report", data=report | {"reason": "rude"})
    desk = await room.host.get(f"{EXCHANGE}/order")
    flag = re.findall(r"/exchange/order/flags/(\w{11})", desk.text)[0]
    silent = await room.host.post(f"{EXCHANGE}/order/flags/{flag}", data={"do": "hide", "why": ""})
    hidden = await room.host.post(f"{EXCHANGE}/order/flags/{flag}", data={"do": "hide", "why": "话说重了"})
    mine = await room.anna.get("/c/tea/me/decisions")
    list_ = await room.anna.get(EXCHANGE)
    appealed = await room.anna.post(f"/c/tea/me/decisions/{flag}", data={"appeal": "我是在问茶"})
    again = await room.anna.post(f"/c/tea/me/decisions/{flag}", data={"appeal": "再问一次"})
    foreign = await room.bert.post(f"/c/tea/me/decisions/{flag}", data={"appeal": "x"})

    assert form.status_code == 200
    assert (nothing.status_code, other.status_code, done.status_code) == (422, 422, 303)
    assert (silent.status_code, hidden.status_code) == (422, 303)
    assert "原因：话说重了" in mine.text
    assert "已隐藏，原因：话说重了" in list_.text
    assert (appealed.status_code, again.status_code, foreign.status_code) == (303, 409, 404)
    async with room.square.database.read() as tx:
        stored = await tx.flags.find(FlagId(decode_id(flag) or 0), community_id=a_community().id)
    assert stored is not None
    assert (stored.state, stored.appeal) == (FlagState.APPEALED, "我是在问茶")


async def test_blocked_member_is_seen_no_more_until_they_are_again(room: Room) -> None:
    await room.ask()
    anna = await room.member_code("Anna")
    await room.bert.post(f"{EXCHANGE}/block", data={"id": anna})
    without, list_ = await room.bert.get(EXCHANGE), await room.bert.get("/c/tea/me/decisions")
    await room.bert.post(f"{EXCHANGE}/block", data={"id": anna, "is_on": "0"})
    again = await room.bert.get(EXCHANGE)

    assert "犯困" not in without.text
    assert "Anna" in list_.text
    assert "犯困" in again.text


async def test_check_ins_of_today_are_seen_with_their_photo_and_thanked_for(room: Room) -> None:
    photo = base64.b64encode(saved(a_scene())).decode()
    done = await room.anna.post(
        "/c/tea/do/check-in", json={"service": encode_id(TEA), "key": "a-tap-1234", "photo": photo}
    )
    page = await room.bert.get(EXCHANGE)
    every = await room.bert.get(f"{EXCHANGE}/check-ins")
    picture = re.findall(r"/c/tea/photos/\w{11}", page.text)[0]
    thanked = await room.bert.post(f"{EXCHANGE}/thanks", data={"kind": "act", "id": done.json()["act"]})
    again = await room.bert.post(f"{EXCHANGE}/thanks", data={"kind": "act", "id": done.json()["act"]})
    own = await room.anna.post(f"{EXCHANGE}/thanks", data={"kind": "act", "id": done.json()["act"]})

    assert "Anna" in every.text
    assert (await room.bert.get(picture)).status_code == 200
    assert [each.headers["location"] for each in (thanked, again)] == [
        f"{EXCHANGE}?done=thanked",
        f"{EXCHANGE}?done=known",
    ]
    assert own.status_code == 409


async def test_form_leads_nowhere_but_to_pages_of_the_exchange(room: Room) -> None:
    question = await room.ask()
    for then in ("https://evil.example/", "//evil.example", "/c/tea/exchange/../../api", "/c/other/exchange", ""):
        answer = await room.bert.post(f"{EXCHANGE}/thanks", data={"kind": "post", "id": question, "then": then})
        assert answer.headers["location"].partition("?")[0] == EXCHANGE


async def test_own_post_is_taken_back_by_its_author_alone(room: Room) -> None:
    question = await room.ask()
    refused = await room.bert.post(f"{EXCHANGE}/{question}/withdraw")
    await room.anna.post(f"{EXCHANGE}/{question}/withdraw")
    page = await room.bert.get(EXCHANGE)

    assert refused.status_code == 404
    assert "犯困" not in page.text


async def test_strangers_and_members_of_other_communities_see_nothing(room: Room) -> None:
    question = await room.ask()
    other = a_community(id=8, slug="coffee", name="Coffee")
    async with room.square.database.write() as tx:
        await tx.communities.add(other)
    async with room.square.browser() as stranger, room.square.browser() as elsewhere:
        await join(elsewhere, "coffee")
        paths = ("exchange", f"exchange/{question}", "exchange/check-ins", "exchange/order", "me/decisions")
        unknown = [(await stranger.get(f"/c/tea/{path}")).headers.get("location") for path in paths]
        foreign = await elsewhere.get(f"/c/coffee/exchange/{question}")
        thanked = await elsewhere.post("/c/coffee/exchange/thanks", data={"kind": "post", "id": question})
        list_ = await elsewhere.get("/c/coffee/exchange")

    assert unknown == ["/c/tea"] * len(paths)
    assert (foreign.status_code, thanked.status_code) == (404, 404)
    assert "犯困" not in list_.text


async def test_pages_of_questions_follow_one_another(room: Room) -> None:
    room.square.clock.pass_by(hours=0)
    for number in range(12):
        await room.ask(f"问题 {number:02}")
    room.square.clock.pass_by(hours=2)
    for number in range(12, 24):
        await room.ask(f"问题 {number:02}")
    first = await room.bert.get(EXCHANGE)
    older = re.findall(r"/exchange\?before=\w{11}", first.text)[0]
    second = await room.bert.get(f"/c/tea{older}")

    assert re.findall(r"问题 (\d\d)", first.text) == [f"{number:02}" for number in range(23, 3, -1)]
    assert re.findall(r"问题 (\d\d)", second.text) == ["03", "02", "01", "00"]


async def test_english_reader_has_the_same_pages(room: Room) -> None:
    question = await room.ask()
    pages = [await room.bert.get(f"{path}?lang=en") for path in (EXCHANGE, f"{EXCHANGE}/{question}")]

    assert "Ask a question" in pages[0].text
    assert "This solved it" not in pages[1].text
    assert "Your answer" in pages[1].text
