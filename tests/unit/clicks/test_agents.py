"""Browser, versions and brand of real user agents; expectations written by reading them."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.clicks.agents import NOBODY, describe_agent

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"
IOS = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


def _android(model: str, rest: str, *, version: int = 13) -> str:
    return f"Mozilla/5.0 (Linux; Android {version}; {model}) {KHTML} Version/4.0 Chrome/116.0.0.0 {rest}"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (f"{IOS} Mobile/15E148 MicroMessenger/8.0.49(0x18003127) NetType/WIFI", ("WeChat", "8", "17", "Apple")),
        (f"{IOS} Version/17.4 Mobile/15E148 Safari/604.1", ("Safari", "17", "17", "Apple")),
        (f"{IOS} CriOS/126.0.0.0 Mobile/15E148 Safari/604.1", ("Chrome", "126", "17", "Apple")),
        (f"{IOS} Mobile/15E148", ("Safari", "", "17", "Apple")),
        (_android("Pixel 8", "Mobile Safari/537.36", version=14), ("Chrome", "116", "14", "Google")),
        (_android("SM-G950F; wv", "Mobile Safari/537.36"), ("Chrome", "116", "13", "Samsung")),
        (
            _android("23113RKC6C Build/UKQ1; wv", "KsWebView/1.8 Mobile Safari/537.36 ksNebula/12.5.20.8014"),
            ("Kuaishou", "12", "13", "Xiaomi"),
        ),
        (_android("V2055A; wv", "MQQBrowser/6.2 TBS/046209 Mobile Safari/537.36"), ("Chrome", "116", "13", "vivo")),
        (
            f"Mozilla/5.0 (Phone; OpenHarmony 5.1) {KHTML} ArkWeb/4.1.6.1 Mobile MicroMessenger/8.0.9.39(0xf3100927)",
            ("WeChat", "8", "5", "Huawei"),
        ),
        (
            f"Mozilla/5.0 (Windows NT 6.3; Win64; x64) {KHTML} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            ("Edge", "126", "8.1", ""),
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {KHTML} Version/17.5 Safari/605.1.15",
            ("Safari", "17", "10.15", "Apple"),
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", ("Firefox", "127", "", "")),
    ],
)
def test_agent_is_described(user_agent: str, expected: tuple[str, str, str, str]) -> None:
    assert tuple(describe_agent(user_agent)) == expected


@pytest.mark.parametrize(
    ("token", "name", "version"),
    [
        ("UCBrowser/15.5.6.1197", "UC Browser", "15"),
        ("Quark/6.13.6.581", "Quark", "6"),
        ("MQQBrowser/19.1.7", "QQ Browser", "19"),
        ("QHBrowser/1", "360 Browser", "1"),
        ("SogouMSE,SogouMobileBrowser/6.4.5", "Sogou Browser", "6"),
        ("HuaweiBrowser/14.0.0.322", "Huawei Browser", "14"),
        ("XiaoMi/MiuiBrowser/18.2", "Xiaomi Browser", "18"),
        ("VivoBrowser/23.9.71.0", "vivo Browser", "23"),
        ("HeyTapBrowser/40.8.32.1", "OPPO Browser", "40"),
        ("SamsungBrowser/25.0", "Samsung Internet", "25"),
    ],
)
def test_browsers_of_china_are_named(token: str, name: str, version: str) -> None:
    agent = describe_agent(_android("PFJM10 Build/TP1A.220905.001", f"Mobile Safari/537.36 {token}"))
    assert agent == (name, version, "13", "OPPO")


@pytest.mark.parametrize(
    ("model", "brand"),
    [
        ("M2012K11AC Build/SKQ1", "Xiaomi"),
        ("Redmi K30 Build/RKQ1", "Xiaomi"),
        ("PGT-AN10 Build/HONORPGT-AN10", "Honor"),
        ("NOH-AN00 Build/HUAWEINOH-AN00", "Huawei"),
        ("CPH2451", "OPPO"),
        ("RMX3085", "realme"),
        ("V2307A", "vivo"),
        ("ONEPLUS A5010", "OnePlus"),
        ("K", ""),
    ],
)
def test_brand_is_read_from_the_model(model: str, brand: str) -> None:
    assert describe_agent(_android(model, "Mobile Safari/537.36")).brand == brand


@pytest.mark.parametrize(
    "user_agent", ["", "curl/8.5.0", "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com)"]
)
def test_a_bot_has_no_agent(user_agent: str) -> None:
    assert describe_agent(user_agent) is NOBODY


@given(st.text(max_size=300).map(lambda junk: f"Mozilla/5.0 (Linux; Android {junk}) AppleWebKit {junk} UCWEB/{junk}"))
def test_junk_is_described_in_bounds(user_agent: str) -> None:
    assert all(len(word) <= 40 for word in describe_agent(user_agent))


def test_recognising_a_visitor_does_not_load_the_parser() -> None:
    code = "import sys, liulian.visitors.recognise, liulian.clicks.bots; sys.exit('ua_parser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, env={"PYTHONPATH": "src"}).returncode == 0
