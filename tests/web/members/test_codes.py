"""Coming in by a code: six digits by e-mail, and a short code from one browser to another."""

import re
from dataclasses import replace

import httpx2
import pytest

from liulian.base.ids import CommunityId
from liulian.community.codes import TRIES_MAX
from liulian.community.model import MemberState
from liulian.community.people import IdentityKind
from tests.web.members.a_community import a_community
from tests.web.members.browsers import Square, hidden, join
from tests.web.people import LetterBox

EMAIL = "lin@example.com"


@pytest.fixture
def letters(square: Square) -> LetterBox:
    """Where codes arrive."""
    box = LetterBox()
    square.parts["mailer"] = box
    return box


async def ask_for_code(client: httpx2.AsyncClient, letters: LetterBox, email: str = EMAIL) -> str:
    """Ask for a code and return the digits in the letter."""
    answer = await client.post("/c/tea/code", data={"email": email})
    assert answer.status_code == 200, answer.text
    found = re.search(r"\b\d{6}\b", letters.letters[-1].text)
    assert found is not None
    return found[0]


async def check(client: httpx2.AsyncClient, digits: str, email: str = EMAIL) -> httpx2.Response:
    return await client.post("/c/tea/code/check", data={"email": email, "digits": digits})


async def joined_with_email(square: Square, client: httpx2.AsyncClient, letters: LetterBox, nickname: str) -> None:
    await join(client, nickname=nickname)
    done = await check(client, await ask_for_code(client, letters))
    assert done.headers["Location"] == "/c/tea/me?done=added"


async def test_address_brings_a_member_back_in_another_browser(square: Square, letters: LetterBox) -> None:
    await square.plant()
    async with square.browser() as phone, square.browser() as computer:
        await joined_with_email(square, phone, letters, "小林")
        done = await check(computer, await ask_for_code(computer, letters))
        home = await computer.get("/c/tea/me")

    assert done.headers["Location"] == "/c/tea"
    assert "小林" in home.text
    assert "l***n@example.com" in home.text
    assert len(await square.members()) == 1


async def test_address_itself_is_nowhere_in_the_clear(square: Square, letters: LetterBox) -> None:
    await square.plant()
    async with square.browser() as client:
        await joined_with_email(square, client, letters, "小林")

    (member,) = await square.members()
    async with square.database.read() as tx:
        ways = {way.kind: way for way in await tx.member_identities.list_of(member.id)}
    email = ways[IdentityKind.EMAIL]
    assert EMAIL.encode() not in email.subject + (email.sealed or b"")


async def test_who_reads_an_unknown_address_joins_with_it(square: Square, letters: LetterBox) -> None:
    await square.plant()
    async with square.browser() as client:
        await check(client, await ask_for_code(client, letters))
        page = await client.get("/c/tea/me")

    assert page.status_code == 200
    assert len(await square.members()) == 1


async def test_wrong_digits_let_nobody_in_and_five_end_the_code(square: Square, letters: LetterBox) -> None:
    await square.plant()
    async with square.browser() as client:
        digits = await ask_for_code(client, letters)
        wrong = f"{(int(digits) + 1) % 10**6:06}"
        refused = [await check(client, wrong) for _ in range(TRIES_MAX)]
        late = await check(client, digits)

    assert {answer.status_code for answer in (*refused, late)} == {410}
    assert await square.members() == []


async def test_digits_work_once_and_for_ten_minutes(square: Square, letters: LetterBox) -> None:
    await square.plant()
    async with square.browser() as one, square.browser() as two, square.browser() as three:
        digits = await ask_for_code(one, letters)
        assert (await check(one, digits)).status_code == 303
        again = await check(two, digits)
        fresh = await ask_for_code(three, letters)
        square.clock.pass_by(minutes=10)
        late = await check(three, fresh)

    assert (again.status_code, late.status_code) == (410, 410)


async def test_digits_of_one_address_or_community_open_no_other(square: Square, letters: LetterBox) -> None:
    await square.plant()
    await square.plant(id=8, slug="books")
    async with square.browser() as client:
        digits = await ask_for_code(client, letters)
        another = await check(client, digits, email="other@example.com")
        books = await client.post("/c/books/code/check", data={"email": EMAIL, "digits": digits})

    assert (another.status_code, books.status_code) == (410, 410)


async def test_letter_box_is_not_flooded(square: Square, letters: LetterBox) -> None:
    await square.plant()
    async with square.browser() as client:
        for _ in range(5):
            await ask_for_code(client, letters)
        refused = await client.post("/c/tea/code", data={"email": EMAIL.upper()})

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert len(letters.letters) == 5


async def test_without_a_mail_server_nothing_is_offered(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        page = await client.get("/c/tea/join")
        asked = await client.get("/c/tea/code")

    assert "/c/tea/code" not in page.text
    assert asked.status_code == 409
    assert "No mail server" in asked.text


async def test_two_members_who_are_one_person_are_told_and_asked_before_they_become_one(
    square: Square, letters: LetterBox
) -> None:
    await square.plant()
    async with square.browser() as wechat, square.browser() as safari:
        await joined_with_email(square, wechat, letters, "在微信")
        square.clock.pass_by(minutes=1)
        await join(safari, nickname="在浏览器")
        question = await check(safari, await ask_for_code(safari, letters))
        before = len(await square.members())
        done = await safari.post("/c/tea/merge", data={"token": hidden(question, "token")})
        again = await safari.post("/c/tea/merge", data={"token": hidden(question, "token")})
        both = [await client.get("/c/tea/me") for client in (wechat, safari)]

    (member,) = await square.members()
    assert question.status_code == 200
    assert "不能再分开" in question.text
    assert "另一位主人" in question.text
    assert before == 2
    assert done.headers["Location"] == "/c/tea/me?done=merged"
    assert again.status_code == 410
    assert member.nickname == "在微信"
    assert all("在微信" in page.text for page in both)
    assert {act.member_id for act in await square.acts()} == {member.id}


async def test_question_of_one_member_is_answered_by_no_other(square: Square, letters: LetterBox) -> None:
    await square.plant()
    async with square.browser() as one, square.browser() as two, square.browser() as third:
        await joined_with_email(square, one, letters, "一")
        await join(two, nickname="二")
        await join(third, nickname="三")
        question = await check(two, await ask_for_code(two, letters))
        answer = await third.post("/c/tea/merge", data={"token": hidden(question, "token")})

    assert answer.status_code == 410
    assert len(await square.members()) == 3


async def show(client: httpx2.AsyncClient) -> str:
    """Let a browser show a code, and return it."""
    led = await client.post("/c/tea/pair/show")
    page = await client.get(led.headers["Location"])
    assert "<svg" in page.text
    found = re.search(r'<p class="number">([^<]+)</p>', page.text)
    assert found is not None
    return found[1]


async def allow(client: httpx2.AsyncClient) -> httpx2.Response:
    page = await client.get("/c/tea/pair/shown")
    return await client.post("/c/tea/pair/allow", data={"id": hidden(page, "id")})


async def test_second_browser_comes_in_once_both_have_said_yes(square: Square) -> None:
    await square.plant()
    async with square.browser() as phone, square.browser() as computer:
        await join(phone, nickname="小林")
        code = await show(phone)
        await computer.post("/c/tea/pair", data={"code": code.lower()})
        waiting = await computer.get("/c/tea/me")
        await allow(phone)
        inside = await computer.get("/c/tea/me")

    assert waiting.status_code == 303  # Nobody yet.
    assert "小林" in inside.text
    assert len(await square.members()) == 1


async def test_pairing_makes_one_of_two_members(square: Square) -> None:
    await square.plant()
    async with square.browser() as phone, square.browser() as computer:
        await join(phone, nickname="手机")
        square.clock.pass_by(minutes=1)
        await join(computer, nickname="电脑")
        code = await show(phone)
        told = await computer.get(f"/c/tea/pair?code={code}")
        await computer.post("/c/tea/pair", data={"code": code})
        asked = await phone.get("/c/tea/pair/shown")
        await allow(phone)
        home = await computer.get("/c/tea/me")

    assert "合成一个" in told.text
    assert "电脑" in asked.text
    assert "手机" in home.text
    assert len(await square.members()) == 1


async def test_pair_code_is_for_one_browser_and_ten_minutes(square: Square) -> None:
    await square.plant()
    async with square.browser() as phone, square.browser() as one, square.browser() as two:
        await join(phone)
        code = await show(phone)
        await one.post("/c/tea/pair", data={"code": code})
        taken = await two.post("/c/tea/pair", data={"code": code})
        square.clock.pass_by(minutes=10)
        late = await one.post("/c/tea/pair", data={"code": code})
        nobody = await phone.post("/c/tea/pair/allow", data={"id": "22222222222"})

    assert [answer.status_code for answer in (taken, late, nobody)] == [410, 410, 410]


async def test_parent_joins_comes_in_and_comes_back_by_a_code(square: Square, letters: LetterBox) -> None:
    await square.plant(settings=replace(a_community().settings, for_children=True))
    told = {"ward": "小米", "guardian": "1"}
    async with square.browser() as phone, square.browser() as tablet, square.browser() as computer:
        digits = await ask_for_code(phone, letters)
        asked = await check(phone, digits)
        joined = await phone.post("/c/tea/code/check", data={"email": EMAIL, "digits": digits} | told)
        came = await check(tablet, await ask_for_code(tablet, letters))
        await phone.post("/c/tea/me/leave")
        digits = await ask_for_code(computer, letters)
        asked_again = await check(computer, digits)
        back = await computer.post("/c/tea/code/check", data={"email": EMAIL, "digits": digits, "guardian": "1"})

    (member,) = await square.members()
    assert (asked.status_code, asked_again.status_code) == (422, 422)
    assert 'aria-describedby="ward-problem"' in asked.text
    assert [each.headers.get("Location") for each in (joined, came, back)] == ["/c/tea"] * 3
    assert (member.state, member.ward) == (MemberState.ACTIVE, "小米")


async def test_letters_are_counted_by_letter_box_and_not_by_community(square: Square, letters: LetterBox) -> None:
    await square.plant()
    await square.plant(id=CommunityId(8), slug="books")
    async with square.browser() as client:
        sent = [await client.post(f"/c/{slug}/code", data={"email": EMAIL}) for slug in ("tea", "books") * 3]

    assert [answer.status_code for answer in sent] == [200] * 5 + [429]
    assert len(letters.letters) == 5
