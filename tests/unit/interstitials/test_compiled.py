"""Pages for a visitor of some class: every kind, for every app, in both languages, whatever a link may hold."""

import hashlib
import re
from base64 import b64encode
from itertools import product
from urllib.parse import parse_qs, urlsplit

import pytest

from liulian.base.i18n import Language
from liulian.base.imprint import NO_IMPRINT, Imprint
from liulian.interstitials import compiled
from liulian.interstitials.compiled import Pages
from liulian.interstitials.gaps import OwnPart
from liulian.interstitials.menus import find_menu
from liulian.interstitials.pages import PAGE_BYTES_MAX, PAGE_POLICY
from liulian.links.audience import FORMS, OPENERS, SYSTEMS, Audience
from liulian.links.decide import GUIDE, PREVIEW, REDIRECT, Answer, Gone, Guide, NotAllowed, OpenApp
from liulian.visitors.model import VisitorClass, class_named
from tests.unit.interstitials.outline import Outline
from tests.unit.interstitials.samples import (
    ANSWERS,
    DESTINATION,
    IMPRINT,
    IN_CHROME,
    IN_WECHAT,
    LONGEST_IMPRINT,
    SHORT_URL,
    an_audience,
    an_own_part,
    visitors,
)

PAGES = Pages()
REPORT = "/report?url=https%3A%2F%2Fs.example%2FAbCdEfG"
LONGEST_HOST = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61]) + ":65535"
HOSTILE = "\"'><script>alert(1)</script><svg onload=alert(2)>&amp;{own}\x02host\x03"


def _page(
    answer: Answer = GUIDE, *, visitor: VisitorClass = IN_WECHAT, language: Language = Language.ZH, **own: str
) -> Outline:
    return Outline(PAGES.page(answer, visitor=visitor, language=language, own=an_own_part(**own)))  # type: ignore[arg-type]


def _every_page(own: OwnPart, *, imprint: Imprint = IMPRINT) -> list[bytes]:
    return [
        PAGES.page(answer, visitor=visitor, language=language, own=own, imprint=imprint)
        for answer, visitor, language in product(ANSWERS, visitors(), Language)
    ]


def test_every_page_costs_one_request_and_is_held_by_the_one_policy() -> None:
    for page in _every_page(an_own_part()):
        outline = Outline(page)
        assert [url for url in outline.fetched if not url.startswith("data:")] == []
        assert not re.search(rb"url\(|@import", page)
        assert not [name for name in outline.attributes if name == "style" or name.startswith("on")]
        for own_text in re.findall(rb"<(?:style|script)>(.*?)</", page, re.DOTALL):
            assert b64encode(hashlib.sha256(own_text).digest()).decode() in PAGE_POLICY


def test_every_page_with_the_longest_values_fits_one_flight_and_shows_the_host_whole() -> None:
    own = an_own_part(
        host=LONGEST_HOST,
        destination=f"https://{LONGEST_HOST}/?" + "'&" * 3900,
        short_url=f"https://{LONGEST_HOST}/" + "%F0%A0%80%80" * 128,
        audience=Audience(systems=frozenset(SYSTEMS), forms=frozenset(FORMS), containers=frozenset(OPENERS)),
        title="'" * 200,
        app_url="weixin://x?" + "&".join(f"u=https://{n}{LONGEST_HOST[1:250]}.com/" for n in range(5)),
    )

    for page in _every_page(own, imprint=LONGEST_IMPRINT):
        assert len(page) <= PAGE_BYTES_MAX
    assert own.app_url is not None
    for app_url in (own.app_url, "weixin://" + "'" * 780, "weixin://" + "'" * 8000):
        page = PAGES.page(OpenApp(app_url), visitor=IN_CHROME, language=Language.EN, own=own, imprint=LONGEST_IMPRINT)
        assert len(page) <= PAGE_BYTES_MAX
    for answer in (GUIDE, PREVIEW, OpenApp("weixin://dl/chat"), NotAllowed(by_container=True)):
        shown = Outline(PAGES.page(answer, visitor=IN_WECHAT, language=Language.ZH, own=own))
        assert LONGEST_HOST in shown.words


def test_hostile_values_stay_text_on_every_page() -> None:
    harmless = [Outline(page) for page in _every_page(an_own_part(title="a"))]
    own = an_own_part(host=HOSTILE, destination=HOSTILE, short_url=f"https://s.example/{HOSTILE}", title=HOSTILE)
    imprint = Imprint(icp_number=HOSTILE, police_number=HOSTILE)

    hostile = [Outline(page) for page in _every_page(own, imprint=imprint)]

    assert [page.tags for page in hostile] == [page.tags for page in harmless]
    assert [page.attributes for page in hostile] == [page.attributes for page in harmless]


def test_every_page_leads_to_report_and_privacy_and_names_the_numbers_of_its_own_site() -> None:
    elsewhere = Imprint(icp_number="京ICP备12345678号-2")

    for page in map(Outline, _every_page(an_own_part())):
        assert page.links[-4:] == [REPORT, "/privacy", "https://beian.miit.gov.cn/", "https://beian.mps.gov.cn/"]
        assert page.words[-2:] == ["粤ICP备20240001号-1", "粤公网安备44030002000001号"]
    for page in map(Outline, _every_page(an_own_part(), imprint=elsewhere)):
        assert page.words[-1] == "京ICP备12345678号-2"
        assert "https://beian.mps.gov.cn/" not in page.links
    for page in map(Outline, _every_page(an_own_part(), imprint=NO_IMPRINT)):
        assert page.links[-2:] == [REPORT, "/privacy"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,a", "file:a", "", "a"])
def test_no_app_address_of_a_dangerous_scheme_becomes_a_button(url: str) -> None:
    assert _page(OpenApp(url), visitor=IN_CHROME).buttons == [f"{SHORT_URL}/open"]


def test_preview_shows_host_and_whole_destination_and_goes_on_through_the_link() -> None:
    preview = _page(PREVIEW, visitor=IN_CHROME, title="冬季茶饮")

    assert "shop.example.com" in preview.words
    assert DESTINATION in preview.words
    assert "冬季茶饮" in preview.words
    assert preview.buttons == [f"{SHORT_URL}/open"]
    assert REPORT in preview.links
    assert "script" not in preview.tags


def test_a_shortened_destination_says_how_much_is_missing() -> None:
    destination = "https://a.example/" + "x" * 2000

    preview = _page(PREVIEW, visitor=IN_CHROME, language=Language.EN, destination=destination)

    shown = next(word for word in preview.words if " … " in word)
    assert any(str(len(destination) - len(shown) + 3) in word for word in preview.words)


def test_guide_names_menu_entry_and_host_and_offers_the_short_link() -> None:
    guide = _page()

    assert "点右上角的" in guide.words
    assert "选“在浏览器打开”" in guide.words
    assert "shop.example.com" in guide.words
    assert guide.fields == [SHORT_URL]
    assert REPORT in guide.links


@pytest.mark.parametrize(
    "url", [SHORT_URL, "http://localhost:8000/a-b_c", "https://s.example/%E7%95%99?a&b=c#d", "a\nb"]
)
def test_the_link_to_the_report_form_carries_the_whole_short_url(url: str) -> None:
    report = next(link for link in _page(short_url=url).links if link.startswith("/report"))

    assert parse_qs(urlsplit(report).query, strict_parsing=True) == {"url": [url]}


def test_guide_without_a_known_menu_has_no_steps_but_still_the_short_link() -> None:
    guide = _page(visitor=class_named("xiaohongshu", system="iOS", form="mobile"))

    assert "ol" not in guide.tags
    assert guide.fields == [SHORT_URL]


def test_guide_in_an_unknown_web_view_names_no_app() -> None:
    guide = _page(visitor=class_named("webview", system="Android", form="mobile"))

    assert "未知" not in guide.text


def test_copy_button_waits_for_its_script() -> None:
    page = PAGES.page(GUIDE, visitor=IN_WECHAT, language=Language.ZH, own=an_own_part())

    assert re.search(rb'<button id="copy"[^>]* hidden', page)


@pytest.mark.parametrize("app", ["wechat", "qq", "weibo", "baidu", "taobao", "webview"])
def test_guide_offers_no_intent_where_it_is_swallowed(app: str) -> None:
    assert _page(visitor=class_named(app, system="Android", form="mobile")).buttons == []


def test_guide_offers_an_intent_in_android_apps_that_pass_it_on() -> None:
    guide = _page(visitor=class_named("facebook", system="Android", form="mobile"))

    fallback = "https%3A%2F%2Fs.example%2FAbCdEfG%2Fopen"
    assert guide.buttons == [f"intent://s.example/AbCdEfG#Intent;scheme=https;S.browser_fallback_url={fallback};end"]


def test_open_app_leads_to_the_app_or_on_to_the_host() -> None:
    in_browser = class_named("browser", system="iOS", form="mobile")

    page = _page(OpenApp("weixin://dl/chat?a=1&b=2"), visitor=in_browser)

    assert page.buttons == ["weixin://dl/chat?a=1&b=2"]
    assert f"{SHORT_URL}/open" in page.links
    assert "继续访问 shop.example.com" in page.words


@pytest.mark.parametrize(
    ("app_url", "opened"),
    [
        ("https://ulink.example.org/App?x=1", "ulink.example.org"),
        ("weixin://dl/chat?a=1", "微信"),
        ("alipays://platformapi/startapp?url=https%3A%2F%2Fexample.org%2Fa&b=1", "支付宝 · example.org"),
        ("dianping://shop", "dianping://"),
        ("weixin://" + "'" * 8000, "shop.example.com"),
    ],
)
def test_open_app_says_beside_the_button_what_it_opens(app_url: str, opened: str) -> None:
    page = _page(OpenApp(app_url), visitor=class_named("browser", system="iOS", form="mobile"))

    assert f"下面的按钮打开： {opened} " in page.text


def test_preview_says_what_visitors_of_some_apps_are_offered() -> None:
    app_url = "alipays://platformapi/startapp?url=https%3A%2F%2Fexample.org%2Fa"

    preview = _page(PREVIEW, visitor=IN_CHROME, language=Language.EN, app_url=app_url)

    assert "Inside some apps, this link offers to open: Alipay · example.org" in preview.words


def test_not_allowed_says_the_rule_the_host_and_how_to_open_it_instead() -> None:
    own = an_own_part(audience=an_audience(forms="mobile"))

    page = Outline(PAGES.page(NotAllowed(by_container=False), visitor=IN_CHROME, language=Language.ZH, own=own))

    assert "这条短链只能用手机打开。" in page.words
    assert "shop.example.com" in page.words
    assert page.fields == [SHORT_URL]
    assert REPORT in page.links


def test_not_allowed_inside_an_app_shows_the_guide_where_a_browser_may_open_the_link() -> None:
    assert "选“在浏览器打开”" in _page(NotAllowed(by_container=True)).words


def test_not_allowed_shows_no_guide_where_a_browser_would_not_help() -> None:
    own = an_own_part(audience=an_audience(containers="qq"))

    page = Outline(PAGES.page(NotAllowed(by_container=True), visitor=IN_WECHAT, language=Language.ZH, own=own))

    assert "这条短链只能在 QQ 里打开。" in page.words
    assert "ol" not in page.tags


def test_not_allowed_in_a_browser_shows_no_guide() -> None:
    assert "ol" not in _page(NotAllowed(by_container=True), visitor=IN_CHROME).tags


def test_taken_down_says_why_and_where_to_object() -> None:
    page = _page(Gone("malware"))

    assert "原因：目标网站会传播恶意软件。" in page.words
    assert page.buttons == [REPORT]


def test_taken_down_never_leads_to_the_destination() -> None:
    page = PAGES.page(Gone("phishing"), visitor=IN_CHROME, language=Language.EN, own=an_own_part())

    assert b"shop.example.com" not in page
    assert b"/open" not in page


def test_a_redirect_has_no_page() -> None:
    with pytest.raises(ValueError, match="no page"):
        _page(REDIRECT)


def test_every_app_with_a_menu_is_told_of_it_in_both_languages() -> None:
    for visitor, language in product(visitors(), Language):
        menu = find_menu(visitor.container, visitor.system)
        guide = _page(Guide(), visitor=visitor, language=language)
        if menu and visitor.container != "browser":
            assert (menu.zh if language is Language.ZH else menu.en) in guide.text


def test_memory_of_pages_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "COMPILED_MAX", 3)
    pages = Pages()

    for visitor in visitors():
        pages.page(GUIDE, visitor=visitor, language=Language.ZH, own=an_own_part())

    assert len(pages._compiled) <= 3
