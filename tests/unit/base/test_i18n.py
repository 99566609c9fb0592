"""Which language a person reads, and the sentences."""

import pytest

from liulian.base.i18n import ACCEPT_LANGUAGE_BYTES_MAX, Language, catalogue, choose_language, text

ZH, EN = Language.ZH, Language.EN


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, ZH),
        ("", ZH),
        ("en", EN),
        ("en-GB,en;q=0.9", EN),
        ("zh-CN,zh;q=0.9,en;q=0.8", ZH),
        ("en;q=0.3, zh-TW;q=0.7", ZH),
        ("de-DE,de;q=0.9,en;q=0.5", EN),
        ("de, fr", ZH),
        ("EN-us", EN),
        ("en;q=0", ZH),
        ("en;q=nonsense", ZH),
        ("*", ZH),
        (";;;,,,=q", ZH),
        ("english", ZH),
    ],
)
def test_a_browser_says_what_its_reader_understands(accepted: str | None, language: Language) -> None:
    assert choose_language(accepted=accepted) is language


def test_the_address_is_stronger_than_the_cookie_and_the_cookie_than_the_browser() -> None:
    assert choose_language(asked="en", remembered="zh-CN", accepted="zh") is EN
    assert choose_language(remembered="en", accepted="zh") is EN


@pytest.mark.parametrize("nonsense", ["", "fr", "../../etc/passwd", "x" * 10_000])
def test_a_language_we_do_not_have_is_passed_over(nonsense: str) -> None:
    assert choose_language(asked=nonsense, remembered=nonsense, accepted="en") is EN


def test_the_end_of_an_endless_list_is_not_read() -> None:
    assert choose_language(accepted="de," * ACCEPT_LANGUAGE_BYTES_MAX + "en") is ZH


def test_a_sentence_is_filled_in() -> None:
    assert text(EN, "cli.key_revoked", key="abc") == "The key abc no longer works."


def test_what_is_filled_in_is_not_read_as_a_place() -> None:
    assert "{key}" in text(EN, "cli.key_revoked", key="{key}")


@pytest.mark.parametrize(
    ("key", "params", "said"),
    [
        ("member.challenge.weekly", {"number": 1}, "once a week"),
        ("member.challenge.weekly", {"number": 3}, "3 times a week"),
        ("member.promise.joined", {"number": 1, "member": "walker"}, "has joined, a walker"),
        ("member.promise.joined", {"number": 2, "member": "walker"}, "have joined, each a walker"),
        ("member.recap.days_number", {"number": 1}, "1 day"),
        ("member.make_up.help", {"days": 1}, "A missed day can be made up for within 1 day."),
    ],
)
def test_english_counts_one_as_one(key: str, params: dict[str, str | int], said: str) -> None:
    assert text(EN, key, **params) == said


def test_a_sentence_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        text(ZH, "cli.no_such_sentence")


@pytest.mark.parametrize("language", Language)
def test_members_are_told_nothing_of_habits(language: Language) -> None:
    told = {key: said for key, said in catalogue(language).items() if key.startswith("member.")}

    assert [key for key, said in told.items() if "习惯" in said or "habit" in said.lower()] == []
