"""Decide whether a post is read by somebody before others see it, and say why. Pure. Never sends a text anywhere.

Two lists of words, both here on this machine: the operators' own, and a small one of what sellers and swindlers write
to lead people away (telephone numbers, 加微信, 代购). A hit judges nobody: the post waits, and its author is told.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from liulian.community.model import CommunitySettings, Member, MemberRole


class Wait(StrEnum):
    """Why a post waits."""

    SILENCED = "silenced"
    WORDS = "words"
    FIRST_POST = "first_post"


# What is between letters to get past a list: spaces, dots, stars, characters without width.
_BETWEEN = re.compile(r"[\s\W_]+")
# Read without anything in between, in lower case, in the usual width.
_CONTACTS = re.compile(
    r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)"  # A mobile number of mainland China.
    r"|(?:加|\+)(?:我|个|下|一下)?(?:微信|威信|薇信|v信|vx|wx|weixin|wechat|qq|扣扣)"
    r"|(?:微信|威信|薇信|v信|vx|wx|weixin|wechat|qq|扣扣)(?:号|群)?[:：]?[a-z0-9]{5,}"
    r"|代购|刷单|日结|高仿|博彩|贷款|返利|躺赚|招代理|私聊领|免费领取|全网最低"
    r"|whatsapp|telegram|casino|viagra"
)
_ADDRESS = re.compile(r"https?://|www\.|[a-z0-9-]+\.(?:com|cn|net|top|xyz|vip|shop|club|cc)\b", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def why_waiting(body: str, *, member: Member, settings: CommunitySettings) -> Wait | None:
    """Return why a member's post waits, None where it is shown at once."""
    if member.silenced_at is not None:
        return Wait.SILENCED
    if member.role is MemberRole.HOST:
        return None
    if found_word(body, words=settings.words) or (settings.checks_contacts and is_luring(body)):
        return Wait.WORDS
    return Wait.FIRST_POST if settings.checks_first_post and not member.is_trusted else None


def found_word(body: str, *, words: Iterable[str]) -> str | None:
    """Return the first of the operators' words that a text has in it, however it is spaced or written."""
    plain, loose = plain_text(body), _BETWEEN.sub("", plain_text(body))
    for word in words:
        wanted = plain_text(word)
        # A word of Latin letters is one by itself: `ass` is in no `class`.
        if wanted.isascii() and wanted.isalnum():
            if re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", plain):
                return word
        elif wanted and (wanted in plain or (_BETWEEN.sub("", wanted) or wanted) in loose):
            return word
    return None


def is_luring(body: str) -> bool:
    """Tell whether a text looks as if it led people elsewhere: contacts, addresses, offers."""
    plain = plain_text(body)
    return bool(_CONTACTS.search(_BETWEEN.sub("", plain)) or _ADDRESS.search(plain) or _MAIL.search(plain))


def plain_text(text: str) -> str:
    """Return a text in lower case and the usual width, without characters that cannot be seen."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in normal if unicodedata.category(letter) != "Cf")
