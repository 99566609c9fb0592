"""Statistics that are refused say why: a token that is no longer good is not a link that is gone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import make_link


@pytest.mark.parametrize(("status", "words"), [(401, "管理凭证已经失效"), (404, "已经不在了")])
def test_refused_statistics_say_why(page: Page, status: int, words: str) -> None:
    problem = {"title": "x", "detail": "x", "status": status, "code": "x", "errors": []}
    page.route("**/stats?*", lambda route: route.fulfill(status=status, json=problem))
    make_link(page)

    page.get_by_role("button", name="统计", exact=True).click()

    expect(page.locator("#statistics-note")).to_contain_text(words)
