"""The address by which an app opens something of its own: a Universal Link or a URL Scheme out of a list.

A scheme that is not in the list is refused, so that no address of ours ever runs a script or opens a file. `intent:` is
not in it: for Android it is built by us, from what was checked here.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from urllib.parse import unquote

from ada_url import URL

from liulian.base.errors import FieldRefused
from liulian.base.urls import parse_destination

APP_URL_LENGTH_MAX = 2048  # It is kept in memory with its link, and pages carry it beside the destination.
WRAPPED_MAX = 6  # A mini-program's page inside a start command inside an address is wrapped three times.
INNER_URLS_MAX = 5  # Web addresses inside one; mini-programs take one or two.

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
_BEGINNING = re.compile(r"(https?):([/\\]*)", re.IGNORECASE)  # Browsers take any number of slashes, of both kinds.
_REST = re.compile(r"[^\s\"'<>`{}|]*")
_AUTHORITY = re.compile(r"[^/\\?#]*")
_NO_NAME = re.compile(r"[&,;()]")  # No name in the DNS has them: whatever follows is the app's, not the address's.
_IGNORED = re.compile(r"[\t\n\r]")  # By every parser of addresses, wherever they stand.
_RUNS = re.compile(
    r"(?<![a-z0-9])(javascript|vbscript|data|file|content|intent):"
    r"(?:(?<=script:)|(?<=data:)[\w.+-]+/|(?<=[et]:)[/\\#])",
    re.IGNORECASE,
)


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

    Raises FieldRefused for one that may not be a destination, and for more of them than an app is ever told.
    """
    if app_url.startswith(("https://", "http://")):
        return [app_url]
    readings = _readings(app_url)
    for reading in readings:
        if runs := _RUNS.search(reading):
            raise FieldRefused("app_url_scheme", scheme=runs[1])
    plain = _unwrapped(app_url, times=WRAPPED_MAX)
    if _unwrapped(plain) != plain:
        raise FieldRefused("app_url_not_a_url")
    if len(_BEGINNING.findall(plain)) > INNER_URLS_MAX:
        raise FieldRefused("app_url_too_many", max=INNER_URLS_MAX)
    return list(dict.fromkeys(parse_destination(url, own_hosts=own_hosts) for url in _addresses(readings)))


def opened_urls(app_url: str) -> list[str]:
    """Return the addresses that a kept app's address leads to: what `inner_urls` finds, and nothing is refused."""
    if app_url.startswith(("https://", "http://")):
        return [app_url]
    found: dict[str, None] = {}
    for url in _addresses(_readings(app_url)):
        with suppress(FieldRefused):
            found[parse_destination(url, own_hosts=())] = None
    return list(found)


def _readings(app_url: str) -> list[str]:
    """Return what an app may read, wrapped and unwrapped. Parameters are parted first: each is unwrapped by itself."""
    found, texts = [app_url], [app_url]
    for _ in range(WRAPPED_MAX):
        texts = [inner for text in texts for part in text.split("&") if (inner := _unwrapped(part)) != part]
        found += texts
    return found


def _unwrapped(text: str, *, times: int = 1) -> str:
    for _ in range(times):
        text = _IGNORED.sub("", unquote(text))
    return text


def _addresses(readings: list[str]) -> Iterator[str]:
    """Yield each web address, some of them twice: up to the next parameter, and with all that follows.

    A name that is still wrapped is left to the next reading.
    """
    for reading in readings:
        for beginning in _BEGINNING.finditer(reading):
            scheme, slashes = beginning.groups()
            rest = _matched(_REST, reading, beginning.end())
            authority = _matched(_AUTHORITY, rest)
            name = authority if "@" in authority else _NO_NAME.split(authority)[0]
            if not name or "%" in name or not (slashes or "." in name):
                continue
            ends = (rest, rest.partition("&")[0]) if name == authority else (name,)
            yield from (f"{scheme}://{end}" for end in ends)


def _matched(pattern: re.Pattern[str], text: str, start: int = 0) -> str:
    found = pattern.match(text, start)
    return found[0] if found else ""


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
