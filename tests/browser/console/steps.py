"""What people do in the console, in words."""

from playwright.sync_api import Page, expect

NAME = "林小满"
EMAIL = "lin@chashan.example"
PASSWORD = "thorns outside gold inside"


def fill(page: Page, **values: str) -> None:
    """Type into fields by what they are called in the API's words."""
    labels = {"name": "怎么称呼你", "email": "邮箱", "password": "密码"}
    for name, value in values.items():
        page.get_by_label(labels[name], exact=True).fill(value)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, name: str, option: str) -> None:
    """Choose from a list by its name, with the keyboard: what is chosen now lies over the field."""
    page.get_by_role("combobox", name=name, exact=True).press("Enter")
    page.get_by_role("option", name=option, exact=True).click()


def confirm(page: Page, action: str) -> None:
    """Say yes to the question that is asked."""
    page.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def sign_in(page: Page, *, email: str = EMAIL, password: str = PASSWORD) -> None:
    page.goto("/console/sign-in")
    fill(page, email=email, password=password)
    press(page, "登录")


def heading(page: Page, text: str) -> None:
    """Wait for the page of this name."""
    expect(page.get_by_role("heading", level=1, name=text, exact=True)).to_be_visible()


def invite(page: Page, role: str) -> str:
    """Invite somebody, and return the path of the link they get."""
    page.goto("/console/settings/members")
    press(page, "邀请成员")
    dialog = page.get_by_role("dialog")
    choose(page, "角色", role)
    press(page, "生成邀请链接")
    url = dialog.locator(".link").inner_text()
    dialog.get_by_role("button", name="关闭", exact=True).click()
    return "/console/" + url.partition("/console/")[2]


def accept(page: Page, path: str, *, name: str, email: str) -> None:
    """Follow an invitation as somebody new."""
    page.goto(path)
    fill(page, name=name, email=email, password=PASSWORD)
    press(page, "接受邀请")
    heading(page, "链接")
