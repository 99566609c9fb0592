"""What the home page offers to choose of guard and audience, and how its form says what was chosen.

It owns the order in which apps stand on the page. What is allowed and what it means is decided in `links/`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from liulian.base.i18n import Language, text
from liulian.links.audience import FORMS, OPENERS, SYSTEMS
from liulian.links.guard import GUARDABLE, PRESETS
from liulian.visitors.apps import BROWSER, BY_ID, WEBVIEW

# Those that people look for come first; the others follow in the order of the table, the unknown one last.
_FAMILIAR = tuple(
    "wechat qq douyin kuaishou xiaohongshu weibo alipay taobao jd pinduoduo bilibili zhihu "  # noqa: SIM905 - As in the tables.
    "toutiao baidu wecom dingtalk lark".split()
)
_OPENERS_FIRST = (BROWSER.id, "wechat", "qq", "douyin", "xiaohongshu", "weibo")
_NAMED_BY_US = {"HarmonyOS", "other"}

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its word in the API, and its name in the reader's language."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Everything that can be chosen, in the order of the page."""

    china_count: int
    guardable_first: tuple[Option, ...]
    guardable_more: tuple[Option, ...]
    systems: tuple[Option, ...]
    forms: tuple[Option, ...]
    openers_first: tuple[Option, ...]
    openers_more: tuple[Option, ...]


@cache
def choices_of(language: Language) -> Choices:
    """Return what can be chosen, named in a language."""
    return Choices(
        china_count=len(PRESETS["china"]),
        guardable_first=_apps(_ordered(GUARDABLE & set(_FAMILIAR)), language),
        guardable_more=_apps(_ordered(GUARDABLE - set(_FAMILIAR)), language),
        systems=tuple(Option(system, _system(system, language)) for system in SYSTEMS),
        forms=tuple(Option(form, text(language, f"home.audience.{form}")) for form in FORMS),
        openers_first=_apps(_OPENERS_FIRST, language),
        openers_more=_apps(_ordered(set(OPENERS) - set(_OPENERS_FIRST)), language),
    )


def guard_of(fields: Fields) -> dict[str, object] | None:
    """Return the guard that a form asks for, as the API takes it; None: none."""
    preset = _first(fields, "guard", default="none")
    apps = list(fields.get("guard_app", ()))
    if preset == "none" or (preset == "custom" and not apps):
        return None
    mode = _first(fields, "guard_mode", default="guide")
    chosen: dict[str, object] = {"apps": apps} if preset == "custom" else {"preset": preset}
    address = _first(fields, "app_url", default="").strip()
    return {"mode": mode} | chosen | ({"app_url": address} if mode == "app" else {})


def audience_of(fields: Fields) -> dict[str, object] | None:
    """Return the audience that a form asks for, as the API takes it; None: everyone."""
    axes = {"systems": "system", "forms": "form", "containers": "container"}
    chosen: dict[str, object] = {axis: list(fields[name]) for axis, name in axes.items() if fields.get(name)}
    return chosen or None


def _first(fields: Fields, name: str, *, default: str) -> str:
    return next(iter(fields.get(name, ())), default)


def _ordered(apps: set[str] | frozenset[str]) -> list[str]:
    rest = [app for app in BY_ID if app in apps and app not in (*_FAMILIAR, WEBVIEW.id)]
    return [app for app in (*_FAMILIAR, *rest, WEBVIEW.id) if app in apps]


def _apps(ids: Sequence[str], language: Language) -> tuple[Option, ...]:
    return tuple(Option(app.id, app.zh if language is Language.ZH else app.en) for app in map(BY_ID.__getitem__, ids))


def _system(system: str, language: Language) -> str:
    return text(language, f"home.audience.{system}") if system in _NAMED_BY_US else system
