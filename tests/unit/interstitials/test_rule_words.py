"""An audience in words, in both languages."""

import pytest

from liulian.base.i18n import Language
from liulian.interstitials.rule_words import rule_words
from liulian.links.audience import Audience
from tests.unit.interstitials.samples import an_audience


@pytest.mark.parametrize(
    ("given", "chinese", "english"),
    [
        (an_audience(forms="mobile"), "这条短链只能用手机打开。", "This short link opens only on phones."),
        (
            an_audience(forms="tablet mobile"),
            "这条短链只能用手机或平板打开。",
            "This short link opens only on phones or tablets.",
        ),
        (
            an_audience(systems="Windows macOS Linux"),
            "这条短链只能用电脑打开。",
            "This short link opens only on computers.",
        ),
        (
            an_audience(systems="HarmonyOS iOS Android"),
            "这条短链只能用 iOS、Android 或 HarmonyOS 设备打开。",
            "This short link opens only on iOS, Android or HarmonyOS devices.",
        ),
        (
            an_audience(systems="iOS", forms="tablet"),
            "这条短链只能用 iOS 系统的平板打开。",
            "This short link opens only on tablets with iOS.",
        ),
        (an_audience(containers="wechat"), "这条短链只能在微信里打开。", "This short link opens only in WeChat."),
        (
            an_audience(containers="qq wechat browser"),
            "这条短链只能在微信、QQ 或浏览器里打开。",
            "This short link opens only in WeChat, QQ or a browser.",
        ),
        (
            an_audience(forms="mobile", containers="wechat"),
            "这条短链只能用手机，在微信里打开。",
            "This short link opens only on phones, in WeChat.",
        ),
    ],
)
def test_rule_in_words(given: Audience, chinese: str, english: str) -> None:
    assert rule_words(given, Language.ZH) == chinese
    assert rule_words(given, Language.EN) == english
