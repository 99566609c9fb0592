"""Hosts that dress up as known sites are told from those sites, and from everybody else."""

import pytest
from ada_url import URL

from liulian.screening.lookalike import is_lookalike


def host(text: str) -> str:
    """Return a host as it stands in destinations."""
    return URL(f"https://{text}").hostname


@pytest.mark.parametrize(
    "text",
    [
        "аpple.com",  # With a Cyrillic а.
        "аррӏе.com",  # Cyrillic throughout.
        "gооgle.com",
        "rnicrosoft.com",
        "paypa1.com",
        "a1ipay-login.com",
        "taoba0.com",
        "www.taobao.com.login.xyz",
        "alipay.com-safe.xyz",
        "qq.com.evil.cn",
        "bаnkofchina.com",
        "exаmple-shop.com",  # No brand, but two scripts in one name.
    ],
)
def test_costume_is_noticed(text: str) -> None:
    assert is_lookalike(host(text))


@pytest.mark.parametrize(
    "text",
    [
        "apple.com",
        "www.apple.com",
        "apple.com.cn",
        "amazon.co.jp",
        "pay.weixin.qq.com",
        "weibo-news.com",
        "example.com",
        "中国.cn",
        "пример.рф",
        "münchen.de",
        "cloud.example",
        "203.0.114.9",
        "[2001:db8::1]",
        "xn--fiqs8s.com",
    ],
)
def test_honest_host_is_let_be(text: str) -> None:
    assert not is_lookalike(host(text))
