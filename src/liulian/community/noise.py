"""Refuse rewards for noise: no badge, title, point or unlock for sharing, following or inviting. Pure.

Whoever is paid for spreading a link spreads it, whether or not it helps anybody; the people who come that way leave
when the reward does, and the figures no longer say whether the problem is being solved. So there is no kind of rule for
it, and what a reward is said to be for is read too. A small list of words, not a judge of meaning: talking of what one
shares with others (分享心得) is fine.
"""

import re

# By these names programs ask for rules that there will never be.
NOISE_RULES = frozenset(
    {"share", "shares", "shared", "forward", "repost", "follow", "follows", "follower", "followers"}
    | {"invite", "invites", "invited", "invitation", "invitations", "refer", "referral", "referrals", "subscribe"}
)

_CHINESE = (
    r"转发|转给|集赞|点赞数|拉新|拉人|拉好友|带人入群|裂变|砍价|助力好友|邀请码|邀请.{0,6}(?:好友|朋友|新人|人|加入|入群|成员)"
    r"|(?:邀|推荐)\s*[0-9一二三五十百两几]+\s*[位人个]|邀请(?:达人|有礼|大使)|关注(?:我们|公众号|服务号|视频号|账号|店铺|本店|直播间|小红书|抖音|微博)"
    r"|分享(?:到|至|给|链接|海报|本页|此页|二维码|有礼|达人|得|送|领|一次|[0-9一二三五十]+次)|(?:晒|发)朋友圈"
)
_ENGLISH = (
    r"\b(?:invit(?:e|es|ed|ing)|referr(?:al|als|ed|ing)|refer\s+(?:a|your)|repost\w*|retweet\w*|"
    r"forward(?:ed|ing)?\s+(?:this|the|it|our|a)|"
    r"shar(?:e|es|ed|ing)\s+(?:(?:this|the|our|a|your)\s+)?(?:link|links|page|poster|post|code|community|it|with|on|to)|"
    r"follow(?:s|ed|ing)?\s+(?:us|our|me|the\s+(?:account|page|channel)))\b"
)
_NOISE = re.compile(f"{_CHINESE}|{_ENGLISH}", re.IGNORECASE)
_REWARD = re.compile(
    r"领|奖|赠|送(?:券|礼|你|积分|[0-9一二三五十])|(?:可|即|就|能)得|得(?:到|积分|券|[0-9一二三五十])|换(?:取|券|礼|购)|解锁|积分|徽章|勋章"
    r"|红包|优惠|\b(?:earn|get|win|unlock|reward)(?:s|ed|ing)?\b|\b(?:points?|badges?|coupons?)\b",
    re.IGNORECASE,
)
# Actions of themselves, which count as noise once something is given for them.
_BARE = re.compile(
    r"分享|邀请|关注|推荐|\b(?:share|sharing|invite|inviting|follow|following|recommend)\b", re.IGNORECASE
)
_NEAR = 12  # Characters between what is done and what is given for it, in one sentence.
_STOPS = re.compile(r"[。；;.!?！？\n]")


def noise_in(text: str) -> str | None:
    """Return the words by which a text makes sharing, following or inviting a condition, None where none does."""
    found = _NOISE.search(text)
    return found.group() if found else rewarded_noise(text)


def rewarded_noise(text: str) -> str | None:
    """Return the words by which a text gives something for sharing, following or inviting, None where none does."""
    for sentence in _STOPS.split(text):
        for found in _BARE.finditer(sentence):
            around = sentence[max(0, found.start() - _NEAR) : found.end() + _NEAR]
            if _REWARD.search(around.replace(found.group(), " ", 1)):
                return found.group()
    return None
