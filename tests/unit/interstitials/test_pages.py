"""The pages between a visitor and a destination: small, complete, honest, and closed to text from outside."""

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from liulian.base.i18n import Language
from liulian.interstitials.pages import PAGE_BYTES_MAX, PAGE_POLICY, not_found_page, preview_page, unavailable_page

DESTINATION = "https://shop.example.com/tea?from=poster&id=91"
SHORT_URL = "https://s.example/AbCdEfG"


class _Outline(HTMLParser):
    """Collects what a page would fetch, where its buttons lead, and its words."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.buttons: list[str | None] = []
        self.words: list[str] = []
        self.language: str | None = None
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.fetched += [url for name in ("src", "srcset", "data") if (url := values.get(name))]
        if tag == "link":
            self.fetched.append(values.get("href") or "")
        if tag == "html":
            self.language = values.get("lang")
        if values.get("class") == "button":
            self.buttons.append(values.get("href"))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _preview(language: Language = Language.ZH, *, destination: str = DESTINATION, title: str | None = None) -> bytes:
    return preview_page(language, short_url=SHORT_URL, destination=destination, title=title)


@pytest.mark.parametrize("language", Language)
def test_pages_speak_the_language_asked_for(language: Language) -> None:
    for page in (not_found_page(language), unavailable_page(language), _preview(language)):
        assert _Outline(page).language == language.value


@pytest.mark.parametrize("language", Language)
def test_pages_cost_one_request_and_hold_no_script(language: Language) -> None:
    for page in (not_found_page(language), unavailable_page(language), _preview(language)):
        outline = _Outline(page)

        assert [url for url in outline.fetched if not url.startswith("data:")] == []
        assert "script" not in outline.tags
        assert b"url(" not in page
        assert b"@import" not in page


def test_preview_shows_host_and_whole_destination_and_goes_on_through_the_link() -> None:
    outline = _Outline(_preview(title="冬季茶饮"))

    assert "shop.example.com" in outline.words
    assert DESTINATION in outline.words
    assert "冬季茶饮" in outline.words
    assert outline.buttons == [f"{SHORT_URL}/open"]


def test_preview_keeps_the_port_of_the_host_in_sight() -> None:
    assert "shop.example.com:8443" in _Outline(_preview(destination="https://shop.example.com:8443/")).words


def test_text_from_outside_is_escaped_everywhere() -> None:
    attack = "\"><script>alert(1)</script><img src=x onerror='a'>"
    page = preview_page(
        Language.EN, short_url=f"https://s.example/{attack}", destination=f"https://a.example/{attack}", title=attack
    )

    outline = _Outline(page)

    assert "script" not in outline.tags
    assert "img" not in outline.tags


def test_largest_values_stay_within_one_flight() -> None:
    page = preview_page(
        Language.EN,
        short_url="https://s.example/" + "%E7%95%99%E9" * 128,
        destination="https://" + "a" * 245 + ".example/?" + "'&" * 3960,
        title='"' * 200,
    )

    assert len(page) <= PAGE_BYTES_MAX


def test_a_shortened_destination_says_how_much_is_missing() -> None:
    destination = "https://a.example/" + "x" * 2000

    page = _Outline(_preview(Language.EN, destination=destination))

    shown = next(word for word in page.words if " … " in word)
    assert any(str(len(destination) - len(shown) + 3) in word for word in page.words)


def test_the_policy_names_the_hash_of_the_very_style_on_the_page() -> None:
    style = re.search(rb"<style>(.*?)</style>", not_found_page(Language.ZH), re.DOTALL)

    assert style
    assert b64encode(hashlib.sha256(style[1]).digest()).decode() in PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
