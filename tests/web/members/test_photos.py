"""A photo shows that something was done: kept small and stripped, seen by whom its member lets see it."""

import base64
from io import BytesIO
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from sqlalchemy import select

from liulian.base.ids import FileId, encode_id
from liulian.community.acts import ActKind
from liulian.community.model import MemberRole, Shares
from liulian.community.photos import PHOTOS_PER_HOUR, WAITING_MAX
from liulian.storage.member_tables import member_files
from tests.store.test_checkins import TEA, a_challenge
from tests.unit.qr.test_photo import GPS, a_scene, saved
from tests.web.api import problem
from tests.web.members.browsers import Square, join

CHECK_IN = "/c/tea/do/check-in"


@pytest.fixture
async def gallery(square: Square, tmp_path: Path) -> Square:
    """An installation with a challenge that asks for a photo."""
    square.parts["pictures_dir"] = tmp_path / "members"
    await square.plant()
    async with square.database.write() as tx:
        await tx.communities.services.add(a_challenge(proof="photo"))
    return square


def a_photo(seed: int = 1) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0)})
    return saved(a_scene(seed), exif=exif)


async def hand_in(client: httpx2.AsyncClient, photo: bytes) -> httpx2.Response:
    return await client.post("/c/tea/do/photo", files={"photo": ("a.jpg", photo)})


async def check_in(client: httpx2.AsyncClient, photo: str, key: str = "a-tap-1234") -> httpx2.Response:
    return await client.post(CHECK_IN, json={"service": encode_id(TEA), "key": key, "photo": photo})


def files_of(square: Square) -> list[Path]:
    return sorted(Path(square.parts["pictures_dir"]).glob("*"))


async def rows(square: Square) -> list[tuple[int, int | None]]:
    async with square.database.read() as tx:
        return [(row.id, row.act_id) for row in await tx.connection.execute(select(member_files))]


async def test_photo_that_was_handed_in_proves_a_check_in(gallery: Square) -> None:
    async with gallery.browser() as client:
        await join(client)
        handed_in = await hand_in(client, a_photo())
        assert handed_in.status_code == 201, handed_in.text
        done = await check_in(client, handed_in.json()["photo"])
        shown = await client.get(f"/c/tea/photos/{handed_in.json()['photo']}")

    assert done.status_code == 200, done.text
    (file,) = files_of(gallery)
    assert file.stat().st_mode & 0o777 == 0o600
    assert (shown.headers["content-type"], shown.headers["cache-control"]) == ("image/jpeg", "private, max-age=600")
    assert not Image.open(BytesIO(shown.content)).getexif()
    ((_, act_id),) = await rows(gallery)
    assert act_id is not None


async def test_photo_may_come_with_the_check_in_and_once_however_often_it_is_told(gallery: Square) -> None:
    written = base64.b64encode(a_photo()).decode()
    async with gallery.browser() as client:
        await join(client)
        first = await check_in(client, written)
        again = await check_in(client, written)

    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert again.json()["is_new"] is False
    assert len(files_of(gallery)) == len(await rows(gallery)) == 1


async def test_form_without_script_sends_the_photo_along(gallery: Square) -> None:
    async with gallery.browser() as client:
        await join(client)
        page = await client.get("/c/tea")
        fields = {"service": encode_id(TEA), "key": "a-form-1234"}
        answer = await client.post(CHECK_IN, data=fields, files={"photo": ("a.jpg", a_photo())})

    assert 'enctype="multipart/form-data"' in page.text
    assert answer.status_code == 303, answer.text
    assert [act.kind for act in await gallery.acts() if act.kind is ActKind.CHECK_IN] == [ActKind.CHECK_IN]


async def test_check_in_that_is_refused_leaves_no_photo_behind(gallery: Square) -> None:
    async with gallery.browser() as client:
        await join(client)
        await check_in(client, base64.b64encode(a_photo()).decode())
        refused = await check_in(client, base64.b64encode(a_photo(2)).decode(), key="another-tap")

    assert problem(refused) == (409, "challenge_done_today")
    assert len(files_of(gallery)) == len(await rows(gallery)) == 1


async def test_photos_that_become_nothing_are_few_and_those_of_an_hour_are_counted(gallery: Square) -> None:
    async with gallery.browser() as client:
        await join(client)
        answers = [await hand_in(client, a_photo()) for _ in range(PHOTOS_PER_HOUR + 1)]

    assert [answer.status_code for answer in answers] == [201] * PHOTOS_PER_HOUR + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert len(files_of(gallery)) == len(await rows(gallery)) == WAITING_MAX


async def test_what_is_no_picture_is_refused_in_words(gallery: Square) -> None:
    async with gallery.browser() as client:
        await join(client)
        text = await hand_in(client, b"a text")
        nothing = await client.post("/c/tea/do/photo", json={"photo": ""})
        broken = await client.post("/c/tea/do/photo", json={"photo": "no base64 ***"})
        large = await hand_in(client, b"\xff\xd8\xff" + bytes(11 * 1024**2))

    assert problem(text) == (422, "image_unknown")
    assert problem(nothing) == (422, "invalid_request")
    assert problem(broken) == (422, "image_unknown")
    assert problem(large) == (413, "too_large")


async def test_others_see_a_photo_as_its_member_chooses(gallery: Square) -> None:
    async with gallery.browser() as client, gallery.browser() as other, gallery.browser() as stranger:
        await join(client)
        await join(other)
        address = f"/c/tea/photos/{(await hand_in(client, a_photo())).json()['photo']}"
        author, reader = sorted(await gallery.members(), key=lambda member: member.id)
        seen = []
        for shares, role in (
            (Shares.ALL, MemberRole.MEMBER),
            (Shares.HOSTS, MemberRole.MEMBER),
            (Shares.HOSTS, MemberRole.HOST),
            (Shares.NOBODY, MemberRole.HOST),
        ):
            async with gallery.database.write() as tx:
                await tx.members.update(author.id, shares=shares)
                await tx.members.update(reader.id, role=role)
            seen.append((await other.get(address)).status_code)
        mine = await client.get(address)
        outside = await stranger.get(address)

    assert seen == [200, 404, 200, 404]
    assert mine.status_code == 200
    assert outside.status_code in (303, 401)


async def test_erasing_takes_the_photo_along(gallery: Square) -> None:
    async with gallery.browser() as client:
        await join(client)
        await check_in(client, base64.b64encode(a_photo()).decode())
        assert len(files_of(gallery)) == 1
        await client.post("/c/tea/me/erase", data={"sure": "1"})

    assert files_of(gallery) == []
    assert await rows(gallery) == []


async def test_photo_of_another_community_is_not_there(gallery: Square) -> None:
    async with gallery.browser() as client:
        await join(client)
        answer = await client.get(f"/c/tea/photos/{encode_id(FileId(12345))}")

    assert answer.status_code == 404
