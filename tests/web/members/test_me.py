"""My data: what a member sees and does about themselves."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from sqlalchemy import insert, select

from liulian.base.ids import CommunityId, FileId, encode_id
from liulian.community.acts import ActKind
from liulian.community.model import MemberState, Shares
from liulian.community.people import ConsentKind
from liulian.storage.act_tables import act_rewrites
from liulian.storage.member_tables import attempts, member_files
from tests.store.test_member_moves import everything, rows_about, where_found
from tests.web.members.a_community import a_community
from tests.web.members.browsers import WECHAT_AGENT, Square, hidden, join
from tests.web.members.test_codes import ask_for_code, check
from tests.web.people import LetterBox


async def test_member_changes_what_they_are_called_and_who_sees_them(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        await join(client)
        changed = {"nickname": "小林", "zone": "Europe/Berlin", "shares": "hosts", "is_advised": "1"}
        done = await client.post("/c/tea/me", data=changed)
        refused = await client.post("/c/tea/me", data={"nickname": "长" * 25})

    (member,) = await square.members()
    assert done.headers["Location"] == "/c/tea/me?done=saved"
    assert refused.status_code == 422
    assert (member.nickname, member.zone, member.shares) == ("小林", "Europe/Berlin", Shares.HOSTS)
    assert (member.is_ranked, member.is_advised) == (False, True)


async def test_health_consent_is_given_and_withdrawn_by_one_tap_each_with_its_answers(square: Square) -> None:
    tea = a_community()
    await square.plant(settings=replace(tea.settings, asks_health=True))
    async with square.browser() as client:
        await join(client)
        (member,) = await square.members()
        given = await client.post(
            "/c/tea/me/consents/health", data={"is_given": "1", "then": "/c/tea/tests/22222222222"}
        )
        async with square.database.write() as tx:
            assert await tx.consents.has(member.id, ConsentKind.HEALTH)
            await tx.connection.execute(insert(attempts), rows_about(attempts, member.id, number=5))
        page = await client.get("/c/tea/me")
        await client.post("/c/tea/me/consents/health")

    async with square.database.read() as tx:
        consents = {each.kind: each for each in await tx.consents.list_of(member.id)}
        left = (await tx.connection.execute(select(attempts.c.id))).all()
    assert given.headers["Location"] == "/c/tea/tests/22222222222"
    assert "撤回对健康答案的同意" in page.text
    assert consents[ConsentKind.HEALTH].withdrawn_at is not None
    assert left == []


async def test_consent_of_joining_is_withdrawn_by_leaving(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        await join(client)
        refused = await client.post("/c/tea/me/consents/terms")
        led = await client.post("/c/tea/me/leave")
        home = await client.get("/c/tea")

    (member,) = await square.members()
    async with square.database.read() as tx:
        open_ones = [each for each in await tx.consents.list_of(member.id) if each.withdrawn_at is None]
    assert refused.status_code == 409
    assert led.headers["Location"] == "/c/tea"
    assert '<nav class="tabs"' not in home.text
    assert (member.state, open_ones) == (MemberState.LEFT, [])
    assert [act.kind for act in await square.acts()] == [ActKind.JOIN, ActKind.LEAVE]


async def test_other_ways_in_can_be_removed_but_not_the_browser_at_hand(square: Square) -> None:
    box = LetterBox()
    square.parts["mailer"] = box
    await square.plant()
    async with square.browser() as client:
        await join(client)
        await check(client, await ask_for_code(client, box))
        page = await client.get("/c/tea/me")
        way = hidden(page, "way")
        await client.post("/c/tea/me/ways", data={"way": way})
        (member,) = await square.members()
        async with square.database.read() as tx:
            (left,) = await tx.member_identities.list_of(member.id)
        here = f"device:{left.subject.hex()}"
        refused = await client.post("/c/tea/me/ways", data={"way": here})
        nothing = await client.post("/c/tea/me/ways", data={"way": "email:00"})

    assert way.startswith("email:")
    assert (refused.status_code, nothing.status_code) == (409, 404)


async def test_export_holds_everything_and_the_pictures(square: Square, tmp_path: Path) -> None:
    box = LetterBox()
    square.parts |= {"mailer": box, "pictures_dir": tmp_path}
    await square.plant()
    picture = FileId(123)
    (tmp_path / f"{encode_id(picture)}.jpg").write_bytes(b"a picture")
    async with square.browser() as client:
        await join(client, nickname="小林")
        await check(client, await ask_for_code(client, box))
        (member,) = await square.members()
        async with square.database.write() as tx:
            row = rows_about(member_files, member.id, number=picture)
            await tx.connection.execute(insert(member_files), row | {"removed_at": None})
        answer = await client.get("/c/tea/me/export")

    with ZipFile(BytesIO(answer.content)) as archive:
        told = json.loads(archive.read("me.json"))
        pictures = [name for name in archive.namelist() if name.startswith("pictures/")]
    assert told["tables"]["members"][0]["nickname"] == "小林"
    assert told["tables"]["members"][0]["id"] == encode_id(member.id)
    assert told["contacts"] == {"email": "lin@example.com"}
    assert [act["kind"] for act in told["tables"]["acts"]] == ["join"]
    assert len(pictures) == 1


async def test_erasing_takes_two_steps_and_leaves_nothing_of_a_person(square: Square, tmp_path: Path) -> None:
    box = LetterBox()
    square.parts |= {"mailer": box, "pictures_dir": tmp_path}
    await square.plant()
    picture = tmp_path / f"{encode_id(FileId(123))}.jpg"
    picture.write_bytes(b"a picture")
    async with square.browser() as client:
        await join(client, nickname="Xiaolin")
        await check(client, await ask_for_code(client, box))
        (member,) = await square.members()
        async with square.database.write() as tx:
            await tx.connection.execute(insert(member_files), rows_about(member_files, member.id, number=123))
        first = await client.get("/c/tea/me/erase")
        unsure = await client.post("/c/tea/me/erase")
        still = len(await square.members())
        done = await client.post("/c/tea/me/erase", data={"sure": "1"})
        after = await client.get("/c/tea/me")

    (ghost,) = await square.members()
    async with square.database.read() as tx:
        names = (member.id, encode_id(member.id), "Xiaolin", "lin@example.com", "words-of-mine")
        left = where_found(await everything(tx, but=act_rewrites), *names)
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert not [each.name for each in files if b"Xiaolin" in each.read_bytes()]  # Nor in the log of SQLite.
    assert "无法恢复" in first.text
    assert (unsure.status_code, still, done.status_code) == (422, 1, 200)
    assert left == set()
    assert not picture.exists()
    assert ghost.state is MemberState.ERASED
    assert [act.kind for act in await square.acts()] == [ActKind.JOIN, ActKind.LEAVE]
    assert after.status_code == 303


async def test_browser_is_called_by_its_name_for_people(square: Square) -> None:
    await square.plant()
    async with square.browser(**{"User-Agent": WECHAT_AGENT}) as client:
        await join(client)
        page = await client.get("/c/tea/me")

    assert "浏览器 · 微信 · iOS" in page.text
    assert "所有主人" in page.text  # Members are called so here, everywhere.
    assert "不再显示为主人" in page.text
    assert "成员" not in page.text


async def test_who_left_exports_and_erases_without_joining_again(square: Square) -> None:
    await square.plant()
    async with square.browser() as client:
        await join(client, nickname="小林")
        await client.post("/c/tea/me/leave")
        promise = await client.get("/c/tea")
        packed = await client.get("/c/tea/me/export")
        first = await client.get("/c/tea/me/erase")
        done = await client.post("/c/tea/me/erase", data={"sure": "1"})
        nobody = await client.get("/c/tea/me/erase")

    (ghost,) = await square.members()
    assert "/c/tea/me/erase" in promise.text
    assert packed.headers["Content-Type"] == "application/zip"
    assert '<nav class="tabs"' not in first.text
    assert (done.status_code, nobody.status_code) == (200, 303)
    assert ghost.state is MemberState.ERASED
    assert [act.kind for act in await square.acts()] == [ActKind.JOIN, ActKind.LEAVE]


async def test_removed_community_is_left_exported_and_erased_by_its_members_and_seen_by_nobody_else(
    square: Square,
) -> None:
    await square.plant()
    async with square.browser() as client, square.browser() as stranger:
        await join(client, nickname="小林")
        async with square.database.write() as tx:
            await tx.communities.remove(CommunityId(7), now=square.clock())
        page = await client.get("/c/tea/me")
        packed = await client.get("/c/tea/me/export")
        left = await client.post("/c/tea/me/leave")
        after = await client.get("/c/tea/me")
        refused = [await client.get("/c/tea"), await client.post("/c/tea/me"), await client.post("/c/tea/join")]
        foreign = [await stranger.get(f"/c/tea/me{end}") for end in ("", "/export", "/erase")]
        done = await client.post("/c/tea/me/erase", data={"sure": "1"})

    (ghost,) = await square.members()
    assert "这个社区已经解散" in page.text
    assert packed.headers["Content-Type"] == "application/zip"
    assert left.headers["Location"] == "/c/tea/me"
    assert "/c/tea/me/leave" in page.text
    assert "/c/tea/me/leave" not in after.text
    assert [answer.status_code for answer in (*refused, *foreign)] == [404] * 6
    assert done.status_code == 200
    assert ghost.state is MemberState.ERASED
