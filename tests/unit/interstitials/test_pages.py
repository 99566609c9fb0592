"""The pages that know no link: small, complete, and held by the policy."""

import hashlib
import re
from base64 import b64encode

import pytest

from liulian.base.i18n import Language
from liulian.interstitials.pages import PAGE_POLICY, not_found_page, too_many_page, unavailable_page
from tests.unit.interstitials.outline import Outline
from tests.unit.interstitials.samples import IMPRINT

PAGES = (not_found_page, unavailable_page, too_many_page)


@pytest.mark.parametrize("language", Language)
def test_pages_speak_the_language_asked_for(language: Language) -> None:
    for page in PAGES:
        assert Outline(page(language)).language == language.value


@pytest.mark.parametrize("language", Language)
def test_pages_lead_to_report_and_privacy_and_name_the_numbers_that_are_set(language: Language) -> None:
    for page in PAGES:
        named, nameless = Outline(page(language, IMPRINT)), Outline(page(language))

        assert named.links[-4:] == ["/report", "/privacy", "https://beian.miit.gov.cn/", "https://beian.mps.gov.cn/"]
        assert named.words[-2:] == [IMPRINT.icp_number, IMPRINT.police_number]
        assert nameless.links[-2:] == ["/report", "/privacy"]


@pytest.mark.parametrize("language", Language)
def test_pages_cost_one_request_and_hold_no_script(language: Language) -> None:
    for page in PAGES:
        outline = Outline(page(language))

        assert [url for url in outline.fetched if not url.startswith("data:")] == []
        assert "script" not in outline.tags


@pytest.mark.parametrize("language", Language)
def test_the_policy_names_the_hash_of_the_very_style_on_the_page(language: Language) -> None:
    style = re.search(rb"<style>(.*?)</style>", not_found_page(language), re.DOTALL)

    assert style
    assert b64encode(hashlib.sha256(style[1]).digest()).decode() in PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
