"""An app's own address opens an app, and never runs anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base.errors import FieldRefused
from liulian.links.app_urls import APP_SCHEMES, APP_URL_LENGTH_MAX, inner_urls, parse_app_url

OWN = {"s.example"}


def refusal(text: str) -> str:
    with pytest.raises(FieldRefused) as refused:
        parse_app_url(text, own_hosts=OWN)
    return refused.value.code


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("weixin://dl/business/?t=abc", "weixin://dl/business/?t=abc"),
        (" WEIXIN://dl/business/?t=茶 ", "weixin://dl/business/?t=%E8%8C%B6"),
        ("alipays://platformapi/startapp?appId=20000067", "alipays://platformapi/startapp?appId=20000067"),
        ("taobao://item.taobao.com/item.htm?id=1", "taobao://item.taobao.com/item.htm?id=1"),
        (
            'openapp.jdmobile://virtual?params={"des":"productDetail","skuId":"1"}',
            "openapp.jdmobile://virtual?params={%22des%22:%22productDetail%22,%22skuId%22:%221%22}",
        ),
        ("snssdk1128://user/profile/1?refer=web", "snssdk1128://user/profile/1?refer=web"),
        ("https://ulink.example.com/App?x=1", "https://ulink.example.com/App?x=1"),
        ("HTTPS://例子.测试", "https://xn--fsqu00a.xn--0zwm56d/"),
    ],
)
def test_address_has_a_normal_form(typed: str, normal: str) -> None:
    assert parse_app_url(typed, own_hosts=OWN) == normal


def test_empty_address_is_none() -> None:
    assert parse_app_url("  \n", own_hosts=OWN) is None


@pytest.mark.parametrize(
    "scheme",
    ["javascript", "JavaScript", "data", "file", "vbscript", "blob", "intent", "about", "view-source", "content", "ws",
     "ftp", "chrome", "jar", "filesystem", "tel", "sms", "mailto", "market-x", "x", "", "weixin2"],
)  # fmt: skip
def test_scheme_that_is_not_in_the_list_is_refused(scheme: str) -> None:
    assert refusal(f"{scheme}://x/alert(1)") == "app_url_scheme"
    assert refusal(f"{scheme}:x") == "app_url_scheme"


def test_no_listed_scheme_runs_text_or_opens_files() -> None:
    assert not APP_SCHEMES & {"javascript", "data", "file", "vbscript", "blob", "intent", "content", "http", "https"}
    assert {
        "weixin", "alipays", "taobao", "tbopen", "openapp.jdmobile", "snssdk1128", "kwai", "xhsdiscover", "bilibili",
        "zhihu", "pinduoduo", "sinaweibo", "mqqapi", "dingtalk", "lark", "baiduboxapp",
    } <= APP_SCHEMES  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("weixin", "app_url_not_a_url"),
        ("//weixin", "app_url_not_a_url"),
        ("weixin:dl", "app_url_not_a_url"),
        ("weixin:/dl", "app_url_not_a_url"),
        ("weixin://a b", "app_url_not_a_url"),
        ("wei\txin://dl", "app_url_not_a_url"),
        ("java\nscript:alert(1)", "app_url_not_a_url"),
        ("weixin://dl/\x00", "app_url_not_a_url"),
        ("weixin://dl/\ud800", "app_url_not_a_url"),
        ("weixin://user:secret@dl/", "destination_credentials"),
        ("weixin://" + "a" * APP_URL_LENGTH_MAX, "app_url_too_long"),
        ("weixin://dl?" + "茶" * (APP_URL_LENGTH_MAX // 4), "app_url_too_long"),
        ("https://example.com/?" + "a" * APP_URL_LENGTH_MAX, "app_url_too_long"),
        ("https://10.0.0.1/", "destination_private"),
        ("https://s.example/x", "destination_own"),
        ("https://", "destination_not_a_url"),
    ],
)
def test_refusal_says_why(typed: str, code: str) -> None:
    assert refusal(typed) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("alipays://platformapi/startapp?url=http%3A%2F%2F127.0.0.1%2F", "destination_private"),
        ("alipays://platformapi/startapp?query=url%253Dhttp%25253A%25252F%25252F10.0.0.1", "destination_private"),
        ("alipays://platformapi/startapp?query=url%3Dhttps%253A%252F%252F192.168.1.1%252F", "destination_private"),
        ('openapp.jdmobile://virtual?params={"url":"https://s.example/abc"}', "destination_own"),
        ("weixin://webview?url=HTTP://localhost/", "destination_private"),
    ],
)
def test_web_address_inside_a_scheme_is_checked_like_a_destination(typed: str, code: str) -> None:
    assert refusal(typed) == code


def test_web_addresses_inside_are_found_in_normal_form() -> None:
    wrapped = 'openapp.jdmobile://v?params={%22url%22:%22https%3A%2F%2FEXAMPLE.com%2Fa%22,"b":"http://b.example.com"}'

    assert inner_urls(wrapped, own_hosts=OWN) == ["https://example.com/a", "http://b.example.com/"]
    assert inner_urls("https://example.com/a", own_hosts=OWN) == ["https://example.com/a"]


@given(st.text() | st.builds("{}://{}".format, st.sampled_from(sorted(APP_SCHEMES)), st.text()))
def test_accepted_address_is_ascii_and_stays_what_it_is(text: str) -> None:
    try:
        address = parse_app_url(text, own_hosts=OWN)
    except FieldRefused:
        return
    if address is not None:
        assert address.isascii()
        assert address.isprintable()
        assert " " not in address
        assert parse_app_url(address, own_hosts=OWN) == address
