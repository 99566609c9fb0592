"""The five tasks of every day, each from the list of links: how many clicks and strokes they take, as the guide says.

Seconds are those of the keystroke-level model (Card, Moran and Newell): they tell one way from a shorter one, which a
clock beside a machine does not.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.console.desk import TEA, Desk
from tests.browser.console.steps import heading

SHARED_PLACE = True
GUIDES = Path(__file__).parents[3] / "docs/guide"
ROWS = 1_000
SITE = "https://93.184.215.14"  # An address and no name: nobody has to be asked where it is.
KEY_S, CLICK_S, THOUGHT_S = 0.28, 1.3, 1.35  # Of somebody who types now and then; pointing belongs to the click.


@dataclass
class Hand:
    """Does what a hand does, and counts it."""

    page: Page
    clicks: int = 0
    strokes: int = 0
    thoughts: int = field(default=0)

    def click(self, place: Locator) -> None:
        place.click()
        self.clicks += 1
        self.thoughts += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.strokes += len(keys)
        self.thoughts += 1

    def type(self, text: str) -> None:
        """Type, letter by letter; what an input method does for a character counts as one."""
        self.page.keyboard.type(text)
        self.strokes += len(text)

    def paste(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.strokes += 1

    @property
    def seconds(self) -> int:
        return round(self.clicks * CLICK_S + self.strokes * KEY_S + self.thoughts * THOUGHT_S)


@pytest.fixture
def hand(desk: Desk) -> Hand:
    desk.make(slug=f"poster-{desk.workspace_id}", title="秋季茶饮海报")
    desk.make(slug=f"shop-{desk.workspace_id}", title="门店导航")
    desk.open()
    return Hand(desk.page)


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).first


def _agrees(hand: Hand, task: str) -> None:
    """Hold the tables of the guide, in both languages, to what was counted."""
    counted = (str(hand.clicks), str(hand.strokes), str(hand.seconds))
    for language in ("en", "zh"):
        guide = (GUIDES / language / "console.md").read_text(encoding="utf-8")
        rows = re.findall(rf"^\|[^|]*<!-- {task} -->\s*\|([^|]*)\|([^|]*)\|([^|]*)\|", guide, re.MULTILINE)
        assert [tuple(cell.strip() for cell in row) for row in rows] == [counted], (language, task)


def test_guarded_link_is_made(hand: Hand, desk: Desk) -> None:
    page = hand.page
    hand.press("c")
    expect(page.get_by_role("textbox", name="目标网址", exact=True)).to_be_focused()
    hand.paste(f"{TEA}/guarded")
    hand.click(page.get_by_role("dialog").get_by_text("微信 + QQ", exact=True))
    hand.click(_button(page, "生成短链"))
    expect(page.get_by_text("短链做好了")).to_be_visible()
    hand.click(page.get_by_role("dialog").get_by_role("button", name="复制").first)

    assert desk.count("guarded=true") == 1
    _agrees(hand, "guarded")


def test_link_is_found(hand: Hand, desk: Desk) -> None:
    hand.press("/")
    hand.type("茶饮")
    hand.press("Enter")

    expect(desk.row("shop-")).to_have_count(0)
    expect(desk.row("poster-")).to_be_visible()
    _agrees(hand, "find")


def test_found_link_leads_elsewhere(hand: Hand, desk: Desk) -> None:
    page = hand.page
    hand.click(desk.row("poster-").locator(".name"))
    hand.click(page.get_by_role("textbox", name="目标网址", exact=True))
    hand.press("Control+a")
    hand.paste(f"{TEA}/winter")
    hand.press("Enter")

    expect(page.get_by_text("已保存，马上生效")).to_be_visible()
    expect(desk.row("poster-")).to_contain_text("/tea/winter")
    _agrees(hand, "change")


def test_thousand_links_of_bitly_are_imported(hand: Hand, desk: Desk) -> None:
    page = hand.page
    hand.click(page.get_by_role("link", name="导入导出"))
    with page.expect_file_chooser() as chooser:
        hand.click(_button(page, "选择文件"))
    chooser.value.set_files(_bitly())
    hand.clicks += 1  # The file, in the system's own window.
    heading(page, "bitly.csv")
    expect(page.get_by_role("status").get_by_text("Bitly")).to_be_visible()
    hand.click(_button(page, "开始导入"))

    expect(page.get_by_role("heading", level=2, name="导入完成")).to_be_visible(timeout=60_000)
    expect(page.locator("dl > div").filter(has_text="已创建").locator("dd")).to_have_text("1,000")
    assert desk.count() == ROWS + 2
    _agrees(hand, "import")


def test_colleague_is_invited(hand: Hand) -> None:
    page = hand.page
    hand.click(page.get_by_role("link", name="设置", exact=True))
    hand.click(page.get_by_role("link", name="成员", exact=True))
    hand.click(_button(page, "邀请成员"))
    hand.click(_button(page, "生成邀请链接"))
    expect(page.get_by_role("dialog").locator(".link")).to_contain_text("/console/invitation#")
    hand.click(_button(page, "复制链接"))

    _agrees(hand, "invite")


def _bitly() -> FilePayload:
    """Return what Bitly exports: a thousand links."""
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(("long_url", "bitlink", "title", "tags", "created_at"))
    for number in range(ROWS):
        table.writerow(
            (f"{SITE}/{number}", f"bit.ly/ev{number}", f"茶饮 {number} 号", "春", "2024-01-05T08:30:00+0000")
        )
    return {"name": "bitly.csv", "mimeType": "text/csv", "buffer": file.getvalue().encode()}
