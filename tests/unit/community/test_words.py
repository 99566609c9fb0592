"""What leads people away waits, however it is written; what people say does not."""

from datetime import UTC, datetime

import pytest

from liulian.community.model import CommunitySettings, MemberRole
from liulian.community.words import Wait, found_word, is_luring, why_waiting
from tests.web.members.a_community import a_member

SETTINGS = CommunitySettings(words=("减肥药", "ass", "免 费 送"))
TRUSTED = a_member(is_trusted=True)


@pytest.mark.parametrize(
    "body",
    [
        "想要的加微信 abc12345",
        "加 V 信：tea_shop",
        "加我微信",
        "ｖｘ：ｔｅａ８８８８８",
        "w.x: abcde123",
        "电话 138-1234-5678",
        "１３８１２３４５６７８ 随时打",
        "专业代购，价格美丽",
        "代\u200b购",
        "看 https://example.com/a",
        "更多在 tea-shop.com",
        "write to me@example.com",
    ],
)
def test_what_leads_people_elsewhere_is_known(body: str) -> None:
    assert is_luring(body)


@pytest.mark.parametrize(
    "body",
    [
        "下午三点犯困怎么办？",
        "我今天喝了 3 杯，一共 1200 毫升",
        "微信里打不开怎么办",
        "我们班微信群里也有人问过",
        "2026-03-01 到 2026-03-21",
        "订单号 20260301123456789012",
        "How much tea is too much? I had 2.5 cups.",
        "e.g. green tea, i.e. no sugar",
    ],
)
def test_ordinary_sentences_are_left_alone(body: str) -> None:
    assert not is_luring(body)


@pytest.mark.parametrize(
    ("body", "word"),
    [("有人吃减 肥*药吗", "减肥药"), ("免费送", "免 费 送"), ("what an ASS", "ass"), ("a class of tea", None)],
)
def test_words_of_the_operators_are_found_however_they_are_spaced(body: str, word: str | None) -> None:
    assert found_word(body, words=SETTINGS.words) == word


def test_first_post_of_a_member_waits_and_later_ones_do_not() -> None:
    assert why_waiting("早上好", member=a_member(), settings=SETTINGS) is Wait.FIRST_POST
    assert why_waiting("早上好", member=TRUSTED, settings=SETTINGS) is None
    assert why_waiting("早上好", member=a_member(), settings=CommunitySettings(checks_first_post=False)) is None


def test_trusted_member_waits_for_words_unless_the_operators_do_not_look_at_contacts() -> None:
    assert why_waiting("加微信", member=TRUSTED, settings=SETTINGS) is Wait.WORDS
    assert why_waiting("加微信", member=TRUSTED, settings=CommunitySettings(checks_contacts=False)) is None


def test_silenced_member_waits_always_and_a_host_never_but_then() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    host = a_member(role=MemberRole.HOST)

    assert why_waiting("早", member=a_member(is_trusted=True, silenced_at=at), settings=SETTINGS) is Wait.SILENCED
    assert why_waiting("加微信 abc12345", member=host, settings=SETTINGS) is None
