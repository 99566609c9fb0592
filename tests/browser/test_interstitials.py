"""Pages between a visitor and a destination, in a real browser under their own policy: they copy, and they fit.

The pages are handed to the browser as the server would send them, so that each kind can be seen without a link for it.
"""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from liulian.base.i18n import Language
from liulian.interstitials.compiled import Pages
from liulian.interstitials.pages import PAGE_POLICY
from liulian.links.decide import GUIDE, Answer
from liulian.visitors.model import VisitorClass, class_named
from tests.browser.conftest import PHONE
from tests.browser.steps import overflow
from tests.unit.interstitials.samples import ANSWERS, IMPRINT, IN_WECHAT, SHORT_URL, an_own_part

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
VISITORS = (
    IN_WECHAT,
    class_named("wechat", system="Windows", form="desktop"),
    class_named("instagram", system="Android", form="mobile"),
    class_named("line", system="iOS", form="mobile"),
    class_named("taobao", system="HarmonyOS", form="mobile"),
)
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
NO_COPY_COMMAND = "document.execCommand = () => false"
Show = Callable[..., Page]


def _body(answer: Answer, visitor: VisitorClass, language: Language) -> bytes:
    return Pages().page(answer, visitor=visitor, language=language, own=an_own_part(), imprint=IMPRINT)


def _serve(context: BrowserContext, body: bytes) -> None:
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": PAGE_POLICY}

    def answer(route: Route) -> None:
        route.fulfill(body=body, headers=headers)

    context.unroute("**/shown")
    context.route("**/shown", answer)


@pytest.fixture
def show(page: Page) -> Show:
    """Show one page to a phone."""

    def shown(answer: Answer = GUIDE, *, visitor: VisitorClass = IN_WECHAT, language: Language = Language.ZH) -> Page:
        _serve(page.context, _body(answer, visitor, language))
        page.goto("/shown")
        return page

    return shown


def _copied(context: BrowserContext) -> str:
    page = context.new_page()
    page.goto("/")
    page.bring_to_front()
    text: str = page.evaluate("navigator.clipboard.readText()")
    page.close()
    return text


@pytest.mark.parametrize("hindrance", ["", NO_CLIPBOARD, NO_COPY_COMMAND])
def test_copy_button_copies_the_short_link_in_one_way_or_the_other(
    show: Show, context: BrowserContext, hindrance: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = show()
    page.evaluate(hindrance)

    page.get_by_role("button", name="复制短链").click()

    expect(page.get_by_role("status")).to_contain_text("已复制")
    assert _copied(context) == SHORT_URL


def test_copy_button_that_cannot_copy_says_how_to_do_it_by_hand(show: Show) -> None:
    page = show()
    page.evaluate(f"{NO_CLIPBOARD};{NO_COPY_COMMAND}")

    page.get_by_role("button", name="复制短链").click()

    expect(page.get_by_role("status")).to_contain_text("长按")
    assert page.evaluate("String(getSelection())") == SHORT_URL


def test_without_script_the_short_link_stands_in_a_field(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, viewport=PHONE, java_script_enabled=False)
    _serve(context, _body(GUIDE, IN_WECHAT, Language.ZH))
    page = context.new_page()
    page.goto("/shown")

    expect(page.get_by_label("短链")).to_have_value(SHORT_URL)
    expect(page.get_by_role("button")).to_have_count(0)
    context.close()


def test_a_page_is_one_request(show: Show, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    show().wait_for_load_state("networkidle")

    assert len(asked) == 1


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_page_has_barriers(show: Show, page: Page, axe: str, scheme: Any, language: Language) -> None:
    page.emulate_media(color_scheme=scheme)
    for answer, visitor in [*((answer, IN_WECHAT) for answer in ANSWERS), *((GUIDE, visitor) for visitor in VISITORS)]:
        show(answer, visitor=visitor, language=language).evaluate(axe)
        found: dict[str, Any] = page.evaluate("axe.run(document)")
        assert [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found["violations"]] == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("visitor", VISITORS, ids=lambda visitor: f"{visitor.container}-{visitor.system}")
def test_pages_fit_a_phone_also_with_letters_twice_as_large(
    show: Show, visitor: VisitorClass, language: Language
) -> None:
    for answer in ANSWERS:
        page = show(answer, visitor=visitor, language=language)
        assert overflow(page) <= 0
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert overflow(page) <= 0


def _make(page: Page, **rules: object) -> str:
    made = page.request.post("/api/v1/links", data={"destination": "https://www.example.com/tea", **rules})
    short_url: str = made.json()["short_url"]
    return short_url


def test_a_guarded_link_shows_the_guide_in_wechat_with_its_own_short_link(page: Page) -> None:
    short_url = _make(page, guard={"mode": "guide"})

    answer = page.goto(short_url)

    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("heading", level=1)).to_have_text("请用浏览器打开")
    expect(page.locator(".host")).to_have_text("www.example.com")
    expect(page.get_by_label("短链")).to_have_value(short_url)


def test_a_link_for_other_devices_says_for_which(page: Page) -> None:
    short_url = _make(page, audience={"systems": ["iOS"]})

    answer = page.goto(short_url)

    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("这条短链只能用 iOS 设备打开。")


def test_a_link_for_browsers_shows_the_way_out_of_wechat(page: Page) -> None:
    short_url = _make(page, audience={"containers": ["browser"]})

    page.goto(short_url)

    expect(page.get_by_role("heading", level=1)).to_have_text("这条短链只能在浏览器里打开。")
    expect(page.get_by_text("在浏览器打开", exact=False).last).to_be_visible()
