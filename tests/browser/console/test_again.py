"""Sign in again before what changes how one signs in, once the last time is a while ago."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from playwright.sync_api import CDPSession, Locator, Page, StorageState, expect

from liulian.accounts.sessions import FRESH_FOR
from tests.browser.conftest import PHONE
from tests.browser.console.conftest import People, Place
from tests.browser.console.steps import EMAIL, PASSWORD, accept, heading, invite, press, sign_in
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


@dataclass(frozen=True, slots=True)
class Device:
    """A virtual authenticator of one browser."""

    devtools: CDPSession
    id: str

    def send(self, method: str, what: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.devtools.send(method, what)
        return answer


def _device(page: Page) -> Device:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return Device(devtools=devtools, id=made["authenticatorId"])


def _add_passkey(page: Page) -> None:
    page.goto("/console/account")
    press(page, "添加通行密钥")
    page.get_by_role("dialog").get_by_label("名称").fill("办公室的电脑")
    press(page, "继续")
    expect(page.get_by_role("listitem").filter(has_text="办公室的电脑")).to_be_visible()


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


def test_key_that_was_begun_is_made_once_one_has_signed_in_again(
    account: Page, time_passes: Callable[[], None]
) -> None:
    account.goto("/console/settings/keys")
    time_passes()
    account.get_by_role("button", name="新建密钥").first.click()
    account.get_by_role("dialog").get_by_label("名称").fill("小程序后台")
    press(account, "生成密钥")
    dialog = again(account)
    dialog.get_by_label("密码", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="登录", exact=True).click()

    expect(dialog).to_be_hidden()
    expect(account.get_by_role("dialog").locator(".line code").first).to_contain_text("ll_")


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
    expect(account.locator(".codes li")).to_have_count(8)
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


def test_passkey_of_another_is_refused_and_nobody_is_switched(
    people: People, account: Page, time_passes: Callable[[], None]
) -> None:
    theirs = people.come()
    accept(theirs, invite(account, "编辑"), name="Ada", email="ada@chashan.example")
    their_device = _device(theirs)
    _add_passkey(theirs)
    (key,) = their_device.send("WebAuthn.getCredentials", {"authenticatorId": their_device.id})["credentials"]
    mine = _device(account)
    _add_passkey(account)
    (own,) = mine.send("WebAuthn.getCredentials", {"authenticatorId": mine.id})["credentials"]
    mine.send("WebAuthn.removeCredential", {"authenticatorId": mine.id, "credentialId": own["credentialId"]})
    mine.send("WebAuthn.addCredential", {"authenticatorId": mine.id, "credential": key})

    time_passes()
    press(account, "开启两步验证")
    dialog = again(account)
    dialog.get_by_role("button", name="用通行密钥登录").click()

    expect(dialog.get_by_role("alert").filter(has_text="属于另一个人")).to_be_visible()
    dialog.get_by_role("button", name="取消").click()
    account.reload()
    expect(account.get_by_label("邮箱")).to_have_value(EMAIL)
