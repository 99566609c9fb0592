"""Rewards for sharing, following and inviting are known by their words; talk of what people share is not."""

import pytest

from liulian.community.noise import noise_in, rewarded_noise


@pytest.mark.parametrize(
    "text",
    [
        "转发本页即可获得",
        "分享到朋友圈",
        "分享给三位好友",
        "邀请 3 位朋友加入",
        "推荐5人",
        "关注公众号",
        "关注我们，领一张券",
        "集赞二十个",
        "拉新达人",
        "分享一次解锁高级版",
        "Share this link with a friend",
        "Invite three friends",
        "Given for referrals",
        "Follow us on WeChat",
        "Repost the poster",
        "Sharing earns you a badge",
    ],
)
def test_condition_that_is_noise_is_seen(text: str) -> None:
    assert noise_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "连续七天，每天一杯无糖茶",
        "有十位茶友感谢过你的回答",
        "分享泡茶心得",
        "关注自己的睡眠",
        "和家人分享一壶茶",
        "Seven days in a row",
        "Your answer solved somebody's question",
        "You shared what you learned",
        "Follow the steps of the ceremony",
    ],
)
def test_words_of_a_shared_life_are_no_noise(text: str) -> None:
    assert noise_in(text) is None


def test_what_is_done_is_fine_until_something_is_given_for_it() -> None:
    assert rewarded_noise("每周三分享自己的一壶茶") is None
    assert rewarded_noise("分享海报领优惠券") == "分享"
