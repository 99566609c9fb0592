"""Sign in again before what changes how one signs in, once the last time is a while ago."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Locator, Page, StorageState, expect

from liulian.accounts.sessions import FRESH_FOR
from tests.browser.conftest import PHONE
from tests.browser.console.conftest import People, Place
from tests.browser.console.steps import PASSWORD, heading, press, sign_in
from tests.browser.console.test_looking import barriers
from tests.browser.console.test_security import AUTHENTICATOR
from tests.browser.steps import overflow

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def time_passes(place: Place) -> Callable[[], None]:
    """Whoever is signed in has been so for a while."""

    def pass_by() -> None:
        with closing(sqlite3.connect(place.folder / "liulian.db", timeout=10)) as database, database:
            database.execute("UPDATE sessions SET created_at = created_at - ?", (FRESH_FOR // MICROSECOND,))

    return pass_by


@pytest.fixture
def account(people: People, owner_state: StorageState) -> Page:
    """The account of somebody who has just signed in."""
    assert owner_state
    page = people.come()
    sign_in(page)
    heading(page, "链接")
    page.goto("/console/account")
    heading(page, "我的账号")
    return page


def again(page: Page) -> Locator:
    dialog = page.get_by_role("dialog", name="请重新登录")
    expect(dialog).to_be_visible()
    return dialog


def test_password_is_asked_for_and_what_was_begun_goes_on(account: Page, time_passes: Callable[[], None]) -> None:
    time_passes()
    press(account, "开启两步验证")
    dialog = again(account)
    password = dialog.get_by_label("密码", exact=True)
    expect(password).to_be_focused()
    password.fill("not my password")
    password.press("Enter")
    expect(dialog.get_by_role("alert").filter(has_text="密码")).to_be_visible()
    expect(password).to_be_focused()
    expect(password).to_have_value("")

    password.fill(PASSWORD)
    password.press("Enter")

    expect(dialog).to_be_hidden()
    expect(account.get_by_role("dialog").get_by_alt_text("给验证器应用扫描的二维码")).to_be_visible()
    press(account, "取消")
    expect(account.get_by_role("listitem").filter(has_text="当前浏览器")).to_have_count(1)


def test_who_would_rather_not_is_told_that_nothing_was_done(account: Page, time_passes: Callable[[], None]) -> None:
    time_passes()
    press(account, "添加通行密钥")
    making = account.get_by_role("dialog", name="添加通行密钥")
    making.get_by_label("名称").fill("办公室的电脑")
    press(account, "继续")
    again(account)

    account.keyboard.press("Escape")

    expect(account.get_by_role("dialog", name="请重新登录")).to_be_hidden()
    expect(making.get_by_role("alert").filter(has_text="请重新登录")).to_be_visible()
    expect(making.get_by_label("名称")).to_have_value("办公室的电脑")
    account.keyboard.press("Escape")
    expect(account.get_by_text("还没有通行密钥")).to_be_visible()


def test_keyboard_stays_in_the_dialog_and_it_has_no_barriers(
    people: People, account: Page, axe: str, time_passes: Callable[[], None]
) -> None:
    for scheme in ("light", "dark"):
        page = people.come(account.context.storage_state(), scheme=scheme, viewport=PHONE)
        page.goto("/console/account")
        time_passes()
        press(page, "开启两步验证")
        dialog = again(page)
        assert overflow(page) <= 0
        assert barriers(page, axe) == []
        for _ in range(8):
            page.keyboard.press("Tab")
            expect(dialog.locator(":focus")).to_have_count(1)
        dialog.get_by_role("button", name="取消").click()
        expect(page.get_by_text("请重新登录后再做这一步")).to_be_visible()


def test_code_and_passkey_count_too(people: People, account: Page, time_passes: Callable[[], None]) -> None:
    devtools = account.context.new_cdp_session(account)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    press(account, "添加通行密钥")
    account.get_by_role("dialog").get_by_label("名称").fill("办公室的电脑")
    press(account, "继续")
    expect(account.get_by_role("listitem").filter(has_text="办公室的电脑")).to_be_visible()
    press(account, "开启两步验证")
    dialog = account.get_by_role("dialog", name="开启两步验证")
    dialog.get_by_label("验证码", exact=True).fill(pyotp.TOTP(dialog.locator("code").inner_text()).now())
    press(account, "确认开启")
    codes = account.locator(".codes li").all_inner_texts()
    press(account, "已存好")

    time_passes()
    account.get_by_role("button", name="移除 办公室的电脑").click()
    account.get_by_role("dialog").get_by_role("button", name="移除", exact=True).click()
    asked = again(account)
    asked.get_by_role("button", name="取消").click()
    expect(account.get_by_role("listitem").filter(has_text="办公室的电脑")).to_be_visible()

    press(account, "添加通行密钥")
    account.get_by_role("dialog").get_by_label("名称").fill("又一把")
    press(account, "继续")
    asked = again(account)
    asked.get_by_role("button", name="用通行密钥登录").click()
    expect(asked).to_be_hidden()
    expect(account.get_by_role("alert").filter(has_text="这台设备")).to_be_visible()
    account.get_by_role("dialog").get_by_role("button", name="取消").click()

    time_passes()
    account.get_by_role("button", name="移除 办公室的电脑").click()
    account.get_by_role("dialog").get_by_role("button", name="移除", exact=True).click()
    asked = again(account)
    asked.get_by_label("密码", exact=True).fill(PASSWORD)
    asked.get_by_label("验证码", exact=True).fill(codes[0])
    asked.get_by_role("button", name="登录", exact=True).click()
    expect(account.get_by_text("还没有通行密钥")).to_be_visible()

    press(account, "关闭两步验证")
    account.get_by_label("当前密码").fill(PASSWORD)
    account.locator("form").get_by_role("button", name="关闭两步验证").click()
    expect(account.get_by_role("button", name="开启两步验证")).to_be_visible()
