"""The pages that know no visitor: small, complete, honest, and closed to text from outside."""

import hashlib
import re
from base64 import b64encode

import pytest

from liulian.base.i18n import Language
from liulian.interstitials.pages import PAGE_BYTES_MAX, PAGE_POLICY, not_found_page, preview_page, unavailable_page
from tests.unit.interstitials.outline import Outline
from tests.unit.interstitials.samples import DESTINATION, SHORT_URL


def _preview(language: Language = Language.ZH, *, destination: str = DESTINATION, title: str | None = None) -> bytes:
    return preview_page(language, short_url=SHORT_URL, destination=destination, title=title)


@pytest.mark.parametrize("language", Language)
def test_pages_speak_the_language_asked_for(language: Language) -> None:
    for page in (not_found_page(language), unavailable_page(language), _preview(language)):
        assert Outline(page).language == language.value


@pytest.mark.parametrize("language", Language)
def test_pages_without_a_copy_button_hold_no_script(language: Language) -> None:
    for page in (not_found_page(language), unavailable_page(language), _preview(language)):
        assert "script" not in Outline(page).tags


def test_preview_shows_host_and_whole_destination_and_goes_on_through_the_link() -> None:
    outline = Outline(_preview(title="冬季茶饮"))

    assert "shop.example.com" in outline.words
    assert DESTINATION in outline.words
    assert "冬季茶饮" in outline.words
    assert outline.buttons == [f"{SHORT_URL}/open"]


def test_preview_can_be_reported() -> None:
    assert "/report?url=https%3A%2F%2Fs.example%2FAbCdEfG" in Outline(_preview()).links


def test_preview_keeps_the_port_of_the_host_in_sight() -> None:
    assert "shop.example.com:8443" in Outline(_preview(destination="https://shop.example.com:8443/")).words


def test_text_from_outside_is_escaped_everywhere() -> None:
    attack = "\"><script>alert(1)</script><img src=x onerror='a'>"
    page = preview_page(
        Language.EN, short_url=f"https://s.example/{attack}", destination=f"https://a.example/{attack}", title=attack
    )

    outline = Outline(page)

    assert "script" not in outline.tags
    assert "img" not in outline.tags


def test_largest_values_stay_within_one_flight() -> None:
    page = preview_page(
        Language.EN,
        short_url="https://s.example/" + "%F0%A0%80%80" * 128,
        destination="https://" + "a" * 245 + ".example/?" + "'&" * 3960,
        title='"' * 200,
    )

    assert len(page) <= PAGE_BYTES_MAX


def test_a_shortened_destination_says_how_much_is_missing() -> None:
    destination = "https://a.example/" + "x" * 2000

    page = Outline(_preview(Language.EN, destination=destination))

    shown = next(word for word in page.words if " … " in word)
    assert any(str(len(destination) - len(shown) + 3) in word for word in page.words)


@pytest.mark.parametrize("language", Language)
def test_the_policy_names_the_hash_of_the_very_style_on_the_page(language: Language) -> None:
    style = re.search(rb"<style>(.*?)</style>", not_found_page(language), re.DOTALL)

    assert style
    assert b64encode(hashlib.sha256(style[1]).digest()).decode() in PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
