"""Keyboard only: every control is reached in the order of the page, shows that it has the focus, and does its work."""

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.browser.steps import DESTINATION
from tests.unit.qr.pictures import code, on_ground, saved

ADDRESS, OTHER = "https://www.example.com/tea", "https://www.example.com/coffee"
CONTROLS_MIN = 50  # With everything unfolded.
_FOCUSED = "document.activeElement.id || document.activeElement.parentElement.id || document.activeElement.className"
# What shows the focus: an outline on the element itself or, where the box is drawn by us, on what is drawn.
_VISIT = """() => {
    const focused = document.activeElement;
    if (focused === document.body || focused.dataset.visited) return 'been here';
    focused.dataset.visited = 'yes';
    const drawn = focused.matches('.choice input, .pill input') ? focused.nextElementSibling : focused;
    const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 ? 'seen' : drawn.outerHTML;
}"""


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_tab_goes_through_the_tool_in_its_order(page: Page) -> None:
    page.goto("/")

    reached = []
    for _ in range(10):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(_FOCUSED))

    ways_and_choices = ["paste", "scan", "upload", "guard", "audience", "submit"]
    assert reached == ["name", "enter", "language", "destination", *ways_and_choices]


def test_focus_can_be_seen_wherever_it_is(page: Page) -> None:
    page.goto("/")
    page.locator("#destination").fill(f"{ADDRESS}\njavascript:alert(1)\n{OTHER}")
    page.locator("#destination").press("Control+Enter")
    expect(page.locator("#several-acts")).to_be_visible()
    for chip in ("#guard", "#audience"):
        page.locator(f"{chip} > summary").press("Enter")
    page.locator("input[value=custom]").check(force=True)
    page.locator(".name").focus()

    visits: list[str] = []
    while "been here" not in visits:
        page.keyboard.press("Tab")
        visits.append(page.evaluate(_VISIT))

    assert set(visits) == {"seen", "been here"}
    assert len(visits) > CONTROLS_MIN


def test_copied_address_is_a_copied_short_link_without_a_mouse(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    page.evaluate("text => navigator.clipboard.writeText(text)", DESTINATION)
    page.locator("#destination").focus()

    _press(page, "Control+V", "Enter")
    expect(page.locator("#result")).to_be_visible()
    page.locator("#submit").focus()
    _press(page, "Tab", "Enter")

    expect(page.locator("#copy")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#short-url").inner_text()


def test_one_code_of_a_picture_is_chosen_and_sent(page: Page) -> None:
    page.on("filechooser", lambda _: None)  # From now on the browser asks us, which the wait below is too late to say.
    page.goto("/")
    page.locator("#upload").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    photo = saved(on_ground(code(ADDRESS), code(OTHER)), "PNG")
    chooser.value.set_files(FilePayload(name="photo", mimeType="image/png", buffer=photo))
    expect(page.locator("#found-choices button").first).to_be_focused()
    chosen = page.locator("#found-choices button").nth(1).inner_text().partition("：")[2]

    _press(page, "Tab", "Enter")
    expect(page.locator("#destination")).to_have_value(chosen)
    _press(page, "Enter")

    expect(page.locator("#leads-to")).to_have_text(chosen)


def test_text_of_a_code_is_put_away_again(page: Page) -> None:
    page.goto("/")
    picture = FilePayload(name="photo", mimeType="image/png", buffer=saved(code("你好"), "PNG"))
    page.locator("#upload-file").set_input_files(picture)
    expect(page.locator("#found-heading")).to_be_focused()

    _press(page, "Tab", "Tab", "Enter")

    expect(page.locator("#found")).to_be_hidden()
    expect(page.locator("#scan")).to_be_focused()


def test_list_is_made_copied_and_its_first_link_deleted(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    page.locator("#destination").fill(f"{ADDRESS}\n{OTHER}")

    page.locator("#destination").press("Control+Enter")
    expect(page.locator("#several-heading")).to_be_focused()
    _press(page, "Tab", "Enter")
    expect(page.locator("#several-copy")).to_contain_text("已复制 2 条")
    page.locator("#recent-links button").nth(3).focus()
    _press(page, "Enter")
    expect(page.get_by_role("button", name="不删")).to_be_focused()
    _press(page, "Tab", "Enter")

    expect(page.locator("#recent-links > li")).to_have_count(1)
    expect(page.locator("#recent-links button").first).to_be_focused()


@pytest.mark.parametrize("detail", [1, 2])
def test_code_and_statistics_of_the_list_open_and_close(page: Page, detail: int) -> None:
    page.goto("/")
    page.locator("#destination").fill(ADDRESS)
    page.locator("#destination").press("Enter")
    expect(page.locator("#result")).to_be_visible()
    button = page.locator("#recent-links button").nth(detail)

    button.press("Enter")
    expect(page.locator("#recent #result")).to_be_visible()
    expect(button).to_be_focused()
    button.press("Space")
    expect(page.locator("#result")).to_be_hidden()
