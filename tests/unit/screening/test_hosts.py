"""Shorteners are known by their host; the platforms' own share hosts are never among them."""

import pytest

from liulian.screening.hosts import is_shortener, words_of


@pytest.mark.parametrize(
    "host",
    ["bit.ly", "www.bit.ly", "tinyurl.com", "dwz.cn", "suo.im", "is.gd", "my.short.gy", "tiny.one", "shorte.st",
     "dub.co", "tny.im", "ibit.ly", "sourl.cn", "qrco.de", "suo.run"],
)  # fmt: skip
def test_general_shortener_is_known(host: str) -> None:
    assert is_shortener(host)


@pytest.mark.parametrize(
    "host",
    [
        "wxaurl.cn",
        "work.weixin.qq.com",
        "u.wechat.com",
        "weixin.qq.com",
        "mp.weixin.qq.com",
        "v.douyin.com",
        "v.kuaishou.com",
        "xhslink.com",
        "m.tb.cn",
        "u.jd.com",
        "b23.tv",
        "t.cn",
        "qr.alipay.com",
        "t.me",
        "youtu.be",
        "example.com",
        "rabbit.ly",
        "bit.ly.example.com",
    ],
)
def test_share_host_of_a_platform_is_no_shortener(host: str) -> None:
    assert not is_shortener(host)


def test_list_is_in_order_and_in_normal_form() -> None:
    words = words_of("shorteners.txt")

    assert len(set(words)) == len(words)
    assert all(word == word.strip().lower() and "." in word and "/" not in word for word in words)
