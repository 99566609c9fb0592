"""What shows that something was done: a text, a photo made small on the phone, and what is no photo."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from liulian.base.clock import utc_now
from liulian.base.ids import IdSource, ServiceId
from liulian.community.acts import Purpose
from liulian.community.model import Service, ServiceKind, ServiceState
from liulian.storage.database import Transaction
from tests.browser.member.conftest import Town, be_known
from tests.browser.member.planted import change

EDGE_MAX = 1600
PROOFS = {"photo": "拍一杯茶", "text": "记一句"}


@pytest.fixture(scope="module", autouse=True)
def asking(town: Town) -> None:
    """Challenges that ask for a photo and for a text."""
    ids = IdSource()

    async def add(tx: Transaction) -> None:
        for position, (proof, name) in enumerate(PROOFS.items(), start=5):
            service = Service(
                id=ServiceId(ids()),
                community_id=town.tea.community.id,
                kind=ServiceKind.CHALLENGE,
                name=name,
                state=ServiceState.ACTIVE,
                purpose=Purpose.PROBLEM,
                version=1,
                definition={"task": name, "proof": proof, "per_day": 3},
                created_at=utc_now(),
                updated_at=utc_now(),
                position=position,
            )
            await tx.communities.services.add(service)

    change(town.folder, add)


@pytest.fixture
def member(context: BrowserContext, town: Town) -> Page:
    page = context.new_page()
    page.goto(be_known(context, town, "zh-CN"))
    return page


def choose(page: Page, proof: str) -> None:
    page.locator("label.chip", has_text=PROOFS[proof]).tap()


def a_photo() -> FilePayload:
    """Return a photo as phones take them: larger than anybody needs, and it says where it was taken."""
    picture, file = Image.new("RGB", (3000, 2000), "#7a5"), BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "at home"
    picture.save(file, "JPEG", exif=exif)
    return FilePayload(name="tea.jpg", mimeType="image/jpeg", buffer=file.getvalue())


def test_photo_is_made_small_before_it_leaves_the_phone(member: Page, town: Town) -> None:
    choose(member, "photo")
    member.locator(".check-in:visible input[type=file]").set_input_files(a_photo())
    with member.expect_request("**/do/check-in") as asked:
        member.locator(".check-in:visible button").tap()

    expect(member.locator("#dock .feedback:visible")).to_contain_text("连续第 1 天")
    assert len(asked.value.post_data or "") < 400_000
    (kept,) = town.folder.rglob("*.jpg")
    with Image.open(kept) as picture:
        assert max(picture.size) <= EDGE_MAX
        assert not picture.getexif()


def test_photo_taken_without_network_waits_too(context: BrowserContext, member: Page) -> None:
    choose(member, "photo")
    context.set_offline(True)
    member.locator(".check-in:visible input[type=file]").set_input_files(a_photo())
    member.locator(".check-in:visible button").tap()
    expect(member.locator("#waiting")).to_contain_text(PROOFS["photo"])

    context.set_offline(False)
    expect(member.locator("#waiting-said")).to_contain_text("已送到")


def test_file_that_is_no_photo_is_told_at_once(member: Page) -> None:
    choose(member, "photo")
    payload = FilePayload(name="tea.jpg", mimeType="image/jpeg", buffer=b"not a picture at all")
    member.locator(".check-in:visible input[type=file]").set_input_files(payload)
    member.locator(".check-in:visible button").tap()

    expect(member.locator(".check-in:visible .problem")).to_contain_text("不是图片")


def test_text_is_taken_and_nothing_is_refused_in_words(member: Page) -> None:
    choose(member, "text")
    member.locator(".check-in:visible form").evaluate("form => form.noValidate = true")
    member.locator(".check-in:visible button").tap()
    problem = member.locator(".check-in:visible .problem")
    expect(problem).not_to_be_empty()

    member.locator(".check-in:visible textarea").fill("今天是乌龙茶")
    member.locator(".check-in:visible button").tap()
    expect(member.locator("#dock .feedback:visible")).to_contain_text("连续第 1 天")
