"""An app's own address opens an app, and never runs anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base.errors import FieldRefused
from liulian.base.urls import host_of
from liulian.links.app_urls import APP_SCHEMES, APP_URL_LENGTH_MAX, inner_urls, opened_urls, parse_app_url

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
        ("weixin://x?a=https://a.example.com/&url=https://s.example/z", "destination_own"),
        ("weixin://x?a=https%3A%2F%2Fa.example.com%2F&url=http%3A%2F%2F169.254.169.254%2F", "destination_private"),
        ("weixin://x?a=https://a.example.com&url=https://s.example/z", "destination_own"),
        ("weixin://x?u=https://a.example.com,https://s.example/z", "destination_own"),
        ("weixin://x?u=https://a.example.com%26@s.example/", "destination_credentials"),
        ("weixin://x?u=https://a.example.com,@s.example/", "destination_credentials"),
        ("weixin://x?u=https:s.example/z", "destination_own"),
        ("weixin://x?u=https:////s.example/z", "destination_own"),
        ("weixin://x?u=https%3A%5C%2Fs.example%5C%2Fz", "destination_own"),
        ("weixin://x?u=ht%0Atps://s%2Eexample/z", "destination_own"),
        ("weixin://x?u=https://%73.example/z", "destination_own"),
        ("weixin://x?u=https://a.example.com%2525252525252525252F", "app_url_not_a_url"),
    ],
)
def test_web_address_inside_a_scheme_is_checked_like_a_destination(typed: str, code: str) -> None:
    assert refusal(typed) == code


def test_web_addresses_inside_are_found_in_normal_form() -> None:
    wrapped = 'openapp.jdmobile://v?params={%22url%22:%22https%3A%2F%2FEXAMPLE.com%2Fa%22,"b":"http://b.example.com"}'

    assert sorted(inner_urls(wrapped, own_hosts=OWN)) == ["http://b.example.com/", "https://example.com/a"]
    assert inner_urls("https://example.com/a", own_hosts=OWN) == ["https://example.com/a"]


def test_every_address_inside_is_found_also_behind_another() -> None:
    several = "weixin://x?a=https://a.example.com/&url=https%3A%2F%2Fbadapp.example.org%2Fz%3Fb%3D1%26c%3D2"

    found = inner_urls(several, own_hosts=OWN)

    assert {"https://a.example.com/", "https://badapp.example.org/z?b=1&c=2"} <= set(found)
    assert opened_urls(several) == found


def test_more_addresses_than_an_app_takes_are_refused() -> None:
    five, six = ("&".join(f"u{n}=https://{n}.example.com/" for n in range(count)) for count in (5, 6))

    assert parse_app_url(f"weixin://x?{five}", own_hosts=OWN)
    assert refusal(f"weixin://x?{six}") == "app_url_too_many"


@pytest.mark.parametrize(
    ("typed", "hosts"),
    [
        ("alipays://platformapi/startapp?appId=20000067&url=https%3A%2F%2Fexample.com&chInfo=ch_x", {"example.com"}),
        ("alipays://platformapi/startapp?url=https://example.com&chInfo=ch_x", {"example.com"}),
        ("alipays://platformapi/startapp?url=https%3A%2F%2Fexample.com&mail=a@b.com", {"example.com"}),
        ("taobao://x?u=https://m.taobao.com,https://b.com/", {"m.taobao.com", "b.com"}),
        ("weixin://x?u=(https://example.com)", {"example.com"}),
        ("weixin://x?u=https://example.com;v=1", {"example.com"}),
        ("weixin://x?title=http:8080&u=https://", set()),
        ('openapp.jdmobile://v?params={"data":{"a":1},"file":"x","url":"https://example.com"}', {"example.com"}),
    ],
)
def test_what_follows_a_name_is_no_part_of_it(typed: str, hosts: set[str]) -> None:
    app_url = parse_app_url(typed, own_hosts=OWN)

    assert app_url is not None
    assert {host_of(url) for url in inner_urls(app_url, own_hosts=OWN)} == hosts


@pytest.mark.parametrize(
    "inner",
    ["javascript:alert(1)", "javascript%3Aalert(1)", "JavaScript%253A//x", "java%0Ascript%3Ax", "vbscript:x",
     "data:text/html,x", "data%3Atext%2Fhtml%3Bbase64%2Cx", "file://x/y", "file%3A%2F%2Fx",
     "content://x", "intent://x%23Intent%3Bend"],
)  # fmt: skip
def test_address_inside_never_runs_anything(inner: str) -> None:
    assert refusal(f"alipays://platformapi/startapp?appId=1&url={inner}") == "app_url_scheme"


def test_kept_address_that_would_be_refused_today_still_says_where_it_leads() -> None:
    six = "&".join(f"u{n}=https://{n}.example.com/" for n in range(6))

    assert len(opened_urls(f"weixin://x?{six}&v=http://10.0.0.1/")) >= 6
    assert opened_urls("https://example.com/a") == ["https://example.com/a"]


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
