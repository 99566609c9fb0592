"""Flags of requests that are no person's."""

import pytest

from liulian.clicks.bots import Flag, flags_of
from liulian.visitors.recognise import visitor_class_of

PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537"


def _flags(user_agent: str, *, purpose: str = "") -> Flag:
    return flags_of(visitor_class_of(user_agent.encode()), user_agent=user_agent, purpose=purpose)


def test_values_of_flags_never_change() -> None:
    assert {flag.name: flag.value for flag in Flag} | {"HUMAN": Flag.HUMAN.value} == {
        "HUMAN": 0, "BOT": 1, "LINK_PREVIEW": 2, "PREFETCH": 4, "DATA_CENTRE": 8, "DUPLICATE": 16,
    }  # fmt: skip


def test_a_person_has_no_flag() -> None:
    assert _flags(PHONE) == 0


@pytest.mark.parametrize(
    "user_agent", ["", "curl/8.5.0", f"{PHONE} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"]
)
def test_a_bot_that_draws_no_preview_is_a_bot_only(user_agent: str) -> None:
    assert _flags(user_agent) == Flag.BOT


@pytest.mark.parametrize(
    "user_agent",
    [
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "facebookexternalhit/1.1;line-poker/1.0",
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0 A",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "DingTalkBot-LinkService/1.0 (+https://open-doc.dingtalk.com/microapp/faquestions/ftpfeu)",
        "WeChatShareExtensionNew/7.0.15.33; CFNetwork/1128.0.1; Darwin/19.6.0",
        "Viber/13.3.0.5",
    ],
)
def test_a_preview_fetcher_is_a_bot_and_a_link_preview(user_agent: str) -> None:
    assert _flags(user_agent) == Flag.BOT | Flag.LINK_PREVIEW


@pytest.mark.parametrize(
    "user_agent", ["WeChat/8.0.2.17 CFNetwork/1206 Darwin/20.1.0", "NewsLite 8.5.2 rv:8 (iPhone; iOS 15.0) Cronet"]
)
def test_what_an_app_fetches_by_itself_is_no_persons_click(user_agent: str) -> None:
    assert _flags(user_agent) == Flag.LINK_PREVIEW


@pytest.mark.parametrize(
    "purpose", ["prefetch", "prefetch;prerender", "preview", "Prefetch", "x,prefetch;anonymous-client-ip"]
)
def test_a_request_made_ahead_is_marked(purpose: str) -> None:
    assert _flags(PHONE, purpose=purpose) == Flag.PREFETCH


@pytest.mark.parametrize("purpose", ["", "navigate", "prefetched-before"])
def test_another_purpose_means_nothing(purpose: str) -> None:
    assert _flags(PHONE, purpose=purpose) == 0
