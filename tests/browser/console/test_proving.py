"""Prove that a domain is one's own, by a record of a real DNS or a file of a real web server; or hear why not yet."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_httpserver import HTTPServer

from tests.browser.console.conftest import Place
from tests.browser.console.steps import heading, press
from tests.browser.console.with_parts import NEAR, World, place_in

LOOKED_MS = 30_000  # Names and files that are not there are waited for.


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def place(world: World) -> Iterator[Place]:
    with place_in(world) as place:
        yield place


def add(page: Page, host: str) -> None:
    page.goto("/console/domains")
    page.get_by_role("button", name="添加域名").first.click()
    page.get_by_role("dialog").get_by_label("域名", exact=True).fill(host)
    press(page, "添加")
    heading(page, host)
    expect(page.get_by_text("待验证", exact=True)).to_be_visible()


def shown(page: Page, label: str) -> str:
    """Return what the screen says is to be shown."""
    return page.get_by_role("group", name=label, exact=True).locator("code").inner_text()


def look(page: Page) -> Locator:
    press(page, "检查并验证")
    found = page.locator(".found")
    expect(found.or_(page.get_by_text("已验证", exact=True))).to_be_visible(timeout=LOOKED_MS)
    return found


def test_record_proves_a_domain_once_it_says_what_the_screen_shows(owner: Page, world: World) -> None:
    add(owner, "go.chashan-tea.com")
    name, value = shown(owner, "主机记录"), shown(owner, "记录值")

    found = look(owner)
    expect(found).to_contain_text("还没有什么能证明这个域名属于你")
    expect(found).to_contain_text(f"没有找到 {name} 的 TXT 记录")
    expect(found).to_contain_text("go.chashan-tea.com 还没有指向本站")

    world.names.records[name] = ["google-site-verification=abc"]
    press(owner, "检查并验证")
    expect(found).to_contain_text(f"{name} 的 TXT 记录是别的内容：google-site-verification=abc", timeout=LOOKED_MS)

    world.names.records[name].append(value)
    press(owner, "检查并验证")
    expect(owner.get_by_text("已验证", exact=True)).to_be_visible(timeout=LOOKED_MS)
    expect(owner.get_by_text("go.chashan-tea.com 已验证，可以用来创建短链")).to_be_visible()
    expect(owner.get_by_role("button", name="检查并验证")).to_have_count(0)
    owner.reload()
    expect(owner.get_by_text("已验证", exact=True)).to_be_visible()


def test_file_proves_a_domain_too(owner: Page, place: Place) -> None:
    add(owner, "qr.chashan-tea.com")
    owner.get_by_text("网页文件").click()
    address, body = shown(owner, "地址"), shown(owner, "内容")
    assert address.startswith("http://qr.chashan-tea.com/")

    with HTTPServer(host=NEAR, port=urlsplit(place.origin).port or 0) as site:
        page = site.expect_request(urlsplit(address).path)
        page.respond_with_data("<h1>A parked domain</h1>")
        expect(look(owner)).to_contain_text("返回的内容与应有的不同")

        page.respond_with_data(body + "\n")
        press(owner, "检查并验证")
        expect(owner.get_by_text("已验证", exact=True)).to_be_visible(timeout=LOOKED_MS)


def test_domain_can_be_verified_by_the_keyboard_alone(owner: Page, world: World) -> None:
    add(owner, "cha.chashan-tea.com")
    world.names.records[shown(owner, "主机记录")] = [shown(owner, "记录值")]
    button = owner.get_by_role("button", name="检查并验证")
    button.focus()
    owner.keyboard.press("Enter")
    expect(owner.get_by_text("已验证", exact=True)).to_be_visible(timeout=LOOKED_MS)
