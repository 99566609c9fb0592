"""Single sign-on as people meet it: a button, the company's own page, and back; connected, refused and taken away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_httpserver import HTTPServer

from liulian.accounts.oidc import OidcProvider
from liulian.accounts.sessions import FRESH_FOR
from tests.browser.console.conftest import People, Place
from tests.browser.console.steps import EMAIL, PASSWORD, accept, confirm, heading, invite, press, sign_in
from tests.browser.console.with_parts import World, place_in
from tests.web.api import NOON
from tests.web.oidc_server import CLIENT_ID, CLIENT_SECRET, Provider, a_provider

COMPANY = "茶山公司账号"


@pytest.fixture(scope="module")
def running_provider() -> Iterator[Provider]:
    with HTTPServer(host="127.0.0.1") as server, a_provider(server, now=NOON) as provider:
        yield provider


@pytest.fixture
def provider(running_provider: Provider, people: People) -> Iterator[Provider]:
    """The company's provider, whose pages the browser may go to."""
    running_provider.claims, running_provider.says_no = {"sub": "lin-1", "email": EMAIL, "email_verified": True}, False
    yield running_provider
    away = f"foreign request: {running_provider.issuer}/authorize"
    people.wrong.found[:] = [each for each in people.wrong.found if not each.startswith(away)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, running_provider: Provider) -> World:
    issuer = running_provider.issuer
    oidc = OidcProvider(issuer=issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, name=COMPANY)
    return World(tmp_path_factory.mktemp("world"), oidc=oidc)


@pytest.fixture(scope="module")
def place(world: World) -> Iterator[Place]:
    with place_in(world) as place:
        yield place


def come_by_company(page: Page) -> None:
    page.goto("/console/sign-in")
    page.get_by_role("link", name=f"用 {COMPANY} 登录").click()


def at_account(page: Page) -> Page:
    page.goto("/console/account")
    heading(page, "我的账号")
    return page


def test_company_is_connected_then_lets_one_in_and_is_let_go(people: People, owner: Page, provider: Provider) -> None:
    stranger = people.come()
    come_by_company(stranger)
    expect(stranger.get_by_role("alert")).to_contain_text("没有账号对应这个单点登录身份")

    press(at_account(owner), f"连接 {COMPANY}")
    heading(owner, "我的账号")
    expect(owner.get_by_role("listitem").filter(has_text="断开")).to_contain_text(EMAIL)

    come_by_company(stranger)
    heading(stranger, "链接")

    owner.get_by_role("button", name="断开").click()
    confirm(owner, "断开")
    expect(owner.get_by_text("还没有连接")).to_be_visible()
    later = people.come()
    come_by_company(later)
    expect(later.get_by_role("alert")).to_contain_text("没有账号对应这个单点登录身份")


def test_whoever_says_no_at_the_company_is_told_and_still_comes_in_by_password(
    people: People, provider: Provider, owner: Page
) -> None:
    provider.says_no = True
    page = people.come()
    come_by_company(page)
    expect(page.get_by_role("alert")).to_contain_text("单点登录没有成功")
    page.get_by_label("邮箱", exact=True).fill(EMAIL)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    press(page, "登录")
    heading(page, "链接")

    press(at_account(owner), f"连接 {COMPANY}")
    expect(owner.get_by_role("alert").filter(has_text="单点登录没有成功")).to_be_visible()
    expect(owner.get_by_role("button", name=f"连接 {COMPANY}")).to_be_enabled()


def test_identity_of_one_person_is_not_connected_to_another(people: People, owner: Page, provider: Provider) -> None:
    press(at_account(owner), f"连接 {COMPANY}")
    expect(owner.get_by_role("button", name="断开")).to_be_visible()
    theirs = people.come()
    accept(theirs, invite(owner, "编辑"), name="Ada", email="ada@chashan.example")

    press(at_account(theirs), f"连接 {COMPANY}")

    expect(theirs.get_by_role("alert").filter(has_text="属于另一个账号")).to_be_visible()
    expect(theirs.get_by_text("还没有连接")).to_be_visible()
    owner.goto("/console/account")
    owner.get_by_role("button", name="断开").click()
    confirm(owner, "断开")


def test_signing_in_at_the_company_again_makes_the_session_fresh(
    people: People, provider: Provider, world: World, owner: Page
) -> None:
    press(at_account(owner), f"连接 {COMPANY}")
    expect(owner.get_by_role("button", name="断开")).to_be_visible()
    world.clock.now += FRESH_FOR
    provider.now = world.clock.now
    owner.get_by_role("button", name="断开").click()
    owner.get_by_role("dialog").get_by_role("button", name="断开", exact=True).click()
    asked = owner.get_by_role("dialog", name="请重新登录")

    asked.get_by_role("link", name=f"用 {COMPANY} 登录").click()

    heading(owner, "我的账号")
    owner.get_by_role("button", name="断开").click()
    confirm(owner, "断开")
    expect(owner.get_by_text("还没有连接")).to_be_visible()


def test_connecting_asks_who_has_been_here_for_long(people: People, provider: Provider, world: World) -> None:
    page = people.come()
    sign_in(page)
    heading(page, "链接")
    at_account(page)
    world.clock.now += FRESH_FOR
    provider.now = world.clock.now
    press(page, f"连接 {COMPANY}")
    asked = page.get_by_role("dialog", name="请重新登录")
    asked.get_by_label("密码", exact=True).fill(PASSWORD)
    asked.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("button", name="断开")).to_be_visible()
