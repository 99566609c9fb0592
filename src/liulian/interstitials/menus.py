"""Where each app keeps "open in the browser": data for the guide page. Owns the table; knows no links.

What is commonly said of each app, not looked at on devices by us. Apps move menus, so the page adds that words may
differ. An app stands here only where the place is known for that system. Where it is not, the page says how to copy the
link instead, which works everywhere: no menu is better than a wrong one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Place(StrEnum):
    """Where on the screen the menu is opened."""

    TOP_RIGHT = "top_right"
    BOTTOM_RIGHT = "bottom_right"


class Sign(StrEnum):
    """What the menu's button looks like."""

    DOTS = "···"
    COLUMN = "⋮"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """`zh` and `en` are the words of the entry as the app writes them."""

    zh: str
    en: str
    place: Place = Place.TOP_RIGHT
    sign: Sign = Sign.DOTS


@dataclass(frozen=True, slots=True)
class _Menus:
    """The menus of one app: by system, and on the systems that are not named. None: not known."""

    elsewhere: Menu | None = None
    ios: Menu | None = None
    android: Menu | None = None


_IN_BROWSER = Menu(zh="在浏览器打开", en="Open in Browser")
_WITH_BROWSER = Menu(zh="用浏览器打开", en="Open in Browser")
_EXTERNAL = Menu(zh="在外部浏览器中打开", en="Open in external browser")
_EXTERNAL_COLUMN = Menu(zh="在外部浏览器中打开", en="Open in external browser", sign=Sign.COLUMN)
_OPEN_COLUMN = Menu(zh="在浏览器中打开", en="Open in browser", sign=Sign.COLUMN)
_OPEN = Menu(zh="在浏览器中打开", en="Open in browser")

# Left out on purpose, because no such entry is known: Xiaohongshu, Taobao, JD, Pinduoduo, Baidu; X and Snapchat on iOS.
_MENUS: Final[Mapping[str, _Menus]] = {
    "wechat": _Menus(Menu(zh="用默认浏览器打开", en="Open in Default Browser"), android=_IN_BROWSER, ios=_IN_BROWSER),
    "wecom": _Menus(_IN_BROWSER, ios=_IN_BROWSER, android=_IN_BROWSER),
    "dingtalk": _Menus(_IN_BROWSER, ios=_IN_BROWSER, android=_IN_BROWSER),
    "lark": _Menus(_IN_BROWSER, ios=_IN_BROWSER, android=_IN_BROWSER),
    "qq": _Menus(None, ios=_WITH_BROWSER, android=_WITH_BROWSER),
    "weibo": _Menus(None, ios=_WITH_BROWSER, android=_WITH_BROWSER),
    "alipay": _Menus(None, ios=_IN_BROWSER, android=_IN_BROWSER),
    "douyin": _Menus(None, ios=_IN_BROWSER, android=_IN_BROWSER),
    "kuaishou": _Menus(None, ios=_IN_BROWSER, android=_IN_BROWSER),
    "toutiao": _Menus(None, ios=_WITH_BROWSER, android=_WITH_BROWSER),
    "bilibili": _Menus(None, ios=_WITH_BROWSER, android=_WITH_BROWSER),
    "zhihu": _Menus(None, ios=_WITH_BROWSER, android=_WITH_BROWSER),
    "facebook": _Menus(None, ios=_EXTERNAL, android=_EXTERNAL_COLUMN),
    "messenger": _Menus(None, ios=_EXTERNAL, android=_EXTERNAL_COLUMN),
    "instagram": _Menus(None, ios=_EXTERNAL, android=_EXTERNAL_COLUMN),
    "threads": _Menus(None, ios=_EXTERNAL, android=_EXTERNAL),
    "x": _Menus(None, android=_OPEN_COLUMN),
    "tiktok": _Menus(None, ios=_OPEN, android=_OPEN),
    "line": _Menus(
        None,
        ios=Menu(zh="在默认浏览器中打开", en="Open in default browser", place=Place.BOTTOM_RIGHT, sign=Sign.SHARE),
        android=Menu(zh="在默认浏览器中打开", en="Open in default browser", sign=Sign.COLUMN),
    ),
    "telegram": _Menus(None, android=_OPEN_COLUMN),
    "snapchat": _Menus(None, android=_OPEN_COLUMN),
    "kakaotalk": _Menus(
        None,
        ios=Menu(zh="在其他浏览器中打开", en="Open in other browser", place=Place.BOTTOM_RIGHT, sign=Sign.SHARE),
        android=Menu(zh="在其他浏览器中打开", en="Open in other browser", sign=Sign.COLUMN),
    ),
    "linkedin": _Menus(None, ios=_OPEN, android=_OPEN_COLUMN),
    "pinterest": _Menus(None, ios=_OPEN, android=_OPEN_COLUMN),
}
_NONE = _Menus()


def find_menu(app: str, system: str) -> Menu | None:
    """Return where `app` keeps the way out on `system`; None where it is not known."""
    menus = _MENUS.get(app, _NONE)
    match system:
        case "iOS":
            return menus.ios
        case "Android" | "HarmonyOS":
            return menus.android
        case _:
            return menus.elsewhere
