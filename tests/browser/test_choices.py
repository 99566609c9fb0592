"""Guard and audience on the home page: chosen in place, said by the chips, sent with the link, kept for the next."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.steps import DESTINATION, make_link, overflow


def _sent(page: Page) -> dict[str, Any]:
    """Make a link and return what the page asked for, guard and audience."""
    with page.expect_request("**/api/v1/links") as asked:
        page.get_by_label("目标网址").fill(DESTINATION)
        page.get_by_role("button", name="生成短链").click()
    expect(page.locator("#result")).to_be_visible()
    body: dict[str, Any] = asked.value.post_data_json or {}
    assert body.pop("destination") == DESTINATION
    return body


def _open(page: Page, chip: str) -> None:
    page.locator(f"#{chip} > summary").click()


def _choose(page: Page, name: str) -> None:
    page.locator(".choice", has_text=name).first.click()


def _toggle(page: Page, *names: str) -> None:
    for name in names:
        page.locator("details[open] .pill:visible").get_by_text(name, exact=True).click()


def test_nothing_chosen_sends_nothing(page: Page) -> None:
    page.goto("/")

    expect(page.locator("#guard > summary")).to_have_text("防红设置：直接打开（不处理）")
    expect(page.locator("#audience > summary")).to_have_text("允许访问：所有人")
    assert _sent(page) == {}


@pytest.mark.parametrize(
    ("name", "preset", "chip"),
    [
        ("微信 + QQ", "wechat_qq", "微信 + QQ · 引导页"),
        ("国内主流 App", "china", "国内主流 App · 引导页"),
        ("所有 App 内置浏览器", "all", "所有 App · 引导页"),
    ],
)
def test_preset_is_one_tap(page: Page, name: str, preset: str, chip: str) -> None:
    page.goto("/")
    _open(page, "guard")
    _choose(page, name)

    expect(page.locator("#guard-shown")).to_have_text(chip)
    assert _sent(page) == {"guard": {"mode": "guide", "preset": preset}}


def test_guarded_link_shows_the_guide_in_wechat_and_leads_on_elsewhere(page: Page) -> None:
    page.goto("/")
    _open(page, "guard")
    _choose(page, "微信 + QQ")
    _sent(page)
    short_url = page.locator("#short-url").inner_text()

    in_wechat = page.request.get(short_url, max_redirects=0)
    elsewhere = page.request.get(short_url, max_redirects=0, headers={"User-Agent": "Mozilla/5.0 Chrome/126.0"})

    assert in_wechat.status == 200
    assert "www.example.com" in in_wechat.text()
    assert elsewhere.status == 302


def test_apps_and_page_can_be_chosen_one_by_one(page: Page) -> None:
    page.goto("/")
    _open(page, "guard")
    _choose(page, "自定义")
    expect(page.locator("#guard-shown")).to_have_text("还没选 App")
    _toggle(page, "抖音", "微信")
    _choose(page, "预览页")

    expect(page.locator("#guard-shown")).to_have_text("微信 + 抖音 · 预览页")
    assert _sent(page) == {"guard": {"mode": "preview", "apps": ["wechat", "douyin"]}}


def test_details_are_shown_on_demand(page: Page) -> None:
    page.goto("/")
    _open(page, "guard")

    for place in ("#guard-apps", "#guard-modes", "#guard-app"):
        expect(page.locator(place)).to_be_hidden()
    _choose(page, "所有 App 内置浏览器")
    expect(page.locator("#guard-modes")).to_be_visible()
    expect(page.locator("#guard-apps")).to_be_hidden()
    _choose(page, "打开 App")
    expect(page.locator("#app-url")).to_be_visible()


def test_app_needs_its_address_and_hears_what_is_wrong_with_it(page: Page) -> None:
    page.goto("/")
    _open(page, "guard")
    _choose(page, "国内主流 App")
    _choose(page, "打开 App")
    page.get_by_label("目标网址").fill(DESTINATION)

    page.get_by_role("button", name="生成短链").click()
    expect(page.locator("#app-url-problem")).to_contain_text("请填 App 里的地址")
    expect(page.locator("#app-url")).to_be_focused()

    page.locator("#app-url").fill("javascript:alert(1)")
    page.get_by_role("button", name="生成短链").click()
    expect(page.locator("#app-url-problem")).to_contain_text("javascript")

    page.locator("#app-url").fill("snssdk1128://user/profile/1")
    sent = _sent(page)
    assert sent == {"guard": {"mode": "app", "preset": "china", "app_url": "snssdk1128://user/profile/1"}}


def test_audience_is_narrowed_on_three_axes(page: Page) -> None:
    page.goto("/")
    _open(page, "audience")
    expect(page.locator("#audience-says")).to_have_text("所有人都能打开。")
    _toggle(page, "iOS", "鸿蒙", "手机", "微信")

    expect(page.locator("#audience-shown")).to_have_text("iOS、鸿蒙 · 手机 · 微信")
    expect(page.locator("#audience-says")).to_contain_text("用 iOS、鸿蒙，在手机上，从微信里打开")
    assert _sent(page) == {"audience": {"systems": ["iOS", "HarmonyOS"], "forms": ["mobile"], "containers": ["wechat"]}}


def test_pc_stands_for_three_systems_and_everyone_is_one_tap_away(page: Page) -> None:
    page.goto("/")
    _open(page, "audience")
    _toggle(page, "电脑（PC）")

    for system in ("Windows", "macOS", "Linux"):
        expect(page.locator(f"input[name=system][value={system}]")).to_be_checked()
    expect(page.locator("#audience-shown")).to_have_text("电脑（PC）")
    page.get_by_role("button", name="改回所有人").click()
    expect(page.locator("#audience-shown")).to_have_text("所有人")
    expect(page.locator("#pc input")).not_to_be_checked()
    assert _sent(page) == {}


def test_link_for_others_says_so(page: Page) -> None:
    page.goto("/")
    _open(page, "audience")
    _toggle(page, "iOS")
    _sent(page)

    answer = page.request.get(page.locator("#short-url").inner_text(), max_redirects=0)  # From an Android.

    assert answer.status == 403
    assert "www.example.com" in answer.text()


def test_choice_is_kept_for_the_next_link_on_this_device(page: Page) -> None:
    page.goto("/")
    _open(page, "guard")
    _choose(page, "自定义")
    page.locator("#guard-apps .more summary").click()
    _toggle(page, "LINE")
    _open(page, "guard")
    _open(page, "audience")
    _toggle(page, "平板")

    page.reload()

    expect(page.locator("#guard-shown")).to_have_text("LINE · 引导页")
    expect(page.locator("#audience-shown")).to_have_text("平板")
    assert _sent(page) == {"guard": {"mode": "guide", "apps": ["line"]}, "audience": {"forms": ["tablet"]}}


def test_choice_that_was_spoilt_in_storage_is_forgotten(context: BrowserContext, page: Page) -> None:
    context.add_init_script("localStorage.setItem('liulian.choices', '[[\"guard\",\"unheard-of\"],7,null]')")
    page.goto("/")

    assert _sent(page) == {}


def test_both_selectors_can_be_worked_with_the_keyboard(page: Page) -> None:
    page.goto("/")
    page.locator("#guard > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#guard-shown")).to_have_text("微信 + QQ · 引导页")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#guard-shown")).to_have_text("微信 + QQ · 预览页")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.parentElement.id") == "audience"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#audience-shown")).to_have_text("iOS")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("width", [320, 360])
def test_open_selectors_fit_a_phone(page: Page, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"/?lang={language}")
    _open(page, "guard")
    page.locator("input[name=guard][value=custom]").check(force=True)
    page.locator("input[name=guard_mode][value=app]").check(force=True)
    _open(page, "audience")
    for more in page.locator(".more summary").all():
        more.click()

    assert overflow(page) <= 0


def test_choices_hold_without_script_too(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto("/")
    page.fill("#destination", DESTINATION)
    _open(page, "audience")
    page.locator("input[name=system][value=iOS]").check(force=True)

    page.click("#submit")

    answer = page.request.get(page.locator("#short-url").inner_text(), max_redirects=0)
    assert answer.status == 403
    context.close()


def test_chosen_rules_hold_for_the_link_that_a_phone_made(page: Page) -> None:
    make_link(page)
    answer = page.request.get(page.locator("#short-url").inner_text(), max_redirects=0)

    assert answer.status == 302
