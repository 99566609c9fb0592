"""The numbers of visitor classes are on disk: they are pinned here and never changed."""

import pytest

from liulian.visitors.apps import APPS, BY_ID, CONTAINERS, EVERY_ROW, Kind
from liulian.visitors.model import BOT, FORMS, SYSTEMS, class_named, visitor_class

NUMBERS = {
    "bot": 1, "browser": 2, "webview": 3, "wecom": 4, "wechat": 5, "dingtalk": 6, "lark": 7, "alipay": 8,
    "taobao": 9, "weibo": 10, "qq": 11, "xiaohongshu": 12, "douyin": 13, "kuaishou": 14, "tiktok": 15, "toutiao":
    16, "bilibili": 17, "baidu": 18, "jd": 19, "pinduoduo": 20, "zhihu": 21, "messenger": 22, "instagram": 23,
    "threads": 24, "facebook": 25, "x": 26, "line": 27, "telegram": 28, "snapchat": 29, "kakaotalk": 30,
    "linkedin": 31, "pinterest": 32,
}  # fmt: skip


def test_numbers_of_containers_never_change() -> None:
    assert {app.id: app.number for app in EVERY_ROW} == NUMBERS


def test_systems_and_forms_keep_their_places() -> None:
    assert SYSTEMS == ("other", "iOS", "Android", "HarmonyOS", "Windows", "macOS", "Linux")
    assert FORMS == ("other", "mobile", "tablet", "desktop")


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("bot", "other", "other"), 64),
        (("browser", "Windows", "desktop"), 163),
        (("wechat", "iOS", "mobile"), 329),
        (("wechat", "HarmonyOS", "tablet"), 346),
        (("pinterest", "Linux", "desktop"), 2099),
    ],
)
def test_code_of_a_class_never_changes(names: tuple[str, str, str], code: int) -> None:
    container, system, form = names
    assert class_named(container, system=system, form=form).code == code
    assert visitor_class(code) is class_named(container, system=system, form=form)


def test_every_code_fits_two_bytes_and_is_given_once() -> None:
    codes = {
        class_named(app.id, system=system, form=form).code for app in EVERY_ROW for system in SYSTEMS for form in FORMS
    }
    assert len(codes) == len(EVERY_ROW) * len(SYSTEMS) * len(FORMS)
    assert all(0 < code < 65_536 for code in codes)


def test_a_number_never_given_has_no_class() -> None:
    with pytest.raises(KeyError):
        visitor_class(0)


def test_bot_has_neither_system_nor_form() -> None:
    assert (BOT.container, BOT.system, BOT.form) == ("bot", "other", "other")


def test_wecom_stands_before_wechat_and_dingtalk_before_other_apps_of_alibaba() -> None:
    order = [app.id for app in CONTAINERS]
    assert order.index("wecom") < order.index("wechat")
    assert order.index("dingtalk") < min(order.index("alipay"), order.index("taobao"))
    assert order.index("douyin") < order.index("toutiao")
    assert order[-2:] == ["webview", "browser"]


def test_every_row_has_its_names_and_its_reason() -> None:
    assert len(BY_ID) == len(EVERY_ROW)
    assert all(app.zh and app.en and app.why for app in EVERY_ROW)
    assert all(app.words or app.doubtful for app in APPS)
    assert {app.kind for app in (BY_ID["bot"], BY_ID["browser"], BY_ID["webview"])} == {
        Kind.BOT,
        Kind.BROWSER,
        Kind.WEBVIEW,
    }


def test_words_are_small_letters_only_and_belong_to_one_row() -> None:
    words = [word for app in EVERY_ROW for word in (*app.words.split(), *app.doubtful)]
    assert len(words) == len(set(words))
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
    assert all(phrase == phrase.lower() for app in EVERY_ROW for phrases in app.doubtful.values() for phrase in phrases)
