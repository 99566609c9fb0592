"""Addresses out of an app: built by us, of our own link, and only where they work."""

import pytest

from liulian.interstitials.ways_out import WAYS_OUT, app_address, intent, way_out

SHORT_URL = "https://s.example/AbCdEfG"


def test_an_intent_ends_with_our_own_words_whatever_the_link_holds() -> None:
    hostile = "https://s.example/a#Intent;component=evil;end"

    address = intent(hostile)

    grammar = address[address.rindex("#Intent;") :]
    assert grammar == (
        "#Intent;scheme=https;"
        "S.browser_fallback_url=https%3A%2F%2Fs.example%2Fa%23Intent%3Bcomponent%3Devil%3Bend%2Fopen;end"
    )


def test_an_intent_keeps_the_scheme_of_a_site_without_https() -> None:
    assert intent("http://localhost:8000/a").startswith("intent://localhost:8000/a#Intent;scheme=http;")


@pytest.mark.parametrize(
    ("app", "system", "expected"),
    [
        ("wechat", "Android", None),
        ("facebook", "Android", "intent"),
        ("facebook", "iOS", None),
        ("instagram", "iOS", "safari"),
        ("line", "iOS", "line"),
        ("kakaotalk", "Android", "kakaotalk"),
        ("webview", "HarmonyOS", None),
    ],
)
def test_way_out_of_an_app(app: str, system: str, expected: str | None) -> None:
    assert way_out(app, system) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("safari", "x-safari-https://s.example/AbCdEfG"),
        ("line", "https://s.example/AbCdEfG?openExternalBrowser=1"),
        ("kakaotalk", "kakaotalk://web/openExternal?url=https%3A%2F%2Fs.example%2FAbCdEfG"),
    ],
)
def test_address_of_a_way_out(name: str, expected: str) -> None:
    assert WAYS_OUT[name](SHORT_URL) == expected


def test_an_app_address_becomes_an_intent_with_fallback_on_android() -> None:
    assert app_address("weixin://dl/chat", short_url=SHORT_URL, system="Android") == (
        "intent://dl/chat#Intent;scheme=weixin;S.browser_fallback_url=https%3A%2F%2Fs.example%2FAbCdEfG%2Fopen;end"
    )


def test_an_app_address_on_android_cannot_bring_its_own_intent() -> None:
    address = app_address("weixin://a#Intent;package=evil;end", short_url=SHORT_URL, system="Android")

    assert address is not None
    assert "package" not in address[address.rindex("#Intent;") :]


@pytest.mark.parametrize("system", ["iOS", "Android", "HarmonyOS"])
def test_a_universal_link_stays_as_it_is(system: str) -> None:
    url = "https://app.example/open"

    assert app_address(url, short_url=SHORT_URL, system=system) == url


@pytest.mark.parametrize("scheme", ["javascript", "DATA", "file", "vbscript", "intent", "blob", "about", "content"])
def test_schemes_that_run_or_read_are_no_app_address(scheme: str) -> None:
    assert app_address(f"{scheme}://a", short_url=SHORT_URL, system="iOS") is None


@pytest.mark.parametrize("text", ["", "weixin", ":a", " weixin://a", "java\tscript:a", "微信://a"])
def test_what_has_no_proper_scheme_is_no_app_address(text: str) -> None:
    assert app_address(text, short_url=SHORT_URL, system="iOS") is None
