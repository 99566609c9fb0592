"""The address by which an app opens something of its own: a Universal Link or a URL Scheme out of a list.

A scheme that is not in the list is refused, so that no address of ours ever runs a script or opens a file. `intent:` is
not in it: for Android it is built by us, from what was checked here.
"""

import re
from collections.abc import Collection
from urllib.parse import unquote

from ada_url import URL

from liulian.base.errors import FieldRefused
from liulian.base.urls import parse_destination

APP_URL_LENGTH_MAX = 2048  # It is kept in memory with its link, and pages carry it beside the destination.
WRAPPED_MAX = 4  # A mini-program's page inside a start command inside an address is wrapped three times.
INNER_URLS_MAX = 5  # Web addresses looked for inside one; mini-programs take one or two.

# As the apps register them. Grouped by maker; add freely, but never a scheme that runs text.
_SCHEMES = """
weixin wechat wxwork wxworklocal mqq mqqapi mqqwpa mqqopensdkapi tim wemeet qqmusic qqnews qqmap tenvideo2 tenvideo3
qqlive weread
alipay alipays alipayqr taobao taobaolite tbopen tmall fleamarket taobaotravel tbmovie eleme dingtalk youku amapuri
iosamap androidamap cainiao wireless1688
openapp.jdmobile openjd jdmobile openjdlite openapp.jdpingou
pinduoduo pddopen
snssdk1128 snssdk2329 snssdk1112 snssdk141 snssdk35 snssdk32 snssdk1967 snssdk1233 aweme douyin lark feishu
kwai kwailive ksnebula kwaiopenapi
xhsdiscover xiaohongshu
bilibili
zhihu
sinaweibo weibo weibosdk weibointernational
baiduboxapp baiduboxlite baidumap bdmap baidupan bdnetdisk iqiyi qiyi-iphone
imeituan meituanwaimai dianping iosdianping onetravel diditaxi ctrip qunariphone openapp vipshop suning yanxuan
orpheus orpheuswidget kugouurl douban hupu smzdm keep
tg whatsapp line lineauth2 fb fb-messenger instagram barcelona twitter linkedin pinterest kakaotalk kakaolink
snapchat musically tiktok youtube vnd.youtube spotify zoomus msteams slack
market appmarket itms-apps itms-appss
"""
APP_SCHEMES = frozenset(_SCHEMES.split())

_BAD = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_WEB_ADDRESS = re.compile(r"https?:[/\\][^\s\"'<>`{}|]+", re.IGNORECASE)


def parse_app_url(text: str, *, own_hosts: Collection[str]) -> str | None:
    """Return the normal form of an app's address, None for an empty one. Raises FieldRefused."""
    text = text.strip()
    if not text:
        return None
    if len(text.encode("utf-8", "replace")) > APP_URL_LENGTH_MAX:
        raise FieldRefused("app_url_too_long", max=APP_URL_LENGTH_MAX)
    scheme, parted, _ = text.partition(":")
    if scheme.lower() in ("http", "https"):
        return _short(parse_destination(text, own_hosts=own_hosts))
    if not parted or _BAD.search(text):
        raise FieldRefused("app_url_not_a_url")
    if scheme.lower() not in APP_SCHEMES:
        raise FieldRefused("app_url_scheme", scheme=scheme[:40])
    app_url = _short(_normal(text))
    inner_urls(app_url, own_hosts=own_hosts)  # What a mini-program is told to open is checked like any destination.
    return app_url


def inner_urls(app_url: str, *, own_hosts: Collection[str]) -> list[str]:
    """Return the web addresses that an app is told to open, in normal form: its own, or those inside its scheme.

    Raises FieldRefused for one that may not be a destination.
    """
    if app_url.startswith(("https://", "http://")):
        return [app_url]
    plain = app_url
    for _ in range(WRAPPED_MAX):
        plain = unquote(plain)
    found = dict.fromkeys(_WEB_ADDRESS.findall(plain)[:INNER_URLS_MAX])
    return [parse_destination(url, own_hosts=own_hosts) for url in found]


def _normal(text: str) -> str:
    try:
        url = URL(text)
    except ValueError as problem:
        raise FieldRefused("app_url_not_a_url") from problem
    if url.username or url.password:
        raise FieldRefused("destination_credentials")
    href = str(url.href)
    if not href.startswith(f"{url.protocol}//") or not href.isascii() or not href.isprintable() or " " in href:
        raise FieldRefused("app_url_not_a_url")
    return href


def _short(href: str) -> str:
    if len(href) > APP_URL_LENGTH_MAX:  # Every letter beyond ASCII has grown to three characters for each byte.
        raise FieldRefused("app_url_too_long", max=APP_URL_LENGTH_MAX)
    return href
