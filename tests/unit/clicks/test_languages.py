"""The language a visitor reads first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.clicks.languages import primary_language


@pytest.mark.parametrize(
    ("accept_language", "expected"),
    [
        ("zh-CN,zh;q=0.9,en-US;q=0.8", "zh-CN"),
        ("zh-Hans-CN", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-Hant", "zh-TW"),
        ("zh-Hant-HK;q=1, en", "zh-HK"),
        ("zh_TW", "zh-TW"),
        ("yue", "zh-HK"),
        ("en-US,en;q=0.5", "en"),
        ("de;q=0.4, fr;q=0.9", "fr"),
        ("en;q=0, ja", "ja"),
        ("iw-IL", "he"),
        ("", ""),
        ("*", ""),
        ("1x;q=zz,,;", ""),
        ("en;q=9", ""),
    ],
)
def test_first_wish_is_normalised(accept_language: str, expected: str) -> None:
    assert primary_language(accept_language) == expected


def test_wechat_names_the_language_where_the_header_is_missing() -> None:
    assert primary_language("", user_agent="MicroMessenger/8.0.49 NetType/WIFI Language/zh_TW") == "zh-TW"
    assert primary_language("en", user_agent="Language/zh_CN") == "en"
    assert primary_language("", user_agent="Language/") == ""


@given(st.text(max_size=400))
def test_junk_gives_a_short_tag_or_nothing(accept_language: str) -> None:
    assert len(primary_language(accept_language)) <= 5
