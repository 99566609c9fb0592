"""Where a click came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.clicks.referrers import WORD_LENGTH_MAX, describe_referrer
from liulian.clicks.sources import BY_ID, DIRECT, SOURCES


@pytest.mark.parametrize(
    ("referer", "host", "source", "medium"),
    [
        ("", "", "direct", "direct"),
        ("https://www.baidu.com/link?url=x", "baidu.com", "baidu", "search"),
        ("https://m.baidu.com/", "m.baidu.com", "baidu", "search"),
        ("https://baike.baidu.com/item/x", "baike.baidu.com", "baidu", "referral"),
        ("https://tieba.baidu.com/p/1", "tieba.baidu.com", "tieba", "social"),
        ("https://www.google.com/", "google.com", "google", "search"),
        ("https://www.google.co.uk/", "google.co.uk", "google", "search"),
        ("https://www.google.com.hk/", "google.com.hk", "google", "search"),
        ("https://docs.google.com/d/1", "docs.google.com", "google", "referral"),
        ("https://mail.google.com/", "mail.google.com", "gmail", "mail"),
        ("https://mp.weixin.qq.com/s/abc", "mp.weixin.qq.com", "wechat", "social"),
        ("https://work.weixin.qq.com/", "work.weixin.qq.com", "wecom", "message"),
        ("https://servicewechat.com/wx1/1/page-frame.html", "servicewechat.com", "wechat", "social"),
        ("https://m.weibo.cn/", "m.weibo.cn", "weibo", "social"),
        ("http://t.cn/abc", "t.cn", "weibo", "social"),
        ("https://link.zhihu.com/?target=x", "link.zhihu.com", "zhihu", "social"),
        ("https://www.xiaohongshu.com/explore", "xiaohongshu.com", "xiaohongshu", "social"),
        ("https://l.facebook.com/", "l.facebook.com", "facebook", "social"),
        ("https://t.co/abc", "t.co", "x", "social"),
        ("https://web.telegram.org/", "web.telegram.org", "telegram", "message"),
        ("android-app://com.tencent.mm/", "com.tencent.mm", "wechat", "social"),
        ("android-app://com.google.android.gm", "com.google.android.gm", "gmail", "mail"),
        ("android-app://org.example.unknown/", "org.example.unknown", "org.example.unknown", "referral"),
        ("https://User:pw@Blog.Example.ORG.:8443/p?q", "blog.example.org", "blog.example.org", "referral"),
        ("https://notgoogle.com/", "notgoogle.com", "notgoogle.com", "referral"),
        ("https://baidu.com.evil.example/", "baidu.com.evil.example", "baidu.com.evil.example", "referral"),
        ("https://例子.中国/", "例子.中国", "例子.中国", "referral"),
        ("http://[2001:db8::1]/", "2001:db8::1", "2001:db8::1", "referral"),
    ],
)
def test_referrer_is_named(referer: str, host: str, source: str, medium: str) -> None:
    found = describe_referrer(referer, "")
    assert (found.host, found.source, found.medium) == (host, source, medium)


@pytest.mark.parametrize(
    "referer",
    [
        "about:blank",
        "data:text/html,x",
        "javascript:alert(1)",
        "https://",
        "http://[::1",
        "nonsense",
        "http://a b/",
        "://x",
    ],
)
def test_junk_is_direct(referer: str) -> None:
    assert describe_referrer(referer, "").source == DIRECT


def test_campaign_words_of_the_short_link_win_over_the_referrer() -> None:
    query = "utm_source=Newsletter&utm_medium=Email&utm_campaign=%E5%8F%8C11&utm_term=a+b&utm_content=top&x=1"
    assert tuple(describe_referrer("https://www.baidu.com/", query)) == (
        "baidu.com", "newsletter", "email", "双11", "a b", "top",
    )  # fmt: skip


def test_a_known_source_without_medium_brings_its_own() -> None:
    assert describe_referrer("", "utm_source=weibo").medium == "social"
    assert describe_referrer("", "utm_source=poster").medium == "referral"


def test_a_medium_alone_keeps_the_source_of_the_referrer() -> None:
    found = describe_referrer("https://www.zhihu.com/", "utm_medium=cpc")
    assert (found.source, found.medium) == ("zhihu", "cpc")


@pytest.mark.parametrize(
    ("query", "medium"),
    [("from=timeline&isappinstalled=0", "social"), ("from=singlemessage", "message"), ("from=groupmessage", "message")],
)
def test_what_wechat_appends_names_it(query: str, medium: str) -> None:
    found = describe_referrer("", query)
    assert (found.source, found.medium) == ("wechat", medium)


def test_first_of_repeated_words_counts_and_control_characters_go() -> None:
    found = describe_referrer("", "UTM_Source=a%00%0a%E2%80%AEb&utm_source=c")
    assert found.source == "a b"


def test_ids_of_sources_are_known_once() -> None:
    assert len(BY_ID) == len(SOURCES)
    hosts = [host for source in SOURCES for host in source.hosts.split()]
    assert len(hosts) == len(set(hosts))
    assert all(source.zh and source.en for source in SOURCES)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_stays_in_bounds(referer: str, query: str) -> None:
    for found in (describe_referrer(f"https://{referer}", f"utm_source={query}"), describe_referrer(referer, query)):
        assert all(len(word) <= WORD_LENGTH_MAX for word in found)
        assert found.source
        assert found.medium


def test_a_query_of_many_parts_is_read_to_a_limit() -> None:
    assert describe_referrer("", "&" * 10_000 + "utm_source=x").source == DIRECT
