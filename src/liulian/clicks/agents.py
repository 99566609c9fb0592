"""What a user agent says beyond the visitor class: browser and its version, version of the system, brand of the device.

For statistics only: called by the worker, never on the way of a click, where `visitors` says all that is needed. Apps
are named by our own table, and so are the browsers of China and the versions of systems, which the parsers of the world
get wrong; what is left goes to ua-parser. Its rules are built at the first use, 0.2 to 0.5 s and 30 MB once per
process, so a process that serves pages must not import this module. An agent never seen takes some 40 µs.

Known limits: browsers have frozen `10_15_7` and `Windows NT 10.0`, so macOS 10.15 means that or later, and Windows 10
may be 11; HarmonyOS 2 to 4 mostly hide their version; the model is hidden behind `K` in Chrome for Android.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from ua_parser import parse_device, parse_user_agent

from liulian.visitors.apps import BY_ID
from liulian.visitors.model import VisitorClass
from liulian.visitors.recognise import visitor_class_of

USER_AGENT_LENGTH_MAX = 1024  # What stands behind is the app's own chatter.
WORD_LENGTH_MAX = 40  # A brand or browser longer than this is an attack on the charts.
REMEMBERED = 16_384  # About 1 KB each with its key; a parse costs up to 0.1 ms.


class Agent(NamedTuple):
    """Empty where unknown. Versions are major versions, except macOS 10.x and Windows 8.1. Bots have no agent."""

    browser: str
    browser_version: str
    system_version: str
    brand: str


NOBODY = Agent("", "", "", "")

# The token in front of the version, tried in order; a browser of China stands before the engines that it also names.
_BROWSERS = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("Quark", r"\bquark(?:pc)?/(\d*)"),
        ("UC Browser", r"(?:\bucweb/.{0,120}?)?\b(?:ucbrowser|ubrowser)/?(\d*)|\bucweb/(\d*)"),
        ("QQ Browser", r"qqbrowser/?(\d*)"),
        ("360 Browser", r"\b(?:qhbrowser|qihoobrowser|harmony360browser|360browser|360se|360ee)\b/?(\d*)"),
        ("360 Browser", r"360 (?:aphone|alitephone) browser \((\d*)"),
        ("Sogou Browser", r"\bsogou(?:mse,sogou)?(?:mobilebrowser|mse)/?(\d*)|\bmetasr (\d*)"),
        ("Huawei Browser", r"\bhuaweibrowser/(\d*)"),
        ("Honor Browser", r"\b(?:bdhonorbrowser|honorbrowser)/(\d*)"),
        ("Xiaomi Browser", r"\bmiuibrowser/(\d*)"),
        ("vivo Browser", r"\bvivobrowser/(\d*)"),
        ("OPPO Browser", r"\b(?:heytapbrowser|oppobrowser)/(\d*)"),
        ("Meizu Browser", r"\bmzbrowser/(\d*)"),
        ("Samsung Internet", r"\bsamsungbrowser/(\d*)"),
        ("Baidu Browser", r"\b(?:baidubrowser|bidubrowser|bdbrowser)/(\d*)"),
        ("2345 Browser", r"2345(?:explorer|browser)/(\d*)"),
        ("Lenovo Browser", r"\bmobilelenovobrowser/(\d*)"),
        ("Liebao", r"\bliebaofast/(\d*)|\blbbrowser\b"),
        ("Maxthon", r"\b(?:maxthon|mxbrowser|mxios)/(\d*)"),
    )
)
_SAME_BROWSER = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Mobile Safari": "Safari",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "IE Mobile": "IE",
    "Opera Mobile": "Opera",
    "Mobile Safari UI/WKWebView": "Safari",
    "Chrome Mobile WebView": "Chrome",
    "QQ Browser Mobile": "QQ Browser",
}
# Where the version of an app is not behind its own name.
_VERSION_TOKENS = {
    "wecom": "wxwork",
    "wechat": "MicroMessenger|WeChat",
    "dingtalk": r"DingTalk(?=[/(])",
    "lark": "Lark|Feishu",
    "alipay": "AlipayClient",
    "taobao": r"AliApp\(\w+",
    "weibo": "__weibo_",
    "qq": r"TIM|\bQQ",
    "xiaohongshu": "xhsdiscover|XiaoHongShu|discover",
    "douyin": r"aweme|aweme_\w+|app_version",
    "kuaishou": r"Kwai\w*|ksNebula|ksthanos",
    "tiktok": r"app_version|musical_ly|TikTok",
    "toutiao": "NewsArticle|NewsLite|NewsSocial",
    "bilibili": "BiliDroid|bili-universal",
    "baidu": "baiduboxapp",
    "jd": r"\bjd\w+;[^;]+",
    "pinduoduo": r"phh_\w+_version",
    "zhihu": "osee2unifiedReleaseVersion|Futureve",
    "messenger": "FBAV",
    "facebook": "FBAV",
    "threads": "Barcelona",
    "x": r"Twitter for \w+|TwitterAndroid",
    "telegram": "Telegram-Android",
}
_APP_VERSIONS = {
    app_id: re.compile(rf"(?:{_VERSION_TOKENS.get(app_id, app.en)})[/ _(;](\d{{1,4}})\b", re.IGNORECASE)
    for app_id, app in BY_ID.items()
}
_SYSTEM_VERSIONS = {
    "iOS": re.compile(r"(?:iPhone |CPU )OS (\d+)|\biOS[ /_](\d+)|__os(\d+)"),
    "Android": re.compile(r"\b(?:Android|Adr)[ /](\d+)|_android(\d+)"),
    "HarmonyOS": re.compile(r"Harmony(?:OS)?[ /](\d+)|OHOS (\d+)"),
    "Windows": re.compile(r"Windows Phone(?: OS)? (\d+)|Windows NT (\d+\.\d+)"),
    "macOS": re.compile(r"Mac OS X (1[1-9]|[2-9]\d|10[._]\d+)"),
}
_CHROME = re.compile(r"\bChrome/(\d{1,4})")
# What Windows calls itself inside, and what macOS 11 called itself before browsers froze the number.
_NEWER = {"10_16": "11", "10.0": "10", "6.3": "8.1", "6.2": "8", "6.1": "7", "6.0": "Vista", "5.1": "XP", "5.2": "XP"}

_SAME_BRAND = {"XiaoMi": "Xiaomi", "Oppo": "OPPO", "Vivo": "vivo", "Spider": ""}
# Model numbers of the phones most used in China, half of which ua-parser calls generic. Being asked first they also
# spare its long way through a thousand patterns.
_MODEL = re.compile(r"\bAndroid [\d.]+; (?:[a-zA-Z-]{2,11}; )?([^;()/]{2,60}?)(?: Build\b|[;)])")
_BRANDS_OF_MODELS = (
    ("Xiaomi", re.compile(r"^(?:M?2\d{3}[0-9A-Z]{3,}|MI |Mi |MIX|Redmi|HM |POCO)")),
    ("vivo", re.compile(r"^(?:V\d{4}[A-Z]*$|vivo|iQOO|PA\d{4})", re.IGNORECASE)),
    ("OPPO", re.compile(r"^(?:P[A-Z]{3}\d\d|CPH\d{4}|OPPO|OP[DG]\d)")),
    ("realme", re.compile(r"^(?:RMX\d{4}|realme)", re.IGNORECASE)),
    ("OnePlus", re.compile(r"^(?:ONEPLUS|KB2\d{3}|LE2\d{3}|NE2\d{3}|GM19|IN20)", re.IGNORECASE)),
    ("Huawei", re.compile(r"^(?:[A-Z]{3}\d?-[A-Z]{1,2}\d\d|HUAWEI)")),
    ("Samsung", re.compile(r"^(?:SM|GT)-")),
)


@lru_cache(maxsize=REMEMBERED)
def describe_agent(user_agent: str) -> Agent:
    """Return what the statistics want to know of a user agent. Never raises."""
    text = user_agent[:USER_AGENT_LENGTH_MAX]
    visitor = visitor_class_of(user_agent.encode("utf-8", "surrogateescape"))
    if visitor.container == "bot":
        return NOBODY
    browser, version = _browser(text, visitor.container)
    return Agent(browser[:WORD_LENGTH_MAX], version, _system_version(text, visitor.system), _brand(text, visitor))


def _browser(text: str, container: str) -> tuple[str, str]:
    """An app is its own browser, named as the app is; a web view of an unknown app is called by its engine."""
    if container not in ("browser", "webview"):
        return BY_ID[container].en, _first_group(_APP_VERSIONS[container], text)
    if container == "browser":
        for name, pattern in _BROWSERS:
            if pattern.search(text):
                return name, _first_group(pattern, text)
    else:
        version = _first_group(_CHROME, text)  # An engine lent to an app calls itself QQ Browser or UC, and is neither.
        return ("Chrome", version) if version else ("Safari", "")
    found = parse_user_agent(text)
    if found is None:
        return "", ""
    return _SAME_BROWSER.get(found.family, found.family), (found.major or "")[:WORD_LENGTH_MAX]


def _system_version(text: str, system: str) -> str:
    pattern = _SYSTEM_VERSIONS.get(system)
    version = _first_group(pattern, text)[:8] if pattern else ""
    return _NEWER.get(version, version).replace("_", ".")


def _brand(text: str, visitor: VisitorClass) -> str:
    if visitor.system in ("iOS", "macOS"):
        return "Apple"
    if visitor.system in ("Windows", "Linux") and visitor.form == "desktop":
        return ""
    return _brand_of_model(text) or _brand_of_device(text) or ("Huawei" if visitor.system == "HarmonyOS" else "")


def _brand_of_model(text: str) -> str:
    """Honor and Huawei share the form of their model numbers; the build names Honor."""
    if "HONOR" in text:
        return "Honor"
    model = _first_group(_MODEL, text)
    return next((brand for brand, pattern in _BRANDS_OF_MODELS if pattern.search(model)), "") if model else ""


def _brand_of_device(text: str) -> str:
    found = parse_device(text)
    if found is None or not found.brand or found.brand.startswith("Generic"):
        return ""
    return _SAME_BRAND.get(found.brand, found.brand)[:WORD_LENGTH_MAX]


def _first_group(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return next((group for group in found.groups() if group), "") if found else ""
