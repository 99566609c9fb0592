"""How people prove who they are: a code from a phone, a passkey, a new password; and ending what they do not know."""

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.conftest import People
from tests.browser.console.steps import EMAIL, NAME, PASSWORD, accept, confirm, fill, heading, invite, press, sign_in

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def account(owner: Page) -> Page:
    owner.goto("/console/account")
    heading(owner, "我的账号")
    return owner


def test_codes_of_a_phone_are_asked_for_once_they_are_switched_on(people: People, account: Page) -> None:
    press(account, "开启两步验证")
    dialog = account.get_by_role("dialog")
    expect(dialog.get_by_alt_text("给验证器应用扫描的二维码")).to_be_visible()
    secret = dialog.locator("code").inner_text()
    dialog.get_by_label("验证码", exact=True).fill(pyotp.TOTP(secret).now())
    press(account, "确认开启")
    expect(dialog.locator(".codes li")).to_have_count(8)
    codes = dialog.locator(".codes li").all_inner_texts()
    press(account, "已存好")
    expect(account.get_by_text("已开启")).to_be_visible()

    page = people.come()
    sign_in(page)
    expect(page.get_by_label("验证码", exact=True)).to_be_focused()
    page.get_by_label("验证码", exact=True).fill(codes[0])
    press(page, "登录")
    heading(page, "链接")

    press(account, "关闭两步验证")
    account.get_by_label("当前密码").fill(PASSWORD)
    account.locator("form").get_by_role("button", name="关闭两步验证").click()
    expect(account.get_by_role("button", name="开启两步验证")).to_be_visible()


def test_passkey_is_made_and_lets_one_in(people: People, account: Page) -> None:
    devtools = account.context.new_cdp_session(account)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    press(account, "添加通行密钥")
    account.get_by_role("dialog").get_by_label("名称").fill("办公室的电脑")
    press(account, "继续")
    expect(account.get_by_role("listitem").filter(has_text="办公室的电脑")).to_be_visible()
    press(account, "我的菜单")
    account.get_by_role("menuitem", name="退出登录").click()
    heading(account, "登录")

    press(account, "用通行密钥登录")

    heading(account, "链接")
    account.goto("/console/account")
    account.get_by_role("button", name="移除 办公室的电脑").click()
    confirm(account, "移除")
    expect(account.get_by_text("还没有通行密钥")).to_be_visible()


def test_session_that_is_ended_elsewhere_asks_to_sign_in_and_leads_back(people: People) -> None:
    here, there = people.come(), people.come()
    for page in (here, there):
        sign_in(page)
        heading(page, "链接")
    here.goto("/console/account")
    press(here, "结束其他登录")
    confirm(here, "结束其他登录")
    expect(here.get_by_text("其他登录已结束")).to_be_visible()

    there.get_by_role("link", name="域名").click()

    expect(there).to_have_url("/console/sign-in?return=/domains")
    fill(there, email=EMAIL, password=PASSWORD)
    press(there, "登录")
    heading(there, "域名")


@pytest.mark.usefixtures("owner_state")
def test_new_password_counts_and_the_old_one_no_longer(people: People) -> None:
    page = people.come()
    sign_in(page)
    heading(page, "链接")
    path = invite(page, "编辑")
    theirs = people.come()
    accept(theirs, path, name="Ada", email="ada@chashan.example")
    theirs.goto("/console/account")
    press(theirs, "更换密码")
    theirs.get_by_label("当前密码").fill(PASSWORD)
    theirs.get_by_label("新密码").fill("another long password")
    press(theirs, "保存新密码")
    expect(theirs.get_by_text("密码已更换")).to_be_visible()

    again = people.come()
    sign_in(again, email="ada@chashan.example")
    expect(again.get_by_role("alert").filter(has_text="密码")).to_be_visible()
    fill(again, password="another long password")
    press(again, "登录")
    heading(again, "链接")


def test_name_and_language_are_kept(people: People) -> None:
    page = people.come()
    sign_in(page)
    heading(page, "链接")
    page.goto("/console/account")
    fill(page, name="小满")
    page.get_by_role("combobox", name="界面语言").press("Enter")
    page.get_by_role("option", name="English").click()
    press(page, "保存")
    heading(page, "Your account")

    page.reload()

    heading(page, "Your account")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_label("Your name")).to_have_value("小满")
    page.get_by_label("Your name").fill(NAME)
    page.get_by_role("combobox", name="Language").press("Enter")
    page.get_by_role("option", name="简体中文").click()
    press(page, "Save")
    heading(page, "我的账号")
