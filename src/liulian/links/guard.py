"""Guard (防红平台类型): how a link behaves inside apps that block or cripple outside links. Values and their presets.

Helping people reach an honest destination, and nothing else: a guard never hides where a link leads, and treats every
visitor of one app alike, whoever they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from liulian.visitors.apps import CONTAINERS, WEBVIEW, Kind


class Mode(StrEnum):
    """What the chosen apps are shown instead of the redirect; `direct`: nothing."""

    DIRECT = "direct"
    GUIDE = "guide"
    PREVIEW = "preview"
    APP = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """`apps` are ids of containers; `app_url` is the app's own address in mode `app`, checked like a destination."""

    mode: Mode = Mode.DIRECT
    apps: frozenset[str] = frozenset()
    app_url: str | None = None


NO_GUARD: Final = Guard()

# Chinese apps in which outside links simply open: leaving them out keeps people from a page that they do not need.
OPENS_ANYWAY = frozenset({"wecom", "dingtalk", "lark", "baidu"})
_CHINESE = frozenset(
    [
        "wechat",
        "wecom",
        "qq",
        "weibo",
        "douyin",
        "kuaishou",
        "xiaohongshu",
        "alipay",
        "taobao",
        "jd",
        "pinduoduo",
        "dingtalk",
        "lark",
        "baidu",
        "toutiao",
        "bilibili",
        "zhihu",
    ]
)
GUARDABLE = frozenset(app.id for app in CONTAINERS if app.kind is not Kind.BROWSER) | {WEBVIEW.id}
PRESETS: Mapping[str, frozenset[str]] = {
    "none": frozenset(),
    "wechat_qq": frozenset({"wechat", "qq"}),
    "china": _CHINESE - OPENS_ANYWAY,
    "all": GUARDABLE,
}
DEFAULT_PRESET = "wechat_qq"  # What a guard without apps means: the two in which most links are blocked.


def preset_of(guard: Guard) -> str:
    """Return the name of the choice a guard is: a preset, or `custom`."""
    if guard.mode is Mode.DIRECT:
        return "none"
    return next((name for name, apps in PRESETS.items() if apps == guard.apps), "custom")
