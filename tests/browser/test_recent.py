"""The links made on this device: they survive a reload, and can be copied, shown, counted and deleted."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.steps import make_link, overflow


def _make_two(page: Page) -> tuple[str, str]:
    first = make_link(page, "https://www.example.com/first")
    return first, make_link(page, "https://www.example.com/second")


def test_links_are_there_again_after_a_reload(page: Page) -> None:
    first, second = _make_two(page)

    page.reload()

    links = page.locator("#recent-links > li")
    expect(links).to_have_count(2)
    expect(links.nth(0)).to_contain_text(second.removeprefix("http://"))
    expect(links.nth(1)).to_contain_text(first.removeprefix("http://"))
    expect(links.nth(0)).to_contain_text("30 天后过期")
    expect(page.locator("#result")).to_be_hidden()


def test_only_the_last_twenty_are_kept(page: Page) -> None:
    page.goto("/")
    page.get_by_label("目标网址").fill("\n".join(f"https://www.example.com/{number}" for number in range(25)))
    page.get_by_role("button", name="生成短链").click()

    expect(page.locator("#recent-links > li")).to_have_count(20)
    expect(page.locator("#recent-links > li").first).to_contain_text("www.example.com/24")


def test_link_of_the_list_is_copied(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    first, _ = _make_two(page)

    page.locator("#recent-links > li").nth(1).get_by_role("button", name="复制").click()

    expect(page.locator("#recent-links > li").nth(1)).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == first


def test_link_of_the_list_stays_selected_when_copying_is_impossible(context: BrowserContext, page: Page) -> None:
    context.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false"
    )
    first, _ = _make_two(page)
    link = page.locator("#recent-links > li").nth(1)

    link.get_by_role("button", name="复制").click()

    expect(link.locator(".problem")).to_contain_text("没能自动复制")
    assert page.evaluate("getSelection().toString()") == first.removeprefix("http://")


def test_code_and_statistics_unfold_under_their_link(page: Page) -> None:
    first, _ = _make_two(page)
    page.reload()
    link = page.locator("#recent-links > li").nth(1)

    link.get_by_role("button", name="二维码：").click()
    expect(link.locator("#qr")).to_be_visible()
    expect(link.locator("#short-url")).to_have_text(first)
    expect(link.locator("#statistics")).to_be_hidden()

    page.request.get(first, max_redirects=0)
    link.get_by_role("button", name="统计：").click()
    expect(link.locator("#total-clicks")).to_have_text("1")
    link.get_by_role("button", name="统计：").click()
    expect(page.locator("#result")).to_be_hidden()


def test_new_link_takes_the_card_back_under_the_button(page: Page) -> None:
    _make_two(page)
    page.locator("#recent-links > li").nth(1).get_by_role("button", name="二维码：").click()

    page.get_by_label("目标网址").fill("https://www.example.com/third")
    page.get_by_role("button", name="生成短链").click()

    expect(page.locator("#recent-links > li")).to_have_count(3)
    expect(page.locator("#leads-to")).to_have_text("https://www.example.com/third")
    expect(page.locator("#recent #result")).to_have_count(0)


def test_link_is_deleted_for_everybody_once_confirmed(page: Page) -> None:
    first, second = _make_two(page)
    link = page.locator("#recent-links > li").nth(1)

    link.get_by_role("button", name="删除：").click()
    expect(link).to_contain_text("不能恢复")
    expect(link.get_by_role("button", name="不删")).to_be_focused()
    link.get_by_role("button", name="删除", exact=True).click()

    expect(page.locator("#recent-links > li")).to_have_count(1)
    # Every process knows within 200 ms.
    page.wait_for_function("async url => (await fetch(url, { redirect: 'manual' })).status === 404", arg=first)
    assert page.request.get(second, max_redirects=0).status == 302
    page.reload()
    expect(page.locator("#recent-links > li")).to_have_count(1)


def test_deletion_can_be_thought_over(page: Page) -> None:
    first, _ = _make_two(page)
    link = page.locator("#recent-links > li").nth(1)

    link.get_by_role("button", name="删除：").click()
    link.get_by_role("button", name="不删").click()

    expect(link.get_by_role("button", name="删除：")).to_be_focused()
    assert page.request.get(first, max_redirects=0).status == 302


def test_deletion_that_fails_says_so_and_keeps_the_link(context: BrowserContext, page: Page) -> None:
    _make_two(page)
    link = page.locator("#recent-links > li").nth(0)
    link.get_by_role("button", name="删除：").click()
    context.set_offline(True)

    link.get_by_role("button", name="删除", exact=True).click()

    expect(link.locator(".problem")).to_contain_text("没有连上服务器")
    context.set_offline(False)
    link.get_by_role("button", name="删除", exact=True).click()
    expect(page.locator("#recent-links > li")).to_have_count(1)


def test_result_of_a_deleted_link_goes_with_it(page: Page) -> None:
    make_link(page)
    link = page.locator("#recent-links > li")

    link.get_by_role("button", name="删除：").click()
    link.get_by_role("button", name="删除", exact=True).click()

    expect(page.locator("#recent")).to_be_hidden()
    expect(page.locator("#result")).to_be_hidden()
    expect(page.get_by_label("目标网址")).to_be_focused()


def test_list_that_was_spoilt_in_storage_is_empty(context: BrowserContext, page: Page) -> None:
    context.add_init_script("localStorage.setItem('liulian.links', '[null, 7, {\"id\": 1}]')")
    page.goto("/")

    expect(page.locator("#recent")).to_be_hidden()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("width", [320, 360])
def test_list_fits_a_phone(page: Page, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    make_link(page, "https://www.example.com/" + "long-and-unbroken" * 20)
    page.goto(f"/?lang={language}")
    page.locator("#recent-links button").nth(2).click()
    page.locator("#recent-links button").nth(3).click()

    assert overflow(page) <= 0
