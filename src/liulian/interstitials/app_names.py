"""What an app's own address opens, in words that stand beside the button. Pure.

A scheme says nothing to people: the name of the app does, and the hosts of the web addresses that the app is told to
open. An app without a name here is called by its scheme.
"""

from functools import lru_cache
from typing import Final

from liulian.base.i18n import Language
from liulian.base.urls import host_of
from liulian.links.app_urls import opened_urls
from liulian.visitors.apps import BY_ID

REMEMBERED = 1024  # Addresses of apps; one takes about 1 KB.
HOSTS_MAX = 5  # As many as a new address of an app may hold; the page has room for them.

_APPS: Final = {
    "wechat": "weixin wechat",
    "wecom": "wxwork wxworklocal",
    "qq": "mqq mqqapi mqqwpa mqqopensdkapi",
    "alipay": "alipay alipays alipayqr",
    "taobao": "taobao taobaolite tbopen",
    "jd": "openapp.jdmobile openjd jdmobile openjdlite",
    "pinduoduo": "pinduoduo pddopen",
    "douyin": "snssdk1128 snssdk2329 aweme douyin",
    "toutiao": "snssdk141 snssdk35",
    "kuaishou": "kwai kwailive ksnebula kwaiopenapi",
    "xiaohongshu": "xhsdiscover xiaohongshu",
    "bilibili": "bilibili",
    "zhihu": "zhihu",
    "weibo": "sinaweibo weibo weibosdk weibointernational",
    "baidu": "baiduboxapp baiduboxlite",
    "dingtalk": "dingtalk",
    "lark": "lark feishu",
    "telegram": "tg",
    "line": "line lineauth2",
    "facebook": "fb",
    "messenger": "fb-messenger",
    "instagram": "instagram",
    "threads": "barcelona",
    "x": "twitter",
    "linkedin": "linkedin",
    "pinterest": "pinterest",
    "kakaotalk": "kakaotalk kakaolink",
    "snapchat": "snapchat",
    "tiktok": "musically tiktok snssdk1233",
}
_APP_OF: Final = {scheme: BY_ID[app_id] for app_id, schemes in _APPS.items() for scheme in schemes.split()}


@lru_cache(REMEMBERED)
def opened_by(app_url: str, language: Language) -> str:
    """Return what an address of an app opens: the host of a web address, else the app and the hosts it is told."""
    scheme = app_url.partition(":")[0].lower()
    hosts = list(dict.fromkeys(host_of(url) for url in opened_urls(app_url)))[:HOSTS_MAX]
    if scheme in ("http", "https"):
        return hosts[0]
    app = _APP_OF.get(scheme)
    name = f"{scheme}://" if app is None else app.zh if language is Language.ZH else app.en
    return " · ".join([name, *hosts])
