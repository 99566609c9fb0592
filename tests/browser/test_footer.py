"""The foot of every public page: its links lead somewhere, and nothing of it is asked for by itself."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import overflow

PAGES = ("/", "/privacy", "/terms", "/report", "/expand")


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_the_foot_leads_to_a_page(page: Page, path: str) -> None:
    page.goto(path)
    links = [link.get_attribute("href") or "" for link in page.locator("footer a").all()]

    assert links == ["/report", "/expand", "/privacy", "/terms", "/api/docs"]
    assert [page.request.get(link).status for link in links] == [200] * 5
    assert overflow(page) <= 0


@pytest.mark.parametrize("path", PAGES)
def test_language_is_switched_on_the_page_that_is_open(page: Page, path: str) -> None:
    page.goto(path)

    page.locator("header .language").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.partition("?")[0].endswith(path)


def test_privacy_notice_is_one_tap_from_the_tool(page: Page) -> None:
    page.goto("/")

    page.get_by_role("link", name="完整的隐私说明").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("隐私说明")
