"""What a person does on the home page, in words."""

from playwright.sync_api import Page, expect

DESTINATION = "https://www.example.com/tea?from=poster&id=91"


def make_link(page: Page, typed: str = DESTINATION) -> str:
    """Make a short link on the home page and return it."""
    page.goto("/")
    page.get_by_label("目标网址").fill(typed)
    page.get_by_role("button", name="生成短链").click()
    expect(page.locator("#result")).to_be_visible()
    return page.locator("#short-url").inner_text()


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    pixels: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return pixels
