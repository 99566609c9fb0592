"""Who opens a link: real user agents against expectations written by reading them, and the traps beside them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.visitors.model import BOT, FORMS, SYSTEMS, VisitorClass
from liulian.visitors.recognise import CACHED_BYTES_MAX, line_for, recognise, visitor_class_of

ANDROID = b"Mozilla/5.0 (Linux; Android 14; %s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
PHONE = ANDROID % b"Pixel 8" + b"Mobile Safari/537.36"


def _samples() -> list[tuple[str, str]]:
    rows = (Path(__file__).parent / "user_agents.tsv").read_text(encoding="utf-8").splitlines()
    return [(user_agent, expected) for expected, _, user_agent in (row.rpartition("\t") for row in rows)]


@pytest.mark.parametrize(("user_agent", "expected"), _samples())
def test_real_user_agent_is_recognised(user_agent: str, expected: str) -> None:
    assert line_for(user_agent) == expected


@pytest.mark.parametrize("user_agent", ["", " ", "-", "Mozilla/5.0", "curl/8.5.0", "SomeNewTool/1.0", "\udcff\udcfe"])
def test_what_names_neither_app_nor_engine_is_a_bot(user_agent: str) -> None:
    assert line_for(user_agent) == "bot\tother\tother"


@pytest.mark.parametrize("model", [b"CUBOT NOVA", b"CUBOT_X18_Plus", b"CUBOT", b"cubot"])
def test_cubot_is_a_telephone(model: bytes) -> None:
    assert recognise(ANDROID % model + b"Mobile Safari/537.36").container == "browser"


@pytest.mark.parametrize(
    "name", [b"SomeBot/1.0", b"bots", b"Robot", b"MyCrawler", b"X-Spider", b"(+https://a.example)"]
)
def test_a_browser_with_a_crawlers_word_is_a_bot(name: bytes) -> None:
    assert recognise(PHONE + b" " + name) is BOT


@pytest.mark.parametrize(
    ("user_agent", "container"),
    [
        (PHONE + b" MQQBrowser/9.6", "browser"),
        (PHONE + b" QQMusic/10", "browser"),
        (PHONE + b" ref/https://www.jd.com/", "browser"),
        (PHONE + b" MicroMessenger/8.0.1 QQ/8.9 MQQBrowser/6.2 TBS/04", "wechat"),
        (PHONE + b" MicroMessenger/8.0.1 wxwork/4.1", "wecom"),
        (PHONE + b" AliApp(DingTalk/6.5.30) AliApp(TB/1)", "dingtalk"),
        (PHONE + b" AliApp(YK/11.0.1)", "webview"),
        (PHONE + b" Online/1.0 Streamline/2", "browser"),
        (PHONE + b" [FBAN/FB4A;FBCR/TIM;]", "facebook"),
        (PHONE + b" BytedanceWebview/d8a21c6 TTWebView/075", "browser"),
        (PHONE + b" Instagram 300.0 [FBAN/FBIOS]", "instagram"),
    ],
)
def test_words_that_resemble_an_app_are_told_apart(user_agent: bytes, container: str) -> None:
    assert recognise(user_agent).container == container


@pytest.mark.parametrize(
    "model", [b"SM-X200", b"SM-T580", b"MI PAD 4", b"HUAWEI MatePad", b"Lenovo TB-J606F", b"BAH3-W09", b"Nexus 7"]
)
def test_a_known_tablet_is_a_tablet_even_when_it_says_mobile(model: bytes) -> None:
    assert recognise(ANDROID % model + b"Mobile Safari/537.36").form == "tablet"


def test_an_ipad_that_says_macintosh_cannot_be_told_from_a_mac() -> None:
    webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15"
    assert line_for(f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {webkit}") == "browser\tmacOS\tdesktop"


def test_what_stands_behind_the_limit_changes_nothing() -> None:
    assert recognise(PHONE + b" " * 2048 + b"MicroMessenger/8.0") is recognise(PHONE)


def test_the_cache_gives_the_same_object_also_for_what_is_too_long_for_it() -> None:
    long = PHONE + b" MicroMessenger/8.0 " + b"x" * CACHED_BYTES_MAX
    assert visitor_class_of(PHONE) is recognise(PHONE)
    assert visitor_class_of(long) is recognise(long)


PIECES = st.sampled_from(
    b"Mozilla/5.0|(Linux; Android 14)|(iPhone)|; wv)|QQ/|MicroMessenger|AliApp(|bot|cubot|http://|Mobile|"
    b"Safari/|\x00|\xff|((((|    |Line/|TIM/|tbs/|OpenHarmony|(PC;|SM-T".split(b"|")
)


def _is_of_the_tables(found: VisitorClass) -> bool:
    is_bot = found.container == "bot"
    return found.system in SYSTEMS and found.form in FORMS and (found.form == "other") == is_bot


@given(st.binary(max_size=400) | st.lists(PIECES, max_size=60).map(b" ".join))
def test_any_bytes_get_a_class(user_agent: bytes) -> None:
    found = recognise(user_agent)
    assert _is_of_the_tables(found)
    assert visitor_class_of(user_agent) is found


@pytest.mark.parametrize("piece", [b"cu", b"bot", b"cubot ", b"\xff", b"QQ/", b" (", b"spide", b"AliApp("])
def test_a_head_full_of_one_thing_is_no_harm(piece: bytes) -> None:
    assert _is_of_the_tables(recognise(piece * (16_384 // len(piece))))
